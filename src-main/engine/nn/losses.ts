import { axisOf, type Graph, reduced, type Value } from "../graph/index.ts";
import {
  abs,
  add,
  cast,
  div,
  equal,
  exp,
  gather,
  gatherElements,
  log,
  logSoftmax,
  mul,
  neg,
  not,
  pow,
  reduceMean,
  reduceSum,
  relu,
  squeeze,
  sub,
  unsqueeze,
  where,
} from "../ops/index.ts";

/**
 * Mean squared difference over all elements. Shapes broadcast; the result is a scalar, [].
 * @see PyTorch, MSELoss
 */
export function mse(g: Graph, prediction: Value, target: Value): Value {
  return reduceMean(g, pow(g, sub(g, prediction, target), 2));
}

/**
 * Binary cross-entropy of logits against targets in [0, 1], mean over all elements: max(z, 0) - z t + log(1 + e^-|z|).
 * @see PyTorch, BCEWithLogitsLoss
 */
export function bceWithLogits(g: Graph, logits: Value, targets: Value): Value {
  const softened = log(g, add(g, exp(g, neg(g, abs(g, logits))), 1));
  return reduceMean(g, add(g, sub(g, relu(g, logits), mul(g, logits, targets)), softened));
}

export interface CrossEntropyOptions {
  /** One weight per class; the mean is taken over the weights, as PyTorch does. */
  readonly classWeights?: readonly number[];
  /** A label that stands for "not labelled": those rows count for nothing. */
  readonly ignoreIndex?: number;
  readonly labelSmoothing?: number;
  /** The axis of classes in `logits`; the last one by default. */
  readonly axis?: number;
}

/**
 * Cross-entropy of class logits.  logits: [..., K], labels (int64): [...] → scalar.
 * If no row counts the loss is 0.
 * @see PyTorch, CrossEntropyLoss; Szegedy et al. 2016, section 7 (label smoothing)
 */
export function crossEntropy(g: Graph, logits: Value, labels: Value, options: CrossEntropyOptions = {}): Value {
  const { classWeights, ignoreIndex, labelSmoothing = 0 } = options;
  const axis = axisOf("crossEntropy", logits.shape, options.axis ?? -1);
  const classes = logits.shape[axis]!;
  if (String(reduced(logits.shape, [axis], false)) !== String(labels.shape) || labels.type !== "int64")
    throw new Error(`crossEntropy: [${logits.shape}] along ${axis} by ${labels.type} [${labels.shape}]`);
  const counts = ignoreIndex === undefined ? undefined : not(g, equal(g, labels, ignoreIndex));
  const safe = counts ? where(g, counts, labels, 0) : labels;
  const logProbability = logSoftmax(g, logits, axis);
  const picked = squeeze(g, gatherElements(g, logProbability, unsqueeze(g, safe, [axis]), axis), [axis]);

  const table = g.constant(classWeights ?? Array<number>(classes).fill(1), { shape: [classes] });
  const counted = counts && cast(g, counts, "float32");
  const classWeight = gather(g, table, safe, 0);
  const weight = counted ? mul(g, classWeight, counted) : classWeight;
  const total = reduceSum(g, weight);
  const safeTotal = where(g, equal(g, total, 0), 1, total);
  const hard = neg(g, div(g, reduceSum(g, mul(g, picked, weight)), safeTotal));
  if (labelSmoothing === 0) return hard;

  const perChannel = logits.shape.map((length, other) => (other === axis ? length : 1));
  const everyClass = classWeights
    ? reduceSum(g, mul(g, logProbability, g.constant(classWeights, { shape: perChannel })), [axis])
    : reduceSum(g, logProbability, [axis]);
  const considered = counted ? mul(g, everyClass, counted) : everyClass;
  const smooth = neg(g, div(g, reduceSum(g, considered), mul(g, safeTotal, classes)));
  return add(g, mul(g, hard, 1 - labelSmoothing), mul(g, smooth, labelSmoothing));
}
