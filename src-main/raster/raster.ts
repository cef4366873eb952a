import { AppError } from "../../src-shared/errors/index.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { clip, type PixelWindow } from "../../src-shared/geo/window.ts";
import { unfold } from "../files/index.ts";
import { fromPlain, rasterError } from "./damage.ts";
import { files } from "./file-handles.ts";
import type { Others, StoredHeader } from "./formats/format.ts";
import { headerPool } from "./pool/pool.ts";
import type { Work } from "./pool/work.ts";
import { type Image, placedImage, readBands } from "./read-bands.ts";
import type { SampleType, TypedArray } from "./sample-type.ts";
import type { AttributeRow } from "./sidecars.ts";
import { dataImage, hasStoredBlock, storedRuns } from "./stored-blocks.ts";
import { type ValiditySource, validityOf } from "./validity.ts";
import { warp } from "./warp.ts";

/** What a raster's header says. */
export interface RasterInfo {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** `undefined` when the file has no geotransform. Its `crs` is "" when the file names none: see `requireGeobox`. */
  readonly geobox: GeoBox | undefined;
  readonly crs?: Crs;
  /** what the file says of its coordinates beyond `crs` and is not used, in words */
  readonly crsNote?: string;
  readonly bands: readonly BandInfo[];
  readonly dataType: SampleType;
  readonly format: "TIFF" | "BigTIFF" | "JPEG 2000" | "VRT" | "ENVI";
  readonly interleave: "pixel" | "band";
  readonly compression: string;
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly tiled: boolean;
  readonly overviews: readonly { readonly width: number; readonly height: number }[];
  /** the file gives the coordinate of pixel centres; `geobox` has the half pixel taken off already */
  readonly pointRegistered: boolean;
  /** GDAL_METADATA of the file, TIFF's own text tags, and the sidecar's items */
  readonly metadata: Readonly<Record<string, string>>;
  readonly validity: "all" | "nodata" | "mask" | "alpha";
}

