import type { LabelledTable } from "../classifiers/index.ts";
import { type Cube, type PatchWindow, planBlend, type TileRows } from "../cube/index.ts";
import { seededRandom } from "../files/index.ts";
import type { JobContext } from "./context.ts";
import type { LabelledPolygon, LabelPatches, PatchLabels } from "./label-patches.ts";
import type { RowReader } from "./method-rows.ts";
import { type Months, monthsOf } from "./monthly-values.ts";
import type { TrainingInputs } from "./teaching.ts";

// What methods without a network learn from: a row of monthly values for every labelled patch.

/** Rows that a method learns from at most; more of the same polygons teach nothing new and take minutes. */
const mostRows = 50_000;
/** Numbers of the table at most: 128 MiB. */
const mostNumbers = 2 ** 25;

/** Rows of a table with so many columns at most. */
export const mostRowsOf = (columns: number): number =>
  Math.min(mostRows, Math.max(1, Math.floor(mostNumbers / columns)));

/** The tiles in which rows of an area are learned from: none overlap. */
export const tilesOfRows = (area: LabelPatches["area"], { side }: Pick<RowReader, "side">) =>
  planBlend(area, side, 0).tiles;

/** The months of all series together. */
export function monthsOfSeries(cube: Cube, modalities: TrainingInputs["modalities"]): Months {
  const series = modalities.filter(({ kind }) => kind === "series");
  return monthsOf(series.flatMap(({ name }) => cube.dates(name).map(({ date }) => date)));
}

/** Labelled patches as a table. */
export interface LabelledRows {
  /** a row per patch; NaN where a modality saw nothing of it */
  readonly table: LabelledTable;
  /** [rows] the polygon of each */
  readonly groups: Int32Array;
}

/**
 * One row per labelled patch that is seen. Of polygons too large for the table the same number of patches, at random.
 * @param tiles those that are read; all around labels when left out
 * @param mostTiles of these at most: see `tilesOfSome`
 * @param most rows
 * @param without labels whose patches are left out
 */
export async function readLabelledRows(
  reader: RowReader,
  labels: LabelPatches,
  seed: number,
  { signal, phase }: JobContext,
  {
    mostTiles = Number.POSITIVE_INFINITY,
    tiles = tilesOfSome(labels, tilesOfRows(labels.area, reader), mostTiles, seed),
    most = mostRows,
    without = [],
  }: {
    readonly tiles?: readonly PatchWindow[];
    readonly mostTiles?: number;
    readonly most?: number;
    readonly without?: readonly LabelPatches[];
  } = {},
): Promise<LabelledRows> {
  const { columns } = reader;
  const rows: Float32Array[] = [];
  const classes: number[] = [];
  const groups: number[] = [];
  const asked: {
    readonly index: number;
    readonly told: PatchLabels;
    readonly wanted: Uint8Array;
  }[] = [];
  const withLabels = (function* () {
    let index = -1;
    for (const { tile, told, wanted } of chosenPatches(
      labels,
      tiles,
      Math.min(most, mostRowsOf(columns)),
      seed,
      without,
      Number.isFinite(mostTiles) ? usableIn(labels, tiles) : labels.usable(),
    )) {
      signal.throwIfAborted();
      index++;
      if (!wanted.includes(1)) continue;
      asked.push({ index, told, wanted });
      yield { window: tile, wanted };
    }
  })();
  for await (const { values, seen } of reader.run(withLabels, signal)) {
    const { index, told, wanted } = asked.shift()!;
    phase("Reading", index / tiles.length);
    for (let p = 0; p < wanted.length; p++) {
      if (wanted[p] !== 1 || seen[p] !== 1) continue;
      rows.push(values.slice(p * columns, (p + 1) * columns));
      classes.push(told.classes[p]!);
      groups.push(told.polygons[p]!);
    }
  }
  phase("Reading", 1);
  const values = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) values.set(row, i * columns);
  const table = {
    values,
    rows: rows.length,
    columns,
    classes: Int32Array.from(classes),
    classCount: labels.codes.length,
  };
  return { table, groups: Int32Array.from(groups) };
}

/** What is learned from in one tile. */
interface ChosenPatches {
  readonly tile: PatchWindow;
  readonly told: PatchLabels;
  /** [patches] 1 where a patch is learned from */
  readonly wanted: Uint8Array;
}

/**
 * The labelled patches of tiles, about `most` in all: of polygons that are too large for it the same number, at random; a function of the
 * seed and of each patch's place.
 * @param without labels whose patches are left out, whatever else lies there
 * @param usable the patches of each polygon that there are to choose from
 */
