import type { MetricRow, ModelUse, ProviderChoice } from "../domain/job.ts";
import type { Method, MethodFeatures } from "../domain/method.ts";
import type { FinetuneRecipe, PretrainRecipe } from "../domain/recipe.ts";
import type { Run } from "../domain/run.ts";
import type { ModelAccuracy, RunReview, RunSummary, TilePreview, TrainingEstimate } from "../domain/training.ts";
import type { StartedJob } from "./jobs.ts";
import type { TileTrainingRequest } from "./tiles.ts";

type Nothing = Readonly<Record<string, never>>;
type Some<Recipe> = { readonly [Key in keyof Recipe]?: Recipe[Key] | undefined };

interface Common {
  readonly seed?: number | undefined;
  readonly provider?: ProviderChoice | undefined;
}

interface PretrainRequest extends Common {
  readonly name: string;
  readonly modalities?: string[] | undefined;
  readonly size?: "tiny" | "small" | "base" | undefined;
  /** folders of other projects to learn from in the same training */
  readonly also?: string[] | undefined;
  readonly recipe?: Some<PretrainRecipe> | undefined;
}

interface FinetuneRequest extends Common, ModelUse {
  readonly name: string;
  /** a pre-trained model of the project, or a folder */
  readonly from?: string | null | undefined;
  readonly modalities?: string[] | undefined;
  readonly size?: "tiny" | "small" | "base" | undefined;
  /** what is left out is chosen from the labels or has its default */
  readonly recipe?: Some<Omit<FinetuneRecipe, "balance"> & { balance: FinetuneRecipe["balance"] | "auto" }> | undefined;
  /** trained instead of a network, in seconds; settings of a network are not used then */
  readonly method?: Method | undefined;
  /** what the method learns from; with `encoder` or `both`, `from` says whose encoder */
  readonly features?: MethodFeatures | undefined;
}

/** Trainings and evaluations. */
export interface RunCommands {
  "runs.list"(request: Nothing): Promise<readonly Run[]>;
  "runs.metrics"(request: { readonly id: number }): Promise<readonly MetricRow[]>;
  "runs.pretrain"(request: PretrainRequest): Promise<StartedJob>;
  "runs.finetune"(request: FinetuneRequest): Promise<StartedJob>;
  "runs.evaluate"(
    request: Common &
      ModelUse & {
        readonly model: string;
        readonly part?: "train" | "validation" | "test" | undefined;
        readonly subsets?: string[][] | undefined;
        /** in the place of `subsets`: all inputs, then each alone, with a small map of one place for each; of a method all of them */
        readonly eachInput?: boolean | undefined;
        readonly classSets?: number[][] | undefined;
        readonly classes?: string[] | undefined;
        readonly overlapPatches?: number | undefined;
        readonly batchSize?: number | undefined;
        /** promised share of labels whose class is among the possible ones (default 0.9) */
        readonly level?: number | undefined;
      },
  ): Promise<StartedJob>;
}

/** Trainings as they are looked at. */
export interface RunHistoryCommands {
  "runs.summaries"(request: Nothing): Promise<readonly RunSummary[]>;
  "runs.reviews"(request: { readonly id: number }): Promise<readonly RunReview[]>;
  /** What the network predicted at a review; `null` where the picture was not kept. */
  "runs.preview"(request: { readonly id: number; readonly step: number }): Promise<TilePreview | null>;
  "runs.rename"(request: { readonly id: number; readonly name: string }): Promise<void>;
  /** The run with its curve and its job's folder; the model it made stays unless `model`. */
  "runs.delete"(request: { readonly id: number; readonly model?: boolean | undefined }): Promise<void>;
  /** Scores a model on the test part with all subsets of its modalities that are worth knowing. */
  "runs.evaluateAll"(request: { readonly model: string }): Promise<StartedJob>;
  /** The newest such scores; `null` before the first. */
  "runs.accuracy"(request: { readonly model: string }): Promise<ModelAccuracy | null>;
  /** What a training would take here: a few of its steps are really taken, of a method without a network a few places are read. */
  "runs.estimate"(
    request:
      | ({ readonly kind: "pretrain" } & PretrainRequest)
      | ({ readonly kind: "finetune" } & FinetuneRequest)
      | ({ readonly kind: "tiles" } & TileTrainingRequest),
  ): Promise<TrainingEstimate>;
}
