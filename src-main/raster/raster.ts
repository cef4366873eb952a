import { stat } from "node:fs/promises";
import { AppError } from "../../src-shared/errors/index.ts";
import type { Affine } from "../../src-shared/geo/affine.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { definitionOf } from "./crs.ts";
import { compressionNames, readableCompressions } from "./decode/decode-block.ts";
import { files } from "./file-handles.ts";
import { crsOfGeoKeys, type GeoKeys, parseGeoKeys } from "./geokeys.ts";
import { type ImageLayout, imageLayout, UnsupportedLayout } from "./image-layout.ts";
import { CrsProblem } from "./projection.ts";
import { type Image, readBands } from "./read-bands.ts";
import { type SampleType, storable, type TypedArray } from "./sample-type.ts";
import { parseNumber, readSidecar, readWorldFile, type Sidecar } from "./sidecars.ts";
import {
  DamagedTiff,
  type Directory,
  NotTiff,
  numberOf,
  numbersOf,
  readTiff,
  type TiffFile,
  textOf,
} from "./tiff-directory.ts";
import { type ValiditySource, validityOf } from "./validity.ts";
import { childrenNamed, parseXml, unescaped, XmlProblem } from "./xml.ts";

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
  readonly interleave: "pixel" | "band";
  readonly compression: string;
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly tiled: boolean;
  readonly bigTiff: boolean;
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
}

export interface ReadOptions {
  /** 1-based, in the order wanted; all bands by default */
  readonly bands?: readonly number[] | undefined;
  /** index into `info.overviews`; the window is then in that overview's pixels */
  readonly overview?: number | undefined;
  /** the caller walks the image once, block by block: decoded blocks need not be kept */
  readonly once?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Opens a GeoTIFF, BigTIFF or COG: reads its header only, and never writes to it or beside it. */
export async function openRaster(path: string, options: { readonly crs?: Crs | undefined } = {}): Promise<Raster> {
  let identity: string;
  try {
    const { size, mtimeMs, ino } = await stat(path);
    identity = `${path}|${size}|${mtimeMs}|${ino}`;
  } catch (cause) {
    throw fileError(path, cause);
  }
  try {
    const header = await readHeader(path, identity, options.crs);
    return new Raster(header);
  } catch (error) {
    throw fileError(path, error);
  }
}

function fileError(path: string, cause: unknown): unknown {
  if (cause instanceof AppError) return cause;
  if (cause instanceof NotTiff) return new AppError("raster-not-tiff", { path }, { cause });
  if (cause instanceof UnsupportedLayout) {
    return new AppError("raster-unsupported-layout", { path, reason: cause.message }, { cause });
  }
  if (cause instanceof DamagedTiff) {
    return /past the end/.test(cause.message)
      ? new AppError("raster-truncated", { path }, { cause })
      : new AppError("raster-damaged", { path, reason: cause.message }, { cause });
  }
  if (cause instanceof XmlProblem) {
    return new AppError("raster-damaged", { path, reason: `its metadata cannot be read: ${cause.message}` }, { cause });
  }
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ENOENT" || code === "ENOTDIR") return new AppError("raster-missing", { path }, { cause });
  if (typeof code === "string") return new AppError("raster-unreadable", { path, reason: code }, { cause });
  return cause;
}

interface Header {
  readonly info: RasterInfo;
  /** full resolution first, then the overviews, largest first */
  readonly images: readonly Image[];
  readonly validity: ValiditySource;
}

/** An open raster. Closing frees its file handle; its decoded blocks leave the shared cache by age. */
export class Raster {
  readonly info: RasterInfo;
  readonly #images: readonly Image[];
  readonly #validity: ValiditySource;
  #closed = false;

  constructor({ info, images, validity }: Header) {
    this.info = info;
    this.#images = images;
    this.#validity = validity;
  }

