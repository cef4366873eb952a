import { type Tensor, type Tensors, tensor } from "../graph/index.ts";
import { initialize } from "../nn/index.ts";
import type { Forward } from "./forward.ts";
import { microCounter, type StateEntry, stepCounter, type TrainingStep } from "./step.ts";

/** Every parameter, buffer and moment as training begins: the same for the same seed. */
export function initialState(of: TrainingStep | Forward, seed: number): Tensors {
  const entries = [...of.parameters, ...of.buffers, ...of.moments];
  const state: Record<string, Tensor> = Object.fromEntries(
    entries.map(({ name, value, init }) => [name, initialize(init, value.shape, value.type, seed, name)]),
  );
  if ("optimizer" in of) {
    state[stepCounter] = tensor([0], [], "int64");
    if (of.accumulate > 1) state[microCounter] = tensor([0], [], "int64");
  }
  return state;
}

/** One tensor of a state, checked. What an older checkpoint lacks may begin at `otherwise`. */
export function stateTensor({ name, value }: StateEntry, state: Tensors, otherwise?: () => Tensor): Tensor {
  const found = state[name] ?? otherwise?.();
  if (!found) throw new Error(`state: “${name}” is missing`);
  if (found.type !== value.type || String(found.shape) !== String(value.shape))
    throw new Error(
      `state: “${name}” is ${found.type} [${found.shape}], the network has ${value.type} [${value.shape}]`,
    );
  return found;
}

export const counterOf = (state: Tensors, name: string): number => Number(state[name]?.data[0] ?? 0);

/** A copy with storage of its own. */
export const copyOf = (tensor: Tensor): Tensor => ({ ...tensor, data: tensor.data.slice() });
