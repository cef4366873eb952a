import type { LabelInput, LabelPolygon, SplitPart } from "../../src-shared/domain/job.ts";
import { type CellRun, type PatchCells, runsOfCells } from "../../src-shared/domain/patch-cells.ts";
import type { FinetuneRecipe } from "../../src-shared/domain/recipe.ts";
import { type Bounds, intersection } from "../../src-shared/geo/bounds.ts";
import {
  boundsOfPatches,
  commonPatches,
  type Grid,
  geoboxOfPatches,
  type PatchSet,
  type PatchWindow,
  patchesCovering,
  type TileRows,
} from "../cube/index.ts";
import { seededRandom } from "../files/index.ts";
import { boundsOfGeometry, type Polygonal, rasterizePolygon } from "../vector/index.ts";
import { rareClasses } from "./rare-classes.ts";

/** What is known of the patches of one window. */
export interface PatchLabels {
  /** [P] position in `codes`, −1 where unlabelled */
  readonly classes: Int32Array;
  /** [P] id of the polygon, −1 where there is none */
  readonly polygons: Int32Array;
  /** patches on which polygons of several classes meet: they have no class */
  readonly contested: number;
}

interface Placed {
  readonly polygon: LabelPolygon;
  readonly bounds: Bounds;
  /** the patches around it, inside the area */
  readonly window: PatchWindow;
  readonly classIndex: number;
  /** calls back with the patches that it labels in `within`, in the grid's rows and columns, and perhaps with others */
  readonly spans: (within: PatchWindow, tell: (row: number, start: number, end: number) => void) => void;
}

export interface LabelledPolygon {
  readonly id: number;
  readonly classCode: number;
  /** their number */
  readonly patches: number;
}

/** Cells of the index, in patches: polygons are found by the cells their bounds touch. */
const cellPatches = 64;

/**
 * Polygons as labels of the patches of an area: a patch has the class of the polygon that holds its centre. A split patch
 * by patch gives several polygons one id: they are one polygon here.
 */
export class LabelPatches {
  readonly grid: Grid;
  readonly area: PatchWindow;
  /** legend codes in the order of the network's classes */
  readonly codes: readonly number[];
  /** patches that have images; elsewhere a label teaches nothing. `undefined`: all of the area */
  readonly covered: PatchSet | undefined;
  readonly #part: SplitPart;
  readonly #cells = new Map<string, Placed[]>();
  readonly #placed = new Map<number, Placed[]>();
  readonly #patches = new Map<number, readonly PatchWindow[]>();

  constructor(
    labels: LabelInput,
    part: SplitPart,
    codes: readonly number[],
    grid: Grid,
    area: PatchWindow,
    covered?: PatchSet,
  ) {
    this.grid = grid;
    this.area = area;
    this.codes = codes;
    this.covered = covered?.holdsAll(area) ? undefined : covered;
    this.#part = part;
    for (const polygon of labels.polygons) this.#add(polygon);
  }

