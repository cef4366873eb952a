// Sums of products of signed bytes and 16-bit weights for many rows at once. JavaScript has no instruction for them; WebAssembly's SIMD has
// (sixteen bytes at a time), and is an order of magnitude faster than a loop over an Int8Array. The module is a loop of thirty
// instructions, written down here as bytes: https://webassembly.github.io/spec/core/binary/instructions.html

/** Bytes that the processor takes at once: rows are filled up with zeros to a multiple of it. */
export const lanes = 16;
export const paddedColumns = (columns: number): number => Math.ceil(columns / lanes) * lanes;

/** The largest weight with which the sum over a row, of −128 in every column at worst, is a 32-bit integer still. */
export const mostWeight = (columns: number): number =>
  Math.min(32_767, Math.floor((2 ** 31 - 1) / (128 * Math.max(1, columns))));

const number = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
};
const text = (word: string): number[] => [word.length, ...Buffer.from(word)];
const section = (id: number, content: readonly number[]): number[] => [id, ...number(content.length), ...content];
const simd = (code: number, ...more: readonly number[]): number[] => [0xfd, ...number(code), ...more];

const [i32, v128] = [0x7f, 0x7b];
const [nothing, block, loop, end] = [0x40, 0x02, 0x03, 0x0b];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const branchIf = (depth: number): number[] => [0x0d, depth];
const constant = (value: number): number[] => [0x41, ...number(value)];
const [add, notBelow] = [[0x6a], [0x4f]] as const;
const storeInteger = [0x36, 2, 0];
const load = simd(0x00, 4, 0);
const loadSecond = simd(0x00, 4, lanes);
const [lowHalf, highHalf, product, sum] = [simd(0x87), simd(0x88), simd(0xba), simd(0xae)];
const lane = (index: number): number[] => simd(0x1b, index);

/** sum(rows, rowsEnd, weights, bytesPerRow, sums): for each row the sum of its products with the weights, as int32. */
function program(): Uint8Array<ArrayBuffer> {
  const [row, rowsEnd, weights, bytes, sums, at, rowEnd, weight, both, one] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const half = (widen: readonly number[], loaded: readonly number[]) => [
    ...get(one),
    ...widen,
    ...get(weight),
    ...loaded,
    ...product,
    ...get(both),
    ...sum,
    ...set(both),
  ];
  const step = (local: number, by: readonly number[]) => [...get(local), ...by, ...add, ...set(local)];
  const code = [
    ...[block, nothing, loop, nothing],
    ...[...get(row), ...get(rowsEnd), ...notBelow, ...branchIf(1)],
    ...[...get(row), ...set(at), ...get(row), ...get(bytes), ...add, ...set(rowEnd), ...get(weights), ...set(weight)],
    ...[...simd(0x0c, ...new Array<number>(lanes).fill(0)), ...set(both)],
    ...[block, nothing, loop, nothing],
    ...[...get(at), ...get(rowEnd), ...notBelow, ...branchIf(1)],
    ...[...get(at), ...load, ...set(one)],
    ...half(lowHalf, load),
    ...half(highHalf, loadSecond),
    ...[...step(at, constant(lanes)), ...step(weight, constant(2 * lanes))],
    ...[0x0c, 0, end, end],
    ...get(sums),
    ...[...get(both), ...lane(0), ...get(both), ...lane(1), ...add],
    ...[...get(both), ...lane(2), ...get(both), ...lane(3), ...add, ...add],
    ...storeInteger,
    ...[...step(sums, constant(4)), ...get(rowEnd), ...set(row)],
    ...[0x0c, 0, end, end, end],
  ];
  const body = [2, 3, i32, 2, v128, ...code];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 5, i32, i32, i32, i32, i32, 0]),
    ...section(2, [1, ...text("m"), ...text("memory"), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("sum"), 0, 0]),
    ...section(10, [1, ...number(body.length), ...body]),
  ]);
}

type Sum = (row: number, end: number, weights: number, stride: number, sums: number) => void;

/** What is used of it: its types come with those of browsers only. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, given: object) => { readonly exports: { readonly sum: unknown } };
};

const page = 65_536;

/** Rows of signed bytes in a memory of their own, to be multiplied with weights again and again. */
export class ByteRows {
  /** [rows, `paddedColumns(columns)`] */
  readonly values: Int8Array;
  readonly stride: number;
  readonly #weights: Int16Array;
  readonly #sums: Int32Array;
  readonly #sum: Sum;
  readonly #at: { readonly rows: number; readonly weights: number; readonly sums: number };

  /** @throws RangeError where the system has not that much memory */
  constructor(rows: number, columns: number) {
    this.stride = paddedColumns(columns);
    const weights = 0;
    const sums = Math.ceil((2 * this.stride) / lanes) * lanes;
    const values = sums + Math.ceil((4 * rows) / lanes) * lanes;
    const memory = new WebAssembly.Memory({ initial: Math.ceil((values + rows * this.stride) / page) + 1 });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(program()), { m: { memory } });
    this.#sum = exports.sum as Sum;
    this.#at = { rows: values, weights, sums };
    this.#weights = new Int16Array(memory.buffer, weights, this.stride);
    this.#sums = new Int32Array(memory.buffer, sums, rows);
    this.values = new Int8Array(memory.buffer, values, rows * this.stride);
  }

  /**
   * Sums of products of every row with `weights`, [columns] of at most `mostWeight(columns)`.
   * @returns [rows], valid until the next call
   */
  products(weights: Int16Array): Int32Array {
    this.#weights.fill(0).set(weights);
    const { rows, sums, weights: own } = this.#at;
    this.#sum(rows, rows + this.values.length, own, this.stride, sums);
    return this.#sums;
  }
}
