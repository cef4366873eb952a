import { formatShape, type Graph, type Value } from "../graph/index.ts";
import { reshape } from "./layout.ts";
import { matMul } from "./matmul.ts";

/**
 * Winograd's minimal filtering (Lavin and Gray 2016): a 3-tap convolution of a short stretch is a product per interpolation
 * point. Images lie pixel by pixel, [H, W, N, C], where every transform is a plain matrix product along one axis and no
 * axis ever changes places; autodiff needs no rule of its own.
 */

/** The points of Barabasz et al. (2020), which lose the fewest bits in float32; the last point is infinity. */
const points = [0, -1, 1, 0.5, -2];
const taps = 3;

export interface Filtering {
  /** results per stretch */
  readonly outputs: number;
  /** n = outputs + 2, the number of points */
  readonly size: number;
  /** Aᵀ, [outputs, n] */
  readonly output: readonly (readonly number[])[];
  /** G, [n, 3] */
  readonly kernel: readonly (readonly number[])[];
  /** Bᵀ, [n, n] */
  readonly input: readonly (readonly number[])[];
}

/** Toom and Cook's construction: y = Aᵀ ((G w) ⊙ (Bᵀ x)) for y_i = Σ_k w_k x_{i+k}. */
export function filtering(outputs: number): Filtering {
  const finite = points.slice(0, outputs + taps - 2);
  const size = finite.length + 1;
  const powers = (p: number, count: number) => Array.from({ length: count }, (_, k) => p ** k);
  const infinity = (count: number) => Array.from({ length: count }, (_, k) => (k === count - 1 ? 1 : 0));
  const others = (j: number) => finite.filter((_, other) => other !== j);
  const scale = finite.map((p, j) => others(j).reduce((product, q) => product * (p - q), 1));
  const columns = [...finite.map((p) => powers(p, outputs)), infinity(outputs)];
  return {
    outputs,
    size,
    output: Array.from({ length: outputs }, (_, i) => columns.map((column) => column[i]!)),
    kernel: [...finite.map((p, j) => powers(p, taps).map((value) => value / scale[j]!)), infinity(taps)],
    input: [...finite.map((_, j) => [...polynomial(others(j)), 0]), polynomial(finite)],
  };
}

/** Coefficients of Π (x − root), the constant one first. */
function polynomial(roots: readonly number[]): number[] {
  let coefficients = [1];
  for (const root of roots)
    coefficients = [0, ...coefficients].map((value, power) => value - root * (coefficients[power] ?? 0));
  return coefficients;
}

/** The stretch length that needs the fewest products for a side of `length`. */
function outputsFor(length: number): number {
  const products = (outputs: number) => Math.ceil(length / outputs) * (outputs + taps - 1);
  return [2, 3, 4].reduce((best, outputs) => (products(outputs) < products(best) ? outputs : best));
}

/** A kernel at the interpolation points of planes of one size: made once, used for every batch of such planes. */
export interface WinogradKernel {
  /** [n, 1, n', 1, …] with the channels last, in the order that `transposed` tells */
  readonly value: Value;
  readonly rows: Filtering;
  readonly columns: Filtering;
  readonly outChannels: number;
  /** the channels lie [in, out], as a transposed convolution has them, instead of [out, in] */
  readonly transposed: boolean;
}

/**
 * weight: [O, C, 3, 3]; for a transposed convolution [C, O, 3, 3], whose taps are read backwards.
 * The size is that of the planes; it decides how long the stretches are.
 */
export function winogradKernel(
  g: Graph,
  weight: Value,
  [height, width]: readonly [number, number],
  { transposed = false }: { readonly transposed?: boolean } = {},
): WinogradKernel {
  const [first, second, ...kernel] = weight.shape as [number, number, number, number];
  if (String(kernel) !== "3,3") throw new Error(`Winograd: a kernel ${formatShape(weight.shape)}`);
  const [rows, columns] = [filtering(outputsFor(height)), filtering(outputsFor(width))];
  const order = [0, 1, 2].map((tap) => (transposed ? 2 - tap : tap));
  const both: number[] = [];
  for (const row of rows.kernel)
    for (const column of columns.kernel)
      for (const i of [0, 1, 2]) for (const j of [0, 1, 2]) both.push(row[order[i]!]! * column[order[j]!]!);
  const transform = g.constant(both, { shape: [rows.size * columns.size, taps * taps] });
  const value = matMul(g, transform, reshape(g, weight, [first * second, taps * taps]), { transposeB: true });
  return {
    value: reshape(g, value, [rows.size, 1, columns.size, first, second]),
    rows,
    columns,
    outChannels: transposed ? second : first,
    transposed,
  };
}

/** A convolution with padding 1 and stride 1.  x: [H, W, N, C] → [H, W, N, O] */
export function winogradConv(g: Graph, x: Value, kernel: WinogradKernel): Value {
  const [height, width, n, channels] = x.shape as [number, number, number, number];
  const { rows, columns, outChannels, transposed } = kernel;
  if (x.shape.length !== 4 || kernel.value.shape[transposed ? 3 : 4] !== channels)
    throw new Error(`Winograd: ${formatShape(x.shape)} x ${formatShape(kernel.value.shape)}`);
  const vertical = stretches(height, rows);
  const horizontal = stretches(width, columns);
  const matrix = (values: readonly (readonly number[])[]) =>
    g.constant(values.flat(), { shape: [values.length, values[0]!.length] });
  // Along the rows one product for all columns; along the columns one product per row.
  const down = matMul(g, matrix(vertical.input), reshape(g, x, [height, width * n * channels]));
  const across = matMul(g, matrix(horizontal.input), reshape(g, down, [-1, width, n * channels]));
  const points = reshape(g, across, [rows.size, vertical.count, columns.size, horizontal.count * n, channels]);
  const products = matMul(g, points, kernel.value, { transposeB: !transposed });
  const narrow = matMul(
    g,
    matrix(horizontal.output),
    reshape(g, products, [rows.size * vertical.count, columns.size * horizontal.count, n * outChannels]),
  );
  const y = matMul(
    g,
    matrix(vertical.output),
    reshape(g, narrow, [rows.size * vertical.count, width * n * outChannels]),
  );
  return reshape(g, y, [height, width, n, outChannels]);
}

/** A whole side as one matrix each way: rows and columns are ordered by point, then by stretch. The border is zero. */
function stretches(length: number, { outputs, size, input, output }: Filtering) {
  const count = Math.ceil(length / outputs);
  const empty = (rows: number, columns: number) => Array.from({ length: rows }, () => Array<number>(columns).fill(0));
  const into = empty(size * count, length);
  const back = empty(length, size * count);
  for (let point = 0; point < size; point++) {
    for (let stretch = 0; stretch < count; stretch++) {
      const row = point * count + stretch;
      for (let k = 0; k < size; k++) {
        const pixel = stretch * outputs + k - 1;
        if (pixel >= 0 && pixel < length) into[row]![pixel] = input[point]![k]!;
      }
      for (let k = 0; k < outputs; k++) {
        const pixel = stretch * outputs + k;
        if (pixel < length) back[pixel]![row] = output[k]![point]!;
      }
    }
  }
  return { count, input: into, output: back };
}
