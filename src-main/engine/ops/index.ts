export { type ConvOptions, type ConvTransposeOptions, conv2d, convTranspose2d } from "./conv.ts";
export {
  abs,
  add,
  clip,
  cos,
  div,
  erf,
  exp,
  floor,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  relu,
  sigmoid,
  sin,
  sqrt,
  stopGradient,
  sub,
  tanh,
} from "./elementwise.ts";
export { gather, gatherElements, scatterElements } from "./gather.ts";
export { gelu } from "./gelu.ts";
export {
  concat,
  expand,
  pad,
  reshape,
  type SliceOptions,
  slice,
  split,
  squeeze,
  transpose,
  unsqueeze,
} from "./layout.ts";
export { and, cast, equal, greater, greaterOrEqual, less, not, or, where } from "./logic.ts";
export { gemm, type MatMulOptions, matMul } from "./matmul.ts";
export { batchNormalize, groupNormalize, layerNormalize } from "./norm.ts";
export { atChosen, type Four, geluMax, interleave, phases, productAtChosen, unpoolPhases } from "./phases.ts";
export { pixelGroupNormalize } from "./pixel-norm.ts";
export { maxPool2d, maxUnpool2d, type PoolOptions } from "./pool.ts";
export { recompute } from "./recompute.ts";
export { argMax, reduceMax, reduceMean, reduceMin, reduceSum } from "./reduce.ts";
export { quantile, topK } from "./select.ts";
export { logSoftmax, logSumExp, softmax } from "./softmax.ts";
export {
  type WinogradKernel,
  type WinogradTransforms,
  winogradConv,
  winogradKernel,
  winogradTransforms,
} from "./winograd.ts";
