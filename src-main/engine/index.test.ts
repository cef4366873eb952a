import { expect, test } from "vitest";
import * as engine from "./index.ts";

/**
 * What other rooms may use. A name that is added, renamed or dropped changes this list, so that it is a decision and not an
 * accident; what each does stands beside it in the code.
 */
const surface = {
  "graph: a drawing board, its edges, a finished graph":
    "Graph allocate bytesPerElement floatingPointOperations formatShape liveBytes modelOf printModel sameShape simplify sizeOf tensor",
  "ops: arithmetic, with broadcasting": "abs add cos div erf exp floor log maximum minimum mul neg pow sin sqrt sub",
  "ops: activations": "clip gelu logSoftmax relu sigmoid softmax tanh",
  "ops: comparisons": "and cast equal greater greaterOrEqual less not or where",
  "ops: products": "gemm matMul",
  "ops: shapes": "concat expand pad reshape slice split squeeze transpose unsqueeze",
  "ops: lookups": "gather gatherElements scatterElements",
  "ops: reductions": "argMax logSumExp quantile reduceMax reduceMean reduceMin reduceSum topK",
  "ops: normalisations": "batchNormalize groupNormalize layerNormalize",
  "ops: images [N, C, H, W]": "conv2d convTranspose2d maxPool2d maxUnpool2d",
  "ops: images pixel by pixel [H, W, N, C]":
    "winogradTransforms geluMax interleave phases pixelGroupNormalize unpoolPhases winogradConv winogradKernel",
  "ops: chosen entries": "atChosen productAtChosen",
  "ops: gradients": "gradients recompute stopGradient",
  "nn: layers and losses over a scope":
    "Declarations Random Scope batchNorm bceWithLogits conv2dLayer convTranspose2dLayer crossEntropy dropPath dropout foldedBatchNorm groupNorm initialize layerNorm linear mse streamOf",
  "training: steps, optimizers, schedules":
    "ForwardSession TrainingSession adam adamW buildForward buildStep cosine gradientsOf initialState momentName plateau sgd withAverage",
  "onnx and weights: files": "encodeModel readSafetensors weightsCheck writeSafetensors",
  "runtime: where it runs": "GraphSession chooseProvider memoryFigures probeInProcess probeInChild runOnce storageFor",
};

test("the engine's public surface", () => {
  const named = Object.values(surface).flatMap((names) => names.split(" "));
  expect(Object.keys(engine).toSorted()).toEqual(named.toSorted());
});
