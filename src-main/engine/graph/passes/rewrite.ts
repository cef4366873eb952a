import type { Node } from "../node.ts";
import type { OnnxModel } from "../onnx-model.ts";
import type { Value } from "../value.ts";

/**
 * Walks the nodes in order. `visit` may say that a node's results are other, earlier values: the node is dropped and its
 * readers read those. A result of the whole model keeps its name, so its node stays.
 */
export function replaceValues(model: OnnxModel, visit: (node: Node) => readonly Value[] | undefined): OnnxModel {
  const results = new Set(model.outputs.map((output) => output.name));
  const instead = new Map<string, Value>();
  const nodes: Node[] = [];
  for (const before of model.nodes) {
    const inputs = before.inputs.map((input) => input && (instead.get(input.name) ?? input));
    const node = { ...before, inputs };
    const replacements = node.outputs.some((output) => results.has(output.name)) ? undefined : visit(node);
    if (replacements) for (const [i, output] of node.outputs.entries()) instead.set(output.name, replacements[i]!);
    else nodes.push(node);
  }
  return { ...model, nodes };
}
