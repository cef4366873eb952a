import type { Node } from "../node.ts";
import type { OnnxModel } from "../onnx-model.ts";
import { sameShape } from "../tensor.ts";
import type { Value } from "../value.ts";
import { replaceValues } from "./rewrite.ts";

/** Leaves out what changes nothing: copies, x + 0, x · 1, a transposition that undoes the one before. */
export function removeNoOps(model: OnnxModel): OnnxModel {
  const makers = new Map<string, Node>();
  const isAll = (value: Value | undefined, number: number): boolean => {
    const data = value && model.constants.get(value.name)?.data;
    return data !== undefined && data.length <= 16 && Array.from(data, Number).every((each) => Object.is(each, number));
  };
  return replaceValues(model, (node) => {
    for (const output of node.outputs) makers.set(output.name, node);
    const [a, b] = node.inputs;
    const [output] = node.outputs;
    if (!a || !output) return undefined;
    const keeps = (value: Value | undefined): readonly Value[] | undefined =>
      value && sameShape(value.shape, output.shape) && value.type === output.type ? [value] : undefined;
    switch (node.opType) {
      case "Identity":
        return [a];
      case "Add":
        return isAll(b, 0) ? keeps(a) : isAll(a, 0) ? keeps(b) : undefined;
      case "Sub":
        return isAll(b, 0) ? keeps(a) : undefined;
      case "Mul":
        return isAll(b, 1) ? keeps(a) : isAll(a, 1) ? keeps(b) : undefined;
      case "Div":
        return isAll(b, 1) ? keeps(a) : undefined;
      case "Reshape":
      case "Expand":
        return keeps(a);
      case "Transpose": {
        const before = makers.get(a.name);
        const order = orderOf(node);
        if (before?.opType !== "Transpose" || !order) return undefined;
        const combined = order.map((axis) => orderOf(before)?.[axis]);
        return combined.every((axis, i) => axis === i) ? keeps(before.inputs[0]) : undefined;
      }
      default:
        return undefined;
    }
  });
}

function orderOf(node: Node): readonly number[] | undefined {
  const order = node.attributes.perm;
  return order?.kind === "ints" ? order.value : undefined;
}
