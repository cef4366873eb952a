/** @see SPEC.md, §9 */

import { add, mul, reshape, type Scope, scatterElements, sub, topK, type Value } from "../engine/index.ts";
import type { OmniSatConfig } from "./config.ts";
import type { Inputs } from "./inputs.ts";

/** How many of a tile's tokens stay visible. */
const keptTokens = (tokens: number, maskRatio: number): number => Math.trunc(tokens * (1 - maskRatio));

/**
 * Which tokens are hidden: one number per token of the tile, all modalities together; the smallest stay visible.
 * Returns 1 for a hidden token: [B, M·P].
 * @see SPEC.md, §9
 */
export function drawMask(scope: Scope, config: OmniSatConfig, inputs: Inputs, tokens: Value): Value {
  const { graph: g } = scope;
  const [batch, count] = tokens.shape as readonly [number, number, number];
  const noise = inputs.mask_noise ?? scope.uniform("mask_noise", [batch, count]);
  if (String(noise.shape) !== String([batch, count])) {
    throw new Error(`mask_noise is [${noise.shape}], this network hides among [${batch},${count}] tokens`);
  }
  const all = g.constant(new Float32Array(batch * count).fill(1), { shape: [batch, count] });
  const kept = keptTokens(count, config.maskRatio);
  if (kept === 0) return all;
  const { indices } = topK(g, noise, kept, 1, false);
  return scatterElements(g, all, indices, g.constant(new Float32Array(batch * kept), { shape: [batch, kept] }), 1);
}

/**
 * Puts the learned token in the place of hidden ones. It comes after the positions, so hidden tokens carry none.
 * @see SPEC.md, §9
 */
export function hideTokens(scope: Scope, tokens: Value, mask: Value): Value {
  const { graph: g } = scope;
  const [batch, count, width] = tokens.shape as readonly [number, number, number];
  const token = scope.parameter("masked_token", [1, 1, width], { kind: "constant", value: 0 });
  const hidden = reshape(g, mask, [batch, count, 1]);
  return add(g, mul(g, tokens, sub(g, 1, hidden)), mul(g, token, hidden));
}
