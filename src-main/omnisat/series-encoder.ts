/** @see SPEC.md, §4 and §5 */

import {
  add,
  batchNorm,
  cast,
  concat,
  div,
  dropout,
  expand,
  type Graph,
  greater,
  groupNorm,
  linear,
  matMul,
  maximum,
  mul,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  type Scope,
  slice,
  softmax,
  sqrt,
  sub,
  transpose,
  type Value,
  where,
} from "../engine/index.ts";
import type { Dropout, SeriesModality } from "./config.ts";
import { seriesWaves } from "./sinusoids.ts";
import type { Trace } from "./trace.ts";

export interface SeriesTokens {
  /** [B, P, D] */
  readonly tokens: Value;
  /** attention per date, averaged over heads and over the patches that see the date: [B, T] */
  readonly attention: Value;
  /** the sequences themselves, before any layer: [B, T, P, C·p·p] */
  readonly rows: Value;
  /** 1 where a patch has at least one real observation: [B, P]; absent when nothing is masked */
  readonly observed?: Value;
  /** 1 where an observation is real: [B, T, P]; absent when nothing is masked */
  readonly mask?: Value;
}

/** A date the published code gives to single images. */
const singleDate = 120;

/** [B, T, C, h, w] → [B, T, P, C·p·p]: values of a block channel by channel, then row by row. */
function seriesRows(g: Graph, series: Value, block: number): Value {
  const [batch, dates, channels, height, width] = series.shape as readonly [number, number, number, number, number];
  const [rows, columns] = [Math.floor(height / block), Math.floor(width / block)];
  let whole = series;
  if (rows * block < height) whole = slice(g, whole, { axis: 3, start: 0, end: rows * block });
  if (columns * block < width) whole = slice(g, whole, { axis: 4, start: 0, end: columns * block });
  if (block === 1) {
    return transpose(g, reshape(g, whole, [batch, dates, channels, rows * columns]), [0, 1, 3, 2]);
  }
  const cut = reshape(g, whole, [batch, dates, channels, rows, block, columns, block]);
  const moved = transpose(g, cut, [0, 1, 3, 5, 2, 4, 6]);
  return reshape(g, moved, [batch, dates, rows * columns, channels * block * block]);
}

/**
 * A lightweight temporal attention encoder over each patch's sequence of dates.
 * series: [B, T, C, h, w] (a single date: [B, C, h, w]), dates: [B, T], mask: [B, T] or [B, T, P] → [B, P, D]
 *
 * Without a mask every date counts, padding too, as in the published code. With one, hidden observations touch nothing:
 * not the batch statistics, not the sequence's normalisation, not the attention.
 * @see SPEC.md, §4 and §5; Garnot and Landrieu 2020, Lightweight Temporal Self-Attention
 */
