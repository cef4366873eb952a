import type { SplitPart } from "../../../src-shared/domain/job.ts";
import { partOfMeaning, type SplitParameters, type SplitShares } from "../../../src-shared/domain/split.ts";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { Catalog, Label, LabelPart, Split } from "../../catalog/index.ts";
import { blocksOfLabel, defaultShares, dividedByBlocks, splitWords, wordKey } from "../../learning/split/index.ts";
import { runsOf } from "./input.ts";

/**
 * What is drawn after a split joins it at once and moves nothing that is there: the patches of a label in known blocks get the
 * blocks' sets; a new block, or a label of its own, draws its set by the split's seed and shares.
 */
export function joinSplit(
  catalog: Catalog,
  labels: readonly Label[],
  { teaching = false }: { readonly teaching?: boolean } = {},
): void {
  for (const [legendId, own] of Map.groupBy(labels, (label) => label.legendId))
    joinOne(catalog, legendId, own, teaching);
}

/**
 * Whether a label on one patch would teach, and not test: in a split by blocks the place says it; elsewhere the label does (`teaching`).
 * @param col of the project's grid
 * @param row of the project's grid
 */
export function wouldTeach(split: Split | undefined, grid: GeoBox, col: number, row: number): boolean {
  if (split?.method !== "blocks" || !split.blocks) return true;
  const side = split.parameters.blockMeters ?? 1;
  const piece = { classCode: 0, runs: [[row, col, col + 1] as const] };
  const blocks = new Map<string, "train" | "validation" | "test">();
  const [own] = blocksOfLabel(piece, side, grid.affine);
  const part = split.blocks[own!] ?? drawnPart(split.parameters, own!);
  if (part !== "train") return false;
  const buffer = split.parameters.bufferMeters ?? 0;
  if (buffer === 0) return true;
  for (const [key, known] of Object.entries(split.blocks))
    if (known !== "unused") blocks.set(key, known as "train" | "validation" | "test");
  blocks.set(own!, part);
  return dividedByBlocks([piece], blocks, side, { affine: grid.affine, buffer }).parts[0] === "train";
}

/** The set that chance gives a label or block, by the split's seed and shares. */
const drawnPart = ({ seed, shares }: SplitParameters, key: string): "train" | "validation" | "test" =>
  drawn(`${seed ?? 0}/${key}`, shares ?? defaultShares);

/** The labels of one legend, which has a split of its own or none. */
function joinOne(catalog: Catalog, legendId: number, labels: readonly Label[], teaching: boolean): void {
  const split = catalog.splits.current(legendId);
  if (!split) return;
  const { parameters } = split;
  const grid = catalog.project.get().grid.geobox;
  const draw = (key: string) => drawnPart(parameters, key);
  if (split.method === "blocks" && split.blocks) {
    const side = parameters.blockMeters ?? 1;
    const blocks = new Map(Object.entries(split.blocks)) as Map<string, "train" | "validation" | "test">;
    const before = blocks.size;
    const pieces = labels.map((label) => ({ classCode: label.classCode, runs: runsOf(label, grid) }));
    for (const piece of pieces) {
      for (const key of blocksOfLabel(piece, side, grid.affine)) if (!blocks.has(key)) blocks.set(key, draw(key));
    }
    const options = { affine: grid.affine, buffer: parameters.bufferMeters ?? 0 };
    const { parts } = dividedByBlocks(pieces, blocks, side, options);
    if (blocks.size > before) catalog.splits.setBlocks(split.id, Object.fromEntries(blocks));
    const joined = labels.map(({ id }, i): [number, LabelPart] => {
      const own = parts[i]!;
      return [id, typeof own === "string" ? { part: own, patches: null } : { part: "unused", patches: own }];
    });
    catalog.splits.assign(split.id, new Map(joined));
    return;
  }
  // A place that the program chose is no sample of the ground: in the test part it would make the accuracy that of such places.
  if (teaching) {
    const train = labels.map(({ id }): [number, LabelPart] => [id, { part: "train", patches: null }]);
    catalog.splits.assign(split.id, new Map(train));
    return;
  }
  const meaning = split.method === "field" ? meaningOf(catalog, legendId, labels, parameters) : undefined;
  // One after the other, so that neighbours drawn together share their block's set.
  for (const label of labels) {
    let part: LabelPart;
    if (split.method === "blocks") {
      const bounds = blockAround(label.x, label.y, parameters.blockMeters ?? 1);
      const known = catalog.splits.partWithin(split.id, bounds);
      part = { part: known ?? draw(`${bounds.minX}:${bounds.minY}`), patches: null };
    } else if (meaning) {
      part = { part: meaning.get(wordKey(label.properties[parameters.field ?? "split"])) ?? "unused", patches: null };
    } else if (split.method === "random") {
      const count = runsOf(label, grid).reduce((sum, [, start, end]) => sum + end - start, 0);
      part = { part: "unused", patches: Array.from({ length: count }, (_, i) => draw(`${label.id}/${i}`)) };
    } else part = { part: draw(String(label.id)), patches: null };
    catalog.splits.assign(split.id, new Map([[label.id, part]]));
  }
}

/** The words of the field over all labels there are: folds are numbered by all of them. An unknown word is unused. */
function meaningOf(
  catalog: Catalog,
  legendId: number,
  labels: readonly Label[],
  parameters: SplitParameters,
): ReadonlyMap<string, SplitPart> {
  const field = parameters.field ?? "split";
  const all = catalog.labels.list(legendId);
  const values = [...all, ...labels].map(({ properties }) => properties[field]);
  const { words } = splitWords(field, values, parameters.parts);
  return new Map(words.map(({ word, part }) => [wordKey(word), partOfMeaning(part ?? "unused")]));
}

/** The square of a block split around a position, counted from the origin of the CRS. */
export function blockAround(x: number, y: number, side: number): Bounds {
  const [col, row] = [Math.floor(x / side), Math.floor(y / side)];
  return { minX: col * side, minY: row * side, maxX: (col + 1) * side, maxY: (row + 1) * side };
}

/** A set by chance that is the same every time: FNV-1a of the key, spread over the shares. */
function drawn(key: string, shares: SplitShares): "train" | "validation" | "test" {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  // Its low bits are not random enough for short keys that differ at the end: mix once more.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  const at = ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
  const { train, validation, test } = shares;
  const sum = train + validation + test;
  return at < train / sum ? "train" : at < (train + validation) / sum ? "validation" : "test";
}
