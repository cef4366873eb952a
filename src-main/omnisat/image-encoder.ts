import {
  add,
  batchNorm,
  conv2dLayer,
  type Graph,
  gelu,
  groupNorm,
  maxPool2d,
  reshape,
  type Scope,
  slice,
  transpose,
  type Value,
} from "../engine/index.ts";
import type { ImageModality } from "./config.ts";
import type { Trace } from "./trace.ts";

/** A pooling whose winners the decoder will use: where each maximum lay in the plane before it. */
export interface Pool {
  readonly indices: Value;
  readonly height: number;
  readonly width: number;
}

export interface ImageTokens {
  /** [B, P, D] */
  readonly tokens: Value;
  /** from the first to the last */
  readonly pools: readonly Pool[];
}

/**
 * Cuts images into patches, row by row: [B, C, H, W] → [B·P, C, s, s]. What does not fill a patch at the right and at the
 * bottom is dropped.
 */
export function imagePatches(g: Graph, image: Value, size: number): Value {
  const [batch, channels, height, width] = image.shape as readonly [number, number, number, number];
  const [rows, columns] = [Math.floor(height / size), Math.floor(width / size)];
  let whole = image;
  if (rows * size < height) whole = slice(g, whole, { axis: 2, start: 0, end: rows * size });
  if (columns * size < width) whole = slice(g, whole, { axis: 3, start: 0, end: columns * size });
  const cut = reshape(g, whole, [batch, channels, rows, size, columns, size]);
  return reshape(g, transpose(g, cut, [0, 2, 4, 1, 3, 5]), [batch * rows * columns, channels, size, size]);
}

/** The side of each feature map: after the first convolution, then after each pooling, down to one pixel. */
export function featureSizes(patchPixels: number): readonly number[] {
  const sizes = [Math.floor((patchPixels - 1) / 2) + 1];
  while (sizes.at(-1)! > 1) sizes.push(Math.floor(sizes.at(-1)! / 2));
  return sizes;
}

/**
 * Each patch becomes one token: a strided convolution, then poolings with residual blocks between them until one pixel
 * is left.  image: [B, C, H, W] → [B, P, D]
 */
export function imageEncoder(
  scope: Scope,
  modality: ImageModality,
  width: number,
  image: Value,
  trace?: Trace,
): ImageTokens {
  const { graph: g } = scope;
  const { patchPixels: size } = modality;
  const proj = scope.child("proj");
  const patches = imagePatches(g, image, size);
  let x = conv2dLayer(proj.child("0"), patches, { channels: width, kernel: 3, stride: 2, padding: 1 });
  x = gelu(g, batchNorm(proj.child("1"), x, { axis: 1 }));
  const pools: Pool[] = [];
  for (const [index, plane] of featureSizes(size).slice(0, -1).entries()) {
    const { output, indices } = maxPool2d(g, x, { kernel: 2, stride: 2 });
    pools.push({ indices, height: plane, width: plane });
    trace?.(`${modality.name}.pool${index + 1}.out`, output);
    trace?.(`${modality.name}.pool${index + 1}.indices`, indices);
    x = output;
    if (x.shape[2]! > 1) x = residualBlock(proj.child(String(4 + 2 * index)), x, modality.groups);
  }
  const batch = image.shape[0]!;
  return { tokens: reshape(g, x, [batch, patches.shape[0]! / batch, width]), pools };
}

/** GELU(N(conv₂(GELU(N(conv₁ x)))) + x): one normalisation, used twice. */
function residualBlock(scope: Scope, x: Value, groups: number): Value {
  const { graph: g } = scope;
  const channels = x.shape[1]!;
  const convolution = { channels, kernel: 3, padding: 1, bias: false };
  const normalise = (value: Value) => groupNorm(scope.child("bn"), value, { groups });
  const inner = gelu(g, normalise(conv2dLayer(scope.child("conv1"), x, convolution)));
  return gelu(g, add(g, normalise(conv2dLayer(scope.child("conv2"), inner, convolution)), x));
}
