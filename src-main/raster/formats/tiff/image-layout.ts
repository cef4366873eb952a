import { reason } from "../../../../src-shared/errors/reasons/index.ts";
import { type SampleType, sampleTypes } from "../../sample-type.ts";
import type { BlockGrid } from "../format.ts";
import { DamagedFile, UnsupportedLayout } from "../problems.ts";
import { bytesOfTag, type Directory, type Entry, numbersOf, type TiffFile, wholeOf } from "./directory.ts";
import { tiffCompression, tiffPhotometric, tiffPlanar, tiffPredictor, tiffSampleFormat, tiffTag } from "./tags.ts";

/**
 * How one image of a TIFF stores its pixels: the grid of blocks, and what a decoder must know about each.
 * Plain data: headers are read in a thread of their own and cross over.
 */
export interface ImageLayout extends BlockGrid {
  readonly tiled: boolean;
  readonly encoding: Encoding;
  readonly photometric: number;
  readonly extraSamples: readonly number[];
  readonly colorMap: Float64Array | undefined;
  /** 1: reduced image, 4: mask, as bits */
  readonly subfileType: number;
  readonly blocks: BlockTable;
}

/** Where the blocks lie in the file: `block-places.ts` reads it. */
export interface BlockTable {
  readonly offsets: Entry;
  readonly lengths: Entry | undefined;
  /** an uncompressed strip that is read in parts: into how many */
  readonly divided: number;
  /** strips or tiles above one another as they are stored, before a strip is divided */
  readonly storedDown: number;
  readonly rowBytes: number;
  /** of one block of the layout */
  readonly partBytes: number;
  /** no stored block is longer */
  readonly mostBytes: number;
}

/** Everything a decoder needs besides the bytes: plain data, so that it can cross to a worker thread. */
export interface Encoding {
  readonly compression: number;
  readonly predictor: number;
  readonly bits: number;
  readonly dataType: SampleType;
  /** IEEE half floats become float32 */
  readonly halfFloat: boolean;
  readonly littleEndian: boolean;
  readonly fillOrder: number;
  readonly samplesPerBlock: number;
  readonly blockWidth: number;
  /** of a whole block; the last strip of an image may be stored with fewer rows */
  readonly blockHeight: number;
  readonly photometric: number;
  readonly jpegTables?: Uint8Array | undefined;
  readonly lercParameters?: readonly number[] | undefined;
}

const strip = { offsets: tiffTag.StripOffsets, lengths: tiffTag.StripByteCounts } as const;
const tile = { offsets: tiffTag.TileOffsets, lengths: tiffTag.TileByteCounts } as const;

/** GDAL's limit, and the file format's (a 16-bit field). */
const mostSamples = 65535;
const mostPixels = 2 ** 31 - 1;

/** An uncompressed strip larger than this is read in parts: the whole image is often one strip. */
const strideBytes = 1 << 18;
/** A block must be decoded whole: no larger one is. */
const blockBudget = 2 ** 28;
/** Predictors belong to these compressions; with others the field means nothing (libtiff ignores it). */
const predicted: ReadonlySet<number> = new Set<number>([
  tiffCompression.lzw,
  tiffCompression.deflate,
  tiffCompression.oldDeflate,
  tiffCompression.zstandard,
]);

/**
 * The layout of an image, every number of it checked: sizes are whole and positive, the lists of blocks are as long as the grid of
 * blocks needs, and a block fits into memory. What passes here can be read without further questions, or fails block by block.
 * @throws DamagedFile, UnsupportedLayout
 */
