export { floatingPointOperations } from "./flops.ts";
export { Graph } from "./graph.ts";
export { liveBytes } from "./live-bytes.ts";
export { type Attribute, type Attributes, float, int, ints, type Node, text } from "./node.ts";
export { modelOf, type OnnxModel } from "./onnx-model.ts";
export type { ConvAttributes, Operation, Operator, OperatorAttributes } from "./operators.ts";
export { foldConstants, removeDeadNodes, removeNoOps, shareCommonNodes, simplify } from "./passes/index.ts";
export { printModel } from "./print.ts";
export { axesOf, axisOf, broadcast, reduced, withLength } from "./shapes.ts";
export {
  allocate,
  bytesPerElement,
  type DataType,
  formatShape,
  onnxType,
  type Shape,
  sameShape,
  sizeOf,
  type Tensor,
  type TensorData,
  type Tensors,
  tensor,
} from "./tensor.ts";
export type { Operand, Value } from "./value.ts";
