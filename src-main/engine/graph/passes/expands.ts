import type { Node } from "../node.ts";
import type { OnnxModel } from "../onnx-model.ts";
import { broadcast } from "../shapes.ts";
import { sameShape } from "../tensor.ts";

const broadcasting = new Set([
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Max",
  "Min",
  "Where",
  "Equal",
  "Less",
  "Greater",
  "GreaterOrEqual",
]);

/** Operators that broadcast take the small value itself: gradients of sums and means need not be written out at full size. */
export function skipExpands(model: OnnxModel): OnnxModel {
  const makers = new Map(model.nodes.flatMap((node) => node.outputs.map((output) => [output.name, node] as const)));
  return {
    ...model,
    nodes: model.nodes.map((node) => (broadcasting.has(node.opType) ? withoutExpands(node, makers) : node)),
  };
}

function withoutExpands(node: Node, makers: ReadonlyMap<string, Node>): Node {
  const inputs = [...node.inputs];
  for (const [i, input] of inputs.entries()) {
    const maker = input && makers.get(input.name);
    if (maker?.opType !== "Expand") continue;
    const tried = inputs.with(i, maker.inputs[0]);
    const shape = tried.reduce<readonly number[]>((all, each) => broadcast(node.opType, all, each!.shape), []);
    if (sameShape(shape, node.outputs[0]!.shape)) inputs[i] = maker.inputs[0];
  }
  return { ...node, inputs };
}
