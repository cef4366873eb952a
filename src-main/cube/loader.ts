/** Batches of an epoch, the next ones being read while the present one is used. */

import { seededRandom, shuffled } from "../files/index.ts";
import { type Batch, type BatchShape, collate } from "./batch.ts";
import type { Cube } from "./cube.ts";
import type { PatchWindow } from "./grid.ts";
import { readSample, type Sample, type SampleOptions } from "./sample.ts";

export interface LoaderSpec {
  readonly windows: readonly PatchWindow[];
  readonly shape: BatchShape;
  readonly sample: SampleOptions;
  readonly seed: number;
  readonly epoch: number;
  /** batches of this epoch that are already done: how a run goes on after a stop */
  readonly startBatch?: number;
  readonly shuffle: boolean;
  /** the last, smaller batch: filled up with empty samples, or left out */
  readonly lastBatch: "keep" | "drop";
  /** batches read ahead */
  readonly prefetch?: number;
}

/** Batches that one pass over the windows makes; the last one is dropped or kept short as the spec says. */
export function batchesPerEpoch({ windows, shape, lastBatch }: LoaderSpec): number {
  const batches = windows.length / shape.batchSize;
  return lastBatch === "drop" ? Math.floor(batches) : Math.ceil(batches);
}

/** The samples of one epoch in their order: a function of the seed and the epoch alone. */
function orderOfEpoch(spec: Pick<LoaderSpec, "windows" | "seed" | "epoch" | "shuffle">): number[] {
  const order = spec.windows.map((_, index) => index);
  return spec.shuffle ? shuffled(order, seededRandom("epoch", spec.seed, spec.epoch)) : order;
}

/** One batch of an epoch by its number. */
export const readBatch = (cube: Cube, spec: LoaderSpec, index: number, signal?: AbortSignal): Promise<Batch> =>
  readMembers(cube, spec, orderOfEpoch(spec), index, signal);

async function readMembers(
  cube: Cube,
  spec: LoaderSpec,
  order: readonly number[],
  index: number,
  signal?: AbortSignal,
): Promise<Batch> {
  const { batchSize } = spec.shape;
  const members = order.slice(index * batchSize, (index + 1) * batchSize);
  const samples: Sample[] = await Promise.all(
    members.map((member) =>
      readSample(cube, spec.windows[member]!, spec.sample, [spec.seed, spec.epoch, member], signal),
    ),
  );
  return collate(samples, spec.shape, { epoch: spec.epoch, index });
}

/** Yields the batches of one epoch. Leaving the loop early stops what is still being read. */
export async function* readBatches(cube: Cube, spec: LoaderSpec, signal?: AbortSignal): AsyncGenerator<Batch, void> {
  const order = orderOfEpoch(spec);
  const read = (index: number, stop: AbortSignal) => readMembers(cube, spec, order, index, stop);
  yield* prefetched(spec.startBatch ?? 0, batchesPerEpoch(spec), spec.prefetch ?? 2, read, signal);
}

/** Runs `read` for each index, `ahead` of them before they are asked for; yields in order. */
export async function* prefetched<T>(
  start: number,
  end: number,
  ahead: number,
  read: (index: number, signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): AsyncGenerator<T, void> {
  const leaving = new AbortController();
  const stop = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
  const pending: Promise<T>[] = [];
  let next = start;
  const fill = (count: number) => {
    while (next < end && pending.length < count) {
      const promise = read(next++, stop);
      // A failure shows when its turn comes; until then it is not “unhandled”.
      promise.catch(() => {});
      pending.push(promise);
    }
  };
  try {
    for (let index = start; index < end; index++) {
      stop.throwIfAborted();
      fill(ahead + 1);
      const value = await pending.shift()!;
      fill(ahead);
      stop.throwIfAborted();
      yield value;
    }
  } finally {
    leaving.abort();
    await Promise.allSettled(pending);
  }
}
