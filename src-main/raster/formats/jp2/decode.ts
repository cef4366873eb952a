import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Reason, reason } from "../../../../src-shared/errors/reasons/index.ts";
import { BlockProblem } from "../../decode/block-problem.ts";
import { allocate, type SampleType, type TypedArray } from "../../sample-type.ts";
import type { Component } from "./codestream.ts";

/** One tile as a codestream of its own. */
export interface Jp2Block {
  readonly codestream: Uint8Array<ArrayBuffer>;
  /** of the tile at the wanted resolution, in pixels */
  readonly width: number;
  readonly height: number;
  /** where the tile begins in its block */
  readonly col: number;
  readonly row: number;
}

export interface Jp2Input {
  readonly blocks: readonly Jp2Block[];
  readonly components: readonly Component[];
  /** halvings of the resolution */
  readonly reduction: number;
  readonly blockWidth: number;
  readonly dataType: SampleType;
}

/** OpenJPEG's decoder, as far as it is used (@cornerstonejs/codec-openjpeg). */
interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  decodeSubResolution(reduction: number, layers: number): void;
  delete(): void;
}

interface Codec {
  readonly J2KDecoder: new () => Decoder;
  readonly HEAPU8: Uint8Array;
}

/** Memory of the decoder never shrinks: above this a fresh one is started for the next tile. */
const mostKeptBytes = 256 * 2 ** 20;

interface Running {
  readonly codec: Codec;
  /** what the decoder said of the tile at hand, problems only */
  readonly problems: string[];
}

let running: Promise<Running> | undefined;

/** One decoder per thread, loaded when the first tile comes. */
function decoder(): Promise<Running> {
  running ??= load();
  return running;
}

/** Compiled once per thread, however often a decoder must be started anew. */
let compiled: object | undefined;

/** What is used of WebAssembly, whose types come with those of browsers only. */
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}
const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: Wasm };

async function load(): Promise<Running> {
  const program = createRequire(import.meta.url).resolve("@cornerstonejs/codec-openjpeg/decodewasmjs");
  const binary = createRequire(import.meta.url).resolve("@cornerstonejs/codec-openjpeg/decodewasm");
  const start = createRequire(import.meta.url)(program) as (options: object) => Promise<Codec>;
  compiled ??= new wasm.Module(readFileSync(binary));
  const module = compiled;
  const problems: string[] = [];
  const heard = (line: string) => {
    if (/^\[(ERROR|WARNING)\]/.test(line)) problems.push(line);
  };
  const instantiateWasm = (imports: object, ready: (instance: object) => void) => {
    const instance = new wasm.Instance(module, imports);
    ready(instance);
    return instance.exports;
  };
  return { codec: await start({ instantiateWasm, print: heard, printErr: heard }), problems };
}

/** The bands of each tile, `blockWidth` pixels in a row, or why it could not be decoded. */
export async function decodeJp2({ blocks, ...how }: Jp2Input): Promise<(readonly TypedArray[] | Reason)[]> {
  const out: (readonly TypedArray[] | Reason)[] = [];
  for (const block of blocks) {
    try {
      out.push(await decodeTile(block, how));
    } catch (error) {
      // What a decoder holds after it threw is not known; where it only said what is wrong, it has tidied up.
      if (!(error instanceof BlockProblem)) running = undefined;
      out.push(error instanceof BlockProblem ? error.reason : reason("jp2-data-damaged"));
    }
  }
  return out;
}

async function decodeTile(block: Jp2Block, how: Omit<Jp2Input, "blocks">): Promise<TypedArray[]> {
  const { components, blockWidth, dataType } = how;
  const bands = components.map(() => allocate(dataType, blockWidth * (block.row + block.height)));
  for (const group of groupsOf(components)) {
    const samples = await samplesOf(block, group, how);
    group.shown.forEach((component, channel) => {
      if (group.shown.indexOf(component) < channel) return;
      const band = bands[component]!;
      const { width, height, col, row } = block;
      const channels = group.shown.length;
      for (let y = 0, from = channel; y < height; y++) {
        let to = (row + y) * blockWidth + col;
        if (channels === 1) {
          band.set(samples.subarray(y * width, (y + 1) * width), to);
          continue;
        }
        for (let x = 0; x < width; x++, from += channels) band[to++] = samples[from]!;
      }
    });
  }
  return bands;
}

