import { deflateSync } from "node:zlib";
import { splitBytePlanes, takeDifferences } from "../decode/predictor.ts";
import { tiffPredictor } from "../formats/tiff/tags.ts";
import { allocate, bytesOf, type SampleType, sampleTypes, type TypedArray } from "../sample-type.ts";

/** How the next coarser level is made from four pixels. */
export type OverviewMethod = "nearest" | "average" | "mode" | "none";

/** One tile on its way into the file, and its quarter of the next level's tile. */
export interface EncodeInput {
  readonly bands: readonly TypedArray[];
  readonly dataType: SampleType;
  readonly blockSize: number;
  /** pixels of the tile that belong to the image; the rest is padding */
  readonly width: number;
  readonly height: number;
  readonly predictor: number;
  readonly level: number;
  readonly halve: OverviewMethod;
  readonly nodata: number | undefined;
}

export interface EncodeOutput {
  readonly bytes: Uint8Array;
  /** per band ceil(width / 2) × ceil(height / 2) pixels, when `halve` asked for them */
  readonly half: readonly TypedArray[];
}

export function encodeTile(input: EncodeInput): EncodeOutput {
  const { bands, dataType, blockSize, width, height, predictor } = input;
  const { bytes: size } = sampleTypes[dataType];
  const count = bands.length;
  const pixels = allocate(dataType, blockSize * blockSize * count);
  interleave(bands, pixels, width, height, blockSize, input.nodata ?? 0);
  const bytes = bytesOf(pixels);
  const rowLength = blockSize * count;
  if (predictor === tiffPredictor.floatingPoint) splitBytePlanes(bytes, rowLength, size, count);
  else if (predictor === tiffPredictor.horizontal) {
    const words =
      size === 4
        ? new Uint32Array(pixels.buffer)
        : size === 2
          ? new Uint16Array(pixels.buffer)
          : new Uint8Array(pixels.buffer);
    takeDifferences(words, rowLength, count);
  }
  const packed = deflateSync(bytes, { level: input.level, chunkSize: 1 << 18 });
  return {
    // Node hands out slices of a larger buffer; only a buffer of its own can be moved to the main thread.
    bytes: packed.byteLength === packed.buffer.byteLength ? packed : new Uint8Array(packed),
    half: input.halve === "none" ? [] : bands.map((band) => halved(band, width, height, input)),
  };
}

function interleave(
  bands: readonly TypedArray[],
  out: TypedArray,
  width: number,
  height: number,
  blockSize: number,
  fill: number,
): void {
  const count = bands.length;
  if ((width < blockSize || height < blockSize) && fill !== 0) out.fill(fill);
  if (count === 1) {
    for (let row = 0; row < height; row++) out.set(bands[0]!.subarray(row * width, (row + 1) * width), row * blockSize);
    return;
  }
  bands.forEach((band, b) => {
    for (let row = 0; row < height; row++) {
      let to = row * blockSize * count + b;
      for (let from = row * width; from < (row + 1) * width; from++, to += count) out[to] = band[from]!;
    }
  });
}

function halved(band: TypedArray, width: number, height: number, input: EncodeInput): TypedArray {
  const across = Math.ceil(width / 2);
  const down = Math.ceil(height / 2);
  const out = allocate(input.dataType, across * down);
  const { nodata, halve, dataType } = input;
  const { integer } = sampleTypes[dataType];
  const values: number[] = [];
  for (let row = 0; row < down; row++) {
    for (let col = 0; col < across; col++) {
      const at = row * 2 * width + col * 2;
      const to = row * across + col;
      if (halve === "nearest") {
        out[to] = band[at]!;
        continue;
      }
      values.length = 0;
      const right = col * 2 + 1 < width;
      const below = row * 2 + 1 < height;
      keep(band[at]!, nodata, values);
      if (right) keep(band[at + 1]!, nodata, values);
      if (below) keep(band[at + width]!, nodata, values);
      if (right && below) keep(band[at + width + 1]!, nodata, values);
      if (values.length === 0) out[to] = nodata ?? band[at]!;
      else if (halve === "mode") out[to] = mostFrequent(values);
      else {
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const rounded = integer ? Math.floor(mean + 0.5) : mean;
        out[to] = rounded === nodata ? values[0]! : rounded;
      }
    }
  }
  return out;
}

function keep(value: number, nodata: number | undefined, values: number[]): void {
  if (value !== nodata && !Number.isNaN(value)) values.push(value);
}

/** Of equally frequent values the first. */
function mostFrequent(values: readonly number[]): number {
  let best = values[0]!;
  let most = 0;
  for (const candidate of values) {
    let count = 0;
    for (const value of values) if (value === candidate) count++;
    if (count > most) {
      most = count;
      best = candidate;
    }
  }
  return best;
}
