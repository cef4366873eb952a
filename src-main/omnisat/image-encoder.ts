import {
  add,
  cast,
  concat,
  expand,
  floor,
  foldedBatchNorm,
  type Graph,
  gelu,
  geluMax,
  gemm,
  greater,
  mul,
  pad,
  phases,
  pixelGroupNormalize,
  reshape,
  type Scope,
  slice,
  split,
  sub,
  transpose,
  type Value,
  type WinogradKernel,
  where,
  winogradConv,
  winogradKernel,
} from "../engine/index.ts";
import type { ImageModality } from "./config.ts";
import type { Trace } from "./trace.ts";

/**
 * A pooling whose winners the decoder will use. Patches are worked through in pieces, so that a piece's feature maps stay
 * near the processor; one entry per piece.
 */
export interface Pool {
  /** which place of its 2 × 2 window won, 0 to 3 row by row: [h, w, N, D] */
  readonly chosen: readonly Value[];
  /** the plane before the pooling */
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
 * @see SPEC.md, §3
 */
export function imagePatches(g: Graph, image: Value, size: number): Value {
  const cut = blocks(g, image, size);
  const [batch, channels, rows, , columns] = cut.shape as readonly number[] as [number, number, number, number, number];
  return reshape(g, transpose(g, cut, [0, 2, 4, 1, 3, 5]), [batch * rows * columns, channels, size, size]);
}

/** [B, C, H, W] → [B, C, rows, s, columns, s] */
function blocks(g: Graph, image: Value, size: number): Value {
  const [batch, channels, height, width] = image.shape as readonly [number, number, number, number];
  const [rows, columns] = [Math.floor(height / size), Math.floor(width / size)];
  let whole = image;
  if (rows * size < height) whole = slice(g, whole, { axis: 2, start: 0, end: rows * size });
  if (columns * size < width) whole = slice(g, whole, { axis: 3, start: 0, end: columns * size });
  return reshape(g, whole, [batch, channels, rows, size, columns, size]);
}

/**
 * The side of each feature map: after the first convolution, then after each pooling, down to one pixel.
 * @see SPEC.md, §3
 */
export function featureSizes(patchPixels: number): readonly number[] {
  const sizes = [Math.floor((patchPixels - 1) / 2) + 1];
  while (sizes.at(-1)! > 1) sizes.push(Math.floor(sizes.at(-1)! / 2));
  return sizes;
}

/**
 * Each patch becomes one token: a strided convolution, then poolings with residual blocks between them until one pixel
 * is left.  image: [B, C, H, W] → [B, P, D]
 *
 * With a mask [B, P], patches that are not there (0) are read as zeros and are left out of the batch's statistics: what they hold
 * changes nothing, and their tokens stand for nothing.
 * @see SPEC.md, §3
 */
export function imageEncoder(
  scope: Scope,
  modality: ImageModality,
  width: number,
  image: Value,
  trace?: Trace,
  mask?: Value,
): ImageTokens {
  const { graph: g } = scope;
  const proj = scope.child("proj");
  const sizes = featureSizes(modality.patchPixels);
  const [tiles, , height, across] = image.shape as readonly [number, number, number, number];
  const patchesOfTile = Math.floor(height / modality.patchPixels) * Math.floor(across / modality.patchPixels);
  const images = split(g, image, 0, pieces(tiles, 4 * patchesOfTile * sizes[0]! ** 2 * width));
  const seen = mask && split(g, mask, 0, images.map((piece) => piece.shape[0]!)).map((part) => reshape(g, part, [1, 1, 1, -1])); // biome-ignore format: one line
  const columns = images.map((piece, index) => {
    const read = windows(g, piece, modality.patchPixels);
    return seen ? where(g, greater(g, seen[index]!, 0), read, 0) : read;
  });
  const first = firstLayer(proj, columns, width, seen);
  const residuals = sizes
    .slice(1, -1)
    .map((side, index) => residualBlock(proj.child(String(4 + 2 * index)), width, side, modality.groups));

  const chosen = sizes.slice(1).map((): Value[] => []);
  const outputs = sizes.slice(1).map((): Value[] => []);
  const tokens = columns.map((piece, index) => {
    const [, side, , patches] = piece.shape as readonly [number, number, number, number];
    const before = (parts: Value) => {
      const y = gemm(g, reshape(g, parts, [parts.shape[0]!, -1]), first.weight, first.bias, {
        transposeA: true,
        transposeB: true,
      });
      return reshape(g, y, [parts.shape[1]!, parts.shape[2]!, patches, width]);
    };
    let x: Value;
    if (side < 2) x = gelu(g, before(piece));
    else {
      let four = windowPhases(g, piece).map(before) as unknown as ReturnType<typeof phases>;
      for (let level = 0; ; level++) {
        const pooled = geluMax(g, four, { atOnce: scope.training });
        chosen[level]!.push(pooled.chosen);
        outputs[level]!.push(pooled.output);
        x = pooled.output;
        const block = residuals[level];
        if (!block) break;
        four = phases(g, block(x));
      }
    }
    return reshape(g, x, [images[index]!.shape[0]!, -1, width]);
  });

  const pools = chosen.map((places, level) => ({ chosen: places, height: sizes[level]!, width: sizes[level]! }));
  for (const [level, pool] of pools.entries()) {
    trace?.(`${modality.name}.pool${level + 1}.out`, asImages(g, outputs[level]!));
    trace?.(`${modality.name}.pool${level + 1}.indices`, poolIndices(g, pool));
  }
  return { tokens: concat(g, tokens, 0), pools };
}

/** About what a processor's caches hold of one feature map. */
const pieceBytes = 24e6;

/** More pieces than this would swell the graph more than they save. */
const mostPieces = 16;

/** How many tiles each piece holds; `tileBytes` is the size of a tile's largest feature map. */
export function pieces(tiles: number, tileBytes: number): number[] {
  const size = Math.max(1, Math.floor(pieceBytes / tileBytes), Math.ceil(tiles / mostPieces));
  return Array.from({ length: Math.ceil(tiles / size) }, (_, i) => Math.min(size, tiles - i * size));
}

/**
 * What the first convolution (3 × 3, stride 2, padding 1) reads for each of its results: [C·9, h, w, N], values in the
 * order of the kernel.  image: [B, C, H, W]
 */
function windows(g: Graph, image: Value, size: number): Value {
  const cut = blocks(g, image, size);
  const [batch, channels, rows, , columns] = cut.shape as readonly number[] as [number, number, number, number, number];
  const patches = batch * rows * columns;
  const last = reshape(g, transpose(g, cut, [1, 3, 5, 0, 2, 4]), [channels, size, size, patches]);
  const side = featureSizes(size)[0]!;
  const after = 2 * side - size;
  const padded = pad(g, last, [0, 1, 1, 0], [0, after, after, 0]);
  const every = (value: Value, axis: number, start: number) =>
    slice(g, value, { axis, start, end: start + 2 * side - 1, step: 2 });
  const taps = [0, 1, 2].flatMap((row) => {
    const lines = every(padded, 1, row);
    return [0, 1, 2].map((column) => reshape(g, every(lines, 2, column), [channels, 1, side * side * patches]));
  });
  return reshape(g, concat(g, taps, 1), [channels * 9, side, side, patches]);
}

/** The windows of the four places of every 2 × 2 square: what pooling compares. */
function windowPhases(g: Graph, columns: Value): Value[] {
  const end = Math.floor(columns.shape[1]! / 2) * 2;
  const every = (value: Value, axis: number, start: number) => slice(g, value, { axis, start, end, step: 2 });
  return [0, 1].flatMap((row) => {
    const lines = every(columns, 1, row);
    return [0, 1].map((column) => every(lines, 2, column));
  });
}

/** The first convolution and its batch normalisation (SPEC.md, §3) as one matrix: [D, C·9] and [D]. */
function firstLayer(
  proj: Scope,
  columns: readonly Value[],
  width: number,
  seen?: readonly Value[],
): { weight: Value; bias: Value } {
  const { graph: g } = proj;
  const fanIn = columns[0]!.shape[0]!;
  const init = { kind: "fanIn", fanIn } as const;
  const conv = proj.child("0");
  const weight = reshape(g, conv.parameter("weight", [width, fanIn / 9, 3, 3], init), [width, fanIn]);
  const bias = conv.parameter("bias", [width], init);
  const flat = columns.map((piece) => reshape(g, piece, [fanIn, -1]));
  const masks = seen?.map((mask, index) =>
    reshape(g, expand(g, mask, [1, ...columns[index]!.shape.slice(1)]), [1, -1]),
  );
  return foldedBatchNorm(proj.child("1"), weight, bias, flat, { masks });
}

/** N(conv₂(GELU(N(conv₁ x)))) + x, before its last GELU: one normalisation, used twice (SPEC.md, §3).  x: [h, w, N, D] */
function residualBlock(scope: Scope, channels: number, side: number, groups: number): (x: Value) => Value {
  const { graph: g } = scope;
  const init = { kind: "fanIn", fanIn: channels * 9 } as const;
  const kernel = (name: string): WinogradKernel =>
    winogradKernel(g, scope.child(name).parameter("weight", [channels, channels, 3, 3], init), [side, side]);
  const [first, second] = [kernel("conv1"), kernel("conv2")];
  const norm = scope.child("bn");
  const weight = norm.parameter("weight", [channels], { kind: "constant", value: 1 });
  const bias = norm.parameter("bias", [channels], { kind: "constant", value: 0 });
  const normalise = (value: Value) => pixelGroupNormalize(g, value, weight, bias, groups, 1e-5);
  return (x) => {
    const inner = gelu(g, normalise(winogradConv(g, x, first)));
    return add(g, normalise(winogradConv(g, inner, second)), x);
  };
}

/** Pieces [h, w, N, D] → all patches' planes [N, D, h, w] */
function asImages(g: Graph, values: readonly Value[]): Value {
  return transpose(g, concat(g, values, 2), [2, 3, 0, 1]);
}

/**
 * Where each maximum lay in the plane before it, row · width + column, as PyTorch counts: int64 [N, D, h, w]
 * @see SPEC.md, §3; PyTorch, MaxPool2d with return_indices
 */
export function poolIndices(g: Graph, { chosen, width }: Pool): Value {
  const place = concat(g, chosen, 2);
  const [h, w] = place.shape as readonly number[] as readonly [number, number];
  const row = floor(g, mul(g, place, 0.5));
  const column = sub(g, place, mul(g, row, 2));
  const corner = Float32Array.from({ length: h * w }, (_, i) => 2 * Math.floor(i / w) * width + 2 * (i % w));
  const index = add(g, add(g, mul(g, row, width), column), g.constant(corner, { shape: [h, w, 1, 1] }));
  return cast(g, transpose(g, index, [2, 3, 0, 1]), "int64");
}
