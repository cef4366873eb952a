import { reason } from "../../../../src-shared/errors/reasons/index.ts";
import { LoadingCache } from "../../../files/index.ts";
import { DamagedFile, TruncatedFile, UnknownFormat } from "../problems.ts";
import { type FieldRule, fieldRules, nameOfField } from "./fields.ts";
import { tiffType } from "./tags.ts";

/**
 * The directories (IFDs) of a TIFF: fields and where their values lie. Knows classic TIFF and BigTIFF in both byte orders.
 * Every offset and count is checked against the file's length and `limits` before memory is allocated for it.
 */
export interface TiffFile {
  readonly littleEndian: boolean;
  readonly bigTiff: boolean;
  readonly directories: readonly Directory[];
  /** bytes */
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface Directory {
  readonly offset: number;
  readonly entries: ReadonlyMap<number, Entry>;
}

/** A field. Its values lie inside the file: that was looked at. Plain data, so that it can cross to another thread. */
export interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** where the values are in the file */
  readonly offset: number;
  /** the values themselves, when they are few */
  readonly bytes?: Uint8Array;
}

/** Bytes per value of each TIFF field type. */
export const typeBytes: Readonly<Record<number, number>> = {
  [tiffType.BYTE]: 1,
  [tiffType.ASCII]: 1,
  [tiffType.SHORT]: 2,
  [tiffType.LONG]: 4,
  [tiffType.RATIONAL]: 8,
  [tiffType.SBYTE]: 1,
  [tiffType.UNDEFINED]: 1,
  [tiffType.SSHORT]: 2,
  [tiffType.SLONG]: 4,
  [tiffType.SRATIONAL]: 8,
  [tiffType.FLOAT]: 4,
  [tiffType.DOUBLE]: 8,
  [tiffType.IFD]: 4,
  [tiffType.LONG8]: 8,
  [tiffType.SLONG8]: 8,
  [tiffType.IFD8]: 8,
};

const typesOf: Readonly<Record<FieldRule["kind"], ReadonlySet<number>>> = {
  whole: new Set<number>([tiffType.BYTE, tiffType.SHORT, tiffType.LONG, tiffType.IFD, tiffType.LONG8, tiffType.IFD8]),
  real: new Set<number>([
    tiffType.BYTE,
    tiffType.SHORT,
    tiffType.LONG,
    tiffType.RATIONAL,
    tiffType.SBYTE,
    tiffType.SSHORT,
    tiffType.SLONG,
    tiffType.SRATIONAL,
    tiffType.FLOAT,
    tiffType.DOUBLE,
    tiffType.LONG8,
    tiffType.SLONG8,
  ]),
  text: new Set<number>([tiffType.BYTE, tiffType.ASCII, tiffType.UNDEFINED]),
  bytes: new Set<number>([tiffType.BYTE, tiffType.ASCII, tiffType.UNDEFINED]),
};

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Limits of a header, above what any real image needs. */
const limits = {
  /** directories of one file; later ones are not looked at */
  directories: 1024,
  /** fields of one directory */
  fields: 4096,
  /** bytes that are read for all directories and fields of one file together */
  headerBytes: 64 * 2 ** 20,
  /** lists of at most this many bytes are read with the header; longer ones (block offsets) wait until they are asked for */
  eagerBytes: 65536,
} as const;

/**
 * Reads the header and every directory, never the pixels.
 * @param size of the file in bytes
 * @throws UnknownFormat, DamagedFile, TruncatedFile
 */
