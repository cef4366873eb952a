import type { Modality, SensorId } from "../../src-shared/eo/index.ts";
import type { Batch } from "../cube/index.ts";
import { type Random, seededRandom } from "../files/index.ts";

/** A standard normal number (Box and Muller). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Makes every tile a little brighter or darker, and each band a little different, as haze, another season or another soil
 * would: in place, on normalised values. Reflectance is also stretched; decibels are already a logarithm and only move.
 */
export function jitterRadiometry(
  batch: Batch,
  sensors: Readonly<Record<string, SensorId>>,
  amount: number,
  seed: number,
  step: number,
): void {
  if (amount === 0) return;
  for (const [name, { values }] of Object.entries(batch.inputs)) {
    const random = seededRandom("radiometry", seed, step, name);
    const [size, ...rest] = values.shape as readonly [number, ...number[]];
    const [height, width] = rest.slice(-2) as [number, number];
    const channels = rest.at(-3)!;
    const pixels = height * width;
    const perTile = values.data.length / size;
    for (let b = 0; b < size; b++) {
      const gain = sensors[name] === "sentinel-1" ? 1 : 1 + amount * normal(random);
      const shifts = Array.from({ length: channels }, () => amount * normal(random));
      for (let start = b * perTile, plane = 0; start < (b + 1) * perTile; start += pixels, plane++) {
        const shift = shifts[plane % channels]!;
        for (let i = start; i < start + pixels; i++) values.data[i] = values.data[i]! * gain + shift;
      }
    }
  }
}

export const sensorsOf = (modalities: readonly Modality[]): Record<string, SensorId> =>
  Object.fromEntries(modalities.map(({ name, sensor }) => [name, sensor]));
