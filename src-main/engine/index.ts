// Tensors, in learning order: a graph, the operators that draw it, the layers, the gradients, the training, the files, the runtime.
export * from "./autodiff/index.ts";
export * from "./graph/index.ts";
export * from "./nn/index.ts";
export * from "./onnx/index.ts";
export * from "./ops/index.ts";
export * from "./runtime/index.ts";
export * from "./training/index.ts";
export * from "./weights/index.ts";
