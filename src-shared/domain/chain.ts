import type { ErrorCode } from "../errors/index.ts";
import type { JobState, ProviderChoice } from "./job.ts";
import type { PresetName } from "./presets.ts";

/** What leads from labels to a trained map beside the instant one, in this order; `encoder` only where one is taught first. */
export const chainSteps = ["instant", "instant-map", "encoder", "training", "map", "score-instant", "score"] as const;
export type ChainStep = (typeof chainSteps)[number];

/** What the training starts from. */
export type ChainStart =
  /** an encoder that is taught first, on the project's images */
  | { readonly kind: "pretrain" }
  /** random weights */
  | { readonly kind: "scratch" }
  /** a pre-trained model of the project, or one that comes with the program */
  | { readonly kind: "model"; readonly name: string };

/** What was asked for, with the names of what comes of it. */
export interface ChainPlan {
  /** model and map of the instant map as it was when the chain began */
  readonly instant: string;
  /** model and map of the training */
  readonly trained: string;
  readonly start: ChainStart;
  /** the encoder that is taught first */
  readonly encoder: string | null;
  readonly preset: PresetName;
  /** of both trainings, in the place of the preset's; `null`: the preset's */
  readonly steps: number | null;
  readonly seed: number;
  readonly provider: ProviderChoice;
  /** a split was made for it, because no label tested */
  readonly splitMade: boolean;
}

/** Why the next step could not begin, as errors leave the program. */
export interface ChainProblem {
  readonly name: string;
  readonly message: string;
  readonly code?: ErrorCode;
  readonly details?: unknown;
}

/** From labels to a trained map in several jobs, one after the other. */
export interface Chain {
  readonly id: number;
  readonly plan: ChainPlan;
  /** of the steps that have begun */
  readonly jobs: Readonly<Partial<Record<ChainStep, number>>>;
  readonly ended: "done" | "cancelled" | null;
  readonly problem: ChainProblem | null;
  readonly createdAt: string;
}

/** `stopped`: it can be resumed, also after the program ended between two steps. */
export type ChainState = "running" | "stopped" | "failed" | "done" | "cancelled";

export interface ChainFacts extends Chain {
  readonly state: ChainState;
  readonly steps: readonly {
    readonly step: ChainStep;
    readonly job: number | null;
    /** `open`: it has not begun */
    readonly state: JobState | "open";
  }[];
  /** the maps that came of it and are still there */
  readonly maps: { readonly instant: number | null; readonly trained: number | null };
}

/** The steps of a plan. */
export const stepsOfChain = ({ encoder }: Pick<ChainPlan, "encoder">): ChainStep[] =>
  chainSteps.filter((step) => step !== "encoder" || encoder !== null);
