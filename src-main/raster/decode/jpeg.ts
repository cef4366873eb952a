import { reason } from "../../../src-shared/errors/reasons/index.ts";
import { BlockProblem } from "./block-problem.ts";
import { type HuffmanTable, huffmanTable, JpegBits } from "./jpeg-bits.ts";
import { inverseDct } from "./jpeg-dct.ts";
import { interleaved, type Plane } from "./jpeg-pixels.ts";

/**
 * JPEG (ITU-T T.81) as TIFF holds it: baseline, extended sequential and progressive, 8 bits, Huffman, with the tables of the image in a
 * field of their own. Pixels are those of libjpeg, to the bit: its “islow” transform, its smooth (“fancy”) chroma and its colour tables.
 * The frame's size is compared with the block's before anything is set aside for it.
 */
export interface JpegBlock {
  readonly width: number;
  /** rows wanted; the JPEG may hold up to `mostRows`, as the last strip of some writers does */
  readonly height: number;
  readonly mostRows: number;
  readonly components: number;
  /** TIFF's JPEGTables: an abbreviated stream with quantisation and Huffman tables only */
  readonly tables: Uint8Array | undefined;
  /** YCbCr becomes RGB */
  readonly toRgb: boolean;
}

interface Component extends Plane {
  readonly id: number;
  readonly quantisation: number;
  /** blocks in the plane, filled up to whole MCUs */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** blocks that hold pixels of the image: what a scan of this component alone goes through */
  readonly ownAcross: number;
  readonly ownDown: number;
  /** of a progressive image: 64 per block, in natural order */
  readonly coefficients: Int16Array | undefined;
  /** the tables that were in force when the component was first met */
  multipliers: Uint16Array | undefined;
  prediction: number;
  dc: HuffmanTable | undefined;
  ac: HuffmanTable | undefined;
}

interface Frame {
  readonly progressive: boolean;
  readonly width: number;
  readonly height: number;
  readonly mcusAcross: number;
  readonly mcusDown: number;
  readonly components: readonly Component[];
}

interface Tables {
  readonly quantisation: (Uint16Array | undefined)[];
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
  restartInterval: number;
}

/** Place in the 8 × 8 block of the k-th coefficient of a stream; 16 more for runs that end past the block. */
const zigzag = Uint8Array.of(
  0,
  1,
  8,
  16,
  9,
  2,
  3,
  10,
  17,
  24,
  32,
  25,
  18,
  11,
  4,
  5,
  12,
  19,
  26,
  33,
  40,
  48,
  41,
  34,
  27,
  20,
  13,
  6,
  7,
  14,
  21,
  28,
  35,
  42,
  49,
  56,
  57,
  50,
  43,
  36,
  29,
  22,
  15,
  23,
  30,
  37,
  44,
  51,
  58,
  59,
  52,
  45,
  38,
  31,
  39,
  46,
  53,
  60,
  61,
  54,
  47,
  55,
  62,
  63,
  63,
  63,
  63,
  63,
  63,
  63,
  63,
  63,
  63,
  63,
  63,
  63,
  63,
  63,
  63,
  63,
);

const damaged = (what = reason("jpeg-data-damaged")) => new BlockProblem(what);
/** Each scan goes over the image once more; ten are usual. */
const mostScans = 100;
const mostCoefficients = 2 ** 26;

/**
 * The pixels of a block, interleaved, `width` × `height` × `components`.
 * @throws BlockProblem
 */
export function decodeJpeg(bytes: Uint8Array, block: JpegBlock): Uint8Array {
  const tables: Tables = { quantisation: [], dc: [], ac: [], restartInterval: 0 };
  if (block.tables) readStream(block.tables, tables, undefined);
  const frame = readStream(bytes, tables, block);
  if (!frame) throw damaged(reason("jpeg-data-hold-no-image"));
  for (const component of frame.components) {
    if (!component.multipliers) throw damaged(reason("band-jpeg-data-missing"));
    if (component.coefficients) transformAll(component);
  }
  return interleaved(frame.components, block.width, block.height, block.toRgb);
}

