/** @see SPEC.md, §8 */

import {
  add,
  concat,
  dropout,
  dropPath,
  expand,
  type Graph,
  gelu,
  type Init,
  layerNorm,
  linear,
  matMul,
  mul,
  reshape,
  type Scope,
  slice,
  softmax,
  split,
  sub,
  transpose,
  type Value,
} from "../engine/index.ts";
import { type OmniSatConfig, patchCount } from "./config.ts";
import {
  bucketCount,
  distanceBucket,
  type Geometry,
  geometryOf,
  gridBuckets,
  officialBuckets,
  relativeBias,
} from "./relative-positions.ts";
import type { Trace } from "./trace.ts";

const epsilon = 1e-6;

/**
 * Mixes the tokens of all modalities and draws from them one embedding per patch and one for the tile.
 * tokens: [B, M·P, D], valid: [B, M·P] (1 = this token exists) → [B, 1 + P, D]; row 0 is the class token.
 * @see SPEC.md, §7 and §8
 */
export function fuse(scope: Scope, config: OmniSatConfig, tokens: Value, valid?: Value, trace?: Trace): Value {
  const { graph: g } = scope;
  const [batch, count, width] = tokens.shape as readonly [number, number, number];
  const patches = patchCount(config);
  const modalities = count / patches;
  const initial = { kind: "normal", std: 0.02 } as const;
  const cls = add(
    g,
    scope.parameter("cls_token", [1, 1, width], initial),
    slice(g, positions(scope, config), { axis: 1, start: 0, end: 1 }),
  );
  let x = concat(g, [expand(g, cls, [batch, 1, width]), tokens], 1);
  const hidden = valid && hiddenKeys(g, valid);
  const official = config.relativePositions === "official";
  const geometry = geometryOf(g, official ? officialBuckets(1 + count) : gridBuckets(config.grid, modalities));
  const blocks = scope.child("blocks");
  for (let i = 0; i < config.depth; i++) {
    const context = { config, geometry, hidden, path: pathDropout(config, i), name: `block${i}`, trace };
    x = selfAttentionBlock(blocks.child(String(i)), x, context);
  }
  const queries = geometryOf(g, official ? officialBuckets(1 + patches) : gridBuckets(config.grid, 1));
  return combinerBlock(blocks.child(String(config.depth)), x, {
    config,
    geometry: queries,
    hidden,
    // The published code takes the rate of an earlier block here, by the number of modalities (SPEC 8).
    path: pathDropout(config, Math.min(modalities, config.depth) - 1),
    name: `block${config.depth}`,
    trace,
  });
}

/**
 * The learned table of absolute places: row 0 for the class token, then one row per patch, shared by all modalities.
 * @see SPEC.md, §6
 */
export function positions(scope: Scope, config: OmniSatConfig): Value {
  return scope.parameter("pos_embed", [1, 1 + patchCount(config), config.width], { kind: "normal", std: 0.02 });
}

/** Stochastic depth grows linearly from the first block to the last (SPEC.md, §7). */
function pathDropout(config: OmniSatConfig, block: number): number {
  return config.depth > 1 ? (config.dropout.path * block) / (config.depth - 1) : 0;
}

/** What keeps absent tokens out of every softmax; the class token is always there. [B, N] → [B, 1, 1, 1 + N] */
function hiddenKeys(g: Graph, valid: Value): Value {
  const [batch, count] = valid.shape as readonly [number, number];
  const bias = mul(g, sub(g, 1, valid), -1e9);
  const cls = g.constant(new Float32Array(batch), { shape: [batch, 1] });
  return reshape(g, concat(g, [cls, bias], 1), [batch, 1, 1, 1 + count]);
}

interface BlockContext {
  readonly config: OmniSatConfig;
  readonly geometry: Geometry;
  readonly hidden: Value | undefined;
  readonly path: number;
  readonly name: string;
  readonly trace: Trace | undefined;
}

/** x + attention(N x), then x + perceptron(N x): SPEC.md, §7. */
function selfAttentionBlock(scope: Scope, x: Value, context: BlockContext): Value {
  const { graph: g } = scope;
  const attended = selfAttention(scope.child("attn"), layerNorm(scope.child("norm1"), x, { eps: epsilon }), context);
  const y = add(g, x, dropPath(scope, "drop_path1", attended, context.path));
  return perceptronBranch(scope, y, context);
}

/** x + perceptron(N x): the second half of a block (SPEC.md, §7 and §8). x: [B, N, D] */
function perceptronBranch(scope: Scope, x: Value, { config, path, name, trace }: BlockContext): Value {
  const { graph: g } = scope;
  const mlp = scope.child("mlp");
  const p = config.dropout.tokens;
  const normal = layerNorm(scope.child("norm2"), x, { eps: epsilon });
  const inner = gelu(g, linear(mlp.child("fc1"), normal, Math.round(config.width * config.mlpRatio)));
  const outer = linear(mlp.child("fc2"), dropout(mlp, "dropout1", inner, p), config.width);
  const y = add(g, x, dropPath(scope, "drop_path2", dropout(mlp, "dropout2", outer, p), path));
  trace?.(`${name}.out`, y);
  return y;
}

