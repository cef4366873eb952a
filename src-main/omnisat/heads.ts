/** @see SPEC.md, §12 */

import {
  abs,
  add,
  argMax,
  batchNorm,
  bceWithLogits,
  cast,
  concat,
  div,
  dropout,
  equal,
  type Graph,
  gatherElements,
  gelu,
  layerNorm,
  linear,
  logSoftmax,
  maximum,
  minimum,
  mul,
  neg,
  reduceMean,
  reduceSum,
  reshape,
  type Scope,
  slice,
  sub,
  type Value,
} from "../engine/index.ts";
import type { Encoded } from "./encoder.ts";

/** Heads for labels of a whole tile, all on row 0 of the encoder's output. */
export type TileHead =
  /** fine-tuning and probing: one linear layer, `head.0.*` */
  | "linear"
  /** from scratch: layer normalisation and one linear layer, `mlp.mlp.0.*`, `mlp.mlp.1.*` */
  | "normalised"
  /** from scratch on FLAIR: two hidden layers of 128 and 64, `mlp.mlp.0.*` … `mlp.mlp.7.*` */
  | "perceptron";

/**
 * Scores per class for a tile: [B, classes]. The scope is the head's own (`head`, or `mlp.mlp`).
 * @see SPEC.md, §12
 */
export function tileLogits(
  scope: Scope,
  encoded: Pick<Encoded, "output">,
  classes: number,
  head: TileHead = "linear",
): Value {
  const { graph: g } = scope;
  const [batch, , width] = encoded.output.shape as readonly [number, number, number];
  const row = reshape(g, slice(g, encoded.output, { axis: 1, start: 0, end: 1 }), [batch, width]);
  if (head === "linear") return linear(scope.child("0"), row, classes);
  const normal = layerNorm(scope.child("0"), row, { eps: 1e-5 });
  if (head === "normalised") return linear(scope.child("1"), normal, classes);
  const first = gelu(g, batchNorm(scope.child("2"), linear(scope.child("1"), normal, 128), { axis: 1 }));
  const second = gelu(g, batchNorm(scope.child("5"), linear(scope.child("4"), first, 64), { axis: 1 }));
  return linear(scope.child("7"), second, classes);
}

/** What the dense head is made of. */
export interface DenseHead {
  readonly classes: number;
  /** width of one hidden layer; absent: linear */
  readonly hidden?: number;
  /** dropout before the last layer */
  readonly dropout?: number;
  /** gives the head, besides the mixed embedding, the mean of the patch's own modality tokens */
  readonly withTokens?: boolean;
}

/**
 * Scores per class for every patch: [B, P, classes]. The scope is the head's own.
 * Not published: the paper has heads for whole tiles only (SPEC.md, §12).
 */
export function denseLogits(scope: Scope, encoded: Encoded, head: DenseHead): Value {
  const { graph: g } = scope;
  const features = patchFeatures(g, encoded, head.withTokens);
  let x = layerNorm(scope.child("norm"), features, { eps: 1e-5 });
  if (head.hidden) x = gelu(g, linear(scope.child("hidden"), x, head.hidden));
  return linear(scope.child("classes"), dropout(scope, "dropout", x, head.dropout ?? 0), head.classes);
}

/**
 * What a head for patches is given: the mixed embedding of every patch, and beside it the mean of the patch's own tokens where it is asked
 * for: [B, P, D] or [B, P, 2·D]. Not published, as the head.
 */
export function patchFeatures(g: Graph, encoded: Encoded, withTokens = false): Value {
  const mixed = slice(g, encoded.output, { axis: 1, start: 1, end: encoded.output.shape[1]! });
  return withTokens ? concat(g, [mixed, meanTokens(g, encoded)], 2) : mixed;
}

/** The mean over the modalities that a patch has: [B, P, D] */
function meanTokens(g: Graph, { modalities }: Encoded): Value {
  const [batch, patches, width] = modalities[0]!.tokens.shape as readonly [number, number, number];
  const stack = (values: readonly Value[], size: number) =>
    concat(
      g,
      values.map((value) => reshape(g, value, [1, batch, patches, size])),
      0,
    );
  const tokens = stack(
    modalities.map((modality) => modality.tokens),
    width,
  );
  if (!modalities.some((modality) => modality.valid)) return reduceMean(g, tokens, [0]);
  const all = g.constant(new Float32Array(batch * patches).fill(1), { shape: [batch, patches] });
  const weights = stack(
    modalities.map((modality) => modality.valid ?? all),
    1,
  );
  const count = maximum(g, reduceSum(g, weights, [0]), 1);
  return div(g, reduceSum(g, mul(g, tokens, weights), [0]), count);
}

/**
 * Binary cross-entropy over all tiles and classes. labels: [B, classes], 1 where a tile holds a class
 * @see SPEC.md, §11.5
 */
export function tileLoss(g: Graph, logits: Value, labels: Value): Value {
  return bceWithLogits(g, logits, cast(g, labels, "float32"));
}

/**
 * Cross-entropy over labelled patches, the mean by weight, with smoothed targets: (1 − s)·one-hot + s/K.
 * logits [B, P, K]; labels (int64) [B, P], -1 where unlabelled; weights [B, P], 0 where unlabelled. Without any label the loss is 0.
 * @see Szegedy et al. 2016, Rethinking the Inception Architecture, section 7 (smoothed targets); its labels of patches are ours
 */
export function denseLoss(
  g: Graph,
  logits: Value,
  labels: Value,
  weights: Value,
  { labelSmoothing = 0 }: { readonly labelSmoothing?: number } = {},
): Value {
  const [batch, patches] = labels.shape as readonly [number, number];
  const safe = maximum(g, labels, g.constant([0], { shape: [], type: "int64" }));
  const logProbabilities = logSoftmax(g, logits, 2);
  const own = gatherElements(g, logProbabilities, reshape(g, safe, [batch, patches, 1]), 2);
  const picked = mul(g, reshape(g, own, [batch, patches]), 1 - labelSmoothing);
  const target =
    labelSmoothing === 0 ? picked : add(g, picked, mul(g, reduceMean(g, logProbabilities, [2]), labelSmoothing));
  return weightedMean(g, neg(g, target), weights);
}

/**
 * The share of labelled patches, by weight, whose highest score is their label. Shapes as in `denseLoss`.
 * Not published; the published measure is that of SPEC.md, §16.
 */
export function denseAccuracy(g: Graph, logits: Value, labels: Value, weights: Value): Value {
  return weightedMean(g, cast(g, equal(g, argMax(g, logits, 2), labels), "float32"), weights);
}

/**
 * Huber's loss (δ = 1) of told numbers beside known ones, the mean by weight: e²/2 up to a difference of 1, |e| − 1/2 beyond, so that one wrong number
 * does not decide. All [B, P]; weights 0 where nothing is known. Without any number the loss is 0.
 * @see Huber 1964, Robust Estimation of a Location Parameter
 */
export function numberLoss(g: Graph, told: Value, known: Value, weights: Value): Value {
  const away = abs(g, sub(g, told, known));
  const near = minimum(g, away, 1);
  return weightedMean(g, mul(g, near, sub(g, away, mul(g, near, 0.5))), weights);
}

function weightedMean(g: Graph, x: Value, weights: Value): Value {
  const total = maximum(g, reduceSum(g, weights, [0, 1]), 1e-6);
  return div(g, reduceSum(g, mul(g, x, weights), [0, 1]), total);
}