export async function readTiff(
  readBytes: (offset: number, length: number) => Promise<Uint8Array>,
  size: number,
): Promise<TiffFile> {
  let spent = 0;
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    if (!(Number.isSafeInteger(offset) && offset >= 0 && offset + length <= size)) throw new TruncatedFile();
    spent += length;
    if (spent > limits.headerBytes) {
      throw new DamagedFile(reason("header-asks-more-mib", { headerBytes: limits.headerBytes / 2 ** 20 }));
    }
    const bytes = await readBytes(offset, length);
    // The file became shorter while it was read.
    if (bytes.length < length) throw new TruncatedFile();
    return bytes;
  };
  // One read covers the header of most files; what lies outside is fetched on its own.
  const head = await read(0, Math.min(size, 65536));
  if (head.length < 8) throw new UnknownFormat("shorter than a TIFF header");
  const order = (head[0]! << 8) | head[1]!;
  if (order !== 0x4949 && order !== 0x4d4d) throw new UnknownFormat("no byte order mark");
  const littleEndian = order === 0x4949;
  const view = viewOf(head);
  const magic = view.getUint16(2, littleEndian);
  if (magic !== 42 && magic !== 43) throw new UnknownFormat(`magic number ${magic}`);
  const bigTiff = magic === 43;
  if (bigTiff && (head.length < 16 || view.getUint16(4, littleEndian) !== 8 || view.getUint16(6, littleEndian) !== 0)) {
    throw new DamagedFile(reason("bigtiff-header-not-one"));
  }

  const readAll = async (offset: number, length: number): Promise<Uint8Array> =>
    offset + length <= head.length ? head.slice(offset, offset + length) : read(offset, length);

  const directories: Directory[] = [];
  const seen = new Set<number>();
  let next = bigTiff ? Number(view.getBigUint64(8, littleEndian)) : view.getUint32(4, littleEndian);
  // A cyclic chain of directories ends where it repeats.
  while (next !== 0 && !seen.has(next) && directories.length < limits.directories) {
    seen.add(next);
    const offset: number = next;
    try {
      const directory = await readDirectory(offset, littleEndian, bigTiff, size, readAll);
      directories.push(directory.directory);
      next = directory.next;
    } catch (error) {
      // A truncated COG has lost its last overviews' headers; the first image is what counts.
      if (directories.length === 0 || spent > limits.headerBytes) throw error;
      break;
    }
  }
  if (directories.length === 0) throw new DamagedFile(reason("no-image-directory"));
  return { littleEndian, bigTiff, directories, size, read };
}

async function readDirectory(
  offset: number,
  littleEndian: boolean,
  bigTiff: boolean,
  fileSize: number,
  readAll: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<{ directory: Directory; next: number }> {
  const countBytes = bigTiff ? 8 : 2;
  const entryBytes = bigTiff ? 20 : 12;
  const inlineBytes = bigTiff ? 8 : 4;
  const countView = viewOf(await readAll(offset, countBytes));
  const count = bigTiff ? Number(countView.getBigUint64(0, littleEndian)) : countView.getUint16(0, littleEndian);
  if (count === 0 || count > limits.fields) throw new DamagedFile(reason("directory-says-fields", { count }));
  const block = await readAll(offset + countBytes, count * entryBytes + inlineBytes);
  const view = viewOf(block);
  const unsigned = (at: number) =>
    bigTiff ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian);
  const entries = new Map<number, Entry>();
  for (let i = 0; i < count; i++) {
    const at = i * entryBytes;
    const tag = view.getUint16(at, littleEndian);
    const rule = fieldRules.get(tag);
    if (!rule || entries.has(tag)) continue;
    const type = view.getUint16(at + 2, littleEndian);
    const values = unsigned(at + 4);
    if (values === 0) continue;
    if (!typesOf[rule.kind].has(type)) {
      if (rule.optional) continue;
      throw new DamagedFile(reason("values-type-cannot", { name: rule.name, type }));
    }
    if (values > rule.most) {
      if (rule.optional) continue;
      throw new DamagedFile(reason("says-values-most-read", { name: rule.name, values, most: rule.most }));
    }
    const length = typeBytes[type]! * values;
    const valueAt = at + (bigTiff ? 12 : 8);
    const inline = length <= inlineBytes;
    const valueOffset = inline ? offset + countBytes + valueAt : unsigned(valueAt);
    if (!(Number.isSafeInteger(length) && valueOffset + length <= fileSize)) {
      if (rule.optional) continue;
      throw new TruncatedFile();
    }
    const entry = { tag, type, count: values, offset: valueOffset };
    if (inline) entries.set(tag, { ...entry, bytes: block.slice(valueAt, valueAt + length) });
    else if (length <= limits.eagerBytes) entries.set(tag, { ...entry, bytes: await readAll(valueOffset, length) });
    else entries.set(tag, entry);
  }
  return { directory: { offset, entries }, next: unsigned(count * entryBytes) };
}

