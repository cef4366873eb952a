export { floatingPointOperations } from "./flops.ts";
export { Graph } from "./graph.ts";
export { liveBytes } from "./live-bytes.ts";
export { type Attribute, float, int, ints, type Node, text } from "./node.ts";
export { modelOf, type OnnxModel } from "./onnx-model.ts";
export type { Operation, Operator } from "./operators.ts";
export { removeDeadNodes, simplify } from "./passes/index.ts";
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
