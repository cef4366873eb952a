import type { MetricRow, ProviderChoice } from "../domain/job.ts";
import type { MapProduct } from "../domain/map-product.ts";
import type { FinetuneRecipe, PretrainRecipe } from "../domain/recipe.ts";
import type { Run } from "../domain/run.ts";
import type { Bounds } from "../geo/bounds.ts";
import type { StartedJob } from "./jobs.ts";

type Nothing = Readonly<Record<string, never>>;
type Some<Recipe> = { readonly [Key in keyof Recipe]?: Recipe[Key] | undefined };

interface Common {
  readonly seed?: number | undefined;
  readonly provider?: ProviderChoice | undefined;
}

/** Trainings and evaluations. */
export interface RunCommands {
  "runs.list"(request: Nothing): Promise<readonly Run[]>;
  "runs.metrics"(request: { readonly id: number }): Promise<readonly MetricRow[]>;
  "runs.pretrain"(
    request: Common & {
      readonly name: string;
      readonly modalities?: string[] | undefined;
      readonly size?: "tiny" | "small" | "base" | undefined;
      readonly recipe?: Some<PretrainRecipe> | undefined;
    },
  ): Promise<StartedJob>;
  "runs.finetune"(
    request: Common & {
      readonly name: string;
      /** a pre-trained model of the project, or a folder */
      readonly from?: string | undefined;
      readonly modalities?: string[] | undefined;
      readonly size?: "tiny" | "small" | "base" | undefined;
      readonly recipe?: Some<FinetuneRecipe> | undefined;
    },
  ): Promise<StartedJob>;
  "runs.evaluate"(
    request: Common & {
      readonly model: string;
      readonly part?: "train" | "validation" | "test" | undefined;
      readonly subsets?: string[][] | undefined;
      readonly classSets?: number[][] | undefined;
      readonly classes?: string[] | undefined;
      readonly overlapPatches?: number | undefined;
      readonly batchSize?: number | undefined;
    },
  ): Promise<StartedJob>;
}

/** Maps that models drew. */
export interface MapCommands {
  "maps.list"(request: Nothing): Promise<readonly MapProduct[]>;
  "maps.draw"(
    request: Common & {
      readonly model: string;
      readonly modalities?: string[] | undefined;
      /** a part of the project, in its CRS */
      readonly bounds?: Bounds | undefined;
      readonly name?: string | undefined;
      readonly probabilities?: boolean | undefined;
      readonly overlapPatches?: number | undefined;
      readonly batchSize?: number | undefined;
    },
  ): Promise<StartedJob>;
}
