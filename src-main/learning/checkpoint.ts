import { existsSync } from "node:fs";
import { readSafetensors, type Tensors, writeSafetensors } from "../engine/index.ts";

/** The saved state of a training: every tensor, and its counters as JSON. One file, so that both belong to the same step. */
export interface Checkpoint<Progress> {
  readonly state: Tensors;
  readonly progress: Progress;
}

/** Writes the checkpoint whole or not at all (temporary name, fsync, rename): a kill in between leaves the previous one. */
export async function writeCheckpoint<Progress>(path: string, checkpoint: Checkpoint<Progress>): Promise<void> {
  await writeSafetensors(path, checkpoint.state, { progress: JSON.stringify(checkpoint.progress) });
}

/** The checkpoint at `path`, or `undefined` when there is none. A damaged file throws an `AppError`. */
export async function readCheckpoint<Progress>(path: string): Promise<Checkpoint<Progress> | undefined> {
  if (!existsSync(path)) return undefined;
  const { tensors, metadata } = await readSafetensors(path);
  const progress = metadata.progress;
  if (progress === undefined) throw new Error(`Checkpoint “${path}” has no progress entry`);
  return { state: tensors, progress: JSON.parse(progress) as Progress };
}
