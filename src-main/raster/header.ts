import { type FileHandle, open, stat } from "node:fs/promises";
import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { type Affine, isInvertible } from "../../src-shared/geo/affine.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import { datumNote } from "./crs.ts";
import { missingBeside, SideFileProblem } from "./damage.ts";
import { compressionNames, readableCompressions } from "./decode/decode-block.ts";
import { contentKey, fileState } from "./file-handles.ts";
import { geoKey, pixelIsPoint } from "./geokey-ids.ts";
import { crsOfGeoKeys, type GeoKeys, parseGeoKeys } from "./geokeys.ts";
import { type ImageLayout, imageLayout, subfileTypeOf } from "./image-layout.ts";
import { CrsProblem } from "./projection.ts";
import type { BandInfo, RasterInfo } from "./raster.ts";
import type { StoredImage } from "./read-bands.ts";
import { storable } from "./sample-type.ts";
import { parseNumber, readSidecar, readWorldFile, type Sidecar } from "./sidecars.ts";
import { DamagedTiff, type Directory, numbersOf, readTiff, type TiffFile, textOf } from "./tiff-directory.ts";
import { tiffExtraSample, tiffPhotometric, tiffTag } from "./tiff-tags.ts";
import type { ValiditySource } from "./validity.ts";
import { childrenNamed, parseXml, unescaped, XmlProblem } from "./xml.ts";

/** What `openRaster` gets from the thread that read the header: plain data. */
export interface StoredHeader {
  readonly info: RasterInfo;
  /** full resolution first, then the overviews, largest first */
  readonly images: readonly StoredImage[];
  readonly validity: ValiditySource<StoredImage>;
}

const maskBit = 4;
const reducedBit = 1;

/** An open file that lies there as a file: its length does not change with every look, and reading it does not wait for a writer. */
interface Source {
  readonly path: string;
  /** names the file's state, for the cache of decoded blocks */
  readonly identity: string;
  /** the same, for the handle that its bytes are read through later */
  readonly state: string;
  readonly size: number;
  readonly handle: FileHandle;
}

/** @throws raster-not-a-file for folders, pipes and devices, before they are opened: opening a pipe waits for its writer */
async function openSource(path: string): Promise<Source> {
  const about = await stat(path);
  if (!about.isFile()) {
    const what = about.isDirectory() ? "folder" : about.isFIFO() ? "pipe" : about.isSocket() ? "socket" : "device";
    throw new AppError("raster-not-a-file", { path, what });
  }
  const handle = await open(path, "r");
  const stats = await handle.stat({ bigint: true });
  return { path, identity: `${path}|${contentKey(stats)}`, state: fileState(stats), size: Number(stats.size), handle };
}

/** Bytes from `offset`; fewer than `length` when the file ends. */
async function readBytes({ handle }: Source, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === length ? bytes : bytes.slice(0, filled);
}

const tiffOf = (source: Source) => readTiff((offset, length) => readBytes(source, offset, length), source.size);

/**
 * Everything but the pixels of a file and of what lies beside it (`.ovr`, `.msk`, `.aux.xml`, world files).
 * Runs in a thread that may be ended at any time: it opens and closes its own handles and changes nothing.
 */
export async function readHeader(path: string, crsGiven: Crs | undefined): Promise<StoredHeader> {
  const source = await openSource(path);
  try {
    return await headerOf(source, await tiffOf(source), crsGiven);
  } finally {
    await source.handle.close();
  }
}

/** One image of a file as it goes to the reader. */
const storedImage = (
  { path, identity, state, size }: Source,
  layout: ImageLayout,
  directory: Directory,
): StoredImage => ({
  path,
  state,
  key: `${identity}|${directory.offset}`,
  layout,
  size,
});

