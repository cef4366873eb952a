import type { Finding } from "../../src-shared/domain/finding.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { FinetuneRecipe } from "../../src-shared/domain/recipe.ts";
import type { PatchWindow, TileRows } from "../cube/index.ts";
import { argmax } from "./argmax.ts";
import type { LabelledPolygon, LabelPatches } from "./label-patches.ts";
import type { PatchPredictor } from "./predict.ts";

// Classes of few places. Where hundreds of polygons train, patches are drawn as they are labelled, and a class of one or two small
// polygons came up in a handful of 2400 tiles: it was never found, and nothing said so.

/** Classes of fewer polygons than this are looked after. */
const fewPolygons = 5;
/** Each of them is drawn at least so often, in this share of all draws; all together no more than in `most`. */
const leastChance = 0.02;
const mostChance = 0.1;
/** Its patches count so often where classes are not drawn by the square root: in a tile drawn for it most patches are of other classes. */
export const rareWeight = 4;

/**
 * Classes that a training would hardly see, and in which share of the draws they are drawn besides. None where every class comes up
 * often enough by itself, as with fewer than fifty polygons that are drawn alike.
 */
export function rareClasses(
  usable: readonly LabelledPolygon[],
  balance: FinetuneRecipe["balance"],
): ReadonlyMap<number, number> {
  const byClass = Map.groupBy(usable, ({ classCode }) => classCode);
  const patchesOf = (own: readonly LabelledPolygon[]): number => own.reduce((sum, one) => sum + one.patches, 0);
  // As `aroundLabels` draws them.
  const weightOf = (own: readonly LabelledPolygon[]): number => {
    if (balance === "classes") return 1;
    if (balance === "polygons") return own.length;
    return balance === "square-root" ? Math.sqrt(patchesOf(own)) : patchesOf(own);
  };
  const whole = [...byClass.values()].reduce((sum, own) => sum + weightOf(own), 0);
  const chanceOf = (own: readonly LabelledPolygon[]): number => weightOf(own) / whole;
  const rare = [...byClass].filter(([, own]) => own.length < fewPolygons && chanceOf(own) < leastChance);
  const chance = Math.min(leastChance, mostChance / Math.max(1, rare.length));
  return new Map(
    rare
      .map(([code, own]) => [code, Math.max(0, chance - chanceOf(own))] as const)
      .filter(([, more]) => more > 0)
      .sort(([p], [q]) => p - q),
  );
}

/** Tiles of a class that are looked at: one that is recognised at all is so in one of these. */
const looks = 6;

/**
 * Of the classes with few training polygons those of which the model recognises not one of the training patches that are looked at.
 * A model that does not know what it was shown will find it nowhere.
 * @param measured codes of classes that the validation part speaks of
 */
export async function rareClassesMissed(
  labels: LabelPatches,
  legend: readonly LegendClass[],
  predictor: Pick<PatchPredictor, "run">,
  tiles: TileRows,
  measured: ReadonlySet<number>,
  modalities: readonly string[],
  signal: AbortSignal,
): Promise<Finding[]> {
  const byClass = Map.groupBy(labels.usable(), ({ classCode }) => classCode);
  if (byClass.size < 2) return [];
  const asked = new Map<number, { readonly patches: Set<string>; found: boolean }>();
  const windows: PatchWindow[] = [];
  for (const [code, own] of [...byClass].sort(([p], [q]) => p - q)) {
    if (own.length >= fewPolygons || measured.has(code)) continue;
    asked.set(code, { patches: new Set(), found: false });
    for (const { id } of own) windows.push(...someTilesOf(labels, id, tiles, Math.ceil(looks / own.length)));
  }
  const unique = [...new Map(windows.map((tile) => [`${tile.col} ${tile.row}`, tile])).values()];
  if (unique.length === 0) return [];
  const { codes } = labels;
  for await (const { window, logits, seen } of predictor.run(unique, signal)) {
    const { classes } = labels.labels(window);
    for (const [p, index] of classes.entries()) {
      const own = index < 0 || seen[p] !== 1 ? undefined : asked.get(codes[index]!);
      if (!own) continue;
      // Tiles overlap.
      own.patches.add(`${window.col + (p % window.width)} ${window.row + Math.floor(p / window.width)}`);
      own.found ||= argmax(codes.length, (k) => logits[p * codes.length + k]!) === index;
    }
    if ([...asked.values()].every(({ found }) => found)) break;
  }
  const missed = [...asked].filter(([, { patches, found }]) => patches.size > 0 && !found);
  if (missed.length === 0) return [];
  const nameOf = (code: number) => legend.find((entry) => entry.code === code)?.name ?? String(code);
  const classes = missed.map(([code, { patches }]) => ({ name: nameOf(code), patches: patches.size }));
  return [{ code: "classes-never-found", details: { part: "train", modalities, classes } }];
}

/** Tiles that hold patches of a polygon, spread over it. */
function someTilesOf(labels: LabelPatches, id: number, tiles: TileRows, most: number): PatchWindow[] {
  const spans = labels.patchesOf(id);
  const indexes = new Set<number>();
  for (let n = 0; n < most; n++) {
    const span = spans[Math.floor(((n + 0.5) * spans.length) / most)];
    if (span)
      for (const index of tiles.touching({ ...span, col: span.col + Math.floor(span.width / 2), width: 1 }))
        indexes.add(index);
  }
  return [...indexes].slice(0, most).map((index) => tiles.at(index)!);
}
