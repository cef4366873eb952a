import { tiffType } from "../formats/tiff/tags.ts";

/** The bytes before the pixels of a COG: header, GDAL's structural note, directories and their lists. */
export interface TagValue {
  readonly tag: number;
  readonly type: "ascii" | "short" | "long" | "double" | "offset";
  readonly values: ArrayLike<number> | string;
}

const structural = [
  "LAYOUT=IFDS_BEFORE_DATA",
  "BLOCK_ORDER=ROW_MAJOR",
  "BLOCK_LEADER=SIZE_AS_UINT4",
  "BLOCK_TRAILER=LAST_4_BYTES_REPEATED",
  "KNOWN_INCOMPATIBLE_EDITION=NO",
].join("\n");

/** GDAL's note on the layout, which lets readers fetch a block and its length in one request. */
function structuralNote(): Uint8Array {
  const body = `${structural}\n `;
  return new TextEncoder().encode(
    `GDAL_STRUCTURAL_METADATA_SIZE=${String(body.length).padStart(6, "0")} bytes\n${body}`,
  );
}

/** Around every tile: its length before it, its last four bytes again after it, as the note says. */
export const leaderBytes = 4;
export const trailerBytes = 4;

/** Whether a file of this header and these tiles, per level, is too large for the 32-bit offsets of a classic TIFF. */
export function needsBigTiff(headerBytes: number, tileLengths: readonly Float64Array[]): boolean {
  let size = headerBytes;
  for (const lengths of tileLengths) for (const length of lengths) size += leaderBytes + length + trailerBytes;
  return size > 0xffffffff;
}

const fieldType = {
  ascii: tiffType.ASCII,
  short: tiffType.SHORT,
  long: tiffType.LONG,
  double: tiffType.DOUBLE,
} as const;
const fieldBytes = { ascii: 1, short: 2, long: 4, double: 8 } as const;

/**
 * The header of a little-endian TIFF, one directory per level. "offset" values become 32-bit or, in a BigTIFF, 64-bit.
 * Its length depends on the number of values only, so it can be asked for before the offsets are known.
 */
export function tiffHeader(levels: readonly (readonly TagValue[])[], bigTiff: boolean): Uint8Array<ArrayBuffer> {
  const note = structuralNote();
  const start = bigTiff ? 16 : 8;
  const entryBytes = bigTiff ? 20 : 12;
  const inlineBytes = bigTiff ? 8 : 4;
  const countBytes = bigTiff ? 8 : 2;

  interface Placed {
    readonly tag: number;
    readonly type: number;
    readonly count: number;
    readonly bytes: Uint8Array;
    at: number;
  }
  const encode = ({ tag, type, values }: TagValue): Placed => {
    if (type === "offset") {
      const numbers = values as ArrayLike<number>;
      const size = bigTiff ? 8 : 4;
      const bytes = new Uint8Array(numbers.length * size);
      const view = new DataView(bytes.buffer);
      for (let i = 0; i < numbers.length; i++) {
        if (bigTiff) view.setBigUint64(i * 8, BigInt(numbers[i]!), true);
        else view.setUint32(i * 4, numbers[i]!, true);
      }
      return { tag, type: bigTiff ? tiffType.LONG8 : tiffType.LONG, count: numbers.length, bytes, at: 0 };
    }
    if (typeof values === "string") {
      const text = new TextEncoder().encode(`${values}\0`);
      return { tag, type: fieldType.ascii, count: text.length, bytes: text, at: 0 };
    }
    const size = fieldBytes[type];
    const bytes = new Uint8Array(values.length * size);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < values.length; i++) {
      if (type === "short") view.setUint16(i * 2, values[i]!, true);
      else if (type === "long") view.setUint32(i * 4, values[i]!, true);
      else if (type === "double") view.setFloat64(i * 8, values[i]!, true);
      else bytes[i] = values[i]!;
    }
    return { tag, type: fieldType[type], count: values.length, bytes, at: 0 };
  };

  let position = start + note.length;
  if (position % 2) position++;
  const directories = levels.map((tags) => {
    const entries = [...tags].sort((p, q) => p.tag - q.tag).map(encode);
    const at = position;
    position += countBytes + entries.length * entryBytes + inlineBytes;
    for (const entry of entries) {
      if (entry.bytes.length <= inlineBytes) continue;
      position = Math.ceil(position / 8) * 8;
      entry.at = position;
      position += entry.bytes.length;
    }
    position = Math.ceil(position / 8) * 8;
    return { at, entries };
  });

  const header = new Uint8Array(position);
  const view = new DataView(header.buffer);
  const unsigned = (at: number, value: number) =>
    bigTiff ? view.setBigUint64(at, BigInt(value), true) : view.setUint32(at, value, true);
  view.setUint16(0, 0x4949, true);
  view.setUint16(2, bigTiff ? 43 : 42, true);
  if (bigTiff) view.setUint16(4, 8, true);
  unsigned(bigTiff ? 8 : 4, directories[0]!.at);
  header.set(note, start);
  directories.forEach(({ at, entries }, level) => {
    if (bigTiff) view.setBigUint64(at, BigInt(entries.length), true);
    else view.setUint16(at, entries.length, true);
    entries.forEach((entry, i) => {
      const to = at + countBytes + i * entryBytes;
      view.setUint16(to, entry.tag, true);
      view.setUint16(to + 2, entry.type, true);
      unsigned(to + 4, entry.count);
      const valueAt = to + (bigTiff ? 12 : 8);
      if (entry.at === 0) header.set(entry.bytes, valueAt);
      else {
        unsigned(valueAt, entry.at);
        header.set(entry.bytes, entry.at);
      }
    });
    unsigned(at + countBytes + entries.length * entryBytes, directories[level + 1]?.at ?? 0);
  });
  return header;
}
