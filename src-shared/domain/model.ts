import type { Finding } from "./finding.ts";
import type { MethodFeatures } from "./method.ts";

/** A trained set of weights. Its folder holds `model.json` and `weights.safetensors`. */
export interface Model {
  readonly id: number;
  readonly name: string;
  readonly kind: "pretrained" | "finetuned";
  readonly folder: string;
  /** the model it started from */
  readonly parentId: number | null;
  readonly jobId: number | null;
  readonly modalities: readonly string[];
  readonly summary: ModelSummary;
  readonly createdAt: string;
  readonly state: "present" | "missing";
}

/** What a list shows of a model without opening its files. */
export interface ModelSummary {
  /** size of the network, or the method */
  readonly architecture: string;
  /** of a method: what it learned from; monthly values when left out */
  readonly features?: MethodFeatures;
  /** the instant map was kept as this model */
  readonly instant?: boolean;
  readonly steps: number;
  readonly seconds: number;
  readonly provider: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly classes: readonly string[];
  /** `tiles`: says which classes a whole tile holds; left out: the class of every patch */
  readonly task?: "tiles";
  /** what should be known of it; not of models of earlier versions */
  readonly findings?: readonly Finding[];
}

export type NewModel = Omit<Model, "id" | "createdAt" | "state">;
