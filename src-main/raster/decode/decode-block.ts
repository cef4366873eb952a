import { inflateSync, zstdDecompressSync } from "node:zlib";
import { type Reason, reason } from "../../../src-shared/errors/reasons/index.ts";
import type { Encoding } from "../formats/tiff/image-layout.ts";
import { tiffCompression, tiffPhotometric, tiffPredictor } from "../formats/tiff/tags.ts";
import { allocate, bytesOf, sampleTypes, type TypedArray } from "../sample-type.ts";
import { BlockProblem } from "./block-problem.ts";
import { decodeJpeg } from "./jpeg.ts";
import { decodeLerc } from "./lerc.ts";
import { decodeLzw } from "./lzw.ts";
import { decodePackBits } from "./pack-bits.ts";
import { addDifferences, addDifferences64, joinBytePlanes } from "./predictor.ts";

/** One stored block: its bytes in the file and how many rows of it are pixels of the image. */
export interface StoredBlock {
  readonly bytes: Uint8Array;
  readonly rows: number;
}

/** TIFF's compression codes by name, readable here or not, for messages and `info.compression`. */
export const compressionNames: Readonly<Record<number, string>> = {
  [tiffCompression.none]: "none",
  2: "CCITT RLE",
  3: "CCITT fax 3",
  4: "CCITT fax 4",
  [tiffCompression.lzw]: "LZW",
  6: "old-style JPEG",
  [tiffCompression.jpeg]: "JPEG",
  [tiffCompression.deflate]: "DEFLATE",
  [tiffCompression.packBits]: "PackBits",
  32809: "ThunderScan",
  [tiffCompression.oldDeflate]: "DEFLATE",
  34661: "JBIG",
  34712: "JPEG 2000",
  [tiffCompression.lerc]: "LERC",
  34925: "LZMA",
  [tiffCompression.zstandard]: "ZSTD",
  50001: "WebP",
  50002: "JPEG XL",
  52546: "JPEG XL",
};

export const readableCompressions: ReadonlySet<number> = new Set<number>(Object.values(tiffCompression));

/** The bands of a block, one array of blockWidth × rows each. @throws BlockProblem and whatever zlib throws: see `blockProblem` */
export async function decodeBlock(block: StoredBlock, encoding: Encoding): Promise<TypedArray[]> {
  const { samplesPerBlock, blockWidth, dataType, bits } = encoding;
  const { rows } = block;
  const rowLength = blockWidth * samplesPerBlock;
  const packed = bits % 8 !== 0;
  const rowBytes = Math.ceil((rowLength * bits) / 8);
  const stored = await decompress(block, encoding, rowBytes);
  if (stored.length < rowBytes * rows)
    throw new BlockProblem(reason("block-too-short", { length: stored.length, rowBytes: rowBytes * rows }));
  const bytes = stored.length === rowBytes * rows ? stored : stored.subarray(0, rowBytes * rows);
  if (packed)
    return deinterleave(unpackBits(bytes, rowLength, rows, encoding), samplesPerBlock, blockWidth * rows, encoding);
  return deinterleave(samplesOf(bytes, rowLength, rows, encoding), samplesPerBlock, blockWidth * rows, {
    ...encoding,
    dataType,
  });
}

/** Why a block could not be decoded, in words that follow a colon: zlib's and V8's own messages are not passed on. */
export function blockProblem(error: unknown, { compression }: Encoding): Reason {
  if (error instanceof BlockProblem) return error.reason;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const name = compressionNames[compression] ?? "compressed";
  if (code === "ERR_BUFFER_TOO_LARGE") return reason("unpacks-too-far", { name });
  return reason("compressed-data-damaged", { name });
}

/** A little more than expected: when the output buffer is exactly full, zlib allocates a second one and copies both. */
const outputRoom = (expected: number) => expected + 64;
/** Rows that writers store past the last one of the image, and what they leave behind them. */
const slack = 65536;

