import { type OnnxModel, type Tensor, tensor } from "../graph/index.ts";

/** The lowest float32 there is. */
const lowest = -(2 - 2 ** -23) * 2 ** 127;

/**
 * The mark “compute this anew” in ONNX's own operators. ONNX has none for it, and onnxruntime computes equal nodes once, as our
 * own pass does. So each use reads the value through a `Max` with a number of its own that lies below all values: what comes
 * out is what went in, bit for bit, and the nodes after it are equal no more.
 */
export function spellRecompute(model: OnnxModel): OnnxModel {
  const bounds = new Map<string, { readonly name: string; readonly value: Tensor }>();
  const boundOf = (use: string) => {
    const number = bounds.size;
    const bound = bounds.get(use) ?? {
      name: `recompute_bound_${number}`,
      value: tensor([lowest * (1 - number / 1024)], []),
    };
    bounds.set(use, bound);
    return { name: bound.name, type: bound.value.type, shape: bound.value.shape };
  };
  const nodes = model.nodes.map((node) => {
    const { use } = node.attributes;
    if (node.opType !== "Recompute" || use?.kind !== "string") return node;
    return { ...node, opType: "Max", inputs: [node.inputs[0], boundOf(use.value)], attributes: {} };
  });
  if (bounds.size === 0) return model;
  const constants = new Map(model.constants);
  for (const { name, value } of bounds.values()) constants.set(name, value);
  return { ...model, nodes, constants };
}
