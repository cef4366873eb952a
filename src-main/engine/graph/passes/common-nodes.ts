import type { Node } from "../node.ts";
import type { OnnxModel } from "../onnx-model.ts";
import type { Value } from "../value.ts";
import { replaceValues } from "./rewrite.ts";

/** Computes once what is computed twice from the same inputs: backward rules often ask again for what forward had. */
export function shareCommonNodes(model: OnnxModel): OnnxModel {
  const known = new Map<string, readonly Value[]>();
  return replaceValues(model, (node) => {
    const key = keyOf(node);
    const earlier = known.get(key);
    if (!earlier) known.set(key, node.outputs);
    return earlier;
  });
}

const keyOf = ({ opType, inputs, outputs, attributes }: Node): string =>
  JSON.stringify([opType, inputs.map((input) => input?.name), outputs.length, attributes], (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
