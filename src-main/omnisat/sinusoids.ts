/** @see SPEC.md, §4.2: the encoding of dates */

import { cast, cos, div, type Graph, sin, type Value, where } from "../engine/index.ts";

/** Wave lengths of the date encoding: channel j turns with T0^(2⌊j/2⌋ / channels). */
function wavelengths(period: number, channels: number): Float32Array {
  return Float32Array.from({ length: channels }, (_, j) => period ** ((2 * Math.floor(j / 2)) / channels));
}

/**
 * Sine in even channels, cosine in odd ones, of day / wave length.  days: [..., 1] → [..., channels]
 * @see SPEC.md, §4.2
 */
export function seriesWaves(g: Graph, days: Value, period: number, channels: number): Value {
  const angles = div(g, days, g.constant(wavelengths(period, channels)));
  const odd = g.constant(Uint8Array.from({ length: channels }, (_, j) => j % 2));
  return where(g, cast(g, odd, "bool"), cos(g, angles), sin(g, angles));
}

/**
 * The fixed table of the series decoder, one row per day (`temp_encoding.weight`): sine in even channels, cosine in odd
 * ones, computed in double precision and rounded once.
 * @see SPEC.md, §10.2
 */
export function sinusoidTable(period: number, channels: number): Float32Array {
  const table = new Float32Array(period * channels);
  for (let day = 0; day < period; day++) {
    for (let j = 0; j < channels; j++) {
      const angle = day / period ** ((2 * Math.floor(j / 2)) / channels);
      table[day * channels + j] = j % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return table;
}