export async function imageLayout(file: TiffFile, directory: Directory): Promise<ImageLayout> {
  const whole = (tag: number, least: number, most: number) => wholeOf(file, directory, tag, least, most);
  const width = whole(tiffTag.ImageWidth, 1, mostPixels);
  const height = whole(tiffTag.ImageLength, 1, mostPixels);
  if (!width || !height) throw new DamagedFile(reason("image-without-size"));
  const samples = whole(tiffTag.SamplesPerPixel, 1, mostSamples) ?? 1;
  const bits = await oneForAll(file, directory, tiffTag.BitsPerSample, samples, 1, "bits");
  const format = await oneForAll(file, directory, tiffTag.SampleFormat, samples, 1, "number format");
  const dataType = sampleTypeFor(bits, format);
  const compression = whole(tiffTag.Compression, 0, 65535) ?? tiffCompression.none;
  const planar = samples > 1 && whole(tiffTag.PlanarConfiguration, 1, 2) === tiffPlanar.separate;
  const photometric = whole(tiffTag.PhotometricInterpretation, 0, 65535) ?? tiffPhotometric.blackIsZero;
  const tiled = directory.entries.has(tile.offsets) || directory.entries.has(tiffTag.TileWidth);
  const blockWidth = tiled ? whole(tiffTag.TileWidth, 1, mostPixels) : width;
  // Writers say “one strip” with a number past every image: 2³² − 1.
  const rowsPerStrip = tiled ? undefined : whole(tiffTag.RowsPerStrip, 1, 2 ** 32 - 1);
  let blockHeight = tiled ? whole(tiffTag.TileLength, 1, mostPixels) : Math.min(height, rowsPerStrip ?? height);
  if (!blockWidth || !blockHeight) throw new DamagedFile(reason("blocks-without-size"));
  const samplesPerBlock = planar ? 1 : samples;
  const predictor = predicted.has(compression)
    ? predictorOf(whole(tiffTag.Predictor, 0, 65535) ?? tiffPredictor.none, bits, dataType)
    : tiffPredictor.none;
  refuseOddColors(photometric, compression, bits, samplesPerBlock);

  const tags = tiled ? tile : strip;
  // Some writers put strip tags on tiled images; the tag of the offsets decides only where to look for them.
  const offsets = directory.entries.get(tags.offsets) ?? directory.entries.get(strip.offsets);
  const lengths = directory.entries.get(tags.lengths) ?? directory.entries.get(strip.lengths);
  if (!offsets) throw new DamagedFile(reason("image-without-pixels"));

  const rowBytes = Math.ceil((blockWidth * samplesPerBlock * bits) / 8);
  const blocksAcross = Math.ceil(width / blockWidth);
  const storedDown = Math.ceil(height / blockHeight);
  const needed = blocksAcross * storedDown * (planar ? samples : 1);
  const counted = Math.min(offsets.count, lengths?.count ?? Number.POSITIVE_INFINITY);
  if (!lengths && compression !== tiffCompression.none) throw new DamagedFile(reason("blocks-no-lengths"));
  if (counted < needed) {
    throw new DamagedFile(reason("pixels-need-blocks-listed", { width, height, needed, counted }));
  }

  let divided = 1;
  if (!tiled && compression === tiffCompression.none && blockHeight * rowBytes > strideBytes) {
    // Whole rows of an uncompressed strip can be addressed: treat it as many short strips.
    const rows = Math.max(1, Math.floor(strideBytes / rowBytes));
    const parts = Math.ceil(blockHeight / rows);
    if (storedDown === 1 || blockHeight % rows === 0) {
      divided = parts;
      blockHeight = rows;
    } else {
      const exact = divisorAtMost(blockHeight, rows);
      divided = blockHeight / exact;
      blockHeight = exact;
    }
  }
  const decodedBytes = blockWidth * blockHeight * samplesPerBlock * sampleTypes[dataType].bytes;
  if (decodedBytes > blockBudget) {
    throw new UnsupportedLayout(reason("blocks-pixels-too-large-hold", { blockWidth, blockHeight }));
  }

  const partBytes = blockHeight * rowBytes;
  return {
    width,
    height,
    samples,
    dataType,
    tiled,
    blockWidth,
    blockHeight,
    blocksAcross,
    blocksDown: Math.ceil(height / blockHeight),
    planar,
    photometric,
    extraSamples: [...((await numbersOf(file, directory, tiffTag.ExtraSamples)) ?? [])],
    colorMap: await colorMapOf(file, directory, photometric, bits),
    subfileType: subfileTypeOf(file, directory),
    encoding: {
      compression,
      predictor,
      bits,
      dataType,
      halfFloat: format === 3 && bits === 16,
      littleEndian: file.littleEndian,
      fillOrder: whole(tiffTag.FillOrder, 1, 2) ?? 1,
      samplesPerBlock,
      blockWidth,
      blockHeight,
      photometric,
      jpegTables:
        compression === tiffCompression.jpeg ? await bytesOfTag(file, directory, tiffTag.JPEGTables) : undefined,
      lercParameters:
        compression === tiffCompression.lerc
          ? [...((await numbersOf(file, directory, tiffTag.LercParameters)) ?? [])]
          : undefined,
    },
    blocks: {
      offsets,
      lengths,
      divided,
      storedDown,
      rowBytes,
      partBytes,
      // Compression that makes larger is rare and bounded: LZW's worst case is half as much again.
      mostBytes: compression === tiffCompression.none ? partBytes * divided : partBytes * 2 + 65536,
    },
  };
}

/** 1: reduced image, 4: mask, as bits. */
export function subfileTypeOf(file: TiffFile, directory: Directory): number {
  return (
    wholeOf(file, directory, tiffTag.NewSubfileType, 0, 2 ** 32 - 1) ??
    (wholeOf(file, directory, tiffTag.SubfileType, 0, 65535) === 2 ? 1 : 0)
  );
}

