import type { Bounds } from "./bounds.ts";

/**
 * A smooth displacement: values at the nodes of a lattice over `bounds`, row by row from the upper left corner, cubic between
 * them (Catmull and Rom 1974). Outside of `bounds` it is what it is at the nearest edge. Two nodes each way can hold any affine displacement.
 */
export interface Bend {
  readonly bounds: Bounds;
  /** nodes across and down, 2 … 33 */
  readonly columns: number;
  readonly rows: number;
  /** [rows · columns], map units */
  readonly dx: readonly number[];
  readonly dy: readonly number[];
}

export type BendLattice = Pick<Bend, "bounds" | "columns" | "rows">;

const mostBendNodes = 33;

/** Is this a bend? It may come from a project of others. */
export function isBend(value: unknown): value is Bend {
  const { bounds, columns, rows, dx, dy } = (value ?? {}) as Readonly<Record<keyof Bend, unknown>>;
  const finite = (list: unknown): boolean => Array.isArray(list) && list.every(Number.isFinite);
  const nodes = (count: unknown): count is number =>
    Number.isInteger(count) && (count as number) >= 2 && (count as number) <= mostBendNodes;
  if (!nodes(columns) || !nodes(rows) || !finite(dx) || !finite(dy)) return false;
  const { minX, minY, maxX, maxY } = (bounds ?? {}) as Bounds;
  if (![minX, minY, maxX, maxY].every(Number.isFinite) || !(maxX > minX) || !(maxY > minY)) return false;
  return (dx as number[]).length === columns * rows && (dy as number[]).length === columns * rows;
}

/** Which nodes make the value at a place, and how much of each: [4] indices and weights along one axis. */
function alongAxis(at: number, count: number, index: Int32Array, weight: Float64Array): void {
  const position = Math.min(count - 1, Math.max(0, at));
  const first = Math.min(count - 2, Math.floor(position));
  const t = position - first;
  const left = ((2 - t) * t - 1) * t * 0.5;
  const middle = ((3 * t - 5) * t * t + 2) * 0.5;
  const next = ((4 - 3 * t) * t + 1) * t * 0.5;
  const right = (t - 1) * t * t * 0.5;
  // A node beyond the edge goes on as the last two do: 2a − b.
  const [before, after] = [first === 0, first === count - 2];
  index[0] = before ? 0 : first - 1;
  index[1] = first;
  index[2] = first + 1;
  index[3] = after ? count - 1 : first + 2;
  weight[0] = before ? 0 : left;
  weight[1] = middle + (before ? 2 * left : 0) - (after ? right : 0);
  weight[2] = next - (before ? left : 0) + (after ? 2 * right : 0);
  weight[3] = after ? 0 : right;
}

const columnsAt = { index: new Int32Array(4), weight: new Float64Array(4) };
const rowsAt = { index: new Int32Array(4), weight: new Float64Array(4) };

/** Calls `add` with every node that has a share in the value at (x, y), and its share. */
export function bendShares(
  { bounds, columns, rows }: BendLattice,
  x: number,
  y: number,
  add: (node: number, share: number) => void,
): void {
  const { minX, minY, maxX, maxY } = bounds;
  alongAxis(((x - minX) / (maxX - minX)) * (columns - 1), columns, columnsAt.index, columnsAt.weight);
  alongAxis(((maxY - y) / (maxY - minY)) * (rows - 1), rows, rowsAt.index, rowsAt.weight);
  for (let j = 0; j < 4; j++)
    for (let i = 0; i < 4; i++)
      add(rowsAt.index[j]! * columns + columnsAt.index[i]!, rowsAt.weight[j]! * columnsAt.weight[i]!);
}

/** The displacement at (x, y). */
export function bendAt(bend: Bend, x: number, y: number): [dx: number, dy: number] {
  let [dx, dy] = [0, 0];
  bendShares(bend, x, y, (node, share) => {
    dx += share * bend.dx[node]!;
    dy += share * bend.dy[node]!;
  });
  return [dx, dy];
}

/** The places of a lattice's nodes, in the order of its values. */
export function bendNodes({ bounds, columns, rows }: BendLattice): [x: number, y: number][] {
  const { minX, minY, maxX, maxY } = bounds;
  return Array.from({ length: columns * rows }, (_, node): [number, number] => [
    minX + ((maxX - minX) * (node % columns)) / (columns - 1),
    maxY - ((maxY - minY) * Math.floor(node / columns)) / (rows - 1),
  ]);
}
