// Tensors, in learning order: a graph, the operators that draw it, its gradients, layers, training, files, the runtime.

export { gradients } from "./autodiff/index.ts";
export {
  allocate,
  bytesPerElement,
  type DataType,
  floatingPointOperations,
  formatShape,
  Graph,
  liveBytes,
  modelOf,
  type OnnxModel,
  type Operand,
  type Operation,
  type Operator,
  printModel,
  type Shape,
  sameShape,
  simplify,
  sizeOf,
  type Tensor,
  type TensorData,
  type Tensors,
  tensor,
  type Value,
} from "./graph/index.ts";
export * from "./nn/index.ts";
export { encodeModel } from "./onnx/index.ts";
export * from "./ops/index.ts";
export * from "./runtime/index.ts";
export * from "./training/index.ts";
export * from "./weights/index.ts";
