import type { FinetuneSpec, SplitPart } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import type { FinetuneRecipe } from "../../src-shared/domain/recipe.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { Batch, PatchSet, PatchWindow } from "../cube/index.ts";
import type { Tensor } from "../engine/index.ts";
import { patchGrid, projectArea } from "./imagery.ts";
import { LabelPatches } from "./label-patches.ts";
import { rareClasses, rareWeight } from "./rare-classes.ts";

/** What a fine-tuning of patches teaches: classes, the labels of its parts, and how much each patch weighs in the loss. */
export class PatchTargets {
  /** the classes that are taught */
  readonly legend: readonly LegendClass[];
  readonly codes: readonly number[];
  readonly train: LabelPatches;
  readonly validation: LabelPatches;
  readonly #recipe: FinetuneRecipe;
  readonly #classWeights: readonly number[];

  /**
   * A class is taught when one of its polygons holds a patch: others would be outputs that nothing trains.
   * @param seen the patches that an image shows
   * @throws AppError "no-labels-to-train"
   */
  constructor({ labels, grid, recipe }: FinetuneSpec, seen: PatchSet) {
    const ofPart = (part: SplitPart, codes: readonly number[]) =>
      new LabelPatches(labels, part, codes, patchGrid(grid), projectArea(grid), seen);
    const all = ofPart("train", labels.legend.map(({ code }) => code)); // biome-ignore format: one call
    const taught = new Set(all.usable().map(({ classCode }) => classCode));
    this.legend = labels.legend.filter(({ code }) => taught.has(code));
    if (this.legend.length === 0) throw new AppError("no-labels-to-train", { part: "train" });
    this.codes = this.legend.map(({ code }) => code);
    this.train = ofPart("train", this.codes);
    this.validation = ofPart("validation", this.codes);
    this.#recipe = recipe;
    this.#classWeights = weightsOfClasses(this.train, recipe);
  }

  /** Whether labels were set aside to look at the network between steps. */
  get validates(): boolean {
    return this.validation.usable().length > 0;
  }

  /** What the cube is told of a tile. The polygon is told with the class: weights need it, and turning a tile turns both. */
  told(window: PatchWindow): Int32Array {
    return packed(this.train, window);
  }

  /** [B, P] of a batch: the class of each patch, −1 without label, and its weight. */
  feeds(batch: Batch): { readonly labels: Tensor; readonly weights: Tensor } {
    return labelFeeds(batch, this.#recipe, this.#classWeights);
  }
}

/**
 * Class and polygon of each patch in one number, so that a turned tile turns both: polygon · 256 + class, −1 without
 * label. Polygons are numbered within the tile.
 */
function packed(labels: LabelPatches, window: { col: number; row: number; width: number; height: number }): Int32Array {
  const { classes, polygons } = labels.labels(window);
  const numbers = new Map([...new Set(polygons)].map((id, number) => [id, number]));
  return classes.map((index, p) => (index < 0 ? -1 : numbers.get(polygons[p]!)! * 256 + index));
}

/** Weights of classes: inverse to each class's share with a mean over all labelled patches of 1, or all alike but rare ones. */
function weightsOfClasses(labels: LabelPatches, { classWeights, balance }: FinetuneRecipe): number[] {
  const usable = labels.usable();
  if (classWeights === "none") {
    // Drawn by the square root, a rare class was found in the survey without more weight.
    const rare = balance === "square-root" ? new Map<number, number>() : rareClasses(usable, balance);
    return labels.codes.map((code) => (rare.has(code) ? rareWeight : 1));
  }
  const counts = labels.codes.map((code) =>
    usable.reduce((sum, { classCode, patches }) => sum + (classCode === code ? patches : 0), 0),
  );
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (count === 0 ? 1 : total / (counts.length * count)));
}

/** Classes and weights: the patches of one polygon in one tile weigh (their number)^power times their class's weight together. */
function labelFeeds(
  batch: Batch,
  { patchWeightPower }: FinetuneRecipe,
  classWeights: readonly number[],
): { labels: Tensor; weights: Tensor } {
  const { shape, data } = batch.labels!;
  const [size, patches] = shape as readonly [number, number];
  const labels = new BigInt64Array(data.length).fill(-1n);
  const weights = new Float32Array(data.length);
  for (let b = 0; b < size; b++) {
    const counts = new Map<number, number>();
    for (let at = b * patches; at < (b + 1) * patches; at++) {
      const value = Number(data[at]);
      if (value >= 0) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    for (let at = b * patches; at < (b + 1) * patches; at++) {
      const value = Number(data[at]);
      if (value < 0) continue;
      labels[at] = BigInt(value % 256);
      weights[at] = counts.get(value)! ** (patchWeightPower - 1) * classWeights[value % 256]!;
    }
  }
  return { labels: { type: "int64", shape, data: labels }, weights: { type: "float32", shape, data: weights } };
}
