import type { SplitPart } from "../../src-shared/domain/job.ts";
import type { Bounds } from "../../src-shared/geo/bounds.ts";
import type { Catalog, Label, LabelPart } from "../catalog/index.ts";
import { usualWords } from "../learning/split/index.ts";
import { multi, patchCount } from "./labels-shape.ts";

interface Parameters {
  readonly seed: number;
  readonly shares: { readonly train: number; readonly validation: number; readonly test: number };
  readonly blockMeters?: number;
  readonly field?: string;
  readonly parts?: Readonly<Record<string, SplitPart>>;
}

/**
 * What is drawn after a split joins it at once and moves nothing that is there: a label in a known block gets the block's
 * set; a new block, or a label of its own, draws its set by the split's seed and shares.
 */
export function joinSplit(catalog: Catalog, labels: readonly Label[]): void {
  const split = catalog.splits.current();
  if (!split) return;
  const parameters = split.parameters as Parameters;
  const grid = catalog.project.get().grid.geobox;
  // One after the other, so that neighbours drawn together share their block's set.
  for (const label of labels) {
    const draw = (key: string) => drawn(`${parameters.seed}/${key}`, parameters.shares);
    let part: LabelPart;
    if (split.method === "blocks") {
      const bounds = blockAround(label.x, label.y, parameters.blockMeters ?? 1);
      const known = catalog.splits.partWithin(split.id, bounds);
      part = { part: known ?? draw(`${bounds.minX}:${bounds.minY}`), patches: null };
    } else if (split.method === "field") {
      const word = String(label.properties[parameters.field ?? "split"] ?? "")
        .trim()
        .toLowerCase();
      part = { part: wordsOf(parameters.parts).get(word) ?? "unused", patches: null };
    } else if (split.method === "random") {
      const count = patchCount(multi(label.coordinates), grid);
      part = { part: "unused", patches: Array.from({ length: count }, (_, i) => draw(`${label.id}/${i}`)) };
    } else part = { part: draw(String(label.id)), patches: null };
    catalog.splits.assign(split.id, new Map([[label.id, part]]));
  }
}

/** The square of a block split around a position, counted from the origin of the CRS. */
export function blockAround(x: number, y: number, side: number): Bounds {
  const [col, row] = [Math.floor(x / side), Math.floor(y / side)];
  return { minX: col * side, minY: row * side, maxX: (col + 1) * side, maxY: (row + 1) * side };
}

const wordsOf = (parts: Readonly<Record<string, SplitPart>> = {}): ReadonlyMap<string, SplitPart> =>
  new Map(Object.entries({ ...usualWords, ...parts }).map(([word, part]) => [word.trim().toLowerCase(), part]));

/** A set by chance that is the same every time: FNV-1a of the key, spread over the shares. */
function drawn(key: string, shares: Parameters["shares"]): SplitPart {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  // Its low bits are poor for short keys that differ at the end: mix once more.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  const at = ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
  const { train, validation, test } = shares;
  const sum = train + validation + test;
  return at < train / sum ? "train" : at < (train + validation) / sum ? "validation" : "test";
}
