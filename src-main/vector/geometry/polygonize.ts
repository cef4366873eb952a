import { apply } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { Polygon, Position, Ring } from "./geometry.ts";
import { smoothRing } from "./smooth-ring.ts";

/** One area of equal value. */
export interface ValuePolygon {
  readonly value: number;
  readonly pixels: number;
  readonly geometry: Polygon;
  /** of `measure` over the area's pixels; 0 without one */
  readonly mean: number;
  /** the area's pixels that `mark` names; 0 without one */
  readonly marked: number;
}

export interface PolygonizeOptions {
  /** values that make no polygon, such as nodata */
  readonly skip?: readonly number[];
  /** a second raster on the same grid, whose mean over each area is wanted; asked once per row */
  readonly measure?: RowReader | undefined;
  /** a third one: pixels that are not 0 in it are counted in each area */
  readonly mark?: RowReader | undefined;
  /** how often corners are cut: see `smooth-ring.ts`; 0 keeps the edges of the pixels */
  readonly smoothing?: number | undefined;
}

/** Gives the values of one row. Rows of the map are asked for from top to bottom, twice. */
export type RowReader = (row: number) => ArrayLike<number>;

/**
 * The connected areas of equal value (pixels that share an edge, as gdal_polygonize does), each as soon as it is complete.
 * Two passes: the first finds which pieces of rows grow together, the second draws outlines. In memory are two rows,
 * a few numbers per piece that starts an area, and the outlines of areas that are not complete yet.
 */
export function* polygonize(read: RowReader, grid: GeoBox, options: PolygonizeOptions = {}): Generator<ValuePolygon> {
  const skip = new Set(options.skip ?? []);
  const { measure, mark, smoothing = 0 } = options;
  const pieces = new Pieces();
  for (const { labels, row } of labelledRows(read, grid, skip, () => pieces.add(), pieces)) pieces.seen(labels, row);
  const endingIn = pieces.areasByLastRow(grid.height);

  const open = new Map<number, Outline>();
  const none = new Int32Array(grid.width).fill(-1);
  let above = none;
  let count = 0;
  for (const { labels, values, row } of labelledRows(read, grid, skip, () => count++)) {
    const areas = labels.map((label) => (label < 0 ? -1 : pieces.root(label)));
    const measured = measure?.(row);
    const marks = mark?.(row);
    for (let col = 0; col < grid.width; ) {
      const start = col;
      while (col < grid.width && areas[col] === areas[start]) col++;
      if (areas[start]! < 0) continue;
      const outline = open.get(areas[start]!) ?? {
        value: values[start]!,
        pixels: 0,
        measured: 0,
        marked: 0,
        edges: new Map<number, number[]>(),
        fixed: new Set<number>(),
      };
      outline.pixels += col - start;
      if (measured) for (let at = start; at < col; at++) outline.measured += measured[at]!;
      if (marks) for (let at = start; at < col; at++) if (marks[at] !== 0) outline.marked++;
      open.set(areas[start]!, outline);
    }
    trace(above, areas, row, open, grid.width);
    if (smoothing > 0) fixJunctions(above, areas, row, open, grid);
    // An area that ended in the row before has just got its lower side.
    yield* closed(row - 1);
    above = areas;
  }
  trace(above, none, grid.height, open, grid.width);
  if (smoothing > 0) fixJunctions(above, none, grid.height, open, grid);
  yield* closed(grid.height - 1);

  function* closed(row: number): Generator<ValuePolygon> {
    for (const area of endingIn[row] ?? []) {
      yield finished(open.get(area)!, grid, smoothing);
      open.delete(area);
    }
  }
}

/** Pieces of areas: which of them belong together, and where each was last seen. */
class Pieces {
  readonly #parent: number[] = [];
  readonly #lastRow: number[] = [];

  add(): number {
    this.#parent.push(this.#parent.length);
    this.#lastRow.push(0);
    return this.#parent.length - 1;
  }