/** Goes through the segments of a stream; without `block` only tables are taken. */
function readStream(bytes: Uint8Array, tables: Tables, block: JpegBlock | undefined): Frame | undefined {
  if (bytes.length < 2 || bytes[0] !== 0xff || bytes[1] !== 0xd8) throw damaged(reason("jpeg-data-do-not-begin"));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let frame: Frame | undefined;
  let scans = 0;
  let at = 2;
  for (;;) {
    // Fill bytes, and what some writers leave between segments.
    while (at < bytes.length && bytes[at] !== 0xff) at++;
    while (at < bytes.length && bytes[at] === 0xff) at++;
    if (at >= bytes.length) break;
    const marker = bytes[at++]!;
    if (marker === 0xd9) break;
    if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) continue;
    if (at + 2 > bytes.length) throw damaged();
    const length = view.getUint16(at);
    const end = at + length;
    if (length < 2 || end > bytes.length) throw damaged();
    const segment = bytes.subarray(at + 2, end);
    at = end;
    if (marker === 0xdb) readQuantisation(segment, tables);
    else if (marker === 0xc4) readHuffman(segment, tables);
    else if (marker === 0xdd) tables.restartInterval = segment.length >= 2 ? (segment[0]! << 8) | segment[1]! : 0;
    else if (marker === 0xc0 || marker === 0xc1 || marker === 0xc2) {
      if (!block) continue;
      if (frame) throw damaged(reason("jpeg-data-hold-two-images"));
      frame = readFrame(segment, block, marker === 0xc2);
    } else if (marker === 0xda) {
      if (!block) continue;
      if (!frame) throw damaged();
      if (++scans > mostScans) throw damaged(reason("jpeg-data-go-over-image", { mostScans }));
      at = readScan(segment, bytes, end, frame, tables);
    } else if (marker >= 0xc3 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc) {
      throw damaged(reason("jpeg-data-kind-lossless-arithmetic"));
    }
  }
  return frame;
}

function readQuantisation(segment: Uint8Array, tables: Tables): void {
  for (let at = 0; at < segment.length; ) {
    const head = segment[at++]!;
    const wide = head >> 4 !== 0;
    const size = wide ? 128 : 64;
    if ((head & 15) > 3 || at + size > segment.length) throw damaged();
    const table = new Uint16Array(64);
    for (let k = 0; k < 64; k++) {
      table[zigzag[k]!] = wide ? (segment[at + 2 * k]! << 8) | segment[at + 2 * k + 1]! : segment[at + k]!;
    }
    tables.quantisation[head & 15] = table;
    at += size;
  }
}

function readHuffman(segment: Uint8Array, tables: Tables): void {
  for (let at = 0; at < segment.length; ) {
    const head = segment[at++]!;
    const counts = segment.subarray(at, at + 16);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (head >> 4 > 1 || (head & 15) > 3 || counts.length < 16 || at + 16 + total > segment.length) throw damaged();
    const table = huffmanTable(counts, segment.subarray(at + 16, at + 16 + total));
    (head >> 4 === 0 ? tables.dc : tables.ac)[head & 15] = table;
    at += 16 + total;
  }
}

function readFrame(segment: Uint8Array, block: JpegBlock, progressive: boolean): Frame {
  if (segment.length < 6) throw damaged();
  const [precision, h1, h0, w1, w0, count] = segment as unknown as [number, number, number, number, number, number];
  const height = (h1 << 8) | h0;
  const width = (w1 << 8) | w0;
  if (precision !== 8) throw damaged(reason("jpeg-data-bits", { precision }));
  if (width !== block.width || height < block.height || height > block.mostRows) {
    throw damaged(reason("jpeg-data-pixels-block", { width, height, width2: block.width, height2: block.height }));
  }
  if (count !== block.components || segment.length < 6 + 3 * count) {
    throw damaged(reason("jpeg-data-bands-block", { count, components: block.components }));
  }
  const factors = Array.from({ length: count }, (_, i) => {
    const [id, sampling, quantisation] = segment.subarray(6 + 3 * i, 9 + 3 * i);
    return { id: id!, h: sampling! >> 4, v: sampling! & 15, quantisation: quantisation! };
  });
  if (factors.some(({ h, v, quantisation }) => h < 1 || h > 4 || v < 1 || v > 4 || quantisation > 3)) throw damaged();
  const maxH = Math.max(...factors.map(({ h }) => h));
  const maxV = Math.max(...factors.map(({ v }) => v));
  const mcusAcross = Math.ceil(width / (8 * maxH));
  const mcusDown = Math.ceil(height / (8 * maxV));
  const components = factors.map(({ id, h, v, quantisation }): Component => {
    if (maxH % h !== 0 || maxV % v !== 0) throw damaged(reason("jpeg-colours-thinned-out-way"));
    const ownWidth = Math.ceil((width * h) / maxH);
    const ownHeight = Math.ceil((height * v) / maxV);
    const blocksAcross = mcusAcross * h;
    const blocksDown = mcusDown * v;
    const size = blocksAcross * blocksDown * 64;
    if (progressive && size > mostCoefficients) throw damaged(reason("progressive-jpeg-data-too-large"));
    return {
      id,
      quantisation,
      h,
      v,
      zoomX: maxH / h,
      zoomY: maxV / v,
      width: ownWidth,
      height: ownHeight,
      stride: blocksAcross * 8,
      blocksAcross,
      blocksDown,
      ownAcross: Math.ceil(ownWidth / 8),
      ownDown: Math.ceil(ownHeight / 8),
      samples: new Uint8Array(size),
      coefficients: progressive ? new Int16Array(size) : undefined,
      multipliers: undefined,
      prediction: 0,
      dc: undefined,
      ac: undefined,
    };
  });
  return { progressive, width, height, mcusAcross, mcusDown, components };
}

