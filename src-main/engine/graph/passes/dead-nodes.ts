import type { Node } from "../node.ts";
import type { OnnxModel } from "../onnx-model.ts";

/** Leaves out what no output needs: nodes, optional results and constants. Inputs stay: they are the model's interface. */
export function removeDeadNodes(model: OnnxModel): OnnxModel {
  const needed = new Set(model.outputs.map((output) => output.name));
  const kept: Node[] = [];
  for (const node of model.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output.name))) continue;
    for (const input of node.inputs) if (input) needed.add(input.name);
    kept.push({ ...node, outputs: trimmed(node, needed) });
  }
  const constants = new Map([...model.constants].filter(([name]) => needed.has(name)));
  return { ...model, nodes: kept.reverse(), constants };
}

/** Trailing results that are never read need not be computed (the mean of a LayerNormalization, the indices of a MaxPool). */
function trimmed(node: Node, needed: ReadonlySet<string>): Node["outputs"] {
  if (node.opType === "TopK" || node.opType === "Split") return node.outputs;
  const last = node.outputs.findLastIndex((output) => needed.has(output.name));
  return node.outputs.slice(0, last + 1);
}