  seen(labels: Int32Array, row: number): void {
    for (const label of labels) if (label >= 0) this.#lastRow[label] = row;
  }

  /** The smallest piece of the area. */
  root(label: number): number {
    let at = label;
    while (this.#parent[at] !== at) {
      this.#parent[at] = this.#parent[this.#parent[at]!]!;
      at = this.#parent[at]!;
    }
    return at;
  }

  join(p: number, q: number): void {
    const a = this.root(p);
    const b = this.root(q);
    if (a !== b) this.#parent[Math.max(a, b)] = Math.min(a, b);
  }

  /** The areas that end in each row, in order of their first pixel. */
  areasByLastRow(rows: number): number[][] {
    const last = Int32Array.from(this.#lastRow);
    for (let label = last.length - 1; label >= 0; label--) {
      const root = this.root(label);
      last[root] = Math.max(last[root]!, last[label]!);
    }
    const ending: number[][] = Array.from({ length: rows }, () => []);
    this.#parent.forEach((parent, label) => {
      if (parent === label) ending[last[label]!]!.push(label);
    });
    return ending;
  }
}

interface LabelledRow {
  readonly row: number;
  /** the piece of each pixel, -1 for skipped values */
  readonly labels: Int32Array<ArrayBuffer>;
  readonly values: readonly number[];
}

/** Gives each pixel a piece: that of its left neighbour, else that of the one above, else a new one. Both passes number alike. */
function* labelledRows(
  read: RowReader,
  grid: GeoBox,
  skip: ReadonlySet<number>,
  fresh: () => number,
  pieces?: Pieces,
): Generator<LabelledRow> {
  let aboveValues: readonly number[] = [];
  let above = new Int32Array(grid.width).fill(-1);
  for (let row = 0; row < grid.height; row++) {
    const values = Array.from(read(row));
    if (values.length !== grid.width)
      throw new Error(`Polygonize: row ${row} has ${values.length} of ${grid.width} values`);
    const labels = new Int32Array(grid.width).fill(-1);
    for (let col = 0; col < grid.width; col++) {
      const value = values[col]!;
      if (skip.has(value) || Number.isNaN(value)) continue;
      const left = col > 0 && values[col - 1] === value ? labels[col - 1]! : -1;
      const up = row > 0 && aboveValues[col] === value ? above[col]! : -1;
      if (left >= 0 && up >= 0 && left !== up) pieces?.join(left, up);
      labels[col] = left >= 0 ? left : up >= 0 ? up : fresh();
    }
    yield { row, labels, values };
    aboveValues = values;
    above = labels;
  }
}

interface Outline {
  readonly value: number;
  pixels: number;
  /** edges by the corner they start from; the area is on the right hand (rows grow downwards) */
  readonly edges: Map<number, number[]>;
  measured: number;
  marked: number;
  /** corners that smoothing leaves where they are */
  readonly fixed: Set<number>;
}

/** Adds the edges along the upper side of `row` and the left and right sides of its pixels. Corners are numbered row by row. */
function trace(
  above: Int32Array,
  below: Int32Array,
  row: number,
  open: ReadonlyMap<number, Outline>,
  width: number,
): void {
  const corner = (col: number, at: number): number => at * (width + 1) + col;
  const add = (root: number, from: number, to: number): void => {
    const { edges } = open.get(root)!;
    const own = edges.get(from);
    if (own) own.push(to);
    else edges.set(from, [to]);
  };
  for (let col = 0; col < width; col++) {
    const up = above[col]!;
    const down = below[col]!;
    if (up === down) continue;
    if (down >= 0) add(down, corner(col, row), corner(col + 1, row));
    if (up >= 0) add(up, corner(col + 1, row), corner(col, row));
  }
  for (let col = 0; col <= width; col++) {
    const left = col > 0 ? below[col - 1]! : -1;
    const right = col < width ? below[col]! : -1;
    if (left === right) continue;
    if (left >= 0) add(left, corner(col, row), corner(col, row + 1));
    if (right >= 0) add(right, corner(col, row + 1), corner(col, row));
  }
}