  /** Pixels of a window. The window may reach past the edges: there pixels are nodata (or 0) and not valid. */
  async readWindow(window: PixelWindow, options: ReadOptions = {}): Promise<PixelBlock> {
    const { overview, signal } = options;
    signal?.throwIfAborted();
    if (this.#closed) throw new Error(`readWindow: ${this.info.path} is closed`);
    const { path, bands: all } = this.info;
    const numbers = options.bands ?? all.map((_, i) => i + 1);
    for (const band of numbers) {
      if (!(Number.isInteger(band) && band >= 1 && band <= all.length)) {
        throw new AppError("raster-without-band", { path, band, count: all.length });
      }
    }
    const level = overview === undefined ? 0 : overview + 1;
    const image = this.#images[level];
    if (!image) throw new Error(`readWindow: ${path} has ${this.#images.length - 1} overviews, not ${overview}`);
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
        { signal, once: options.once },
      );
      const valid = await validityOf(this.#validity, image, window, numbers, bands, this.info, signal);
      return { width, height, bands, valid };
    } catch (error) {
      throw fileError(path, error);
    }
  }

  close(): void {
    this.#closed = true;
    files.forget(this.info.path);
  }
}

/** The grid of a raster that must be on a map; otherwise one sentence that says what is missing. */
export function requireGeobox({ info }: Raster): GeoBox {
  if (!info.geobox) throw new AppError("raster-without-transform", { path: info.path });
  if (!info.crs) throw new AppError("raster-without-crs", { path: info.path });
  return info.geobox;
}

const maskBit = 4;
const reducedBit = 1;

async function readHeader(path: string, identity: string, crsGiven: Crs | undefined): Promise<Header> {
  const file = await readTiff((offset, length) => files.read(path, offset, length));
  const first = file.directories[0]!;
  const main = await imageLayout(file, first);
  const image = (layout: ImageLayout, directory: Directory, from = path, id = identity): Image => ({
    path: from,
    key: `${id}|${directory.offset}`,
    layout,
  });

  const overviews: Image[] = [];
  const masks: Image[] = [];
  const sort = async (tiff: TiffFile, directories: readonly Directory[], from: string, id: string, all: boolean) => {
    for (const directory of directories) {
      const type = numberOf(tiff, directory, 254) ?? (numberOf(tiff, directory, 255) === 2 ? reducedBit : 0);
      const isMask = (type & maskBit) !== 0;
      if (!isMask && !all && (type & reducedBit) === 0) continue; // another page of the file
      const layout = await imageLayout(tiff, directory).catch(() => undefined);
      if (!layout) continue;
      if (isMask) masks.push(image(layout, directory, from, id));
      else if (layout.samples === main.samples && layout.dataType === main.dataType && layout.width < main.width) {
        overviews.push(image(layout, directory, from, id));
      }
    }
  };
  await sort(file, file.directories.slice(1), path, identity, false);
  const external = await openBeside(`${path}.ovr`);
  if (external && overviews.length === 0) {
    await sort(external.tiff, external.tiff.directories, external.path, external.identity, true);
  }
  const maskFile = await openBeside(`${path}.msk`);
  if (maskFile && masks.length === 0) {
    for (const directory of maskFile.tiff.directories) {
      const layout = await imageLayout(maskFile.tiff, directory);
      masks.push(image(layout, directory, maskFile.path, maskFile.identity));
    }
  }
  overviews.sort((p, q) => q.layout.width - p.layout.width);
  const compression = main.encoding.compression;
  if (!readableCompressions.has(compression)) {
    throw new AppError("raster-unsupported-compression", {
      path,
      compression: compressionNames[compression] ?? `method ${compression}`,
    });
  }

  const sidecar = await readSidecar(path);
  const tags = parseGdalMetadata(await textOf(file, first, 42112));
  const directory = await numbersOf(file, first, 34735);
  const keys = directory
    ? parseGeoKeys(
        directory,
        (await numbersOf(file, first, 34736)) ?? new Float64Array(),
        (await textOf(file, first, 34737)) ?? "",
      )
    : undefined;
  const pointRegistered = keys?.get(1025) === 2;
  const affine = sidecar?.affine ?? (await affineOfTags(file, first, pointRegistered)) ?? (await readWorldFile(path));
  const { crs, note: crsNote } = crsOf(path, crsGiven, sidecar?.crs, keys);

  const bands = await bandsOf(file, first, main, tags, sidecar);
  const alpha = bands.findIndex((band) => band.colorInterpretation === "alpha");
  const sameSize = masks.filter(({ layout }) => layout.width === main.width && layout.height === main.height);
  const validity: ValiditySource =
    sameSize.length > 0
      ? { kind: "mask", masks }
      : bands.some((band) => band.nodata !== undefined)
        ? { kind: "nodata" }
        : alpha >= 0 && alpha === bands.length - 1 && bands.length > 1
          ? { kind: "alpha", band: alpha }
          : { kind: "all" };

  const metadata: Record<string, string> = { ...tags.items, ...sidecar?.metadata };
  for (const [tag, name] of Object.entries(textTags)) {
    const text = await textOf(file, first, Number(tag));
    if (text) metadata[name] = text;
  }
  const info: RasterInfo = {
    path,
    width: main.width,
    height: main.height,
    geobox: affine ? { crs: crs ?? "", affine, width: main.width, height: main.height } : undefined,
    ...(crs ? { crs } : {}),
    ...(crsNote ? { crsNote } : {}),
    bands,
    dataType: main.dataType,
    interleave: main.planar || main.samples === 1 ? "band" : "pixel",
    compression: compressionNames[compression] ?? String(compression),
    blockWidth: main.blockWidth,
    blockHeight: main.blockHeight,
    tiled: main.tiled,
    bigTiff: file.bigTiff,
    overviews: overviews.map(({ layout }) => ({ width: layout.width, height: layout.height })),
    pointRegistered,
    metadata,
    validity: validity.kind,
  };
  return { info, images: [image(main, first), ...overviews], validity };
}

/**
 * The system that was given, else that of the sidecar, else that of the keys.
 * @throws AppError "raster-crs-unusable" when the file names one that cannot be honoured in full
 */
function crsOf(
  path: string,
  given: Crs | undefined,
  beside: Crs | undefined,
  keys: GeoKeys | undefined,
): { readonly crs: Crs | undefined; readonly note?: string } {
  if (given !== undefined) return { crs: given };
  try {
    const named = beside ? { crs: beside } : keys ? crsOfGeoKeys(keys) : { crs: undefined };
    if (named.crs) definitionOf(named.crs);
    return named;
  } catch (cause) {
    const unusable = cause instanceof AppError && (cause.code === "crs-unusable" || cause.code === "crs-unknown");
    if (!(cause instanceof CrsProblem) && !unusable) throw cause;
    const reason =
      cause instanceof AppError && cause.cause instanceof CrsProblem ? cause.cause.message : (cause as Error).message;
    throw new AppError("raster-crs-unusable", { path, reason }, { cause });
  }
}

const textTags: Readonly<Record<number, string>> = {
  270: "TIFFTAG_IMAGEDESCRIPTION",
  305: "TIFFTAG_SOFTWARE",
  306: "TIFFTAG_DATETIME",
  315: "TIFFTAG_ARTIST",
  33432: "TIFFTAG_COPYRIGHT",
};

async function openBeside(path: string): Promise<{ path: string; identity: string; tiff: TiffFile } | undefined> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    const tiff = await readTiff((offset, length) => files.read(path, offset, length));
    return { path, identity: `${path}|${size}|${mtimeMs}|${ino}`, tiff };
  } catch {
    return undefined; // not there, or not a TIFF: the image stands alone
  }
}

