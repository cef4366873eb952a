import {
  buildForward,
  ForwardSession,
  gradientsOf,
  initialize,
  type Scope,
  type StateEntry,
  sizeOf,
  type Tensor,
  type Tensors,
  type Value,
} from "../../engine/index.ts";
import { declareInputs, type Inputs } from "../inputs.ts";
import { closedForm } from "./closed-form.ts";

/** Where weights come from; `name` is that of the pre-training model. */
export type WeightSource = (name: string, entry: Pick<StateEntry, "value" | "init">) => Tensor;

/** Weights as stored; fixed tables and counters that a file leaves out are made. */
export function storedWeights(stored: Tensors): WeightSource {
  return (name, { value, init }) => {
    const tensor = stored[name];
    if (!tensor) {
      if (isFixed(name)) return initialize(init, value.shape, value.type, 0, name);
      throw new Error(`there is no weight “${name}” [${value.shape}]`);
    }
    if (String(tensor.shape) !== String(value.shape)) {
      throw new Error(`the weight “${name}” is [${tensor.shape}], this network needs [${value.shape}]`);
    }
    return tensor;
  };
}

/** Weights by formula. */
export function closedFormWeights(salt: string): WeightSource {
  return (name, { value, init }) => {
    if (isFixed(name)) return initialize(init, value.shape, value.type, 0, name);
    return { type: "float32", shape: value.shape, data: closedForm(name, value.shape, salt) };
  };
}

const isFixed = (name: string): boolean =>
  name.endsWith("num_batches_tracked") || name.endsWith("temp_encoding.weight");

/** The state of a graph, from a source. */
export function weightsFor(
  graph: { readonly parameters: readonly StateEntry[]; readonly buffers: readonly StateEntry[] },
  source: WeightSource,
  nameOf: (name: string) => string,
): Record<string, Tensor> {
  return Object.fromEntries(
    [...graph.parameters, ...graph.buffers].map((entry) => [entry.name, source(nameOf(entry.name), entry)]),
  );
}

export interface NetworkRun {
  readonly training: boolean;
  /** draws the network and names its results */
  readonly define: (scope: Scope, inputs: Inputs) => Readonly<Record<string, Value>>;
  /** the result whose gradients are wanted, for every parameter */
  readonly gradientsOf?: string;
  readonly inputs: Tensors;
  readonly weights: WeightSource;
  /** the pre-training name of a tensor of this graph */
  readonly nameOf?: (name: string) => string;
}

export interface RunResult {
  readonly outputs: Tensors;
  /** by parameter name; zero for a parameter that the loss does not see */
  readonly gradients: Tensors;
}

/** Draws, runs and lets go of one network. */
export async function runNetwork(run: NetworkRun): Promise<RunResult> {
  const { training, define, gradientsOf: differentiated, inputs, weights, nameOf = (name) => name } = run;
  const draw = (scope: Scope) => {
    const results = define(scope, declareInputs(scope.graph, inputs));
    const outputs = Object.fromEntries(Object.entries(results).map(([name, value]) => [`result/${name}`, value]));
    return { results, outputs };
  };
  const forward = differentiated
    ? gradientsOf({
        training,
        define: (scope) => {
          const { results, outputs } = draw(scope);
          return { loss: results[differentiated]!, outputs };
        },
      })
    : buildForward({ training, define: (scope) => draw(scope).outputs });
  const session = await ForwardSession.create(forward, { state: weightsFor(forward, weights, nameOf) });
  try {
    const results = await session.run(inputs);
    const named = (prefix: string) =>
      Object.fromEntries(
        Object.entries(results)
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
      );
    const still = differentiated ? forward.parameters.map(({ name, value }) => [name, zeros(value)] as const) : [];
    return { outputs: named("result/"), gradients: { ...Object.fromEntries(still), ...named("gradient/") } };
  } finally {
    await session.release();
  }
}

const zeros = ({ shape }: Value): Tensor => ({ type: "float32", shape, data: new Float32Array(sizeOf(shape)) });
