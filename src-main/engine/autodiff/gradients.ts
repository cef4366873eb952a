import { formatShape, type Graph, type Operation, type Value } from "../graph/index.ts";
import { add } from "../ops/index.ts";
import { zeros } from "./rule.ts";
import { derivativeOf } from "./rules.ts";

/** The gradients of a scalar with respect to `wrt`, in their order; zeros where the scalar does not depend on one. */
export function gradients(g: Graph, loss: Value, wrt: readonly Value[]): Value[] {
  return gradientsIfAny(g, loss, wrt).map((gradient, i) => gradient ?? zeros(g, wrt[i]!.shape));
}

/** The same by reverse accumulation, with undefined where the scalar does not depend on one. */
export function gradientsIfAny(g: Graph, loss: Value, wrt: readonly Value[]): (Value | undefined)[] {
  if (loss.shape.length > 0 || loss.type !== "float32")
    throw new Error(`gradients: the loss is ${loss.type} ${formatShape(loss.shape)}, not a scalar`);
  const operations = [...g.operations];
  const moving = reachedFrom(wrt, operations);
  const arrived = new Map<string, Value>([[loss.name, g.constant(1)]]);
  for (const operation of operations.reverse()) {
    if (!operation.outputs.some((output) => arrived.has(output.name))) continue;
    if (!operation.inputs.some((input) => moving.has(input.name))) continue;
    for (const [input, thunk] of thunksOf(g, operation, arrived)) {
      if (!thunk || !moving.has(input.name)) continue;
      const gradient = thunk();
      const before = arrived.get(input.name);
      arrived.set(input.name, before ? add(g, before, gradient) : gradient);
    }
  }
  return wrt.map((value) => arrived.get(value.name));
}

/** The floats that change when one of `wrt` changes: only they need gradients. */
function reachedFrom(wrt: readonly Value[], operations: readonly Operation[]): Set<string> {
  const reached = new Set(wrt.map((value) => value.name));
  for (const { operator, inputs, outputs } of operations) {
    if (derivativeOf(operator).stops || !inputs.some((input) => reached.has(input.name))) continue;
    for (const output of outputs) if (output.type === "float32") reached.add(output.name);
  }
  return reached;
}

function thunksOf(g: Graph, operation: Operation, arrived: ReadonlyMap<string, Value>) {
  const { operator, inputs, outputs } = operation;
  const dys = outputs.map((output) => arrived.get(output.name));
  const { rule, ofEveryResult } = derivativeOf(operator);
  const unexpected = ofEveryResult ? -1 : dys.findIndex((dy, i) => i > 0 && dy);
  if (unexpected > 0) throw new Error(`gradients: ${operator} has no rule for its result ${unexpected}`);
  const dy = dys[0] ?? zeros(g, outputs[0]!.shape);
  const thunks = rule(g, dy, { ...operation, x: inputs[0]!, output: outputs[0]!, dys });
  return inputs.map((input, i) => [input, thunks[i]] as const);
}
