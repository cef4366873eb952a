import type { ArchitectureChoice } from "./job.ts";
import { type FinetuneRecipe, finetuneDefaults, type PretrainRecipe, pretrainDefaults } from "./recipe.ts";

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
  balanced: { size: "small", recipe: { ...finetuneDefaults, steps: 150, validateEverySteps: 25 } },
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
