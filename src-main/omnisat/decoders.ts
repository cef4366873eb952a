import {
  add,
  convTranspose2dLayer,
  type Graph,
  gather,
  linear,
  matMul,
  maxUnpool2d,
  reshape,
  type Scope,
  type Value,
} from "../engine/index.ts";
import type { ImageModality, SeriesModality } from "./config.ts";
import { type ChosenDates, takeDates } from "./date-filter.ts";
import { featureSizes, type Pool } from "./image-encoder.ts";
import { sinusoidTable } from "./sinusoids.ts";

/**
 * The image decoder is linear: values go back to where the encoder's poolings took them from (the “index bypass”), and
 * transposed convolutions fill the space between.  patches: [B, P, D] → [B, P, C, s, s]
 */
export function imageDecoder(scope: Scope, modality: ImageModality, patches: Value, pools: readonly Pool[]): Value {
  const { graph: g } = scope;
  const [batch, count, width] = patches.shape as readonly [number, number, number];
  const { channels, patchPixels: size } = modality;
  const decode = scope.child("decode");
  const [first] = featureSizes(size) as readonly [number, ...number[]];
  let x = reshape(g, patches, [batch * count, width, 1, 1]);
  for (const [step, pool] of [...pools].reverse().entries()) {
    x = maxUnpool2d(g, x, pool.indices, pool);
    if (step === pools.length - 1) break;
    const options = { channels: width, kernel: 3, stride: 1, padding: 1, bias: false };
    x = convTranspose2dLayer(decode.child(String(2 * step + 1)), x, options);
  }
  const options = { channels, kernel: 3, stride: 2, padding: 1, outputPadding: size - (2 * first - 1) };
  x = convTranspose2dLayer(decode.child(String(Math.max(0, 2 * pools.length - 1))), x, options);
  return reshape(g, x, [batch, count, channels, size, size]);
}

/**
 * One linear layer on the patch's embedding plus a fixed wave of the date.
 * patches: [B, P, D], dates: [B, T] → [B, K, P, C·p·p] for the K places of chosen dates
 */
export function seriesDecoder(
  scope: Scope,
  modality: SeriesModality,
  patches: Value,
  dates: Value,
  chosen: ChosenDates,
): Value {
  const { graph: g } = scope;
  const [batch, count, width] = patches.shape as readonly [number, number, number];
  const channels = modality.channels * modality.patchPixels ** 2;
  const { period } = modality;
  const table = scope
    .child("temp_encoding")
    .buffer("weight", [period, width], { kind: "values", data: sinusoidTable(period, width) });
  const layer = scope.child("decode").child("0");
  const weight = layer.parameter("weight", [channels, width], { kind: "fanIn", fanIn: width });
  const bias = layer.parameter("bias", [channels], { kind: "fanIn", fanIn: width });
  const room = chosen.positions.shape[1]!;
  const waves = gather(g, table, takeDates(g, dates, chosen.positions), 0);
  // W (f + wave) + b = W f + (W wave + b): the patches and the dates each go through the layer once.
  const byDate = add(g, product(g, reshape(g, waves, [batch * room, width]), weight), bias);
  const byPatch = product(g, reshape(g, patches, [batch * count, width]), weight);
  return add(g, reshape(g, byPatch, [batch, 1, count, channels]), reshape(g, byDate, [batch, room, 1, channels]));
}

const product = (g: Graph, x: Value, weight: Value): Value => matMul(g, x, weight, { transposeB: true });

/** [B, P, D] → [B, P, C·p·p] */
export function singleDecoder(scope: Scope, modality: SeriesModality, patches: Value): Value {
  return linear(scope.child("decode").child("0"), patches, modality.channels * modality.patchPixels ** 2);
}