export function seriesEncoder(
  scope: Scope,
  modality: SeriesModality,
  series: Value,
  given: {
    readonly dates?: Value;
    readonly mask?: Value;
    readonly dropout: Dropout;
    readonly trace?: Trace | undefined;
  },
): SeriesTokens {
  const { graph: g } = scope;
  const { name, heads } = modality;
  const single = modality.kind === "single";
  const steps = single ? reshape(g, series, [series.shape[0]!, 1, ...series.shape.slice(1)]) : series;
  const raw = seriesRows(g, steps, modality.patchPixels);
  const [batch, length, patches] = raw.shape as readonly [number, number, number, number];
  const mask = given.mask && fullMask(g, given.mask, [batch, length, patches]);
  const rows = mask ? where(g, greater(g, reshape(g, mask, [...mask.shape, 1]), 0), raw, 0) : raw;

  const embedded = inputLayers(scope.child("inconv"), modality, rows, mask, given.dropout.series);
  const channels = embedded.shape[3]!;
  given.trace?.(
    `${name}.inconv.out`,
    reshape(g, transpose(g, embedded, [0, 2, 1, 3]), [batch * patches * length, channels]),
  );
  const normalised = modality.normalizesSequence
    ? sequenceNorm(scope.child("in_norm"), embedded, heads, mask)
    : embedded;
  given.trace?.(
    `${name}.in_norm.out`,
    reshape(g, transpose(g, normalised, [0, 2, 3, 1]), [batch * patches, channels, length]),
  );

  const days = given.dates ?? g.constant(new BigInt64Array(batch).fill(BigInt(singleDate)), { shape: [batch, 1] });
  const dated = addDates(g, normalised, days, modality);
  const { values, weights } = temporalAttention(
    scope.child("attention_heads"),
    modality,
    dated,
    mask,
    given.dropout.dates,
  );
  given.trace?.(
    `${name}.heads.out`,
    reshape(g, transpose(g, values, [2, 0, 1, 3]), [heads, batch * patches, channels / heads]),
  );
  given.trace?.(
    `${name}.heads.attention`,
    reshape(g, transpose(g, weights, [3, 0, 2, 1]), [heads, batch * patches, length]),
  );

  const observed = mask && reduceMax(g, mask, [1]);
  let x = reshape(g, values, [batch * patches, channels]);
  const counted = observed && { mask: reshape(g, observed, [batch * patches, 1]) };
  const mlp = scope.child("mlp");
  for (const [index, width] of modality.outputWidths.entries()) {
    x = linear(mlp.child(String(3 * index)), x, width);
    x = relu(g, batchNorm(mlp.child(String(3 * index + 1)), x, { axis: 1, ...counted }));
  }
  given.trace?.(`${name}.mlp.out`, x);
  x = groupNorm(scope.child("out_norm"), dropout(scope, "mlp_dropout", x, given.dropout.series), { groups: heads });
  given.trace?.(`${name}.out_norm.out`, x);

  return {
    tokens: reshape(g, x, [batch, patches, x.shape[1]!]),
    attention: meanAttention(g, weights, mask),
    rows,
    ...(mask && { mask }),
    ...(observed && { observed }),
  };
}

/** A mask per date holds for every patch. */
function fullMask(g: Graph, mask: Value, shape: readonly [number, number, number]): Value {
  if (mask.shape.length === 3) return mask;
  return expand(g, reshape(g, mask, [shape[0], shape[1], 1]), shape);
}

/** Linear, batch norm, ReLU, dropout, for every observation alone. */
function inputLayers(scope: Scope, modality: SeriesModality, rows: Value, mask: Value | undefined, p: number): Value {
  const { graph: g } = scope;
  const [batch, length, patches, channels] = rows.shape as readonly [number, number, number, number];
  const count = batch * length * patches;
  let x = reshape(g, rows, [count, channels]);
  const counted = mask && { mask: reshape(g, mask, [count, 1]) };
  for (const [index, width] of modality.inputWidths.entries()) {
    x = linear(scope.child(String(4 * index)), x, width);
    x = relu(g, batchNorm(scope.child(String(4 * index + 1)), x, { axis: 1, ...counted }));
    x = dropout(scope, `dropout${index}`, x, p);
  }
  return reshape(g, x, [batch, length, patches, x.shape[1]!]);
}

/** Group normalisation over each sequence's real dates and the channels of a group. x: [B, T, P, C] */
function sequenceNorm(scope: Scope, x: Value, groups: number, mask: Value | undefined): Value {
  const { graph: g } = scope;
  const [batch, length, patches, channels] = x.shape as readonly [number, number, number, number];
  const size = channels / groups;
  const grouped = reshape(g, x, [batch, length, patches, groups, size]);
  const axes = [1, 4];
  let mean: Value;
  let variance: Value;
  let centred: Value;
  if (mask) {
    const counts = reshape(g, mask, [batch, length, patches, 1, 1]);
    const total = maximum(g, mul(g, reduceSum(g, counts, axes, true), size), 1);
    mean = div(g, reduceSum(g, mul(g, grouped, counts), axes, true), total);
    centred = sub(g, grouped, mean);
    variance = div(g, reduceSum(g, mul(g, mul(g, centred, centred), counts), axes, true), total);
  } else {
    mean = reduceMean(g, grouped, axes, true);
    centred = sub(g, grouped, mean);
    variance = reduceMean(g, mul(g, centred, centred), axes, true);
  }
  const weight = scope.parameter("weight", [channels], { kind: "constant", value: 1 });
  const bias = scope.parameter("bias", [channels], { kind: "constant", value: 0 });
  // 1/σ and the weight are multiplied while they are small.
  const inverse = div(g, 1, sqrt(g, add(g, variance, 1e-5)));
  const scale = mul(g, inverse, reshape(g, weight, [1, 1, 1, groups, size]));
  const rows = (value: Value) => reshape(g, value, [batch, value.shape[1]!, patches, channels]);
  return add(g, mul(g, rows(centred), rows(scale)), bias);
}

