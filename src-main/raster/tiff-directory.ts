/** The directories (IFDs) of a TIFF: tags and where their values lie. Knows classic TIFF and BigTIFF in both byte orders. */
export interface TiffFile {
  readonly littleEndian: boolean;
  readonly bigTiff: boolean;
  readonly directories: readonly Directory[];
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

export interface Directory {
  readonly offset: number;
  readonly entries: ReadonlyMap<number, Entry>;
}

export interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** where the values are in the file */
  readonly offset: number;
  /** the values themselves, when they are few */
  readonly bytes?: Uint8Array;
}

export class NotTiff extends Error {}
export class DamagedTiff extends Error {}

/** Bytes per value of each TIFF field type. */
const typeBytes: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Values of at most this many bytes are read with the header; longer lists (block offsets) wait until they are asked for. */
const eagerBytes = 65536;
const maximumDirectories = 1024;

/** Reads the header and every directory, never the pixels. */
export async function readTiff(
  read: (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<TiffFile> {
  // One read covers the header of most files; what lies outside is fetched on its own.
  const head = await read(0, 65536);
  if (head.length < 8) throw new NotTiff("shorter than a TIFF header");
  const order = (head[0]! << 8) | head[1]!;
  if (order !== 0x4949 && order !== 0x4d4d) throw new NotTiff("no byte order mark");
  const littleEndian = order === 0x4949;
  const view = viewOf(head);
  const magic = view.getUint16(2, littleEndian);
  if (magic !== 42 && magic !== 43) throw new NotTiff(`magic number ${magic}`);
  const bigTiff = magic === 43;
  if (bigTiff && (head.length < 16 || view.getUint16(4, littleEndian) !== 8)) throw new DamagedTiff("BigTIFF header");

  const readAll = async (offset: number, length: number): Promise<Uint8Array> => {
    if (offset + length <= head.length) return head.subarray(offset, offset + length);
    const bytes = await read(offset, length);
    if (bytes.length < length) throw new DamagedTiff(`${length} bytes at ${offset} lie past the end`);
    return bytes;
  };

  const directories: Directory[] = [];
  const seen = new Set<number>();
  let next = bigTiff ? Number(view.getBigUint64(8, littleEndian)) : view.getUint32(4, littleEndian);
  while (next !== 0 && !seen.has(next) && directories.length < maximumDirectories) {
    seen.add(next);
    const offset: number = next;
    try {
      const directory = await readDirectory(offset, littleEndian, bigTiff, readAll);
      directories.push(directory.directory);
      next = directory.next;
    } catch (error) {
      // A truncated COG has lost its last overviews' headers; the first image is what counts.
      if (directories.length === 0) throw error;
      break;
    }
  }
  if (directories.length === 0) throw new DamagedTiff("no image directory");
  return { littleEndian, bigTiff, directories, read };
}

async function readDirectory(
  offset: number,
  littleEndian: boolean,
  bigTiff: boolean,
  readAll: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<{ directory: Directory; next: number }> {
  const countBytes = bigTiff ? 8 : 2;
  const entryBytes = bigTiff ? 20 : 12;
  const inlineBytes = bigTiff ? 8 : 4;
  const countView = viewOf(await readAll(offset, countBytes));
  const count = bigTiff ? Number(countView.getBigUint64(0, littleEndian)) : countView.getUint16(0, littleEndian);
  if (count === 0 || count > 4096) throw new DamagedTiff(`a directory with ${count} entries`);
  const block = await readAll(offset + countBytes, count * entryBytes + inlineBytes);
  const view = viewOf(block);
  const unsigned = (at: number) =>
    bigTiff ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
  const entries = new Map<number, Entry>();
  for (let i = 0; i < count; i++) {
    const at = i * entryBytes;
    const tag = view.getUint16(at, littleEndian);
    const type = view.getUint16(at + 2, littleEndian);
    const valueCount = unsigned(at + 4);
    const valueAt = at + (bigTiff ? 12 : 8);
    const size = (typeBytes[type] ?? 0) * valueCount;
    if (size === 0 || entries.has(tag)) continue;
    const inline = size <= inlineBytes;
    const valueOffset = inline ? offset + countBytes + valueAt : unsigned(valueAt);
    const entry = { tag, type, count: valueCount, offset: valueOffset };
    if (inline) entries.set(tag, { ...entry, bytes: block.subarray(valueAt, valueAt + size) });
    else if (size <= eagerBytes) entries.set(tag, { ...entry, bytes: await readAll(valueOffset, size) });
    else entries.set(tag, entry);
  }
  return { directory: { offset, entries }, next: unsigned(count * entryBytes) };
}

/** The numbers of `bytes` as field type `type`. */
export function decodeNumbers(bytes: Uint8Array, type: number, littleEndian: boolean): Float64Array {
  const view = viewOf(bytes);
  const size = typeBytes[type]!;
  const numbers = new Float64Array(Math.floor(bytes.length / size));
  for (let i = 0; i < numbers.length; i++) {
    const at = i * size;
    numbers[i] =
      type === 3
        ? view.getUint16(at, littleEndian)
        : type === 4 || type === 13
          ? view.getUint32(at, littleEndian)
          : type === 16 || type === 18
            ? Number(view.getBigUint64(at, littleEndian))
            : type === 12
              ? view.getFloat64(at, littleEndian)
              : type === 11
                ? view.getFloat32(at, littleEndian)
                : type === 6
                  ? view.getInt8(at)
                  : type === 8
                    ? view.getInt16(at, littleEndian)
                    : type === 9
                      ? view.getInt32(at, littleEndian)
                      : type === 17
                        ? Number(view.getBigInt64(at, littleEndian))
                        : type === 5
                          ? view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian)
                          : type === 10
                            ? view.getInt32(at, littleEndian) / view.getInt32(at + 4, littleEndian)
                            : view.getUint8(at);
  }
  return numbers;
}

/** All values of a tag, read now if they were left in the file. */
export async function numbersOf(file: TiffFile, directory: Directory, tag: number): Promise<Float64Array | undefined> {
  const entry = directory.entries.get(tag);
  if (!entry) return undefined;
  const bytes = entry.bytes ?? (await file.read(entry.offset, entry.count * typeBytes[entry.type]!));
  return decodeNumbers(bytes, entry.type, file.littleEndian);
}

export function numberOf(file: TiffFile, directory: Directory, tag: number): number | undefined {
  const entry = directory.entries.get(tag);
  return entry?.bytes ? decodeNumbers(entry.bytes, entry.type, file.littleEndian)[0] : undefined;
}

export async function bytesOfTag(file: TiffFile, directory: Directory, tag: number): Promise<Uint8Array | undefined> {
  const entry = directory.entries.get(tag);
  if (!entry) return undefined;
  return entry.bytes ?? (await file.read(entry.offset, entry.count * typeBytes[entry.type]!));
}

export async function textOf(file: TiffFile, directory: Directory, tag: number): Promise<string | undefined> {
  const bytes = await bytesOfTag(file, directory, tag);
  if (!bytes) return undefined;
  return new TextDecoder("utf-8").decode(bytes).replace(/\0[\s\S]*$/, "");
}

/**
 * A long list of numbers (block offsets, block lengths), read in pages on demand:
 * 300,000 × 300,000 pixels have 343,396 blocks, of which a window needs a few.
 */
export class NumberList {
  readonly length: number;
  readonly #file: TiffFile;
  readonly #entry: Entry;
  readonly #pages = new Map<number, Promise<Float64Array>>();
  static readonly pageLength = 4096;

  constructor(file: TiffFile, entry: Entry) {
    this.#file = file;
    this.#entry = entry;
    this.length = entry.count;
  }

  async at(index: number): Promise<number> {
    if (index < 0 || index >= this.length) throw new Error(`NumberList: index ${index} of ${this.length}`);
    const page = Math.floor(index / NumberList.pageLength);
    let numbers = this.#pages.get(page);
    if (!numbers) {
      numbers = this.#read(page);
      this.#pages.set(page, numbers);
    }
    return (await numbers)[index % NumberList.pageLength]!;
  }

  async #read(page: number): Promise<Float64Array> {
    const entry = this.#entry;
    const size = typeBytes[entry.type]!;
    const first = page * NumberList.pageLength;
    const count = Math.min(NumberList.pageLength, this.length - first);
    const bytes = entry.bytes
      ? entry.bytes.subarray(first * size, (first + count) * size)
      : await this.#file.read(entry.offset + first * size, count * size);
    if (bytes.length < count * size) throw new DamagedTiff("the list of blocks lies past the end of the file");
    return decodeNumbers(bytes, entry.type, this.#file.littleEndian);
  }
}
