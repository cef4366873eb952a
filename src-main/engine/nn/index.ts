export { type ConvLayerOptions, conv2dLayer, convTranspose2dLayer } from "./conv.ts";
export { dropout, dropPath } from "./dropout.ts";
export { type Init, initialize } from "./init.ts";
export { linear } from "./linear.ts";
export { bceWithLogits, type CrossEntropyOptions, crossEntropy, mse } from "./losses.ts";
export { type BatchNormOptions, batchNorm, foldedBatchNorm, groupNorm, layerNorm } from "./norm.ts";
export { type Drawn, Random, streamOf } from "./random.ts";
export { Declarations, type RandomInput, Scope, type State } from "./scope.ts";