/** The numbers of `bytes` as field type `type`. */
function decodeNumbers(bytes: Uint8Array, type: number, littleEndian: boolean): Float64Array {
  const view = viewOf(bytes);
  const size = typeBytes[type]!;
  const numbers = new Float64Array(Math.floor(bytes.length / size));
  for (let i = 0; i < numbers.length; i++) {
    const at = i * size;
    numbers[i] =
      type === tiffType.SHORT
        ? view.getUint16(at, littleEndian)
        : type === tiffType.LONG || type === tiffType.IFD
          ? view.getUint32(at, littleEndian)
          : type === tiffType.LONG8 || type === tiffType.IFD8
            ? Number(view.getBigUint64(at, littleEndian))
            : type === tiffType.DOUBLE
              ? view.getFloat64(at, littleEndian)
              : type === tiffType.FLOAT
                ? view.getFloat32(at, littleEndian)
                : type === tiffType.SBYTE
                  ? view.getInt8(at)
                  : type === tiffType.SSHORT
                    ? view.getInt16(at, littleEndian)
                    : type === tiffType.SLONG
                      ? view.getInt32(at, littleEndian)
                      : type === tiffType.SLONG8
                        ? Number(view.getBigInt64(at, littleEndian))
                        : type === tiffType.RATIONAL
                          ? view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian)
                          : type === tiffType.SRATIONAL
                            ? view.getInt32(at, littleEndian) / view.getInt32(at + 4, littleEndian)
                            : view.getUint8(at);
  }
  return numbers;
}

/** All values of a tag, read now if they were left in the file. Not for lists of blocks: see `NumberList`. */
export async function numbersOf(file: TiffFile, directory: Directory, tag: number): Promise<Float64Array | undefined> {
  const entry = directory.entries.get(tag);
  const bytes = await bytesOfTag(file, directory, tag);
  return entry && bytes && decodeNumbers(bytes, entry.type, file.littleEndian);
}

function numberOf(file: TiffFile, directory: Directory, tag: number): number | undefined {
  const entry = directory.entries.get(tag);
  return entry?.bytes ? decodeNumbers(entry.bytes, entry.type, file.littleEndian)[0] : undefined;
}

/** The first value of a tag: a whole number from `least` to `most`. @throws DamagedFile when it is another */
export function wholeOf(
  file: TiffFile,
  directory: Directory,
  tag: number,
  least: number,
  most: number,
): number | undefined {
  const value = numberOf(file, directory, tag);
  if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return value;
  throw new DamagedFile(reason("field-value", { tag: nameOfField(tag), value }));
}

export async function bytesOfTag(file: TiffFile, directory: Directory, tag: number): Promise<Uint8Array | undefined> {
  const entry = directory.entries.get(tag);
  if (!entry) return undefined;
  return entry.bytes ?? (await file.read(entry.offset, entry.count * typeBytes[entry.type]!));
}

export async function textOf(file: TiffFile, directory: Directory, tag: number): Promise<string | undefined> {
  const bytes = await bytesOfTag(file, directory, tag);
  if (!bytes) return undefined;
  const end = bytes.indexOf(0);
  return new TextDecoder("utf-8").decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/**
 * A long list of numbers (block offsets, block lengths), read in pages on demand:
 * 300,000 × 300,000 pixels have 343,396 blocks, of which a window needs a few.
 */
export class NumberList {
  readonly length: number;
  readonly #read: (offset: number, length: number) => Promise<Uint8Array>;
  readonly #entry: Entry;
  readonly #littleEndian: boolean;
  /** the pages that were used last */
  readonly #pages = LoadingCache.ofCount<Float64Array>(256);
  static readonly pageLength = 4096;

  constructor(entry: Entry, littleEndian: boolean, read: (offset: number, length: number) => Promise<Uint8Array>) {
    this.#read = read;
    this.#entry = entry;
    this.#littleEndian = littleEndian;
    this.length = entry.count;
  }

  async at(index: number): Promise<number> {
    if (index < 0 || index >= this.length) throw new DamagedFile(reason("list-blocks-no-block", { index }));
    const page = Math.floor(index / NumberList.pageLength);
    const numbers = await this.#pages.get(String(page), () => this.#readPage(page));
    return numbers[index % NumberList.pageLength]!;
  }

  async #readPage(page: number): Promise<Float64Array> {
    const entry = this.#entry;
    const size = typeBytes[entry.type]!;
    const first = page * NumberList.pageLength;
    const count = Math.min(NumberList.pageLength, this.length - first);
    const bytes = entry.bytes
      ? entry.bytes.subarray(first * size, (first + count) * size)
      : await this.#read(entry.offset + first * size, count * size);
    if (bytes.length < count * size) throw new TruncatedFile();
    return decodeNumbers(bytes, entry.type, this.#littleEndian);
  }
}
