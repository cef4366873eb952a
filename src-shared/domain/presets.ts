import type { ArchitectureChoice } from "./job.ts";
import {
  type FinetuneRecipe,
  finetuneDefaults,
  type PretrainRecipe,
  pretrainDefaults,
  type TilesRecipe,
  tilesDefaults,
} from "./recipe.ts";

/** How much time a person wants to spend: the numbers behind each are those that differ from the defaults. */
export type PresetName = "quick" | "balanced" | "thorough";

export interface Preset<Recipe> {
  readonly size: ArchitectureChoice["name"];
  readonly recipe: Recipe;
}

/** `balanced` is what leaving training parcels out chose, with a third more steps for larger legends. */
export const finetunePresets: Readonly<Record<PresetName, Preset<FinetuneRecipe>>> = {
  quick: {
    size: "tiny",
    recipe: { ...finetuneDefaults, steps: 60, warmupSteps: 10, datesPerTile: 12, validateEverySteps: 20 },
  },
  balanced: { size: "small", recipe: { ...finetuneDefaults, validateEverySteps: 25 } },
  thorough: {
    size: "small",
    recipe: {
      ...finetuneDefaults,
      steps: 600,
      warmupSteps: 60,
      datesPerTile: 36,
      validateEverySteps: 50,
      patience: 6,
      averageDecay: 0.995,
    },
  },
};

export const pretrainPresets: Readonly<Record<PresetName, Preset<PretrainRecipe>>> = {
  quick: { size: "tiny", recipe: { ...pretrainDefaults, steps: 100, warmupSteps: 10, datesPerTile: 12 } },
  balanced: { size: "small", recipe: { ...pretrainDefaults, steps: 400 } },
  thorough: {
    size: "small",
    recipe: { ...pretrainDefaults, steps: 2000, warmupSteps: 100, datesPerTile: 36, checkpointEverySteps: 100 },
  },
};

/**
 * `treesat` is the fine-tuning of the paper on TreeSatAI-TS, as far as it can be set here: network, loss, share of 0.07,
 * 50 dates, days of the year, plain Adam at 2e-4 without augmentation, the best macro F1 on validation with a patience of ten
 * looks. Not the paper's: batches of 2048 tiles over three devices (here 32), a rate that waits for a plateau (here half a
 * cosine), and inputs without normalisation.
 */
export const tilesPresets: Readonly<Record<PresetName | "treesat", Preset<TilesRecipe>>> = {
  quick: {
    size: "tiny",
    recipe: { ...tilesDefaults, steps: 100, warmupSteps: 10, datesPerTile: 12, validateEverySteps: 25 },
  },
  balanced: { size: "small", recipe: tilesDefaults },
  thorough: {
    size: "small",
    recipe: { ...tilesDefaults, steps: 1500, warmupSteps: 60, datesPerTile: 36, patience: 8, averageDecay: 0.995 },
  },
  treesat: {
    size: "base",
    recipe: {
      ...tilesDefaults,
      steps: 10_000,
      batchSize: 32,
      learningRate: 2e-4,
      warmupSteps: 0,
      weightDecay: 0,
      clipNorm: 1e6,
      datesPerTile: 50,
      orientations: false,
      dateDropout: 0,
      dateJitter: 0,
      radiometricJitter: 0,
      averageDecay: 0,
      modalityDropout: 0,
      days: "of-year",
      validateEverySteps: 100,
      patience: 10,
      select: "macro",
    },
  },
};
