// How much of the project's area a modality sees, date by date: looked at on coarse grids where images lie, kept until something changes.

import type { Acquisition, Modality } from "../../../src-shared/eo/index.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { ModalityCoverage } from "../../../src-shared/ipc/modalities.ts";
import {
  type Footprints,
  type Grid,
  geoboxOfPatches,
  membersOf,
  type PatchWindow,
  patchesOfGeobox,
} from "../../cube/index.ts";
import { seededRandom, shuffled } from "../../files/index.ts";
import { clear, noData, type Reader, readPixels } from "../../imagery/index.ts";

/** Pixels along the longer side of a grid over the whole area; of separate places each has its share of them. */
const side = 96;
const leastSide = 4;
/** Of more windows some are looked at, the same each time. */
const mostWindows = 300;

/** `grid` in at most `size` × `size` pixels, in its own shape. */
function coarse(grid: GeoBox, size: number): GeoBox {
  const shrink = Math.min(1, size / Math.max(grid.width, grid.height));
  const width = Math.max(1, Math.round(grid.width * shrink));
  const height = Math.max(1, Math.round(grid.height * shrink));
  const across = grid.width / width;
  const down = grid.height / height;
  const { a, b, c, d, e, f } = grid.affine;
  return { ...grid, width, height, affine: { a, b: b * across, c: c * down, d, e: e * across, f: f * down } };
}

export interface CoverageRequest {
  readonly modality: Modality;
  readonly acquisitions: readonly Acquisition[];
  /** the project's area, and its patches */
  readonly area: GeoBox;
  readonly grid: Grid;
  /** of all modalities of the project */
  readonly footprints: Footprints;
}

/** Pixels of one window, each so many patches large; those outside of all images do not count. */
interface Looked {
  readonly window: PatchWindow;
  readonly grid: GeoBox;
  readonly patches: number;
  readonly counts: Uint8Array;
  readonly anyData: Uint8Array;
  readonly anyClear: Uint8Array;
}

/** Where images of any input lie, in windows with coarse grids of together about `across` × `across` pixels. */
export function windowsToLookAt(
  { area, grid, footprints }: Pick<CoverageRequest, "area" | "grid" | "footprints">,
  across: number,
) {
  // biome-ignore format: one line
  const box = patchesOfGeobox(grid, area);
  const all = footprints.any().inside(box);
  const places = all.places();
  const windows = all.windows();
  const some =
    windows.length > mostWindows ? shuffled(windows, seededRandom("coverage")).slice(0, mostWindows) : windows;
  const held = some.reduce((sum, window) => sum + all.countIn(window), 0);
  const looked = some.map((window): Looked => {
    const longer = Math.max(window.width, window.height);
    // As many patches a pixel as in a grid over all of them together.
    const size = Math.max(
      leastSide,
      Math.min(across, Math.round((across * longer) / Math.max(longer, Math.sqrt(held)))),
    );
    const geobox = coarse(geoboxOfPatches(grid, window), size);
    const pixels = geobox.width * geobox.height;
    const whole = all.holdsAll(window);
    const at = (position: number, count: number, length: number) => Math.floor(((position + 0.5) * length) / count);
    const counts = new Uint8Array(pixels).map((_, i) => {
      const col = window.col + at(i % geobox.width, geobox.width, window.width);
      const row = window.row + at(Math.floor(i / geobox.width), geobox.height, window.height);
      return whole || all.has(col, row) ? 1 : 0;
    });
    const patches = (window.width * window.height) / pixels;
    return { window, grid: geobox, patches, counts, anyData: new Uint8Array(pixels), anyClear: new Uint8Array(pixels) };
  });
  const seenTogether = looked.reduce((sum, one) => sum + one.patches * total(one.counts), 0);
  /** patches that shares are of */
  const whole = places.length > 1 ? Math.max(1, seenTogether) : box.width * box.height;
  return { box, all, looked, whole };
}

/**
 * Shares of the area: of its box, or, where images lie in several separate places, of these places together.
 */
export async function coverageOf(
  reader: Reader,
  { modality, acquisitions, area, grid, footprints }: CoverageRequest,
  signal: AbortSignal,
  progress: (fraction: number) => void,
): Promise<ModalityCoverage> {
  const { box, all, looked, whole } = windowsToLookAt({ area, grid, footprints }, side);
  const places = all.places();
  const own = footprints.modality(modality.name).inside(box);

  const { clearClasses } = modality;
  const quick = { bands: modality.bands.slice(0, 1), clearClasses, method: "nearest", signal } as const;
  const members = membersOf(modality, acquisitions);
  const dates: ModalityCoverage["dates"][number][] = [];
  for (const [index, acquisition] of members.entries()) {
    const { id, date } = acquisition;
    const footprint = footprints.acquisition(modality.name, id);
    let [data, seen] = [0, 0];
    for (const one of looked) {
      if (!footprint.touches(one.window)) continue;
      signal.throwIfAborted();
      const { states } = await readPixels(reader, [acquisition], one.grid, quick);
      for (let i = 0; i < states.length; i++) {
        if (states[i] === noData || one.counts[i] === 0) continue;
        data += one.patches;
        one.anyData[i] = 1;
        if (states[i] !== clear) continue;
        seen += one.patches;
        one.anyClear[i] = 1;
      }
    }
    dates.push({ acquisition: id, date, data: data / whole, clear: seen / whole });
    progress((index + 1) / members.length);
  }
  const share = (mask: "anyData" | "anyClear") =>
    looked.reduce((sum, one) => sum + one.patches * total(one[mask]), 0) / whole;
  return {
    name: modality.name,
    data: share("anyData"),
    clear: share("anyClear"),
    dates,
    places: places.length,
    placesSeen: places.filter((place) => place.within(own).size > 0).length,
    boxShare: all.size / (box.width * box.height),
  };
}

const total = (mask: Uint8Array): number => mask.reduce((sum, value) => sum + value, 0);