/** ModelPixelScale with one tie point, or ModelTransformation; several tie points alone are control points, not a grid. */
async function affineOfTags(file: TiffFile, directory: Directory, point: boolean): Promise<Affine | undefined> {
  const scale = await numbersOf(file, directory, 33550);
  const tie = await numbersOf(file, directory, 33922);
  const matrix = await numbersOf(file, directory, 34264);
  let affine: Affine | undefined;
  if (scale && scale.length >= 2 && scale[0] !== 0 && scale[1] !== 0 && tie && tie.length >= 6) {
    const b = scale[0]!;
    const f = -Math.abs(scale[1]!);
    affine = { a: tie[3]! - tie[0]! * b, b, c: 0, d: tie[4]! - tie[1]! * f, e: 0, f };
  } else if (matrix && matrix.length === 16) {
    affine = { a: matrix[3]!, b: matrix[0]!, c: matrix[1]!, d: matrix[7]!, e: matrix[4]!, f: matrix[5]! };
  }
  if (!affine) return undefined;
  // Point-registered rasters place the coordinate at the pixel's centre: shift by half a pixel.
  const { a, b, c, d, e, f } = affine;
  return point ? { a: a - (b + c) / 2, b, c, d: d - (e + f) / 2, e, f } : affine;
}

interface GdalItems {
  readonly items: Record<string, string>;
  readonly bands: ReadonlyMap<number, { readonly role: string; readonly name: string; readonly text: string }[]>;
}