/** Components that are taken out of one decoding: the decoder gives one or three of one size. */
interface Group {
  readonly shown: readonly number[];
  readonly bits: number;
  readonly signed: boolean;
  /** they are all that the codestream has, in its order and size */
  readonly whole: boolean;
}

function groupsOf(components: readonly Component[]): Group[] {
  const groups: Group[] = [];
  for (const signed of [false, true]) {
    const numbers = components.flatMap((each, i) => (each.signed === signed ? [i] : []));
    const bits = Math.max(0, ...numbers.map((i) => components[i]!.bits));
    for (let at = 0; at < numbers.length; at += 3) {
      const [first, second, third] = numbers.slice(at, at + 3);
      const shown = second === undefined ? [first!] : [first!, second, third ?? second];
      const whole =
        shown.length === components.length &&
        shown.every((i, place) => i === place && components[i]!.bits === components[0]!.bits);
      groups.push({ shown, bits, signed, whole });
    }
  }
  return groups;
}

/** Samples of a group's components, pixel by pixel. */
async function samplesOf(
  { codestream, width, height }: Jp2Block,
  group: Group,
  { components, reduction }: Omit<Jp2Input, "blocks">,
): Promise<TypedArray> {
  const { codec, problems } = await decoder();
  const bytes = group.whole ? codestream : withSelection(codestream, group, components);
  problems.length = 0;
  const each = new codec.J2KDecoder();
  try {
    each.getEncodedBuffer(bytes.length).set(bytes);
    if (reduction === 0) each.decode();
    else each.decodeSubResolution(reduction, 0);
    const decoded = each.getDecodedBuffer();
    const sampleBytes = group.bits <= 8 ? 1 : 2;
    const length = width * height * group.shown.length;
    if (problems.length > 0 || decoded.length !== length * sampleBytes)
      throw new BlockProblem(reason("jp2-data-damaged"));
    // A copy: the decoder's memory is used again.
    const own = decoded.slice();
    if (sampleBytes === 1) return group.signed ? new Int8Array(own.buffer) : own;
    return group.signed ? new Int16Array(own.buffer) : new Uint16Array(own.buffer);
  } finally {
    each.delete();
    if (codec.HEAPU8.length > mostKeptBytes) running = undefined;
  }
}

/**
 * The codestream in a JP2 file whose channels are the wanted components, taken directly (a pclr box of one entry that is never
 * looked up, and a cmap box): so any of many components, and components of unlike depth, can be had.
 * @see ISO/IEC 15444-1, I.5.3.4 and I.5.3.5
 */
function withSelection(
  codestream: Uint8Array,
  { shown, bits, signed }: Group,
  components: readonly Component[],
): Uint8Array {
  const depth = bits - 1 + (signed ? 128 : 0);
  const entryBytes = Math.ceil(bits / 8);
  // The box must say the size that the SIZ segment says, which comes first.
  const size = new DataView(codestream.buffer, codestream.byteOffset);
  const width = size.getUint32(8) - size.getUint32(16);
  const height = size.getUint32(12) - size.getUint32(20);
  const boxes = [
    box("jP  ", [0x0d, 0x0a, 0x87, 0x0a]),
    box("ftyp", [...letters("jp2 "), 0, 0, 0, 0, ...letters("jp2 ")]),
    box("jp2h", [
      ...box("ihdr", [...long(height), ...long(width), components.length >> 8, components.length & 255, 255, 7, 1, 0]),
      ...box(
        "bpcc",
        components.map((each) => each.bits - 1 + (each.signed ? 128 : 0)),
      ),
      ...box("colr", [1, 0, 0, 0, 0, 0, shown.length === 3 ? 16 : 17]),
      ...box("pclr", [0, 1, shown.length, ...shown.map(() => depth), ...new Uint8Array(shown.length * entryBytes)]),
      ...box(
        "cmap",
        shown.flatMap((component) => [component >> 8, component & 255, 0, 0]),
      ),
    ]),
    // To the end of the file.
    [0, 0, 0, 0, ...letters("jp2c")],
  ].flat();
  const bytes = new Uint8Array(boxes.length + codestream.length);
  bytes.set(boxes);
  bytes.set(codestream, boxes.length);
  return bytes;
}

const letters = (word: string): number[] => [...Buffer.from(word, "latin1")];

const long = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

const box = (type: string, contents: readonly number[]): number[] => [
  ...long(contents.length + 8),
  ...letters(type),
  ...contents,
];
