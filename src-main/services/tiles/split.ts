import { resolve } from "node:path";
import { z } from "zod";
import type { SplitPart } from "../../../src-shared/domain/job.ts";
import { tilesDefaults } from "../../../src-shared/domain/recipe.ts";
import { partOfMeaning, type TileSplitParameters } from "../../../src-shared/domain/split.ts";
import type { StoredTile, TilePart, TileSplit } from "../../../src-shared/domain/tile-label.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { TileSplitReport } from "../../../src-shared/ipc/tiles.ts";
import { type Catalog, type Legend, readPlainText } from "../../catalog/index.ts";
import {
  defaultShares,
  partOfFold,
  type SplitTile,
  splitWords,
  stratifiedGroups,
  tileBlocks,
  wordKey,
} from "../../learning/split/index.ts";
import { filePath } from "../path-gate.ts";
import { NameIndex } from "./names.ts";

const part = z.enum(["train", "validation", "test", "unused"]);

export const tileSplitSchema = z
  .strictObject({
    method: z.enum(["blocks", "random", "field", "lists"]).default("blocks"),
    seed: z.int().min(0).default(0),
    blockMeters: z.number().positive().optional(),
    field: z.string().min(1).default("split"),
    parts: z.record(z.string(), part).default({}),
    shares: z
      .strictObject({ train: z.number().positive(), validation: z.number().min(0), test: z.number().min(0) })
      .refine(({ validation, test }) => validation + test > 0, "validation or test needs a share")
      .default(defaultShares),
    lists: z
      .array(z.strictObject({ part: z.enum(["train", "validation", "test"]), path: filePath }))
      .default([]),
    validationShare: z.number().min(0).lt(1).optional(),
    folds: z.int().min(2).max(100).optional(),
    fold: z.int().min(1).default(1),
    shareThreshold: z.number().min(0).lt(1).default(tilesDefaults.shareThreshold),
  })
  .refine(({ folds, fold }) => folds === undefined || fold <= folds, "fold is larger than folds")
  .refine(({ folds, method }) => folds === undefined || method === "blocks" || method === "random", "folds need blocks or random"); // biome-ignore format: one rule
type Request = z.output<typeof tileSplitSchema>;

const neighbours =
  "Tiles were divided one by one: neighbours of test tiles were trained on, so the score will look better than on new places. Split by blocks to know.";

export interface DividedTiles {
  readonly split: Omit<TileSplit, "id" | "createdAt">;
  readonly parts: ReadonlyMap<number, TilePart>;
}

/** Which tiles train, validate and test. A tile is never divided. */
export function divideTiles(catalog: Catalog, legend: Legend, request: Request): DividedTiles {
  const tiles = catalog.tileLabels.list(legend.id);
  if (tiles.length === 0) throw new AppError("no-tile-labels", {});
  const { grid } = catalog.project.get();
  const side = grid.tilePatches * grid.patchMeters;
  const { method, seed, shares, shareThreshold, folds, fold } = request;
  const items = tiles.map((tile): SplitTile => ({
    minX: tile.x,
    maxX: tile.x + side,
    minY: tile.y - side,
    maxY: tile.y,
    classes: legend.classes.flatMap(({ code }) => ((tile.shares[code] ?? 0) > shareThreshold ? [code] : [])),
  })); // biome-ignore format: one item
  let parts: TilePart[];
  let optimistic = method === "random";
  let parameters: TileSplitParameters = { seed, shareThreshold };
  let unknown: string[] = [];
  if (method === "lists") {
    const listed = byLists(tiles, request);
    ({ unknown } = listed);
    parts = listed.parts.map((own) => ({ part: own, fold: null }));
    parameters = { ...parameters, lists: request.lists };
  } else if (method === "field") {
    parts = byField(tiles, request).map((own) => ({ part: own, fold: null }));
    parameters = { ...parameters, field: request.field, parts: request.parts };
  } else {
    const blockMeters = request.blockMeters ?? usualBlock(items, side);
    const groups = method === "blocks" ? tileBlocks(items, blockMeters) : items.map((_, i) => String(i));
    if (method === "blocks") parameters = { ...parameters, blockMeters };
    if (folds !== undefined) {
      const numbers = stratifiedGroups(items, groups, Array<number>(folds).fill(1), seed);
      parts = numbers.map((own) => ({ part: partOfFold(own, folds, fold), fold: own + 1 }));
      parameters = { ...parameters, folds, fold };
    } else {
      const names = ["train", "validation", "test"] as const;
      const dealt = stratifiedGroups(items, groups, names.map((name) => shares[name]), seed); // biome-ignore format: one call
      parts = dealt.map((own) => ({ part: names[own]!, fold: null }));
      parameters = { ...parameters, shares };
    }
  }
  const { validationShare } = request;
  if (validationShare !== undefined && validationShare > 0 && !parts.some((own) => own.part === "validation")) {
    const training = [...parts.keys()].filter((i) => parts[i]!.part === "train");
    const chosen = training.map((i) => items[i]!);
    const dealt = stratifiedGroups(
      chosen,
      tileBlocks(chosen, side / 1000),
      [1 - validationShare, validationShare],
      seed,
    );
    for (const [n, i] of training.entries()) if (dealt[n] === 1) parts[i] = { ...parts[i]!, part: "validation" };
    parameters = { ...parameters, validationShare };
  }
  for (const needed of ["train"] as const)
    if (!parts.some((own) => own.part === needed)) throw new AppError("tile-split-empty", { part: needed });
  if (!parts.some((own) => own.part === "test" || own.part === "validation"))
    throw new AppError("tile-split-empty", { part: "test" });
  if (method === "blocks") optimistic = false;
  const report = { unknown: { count: unknown.length, examples: unknown.slice(0, 20) } };
  return {
    split: { method, parameters, optimistic, report },
    parts: new Map(tiles.map(({ id }, i) => [id, parts[i]!])),
  };
}

