import { existsSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../../src-shared/geo/window.ts";
import { diskError, replaceWhole, system, temporaryBeside, writeAll, writeWhole } from "../../files/index.ts";
import { isGeographic } from "../crs.ts";
import { files } from "../file-handles.ts";
import {
  reducedResolution,
  tiffCompression,
  tiffExtraSample,
  tiffPhotometric,
  tiffPlanar,
  tiffPredictor,
  tiffTag,
} from "../formats/tiff/tags.ts";
import { pool } from "../pool/pool.ts";
import { buffersIn } from "../pool/transfer.ts";
import type { Work } from "../pool/work.ts";
import { allocate, type SampleType, sampleTypes, type TypedArray } from "../sample-type.ts";
import type { AttributeRow } from "../sidecars.ts";
import { escapeXml } from "../xml.ts";
import type { OverviewMethod } from "./encode-tile.ts";
import { leaderBytes, needsBigTiff, type TagValue, tiffHeader, trailerBytes } from "./tiff-header.ts";
import { geoKeyTags } from "./write-geokeys.ts";

/** What a new COG holds. */
export interface CogSpec {
  readonly geobox: GeoBox;
  /** false: the image has no place on Earth, and of `geobox` only the size counts */
  readonly placed?: boolean | undefined;
  readonly bandCount: number;
  readonly dataType: SampleType;
  readonly nodata?: number | undefined;
  /** physical value = stored value · scale + offset; one for all bands, or one each */
  readonly scale?: number | readonly number[] | undefined;
  readonly offset?: number | readonly number[] | undefined;
  readonly bandNames?: readonly string[] | undefined;
  /** per pixel value, for one band of classes; written beside the file, where GDAL keeps them */
  readonly categoryNames?: readonly string[] | undefined;
  /** values with names, colours and the codes they had in their source; a raster attribute table beside the file */
  readonly attributeTable?: readonly AttributeRow[] | undefined;
  /** red, green, blue, alpha by pixel value; for one uint8 or uint16 band */
  readonly colorTable?: readonly (readonly [number, number, number, number])[] | undefined;
  /** the first three bands are red, green and blue */
  readonly color?: "rgb" | "gray" | undefined;
  /** the last band is alpha */
  readonly alpha?: boolean | undefined;
  readonly overviewMethod: OverviewMethod;
  readonly blockSize?: number | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** DEFLATE effort, 1 to 9 */
  readonly level?: number | undefined;
  /**
   * In which order tiles are asked for: "rows" suits striped sources and small maps, "blocks" (Z-order) keeps
   * neighbours together and needs memory for a few tiles only, however wide the map.
   */
  readonly order?: "rows" | "blocks" | undefined;
  /** 64-bit offsets: by default only when the finished file is too large for 32-bit ones, which every reader knows */
  readonly bigTiff?: "auto" | "always" | undefined;
}

export interface WriteOptions extends Work {
  /** from 0 to 1 */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** The pixels of a window inside the image, one array per band; `undefined` where the image is empty: such tiles take no space. */
export type ReadPixels = (window: PixelWindow) => Promise<readonly TypedArray[] | undefined>;

/**
 * Writes a Cloud Optimized GeoTIFF tile by tile: no more than a few tiles are in memory. The file appears whole
 * under its name, or not at all.
 * @throws AppError "crs-unknown", "crs-unusable"
 */
export async function createCog(
  path: string,
  spec: CogSpec,
  read: ReadPixels,
  options: WriteOptions = {},
): Promise<void> {
  const { signal, urgent, onProgress } = options;
  const blockSize = spec.blockSize ?? 512;
  const { width, height } = spec.geobox;
  if (blockSize % 16 !== 0 || blockSize < 16)
    throw new Error(`createCog: block size ${blockSize} is no multiple of 16`);
  if (!(width > 0 && height > 0) || spec.bandCount < 1)
    throw new Error(`createCog: ${width} × ${height} × ${spec.bandCount}`);
  signal?.throwIfAborted();
  // A coordinate system that cannot be written is refused before the first tile is made.
  placeTags(spec);
  const spoolPath = temporaryBeside(path);
  const alone = !existsSync(`${path}.aux.xml`);
  let besides = false;
  try {
    const spool = await system.open(spoolPath, "wx+");
    try {
      const levels = await writeTiles(spool, spec, blockSize, read, { signal, urgent }, (done) =>
        onProgress?.(done * 0.97),
      );
      await replaceWhole(path, async (temporary) => {
        const final = await system.open(temporary, "wx");
        await assemble(spool, final, spec, levels, blockSize, signal).finally(() => final.close());
        besides = true;
        await writeSidecar(path, spec);
        files.forget(path);
      });
    } finally {
      await spool.close();
    }
    onProgress?.(1);
  } catch (error) {
    if (besides && alone) await system.rm(`${path}.aux.xml`, { force: true });
    throw diskError(path, error, "raster-unwritable");
  } finally {
    await system.rm(spoolPath, { force: true });
  }
}

/** One resolution of the pyramid and where its tiles lie in the spool file. */
interface Level {
  readonly width: number;
  readonly height: number;
  readonly across: number;
  readonly down: number;
  readonly positions: Float64Array;
  readonly lengths: Float64Array;
}

/** Full resolution first; halves until one tile holds everything. */
function levelsOf(width: number, height: number, blockSize: number, method: OverviewMethod): Level[] {
  const levels: Level[] = [];
  for (let w = width, h = height; ; w = Math.ceil(w / 2), h = Math.ceil(h / 2)) {
    const across = Math.ceil(w / blockSize);
    const down = Math.ceil(h / blockSize);
    const tiles = across * down;
    levels.push({
      width: w,
      height: h,
      across,
      down,
      positions: new Float64Array(tiles),
      lengths: new Float64Array(tiles),
    });
    if (method === "none" || (across === 1 && down === 1)) return levels;
  }
}

interface Parent {
  /** none as long as nothing lies below */
  bands: TypedArray[] | undefined;
  readonly width: number;
  readonly height: number;
  missing: number;
}

/** No more bytes of tiles than this are worked on at once. */
const inFlightBytes = 1 << 26;
/** Row order holds a row of half-finished tiles per level; wider maps go in Z-order. */
const rowOrderBytes = 1 << 27;

async function writeTiles(
  spool: FileHandle,
  spec: CogSpec,
  blockSize: number,
  read: ReadPixels,
  { signal, urgent }: Work,
  onProgress: (fraction: number) => void,
): Promise<Level[]> {
  const { dataType, bandCount } = spec;
  const { width, height } = spec.geobox;
  const levels = levelsOf(width, height, blockSize, spec.overviewMethod);
  const parents = new Map<string, Parent>();
  const predictor = predictorFor(spec);
  let end = 0;
  let finished = 0;
  const total = levels.reduce((sum, { positions }) => sum + positions.length, 0);

  const store = async (level: number, col: number, row: number, bands: readonly TypedArray[]): Promise<void> => {
    const { across } = levels[level]!;
    const [w, h] = sizeOfTile(levels[level]!, col, row, blockSize);
    const hasParent = level + 1 < levels.length;
    const input = {
      bands,
      dataType,
      blockSize,
      width: w,
      height: h,
      predictor,
      level: spec.level ?? 6,
      halve: hasParent ? spec.overviewMethod : ("none" as const),
      nodata: spec.nodata,
    };
    const { bytes, half } = await pool.run("encode", input, { signal, urgent, transfer: buffersIn(bands) });
    const index = row * across + col;
    const position = end;
    end += bytes.length;
    levels[level]!.positions[index] = position;
    levels[level]!.lengths[index] = bytes.length;
    await writeAll(spool, bytes, position);
    onProgress(++finished / total);
    if (hasParent) await contribute(level + 1, col, row, half);
  };

  /** An empty tile has offset 0 and length 0, which readers take as no data. */
  const leaveOut = async (level: number, col: number, row: number): Promise<void> => {
    onProgress(++finished / total);
    if (level + 1 < levels.length) await contribute(level + 1, col, row, undefined);
  };

  /** Copies a quarter into the tile of the next coarser level; the last quarter completes that tile. */
  const contribute = async (
    level: number,
    col: number,
    row: number,
    half: readonly TypedArray[] | undefined,
  ): Promise<void> => {
    const above = levels[level]!;
    const below = levels[level - 1]!;
    const key = `${level}/${col >> 1}/${row >> 1}`;
    let parent = parents.get(key);
    if (!parent) {
      const [width, height] = sizeOfTile(above, col >> 1, row >> 1, blockSize);
      const children = Math.min(2, below.across - (col >> 1) * 2) * Math.min(2, below.down - (row >> 1) * 2);
      parent = { width, height, missing: children, bands: undefined };
      parents.set(key, parent);
    }
    if (half) {
      const pixels = parent.width * parent.height;
      parent.bands ??= Array.from({ length: bandCount }, () => allocate(dataType, pixels).fill(spec.nodata ?? 0));
    }
    const [childWidth, childHeight] = sizeOfTile(below, col, row, blockSize);
    const across = Math.ceil(childWidth / 2);
    const down = Math.ceil(childHeight / 2);
    const left = (col & 1) * (blockSize / 2);
    const top = (row & 1) * (blockSize / 2);
    half?.forEach((band, i) => {
      for (let r = 0; r < down; r++) {
        parent.bands![i]!.set(band.subarray(r * across, (r + 1) * across), (top + r) * parent.width + left);
      }
    });
    if (--parent.missing > 0) return;
    parents.delete(key);
    if (parent.bands) await store(level, col >> 1, row >> 1, parent.bands);
    else await leaveOut(level, col >> 1, row >> 1);
  };

  const tileBytes = blockSize * blockSize * bandCount * sampleTypes[dataType].bytes;
  const lanes = Math.max(1, Math.min(pool.size + 2, Math.floor(inFlightBytes / tileBytes)));
  const rowBytes = width * blockSize * bandCount * sampleTypes[dataType].bytes;
  const order = rowBytes > rowOrderBytes ? "blocks" : (spec.order ?? "rows");
  const tiles = order === "rows" ? tilesByRow(levels[0]!) : tilesByBlock(levels[0]!);
  const work = async () => {
    for (const { col, row } of tiles) {
      signal?.throwIfAborted();
      const [w, h] = sizeOfTile(levels[0]!, col, row, blockSize);
      const bands = await read({ col: col * blockSize, row: row * blockSize, width: w, height: h });
      if (!bands) {
        await leaveOut(0, col, row);
        continue;
      }
      if (bands.length !== bandCount || bands.some((band) => band.length !== w * h)) {
        throw new Error(
          `createCog: the reader gave ${bands.map((b) => b.length).join(", ")} pixels for ${w} × ${h} × ${bandCount}`,
        );
      }
      await store(
        0,
        col,
        row,
        bands.map((band) => asType(band, dataType)),
      );
    }
  };
  // All lanes draw from one iterator; the first failure stops the others at their next tile.
  let failure: unknown;
  const lane = async () => {
    try {
      await work();
    } catch (error) {
      failure ??= error;
      tiles.return(undefined);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failure !== undefined) throw failure;
  return levels;
}

/** A reader may keep its arrays: what moves to the worker is a copy unless it fills its buffer alone. */
function asType(band: TypedArray, dataType: SampleType): TypedArray {
  const out = allocate(dataType, band.length);
  out.set(band);
  return out;
}

function sizeOfTile(level: Level, col: number, row: number, blockSize: number): [width: number, height: number] {
  return [Math.min(blockSize, level.width - col * blockSize), Math.min(blockSize, level.height - row * blockSize)];
}

function* tilesByRow({ across, down }: Level): Generator<{ col: number; row: number }> {
  for (let row = 0; row < down; row++) for (let col = 0; col < across; col++) yield { col, row };
}

/** Z-order: four neighbours, then the next four, so that parents are complete soon. */
function* tilesByBlock({ across, down }: Level): Generator<{ col: number; row: number }> {
  let size = 1;
  while (size < across || size < down) size *= 2;
  function* visit(col: number, row: number, span: number): Generator<{ col: number; row: number }> {
    if (col >= across || row >= down) return;
    if (span === 1) {
      yield { col, row };
      return;
    }
    const half = span / 2;
    yield* visit(col, row, half);
    yield* visit(col + half, row, half);
    yield* visit(col, row + half, half);
    yield* visit(col + half, row + half, half);
  }
  yield* visit(0, 0, size);
}

/** A predictor helps where neighbouring values are similar; class codes are not. */
function predictorFor({ dataType, colorTable, categoryNames, overviewMethod }: CogSpec): number {
  if (!sampleTypes[dataType].integer) return tiffPredictor.floatingPoint;
  const isClasses = colorTable || categoryNames || overviewMethod === "mode";
  return isClasses ? tiffPredictor.none : tiffPredictor.horizontal;
}

/** Header first, then the tiles from the coarsest level to the finest, rows from the top. */
async function assemble(
  spool: FileHandle,
  final: FileHandle,
  spec: CogSpec,
  levels: readonly Level[],
  blockSize: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const offsets = levels.map(({ positions }) => new Float64Array(positions.length));
  const tags = () => levels.map((level, i) => tagsOf(spec, level, i, blockSize, offsets[i]!));
  const lengthsOfAll = levels.map(({ lengths }) => lengths);
  const bigTiff = spec.bigTiff === "always" || needsBigTiff(tiffHeader(tags(), false).length, lengthsOfAll);
  let position = tiffHeader(tags(), bigTiff).length;
  const start = position;
  for (let i = levels.length - 1; i >= 0; i--) {
    const { lengths } = levels[i]!;
    for (let t = 0; t < lengths.length; t++) {
      if (lengths[t] === 0) continue;
      offsets[i]![t] = position + leaderBytes;
      position += leaderBytes + lengths[t]! + trailerBytes;
    }
  }
  await writeAll(final, tiffHeader(tags(), bigTiff), 0);

  // Copied through one buffer of a few megabytes.
  let buffer = new Uint8Array(1 << 22);
  let filled = 0;
  let at = start;
  const flush = async () => {
    await writeAll(final, buffer.subarray(0, filled), at);
    at += filled;
    filled = 0;
  };
  for (let i = levels.length - 1; i >= 0; i--) {
    const { lengths, positions } = levels[i]!;
    for (let t = 0; t < lengths.length; t++) {
      signal?.throwIfAborted();
      const length = lengths[t]!;
      if (length === 0) continue;
      const needed = leaderBytes + length + trailerBytes;
      if (filled + needed > buffer.length) await flush();
      if (needed > buffer.length) buffer = new Uint8Array(needed);
      const view = new DataView(buffer.buffer, filled);
      view.setUint32(0, length, true);
      let got = 0;
      while (got < length) {
        const { bytesRead } = await spool.read(buffer, filled + leaderBytes + got, length - got, positions[t]! + got);
        if (bytesRead === 0) throw new Error("createCog: the temporary file is shorter than what was written to it");
        got += bytesRead;
      }
      buffer.copyWithin(
        filled + leaderBytes + length,
        filled + leaderBytes + length - trailerBytes,
        filled + leaderBytes + length,
      );
      filled += needed;
    }
  }
  await flush();
}

function tagsOf(spec: CogSpec, level: Level, index: number, blockSize: number, offsets: Float64Array): TagValue[] {
  const { bandCount, dataType, colorTable } = spec;
  const { bytes, format } = sampleTypes[dataType];
  const repeat = (value: number, count = bandCount) => new Array<number>(count).fill(value);
  const predictor = predictorFor(spec);
  const rgb = spec.color === "rgb" && bandCount >= 3;
  const colors = colorTable ? tiffPhotometric.palette : rgb ? tiffPhotometric.rgb : tiffPhotometric.blackIsZero;
  const extra: number[] = repeat(tiffExtraSample.unspecified, bandCount - (rgb ? 3 : 1));
  if (spec.alpha && extra.length > 0) extra[extra.length - 1] = tiffExtraSample.unassociatedAlpha;
  const tags: TagValue[] = [
    { tag: tiffTag.ImageWidth, type: "long", values: [level.width] },
    { tag: tiffTag.ImageLength, type: "long", values: [level.height] },
    { tag: tiffTag.BitsPerSample, type: "short", values: repeat(bytes * 8) },
    { tag: tiffTag.Compression, type: "short", values: [tiffCompression.deflate] },
    { tag: tiffTag.PhotometricInterpretation, type: "short", values: [colors] },
    { tag: tiffTag.SamplesPerPixel, type: "short", values: [bandCount] },
    { tag: tiffTag.PlanarConfiguration, type: "short", values: [tiffPlanar.chunky] },
    { tag: tiffTag.TileWidth, type: "short", values: [blockSize] },
    { tag: tiffTag.TileLength, type: "short", values: [blockSize] },
    { tag: tiffTag.TileOffsets, type: "offset", values: offsets },
    { tag: tiffTag.TileByteCounts, type: "long", values: level.lengths },
    { tag: tiffTag.SampleFormat, type: "short", values: repeat(format) },
  ];
  if (index > 0) tags.push({ tag: tiffTag.NewSubfileType, type: "long", values: [reducedResolution] });
  if (predictor !== tiffPredictor.none) tags.push({ tag: tiffTag.Predictor, type: "short", values: [predictor] });
  if (extra.length > 0) tags.push({ tag: tiffTag.ExtraSamples, type: "short", values: extra });
  if (colorTable) tags.push({ tag: tiffTag.ColorMap, type: "short", values: colorMap(colorTable, bytes * 8) });
  if (spec.nodata !== undefined)
    tags.push({ tag: tiffTag.GDAL_NODATA, type: "ascii", values: numberText(spec.nodata) });
  if (index > 0) return tags;
  tags.push(...placeTags(spec));
  const metadata = gdalMetadata(spec);
  if (metadata) tags.push({ tag: tiffTag.GDAL_METADATA, type: "ascii", values: metadata });
  return tags;
}

/** Where the image lies. @throws crs-unwritable */
function placeTags({ geobox, placed = true }: CogSpec): TagValue[] {
  if (!placed) return [];
  const { a, b, c, d, e, f } = geobox.affine;
  const tags: TagValue[] =
    c === 0 && e === 0 && b > 0 && f < 0
      ? [
          { tag: tiffTag.ModelPixelScale, type: "double", values: [b, -f, 0] },
          { tag: tiffTag.ModelTiepoint, type: "double", values: [0, 0, 0, a, d, 0] },
        ]
      : [
          {
            tag: tiffTag.ModelTransformation,
            type: "double",
            values: [b, c, 0, a, e, f, 0, d, 0, 0, 0, 0, 0, 0, 0, 1],
          },
        ];
  if (geobox.crs) tags.push(...geoKeyTags(geobox.crs, isGeographic(geobox.crs)));
  return tags;
}

const numberText = (value: number) => (Number.isNaN(value) ? "nan" : String(value));

function colorMap(table: readonly (readonly number[])[], bits: number): number[] {
  const count = 1 << bits;
  if (bits > 16) throw new Error(`createCog: a colour table for ${bits}-bit pixels`);
  const map = new Array<number>(count * 3).fill(0);
  table.slice(0, count).forEach((color, value) => {
    for (let k = 0; k < 3; k++) map[k * count + value] = color[k]! * 257;
  });
  return map;
}

const perBand = (value: number | readonly number[] | undefined, band: number) =>
  typeof value === "object" ? value[band] : value;

/** GDAL escapes the text of an item once more than XML asks for, and takes both off when it reads. */
const escapeTwice = (text: string) => escapeXml(escapeXml(text));

function gdalMetadata(spec: CogSpec): string | undefined {
  const items: string[] = [];
  for (const [name, text] of Object.entries(spec.metadata ?? {})) {
    items.push(`  <Item name="${escapeXml(name)}">${escapeTwice(text)}</Item>`);
  }
  for (let band = 0; band < spec.bandCount; band++) {
    const name = spec.bandNames?.[band];
    if (name) items.push(`  <Item name="DESCRIPTION" sample="${band}" role="description">${escapeTwice(name)}</Item>`);
    const offset = perBand(spec.offset, band) ?? 0;
    const scale = perBand(spec.scale, band) ?? 1;
    if (offset === 0 && scale === 1) continue;
    items.push(`  <Item name="OFFSET" sample="${band}" role="offset">${offset}</Item>`);
    items.push(`  <Item name="SCALE" sample="${band}" role="scale">${scale}</Item>`);
  }
  return items.length > 0 ? `<GDALMetadata>\n${items.join("\n")}\n</GDALMetadata>\n` : undefined;
}

/** Value, name, code of the source and colour, with GDAL's numbers for types and uses of columns; nothing where there is no source. */
function attributesXml(table: CogSpec["attributeTable"]): string {
  if (!table?.some(({ source }) => source !== undefined)) return "";
  const columns = [
    ["Value", 0, 5],
    ["Class", 2, 2],
    ["Source", 2, 0],
    ["Red", 0, 6],
    ["Green", 0, 7],
    ["Blue", 0, 8],
  ] as const;
  const fields = columns.map(
    ([name, type, usage], i) =>
      `      <FieldDefn index="${i}"><Name>${name}</Name><Type>${type}</Type><Usage>${usage}</Usage></FieldDefn>\n`,
  );
  const rows = table.map(({ value, name = "", source = "", color = "#000000" }, i) => {
    const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
    const cells = [value, escapeXml(name), escapeXml(source), ...parts].map((cell) => `<F>${cell}</F>`);
    return `      <Row index="${i}">${cells.join("")}</Row>\n`;
  });
  return `    <GDALRasterAttributeTable tableType="thematic">\n${fields.join("")}${rows.join("")}    </GDALRasterAttributeTable>\n`;
}

/** Category names have no place in a TIFF: GDAL and QGIS read them from `.aux.xml`. */
async function writeSidecar(path: string, { categoryNames, attributeTable }: CogSpec): Promise<void> {
  const sidecar = `${path}.aux.xml`;
  if (!categoryNames) {
    // Side files of an earlier file of this name would be read as belonging to the new one.
    await system.rm(sidecar, { force: true });
    return;
  }
  const rows = categoryNames.map((name) => `      <Category>${escapeXml(name)}</Category>`);
  await writeWhole(
    sidecar,
    `<PAMDataset>\n  <PAMRasterBand band="1">\n    <CategoryNames>\n${rows.join("\n")}\n    </CategoryNames>\n${attributesXml(attributeTable)}  </PAMRasterBand>\n</PAMDataset>\n`,
  );
}
