/** @see SPEC.md, §10 */

import {
  add,
  concat,
  convTranspose2dLayer,
  type Four,
  type Graph,
  gather,
  linear,
  matMul,
  pad,
  productAtChosen,
  reshape,
  type Scope,
  slice,
  split,
  transpose,
  unpoolPhases,
  unsqueeze,
  type Value,
  winogradConv,
  winogradKernel,
} from "../engine/index.ts";
import type { ImageModality, SeriesModality } from "./config.ts";
import { type ChosenDates, takeDates } from "./date-filter.ts";
import { featureSizes, type Pool } from "./image-encoder.ts";
import { sinusoidTable } from "./sinusoids.ts";

/**
 * The image decoder is linear: values go back to where the encoder's poolings took them from (the “index bypass”), and
 * transposed convolutions fill the space between.  patches: [B, P, D] → [B, P, C, s, s]
 * @see SPEC.md, §10.1
 */
export function imageDecoder(scope: Scope, modality: ImageModality, patches: Value, pools: readonly Pool[]): Value {
  const { graph: g } = scope;
  const [batch, count, width] = patches.shape as readonly [number, number, number];
  const { channels, patchPixels: size } = modality;
  const decode = scope.child("decode");
  const [first] = featureSizes(size) as readonly [number, ...number[]];
  const upwards = [...pools].reverse();
  const last = decode.child(String(Math.max(0, 2 * upwards.length - 1)));
  if (upwards.length === 0) {
    const options = { channels, kernel: 3, stride: 2, padding: 1, outputPadding: size - (2 * first - 1) };
    const x = convTranspose2dLayer(last, reshape(g, patches, [batch * count, width, 1, 1]), options);
    return reshape(g, x, [batch, count, channels, size, size]);
  }
  const kernels = upwards.slice(0, -1).map(({ height, width: columns }, step) => {
    const layer = decode.child(String(2 * step + 1));
    const init = { kind: "fanIn", fanIn: width * 9 } as const;
    const weight = layer.parameter("weight", [width, width, 3, 3], init);
    return winogradKernel(g, weight, [height, columns], { transposed: true });
  });
  const init = { kind: "fanIn", fanIn: channels * 9 } as const;
  const weight = reshape(g, last.parameter("weight", [width, channels, 3, 3], init), [width, channels * 9]);
  const bias = reshape(g, last.parameter("bias", [channels], init), [1, channels, 1, 1]);

  // The same pieces as in the encoder, whose poolings recorded the winners.
  const tiles = upwards[0]!.chosen.map((places) => places.shape[2]! / count);
  const images = split(g, patches, 0, tiles).map((piece, index) => {
    let x = reshape(g, piece, [1, 1, tiles[index]! * count, width]);
    for (const [step, pool] of upwards.entries()) {
      const kernel = kernels[step];
      if (!kernel) break;
      x = winogradConv(g, unpoolPhases(g, x, pool.chosen[index]!, pool), kernel);
    }
    const last = upwards.at(-1)!.chosen[index]!;
    const painted = productAtChosen(g, x, last, weight).map((taps) =>
      reshape(g, taps, [channels, 3, 3, ...last.shape.slice(0, 3)]),
    );
    const image = overlay(g, painted as [Value, Value, Value, Value], size);
    return add(g, transpose(g, image, [3, 0, 1, 2]), bias);
  });
  return reshape(g, concat(g, images, 0), [batch, count, channels, size, size]);
}

/**
 * The last transposed convolution (3 × 3, stride 2, padding 1; SPEC.md, §10.1) after its products: adds every tap where it falls. The
 * places of a window are two results apart, windows four.
 * four times [C, 3, 3, h, w, N] → [C, size, size, N]
 */
function overlay(g: Graph, [a, b, c, d]: Four<Value>, size: number): Value {
  const left = along(g, a, c, 3, size);
  const right = along(g, b, d, 3, size);
  return reshape(g, along(g, left, right, 4, size), [a.shape[0]!, size, size, a.shape[5]!]);
}

/**
 * One direction of it: the taps of one kernel axis at `axis - 2` go to the places 4i + tap − 1 (first) and 4i + 2 + tap − 1
 * (second) of the image axis `axis`.
 */
function along(g: Graph, first: Value, second: Value, axis: number, size: number): Value {
  const taps = axis - 2;
  const [a, b, c] = split(g, first, taps, [1, 1, 1]) as [Value, Value, Value];
  const [d, e, f] = split(g, second, taps, [1, 1, 1]) as [Value, Value, Value];
  const count = a.shape[axis]!;
  const apart = (value: Value) => unsqueeze(g, value, [axis + 1]);
  const padded = (value: Value, at: number, before: number, after: number) =>
    pad(
      g,
      value,
      value.shape.map((_, i) => (i === at ? before : 0)),
      value.shape.map((_, i) => (i === at ? after : 0)),
    );
  const joined = (value: Value) => reshape(g, value, withLength(a.shape, axis, 4 * count));
  const four = joined(concat(g, [a, b, add(g, c, d), e].map(apart), axis + 1));
  const next = joined(padded(apart(f), axis + 1, 0, 3));
  // One place further out on either side, then cut: the first tap falls before the image, the last ones perhaps behind.
  const room = Math.max(4, size + 1 - 4 * count);
  const sum = add(g, padded(four, axis, 0, room), padded(next, axis, 4, room - 4));
  return slice(g, sum, { axis, start: 1, end: 1 + size });
}

const withLength = (shape: readonly number[], axis: number, length: number): number[] =>
  shape.map((old, other) => (other === axis ? length : old));

/**
 * One linear layer on the patch's embedding plus a fixed wave of the date.
 * patches: [B, P, D], dates: [B, T] → [B, K, P, C·p·p] for the K places of chosen dates
 * @see SPEC.md, §10.2
 */
export function seriesDecoder(
  scope: Scope,
  modality: SeriesModality,
  patches: Value,
  dates: Value,
  chosen: ChosenDates,
): Value {
  const { graph: g } = scope;
  const [batch, count, width] = patches.shape as readonly [number, number, number];
  const channels = modality.channels * modality.patchPixels ** 2;
  const { period } = modality;
  const table = scope
    .child("temp_encoding")
    .buffer("weight", [period, width], { kind: "values", data: sinusoidTable(period, width) });
  const layer = scope.child("decode").child("0");
  const weight = layer.parameter("weight", [channels, width], { kind: "fanIn", fanIn: width });
  const bias = layer.parameter("bias", [channels], { kind: "fanIn", fanIn: width });
  const room = chosen.positions.shape[1]!;
  const waves = gather(g, table, takeDates(g, dates, chosen.positions), 0);
  // W (f + wave) + b = W f + (W wave + b): the patches and the dates each go through the layer once.
  const byDate = add(g, product(g, reshape(g, waves, [batch * room, width]), weight), bias);
  const byPatch = product(g, reshape(g, patches, [batch * count, width]), weight);
  return add(g, reshape(g, byPatch, [batch, 1, count, channels]), reshape(g, byDate, [batch, room, 1, channels]));
}

const product = (g: Graph, x: Value, weight: Value): Value => matMul(g, x, weight, { transposeB: true });

/**
 * [B, P, D] → [B, P, C·p·p]
 * @see SPEC.md, §10.3
 */
export function singleDecoder(scope: Scope, modality: SeriesModality, patches: Value): Value {
  return linear(scope.child("decode").child("0"), patches, modality.channels * modality.patchPixels ** 2);
}