function parseGdalMetadata(text: string | undefined): GdalItems {
  const items: Record<string, string> = {};
  const bands = new Map<number, { role: string; name: string; text: string }[]>();
  for (const item of childrenNamed(text ? parseXml(text) : undefined, "Item")) {
    const { name, sample, role = "", domain } = item.attributes;
    if (!name) continue;
    // GDAL escapes the text once more than XML asks for.
    const value = unescaped(item.text);
    if (sample === undefined) items[domain ? `${domain}:${name}` : name] = value;
    else {
      const band = Number(sample) + 1;
      const known = bands.get(band);
      if (known) known.push({ role, name, text: value });
      else bands.set(band, [{ role, name, text: value }]);
    }
  }
  return { items, bands };
}

async function bandsOf(
  file: TiffFile,
  directory: Directory,
  layout: ImageLayout,
  tags: GdalItems,
  sidecar: Sidecar | undefined,
): Promise<BandInfo[]> {
  const nodataText = await textOf(file, directory, 42113);
  const fileNodata = nodataText === undefined ? undefined : parseNumber(nodataText);
  const colorTable = layout.photometric === 3 ? colorTableOf(layout.colorMap) : undefined;
  return Array.from({ length: layout.samples }, (_, i) => {
    const items = tags.bands.get(i + 1) ?? [];
    const side = sidecar?.bands.get(i + 1);
    const role = (name: string) => items.find((item) => item.role === name)?.text;
    const declared = side?.nodata ?? fileNodata;
    const nodata = declared === undefined ? undefined : storable(layout.dataType, declared);
    const name = side?.name ?? role("description");
    const metadata: Record<string, string> = {};
    for (const item of items) if (item.role === "") metadata[item.name] = item.text;
    const colorInterpretation =
      side?.colorInterpretation ?? role("colorinterp")?.toLowerCase() ?? colorInterpretationOf(layout, i);
    return {
      ...(name ? { name } : {}),
      dataType: layout.dataType,
      ...(nodata === undefined ? {} : { nodata }),
      scale: side?.scale ?? Number(role("scale") ?? 1),
      offset: side?.offset ?? Number(role("offset") ?? 0),
      ...(colorInterpretation ? { colorInterpretation } : {}),
      ...(side?.categoryNames ? { categoryNames: side.categoryNames } : {}),
      ...(colorTable && i === 0 ? { colorTable: withTransparentNodata(colorTable, nodata) } : {}),
      metadata: { ...metadata, ...side?.metadata },
    };
  });
}

function colorInterpretationOf(layout: ImageLayout, band: number): string | undefined {
  const colors = layout.photometric === 2 || layout.photometric === 6 ? ["red", "green", "blue"] : [];
  const count = colors.length || 1;
  if (band < colors.length) return colors[band];
  if (band === 0) return layout.photometric === 3 ? "palette" : layout.photometric <= 1 ? "gray" : undefined;
  const extra = layout.extraSamples[band - count];
  return extra === 1 || extra === 2 ? "alpha" : undefined;
}

function colorTableOf(map: Float64Array | undefined): [number, number, number, number][] | undefined {
  if (!map) return undefined;
  const count = map.length / 3;
  // Some writers fill the 16-bit table with 8-bit values.
  const divisor = map.some((value) => value > 255) ? 257 : 1;
  return Array.from({ length: count }, (_, i) => [
    Math.round(map[i]! / divisor),
    Math.round(map[i + count]! / divisor),
    Math.round(map[i + 2 * count]! / divisor),
    255,
  ]);
}

const withTransparentNodata = (table: [number, number, number, number][], nodata: number | undefined) =>
  table.map(([r, g, b, a], value): [number, number, number, number] => [r, g, b, value === nodata ? 0 : a]);
