import { type Affine, apply } from "../geo/affine.ts";

/**
 * Patches of the project's grid, named one by one: what a class raster labels, and what is left of a polygon that a split cut.
 * A bit per patch, so that ten million patches are a megabyte. Columns and rows count from the corner of the project's area in
 * the catalog, and from the origin of its CRS in the spec of a job.
 */
export interface PatchCells {
  readonly col: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
  /** base64 of one bit per patch, row by row, the first patch in the highest bit */
  readonly bits: string;
}

/** A horizontal stretch of patches of the grid: row, first column, column behind the last. */
export type CellRun = readonly [row: number, start: number, end: number];

type Window = Pick<PatchCells, "col" | "row" | "width" | "height">;
type Coordinates = readonly (readonly (readonly (readonly [number, number])[])[])[];

/** The patches of `window` for which `has(index)` holds, without empty margins; `null` when there are none. */
export function packCells(window: Window, has: (index: number) => boolean): PatchCells | null {
  let [left, top, right, bottom] = [window.width, window.height, -1, -1];
  for (let row = 0, index = 0; row < window.height; row++) {
    for (let col = 0; col < window.width; col++, index++) {
      if (!has(index)) continue;
      if (col < left) left = col;
      if (col > right) right = col;
      if (row < top) top = row;
      bottom = row;
    }
  }
  if (right < 0) return null;
  const width = right - left + 1;
  const height = bottom - top + 1;
  const bytes = new Uint8Array(Math.ceil((width * height) / 8));
  for (let row = 0, bit = 0; row < height; row++) {
    for (let col = 0; col < width; col++, bit++) {
      if (has((top + row) * window.width + left + col)) bytes[bit >> 3]! |= 128 >> (bit & 7);
    }
  }
  return { col: window.col + left, row: window.row + top, width, height, bits: toBase64(bytes) };
}

/** The bits of cells as they are packed: the first patch in the highest bit of the first byte. */
export const cellBytes = ({ bits }: PatchCells): Uint8Array => fromBase64(bits);

/**
 * Labels whose patches fill a window of more than so many are shown as filled patches, and sent to windows by their patches alone:
 * the outlines of ten million are hundreds of megabytes.
 */
const mostOutlinedPatches = 400;
export const isManyCells = (cells: PatchCells | null): cells is PatchCells =>
  cells !== null && cells.width * cells.height > mostOutlinedPatches;

/** The bits of cells, one byte per patch (0 or 1), row by row. Fewer bits than patches count as empty ones. */
export function unpackCells({ width, height, bits }: PatchCells): Uint8Array {
  const bytes = fromBase64(bits);
  const cells = new Uint8Array(width * height);
  const count = Math.min(cells.length, bytes.length * 8);
  for (let i = 0; i < count; i++) cells[i] = (bytes[i >> 3]! >> (7 - (i & 7))) & 1;
  return cells;
}

/** The patches of cells as stretches from top to bottom and left to right, in columns and rows of the grid. */
export function runsOfCells(cells: PatchCells): CellRun[] {
  const { col, row, width, height } = cells;
  const set = unpackCells(cells);
  const runs: CellRun[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; ) {
      if (set[y * width + x] === 0) {
        x++;
        continue;
      }
      const start = x;
      while (x < width && set[y * width + x] === 1) x++;
      runs.push([row + y, col + start, col + x]);
    }
  }
  return runs;
}

/** How many patches the cells name. */
export const countCells = (cells: PatchCells): number => unpackCells(cells).reduce((sum, bit) => sum + bit, 0);

/**
 * The outline of cells along the edges of their patches: one part per area of patches that share edges, each with its holes;
 * outsides counter-clockwise, holes clockwise where y points up. Patches that only touch at a corner are parts of their own.
 * @param affine of the grid whose cells are the patches
 */
export function outlineOfCells(cells: PatchCells, affine: Affine): Coordinates {
  const { width, height } = cells;
  const set = unpackCells(cells);
  const area = components(set, width, height);
  const inside = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : set[y * width + x]!;
  // Only upper edges need to be looked for: every ring, of an outside or a hole, has one.
  const seen = new Uint8Array(width * height);
  const parts: { outside: [number, number][] | null; holes: [number, number][][] }[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (set[at] === 0 || seen[at] === 1 || inside(x, y - 1) === 1) continue;
      for (const ring of simpleRings(followed(x, y, inside, seen, width))) {
        const own = parts[area[at]! - 1] ?? { outside: null, holes: [] };
        parts[area[at]! - 1] = own;
        if (twiceArea(ring) > 0 && own.outside === null) own.outside = ring;
        else own.holes.push(ring);
      }
    }
  }
  const flips = affine.b * affine.f - affine.c * affine.e < 0;
  const placed = (ring: readonly [number, number][]) => {
    const moved = ring.map(([x, y]) => apply(affine, cells.col + x, cells.row + y));
    return flips ? moved.reverse() : moved;
  };
  return parts.flatMap(({ outside, holes }) => (outside ? [[placed(outside), ...holes.map(placed)]] : []));
}

