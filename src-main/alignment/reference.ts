/** What a series is compared with: one image, or what most of its own dates show. */
import type { Acquisition } from "../../src-shared/eo/index.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { Reader } from "../imagery/index.ts";
import { type MeasuredPatch, patchOf } from "./patch.ts";

/** More dates hardly change a median, and cost reading. */
const mostDates = 31;
/** A median of fewer is one of its dates, with that date's clouds. */
const fewestDates = 3;

/** Dates spread evenly over the series. */
export function datesForMedian(acquisitions: readonly Acquisition[]): readonly Acquisition[] {
  const count = Math.min(mostDates, acquisitions.length);
  return Array.from({ length: count }, (_, i) => acquisitions[Math.floor(((i + 0.5) * acquisitions.length) / count)]!);
}

/**
 * The median of the clear pixels of `acquisitions` on `grid`, pixel by pixel. Memory holds every one of them on this grid.
 * Not clear: where fewer than three, or than a fifth of those that have data, see the ground.
 */
export async function medianPatch(
  reader: Reader,
  acquisitions: readonly Acquisition[],
  band: string,
  grid: GeoBox,
  signal?: AbortSignal,
): Promise<MeasuredPatch> {
  const length = grid.width * grid.height;
  const patches: MeasuredPatch[] = [];
  for (const acquisition of acquisitions) {
    const patch = await patchOf(reader, acquisition, band, grid, signal);
    if (patch.data > 0) patches.push(patch);
  }
  const enough = Math.max(fewestDates, patches.length / 5);
  const values = new Float32Array(length);
  const valid = new Uint8Array(length);
  const seen = new Float32Array(patches.length);
  for (let at = 0; at < length; at++) {
    let count = 0;
    for (const patch of patches) if (patch.valid[at]) seen[count++] = patch.values[at]!;
    if (count < enough) continue;
    const sorted = seen.subarray(0, count).sort();
    values[at] = count % 2 ? sorted[count >> 1]! : (sorted[count / 2 - 1]! + sorted[count / 2]!) / 2;
    valid[at] = 1;
  }
  return { values, valid, data: patches.reduce((most, { data }) => Math.max(most, data), 0) };
}