/** A number that every band must share. */
async function oneForAll(
  file: TiffFile,
  directory: Directory,
  tag: number,
  samples: number,
  usual: number,
  what: string,
): Promise<number> {
  const list = await numbersOf(file, directory, tag);
  if (!list) return usual;
  // One value for all bands is a habit of many writers; a list of another length does not belong to these bands.
  if (list.length !== 1 && list.length < samples) {
    throw new DamagedFile(
      what === "bits"
        ? reason("bands-without-sizes", { samples, length: list.length })
        : reason("bands-without-formats", { samples, length: list.length }),
    );
  }
  const different = [...new Set(list.subarray(0, samples))];
  if (different.length > 1) {
    const values = `${different.slice(0, 4).join(", ")}${different.length > 4 ? ", …" : ""}`;
    if (what === "bits") throw new UnsupportedLayout(reason("bands-different-sizes-bits", { values }));
    throw new UnsupportedLayout(reason("bands-different-number-formats", { values }));
  }
  return list[0]!;
}

function predictorOf(predictor: number, bits: number, dataType: SampleType): number {
  const { none, horizontal, floatingPoint } = tiffPredictor;
  // Some writers put 0 for none.
  if (predictor <= none) return none;
  if (predictor === horizontal && [8, 16, 32, 64].includes(bits)) return horizontal;
  if (predictor === floatingPoint && !sampleTypes[dataType].integer) return floatingPoint;
  throw new UnsupportedLayout(
    predictor > floatingPoint ? reason("predictor-not-known", { predictor }) : reason("predictor-does-not-go-bit", { predictor, bits }), // biome-ignore format: one line
  );
}

/** Refuses layouts that would be shown in wrong colours or numbers. */
function refuseOddColors(photometric: number, compression: number, bits: number, samplesPerBlock: number): void {
  if (photometric === tiffPhotometric.cmyk) throw new UnsupportedLayout(reason("colours-printing-inks-cmyk"));
  if (photometric === tiffPhotometric.cieLab || photometric === tiffPhotometric.ituLab)
    throw new UnsupportedLayout(reason("colours-cielab"));
  if (compression === tiffCompression.jpeg) {
    if (bits !== 8) throw new UnsupportedLayout(reason("holds-jpegs-bits", { bits }));
    if (![1, 3, 4].includes(samplesPerBlock))
      throw new UnsupportedLayout(reason("holds-jpegs-bands", { samplesPerBlock }));
    if (photometric === tiffPhotometric.yCbCr && samplesPerBlock !== 3)
      throw new UnsupportedLayout(reason("colours-ycbcr-bands-their-own"));
  } else if (photometric === tiffPhotometric.yCbCr) throw new UnsupportedLayout(reason("colours-ycbcr-outside-jpeg"));
}

async function colorMapOf(
  file: TiffFile,
  directory: Directory,
  photometric: number,
  bits: number,
): Promise<Float64Array | undefined> {
  if (photometric !== tiffPhotometric.palette) return undefined;
  const map = await numbersOf(file, directory, tiffTag.ColorMap);
  // Without its table a class map would be averaged like a photograph.
  if (map && bits <= 16 && map.length !== 3 * 2 ** bits) {
    throw new DamagedFile(reason("colour-table-values", { length: map.length, count: 3 * 2 ** bits }));
  }
  return map;
}

function divisorAtMost(n: number, limit: number): number {
  for (let d = Math.max(1, limit); d > 1; d--) if (n % d === 0) return d;
  return 1;
}

function sampleTypeFor(bits: number, format: number): SampleType {
  if (format === tiffSampleFormat.complexSigned || format === tiffSampleFormat.complexFloat)
    throw new UnsupportedLayout(reason("pixels-complex-numbers"));
  if (format === tiffSampleFormat.float) {
    if (bits === 16 || bits === 32) return "float32";
    if (bits === 64) return "float64";
    throw new UnsupportedLayout(reason("pixels-bit-floating-point-numbers", { bits }));
  }
  const signed = format === tiffSampleFormat.signed;
  if (bits >= 1 && bits < 8 && !signed) return "uint8";
  if (bits === 8) return signed ? "int8" : "uint8";
  if (bits > 8 && bits < 16 && !signed) return "uint16";
  if (bits === 16) return signed ? "int16" : "uint16";
  if (bits === 32) return signed ? "int32" : "uint32";
  throw new UnsupportedLayout(
    signed ? reason("pixels-bit-signed-integers", { bits }) : reason("pixels-bit-integers", { bits }),
  );
}