async function decompress(
  { bytes: stored, rows }: StoredBlock,
  encoding: Encoding,
  rowBytes: number,
): Promise<Uint8Array> {
  const expected = rowBytes * rows;
  // Decompression stops at the size of a whole block.
  const maxOutputLength = rowBytes * Math.max(rows, encoding.blockHeight) + slack;
  const bytes =
    encoding.fillOrder === 2 && encoding.compression !== tiffCompression.jpeg ? reversedBits(stored) : stored;
  switch (encoding.compression) {
    case tiffCompression.none:
      return bytes;
    case tiffCompression.lzw:
      return decodeLzw(bytes, expected);
    case tiffCompression.deflate:
    case tiffCompression.oldDeflate:
      return inflateSync(bytes, { chunkSize: outputRoom(expected), maxOutputLength });
    case tiffCompression.packBits:
      return decodePackBits(bytes, expected);
    case tiffCompression.zstandard:
      return zstdDecompressSync(bytes, { chunkSize: outputRoom(expected), maxOutputLength });
    case tiffCompression.jpeg:
      return decodeJpeg(bytes, {
        width: encoding.blockWidth,
        height: rows,
        mostRows: Math.max(rows, encoding.blockHeight),
        components: encoding.samplesPerBlock,
        tables: encoding.jpegTables,
        toRgb: encoding.photometric === tiffPhotometric.yCbCr && encoding.samplesPerBlock === 3,
      });
    case tiffCompression.lerc:
      return decodeLerc(bytes, rows, encoding, maxOutputLength);
    default:
      throw new BlockProblem(reason("compression-unknown", { compression: encoding.compression }));
  }
}

function reversedBits(bytes: Uint8Array): Uint8Array {
  const own = bytes.slice();
  reverseBits(own);
  return own;
}

function reverseBits(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) {
    let b = bytes[i]!;
    b = ((b & 0xf0) >> 4) | ((b & 0x0f) << 4);
    b = ((b & 0xcc) >> 2) | ((b & 0x33) << 2);
    bytes[i] = ((b & 0xaa) >> 1) | ((b & 0x55) << 1);
  }
}

/** Samples of 1 to 15 bits, packed most significant bit first, rows padded to whole bytes. */
function unpackBits(bytes: Uint8Array, rowLength: number, rows: number, { bits, dataType }: Encoding): TypedArray {
  const samples = allocate(dataType, rowLength * rows);
  const rowBytes = Math.ceil((rowLength * bits) / 8);
  const mask = (1 << bits) - 1;
  for (let row = 0; row < rows; row++) {
    let position = row * rowBytes;
    let held = 0;
    let available = 0;
    for (let i = 0; i < rowLength; i++) {
      while (available < bits) {
        held = ((held << 8) | bytes[position++]!) & 0xffffff;
        available += 8;
      }
      available -= bits;
      samples[row * rowLength + i] = (held >>> available) & mask;
    }
  }
  return samples;
}

function samplesOf(bytes: Uint8Array, rowLength: number, rows: number, encoding: Encoding): TypedArray {
  const { dataType, halfFloat, predictor, samplesPerBlock: stride, compression } = encoding;
  const size = encoding.bits / 8;
  const length = rowLength * rows;
  // Typed arrays need aligned storage of their own.
  const own = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  // LERC gives this machine's byte order whatever the file's.
  if (predictor === tiffPredictor.floatingPoint) joinBytePlanes(own, rowLength, size, stride);
  else if (!encoding.littleEndian && size > 1 && compression !== tiffCompression.lerc) swapBytes(own, size);
  if (predictor === tiffPredictor.horizontal && !summedLater(encoding)) {
    if (size === 8) addDifferences64(new Uint32Array(own.buffer, own.byteOffset, length * 2), rowLength, stride);
    else if (size === 4) addDifferences(new Uint32Array(own.buffer, own.byteOffset, length), rowLength, stride);
    else if (size === 2) addDifferences(new Uint16Array(own.buffer, own.byteOffset, length), rowLength, stride);
    else addDifferences(own, rowLength, stride);
  }
  if (halfFloat) return halfFloats(new Uint16Array(own.buffer, own.byteOffset, length));
  return sampleTypes[dataType].view(own.buffer, own.byteOffset, length);
}

