import { architectures } from "../../src-shared/domain/job.ts";
import type { Scope } from "../engine/index.ts";
import {
  type BatchShape,
  encode,
  graphInputs,
  type ModalityConfig,
  newConfig,
  type OmniSatConfig,
  officialDropout,
  pretraining,
  seriesDefaults,
  subset,
  tileLogits,
} from "../omnisat/index.ts";

/** Seconds and mebibytes of the official code on PyTorch, batch 8, on the reference machine (2 threads). */
export interface Reference {
  readonly seconds: number;
  readonly seconds113: number;
  readonly mebibytes: number;
}

/** The reference machine's 2048² matrix product in onnxruntime, GFLOP/s. */
export const referencePeak = 352;

export interface BenchCase {
  readonly title: string;
  readonly kind: "inference" | "step";
  readonly config: OmniSatConfig;
  readonly batch: BatchShape;
  readonly reference?: Reference;
  /** how much faster than PyTorch 2.13 it should be */
  readonly target?: number;
}

const series = (name: string, channels: number): ModalityConfig => ({
  kind: "series",
  name,
  channels,
  patchPixels: 1,
  ...seriesDefaults(256),
  period: 367,
  normalizesSequence: name === "s2",
});

/** The published configuration for TreeSatAI-TS. */
const treeSat: OmniSatConfig = {
  modalities: [
    { kind: "image", name: "aerial", channels: 4, patchPixels: 50, groups: 4 },
    series("s2", 10),
    series("s1-asc", 2),
  ],
  grid: { rows: 6, columns: 6 },
  width: 256,
  depth: 6,
  heads: 16,
  mlpRatio: 4,
  dropout: officialDropout,
  relativePositions: "official",
  maskRatio: 0.75,
  dateQuantile: 0.75,
  temperature: 0.1,
};

const { embed, depth, heads, mlpRatio } = architectures.small;

/** Our own small network, as the demo trains it: the same function and the same size on offer. */
const demo = newConfig({
  modalities: [
    { name: "s2", kind: "series", channels: 10, patchPixels: 1 },
    { name: "s1-asc", kind: "series", channels: 2, patchPixels: 1, radar: true },
  ],
  grid: { rows: 6, columns: 6 },
  width: embed,
  depth,
  heads,
  mlpRatio,
  period: 730,
});

const dates = { s2: 30, "s1-asc": 60 };

export const cases: Readonly<Record<string, BenchCase>> = {
  inference: {
    title: "inference, aerial + S2 + S1",
    kind: "inference",
    config: treeSat,
    batch: { size: 8, dates },
    reference: { seconds: 0.95, seconds113: 1.09, mebibytes: 768 },
    target: 1.5,
  },
  s2: {
    title: "inference, S2 alone",
    kind: "inference",
    config: subset(treeSat, ["s2"]),
    batch: { size: 8, dates },
    reference: { seconds: 0.05, seconds113: 0.05, mebibytes: 351 },
  },
  pretrain: {
    title: "pre-training step",
    kind: "step",
    config: treeSat,
    batch: { size: 8, dates },
    reference: { seconds: 3.3, seconds113: 3.64, mebibytes: 2560 },
    target: 1.2,
  },
  demo: {
    title: "pre-training step, demo",
    kind: "step",
    config: demo,
    batch: { size: 8, dates: { s2: 24, "s1-asc": 24 }, masks: "patches", modalityMask: true },
  },
};

const classes = 15;

export function inferenceOf({ config, batch }: BenchCase) {
  return (scope: Scope) => {
    const encoded = encode(scope.child("encoder"), config, graphInputs(scope.graph, config, batch));
    return { logits: tileLogits(scope.child("head"), encoded, classes) };
  };
}

export function lossOf({ config, batch }: BenchCase) {
  return (scope: Scope) => ({ loss: pretraining(scope, config, graphInputs(scope.graph, config, batch)).loss });
}