interface Spectrum {
  readonly first: number;
  readonly last: number;
  /** bits of successive approximation: of the scan before (0: none), and of this one */
  readonly high: number;
  readonly low: number;
}

/** Decodes one scan; gives the place of the marker that ends it. */
function readScan(segment: Uint8Array, bytes: Uint8Array, start: number, frame: Frame, tables: Tables): number {
  const count = segment[0] ?? 0;
  if (count < 1 || count > 4 || segment.length < 4 + 2 * count) throw damaged();
  const scanned: Component[] = [];
  for (let i = 0; i < count; i++) {
    const component = frame.components.find(({ id }) => id === segment[1 + 2 * i]);
    if (!component || scanned.includes(component)) throw damaged();
    const choice = segment[2 + 2 * i]!;
    component.dc = tables.dc[choice >> 4];
    component.ac = tables.ac[choice & 15];
    component.multipliers ??= tables.quantisation[component.quantisation]?.slice();
    if (!component.multipliers) throw damaged(reason("jpeg-data-lack-table"));
    scanned.push(component);
  }
  const spectrum: Spectrum = frame.progressive
    ? {
        first: segment[1 + 2 * count]!,
        last: segment[2 + 2 * count]!,
        high: segment[3 + 2 * count]! >> 4,
        low: segment[3 + 2 * count]! & 15,
      }
    : { first: 0, last: 63, high: 0, low: 0 };
  const { first, last, high, low } = spectrum;
  if (
    first > last ||
    last > 63 ||
    low > 13 ||
    (first > 0 && count > 1) ||
    (frame.progressive && first === 0 && last > 0)
  ) {
    throw damaged();
  }
  for (const { dc, ac } of scanned) {
    if ((first === 0 && high === 0 && !dc) || (last > 0 && !ac)) throw damaged(reason("jpeg-data-lack-table"));
  }

  const bits = new JpegBits(bytes, start);
  const run = { end: 0 };
  const decode = blockDecoder(bits, frame.progressive, spectrum, run);
  const alone = count === 1 ? scanned[0] : undefined;
  const across = alone ? alone.ownAcross : frame.mcusAcross;
  const down = alone ? alone.ownDown : frame.mcusDown;
  let left = tables.restartInterval || Number.POSITIVE_INFINITY;
  for (const component of scanned) component.prediction = 0;
  for (let row = 0; row < down; row++) {
    for (let col = 0; col < across; col++) {
      if (left === 0) {
        bits.restart();
        run.end = 0;
        for (const component of scanned) component.prediction = 0;
        left = tables.restartInterval;
      }
      left--;
      if (alone) decode(alone, col, row);
      else {
        for (const component of scanned) {
          const { h, v } = component;
          for (let y = 0; y < v; y++) for (let x = 0; x < h; x++) decode(component, col * h + x, row * v + y);
        }
      }
    }
  }
  return bits.end();
}

type DecodeBlock = (component: Component, col: number, row: number) => void;

