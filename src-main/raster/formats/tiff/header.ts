import { AppError } from "../../../../src-shared/errors/index.ts";
import { reason } from "../../../../src-shared/errors/reasons/index.ts";
import type { Affine } from "../../../../src-shared/geo/affine.ts";
import type { Crs } from "../../../../src-shared/geo/crs.ts";
import { missingBeside, SideFileProblem } from "../../damage.ts";
import { compressionNames, readableCompressions } from "../../decode/decode-block.ts";
import { geoKey, pixelIsPoint } from "../../geokey-ids.ts";
import { crsOfGeoKeys, type GeoKeys, parseGeoKeys } from "../../geokeys.ts";
import type { BandInfo, RasterInfo } from "../../raster.ts";
import { parseNumber, readWorldFile, type Sidecar } from "../../sidecars.ts";
import type { ValiditySource } from "../../validity.ts";
import { childrenNamed, parseXml, unescaped, XmlProblem } from "../../xml.ts";
import { describedBand, validityOfBands } from "../bands.ts";
import type { HeaderReader, StoredHeader, StoredImage } from "../format.ts";
import { placed, sidecarOf, systemOf, usableAffine } from "../place.ts";
import { DamagedFile } from "../problems.ts";
import { openSource, readBytes, type Source } from "../source.ts";
import { type Directory, numbersOf, readTiff, type TiffFile, textOf } from "./directory.ts";
import { type ImageLayout, imageLayout, subfileTypeOf } from "./image-layout.ts";
import { tiffExtraSample, tiffPhotometric, tiffTag } from "./tags.ts";

const maskBit = 4;
const reducedBit = 1;

const tiffOf = (source: Source) => readTiff((offset, length) => readBytes(source, offset, length), source.size);

/** “II” or “MM”, then 42, or 43 of a BigTIFF: what comes after is looked at where it is read, so that it is refused in its words. */
export const tiffHeader: HeaderReader = {
  recognises: ([first, second]) => (first === 0x49 && second === 0x49) || (first === 0x4d && second === 0x4d),
  read: async (source, crsGiven) => headerOf(source, await tiffOf(source), crsGiven),
};

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
  stored: { format: "tiff", layout },
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

  const sidecar = await sidecarOf(path);
  const tags = parseGdalMetadata(await textOf(file, first, tiffTag.GDAL_METADATA));
  const keys = await geoKeysOf(file, first);
  const pointRegistered = keys?.get(geoKey.GTRasterType) === pixelIsPoint;
  const affine =
    usableAffine(sidecar?.affine) ??
    usableAffine(await affineOfTags(file, first, pointRegistered)) ??
    usableAffine(await readWorldFile(path));
  const system = systemOf(path, crsGiven, sidecar?.crs, () => keys && crsOfGeoKeys(keys));

  const bands = await bandsOf(file, first, main, tags, sidecar);
  const sameSize = masks.filter(({ layout }) => layout.width === main.width && layout.height === main.height);
  const validity: ValiditySource<StoredImage> = sameSize.length > 0 ? { kind: "mask", masks } : validityOfBands(bands);

  const metadata: Record<string, string> = { ...tags.items, ...sidecar?.metadata };
  for (const [tag, name] of Object.entries(textTags)) {
    const text = await textOf(file, first, Number(tag));
    if (text) metadata[name] = text;
  }
  const info: RasterInfo = {
    path,
    width: main.width,
    height: main.height,
    ...placed(system, affine, main),
    bands,
    dataType: main.dataType,
    format: file.bigTiff ? "BigTIFF" : "TIFF",
    interleave: main.planar || main.samples === 1 ? "band" : "pixel",
    compression: compressionNames[compression] ?? String(compression),
    blockWidth: main.blockWidth,
    blockHeight: main.blockHeight,
    tiled: main.tiled,
    overviews: overviews.map(({ layout }) => ({ width: layout.width, height: layout.height })),
    pointRegistered,
    metadata,
    validity: validity.kind,
  };
  return { info, images: [storedImage(source, main, first), ...overviews], validity };
}

/** The GeoKeys of a directory. */
export async function geoKeysOf(file: TiffFile, directory: Directory): Promise<GeoKeys | undefined> {
  const numbers = await numbersOf(file, directory, tiffTag.GeoKeyDirectory);
  if (!numbers) return undefined;
  const doubles = (await numbersOf(file, directory, tiffTag.GeoDoubleParams)) ?? new Float64Array();
  return parseGeoKeys(numbers, doubles, (await textOf(file, directory, tiffTag.GeoAsciiParams)) ?? "");
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
    throw new DamagedFile(reason("mask-valid-pixels-cannot-read"));
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
export async function affineOfTags(file: TiffFile, directory: Directory, point: boolean): Promise<Affine | undefined> {
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
    const metadata: Record<string, string> = {};
    for (const item of items) if (item.role === "") metadata[item.name] = item.text;
    const own = {
      name: role("description"),
      nodata: fileNodata,
      scale: Number(role("scale") ?? 1),
      offset: Number(role("offset") ?? 0),
      colorInterpretation: role("colorinterp")?.toLowerCase() ?? colorInterpretationOf(layout, i),
      colorTable: i === 0 ? colorTable : undefined,
      metadata,
    };
    return describedBand(layout.dataType, own, side);
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