export function* chosenPatches(
  labels: LabelPatches,
  tiles: readonly PatchWindow[],
  most: number,
  seed: number,
  without: readonly LabelPatches[] = [],
  usable = labels.usable(),
): Generator<ChosenPatches, void> {
  const shares = sharesOfPolygons(usable, most);
  for (const tile of tiles) {
    const told = labels.labels(tile);
    const others = without.map((other) => other.labels(tile).polygons);
    const wanted = Uint8Array.from(told.classes, (own, p) => {
      if (own < 0 || others.some((polygons) => polygons[p]! >= 0)) return 0;
      const share = shares.get(told.polygons[p]!) ?? 1;
      if (share >= 1) return 1;
      return placeDraw(seed, tile, p) < share ? 1 : 0;
    });
    yield { tile, told, wanted };
  }
}

/** The polygons of some tiles, with the patches that they have there. */
function usableIn(labels: LabelPatches, tiles: readonly PatchWindow[]): LabelledPolygon[] {
  const counts = new Map<number, { patches: number; readonly classCode: number }>();
  for (const tile of tiles) {
    const { classes, polygons } = labels.labels(tile);
    for (const [p, id] of polygons.entries()) {
      if (classes[p]! < 0) continue;
      const known = counts.get(id);
      if (known) known.patches++;
      else counts.set(id, { patches: 1, classCode: labels.codes[classes[p]!]! });
    }
  }
  return [...counts].map(([id, own]) => ({ id, ...own }));
}

/**
 * At most so many tiles that hold labels, for a reader to whom every tile costs a pass of a network: the classes in turn, of each its polygons in
 * an order drawn by the seed, of a polygon one tile after the other; given in the order of `blocks`.
 */
export function tilesOfSome(labels: LabelPatches, blocks: TileRows, most: number, seed: number): PatchWindow[] {
  const all = labels.tilesAround(blocks);
  if (all.length <= most) return all;
  const random = seededRandom("tiles-of-labels", seed);
  const shuffled = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => ({ item, at: random() }))
      .sort((p, q) => p.at - q.at)
      .map(({ item }) => item);
  const tilesOf = (id: number): number[] =>
    shuffled([...new Set(labels.patchesOf(id).flatMap((span) => [...blocks.touching(span)]))]);
  const classes = [...Map.groupBy(labels.usable(), ({ classCode }) => classCode).values()].map((own) =>
    shuffled(own).map(({ id }) => ({ id, left: undefined as number[] | undefined })),
  );
  const chosen = new Set<number>();
  while (chosen.size < most && classes.some((polygons) => polygons.length > 0))
    for (const polygons of classes) {
      const polygon = polygons.shift();
      if (!polygon || chosen.size >= most) continue;
      polygon.left ??= tilesOf(polygon.id);
      const tile = polygon.left.pop();
      if (tile === undefined) continue;
      chosen.add(tile);
      polygons.push(polygon);
    }
  return [...chosen].sort((p, q) => p - q).map((index) => blocks.at(index)!);
}

/** The number from 0 to 1 that decides whether a patch of a window is taken: it is where its share is higher. */
export const placeDraw = (seed: number, { col, row, width }: PatchWindow, p: number): number =>
  seededRandom("rows", seed, col + (p % width), row + Math.floor(p / width))();

/** The share of each polygon's patches that are taken, so that about `most` are taken in all: small polygons whole. */
export function sharesOfPolygons(usable: readonly LabelledPolygon[], most: number): Map<number, number> {
  const taken = (cap: number) => usable.reduce((sum, { patches }) => sum + Math.min(patches, cap), 0);
  let [low, high] = [1, Math.max(1, ...usable.map(({ patches }) => patches))];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (taken(middle) <= most) low = middle;
    else high = middle - 1;
  }
  const kept = sharesOfClasses(usable, most);
  return new Map(usable.map(({ id, patches, classCode }) => [id, Math.min(1, low / patches) * kept.get(classCode)!]));
}

/** Of more labels than rows: the share of each class's labels that is taken, the same number of every class as far as it goes. */
function sharesOfClasses(usable: readonly LabelledPolygon[], most: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { classCode } of usable) counts.set(classCode, (counts.get(classCode) ?? 0) + 1);
  const taken = (cap: number) => [...counts.values()].reduce((sum, count) => sum + Math.min(count, cap), 0);
  let [low, high] = [1, Math.max(1, ...counts.values())];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (taken(middle) <= most) low = middle;
    else high = middle - 1;
  }
  return new Map([...counts].map(([code, count]) => [code, Math.min(1, low / count)]));
}