function blockDecoder(bits: JpegBits, progressive: boolean, spectrum: Spectrum, run: { end: number }): DecodeBlock {
  const { first, last, high, low } = spectrum;
  if (!progressive) {
    const block = new Int32Array(64);
    return (component, col, row) => {
      decodeSequential(bits, component, block);
      inverseDct(
        block,
        component.multipliers!,
        component.samples,
        row * 8 * component.stride + col * 8,
        component.stride,
      );
    };
  }
  const placeOf = ({ blocksAcross }: Component, col: number, row: number) => (row * blocksAcross + col) * 64;
  if (first === 0) {
    return high === 0
      ? (component, col, row) => {
          const size = bits.symbol(component.dc!);
          if (size > 15) throw damaged();
          component.prediction += size === 0 ? 0 : bits.extended(size);
          component.coefficients![placeOf(component, col, row)] = component.prediction << low;
        }
      : (component, col, row) => {
          if (bits.bit()) component.coefficients![placeOf(component, col, row)]! |= 1 << low;
        };
  }
  return high === 0
    ? (component, col, row) => {
        if (run.end > 0) {
          run.end--;
          return;
        }
        const place = placeOf(component, col, row);
        const coefficients = component.coefficients!;
        for (let k = first; k <= last; k++) {
          const symbol = bits.symbol(component.ac!);
          const size = symbol & 15;
          const skipped = symbol >> 4;
          if (size === 0) {
            if (skipped < 15) {
              run.end = (1 << skipped) - 1 + (skipped ? bits.take(skipped) : 0);
              return;
            }
            k += 15;
          } else {
            k += skipped;
            if (k > last) throw damaged();
            coefficients[place + zigzag[k]!] = bits.extended(size) << low;
          }
        }
      }
    : (component, col, row) => refine(bits, component, placeOf(component, col, row), spectrum, run);
}

function decodeSequential(bits: JpegBits, component: Component, block: Int32Array): void {
  block.fill(0);
  const size = bits.symbol(component.dc!);
  if (size > 15) throw damaged();
  if (size !== 0) component.prediction += bits.extended(size);
  block[0] = component.prediction;
  const ac = component.ac!;
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(ac);
    const length = symbol & 15;
    if (length === 0) {
      if (symbol !== 0xf0) return;
      k += 15;
    } else {
      k += symbol >> 4;
      block[zigzag[k]!] = bits.extended(length);
    }
  }
}

/** T.81, G.1.2.3: one more bit of the coefficients that are there, and new ones of size 1. */
function refine(
  bits: JpegBits,
  component: Component,
  place: number,
  { first, last, low }: Spectrum,
  run: { end: number },
): void {
  const coefficients = component.coefficients!;
  const plus = 1 << low;
  const correct = (at: number) => {
    const value = coefficients[at]!;
    if (bits.bit() && (Math.abs(value) & plus) === 0) coefficients[at] = value >= 0 ? value + plus : value - plus;
  };
  let k = first;
  if (run.end === 0) {
    for (; k <= last; k++) {
      const symbol = bits.symbol(component.ac!);
      let skipped = symbol >> 4;
      let fresh = 0;
      if ((symbol & 15) !== 0) fresh = bits.bit() ? plus : -plus;
      else if (skipped < 15) {
        run.end = (1 << skipped) + (skipped ? bits.take(skipped) : 0);
        break;
      }
      for (; k <= last; k++) {
        const at = place + zigzag[k]!;
        if (coefficients[at] !== 0) correct(at);
        else if (skipped-- === 0) break;
      }
      if (fresh !== 0) {
        if (k > last) throw damaged();
        coefficients[place + zigzag[k]!] = fresh;
      }
    }
  }
  if (run.end > 0) {
    for (; k <= last; k++) {
      const at = place + zigzag[k]!;
      if (coefficients[at] !== 0) correct(at);
    }
    run.end--;
  }
}

function transformAll(component: Component): void {
  const { coefficients, multipliers, samples, stride, blocksAcross, blocksDown } = component;
  const block = new Int32Array(64);
  for (let row = 0; row < blocksDown; row++) {
    for (let col = 0; col < blocksAcross; col++) {
      const place = (row * blocksAcross + col) * 64;
      for (let i = 0; i < 64; i++) block[i] = coefficients![place + i]!;
      inverseDct(block, multipliers!, samples, row * 8 * stride + col * 8, stride);
    }
  }
}
