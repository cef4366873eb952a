import { formatShape, type Graph, type Value } from "../graph/index.ts";
import { reshape } from "./layout.ts";
import { matMul } from "./matmul.ts";

/**
 * Winograd's minimal filtering (Lavin and Gray 2016): a 3-tap convolution of a short stretch is a product per interpolation
 * point. Images lie pixel by pixel, [H, W, N, C], where every transform is a plain matrix product along one axis and no
 * axis ever changes places.
 */

/** The points of Barabasz et al. (2020), which lose the fewest bits in float32; the last point is infinity. */
const points = [0, -1, 1, 0.5, -2];
const taps = 3;

export interface WinogradTransforms {
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
export function winogradTransforms(outputs: number): WinogradTransforms {
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
  /** [n, 1, n', 1, …] with the channels last, in the order that `transposed` says */
  readonly value: Value;
  readonly rows: WinogradTransforms;
  readonly columns: WinogradTransforms;
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
  const [rows, columns] = [winogradTransforms(outputsFor(height)), winogradTransforms(outputsFor(width))];
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
  const { value, rows, columns, transposed } = kernel;
  if (x.shape.length !== 4 || value.shape[transposed ? 3 : 4] !== x.shape[3])
    throw new Error(`Winograd: ${formatShape(x.shape)} x ${formatShape(value.shape)}`);
  const [height, width] = x.shape as readonly number[] as readonly [number, number];
  const [vertical, horizontal] = [stretches(height, rows), stretches(width, columns)];
  return g.record("WinogradConv", [x, value], { transposed, vertical, horizontal }, () => {
    const products = matMul(g, atPoints(g, x, vertical, horizontal), value, { transposeB: !transposed });
    return [fromPoints(g, products, vertical, horizontal, x.shape[2]!)];
  })[0]!;
}

/** A whole side as one matrix each way: points are ordered by point, then by stretch. The border is zero. */
export interface Stretches {
  readonly size: number;
  readonly count: number;
  /** [size · count, length] */
  readonly input: readonly (readonly number[])[];
  /** [length, size · count] */
  readonly output: readonly (readonly number[])[];
}

function stretches(length: number, { outputs, size, input, output }: WinogradTransforms): Stretches {
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
  return { size, count, input: into, output: back };
}

/** Pixels at the interpolation points: [H, W, N, C] → [n, count, n', count'·N, C]; with `adjoint` what `fromPoints` undoes. */
export function atPoints(g: Graph, x: Value, vertical: Stretches, horizontal: Stretches, adjoint = false): Value {
  const matrix = ({ input, output }: Stretches) => (adjoint ? turned(output) : input);
  const [n, channels] = x.shape.slice(2) as [number, number];
  const points = separable(g, x, matrix(vertical), matrix(horizontal));
  return reshape(g, points, [vertical.size, vertical.count, horizontal.size, horizontal.count * n, channels]);
}

/** Back again: [n, count, n', count'·N, C] → [H, W, N, C]; with `adjoint` the gradient of `atPoints`. */
export function fromPoints(
  g: Graph,
  points: Value,
  vertical: Stretches,
  horizontal: Stretches,
  n: number,
  adjoint = false,
): Value {
  const matrix = ({ input, output }: Stretches) => (adjoint ? turned(input) : output);
  const lengths = [vertical.size * vertical.count, horizontal.size * horizontal.count, n, points.shape.at(-1)!];
  return separable(g, reshape(g, points, lengths), matrix(vertical), matrix(horizontal));
}

/** Down the rows in one product for all columns, then along the columns in one product per row. x: [H, W, N, C] */
function separable(
  g: Graph,
  x: Value,
  vertical: readonly (readonly number[])[],
  horizontal: readonly (readonly number[])[],
): Value {
  const [height, width, n, channels] = x.shape as [number, number, number, number];
  const matrix = (values: readonly (readonly number[])[]) =>
    g.constant(values.flat(), { shape: [values.length, values[0]!.length] });
  const down = matMul(g, matrix(vertical), reshape(g, x, [height, width * n * channels]));
  const across = matMul(g, matrix(horizontal), reshape(g, down, [vertical.length, width, n * channels]));
  return reshape(g, across, [vertical.length, horizontal.length, n, channels]);
}

const turned = (matrix: readonly (readonly number[])[]): number[][] =>
  matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
