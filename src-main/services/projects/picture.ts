// A small picture of a project for its card on the start screen: its clearest image, in natural colours where there are some.
import { encode } from "fast-png";
import { type Acquisition, bandNamesOf, clearSclClasses } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { clear, noData, type Reader, type Reading, rasterReader, readPixels, unclear } from "../../imagery/index.ts";

const pictureWidth = 288;
const pictureHeight = 144;

const colours: Readonly<Record<string, readonly (readonly string[])[]>> = {
  aerial: [["R", "G", "B"]],
  "sentinel-2": [["B04", "B03", "B02"]],
  landsat: [["B4", "B3", "B2"]],
  "sentinel-1": [
    ["VV", "VH", "VV"],
    ["VV", "VV", "VV"],
  ],
};

/** A PNG, or `undefined` when no image can be read. Reads from overviews where there are some; memory is a few hundred kilobytes. */
export async function projectPicture(
  acquisitions: readonly Acquisition[],
  area: GeoBox,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const reader = rasterReader();
  try {
    for (const sensor of ["aerial", "sentinel-2", "landsat", "sentinel-1"] as const) {
      const usable = acquisitions.flatMap((acquisition) => {
        const names = new Set(bandNamesOf(acquisition));
        const bands = colours[sensor]!.find((choice) => choice.every((band) => names.has(band)));
        return acquisition.sensor === sensor && bands ? [{ acquisition, bands }] : [];
      });
      const best = await clearest(reader, usable, area, signal);
      if (best) return await drawn(reader, best, area, signal);
    }
    return undefined;
  } catch (error) {
    // Without the files there is no picture, which is not an error.
    if (error instanceof AppError || signal.aborted) return undefined;
    throw error;
  } finally {
    await reader.close();
  }
}

interface Choice {
  readonly acquisition: Acquisition;
  readonly bands: readonly string[];
}

async function clearest(
  reader: Reader,
  usable: readonly Choice[],
  area: GeoBox,
  signal: AbortSignal,
): Promise<Choice | undefined> {
  const summer = usable.filter(({ acquisition }) => ["05", "06", "07", "08"].includes(acquisition.date.slice(5, 7)));
  const among = summer.length > 0 ? summer : usable;
  const few = among.filter((_, index) => index % Math.ceil(among.length / 8) === 0);
  let best: { readonly choice: Choice; readonly share: number } | undefined;
  for (const choice of few) {
    const { states } = await sceneOf(reader, choice, centred(area, 32, 16), choice.bands.slice(0, 1), signal);
    const share = states.reduce((sum, state) => sum + (state === clear ? 1 : 0), 0) / states.length;
    if (share > (best?.share ?? 0)) best = { choice, share };
    if (share > 0.98) break;
  }
  return best?.choice;
}

/** The scene in the middle of the area. */
const drawn = (reader: Reader, choice: Choice, area: GeoBox, signal: AbortSignal): Promise<Uint8Array> =>
  drawnOn(reader, choice, centred(area, pictureWidth, pictureHeight), signal);

/** The bands that show an acquisition: natural colours where it has them, else the first of its bands in grey. */
function shownBands(acquisition: Acquisition): readonly string[] | undefined {
  const names = bandNamesOf(acquisition);
  const natural = [...(colours[acquisition.sensor] ?? []), ...(colours.aerial ?? [])];
  const [first] = names;
  return (
    natural.find((bands) => bands.every((band) => names.includes(band))) ?? (first ? [first, first, first] : undefined)
  );
}

/**
 * A PNG of one acquisition on `grid`, stretched over its own values; `undefined` when it has no band or cannot be read. Memory is that
 * of three small bands; coarser copies in the file are used where there are some.
 */
export async function acquisitionPicture(
  reader: Reader,
  acquisition: Acquisition,
  grid: GeoBox,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const bands = shownBands(acquisition);
  if (!bands) return undefined;
  try {
    return await drawnOn(reader, { acquisition, bands }, grid, signal);
  } catch (error) {
    // What cannot be read is said with its reason where the files are listed.
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

async function drawnOn(reader: Reader, choice: Choice, grid: GeoBox, signal: AbortSignal): Promise<Uint8Array> {
  const { values, states } = await sceneOf(reader, choice, grid, choice.bands, signal);
  const { width, height } = grid;
  const pixels = width * height;
  const data = new Uint8Array(pixels * 4);
  // One stretch for all three keeps the colours as they are; radar's bands have nothing to do with each other.
  const together = choice.acquisition.sensor !== "sentinel-1";
  // Of a scene that is all cloud the clouds are shown.
  const shown = states.includes(clear) ? clear : unclear;
  const all = values.filter((_, i) => states[i % pixels] === shown).sort();
  for (let channel = 0; channel < 3; channel++) {
    const plane = values.subarray(channel * pixels, (channel + 1) * pixels);
    const sorted = together ? all : plane.filter((_, i) => states[i] === shown).sort();
    const low = sorted[Math.floor(sorted.length * 0.005)] ?? 0;
    const high = sorted[Math.floor(sorted.length * 0.995)] ?? 1;
    for (let i = 0; i < pixels; i++) {
      const share = Math.max(0, Math.min(1, (plane[i]! - low) / (high - low || 1)));
      data[i * 4 + channel] = Math.round(share ** 0.75 * 255);
    }
  }
  for (let i = 0; i < pixels; i++) data[i * 4 + 3] = states[i] === noData ? 0 : 255;
  return encode({ width, height, data, depth: 8, channels: 4 }, { zlib: { level: 9 } });
}

function sceneOf(
  reader: Reader,
  { acquisition }: Choice,
  grid: GeoBox,
  bands: readonly string[],
  signal: AbortSignal,
): Promise<Reading> {
  const clearClasses = acquisition.sensor === "sentinel-2" ? clearSclClasses : [];
  return readPixels(reader, [acquisition], grid, { bands, clearClasses, method: "bilinear", signal });
}

/** The largest window of the picture's shape around the middle of the area. */
function centred(area: GeoBox, width: number, height: number): GeoBox {
  const shrink = Math.min(area.width / width, area.height / height);
  const { affine } = area;
  const [a, d] = apply(affine, (area.width - width * shrink) / 2, (area.height - height * shrink) / 2);
  const { b, c, e, f } = affine;
  return { crs: area.crs, width, height, affine: { a, b: b * shrink, c: c * shrink, d, e: e * shrink, f: f * shrink } };
}