/** Several bands of 8 or 16 bits: differences are summed while the bands are separated, in one pass. */
const summedLater = ({ predictor, samplesPerBlock, bits, dataType }: Encoding) =>
  predictor === tiffPredictor.horizontal &&
  samplesPerBlock > 1 &&
  (bits === 8 || bits === 16) &&
  sampleTypes[dataType].integer;

function swapBytes(bytes: Uint8Array, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length - (bytes.length % size));
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else buffer.swap64();
}

function halfFloats(words: Uint16Array): Float32Array {
  const numbers = new Float32Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const sign = word & 0x8000 ? -1 : 1;
    const exponent = (word >> 10) & 31;
    const fraction = word & 1023;
    numbers[i] =
      exponent === 0
        ? sign * fraction * 2 ** -24
        : exponent === 31
          ? fraction
            ? Number.NaN
            : sign * Number.POSITIVE_INFINITY
          : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return numbers;
}

function sumBytes(from: Uint8Array, to: Uint8Array, band: number, bands: number, width: number): void {
  for (let row = 0, k = band; row < to.length; row += width) {
    for (let i = row, sum = 0; i < row + width; i++, k += bands) {
      sum = (sum + from[k]!) & 0xff;
      to[i] = sum;
    }
  }
}

function sumWords(from: Uint16Array, to: Uint16Array, band: number, bands: number, width: number): void {
  for (let row = 0, k = band; row < to.length; row += width) {
    for (let i = row, sum = 0; i < row + width; i++, k += bands) {
      sum = (sum + from[k]!) & 0xffff;
      to[i] = sum;
    }
  }
}

/** Pixel-interleaved samples → one array per band, each with storage of its own so that it can be moved to another thread. */
function deinterleave(samples: TypedArray, bands: number, length: number, encoding: Encoding): TypedArray[] {
  const { dataType, blockWidth } = encoding;
  const summed = summedLater(encoding);
  if (bands === 1) {
    const whole = samples.byteOffset === 0 && samples.byteLength === samples.buffer.byteLength;
    return [whole ? samples : samples.slice()];
  }
  // Bytes, words, longs: four element kinds at most, whatever the sample type.
  const size = sampleTypes[dataType].bytes;
  return Array.from({ length: bands }, (_, band) => {
    const out = allocate(dataType, length);
    const raw = bytesOf(samples);
    const target = bytesOf(out);
    if (summed && size === 1) sumBytes(raw, target, band, bands, blockWidth);
    else if (summed) sumWords(words(raw), words(target), band, bands, blockWidth);
    else if (size === 1) pickBytes(raw, target, band, bands);
    else if (size === 2) pickWords(words(raw), words(target), band, bands);
    else if (size === 4) pickLongs(longs(raw), longs(target), band, bands);
    else pickDoubles(doubles(raw), doubles(target), band, bands);
    return out;
  });
}

const words = (b: Uint8Array) => new Uint16Array(b.buffer, b.byteOffset, b.length / 2);
const longs = (b: Uint8Array) => new Uint32Array(b.buffer, b.byteOffset, b.length / 4);
// Never as Float64: a copy through a register could quieten a signalling NaN.
const doubles = (b: Uint8Array) => new BigUint64Array(b.buffer, b.byteOffset, b.length / 8);

function pickBytes(from: Uint8Array, to: Uint8Array, band: number, bands: number): void {
  for (let i = 0, k = band; i < to.length; i++, k += bands) to[i] = from[k]!;
}
function pickWords(from: Uint16Array, to: Uint16Array, band: number, bands: number): void {
  for (let i = 0, k = band; i < to.length; i++, k += bands) to[i] = from[k]!;
}
function pickLongs(from: Uint32Array, to: Uint32Array, band: number, bands: number): void {
  for (let i = 0, k = band; i < to.length; i++, k += bands) to[i] = from[k]!;
}
function pickDoubles(from: BigUint64Array, to: BigUint64Array, band: number, bands: number): void {
  for (let i = 0, k = band; i < to.length; i++, k += bands) to[i] = from[k]!;
}