/** [B, N, D] → [B, heads, N, D / heads] */
function splitHeads(g: Graph, x: Value, heads: number): Value {
  const [batch, count, width] = x.shape as readonly [number, number, number];
  return transpose(g, reshape(g, x, [batch, count, heads, width / heads]), [0, 2, 1, 3]);
}

/** [B, heads, N, D / heads] → [B, N, D] */
function mergeHeads(g: Graph, x: Value): Value {
  const [batch, heads, count, width] = x.shape as readonly [number, number, number, number];
  return reshape(g, transpose(g, x, [0, 2, 1, 3]), [batch, count, heads * width]);
}

function tableOf(scope: Scope, channels: number, init: Init = zero): Value {
  return scope.child("rpe_k").parameter("lookup_table_weight", [1, channels, bucketCount], init);
}

const zero: Init = { kind: "constant", value: 0 };

/**
 * How the combiner begins. Published: at zero, so that every query averages all tokens and must first learn where it is.
 * On the true grid (not published) the start can be better: queries of ones and a table that favours the query's own patch by e⁴.
 */
function combinerStart(config: OmniSatConfig, channels: number): { readonly query: Init; readonly table: Init } {
  if (config.relativePositions === "official") return { query: zero, table: zero };
  const ownPatch = distanceBucket(0, 0);
  const data = Float32Array.from({ length: channels * bucketCount }, (_, i) =>
    i % bucketCount === ownPatch ? 4 / channels : 0,
  );
  return { query: { kind: "constant", value: 1 }, table: { kind: "values", data } };
}

/** Scaled dot products with the relative bias on the keys (SPEC.md, §7). x: [B, N, D] → [B, N, D] */
function selfAttention(scope: Scope, x: Value, context: BlockContext): Value {
  const { graph: g } = scope;
  const { config, geometry, hidden, name, trace } = context;
  const { heads, width, dropout: p } = config;
  const [queries, keys, values] = split(g, linear(scope.child("qkv"), x, 3 * width), 2, [width, width, width]).map(
    (part) => splitHeads(g, part, heads),
  ) as [Value, Value, Value];
  // The relative bias reads the scaled query here, the unscaled one in the combiner.
  const q = mul(g, queries, (width / heads) ** -0.5);
  const bias = relativeBias(g, q, tableOf(scope, width / heads), geometry);
  trace?.(`${name}.rpe_bias`, bias);
  let scores = add(g, matMul(g, q, keys, { transposeB: true }), bias);
  if (hidden) scores = add(g, scores, hidden);
  const weights = dropout(scope, "attn_drop", softmax(g, scores, 3), p.attention);
  const out = linear(scope.child("proj"), mergeHeads(g, matMul(g, weights, values)), width);
  trace?.(`${name}.attn_out`, out);
  return dropout(scope, "proj_drop", out, p.tokens);
}

/** The learned queries of the tile and of each patch read all tokens; there is no residual, for the rows are others (SPEC.md, §8). */
function combinerBlock(scope: Scope, x: Value, context: BlockContext): Value {
  const normal = layerNorm(scope.child("norm1"), x, { eps: epsilon });
  const y = dropPath(scope, "drop_path1", crossAttention(scope.child("attn"), normal, context), context.path);
  return perceptronBranch(scope, y, context);
}

/** Learned queries, keys and values of all tokens (SPEC.md, §8). x: [B, 1 + M·P, D] → [B, 1 + P, D] */
function crossAttention(scope: Scope, x: Value, context: BlockContext): Value {
  const { graph: g } = scope;
  const { config, geometry, hidden, name, trace } = context;
  const { heads, width, dropout: p } = config;
  const rows = 1 + patchCount(config);
  const [batch, count] = x.shape as readonly [number, number, number];
  const modalities = (count - 1) / (rows - 1);
  const start = combinerStart(config, width / heads);
  const learned = add(
    g,
    scope.parameter("q_learned", [1, 1, width], start.query),
    scope.parameter("pos_embed", [1, rows, width], zero),
  );
  const q = splitHeads(g, learned, heads);
  // Queries are the same for every tile, and so is the bias: [1, heads, 1 + P, 1 + P], its patches once per modality.
  const bias = relativeBias(g, q, tableOf(scope, width / heads, start.table), geometry);
  trace?.(`${name}.rpe_bias`, expand(g, bias, [batch, heads, rows, rows]));
  const [first, places] = split(g, bias, 3, [1, rows - 1]) as [Value, Value];
  const repeated = concat(g, [first, ...Array<Value>(modalities).fill(places)], 3);
  const keys = splitHeads(g, linear(scope.child("wk"), x, width), heads);
  const values = splitHeads(g, linear(scope.child("wv"), x, width), heads);
  const scaled = mul(g, q, (width / heads) ** -0.5);
  let scores = add(g, matMul(g, scaled, keys, { transposeB: true }), repeated);
  if (hidden) scores = add(g, scores, hidden);
  const weights = dropout(scope, "attn_drop", softmax(g, scores, 3), p.attention);
  const out = linear(scope.child("proj"), mergeHeads(g, matMul(g, weights, values)), width);
  trace?.(`${name}.attn_out`, out);
  return dropout(scope, "proj_drop", out, p.tokens);
}
