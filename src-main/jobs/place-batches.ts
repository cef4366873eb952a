import type { Modality } from "../../src-shared/eo/index.ts";
import {
  type Batch,
  type BatchShape,
  type Normalization,
  prefetched,
  readBatch,
  type SampleOptions,
} from "../cube/index.ts";
import { sizeOf, type Tensor, type Tensors } from "../engine/index.ts";
import { seededRandom } from "../files/index.ts";
import type { InputSpec } from "../omnisat/index.ts";
import type { TrainingPlace } from "./joint-inputs.ts";
import type { PlaceCubes } from "./place-cubes.ts";
import { batchesPerDraw, type EndlessBatches } from "./tile-sampler.ts";

/** A place as batches are drawn from it. */
export interface PlaceToLearn {
  readonly place: TrainingPlace;
  readonly normalizations: readonly Normalization[];
  readonly draw: EndlessBatches["draw"];
  /** what its images show: patches, once for every date of every input */
  readonly observations: number;
}

/** Which place each step sees, and how many steps saw it before. A function of the seed and the step's number. */
export class PlaceOrder {
  readonly #until: readonly number[];
  readonly #seed: number;
  /** place of each step as far as it was asked for, and its number among the steps of that place */
  readonly #steps: { readonly place: number; readonly own: number }[] = [];
  readonly #counts: number[];

  /**
   * A place is drawn as often as the root of its observations says: a small square is not lost beside a whole tile, and many places of
   * one date do not outweigh a series.
   */
  constructor(observations: readonly number[], seed: number) {
    const weights = observations.map(Math.sqrt);
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    let sum = 0;
    this.#until = weights.map((weight) => (sum += weight / all));
    this.#counts = observations.map(() => 0);
    this.#seed = seed;
  }

  at(step: number): { readonly place: number; readonly own: number } {
    while (this.#steps.length <= step) {
      const at = this.#until.length === 1 ? 0 : seededRandom("place", this.#seed, this.#steps.length)();
      const found = this.#until.findIndex((until) => at < until);
      const place = found < 0 ? this.#until.length - 1 : found;
      this.#steps.push({ place, own: this.#counts[place]!++ });
    }
    return this.#steps[step]!;
  }
}

/** Batches without end from step `first` on, each of one place. The n-th is always the same, so a stopped run goes on as if it had not stopped. */
export function placeBatches(
  cubes: PlaceCubes,
  places: readonly PlaceToLearn[],
  order: PlaceOrder,
  { shape, sample, seed }: { readonly shape: BatchShape; readonly sample: SampleOptions; readonly seed: number },
  first: number,
  signal: AbortSignal,
): AsyncGenerator<Batch, void> {
  const read = (step: number, stop: AbortSignal): Promise<Batch> => {
    const { place: index, own } = order.at(step);
    const { draw, place, normalizations } = places[index]!;
    const epoch = Math.floor(own / batchesPerDraw);
    const windows = draw(epoch, batchesPerDraw * shape.batchSize);
    const here = { ...shape, modalities: place.modalities, normalizations };
    const spec = { windows, shape: here, sample, seed, epoch, shuffle: false, lastBatch: "drop" } as const;
    return cubes.use(index, (cube) => readBatch(cube, spec, own % batchesPerDraw, stop));
  };
  return prefetched(first, Number.MAX_SAFE_INTEGER, 2, read, signal);
}

/** Inputs of which some place lacks bands. */
export const inputsLackingBands = (places: readonly TrainingPlace[]): string[] => [
  ...new Set(places.flatMap(({ lacking }) => Object.keys(lacking))),
];

/**
 * What only a network of several places is given besides a batch: which bands the place has, where its images have pixels, and nothing
 * but zeros with a mask of zeros for the inputs that it lacks. `wanted` are the network's inputs as its graph declares them.
 */
export function completing(
  batch: Batch,
  { lacking }: TrainingPlace,
  modalities: readonly Pick<Modality, "name" | "bands">[],
  wanted: Readonly<Record<string, InputSpec>>,
): Tensors {
  const feeds: Record<string, Tensor> = {};
  for (const { name, bands } of modalities) {
    const input = batch.inputs[name];
    for (const part of [name, `${name}_dates`, `${name}_mask`, `${name}_bands`]) {
      const asked = wanted[part];
      if (!asked) continue;
      if (part === `${name}_bands`) feeds[part] = bandsThere(asked, bands, lacking[name] ?? []);
      else if (!input) feeds[part] = zeros(asked);
      // Of images only these networks are told where they are.
      else if (part === `${name}_mask` && !input.dates) feeds[part] = input.mask;
    }
  }
  return feeds;
}

function bandsThere({ shape }: InputSpec, bands: readonly string[], lacking: readonly string[]): Tensor {
  const row = bands.map((band) => (lacking.includes(band) ? 0 : 1));
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => row[i % bands.length]!);
  return { type: "float32", shape, data };
}

const zeros = ({ shape, type }: InputSpec): Tensor =>
  type === "int64"
    ? { type, shape, data: new BigInt64Array(sizeOf(shape)) }
    : { type: "float32", shape, data: new Float32Array(sizeOf(shape)) };
