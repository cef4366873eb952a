import type { OnnxModel } from "../onnx-model.ts";
import { shareCommonNodes } from "./common-nodes.ts";
import { foldConstants } from "./constants.ts";
import { removeDeadNodes } from "./dead-nodes.ts";
import { skipExpands } from "./expands.ts";
import { removeNoOps } from "./no-ops.ts";

export { removeDeadNodes };

/** Everything that makes a model smaller without changing its results. */
export function simplify(model: OnnxModel): OnnxModel {
  return removeDeadNodes(skipExpands(shareCommonNodes(removeNoOps(foldConstants(removeDeadNodes(model))))));
}