async function headerOf(source: Source, file: TiffFile, crsGiven: Crs | undefined): Promise<StoredHeader> {
  const { path } = source;
  const first = file.directories[0]!;
  const main = await imageLayout(file, first);
  const { compression } = main.encoding;
  if (!readableCompressions.has(compression)) {
    throw new AppError("raster-unsupported-compression", {
      path,
      compression: compressionNames[compression] ?? reason("compression-method", { compression }),
    });
  }
  const inside = await reducedImages(source, file, file.directories.slice(1), main, false);
  const overviews = inside.overviews.length > 0 ? inside.overviews : await besideOverviews(`${path}.ovr`, main);
  const masks = inside.masks.length > 0 ? inside.masks : await besideMasks(`${path}.msk`, main);
  overviews.sort((p, q) => q.layout.width - p.layout.width);

  const sidecar = await readSidecar(path).catch((error) => {
    throw error instanceof XmlProblem ? new SideFileProblem(`${path}.aux.xml`, error.reason) : error;
  });
  const tags = parseGdalMetadata(await textOf(file, first, tiffTag.GDAL_METADATA));
  const directory = await numbersOf(file, first, tiffTag.GeoKeyDirectory);
  const keys = directory
    ? parseGeoKeys(
        directory,
        (await numbersOf(file, first, tiffTag.GeoDoubleParams)) ?? new Float64Array(),
        (await textOf(file, first, tiffTag.GeoAsciiParams)) ?? "",
      )
    : undefined;
  const pointRegistered = keys?.get(geoKey.GTRasterType) === pixelIsPoint;
  const affine =
    usable(sidecar?.affine) ??
    usable(await affineOfTags(file, first, pointRegistered)) ??
    usable(await readWorldFile(path));
  const { crs, note: crsNote } = crsOf(path, crsGiven, sidecar?.crs, keys);

  const bands = await bandsOf(file, first, main, tags, sidecar);
  const alpha = bands.findIndex((band) => band.colorInterpretation === "alpha");
  const sameSize = masks.filter(({ layout }) => layout.width === main.width && layout.height === main.height);
  const validity: ValiditySource<StoredImage> =
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
  return { info, images: [storedImage(source, main, first), ...overviews], validity };
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
    if (!named.crs) return named;
    const notes = ["note" in named ? named.note : undefined, datumNote(named.crs)].filter((note) => note !== undefined);
    return notes.length > 0 ? { crs: named.crs, note: notes.join("; ") } : { crs: named.crs };
  } catch (cause) {
    const unusable = cause instanceof AppError && (cause.code === "crs-unusable" || cause.code === "crs-unknown");
    if (!(cause instanceof CrsProblem) && !unusable) throw cause;
    const why =
      cause instanceof CrsProblem
        ? cause.reason
        : cause instanceof AppError && cause.cause instanceof CrsProblem
          ? cause.cause.reason
          : (cause as Error).message;
    throw new AppError("raster-crs-unusable", { path, reason: why }, { cause });
  }
}

const textTags: Readonly<Record<number, string>> = {
  [tiffTag.ImageDescription]: "TIFFTAG_IMAGEDESCRIPTION",
  [tiffTag.Software]: "TIFFTAG_SOFTWARE",
  [tiffTag.DateTime]: "TIFFTAG_DATETIME",
  [tiffTag.Artist]: "TIFFTAG_ARTIST",
  [tiffTag.Copyright]: "TIFFTAG_COPYRIGHT",
};

interface Reduced {
  readonly overviews: StoredImage[];
  readonly masks: StoredImage[];
}

/** Overviews and masks among the directories that follow an image. Of a file beside it, `all` pages count as overviews. */
async function reducedImages(
  source: Source,
  tiff: TiffFile,
  directories: readonly Directory[],
  main: ImageLayout,
  all: boolean,
): Promise<Reduced> {
  const overviews: StoredImage[] = [];
  const masks: StoredImage[] = [];
  for (const directory of directories) {
    let type: number;
    let layout: ImageLayout;
    try {
      type = subfileTypeOf(tiff, directory);
      const wanted = all || (type & (maskBit | reducedBit)) !== 0;
      if (!wanted) continue; // another page of the file
      layout = await imageLayout(tiff, directory);
    } catch {
      continue; // an overview may be skipped, since the full resolution is there; masks are checked below
    }
    if ((type & maskBit) !== 0) {
      if (layout.samples === 1 && readableCompressions.has(layout.encoding.compression)) {
        masks.push(storedImage(source, layout, directory));
      }
    } else if (isOverviewOf(main, layout)) overviews.push(storedImage(source, layout, directory));
  }
  // Without its mask an image would show invalid pixels; masks of overviews cannot replace it.
  const types = directories.map((directory) => {
    try {
      return subfileTypeOf(tiff, directory);
    } catch {
      return 0;
    }
  });
  const isWhole = ({ layout }: StoredImage) => layout.width === main.width && layout.height === main.height;
  const promised = types.some((type) => (type & maskBit) !== 0 && (type & reducedBit) === 0);
  const masked = types.some((type) => (type & maskBit) !== 0);
  if (!all && ((promised && !masks.some(isWhole)) || (masked && masks.length === 0)))
    throw new DamagedTiff(reason("mask-valid-pixels-cannot-read"));
  return { overviews, masks };
}

/** The same picture with fewer pixels: one whole ratio along both sides, whichever way its rest was rounded. */
function isOverviewOf(main: ImageLayout, layout: ImageLayout): boolean {
  const { width, height, samples, dataType } = layout;
  if (samples !== main.samples || dataType !== main.dataType) return false;
  if (!readableCompressions.has(layout.encoding.compression)) return false;
  if (width > main.width || height > main.height || (width === main.width && height === main.height)) return false;
  const ratios = (whole: number, part: number) =>
    [whole / (part + 1), part > 1 ? whole / (part - 1) : Infinity] as const;
  const [leastX, mostX] = ratios(main.width, width);
  const [leastY, mostY] = ratios(main.height, height);
  return leastX <= mostY && leastY <= mostX;
}

