import type { OnnxModel } from "./onnx-model.ts";
import { bytesPerElement, sizeOf } from "./tensor.ts";
import type { Value } from "./value.ts";

/**
 * Bytes of results that a model holds at its worst moment: each from the node that makes it to the last that reads it.
 * Inputs and constants are the caller's. A runtime needs more, for its arena leaves gaps, and less where it works in place.
 */
export function liveBytes({ nodes, outputs }: OnnxModel): number {
  const lastUse = new Map<string, number>();
  for (const [at, { inputs }] of nodes.entries()) for (const input of inputs) if (input) lastUse.set(input.name, at);
  for (const { name } of outputs) lastUse.set(name, nodes.length);
  const ending = new Map<number, number>();
  let now = 0;
  let most = 0;
  for (const [at, node] of nodes.entries()) {
    for (const value of node.outputs) {
      const bytes = bytesOf(value);
      const last = lastUse.get(value.name) ?? at;
      now += bytes;
      ending.set(last, (ending.get(last) ?? 0) + bytes);
    }
    most = Math.max(most, now);
    now -= ending.get(at) ?? 0;
  }
  return most;
}

const bytesOf = ({ type, shape }: Value): number => sizeOf(shape) * bytesPerElement[type];
