import { architectures, type FinetuneSpec, type LabelInput } from "../../src-shared/domain/job.ts";
import { fewestPlaces, type NumberGroups, type NumbersSpec } from "../../src-shared/domain/numbers.ts";
import { finetuneDefaults } from "../../src-shared/domain/recipe.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { PatchSet } from "../cube/index.ts";
import { patchGrid, projectArea } from "./imagery.ts";
import { LabelPatches } from "./label-patches.ts";

/** All places are labels of one class: which patches they have is known the same way. */
const onlyClass = 1;

/** The places of a target, as far as images show them. */
export class NumberPatches {
  readonly labels: LabelPatches;
  /** by the id of a place */
  readonly values: ReadonlyMap<number, number>;
  /** places that hold a patch which images show */
  readonly places: readonly NumbersSpec["numbers"]["places"][number][];

  /**
   * @param seen the patches that images show
   * @throws AppError "numbers-too-few", "numbers-one-value"
   */
  constructor({ numbers, grid }: Pick<NumbersSpec, "numbers" | "grid">, seen: PatchSet) {
    this.labels = patchesOfPlaces({ numbers, grid }, seen);
    const usable = new Set(this.labels.usable().map(({ id }) => id));
    this.places = numbers.places.filter(({ id }) => usable.has(id));
    this.values = new Map(this.places.map(({ id, value }) => [id, value]));
    requirePlaces(numbers.name, [...this.values.values()]);
  }
}

/** Which place has which patches; where two overlap the first keeps them. */
export const patchesOfPlaces = (given: Pick<NumbersSpec, "numbers" | "grid">, seen: PatchSet): LabelPatches =>
  new LabelPatches(labelsOf(given), "train", [onlyClass], patchGrid(given.grid), projectArea(given.grid), seen);

/** @throws AppError "numbers-too-few", "numbers-one-value" */
export function requirePlaces(name: string, values: readonly number[]): void {
  if (values.length < fewestPlaces)
    throw new AppError("numbers-too-few", { name, places: values.length, needed: fewestPlaces });
  requireDifferent(name, values);
}

/** @throws AppError "numbers-one-value" */
export function requireDifferent(name: string, values: readonly number[]): void {
  const [first] = values;
  if (values.every((value) => value === first))
    throw new AppError("numbers-one-value", { name, places: values.length, value: first! });
}

const labelsOf = ({ numbers, grid }: Pick<NumbersSpec, "numbers" | "grid">): LabelInput => ({
  crs: grid.geobox.crs,
  legend: [{ code: onlyClass, name: numbers.name, color: "#808080" }],
  polygons: numbers.places.map(({ id, coordinates, cells }) => ({
    id,
    classCode: onlyClass,
    part: "train",
    coordinates,
    ...(cells ? { cells } : {}),
  })),
});

/** What the helpers of trainings are given: a fine-tuning of one class with the same inputs, grid and encoder. */
export const asFinetuning = ({ method, features, numbers, ...spec }: NumbersSpec): FinetuneSpec => ({
  ...spec,
  kind: "finetune",
  labels: labelsOf({ numbers, grid: spec.grid }),
  architecture: architectures.tiny,
  recipe: { ...finetuneDefaults, steps: spec.steps },
  ...(method === "network" ? {} : { method: "logistic-regression" }),
  ...(features === "monthly" ? {} : { features }),
});

/** Rounds in which places are held out. */
const mostFolds = 10;
/** Fewer blocks cannot be told apart from one place after another. */
export const fewestBlocks = 5;

/** By place what is held out together, and how many of those there are. */
export interface HeldTogether {
  readonly groups: NumberGroups;
  readonly groupOf: ReadonlyMap<number, number>;
  readonly count: number;
  readonly folds: number;
  /** blocks that were asked for and are too few */
  readonly fewBlocks: number | null;
}

/** Squares of the ground that hold places, or each place by itself; places where there are too few blocks. */
export function heldTogether(
  places: readonly { readonly id: number; readonly x: number; readonly y: number }[],
  { groups, blockMeters }: Pick<NumbersSpec, "groups" | "blockMeters">,
): HeldTogether {
  if (groups === "blocks") {
    const numbers = new Map<string, number>();
    const groupOf = new Map(
      places.map(({ id, x, y }) => {
        const key = `${Math.floor(x / blockMeters)} ${Math.floor(y / blockMeters)}`;
        if (!numbers.has(key)) numbers.set(key, numbers.size);
        return [id, numbers.get(key)!];
      }),
    );
    const count = numbers.size;
    if (count >= fewestBlocks) return { groups, groupOf, count, folds: Math.min(mostFolds, count), fewBlocks: null };
    return { ...heldTogether(places, { groups: "places", blockMeters }), fewBlocks: count };
  }
  const groupOf = new Map(places.map(({ id }, i) => [id, i]));
  return { groups, groupOf, count: places.length, folds: Math.min(mostFolds, places.length), fewBlocks: null };
}
