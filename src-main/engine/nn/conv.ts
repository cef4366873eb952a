import type { Value } from "../graph/index.ts";
import { conv2d, convTranspose2d } from "../ops/index.ts";
import type { Scope } from "./scope.ts";

type Pair = number | readonly [number, number];

export interface ConvLayerOptions {
  readonly channels: number;
  readonly kernel: Pair;
  readonly stride?: Pair;
  readonly padding?: Pair;
  readonly bias?: boolean;
}

const area = (kernel: Pair): readonly [number, number] => (typeof kernel === "number" ? [kernel, kernel] : kernel);

/**
 * x: [N, C, H, W] → [N, channels, H', W']
 * @see PyTorch, Conv2d
 */
export function conv2dLayer(scope: Scope, x: Value, options: ConvLayerOptions): Value {
  const { channels, kernel, stride = 1, padding = 0, bias = true } = options;
  const [height, width] = area(kernel);
  const inChannels = x.shape[1]!;
  const init = { kind: "fanIn", fanIn: inChannels * height * width } as const;
  const weight = scope.parameter("weight", [channels, inChannels, height, width], init);
  return conv2d(scope.graph, x, weight, {
    stride,
    padding,
    bias: bias ? scope.parameter("bias", [channels], init) : undefined,
  });
}

/**
 * x: [N, C, H, W] → [N, channels, H', W'].  PyTorch counts the fan-in of a transposed convolution by its output channels.
 * @see PyTorch, ConvTranspose2d
 */
export function convTranspose2dLayer(
  scope: Scope,
  x: Value,
  options: ConvLayerOptions & { readonly outputPadding?: Pair },
): Value {
  const { channels, kernel, stride = 1, padding = 0, outputPadding = 0, bias = true } = options;
  const [height, width] = area(kernel);
  const init = { kind: "fanIn", fanIn: channels * height * width } as const;
  const weight = scope.parameter("weight", [x.shape[1]!, channels, height, width], init);
  return convTranspose2d(scope.graph, x, weight, {
    stride,
    padding,
    outputPadding,
    bias: bias ? scope.parameter("bias", [channels], init) : undefined,
  });
}
