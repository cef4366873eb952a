import { reason } from "../../../../src-shared/errors/reasons/index.ts";
import { DamagedFile, TruncatedFile } from "../problems.ts";

/** The boxes of a JP2 file that say something of its image. @see ISO/IEC 15444-1, annex I */
export interface Jp2Boxes {
  readonly codestream: { readonly offset: number; readonly length: number };
  /** red, green, blue, alpha by code, when the first component holds codes */
  readonly palette?: readonly (readonly [number, number, number, number])[] | undefined;
  /** what each component shows, where the file says it: “red”, “alpha” */
  readonly channels: ReadonlyMap<number, string>;
  /** 16 sRGB, 17 grey, 18 sYCC */
  readonly colourSpace?: number | undefined;
  /** a GeoTIFF without pixels: “GeoJP2” */
  readonly geoTiffs: readonly Uint8Array[];
  /** the document of a “GML in JPEG 2000” */
  readonly gml?: string | undefined;
}

type Read = (offset: number, length: number) => Promise<Uint8Array>;

interface Box {
  readonly type: string;
  /** of its contents */
  readonly offset: number;
  readonly length: number;
}

/** Limits above what any real file needs. */
const limits = { boxes: 4096, headerBytes: 2 ** 20, gmlBytes: 16 * 2 ** 20, depth: 4 } as const;

const geoJp2 = "b14bf8bd083d4b43a5ae8cd7d5a6ce03";

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");

/**
 * @param size of the file in bytes
 * @throws TruncatedFile, DamagedFile
 */
export async function readBoxes(read: Read, size: number): Promise<Jp2Boxes> {
  let codestream: Jp2Boxes["codestream"] | undefined;
  let header: Uint8Array | undefined;
  let gml: string | undefined;
  const geoTiffs: Uint8Array[] = [];
  for await (const box of boxesOf(read, 0, size)) {
    const contents = (most: number) => (box.length > most ? undefined : read(box.offset, box.length));
    if (box.type === "jp2c") codestream ??= { offset: box.offset, length: box.length };
    else if (box.type === "jp2h") header ??= await contents(limits.headerBytes);
    else if (box.type === "uuid") {
      const bytes = await contents(limits.headerBytes);
      if (bytes && Buffer.from(bytes.subarray(0, 16)).toString("hex") === geoJp2) geoTiffs.push(bytes.slice(16));
    } else if (box.type === "asoc") {
      const bytes = await contents(limits.gmlBytes);
      if (bytes) gml ??= await gmlOf(bytes);
    }
  }
  if (!codestream) throw new TruncatedFile();
  return { codestream, geoTiffs, gml, ...(await describedBy(header)) };
}

async function* boxesOf(read: Read, start: number, end: number): AsyncGenerator<Box, void> {
  let count = 0;
  for (let at = start; at + 8 <= end; ) {
    if (++count > limits.boxes) throw new DamagedFile(reason("jp2-too-many-boxes", { boxes: limits.boxes }));
    const head = viewOf(await read(at, Math.min(16, end - at)));
    const type = latin1(new Uint8Array(head.buffer, head.byteOffset + 4, 4));
    let length = head.getUint32(0);
    let headBytes = 8;
    if (length === 1 && head.byteLength === 16) {
      length = Number(head.getBigUint64(8));
      headBytes = 16;
    } else if (length === 0) length = end - at;
    if (length < headBytes) throw new DamagedFile(reason("jp2-box-without-length", { type: word(type) }));
    // The codestream of a file that was cut off is looked at where its tiles are.
    const there = Math.min(length, end - at);
    if (there < length && type !== "jp2c") throw new TruncatedFile();
    yield { type, offset: at + headBytes, length: there - headBytes };
    at += length;
  }
}

/** A box's type in a sentence: four letters, whatever bytes stand there. */
const word = (type: string) => type.replace(/[^\w ]/g, "?");

const within =
  (bytes: Uint8Array): Read =>
  async (offset, length) =>
    bytes.subarray(offset, offset + length);

/** The first XML document below boxes labelled as GML, however deep they are. */
async function gmlOf(bytes: Uint8Array, depth = 0): Promise<string | undefined> {
  if (depth > limits.depth) return undefined;
  for await (const { type, offset, length } of boxesOf(within(bytes), 0, bytes.length)) {
    const contents = bytes.subarray(offset, offset + length);
    if (type === "xml ") {
      const text = new TextDecoder("utf-8").decode(contents).replace(/\0+$/, "");
      if (/RectifiedGrid/.test(text)) return text;
    } else if (type === "asoc") {
      const found = await gmlOf(contents, depth + 1);
      if (found) return found;
    }
  }
  return undefined;
}

async function describedBy(
  header: Uint8Array | undefined,
): Promise<Pick<Jp2Boxes, "palette" | "channels" | "colourSpace">> {
  const channels = new Map<number, string>();
  if (!header) return { channels };
  let palette: Jp2Boxes["palette"];
  let colourSpace: number | undefined;
  for await (const { type, offset, length } of boxesOf(within(header), 0, header.length)) {
    const contents = header.subarray(offset, offset + length);
    if (type === "pclr") palette = paletteOf(contents);
    else if (type === "cdef") for (const [channel, name] of channelsOf(contents)) channels.set(channel, name);
    else if (type === "colr" && contents[0] === 1 && contents.length >= 7)
      colourSpace ??= viewOf(contents).getUint32(3);
  }
  return { palette, channels, colourSpace };
}

/** The pclr box: entries of one to four columns of 8 bits; deeper colours are cut to 8. */
function paletteOf(contents: Uint8Array): Jp2Boxes["palette"] {
  if (contents.length < 3) return undefined;
  const entries = viewOf(contents).getUint16(0);
  const columns = contents[2]!;
  const bits = [...contents.subarray(3, 3 + columns)].map((depth) => (depth & 0x7f) + 1);
  const bytes = bits.map((depth) => Math.ceil(depth / 8));
  const stride = bytes.reduce((sum, each) => sum + each, 0);
  if (columns < 1 || columns > 4 || contents.length < 3 + columns + entries * stride) return undefined;
  return Array.from({ length: entries }, (_, entry): readonly [number, number, number, number] => {
    let at = 3 + columns + entry * stride;
    const [first = 0, second, third, fourth] = bytes.map((size, column) => {
      let value = 0;
      for (let i = 0; i < size; i++) value = value * 256 + contents[at++]!;
      return Math.round((value / (2 ** bits[column]! - 1)) * 255);
    });
    return [first, second ?? first, third ?? first, fourth ?? 255];
  });
}

const colourNames = ["red", "green", "blue"] as const;

/** The cdef box: channel, kind (0 colour, 1 opacity, 2 premultiplied opacity) and which colour. */
function* channelsOf(contents: Uint8Array): Generator<[number, string], void> {
  const view = viewOf(contents);
  for (let at = 2; at + 6 <= contents.length; at += 6) {
    const channel = view.getUint16(at);
    const kind = view.getUint16(at + 2);
    const colour = colourNames[view.getUint16(at + 4) - 1];
    if (kind === 1 || kind === 2) yield [channel, "alpha"];
    else if (kind === 0 && colour) yield [channel, colour];
  }
}
