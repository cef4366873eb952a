import { z } from "zod";
import { type ChosenSettings, type LabelShape, settingsOfLabels } from "../../../src-shared/domain/chosen-settings.ts";
import {
  type FinetuneRecipe,
  finetuneDefaults,
  type PretrainRecipe,
  pretrainDefaults,
  type TilesRecipe,
  tilesDefaults,
} from "../../../src-shared/domain/recipe.ts";

const share = z.number().min(0).max(1);
const count = z.int().positive();
/** Beside the network's 1: more than ten times as much would be the method alone. */
const memberWeight = z.number().min(0).max(10);

const common = {
  steps: count,
  batchSize: count,
  learningRate: z.number().positive(),
  warmupSteps: z.int().min(0),
  weightDecay: z.number().min(0),
  clipNorm: z.number().positive(),
  datesPerTile: count,
  orientations: z.boolean(),
  dateDropout: share,
  dateJitter: z.int().min(0),
  radiometricJitter: z.number().min(0).max(1),
  checkpointEverySteps: count,
};

const pretrainShape = { ...common, maskRatio: z.number().gt(0).lt(1) } satisfies Record<
  keyof PretrainRecipe,
  z.ZodType
>;

const finetuneShape = {
  ...common,
  averageDecay: z.number().min(0).lt(1),
  encoderLearningRateScale: z.number().min(0),
  modalityDropout: share,
  labelSmoothing: z.number().min(0).lt(1),
  balance: z.enum(["classes", "polygons", "patches", "square-root"]),
  patchWeightPower: share,
  classWeights: z.enum(["none", "balanced"]),
  regressionWeight: memberWeight,
  forestWeight: memberWeight,
  boostedWeight: memberWeight,
  encoderWeight: memberWeight,
  validateEverySteps: count,
  patience: count.nullable(),
} satisfies Record<keyof FinetuneRecipe, z.ZodType>;

const tilesShape = {
  ...common,
  averageDecay: z.number().min(0).lt(1),
  encoderLearningRateScale: z.number().min(0),
  modalityDropout: share,
  shareThreshold: z.number().min(0).lt(1),
  target: z.enum(["presence", "share"]),
  head: z.enum(["auto", "linear", "normalised"]),
  days: z.enum(["auto", "of-year", "running"]),
  emptyTiles: z.enum(["drop", "keep"]),
  validateEverySteps: count,
  patience: count.nullable(),
  select: z.enum(["micro", "macro", "weighted"]),
} satisfies Record<keyof TilesRecipe, z.ZodType>;

/** The numbers of a training that were changed; the others keep their defaults. */
export const pretrainRecipe = z
  .strictObject(pretrainShape)
  .partial()
  .transform((given): PretrainRecipe => ({ ...pretrainDefaults, ...defined(given) }));

/**
 * The settings of a fine-tuning that were given. The others keep their defaults, but those of `SettingsOfLabels` are chosen from the
 * labels; `balance: "auto"` says so in a word.
 */
export const finetuneRecipe = z
  .strictObject({ ...finetuneShape, balance: z.enum(["auto", "classes", "polygons", "patches", "square-root"]) })
  .partial()
  .transform(defined);

/** The whole recipe of a fine-tuning on labels of this shape, and what was chosen for it. */
export function recipeFor(
  { balance, ...given }: z.output<typeof finetuneRecipe>,
  labels: LabelShape,
): { readonly recipe: FinetuneRecipe; readonly chosen: ChosenSettings } {
  const set: Partial<FinetuneRecipe> = {
    ...given,
    ...(balance === undefined || balance === "auto" ? {} : { balance }),
  };
  const { rule, values } = settingsOfLabels(labels);
  const open = Object.fromEntries(Object.entries(values).filter(([name]) => !(name in set)));
  const recipe = { ...finetuneDefaults, ...open, ...set };
  // A short warm-up for a short training, whoever chose its length.
  const warmupSteps = given.warmupSteps ?? Math.min(finetuneDefaults.warmupSteps, Math.ceil(recipe.steps / 3));
  return { recipe: { ...recipe, warmupSteps }, chosen: { rule, labels, values: open } };
}

export const tilesRecipe = z
  .strictObject(tilesShape)
  .partial()
  .transform((given): TilesRecipe => ({ ...tilesDefaults, ...defined(given) }));

/** Without the entries that are there and undefined: they would hide a default. */
function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