/** The pages of an `.ovr`. One that is no TIFF or damaged is done without: it only makes reading faster. */
async function besideOverviews(path: string, main: ImageLayout): Promise<StoredImage[]> {
  const source = await openSource(path).catch(() => undefined);
  if (!source) return [];
  try {
    const tiff = await tiffOf(source);
    return (await reducedImages(source, tiff, tiff.directories, main, true)).overviews;
  } catch {
    return [];
  } finally {
    await source.handle.close();
  }
}

/** The pages of an `.msk`, the mask of valid pixels. @throws SideFileProblem when it is there and cannot be used */
async function besideMasks(path: string, main: ImageLayout): Promise<StoredImage[]> {
  // A folder, a pipe or a device of this name is no mask.
  const source = await openSource(path).catch((cause: unknown) =>
    cause instanceof AppError ? undefined : missingBeside(path, cause),
  );
  if (!source) return [];
  try {
    const tiff = await tiffOf(source);
    const masks: StoredImage[] = [];
    for (const directory of tiff.directories) {
      const layout = await imageLayout(tiff, directory);
      if (!readableCompressions.has(layout.encoding.compression)) {
        throw new SideFileProblem(path, reason("compression-cannot-read"));
      }
      masks.push(storedImage(source, layout, directory));
    }
    const { width, height } = masks[0]!.layout;
    if (width !== main.width || height !== main.height) {
      throw new SideFileProblem(
        path,
        reason("pixels-image", { width, height, width2: main.width, height2: main.height }),
      );
    }
    return masks;
  } catch (error) {
    if (error instanceof SideFileProblem) throw error;
    throw new SideFileProblem(path, reason("no-mask-can-read"));
  } finally {
    await source.handle.close();
  }
}

/** ModelPixelScale with one tie point, or ModelTransformation; several tie points alone are control points, not a grid. */
async function affineOfTags(file: TiffFile, directory: Directory, point: boolean): Promise<Affine | undefined> {
  const scale = await numbersOf(file, directory, tiffTag.ModelPixelScale);
  const tie = await numbersOf(file, directory, tiffTag.ModelTiepoint);
  const matrix = await numbersOf(file, directory, tiffTag.ModelTransformation);
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

/** A transform that places pixels: it has an inverse, and its numbers are ones that coordinates can have. */
function usable(affine: Affine | undefined): Affine | undefined {
  if (!affine || !isInvertible(affine)) return undefined;
  const { a, b, c, d, e, f } = affine;
  const least = Math.min(Math.hypot(b, e), Math.hypot(c, f));
  return least > 1e-12 && [a, b, c, d, e, f].every((number) => Math.abs(number) < 1e15) ? affine : undefined;
}

/** Elements and attributes: 20,000 entries. */
const mostMetadataItems = 80_000;

interface GdalItems {
  readonly items: Record<string, string>;
  readonly bands: ReadonlyMap<number, { readonly role: string; readonly name: string; readonly text: string }[]>;
}

function parseGdalMetadata(text: string | undefined): GdalItems {
  const items: Record<string, string> = {};
  const bands = new Map<number, { role: string; name: string; text: string }[]>();
  const root = text?.trim() ? parseXml(text, { limits: { items: mostMetadataItems } }) : undefined;
  // Scales, offsets and names of bands stand there: without them the numbers mean something else.
  if (text?.trim() && root?.name !== "GDALMetadata") throw new XmlProblem(reason("not-form-gdal-writes"));
  for (const item of childrenNamed(root, "Item")) {
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
  const nodataText = await textOf(file, directory, tiffTag.GDAL_NODATA);
  const fileNodata = nodataText === undefined ? undefined : parseNumber(nodataText);
  const colorTable = layout.photometric === tiffPhotometric.palette ? colorTableOf(layout.colorMap) : undefined;
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
      ...(side?.attributeTable ? { attributeTable: side.attributeTable } : {}),
      ...(colorTable && i === 0 ? { colorTable: withTransparentNodata(colorTable, nodata) } : {}),
      metadata: { ...metadata, ...side?.metadata },
    };
  });
}

function colorInterpretationOf(layout: ImageLayout, band: number): string | undefined {
  const colors =
    layout.photometric === tiffPhotometric.rgb || layout.photometric === tiffPhotometric.yCbCr
      ? ["red", "green", "blue"]
      : [];
  const count = colors.length || 1;
  if (band < colors.length) return colors[band];
  if (band === 0)
    return layout.photometric === tiffPhotometric.palette
      ? "palette"
      : layout.photometric <= tiffPhotometric.blackIsZero
        ? "gray"
        : undefined;
  const extra = layout.extraSamples[band - count];
  return extra === tiffExtraSample.associatedAlpha || extra === tiffExtraSample.unassociatedAlpha ? "alpha" : undefined;
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
