import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../../src-shared/geo/window.ts";
import { holderState } from "../../files/index.ts";
import {
  allocate,
  contentKey,
  createCog,
  openRaster,
  type PixelBlock,
  type Raster,
  type RasterInfo,
  requireGeobox,
  sampleTypes,
  type TypedArray,
  type Work,
} from "../../raster/index.ts";

/** A tile that would decode more pixels than this per band needs something coarser to read. */
const mostPixels = 3072 * 3072;
/** The longer side of a quick-look. */
const longestSide = 2048;

/** Would a tile whose pixel covers `ratio` of the image's pixels decode too much? */
export function readsTooMuch(info: RasterInfo, ratio: number, bands: number): boolean {
  let finest = 1;
  for (const { width } of info.overviews)
    if (info.width / width <= ratio + 0.1) finest = Math.max(finest, info.width / width);
  const side = (256 * ratio) / finest;
  const read = Math.min(side, info.width / finest) * Math.min(side, info.height / finest);
  return read * Math.max(1, bands / 3) > mostPixels;
}

/**
 * Small copies of images without overviews, made once in the project's cache folder: far zooms read them instead of the
 * whole image. The image itself is never touched. Rows are read in strips, so that memory stays small.
 */
export class QuickLooks {
  readonly #folder: string;
  readonly #making = new Map<string, Promise<Raster>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Waits until it is made; a second asker waits for the same one. */
  async of(raster: Raster, classes: boolean, { urgent }: Pick<Work, "urgent"> = {}): Promise<Raster> {
    const { path } = raster.info;
    const content = contentKey(await holderState(path));
    const geobox = requireGeobox(raster);
    const key = createHash("sha256").update([path, content, classes, geobox.crs].join("\n")).digest("hex").slice(0, 24);
    let making = this.#making.get(key);
    if (!making) {
      making = this.#make(raster, join(this.#folder, `${key}.tif`), geobox, classes, urgent);
      this.#making.set(key, making);
      making.catch(() => this.#making.delete(key));
    }
    return making;
  }

  async #make(
    raster: Raster,
    path: string,
    geobox: GeoBox,
    classes: boolean,
    urgent: boolean | undefined,
  ): Promise<Raster> {
    const known = await openRaster(path, { crs: geobox.crs }).catch(() => undefined);
    if (known) return known;
    await mkdir(this.#folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
      throw new AppError("raster-unwritable", { path: this.#folder, reason: cause.code ?? cause.message }, { cause });
    });
    const { info } = raster;
    const step = Math.max(2, Math.ceil(Math.max(info.width, info.height) / longestSide));
    const width = Math.floor(info.width / step) || 1;
    const height = Math.floor(info.height / step) || 1;
    const { affine } = geobox;
    const [a, d] = apply(affine, 0, 0);
    const nodata = info.bands[0]?.nodata ?? (classes ? 0 : holeOf(info));
    await createCog(
      path,
      {
        geobox: {
          crs: geobox.crs,
          affine: { a, b: affine.b * step, c: affine.c * step, d, e: affine.e * step, f: affine.f * step },
          width,
          height,
        },
        bandCount: info.bands.length,
        dataType: info.dataType,
        nodata,
        overviewMethod: classes ? "mode" : "average",
        level: 1,
      },
      (window) => shrunk(raster, window, step, nodata, classes, urgent),
      { urgent },
    );
    return openRaster(path, { crs: geobox.crs });
  }
}

/** A value to stand for “no data” in the copy of an image that names none. */
function holeOf({ dataType }: RasterInfo): number {
  const { integer, min } = sampleTypes[dataType];
  return integer ? min : -3.4028234663852886e38;
}

/** Means (or, of classes, samples) of step × step pixels, read a few rows at a time. */
async function shrunk(
  raster: Raster,
  window: PixelWindow,
  step: number,
  nodata: number,
  classes: boolean,
  urgent: boolean | undefined,
): Promise<TypedArray[]> {
  const { info } = raster;
  const out = info.bands.map(() => allocate(info.dataType, window.width * window.height));
  const rows = Math.max(1, Math.floor(2_000_000 / (window.width * step * step * info.bands.length)));
  for (let row = 0; row < window.height; row += rows) {
    const high = Math.min(rows, window.height - row);
    const read = await raster.readWindow(
      { col: window.col * step, row: (window.row + row) * step, width: window.width * step, height: high * step },
      { once: true, urgent },
    );
    const part: PixelWindow = { ...window, row, height: high };
    out.forEach((to, band) => {
      shrinkInto(to, part, read, band, step, nodata, classes, sampleTypes[info.dataType].integer);
    });
  }
  return out;
}

function shrinkInto(
  to: TypedArray,
  { width, row, height }: PixelWindow,
  read: PixelBlock,
  band: number,
  step: number,
  nodata: number,
  classes: boolean,
  integer: boolean,
): void {
  const from = read.bands[band]!;
  const valid = read.valid[band];
  const middle = step >> 1;
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      const at = (row + j) * width + i;
      if (classes) {
        const centre = (j * step + middle) * read.width + i * step + middle;
        to[at] = valid && valid[centre] === 0 ? nodata : from[centre]!;
        continue;
      }
      let sum = 0;
      let count = 0;
      for (let v = 0; v < step; v++) {
        const base = (j * step + v) * read.width + i * step;
        for (let u = 0; u < step; u++) {
          if (valid && valid[base + u] === 0) continue;
          sum += from[base + u]!;
          count++;
        }
      }
      const mean = count === 0 ? nodata : integer ? Math.round(sum / count) : sum / count;
      to[at] = mean;
    }
  }
}