/** Adds the same sine and cosine waves of the day to the channels of every head (SPEC.md, §4.2.3). x: [B, T, P, C], days: [B, T] */
function addDates(g: Graph, x: Value, days: Value, modality: SeriesModality): Value {
  const [batch, length, , channels] = x.shape as readonly [number, number, number, number];
  const size = channels / modality.heads;
  const waves = seriesWaves(g, reshape(g, cast(g, days, "float32"), [batch, length, 1]), modality.period, size);
  const everyHead = concat(g, Array<Value>(modality.heads).fill(waves), 2);
  return add(g, x, reshape(g, everyHead, [batch, length, 1, channels]));
}

/**
 * Each head weighs the dates by a learned query and averages its own share of the channels (SPEC.md, §4.2.4).
 * x: [B, T, P, C] → values [B, P, heads, C / heads], weights [B, T, P, heads]
 */
function temporalAttention(scope: Scope, modality: SeriesModality, x: Value, mask: Value | undefined, p: number) {
  const { graph: g } = scope;
  const { heads, keyWidth } = modality;
  const [batch, length, patches, channels] = x.shape as readonly [number, number, number, number];
  const initial = { kind: "normal", std: Math.sqrt(2 / keyWidth) } as const;
  const query = scope.parameter("Q", [heads, keyWidth], initial);
  const keys = scope.child("fc1_k");
  const weight = keys.parameter("weight", [heads * keyWidth, channels], initial);
  const bias = keys.parameter("bias", [heads * keyWidth], { kind: "fanIn", fanIn: channels });
  // The query is the same everywhere: Q·(W x + b) = (Q W) x + Q b, and no key is ever formed.
  const scale = 1 / Math.sqrt(keyWidth);
  const row = reshape(g, mul(g, query, scale), [heads, 1, keyWidth]);
  const direction = reshape(g, matMul(g, row, reshape(g, weight, [heads, keyWidth, channels])), [heads, channels]);
  const shift = reshape(g, matMul(g, row, reshape(g, bias, [heads, keyWidth, 1])), [heads]);
  const flat = reshape(g, x, [batch * length * patches, channels]);
  let scores = reshape(g, add(g, matMul(g, flat, direction, { transposeB: true }), shift), [
    batch,
    length,
    patches,
    heads,
  ]);
  const real = mask && reshape(g, mask, [batch, length, patches, 1]);
  if (real) scores = where(g, greater(g, real, 0), scores, -1e9);
  let weights = softmax(g, scores, 1);
  // A patch without any real date would get equal weights: it gets none, so its token depends on nothing but the weights.
  if (real) weights = mul(g, weights, real);
  weights = dropout(scope, "dropout", weights, p);
  // A product with zeros and ones repeats a head's weight over its channels: broadcasting over so few is slower.
  const size = channels / heads;
  const repeat = Float32Array.from({ length: heads * channels }, (_, i) =>
    Math.floor((i % channels) / size) === Math.floor(i / channels) ? 1 : 0,
  );
  const rows = reshape(g, weights, [batch * length * patches, heads]);
  const spread = reshape(g, matMul(g, rows, g.constant(repeat, { shape: [heads, channels] })), x.shape);
  const values = reshape(g, reduceSum(g, mul(g, x, spread), [1]), [batch, patches, heads, size]);
  return { values, weights };
}

/** [B, T, P, heads] → [B, T] */
function meanAttention(g: Graph, weights: Value, mask: Value | undefined): Value {
  if (!mask) return reduceMean(g, weights, [2, 3]);
  const seen = maximum(g, reduceSum(g, mask, [2]), 1);
  return div(g, reduceSum(g, reduceMean(g, weights, [3]), [2]), seen);
}