/** Corners on the line above `row` where three borders or more meet, and the corners of the raster, stay in place. */
function fixJunctions(
  above: Int32Array,
  below: Int32Array,
  row: number,
  open: ReadonlyMap<number, Outline>,
  { width, height }: GeoBox,
): void {
  const edge = row === 0 || row === height;
  for (let col = 0; col <= width; col++) {
    const around = [above[col - 1] ?? -1, above[col] ?? -1, below[col] ?? -1, below[col - 1] ?? -1];
    let borders = 0;
    for (let i = 0; i < 4; i++) if (around[i] !== around[(i + 1) % 4]) borders++;
    if (borders < 3 && !(edge && (col === 0 || col === width))) continue;
    for (const area of around) if (area >= 0) open.get(area)?.fixed.add(row * (width + 1) + col);
  }
}

/** Joins edges to rings. The ring with the largest area is the outside, the others are holes. */
function finished(outline: Outline, grid: GeoBox, smoothing: number): ValuePolygon {
  const { value, pixels, measured, marked, edges, fixed } = outline;
  const stride = grid.width + 1;
  const rings: { readonly corners: readonly number[]; readonly area: number }[] = [];
  // From the topmost corner that is left: there no second ring passes, so that coming back means the ring is complete.
  for (const start of [...edges.keys()].sort((p, q) => p - q)) {
    if (!edges.has(start)) continue;
    const corners: number[] = [];
    let at = start;
    let from = start;
    do {
      corners.push(at);
      const next = takeEdge(edges, at, at - from, stride);
      from = at;
      at = next;
    } while (at !== start);
    const bends = withoutStraights(corners, fixed);
    rings.push({ corners: bends, area: doubleArea(bends, stride) });
  }
  rings.sort((p, q) => q.area - p.area);
  // On a map with y up the direction is reversed.
  const mirrored = grid.affine.b * grid.affine.f - grid.affine.c * grid.affine.e < 0;
  const coordinates = rings.map(({ corners }): Ring => {
    const bends = corners.map((corner) => ({
      x: corner % stride,
      y: Math.floor(corner / stride),
      fixed: fixed.has(corner),
    }));
    const positions = smoothRing(bends, smoothing).map(([x, y]): Position => apply(grid.affine, x, y));
    const ring = mirrored ? positions.toReversed() : positions;
    return [...ring, ring[0]!];
  });
  return { value, pixels, mean: measured / pixels, marked, geometry: { type: "Polygon", coordinates } };
}

// Where two diagonal pixels of one area meet in a corner there are two ways on. Turning left, round the pixel that is not
// of the area, closes a ring at that corner: a hole may touch the outside in a point, but no ring touches itself.
function takeEdge(edges: Map<number, number[]>, at: number, step: number, stride: number): number {
  const ways = edges.get(at)!;
  const left = step === 1 ? -stride : step === -1 ? stride : step > 0 ? 1 : -1;
  const index = ways.length > 1 ? ways.indexOf(at + left) : 0;
  const [to] = ways.splice(index, 1);
  if (ways.length === 0) edges.delete(at);
  return to!;
}

function withoutStraights(corners: readonly number[], fixed: ReadonlySet<number>): number[] {
  return corners.filter((corner, i) => {
    if (fixed.has(corner)) return true;
    const before = corners.at(i - 1)!;
    const after = corners[(i + 1) % corners.length]!;
    return corner - before !== after - corner;
  });
}

/** Positive for an outside: clockwise with rows growing downwards. */
function doubleArea(corners: readonly number[], stride: number): number {
  let twice = 0;
  corners.forEach((corner, i) => {
    const next = corners[(i + 1) % corners.length]!;
    const [x1, y1, x2, y2] = [corner % stride, Math.floor(corner / stride), next % stride, Math.floor(next / stride)];
    twice += x1 * y2 - x2 * y1;
  });
  return twice;
}
