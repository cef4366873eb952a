/** @see ONNX operators Conv and ConvTranspose */

import { formatShape, type Graph, ints, type Shape, type Value } from "../graph/index.ts";
import { add } from "./elementwise.ts";
import { reshape, slice, transpose } from "./layout.ts";

type Pair = number | readonly [number, number];

export interface ConvOptions {
  readonly bias?: Value | undefined;
  readonly stride?: Pair;
  readonly padding?: Pair;
}

export interface ConvTransposeOptions extends ConvOptions {
  readonly outputPadding?: Pair;
}

/** One number stands for both directions. */
export const both = (value: Pair): readonly [number, number] => (typeof value === "number" ? [value, value] : value);

/** How long one side becomes under a convolution. */
export function convLength(length: number, kernel: number, stride: number, padding: number): number {
  return Math.floor((length + 2 * padding - kernel) / stride) + 1;
}

const withBias = (g: Graph, y: Value, bias: Value | undefined): Value =>
  bias ? add(g, y, reshape(g, bias, [1, bias.shape[0]!, 1, 1])) : y;

/** Cross-correlation. x: [N, C, H, W], weight: [O, C, kh, kw], bias: [O] → [N, O, H', W'] */
export function conv2d(g: Graph, x: Value, weight: Value, { bias, stride = 1, padding = 0 }: ConvOptions = {}): Value {
  const s = both(stride);
  const p = both(padding);
  const [n, channels, height, width] = fourLengths("Conv", x, weight);
  const [outChannels, inChannels, kh, kw] = weight.shape as [number, number, number, number];
  const shape = [n, outChannels, convLength(height, kh, s[0], p[0]), convLength(width, kw, s[1], p[1])];
  if (channels !== inChannels || shape[2]! < 1 || shape[3]! < 1) throw mismatch("Conv", x, weight);
  checkBias("Conv", bias, outChannels);
  const inputs = bias ? [x, weight, bias] : [x, weight];
  return g.record("Conv", inputs, { stride: s, padding: p }, () =>
    g.emit("Conv", inputs, [{ type: x.type, shape }], {
      kernel_shape: ints([kh, kw]),
      strides: ints(s),
      pads: ints([...p, ...p]),
    }),
  )[0]!;
}

/** The adjoint of conv2d. x: [N, C, H, W], weight: [C, O, kh, kw], bias: [O] → [N, O, H', W'] */
export function convTranspose2d(
  g: Graph,
  x: Value,
  weight: Value,
  { bias, stride = 1, padding = 0, outputPadding = 0 }: ConvTransposeOptions = {},
): Value {
  const s = both(stride);
  const p = both(padding);
  const extra = both(outputPadding);
  const [n, channels, height, width] = fourLengths("ConvTranspose", x, weight);
  const [inChannels, outChannels, kh, kw] = weight.shape as [number, number, number, number];
  const shape = [
    n,
    outChannels,
    (height - 1) * s[0] - 2 * p[0] + kh + extra[0],
    (width - 1) * s[1] - 2 * p[1] + kw + extra[1],
  ];
  if (channels !== inChannels || shape[2]! < 1 || shape[3]! < 1) throw mismatch("ConvTranspose", x, weight);
  checkBias("ConvTranspose", bias, outChannels);
  const inputs = bias ? [x, weight, bias] : [x, weight];
  return g.record("ConvTranspose", inputs, { stride: s, padding: p, outputPadding: extra }, () => {
    // Without strides it is a plain convolution, which the CPU provider computes faster (319 against 227 GFLOP/s).
    if (s[0] === 1 && s[1] === 1 && p[0] < kh && p[1] < kw)
      return [conv2d(g, x, turned(g, weight), { bias, padding: [kh - 1 - p[0], kw - 1 - p[1]] })];
    return [
      withBias(
        g,
        g.emit("ConvTranspose", [x, weight], [{ type: x.type, shape }], {
          kernel_shape: ints([kh, kw]),
          strides: ints(s),
          pads: ints([...p, ...p]),
          output_padding: ints(extra),
        })[0]!,
        bias,
      ),
    ];
  })[0]!;
}

/** The kernel turned by 180° with its channels swapped: what a convolution's adjoint convolves with. [O, C, kh, kw] → [C, O, kh, kw] */
export function turned(g: Graph, weight: Value): Value {
  const flip = (w: Value, axis: number) =>
    slice(g, w, { axis, start: w.shape[axis]! - 1, end: Number.NEGATIVE_INFINITY, step: -1 });
  return transpose(g, flip(flip(weight, 2), 3), [1, 0, 2, 3]);
}

const mismatch = (operator: string, x: Value, weight: Value): Error =>
  new Error(`${operator}: ${formatShape(x.shape)} x ${formatShape(weight.shape)}`);

function fourLengths(operator: string, x: Value, weight: Value): [number, number, number, number] {
  if (x.shape.length !== 4 || weight.shape.length !== 4) throw mismatch(operator, x, weight);
  return x.shape as Shape as [number, number, number, number];
}

function checkBias(operator: string, bias: Value | undefined, channels: number): void {
  if (bias && formatShape(bias.shape) !== `[${channels}]`)
    throw new Error(`${operator}: bias ${formatShape(bias.shape)} for ${channels} channels`);
}
