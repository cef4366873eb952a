// How much of the project's area a modality sees, date by date: looked at on a coarse grid, kept until something changes.
import type { Acquisition, Modality } from "../../src-shared/eo/index.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { ModalityCoverage } from "../../src-shared/ipc/modalities.ts";
import { clear, membersOf, noData, type Reader, readScene } from "../cube/index.ts";

/** Pixels along the longer side of the grid that is looked at. */
const side = 96;

/** The whole area in at most `side` × `side` pixels, in its own shape. */
function coarse(grid: GeoBox): GeoBox {
  const shrink = Math.min(1, side / Math.max(grid.width, grid.height));
  const width = Math.max(1, Math.round(grid.width * shrink));
  const height = Math.max(1, Math.round(grid.height * shrink));
  const across = grid.width / width;
  const down = grid.height / height;
  const { a, b, c, d, e, f } = grid.affine;
  return { ...grid, width, height, affine: { a, b: b * across, c: c * down, d, e: e * across, f: f * down } };
}

export async function coverageOf(
  reader: Reader,
  modality: Modality,
  acquisitions: readonly Acquisition[],
  area: GeoBox,
  signal: AbortSignal,
  progress: (fraction: number) => void,
): Promise<ModalityCoverage> {
  const grid = coarse(area);
  const pixels = grid.width * grid.height;
  const anyData = new Uint8Array(pixels);
  const anyClear = new Uint8Array(pixels);
  const quick: Modality = { ...modality, bands: modality.bands.slice(0, 1), resampling: "nearest" };
  const members = membersOf(modality, acquisitions);
  const dates: ModalityCoverage["dates"][number][] = [];
  for (const [index, acquisition] of members.entries()) {
    signal.throwIfAborted();
    const { id, date } = acquisition;
    const { states } = await readScene(reader, quick, { date, acquisitions: [acquisition] }, grid, signal);
    let data = 0;
    let seen = 0;
    for (let i = 0; i < pixels; i++) {
      if (states[i] === noData) continue;
      data++;
      anyData[i] = 1;
      if (states[i] !== clear) continue;
      seen++;
      anyClear[i] = 1;
    }
    dates.push({ acquisition: id, date, data: data / pixels, clear: seen / pixels });
    progress((index + 1) / members.length);
  }
  const share = (mask: Uint8Array) => mask.reduce((sum, value) => sum + value, 0) / pixels;
  return { name: modality.name, data: share(anyData), clear: share(anyClear), dates };
}