/** So large that neighbours are far apart, and so small that there are blocks to deal: at least twenty, if there can be. */
function usualBlock(tiles: readonly SplitTile[], side: number): number {
  for (let block = 128 * side; block > 2 * side; block /= 2)
    if (new Set(tileBlocks(tiles, block)).size >= Math.min(20, tiles.length / 2)) return block;
  return 2 * side;
}

function byLists(tiles: readonly StoredTile[], { lists }: Request): { parts: SplitPart[]; unknown: string[] } {
  if (lists.length === 0) throw new AppError("tile-split-empty", { part: "train" });
  const index = new NameIndex(tiles.map(({ key }) => key));
  const parts = tiles.map((): SplitPart => "unused");
  const unknown: string[] = [];
  for (const { part: own, path } of lists) {
    const text = textOf(resolve(path));
    for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
      const name = line.trim().replace(/^"(.*)"$/, "$1");
      if (name === "" || name.startsWith("#")) continue;
      const tile = index.find(name);
      if (tile === undefined) unknown.push(name);
      // A tile in two lists tests: what is tested must not be learned.
      else if (parts[tile] === "unused" || own === "test" || (own === "validation" && parts[tile] === "train"))
        parts[tile] = own;
    }
  }
  return { parts, unknown };
}

/** A list that a person chose: not a pipe, and no more than a list can be. */
function textOf(path: string): string {
  try {
    return readPlainText(path);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("file-missing", { path }, { cause });
  }
}

function byField(tiles: readonly StoredTile[], { field, parts: given }: Request): SplitPart[] {
  const fields = [...new Set(tiles.flatMap(({ properties }) => Object.keys(properties)))];
  if (!fields.includes(field)) throw new AppError("split-without-field", { field, fields });
  const values = tiles.map(({ properties }) => properties[field]);
  const { words } = splitWords(field, values, given);
  const open = words.filter(({ part: own }) => own === null).map(({ word }) => word);
  if (open.length > 0) throw new AppError("split-words-unknown", { field, words: open });
  const meaning = new Map(words.map(({ word, part: own }) => [wordKey(word), partOfMeaning(own!)]));
  return values.map((value) => meaning.get(wordKey(value)) ?? "unused");
}

/** The split in force with how many tiles of each class every part holds. */
export function describeTileSplit(
  { id, method, parameters, optimistic, report }: TileSplit,
  legend: Legend,
  tiles: readonly StoredTile[],
  parts: ReadonlyMap<number, TilePart>,
  shareThreshold: number,
): TileSplitReport {
  const count = (of: readonly StoredTile[]): Record<SplitPart, number> => {
    const counts = { train: 0, validation: 0, test: 0, unused: 0 };
    for (const tile of of) counts[parts.get(tile.id)?.part ?? "unused"]++;
    return counts;
  };
  return {
    id,
    method,
    parameters,
    optimistic,
    reason: optimistic ? neighbours : null,
    counts: count(tiles),
    classes: legend.classes
      .map((entry) => ({
        ...entry,
        present: count(tiles.filter(({ shares }) => (shares[entry.code] ?? 0) > shareThreshold)),
      }))
      .filter(({ present }) => Object.values(present).some((n) => n > 0)),
    unknown: report.unknown ?? { count: 0, examples: [] },
  };
}
