import type { FinetuneRecipe, PretrainRecipe, TilesRecipe } from "../../../src-shared/domain/recipe.ts";

export type RecipeKey = keyof FinetuneRecipe | keyof PretrainRecipe | keyof TilesRecipe;

/** How one number of a training is asked for. Its name and its sentence are `train.field.<key>` and `train.hint.<key>`. */
export type RecipeField =
  | {
      readonly key: RecipeKey;
      readonly kind: "number";
      readonly min: number;
      readonly max: number;
      readonly step: number;
      /** an empty field means something: `null` */
      readonly optional?: true;
    }
  | { readonly key: RecipeKey; readonly kind: "switch" }
  | { readonly key: RecipeKey; readonly kind: "choice"; readonly options: readonly string[] };

export interface FieldGroup {
  readonly id: "length" | "learning" | "variety" | "fairness" | "checking";
  readonly fields: readonly RecipeField[];
}

const number = (key: RecipeKey, min: number, max: number, step: number): RecipeField => ({
  key,
  kind: "number",
  min,
  max,
  step,
});

/** Left empty, it follows from the labels. */
const fromLabels = (field: RecipeField): RecipeField =>
  field.kind === "number" ? { ...field, optional: true } : field;

const length = [number("steps", 1, 1_000_000, 10), number("batchSize", 1, 512, 1), number("datesPerTile", 1, 366, 1)];
const learning = [
  number("learningRate", 1e-6, 1, 1e-4),
  number("warmupSteps", 0, 100_000, 5),
  number("weightDecay", 0, 1, 0.01),
  number("clipNorm", 0.01, 100, 0.1),
];
const variety: readonly RecipeField[] = [
  { key: "orientations", kind: "switch" },
  number("dateDropout", 0, 0.95, 0.05),
  number("dateJitter", 0, 60, 1),
  number("radiometricJitter", 0, 1, 0.05),
];

/** Everything that can be set, in the order in which people ask about it. */
export const fieldsOf: Readonly<Record<"finetune" | "pretrain" | "tiles", readonly FieldGroup[]>> = {
  finetune: [
    { id: "length", fields: length.map((field) => (field.key === "steps" ? fromLabels(field) : field)) },
    {
      id: "learning",
      fields: [
        ...learning.map((field) => (field.key === "learningRate" ? fromLabels(field) : field)),
        number("encoderLearningRateScale", 0, 10, 0.1),
        number("averageDecay", 0, 0.9999, 0.005),
        number("labelSmoothing", 0, 0.9, 0.05),
        fromLabels(number("regressionWeight", 0, 10, 0.5)),
        fromLabels(number("forestWeight", 0, 10, 0.5)),
        fromLabels(number("boostedWeight", 0, 10, 0.5)),
        number("encoderWeight", 0, 10, 0.5),
      ],
    },
    { id: "variety", fields: [number("modalityDropout", 0, 1, 0.1), ...variety] },
    {
      id: "fairness",
      fields: [
        { key: "balance", kind: "choice", options: ["auto", "classes", "polygons", "patches", "square-root"] },
        { key: "classWeights", kind: "choice", options: ["none", "balanced"] },
        fromLabels(number("patchWeightPower", 0, 1, 0.1)),
      ],
    },
    {
      id: "checking",
      fields: [
        number("validateEverySteps", 1, 100_000, 5),
        { key: "patience", kind: "number", min: 1, max: 1000, step: 1, optional: true },
        number("checkpointEverySteps", 1, 100_000, 10),
      ],
    },
  ],
  tiles: [
    { id: "length", fields: length },
    {
      id: "learning",
      fields: [
        ...learning,
        number("encoderLearningRateScale", 0, 10, 0.1),
        number("averageDecay", 0, 0.9999, 0.005),
        { key: "head", kind: "choice", options: ["auto", "linear", "normalised"] },
      ],
    },
    { id: "variety", fields: [number("modalityDropout", 0, 1, 0.1), ...variety] },
    {
      id: "fairness",
      fields: [
        number("shareThreshold", 0, 0.99, 0.01),
        { key: "target", kind: "choice", options: ["presence", "share"] },
        { key: "emptyTiles", kind: "choice", options: ["drop", "keep"] },
        { key: "days", kind: "choice", options: ["auto", "of-year", "running"] },
      ],
    },
    {
      id: "checking",
      fields: [
        number("validateEverySteps", 1, 100_000, 5),
        { key: "select", kind: "choice", options: ["micro", "macro", "weighted"] },
        { key: "patience", kind: "number", min: 1, max: 1000, step: 1, optional: true },
        number("checkpointEverySteps", 1, 100_000, 10),
      ],
    },
  ],
  pretrain: [
    { id: "length", fields: length },
    { id: "learning", fields: [number("maskRatio", 0.05, 0.95, 0.05), ...learning] },
    { id: "variety", fields: variety },
    { id: "checking", fields: [number("checkpointEverySteps", 1, 100_000, 10)] },
  ],
};
