/** What is compared: one band of an acquisition on a grid, and where it is seen clearly. */
import { type Acquisition, clearSclClasses } from "../../src-shared/eo/index.ts";
import { type GeoBox, resolutionOf } from "../../src-shared/geo/geobox.ts";
import { clear, noData, pixelSizeIn, type Reader, readPixels } from "../imagery/index.ts";
import type { ImageSquare } from "./phase-correlation.ts";

export interface MeasuredPatch extends ImageSquare {
  /** share of pixels with data, seen clearly or not */
  readonly data: number;
}

/** One band of an acquisition on `grid`, 0 where it has no data. */
export async function patchOf(
  reader: Reader,
  acquisition: Acquisition,
  band: string,
  grid: GeoBox,
  signal?: AbortSignal,
): Promise<MeasuredPatch> {
  const { values, states } = await readPixels(reader, [acquisition], grid, {
    bands: [band],
    // Snow is bright but sharp: it hides no edges that the other winter image would not hide too.
    clearClasses: [...clearSclClasses, 2, 11],
    method: (file) => (pixelSizeIn(file, grid.crs).side < 0.75 * resolutionOf(grid).x ? "average" : "cubic"),
    signal,
  });
  let data = 0;
  for (const [i, state] of states.entries()) {
    if (state === noData) values[i] = 0;
    else data++;
  }
  return { values, valid: states.map((state) => (state === clear ? 1 : 0)), data: data / states.length };
}

/** A window helps when so much of it is clear in both images. */
export const leastClear = 0.4;

/** The share of pixels that both squares see clearly. */
export function clearShare(p: ImageSquare, q: ImageSquare): number {
  let both = 0;
  for (let at = 0; at < p.valid.length; at++) if (p.valid[at] && q.valid[at]) both++;
  return both / p.valid.length;
}
