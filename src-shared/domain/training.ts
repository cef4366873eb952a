import type { ChosenSettings } from "./chosen-settings.ts";
import type { Finding } from "./finding.ts";
import type { JobState, ProviderChoice, SplitPart, SubsetScore } from "./job.ts";
import type { LegendClass } from "./legend.ts";
import type { Method, MethodFeatures } from "./method.ts";
import type { FinetuneRecipe, PretrainRecipe, TilesRecipe } from "./recipe.ts";
import type { SmallMaps } from "./small-maps.ts";

/** What a run was started with: what its table compares. */
export interface RunSettings {
  readonly modalities: readonly string[];
  readonly size: "tiny" | "small" | "base";
  /** the model it continued from */
  readonly from: string | null;
  readonly seed: number;
  readonly provider: ProviderChoice;
  readonly recipe: PretrainRecipe | FinetuneRecipe | TilesRecipe | null;
  /** what of the recipe follows from the labels; not in runs of earlier versions */
  readonly chosen?: ChosenSettings;
  /** what was taught instead of a network */
  readonly method?: Method;
  /** what the method learned from (default `monthly`); with an encoder `from` says whose */
  readonly features?: MethodFeatures;
  /** names of the other projects that a pre-training learned from */
  readonly also?: readonly string[];
  /** the instant map was kept as this model */
  readonly instant?: boolean;
  /** of a training on tiles: neighbours of test tiles were trained on */
  readonly optimistic?: boolean;
}

/** Small squares of a map, drawn while the network learns: class code and confidence in percent of every patch. */
export interface TilePreview {
  /** patches along a side */
  readonly side: number;
  readonly patchMeters: number;
  /** upper left corners in the project's CRS */
  readonly corners: readonly (readonly [x: number, y: number])[];
  /** base64, a byte per patch, tile after tile, row by row; 0: nothing seen */
  readonly classes: string;
  readonly confidence: string;
}

/** A review of the network between two steps. */
export interface TrainingReview {
  readonly part: SplitPart;
  /** `null` when nothing was set aside for validation */
  readonly score: SubsetScore | null;
  readonly preview: TilePreview | null;
}

/** A review as it is stored with its run; the preview is asked for when it is shown. */
export interface RunReview {
  readonly step: number;
  readonly part: SplitPart;
  readonly score: SubsetScore | null;
  readonly hasPreview: boolean;
}

/** A run as its list shows it. */
export interface RunSummary {
  readonly id: number;
  readonly jobId: number;
  readonly kind: "pretrain" | "finetune";
  /** learned what whole tiles hold; left out: the class of patches */
  readonly task?: "tiles";
  /** as the person calls it, else the model's name */
  readonly name: string;
  readonly state: JobState;
  readonly settings: RunSettings | null;
  readonly createdAt: string;
  /** of computing, over all attempts; `null` until it has ended */
  readonly seconds: number | null;
  /** what it ran on and why */
  readonly provider: string | null;
  readonly steps: number;
  readonly bestF1: number | null;
  readonly lastLoss: number | null;
  /** a few values of the curve that says most: validation F1, else loss */
  readonly sparkline: readonly number[];
  readonly sparklineOf: "validationMacroF1" | "validationMicroF1" | "loss";
  /** scores of this split are too high: neighbours of test places were trained on */
  readonly optimistic: boolean;
  readonly model: { readonly id: number; readonly name: string } | null;
  /** what should be known of it, severe ones first */
  readonly findings: readonly Finding[];
}

/** The accuracy of one model on the test part, by subset of its modalities. */
export interface ModelAccuracy {
  readonly runId: number;
  readonly part: SplitPart;
  readonly subsets: readonly SubsetScore[];
  readonly untaught: readonly { readonly name: string; readonly polygons: number }[];
  /** labelled polygons that were scored: far fewer independent observations than patches */
  readonly polygons: number;
  readonly optimistic: boolean;
  /** the split has been made anew since */
  readonly outdated: boolean;
  readonly measuredAt: string;
  /** patches that tiles shared; `null` in scores of earlier versions */
  readonly overlapPatches: number | null;
  readonly findings: readonly Finding[];
  /** of one place with each of the subsets; `null` where none were drawn */
  readonly smallMaps: SmallMaps | null;
  /** the classes of the scores, with their colours */
  readonly legend: readonly LegendClass[];
}

/** What a training will take, before it starts. Ranges, since reading and other programs decide with. */
export interface TrainingEstimate {
  readonly provider: "cpu" | "webgpu" | "cuda";
  readonly parameters: number;
  /** multiplications and additions of one step */
  readonly flopsPerStep: number;
  readonly stepSeconds: Range | null;
  readonly totalSeconds: Range | null;
  /** how the time was found: real steps on this machine, or nothing since they would not fit */
  readonly trialSteps: number;
  readonly memoryBytes: Range;
  /** of the machine or the card, as far as known */
  readonly availableBytes: number | null;
  /** the largest batch that fits, when this one does not */
  readonly fittingBatchSize: number | null;
  /** of a method without a network: what it learns from; it has no parameters and takes no steps */
  readonly table?: { readonly rows: number; readonly columns: number };
  /** what the training would choose from the labels */
  readonly chosen?: ChosenSettings;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * Subsets of modalities worth measuring, all of them first: every one where there are at most three, otherwise all, each
 * one left out, and each alone.
 */
export function subsetsToMeasure(names: readonly string[]): string[][] {
  if (names.length <= 3) {
    const all = Array.from({ length: 2 ** names.length - 1 }, (_, i) => names.filter((_, bit) => ((i + 1) >> bit) & 1));
    return all.sort((p, q) => q.length - p.length);
  }
  return [[...names], ...names.map((out) => names.filter((name) => name !== out)), ...names.map((name) => [name])];
}
