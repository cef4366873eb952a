import type { Batch } from "../cube/index.ts";
import type { Tensors } from "../engine/index.ts";

/** A batch under the names that the network's inputs have. */
export function feedsOf(batch: Batch, modalities: readonly string[]): Record<string, Tensors[string]> {
  const feeds: Record<string, Tensors[string]> = {};
  for (const name of modalities) {
    const input = batch.inputs[name];
    if (!input) throw new Error(`Batch without ${name}; it has ${Object.keys(batch.inputs).join(", ")}`);
    feeds[name] = input.values;
    if (!input.dates) continue;
    feeds[`${name}_dates`] = input.dates;
    feeds[`${name}_mask`] = input.mask;
  }
  return feeds;
}