/** The corners of the window of cells, closed. */
export function cornersOfCells({ col, row, width, height }: Window, affine: Affine): [number, number][] {
  const corner = (x: number, y: number) => apply(affine, col + x, row + y);
  return [corner(0, 0), corner(0, height), corner(width, height), corner(width, 0), corner(0, 0)];
}

/** Directions along edges: right, down, left, up. The patch of a directed edge lies at its right hand. */
const steps = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** Corners of the boundary that begins at the upper edge of a patch, with the patches at the right hand; closed. */
function followed(
  startX: number,
  startY: number,
  inside: (x: number, y: number) => number,
  seen: Uint8Array,
  width: number,
): [number, number][] {
  const corners: [number, number][] = [];
  let [x, y, direction] = [startX, startY, 0];
  do {
    // An upper edge runs right, with its patch below.
    if (direction === 0) seen[y * width + x] = 1;
    const [dx, dy] = steps[direction]!;
    x += dx;
    y += dy;
    // The two patches ahead, at the left and right hand of the way.
    const [ahead, behind] = [direction, (direction + 3) % 4];
    const right = inside(...patchAt(x, y, ahead));
    const left = inside(...patchAt(x, y, behind));
    const next = right === 0 ? (direction + 1) % 4 : left === 0 ? direction : (direction + 3) % 4;
    if (next !== direction) corners.push([x, y]);
    direction = next;
  } while (x !== startX || y !== startY || direction !== 0);
  corners.push(corners[0]!);
  return corners;
}

/** The patch at the right hand of an edge that leaves a corner in a direction. */
function patchAt(x: number, y: number, direction: number): [number, number] {
  return direction === 0 ? [x, y] : direction === 1 ? [x - 1, y] : direction === 2 ? [x - 1, y - 1] : [x, y - 1];
}

/** A ring that meets itself at a corner is an outside and holes that touch it: taken apart, each is simple. */
function simpleRings(ring: readonly [number, number][]): [number, number][][] {
  const rings: [number, number][][] = [];
  const path: [number, number][] = [];
  const at = new Map<string, number>();
  for (const corner of ring) {
    const key = `${corner[0]} ${corner[1]}`;
    const before = at.get(key);
    if (before !== undefined) {
      const loop = path.splice(before);
      for (const [x, y] of loop) at.delete(`${x} ${y}`);
      if (loop.length > 3) rings.push([...loop, corner]);
    }
    at.set(key, path.length);
    path.push(corner);
  }
  return rings;
}

/** Positive when the ring runs right along its upper side, rows growing downwards. */
function twiceArea(ring: readonly [number, number][]): number {
  let twice = 0;
  for (let i = 1; i < ring.length; i++) twice += ring[i - 1]![0] * ring[i]![1] - ring[i]![0] * ring[i - 1]![1];
  return twice;
}

/** Numbers from 1 for areas of patches that share edges; 0 for empty ones. */
function components(set: Uint8Array, width: number, height: number): Int32Array {
  const numbers = new Int32Array(set.length);
  const stack: number[] = [];
  let next = 0;
  for (let from = 0; from < set.length; from++) {
    if (set[from] === 0 || numbers[from] !== 0) continue;
    numbers[from] = ++next;
    stack.push(from);
    while (stack.length > 0) {
      const at = stack.pop()!;
      const x = at % width;
      const y = (at - x) / width;
      const look = (other: number) => {
        if (set[other] === 1 && numbers[other] === 0) {
          numbers[other] = next;
          stack.push(other);
        }
      };
      if (x > 0) look(at - 1);
      if (x + 1 < width) look(at + 1);
      if (y > 0) look(at - width);
      if (y + 1 < height) look(at + width);
    }
  }
  return numbers;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Uint8Array(128);
for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;

// Neither the browser's nor Node's codec is known here.
function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [first, second = 0, third = 0] = bytes.subarray(i, i + 3) as unknown as [number, number?, number?];
    const word = (first << 16) | (second << 8) | third;
    const left = bytes.length - i;
    text += alphabet[word >> 18]! + alphabet[(word >> 12) & 63]!;
    text += left > 1 ? alphabet[(word >> 6) & 63]! : "=";
    text += left > 2 ? alphabet[word & 63]! : "=";
  }
  return text;
}

function fromBase64(text: string): Uint8Array {
  const end = text.endsWith("==") ? text.length - 2 : text.endsWith("=") ? text.length - 1 : text.length;
  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  for (let i = 0, at = 0, word = 0; i < end; i++) {
    word = ((word << 6) | values[text.charCodeAt(i) & 127]!) & 0xffffff;
    if ((i & 3) === 0) continue;
    bytes[at++] = (word >> (6 - 2 * (i & 3))) & 255;
  }
  return bytes;
}