export interface BandInfo {
  readonly name?: string;
  readonly dataType: SampleType;
  readonly nodata?: number;
  /** physical value = stored value · scale + offset */
  readonly scale: number;
  readonly offset: number;
  readonly colorInterpretation?: string;
  readonly categoryNames?: readonly string[];
  /** values with names and colours, from GDAL's raster attribute table */
  readonly attributeTable?: readonly AttributeRow[];
  /** red, green, blue, alpha from 0 to 255, by pixel value */
  readonly colorTable?: readonly (readonly [number, number, number, number])[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Pixels of a window, band after band, rows from the top. */
export interface PixelBlock {
  readonly width: number;
  readonly height: number;
  readonly bands: readonly TypedArray[];
  /** 1 where there is data; `undefined` when all pixels are data */
  readonly valid: readonly (Uint8Array | undefined)[];
  /** no stored block was looked at: all blocks below are absent from the file */
  readonly absent?: boolean | undefined;
}

export interface ReadOptions extends Work {
  /** 1-based, in the order wanted; all bands by default */
  readonly bands?: readonly number[] | undefined;
  /** index into `info.overviews`; the window is then in that overview's pixels */
  readonly overview?: number | undefined;
  /** the caller walks the image once, block by block: decoded blocks need not be kept */
  readonly once?: boolean | undefined;
}

/**
 * Opens a GeoTIFF, BigTIFF or COG: reads its header only, and never writes to it or beside it. The header is read in a thread of its
 * own, within limits of time and memory: see README.md, “Untrusted files”.
 * @throws raster-missing, raster-not-a-file, raster-unknown-format, raster-damaged, raster-truncated, raster-side-file,
 * raster-unsupported-layout, raster-unsupported-compression, raster-unreadable
 */
export async function openRaster(
  path: string,
  options: Work & { readonly crs?: Crs | undefined } = {},
): Promise<Raster> {
  try {
    const { crs, signal, urgent } = options;
    // Unfolding takes longer than a header may: the thread finds the file made.
    await unfold(path);
    const answer = await headerPool.run("header", { path, crs }, { signal, urgent });
    if ("error" in answer) throw fromPlain(answer.error);
    return new Raster(answer.header);
  } catch (error) {
    throw rasterError(path, error);
  }
}

/** What an image that is made of others asks for. */
const others: Others = { open: (path, crs) => openRaster(path, { crs }), warp };

/** An open raster. Closing frees its file handle; its decoded blocks leave the shared cache by age. */
export class Raster {
  readonly info: RasterInfo;
  readonly #images: readonly Image[];
  readonly #validity: ValiditySource<Image>;
  #closed = false;

  constructor({ info, images, validity }: StoredHeader) {
    this.info = info;
    this.#images = images.map((image) => placedImage(image, others));
    this.#validity =
      validity.kind === "mask"
        ? { kind: "mask", masks: validity.masks.map((image) => placedImage(image, others)) }
        : validity;
  }

  /**
   * Pixels of a window. The window may reach past the edges: there pixels are nodata (or 0) and not valid.
   * @throws AppError "raster-without-band", "raster-damaged", "raster-truncated", "raster-unreadable"
   */
  async readWindow(window: PixelWindow, options: ReadOptions = {}): Promise<PixelBlock> {
    const { overview, signal, urgent } = options;
    signal?.throwIfAborted();
    if (this.#closed) throw new Error(`readWindow: ${this.info.path} is closed`);
    const { path, bands: all } = this.info;
    const numbers = options.bands ?? all.map((_, i) => i + 1);
    for (const band of numbers) {
      if (!(Number.isInteger(band) && band >= 1 && band <= all.length)) {
        throw new AppError("raster-without-band", { path, band, count: all.length });
      }
    }
    const image = this.#imageAt(overview);
    const { width, height } = window;
    if (![window.col, window.row, width, height].every(Number.isInteger) || width < 1 || height < 1) {
      throw new Error(`readWindow: window ${JSON.stringify(window)}`);
    }
    try {
      const bands = await readBands(
        image,
        window,
        numbers.map((n) => n - 1),
        all.map((b) => b.nodata ?? 0),
        { signal, urgent, once: options.once },
      );
      const valid = await validityOf(this.#validity, image, window, numbers, bands, this.info, { signal, urgent });
      return { width, height, bands, valid };
    } catch (error) {
      throw rasterError(path, error);
    }
  }

  /**
   * Windows outside of which no pixel of the bands is data, rows of blocks from the top: what a file with absent blocks (a map of
   * places far apart) has to be read of. The whole image where an absent block stands for zeros that are data.
   */
  async dataWindows(options: Pick<ReadOptions, "bands" | "overview" | "signal"> = {}): Promise<PixelWindow[]> {
    const { path, bands } = this.info;
    const image = this.#imageAt(options.overview);
    const { width, height } = image.layout;
    const whole = { col: 0, row: 0, width, height };
    const data = dataImage(this.#validity, image, options.bands ?? bands.map((_, i) => i + 1), this.info);
    if (!data) return [whole];
    const found: PixelWindow[] = [];
    try {
      for await (const run of storedRuns(data.image, whole, data.bands)) {
        if (options.signal?.aborted) break;
        found.push(run);
      }
    } catch (error) {
      throw rasterError(path, error);
    }
    options.signal?.throwIfAborted();
    return found;
  }

  /**
   * What a window holds as far as its blocks are absent from the file: `nothing` when no pixel is data, `zeros` when all pixels
   * are data and 0; `undefined` when a block is stored, or the window reaches past the image. Reads no pixels.
   */
  async absence(
    window: PixelWindow,
    options: Pick<ReadOptions, "bands" | "overview"> = {},
  ): Promise<"nothing" | "zeros" | undefined> {
    const { path, bands } = this.info;
    const numbers = options.bands ?? bands.map((_, i) => i + 1);
    const image = this.#imageAt(options.overview);
    const data = dataImage(this.#validity, image, numbers, this.info);
    try {
      if (data) return (await hasStoredBlock(data.image, window, data.bands)) ? undefined : "nothing";
      const { width, height } = image.layout;
      const inside = clip(window, width, height);
      if (inside?.width !== window.width || inside.height !== window.height) return undefined;
      const zeros =
        (this.#validity.kind === "all" || this.#validity.kind === "nodata") &&
        numbers.every((n) => bands[n - 1]?.nodata === undefined);
      if (!zeros) return undefined;
      const stored = await hasStoredBlock(
        image,
        window,
        numbers.map((n) => n - 1),
      );
      return stored ? undefined : "zeros";
    } catch (error) {
      throw rasterError(path, error);
    }
  }

  #imageAt(overview: number | undefined): Image {
    const image = this.#images[overview === undefined ? 0 : overview + 1];
    if (!image) throw new Error(`${this.info.path} has ${this.#images.length - 1} overviews, not ${overview}`);
    return image;
  }

  close(): void {
    this.#closed = true;
    for (const { blocks } of this.#images) blocks.close?.();
    files.forget(this.info.path);
  }
}
