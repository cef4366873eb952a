/** Samples → the arrays the network takes. Every batch of a run has the same shape, because graphs are built for one. */
import type { Modality } from "../../src-shared/eo/index.ts";
import { clear } from "../imagery/index.ts";
import type { PatchWindow } from "./grid.ts";
import { type Normalization, normalizeInPlace } from "./normalize.ts";
import type { Sample } from "./sample.ts";

export interface FloatTensor {
  readonly type: "float32";
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface IntegerTensor {
  readonly type: "int64";
  readonly shape: readonly number[];
  readonly data: BigInt64Array;
}

export interface BatchInput {
  /** series [B, T, C, h, w], image [B, C, H, W]; normalised, 0 where there is no data */
  readonly values: FloatTensor;
  /** series only: [B, T] day numbers, 0 for padding */
  readonly dates?: IntegerTensor;
  /** series [B, T, P], image [B, P]: 1 where the patch is really and clearly seen */
  readonly mask: FloatTensor;
}

export interface Batch {
  readonly epoch: number;
  /** position in the epoch */
  readonly index: number;
  /** of the real samples; the batch may be filled up with empty ones */
  readonly windows: readonly PatchWindow[];
  readonly inputs: Readonly<Record<string, BatchInput>>;
  /** [B, P], −1 where unlabelled */
  readonly labels?: IntegerTensor;
  /** [B, K] */
  readonly targets?: FloatTensor;
}

export interface BatchShape {
  readonly batchSize: number;
  /** patches along the sides of a sample */
  readonly patchesHigh: number;
  readonly patchesWide: number;
  readonly modalities: readonly Modality[];
  /** T of every series, by modality name */
  readonly dates: Readonly<Record<string, number>>;
  readonly normalizations: readonly Normalization[];
  /** a patch counts as clear when at least this share of its pixels is */
  readonly clearShareOfPatch?: number;
}

/** Puts samples behind one another, normalises, pads dates with 0 at the end and missing samples with nothing. */
export function collate(
  samples: readonly Sample[],
  shape: BatchShape,
  place: { readonly epoch: number; readonly index: number },
): Batch {
  if (samples.length > shape.batchSize) throw new Error(`${samples.length} samples for a batch of ${shape.batchSize}`);
  const patches = shape.patchesHigh * shape.patchesWide;
  const first = samples[0];
  return {
    ...place,
    windows: samples.map((sample) => sample.window),
    inputs: Object.fromEntries(
      shape.modalities.map((modality) => [modality.name, collateInput(samples, modality, shape)]),
    ),
    ...(first?.labels ? { labels: collateLabels(samples, shape.batchSize, patches) } : {}),
    ...(first?.targets ? { targets: collateTargets(samples, shape.batchSize, first.targets.length) } : {}),
  };
}

function collateInput(samples: readonly Sample[], modality: Modality, shape: BatchShape): BatchInput {
  const { batchSize, patchesHigh, patchesWide, clearShareOfPatch = 0.5 } = shape;
  const { name, kind, patchPixels } = modality;
  const channels = modality.bands.length;
  const height = patchesHigh * patchPixels;
  const width = patchesWide * patchPixels;
  const patches = patchesHigh * patchesWide;
  const pixels = height * width;
  const most = kind === "image" ? 1 : shape.dates[name];
  if (most === undefined) throw new Error(`No number of dates for the series ${name}`);
  const normalization = shape.normalizations.find((candidate) => candidate.modality === name);
  if (!normalization) throw new Error(`No normalization for ${name}`);

  const values = new Float32Array(batchSize * most * channels * pixels);
  const dates = new BigInt64Array(batchSize * most);
  const mask = new Float32Array(batchSize * most * patches);
  for (const [b, sample] of samples.entries()) {
    const series = sample.inputs[name];
    if (!series) continue; // a modality that this sample has not: all padding
    const [count, seriesChannels, seriesHeight, seriesWidth] = series.shape;
    if (count > most || seriesChannels !== channels || seriesHeight !== height || seriesWidth !== width) {
      throw new Error(`${name}: sample [${series.shape.join(",")}] in a batch of [${[most, channels, height, width]}]`);
    }
    const start = b * most * channels * pixels;
    const own = values.subarray(start, start + series.values.length);
    own.set(series.values);
    normalizeInPlace(own, series.states, channels, pixels, normalization);
    for (let t = 0; t < count; t++) {
      dates[b * most + t] = BigInt(series.days[t]!);
      const states = series.states.subarray(t * pixels, (t + 1) * pixels);
      const target = mask.subarray((b * most + t) * patches, (b * most + t + 1) * patches);
      markClearPatches(states, target, patchesWide, patchPixels, clearShareOfPatch);
    }
  }
  if (kind === "image") {
    return {
      values: { type: "float32", shape: [batchSize, channels, height, width], data: values },
      mask: { type: "float32", shape: [batchSize, patches], data: mask },
    };
  }
  return {
    values: { type: "float32", shape: [batchSize, most, channels, height, width], data: values },
    dates: { type: "int64", shape: [batchSize, most], data: dates },
    mask: { type: "float32", shape: [batchSize, most, patches], data: mask },
  };
}

function markClearPatches(
  states: Uint8Array,
  mask: Float32Array,
  patchesWide: number,
  patchPixels: number,
  least: number,
): void {
  const width = patchesWide * patchPixels;
  for (let patch = 0; patch < mask.length; patch++) {
    const top = Math.floor(patch / patchesWide) * patchPixels;
    const left = (patch % patchesWide) * patchPixels;
    let count = 0;
    for (let row = top; row < top + patchPixels; row++) {
      for (let col = left; col < left + patchPixels; col++) if (states[row * width + col] === clear) count++;
    }
    mask[patch] = count > 0 && count >= least * patchPixels ** 2 ? 1 : 0;
  }
}

function collateLabels(samples: readonly Sample[], batchSize: number, patches: number): IntegerTensor {
  const data = new BigInt64Array(batchSize * patches).fill(-1n);
  for (const [b, { labels }] of samples.entries()) {
    if (labels?.length !== patches) throw new Error(`${labels?.length} labels for ${patches} patches`);
    for (let p = 0; p < patches; p++) data[b * patches + p] = BigInt(labels[p]!);
  }
  return { type: "int64", shape: [batchSize, patches], data };
}

function collateTargets(samples: readonly Sample[], batchSize: number, classes: number): FloatTensor {
  const data = new Float32Array(batchSize * classes);
  for (const [b, { targets }] of samples.entries()) data.set(targets!, b * classes);
  return { type: "float32", shape: [batchSize, classes], data };
}
