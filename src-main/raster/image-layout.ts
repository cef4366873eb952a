import { type SampleType, sampleTypes } from "./sample-type.ts";
import {
  bytesOfTag,
  DamagedTiff,
  type Directory,
  NumberList,
  numberOf,
  numbersOf,
  type TiffFile,
} from "./tiff-directory.ts";

/** How one image of a TIFF stores its pixels: the grid of blocks, and what a decoder must know about each. */
export interface ImageLayout {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly dataType: SampleType;
  readonly tiled: boolean;
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** each band in blocks of its own (PlanarConfiguration 2) */
  readonly planar: boolean;
  readonly encoding: Encoding;
  readonly photometric: number;
  readonly extraSamples: readonly number[];
  readonly colorMap: Float64Array | undefined;
  /** 1: reduced image, 4: mask, as bits */
  readonly subfileType: number;
  /** Where block `index` lies in the file; offset 0 or length 0 is a sparse block. */
  locate(index: number): Promise<{ readonly offset: number; readonly length: number }>;
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
  readonly photometric: number;
  readonly jpegTables?: Uint8Array | undefined;
  readonly lercParameters?: readonly number[] | undefined;
}

/** A layout that cannot be read, in words that finish “cannot be read: …”. */
export class UnsupportedLayout extends Error {}

const strip = { offsets: 273, lengths: 279 } as const;
const tile = { offsets: 324, lengths: 325 } as const;

/** An uncompressed strip larger than this is read in parts: the whole image is often one strip. */
const strideBytes = 1 << 18;

export async function imageLayout(file: TiffFile, directory: Directory): Promise<ImageLayout> {
  const value = (tag: number) => numberOf(file, directory, tag);
  const width = value(256);
  const height = value(257);
  if (!width || !height) throw new DamagedTiff("an image without size");
  const samples = value(277) ?? 1;
  const bitsList = (await numbersOf(file, directory, 258)) ?? new Float64Array([1]);
  const formats = (await numbersOf(file, directory, 339)) ?? new Float64Array([1]);
  const bits = bitsList[0]!;
  if (bitsList.some((other) => other !== bits)) {
    throw new UnsupportedLayout(`its bands have different sizes (${[...bitsList].join(", ")} bits)`);
  }
  const format = formats[0]!;
  const dataType = sampleTypeFor(bits, format);
  const compression = value(259) ?? 1;
  const predictor = value(317) ?? 1;
  const planar = samples > 1 && value(284) === 2;
  const tiled = directory.entries.has(tile.offsets) || directory.entries.has(322);
  const blockWidth = tiled ? value(322) : width;
  let blockHeight = tiled ? value(323) : Math.min(height, value(278) ?? height);
  if (!blockWidth || !blockHeight) throw new DamagedTiff("blocks without size");

  const tags = tiled ? tile : strip;
  // Some writers put strip tags on tiled images; the offsets' own tag decides nothing but where to look.
  const offsetsEntry = directory.entries.get(tags.offsets) ?? directory.entries.get(strip.offsets);
  const lengthsEntry = directory.entries.get(tags.lengths) ?? directory.entries.get(strip.lengths);
  if (!offsetsEntry) throw new DamagedTiff("an image without pixels");
  const offsets = new NumberList(file, offsetsEntry);
  const lengths = lengthsEntry ? new NumberList(file, lengthsEntry) : undefined;

  const samplesPerBlock = planar ? 1 : samples;
  const rowBytes = Math.ceil((blockWidth * samplesPerBlock * bits) / 8);
  const storedDown = Math.ceil(height / blockHeight);
  let divided = 1;
  if (!tiled && compression === 1 && blockHeight * rowBytes > strideBytes) {
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
  const blocksAcross = Math.ceil(width / blockWidth);
  const blocksDown = Math.ceil(height / blockHeight);
  const decodedBytes = blockWidth * blockHeight * samplesPerBlock * sampleTypes[dataType].bytes;
  if (decodedBytes > 1 << 29) {
    throw new UnsupportedLayout(`its blocks of ${blockWidth} × ${blockHeight} pixels are too large to hold in memory`);
  }

  const part = blockHeight * rowBytes;
  return {
    width,
    height,
    samples,
    dataType,
    tiled,
    blockWidth,
    blockHeight,
    blocksAcross,
    blocksDown,
    planar,
    photometric: value(262) ?? 1,
    extraSamples: [...((await numbersOf(file, directory, 338)) ?? [])],
    colorMap: await numbersOf(file, directory, 320),
    subfileType: value(254) ?? (value(255) === 2 ? 1 : 0),
    encoding: {
      compression,
      predictor,
      bits,
      dataType,
      halfFloat: format === 3 && bits === 16,
      littleEndian: file.littleEndian,
      fillOrder: value(266) ?? 1,
      samplesPerBlock,
      blockWidth,
      photometric: value(262) ?? 1,
      jpegTables: compression === 7 ? (await bytesOfTag(file, directory, 347))?.slice() : undefined,
      lercParameters: compression === 34887 ? [...((await numbersOf(file, directory, 50674)) ?? [])] : undefined,
    },
    async locate(index) {
      if (divided === 1) {
        const offset = await offsets.at(index);
        return { offset, length: lengths ? await lengths.at(index) : part };
      }
      const plane = Math.floor(index / blocksDown);
      const row = index % blocksDown;
      const stored = plane * storedDown + Math.floor(row / divided);
      const offset = await offsets.at(stored);
      const rows = Math.min(blockHeight!, height - row * blockHeight!);
      return offset === 0
        ? { offset: 0, length: 0 }
        : { offset: offset + (row % divided) * part, length: rows * rowBytes };
    },
  };
}

function divisorAtMost(n: number, limit: number): number {
  for (let d = Math.max(1, limit); d > 1; d--) if (n % d === 0) return d;
  return 1;
}

function sampleTypeFor(bits: number, format: number): SampleType {
  if (format === 5 || format === 6) throw new UnsupportedLayout("its pixels are complex numbers");
  if (format === 3) {
    if (bits === 16 || bits === 32) return "float32";
    if (bits === 64) return "float64";
    throw new UnsupportedLayout(`its pixels are ${bits}-bit floating-point numbers`);
  }
  const signed = format === 2;
  if (bits >= 1 && bits < 8 && !signed) return "uint8";
  if (bits === 8) return signed ? "int8" : "uint8";
  if (bits > 8 && bits < 16 && !signed) return "uint16";
  if (bits === 16) return signed ? "int16" : "uint16";
  if (bits === 32) return signed ? "int32" : "uint32";
  throw new UnsupportedLayout(`its pixels are ${bits}-bit ${signed ? "signed " : ""}integers`);
}