  /**
   * Takes labels away and adds others, those of other parts left out; what is known of the rest stays.
   * @returns the patches that either had, as stretches of one row
   */
  change(removed: Iterable<LabelPolygon>, added: Iterable<LabelPolygon>): PatchWindow[] {
    const ids = new Set<number>();
    const touched: PatchWindow[] = [];
    const before = new Set<number>();
    for (const polygon of removed) {
      if (!before.has(polygon.id) && this.#placed.has(polygon.id)) touched.push(...this.patchesOf(polygon.id));
      before.add(polygon.id);
      if (this.#remove(polygon)) ids.add(polygon.id);
    }
    for (const polygon of added) if (this.#add(polygon)) ids.add(polygon.id);
    for (const id of ids) this.#patches.delete(id);
    for (const id of ids) touched.push(...this.patchesOf(id));
    return touched;
  }

  #add(polygon: LabelPolygon): boolean {
    const { codes, grid, area } = this;
    if (polygon.part !== this.#part || !codes.includes(polygon.classCode)) return false;
    const shape = polygon.cells ? ofCells(polygon.cells, grid) : ofOutline(polygon.coordinates, grid);
    const window = shape && commonPatches(shape.around, area);
    if (!shape || !window) return false;
    const { bounds, spans } = shape;
    const placed = { polygon, bounds, window, spans, classIndex: codes.indexOf(polygon.classCode) };
    addTo(this.#placed, polygon.id, placed);
    for (const key of cellsOf(window)) addTo(this.#cells, key, placed);
    return true;
  }

  #remove(polygon: LabelPolygon): boolean {
    const placed = this.#placed.get(polygon.id)?.find((one) => one.polygon === polygon);
    if (!placed) return false;
    takeFrom(this.#placed, polygon.id, placed);
    for (const key of cellsOf(placed.window)) takeFrom(this.#cells, key, placed);
    return true;
  }

  /** Polygons that hold the centre of a patch: where there is something to learn or to measure. */
  usable(): LabelledPolygon[] {
    return [...this.#placed].flatMap(([id, [first]]) => {
      const patches = this.countOf(id);
      return patches > 0 ? [{ id, classCode: first!.polygon.classCode, patches }] : [];
    });
  }

  /** Labels of a window's patches, row by row. A patch on which polygons of several classes meet has no label. */
  labels(window: PatchWindow): PatchLabels {
    const around = boundsOfPatches(this.grid, window);
    const classes = new Int32Array(window.width * window.height).fill(-1);
    const polygons = classes.slice();
    const contested = new Set<number>();
    const near = new Set(cellsOf(window).flatMap((key) => this.#cells.get(key) ?? []));
    for (const { polygon, spans, bounds, classIndex } of near) {
      if (!intersection(bounds, around)) continue;
      spans(window, (row, start, end) => {
        for (let col = start; col < end; col++) {
          if (!holds(window, col, row) || !holds(this.area, col, row)) continue;
          if (this.covered && !this.covered.has(col, row)) continue;
          const at = (row - window.row) * window.width + col - window.col;
          if (classes[at] === -1) {
            classes[at] = classIndex;
            polygons[at] = polygon.id;
          } else if (classes[at] !== classIndex) contested.add(at);
          // Of two that say the same the older one is named, in whatever order they came.
          else if (polygon.id < polygons[at]!) polygons[at] = polygon.id;
        }
      });
    }
    for (const at of contested) {
      classes[at] = -1;
      polygons[at] = -1;
    }
    return { classes, polygons, contested: contested.size };
  }

  /** Whether any polygon holds the centre of a patch. */
  has(col: number, row: number): boolean {
    const window = { col, row, width: 1, height: 1 };
    let found = false;
    for (const { spans, window: around } of this.#cells.get(cellsOf(window)[0]!) ?? [])
      if (!found && holds(around, col, row))
        spans(window, (at, start, end) => {
          if (at === row && start <= col && col < end) found = true;
        });
    return found;
  }

  /** The patches of a polygon, as stretches of one row. */
  patchesOf(id: number): readonly PatchWindow[] {
    const known = this.#patches.get(id);
    if (known) return known;
    const spans: PatchWindow[] = [];
    for (const placed of this.#placed.get(id) ?? []) {
      const { col, row: top, width, height } = placed.window;
      placed.spans(placed.window, (row, start, end) => {
        const [from, to] = [Math.max(start, col), Math.min(end, col + width)];
        if (from >= to || row < top || row >= top + height) return;
        const span = { col: from, row, width: to - from, height: 1 };
        if (!this.covered) spans.push(span);
        else for (const part of this.covered.inside(span).stretches()) spans.push(part);
      });
    }
    this.#patches.set(id, spans);
    return spans;
  }

  /** The tiles that hold a patch of a polygon, in the order of `tiles`: only places around polygons are looked at. */
  tilesAround(tiles: TileRows): PatchWindow[] {
    const found = new Set<number>();
    for (const id of this.#placed.keys())
      for (const span of this.patchesOf(id)) for (const index of tiles.touching(span)) found.add(index);
    return [...found].sort((p, q) => p - q).map((index) => tiles.at(index)!);
  }

  countOf(id: number): number {
    return this.patchesOf(id).reduce((sum, { width }) => sum + width, 0);
  }
}

interface Shape {
  readonly bounds: Bounds;
  readonly around: PatchWindow;
  readonly spans: Placed["spans"];
}

/** Outlines around so few patches are rasterized once, and their stretches kept: clicks are many and asked often. */
const smallOutline = 256;

/** The patches whose centre lies in an outline. */
function ofOutline(coordinates: LabelPolygon["coordinates"], grid: Grid): Shape | undefined {
  const geometry = { type: "MultiPolygon", coordinates } as unknown as Polygonal;
  const bounds = boundsOfGeometry(geometry);
  if (!bounds) return undefined;
  const around = patchesCovering(grid, bounds);
  const rasterized = (within: PatchWindow, tell: (row: number, start: number, end: number) => void) =>
    rasterizePolygon(geometry, geoboxOfPatches(grid, within), (row, start, end) =>
      tell(within.row + row, within.col + start, within.col + end),
    );
  if (around.width * around.height > smallOutline) return { bounds, around, spans: rasterized };
  let runs: CellRun[] | undefined;
  return {
    bounds,
    around,
    spans: (_, tell) => {
      if (!runs) {
        const found: CellRun[] = [];
        rasterized(around, (...run) => found.push(run));
        runs = found;
      }
      for (const run of runs) tell(...run);
    },
  };
}

/** Exactly these patches. Their stretches are found once, and looked up by row. */
function ofCells(cells: PatchCells, grid: Grid): Shape | undefined {
  if (cells.width === 0 || cells.height === 0) return undefined;
  const { col, row, width, height } = cells;
  const around = { col, row, width, height };
  let runs: CellRun[] | undefined;
  const firstOfRow = new Int32Array(height + 1);
  const find = (): CellRun[] => {
    const found = runsOfCells(cells);
    for (let y = 0, i = 0; y <= height; y++) {
      while (i < found.length && found[i]![0] < row + y) i++;
      firstOfRow[y] = i;
    }
    return found;
  };
  return {
    bounds: boundsOfPatches(grid, around),
    around,
    spans: (within, tell) => {
      runs ??= find();
      const from = Math.min(height, Math.max(0, within.row - row));
      const to = Math.min(height, Math.max(0, within.row + within.height - row));
      for (let i = firstOfRow[from]!; i < firstOfRow[to]!; i++) tell(...runs[i]!);
    },
  };
}

function addTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

const holds = ({ col, row, width, height }: PatchWindow, x: number, y: number): boolean =>
  x >= col && x < col + width && y >= row && y < row + height;

function takeFrom<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  const at = list?.indexOf(value) ?? -1;
  if (!list || at < 0) return;
  if (list.length === 1) lists.delete(key);
  else list.splice(at, 1);
}

function cellsOf(window: PatchWindow): string[] {
  const keys: string[] = [];
  const last = (start: number, length: number) => Math.floor((start + Math.max(1, length) - 1) / cellPatches);
  for (let row = Math.floor(window.row / cellPatches); row <= last(window.row, window.height); row++)
    for (let col = Math.floor(window.col / cellPatches); col <= last(window.col, window.width); col++)
      keys.push(`${col} ${row}`);
  return keys;
}

/** The item that a number below 1 falls on, when each takes its chance of the way. */
function weighted<T>(items: readonly T[], chances: readonly number[], at: number): T {
  let left = at * chances.reduce((sum, chance) => sum + chance, 0);
  for (const [i, item] of items.entries()) {
    left -= chances[i]!;
    if (left < 0) return item;
  }
  return items.at(-1)!;
}

/**
 * Tiles that hold a labelled patch. With `classes` a class is drawn first, then one of its polygons, then a patch of it, so
 * that a rare crop is seen as often as a common one; with `polygons` every polygon has the same chance, so that a class of many
 * small and different places is seen more often than one of few large fields; with `patches` every labelled patch has; with
 * `square-root` a class is drawn by the square root of its patches, then one of them: a rare class is seen, and a common one stays common.
 * However that is, classes of few polygons come up now and then (`rareClasses`).
 * @see Mahajan et al. 2018, Exploring the Limits of Weakly Supervised Pretraining, §2.2 (square-root sampling)
 */
export function aroundLabels(
  labels: LabelPatches,
  size: number,
  balance: FinetuneRecipe["balance"],
  seed: number,
): (index: number, count: number) => PatchWindow[] {
  // A tile stays inside the place that its patch lies in, or holds it when the place is smaller.
  const frames = labels.covered?.windows() ?? [labels.area];
  const usable = labels.usable();
  const byClass = [...Map.groupBy(usable, ({ classCode }) => classCode).values()];
  const inClass = new Map(
    byClass.map((own) => [own[0]!.classCode, own.reduce((sum, { patches }) => sum + patches, 0)]),
  );
  const chances = usable.map(({ patches, classCode }) =>
    balance === "square-root" ? patches / Math.sqrt(inClass.get(classCode)!) : patches,
  );
  const rare = rareClasses(usable, balance);
  const ofRare = [...rare].map(([code, chance]) => ({ chance, own: usable.filter((one) => one.classCode === code) }));
  return (index, count) => {
    const random = seededRandom("labelled-tiles", seed, index);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    const polygon = (): LabelledPolygon => {
      // No number is drawn for classes that are not there: other trainings stay as they were.
      let at = ofRare.length > 0 ? random() : 1;
      for (const { chance, own } of ofRare) {
        at -= chance;
        if (at < 0) return pick(own);
      }
      if (balance === "classes") return pick(pick(byClass));
      if (balance === "polygons") return pick(usable);
      return weighted(usable, chances, random());
    };
    return Array.from({ length: count }, () => {
      const patch = patchAt(labels.patchesOf(polygon().id), random());
      const frame = frames.find((window) => holds(window, patch.col, patch.row))!;
      const place = (at: number, start: number, length: number) => {
        const [first, last] = length < size ? [start + length - size, start] : [start, start + length - size];
        return Math.min(Math.max(at - Math.floor(random() * size), first), last);
      };
      return {
        col: place(patch.col, frame.col, frame.width),
        row: place(patch.row, frame.row, frame.height),
        width: size,
        height: size,
      };
    });
  };
}

function patchAt(spans: readonly PatchWindow[], share: number): { readonly col: number; readonly row: number } {
  let left = Math.floor(share * spans.reduce((sum, { width }) => sum + width, 0));
  for (const span of spans) {
    if (left < span.width) return { col: span.col + left, row: span.row };
    left -= span.width;
  }
  throw new Error("patchAt: a polygon without patches");
}
