import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { assembleLists } from "hyparquet/src/assemble.js";
import { parquetHeader } from "hyparquet/src/column.js";
import { convert, convertWithDictionary, DEFAULT_PARSERS } from "hyparquet/src/convert.js";
import { readDataPage, readDataPageV2 } from "hyparquet/src/datapage.js";
import { parquetMetadata, parquetSchema } from "hyparquet/src/metadata.js";
import { readPlain } from "hyparquet/src/plain.js";
import type {
  ColumnDecoder,
  CompressionCodec,
  DataPage,
  FileMetaData,
  PageHeader,
  SchemaElement,
} from "hyparquet/src/types.js";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Because, reason } from "../../../src-shared/errors/reasons/index.ts";
import { checkThrift } from "./parquet-structure.ts";
import { unpackSnappy } from "./snappy.ts";

// Parquet files from outside, row group by row group. What the bytes mean is hyparquet's work; it trusts the sizes and counts that a file
// states, so all of them are compared with the file here before they reach it: of pages, of values, of runs of equal values.
// See https://parquet.apache.org/docs/file-format/.

const largestFooter = 32 * 2 ** 20;
/** Unfolded. */
const largestPage = 256 * 2 ** 20;
const largestColumn = 2 ** 30;
const mostColumns = 2000;
/** Rows that a byte of the file may stand for: runs of equal values take next to nothing, shapes do not. */
const mostRowsPerByte = 16;
const fewRows = 20_000;
/** Values that a run of packed bits may hold beyond its page: such runs are filled up to a multiple of eight, by some up to 504. */
const fill = 511;

const damaged = (path: string, problem: Because, cause?: unknown) =>
  new AppError("vector-damaged", { path, problem }, { cause });

/** A column at the top of the schema that holds one value a row. */
export interface ParquetColumn {
  readonly name: string;
  readonly element: SchemaElement;
}

export interface ParquetFile {
  readonly path: string;
  readonly metadata: FileMetaData;
  /** in the order of the file; lists, maps and structures are left out */
  readonly columns: readonly ParquetColumn[];
  readonly rows: number;
}

/** A value as it is shown; bytes only of columns that are asked for as such. */
export type ParquetValue = string | number | boolean | Uint8Array | null;

/**
 * What the end of a Parquet file says of it.
 * @throws AppError "vector-damaged", "vector-not-read"
 */
export function openParquet(path: string): ParquetFile {
  const { footer, size } = footerOf(path);
  const metadata = understood(path, () => {
    checkThrift(footer, 0);
    return parquetMetadata(footer, { geoparquet: false });
  });
  const rows = Number(metadata.num_rows);
  const stated = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (rows !== stated || !(rows >= 0 && rows <= Math.max(fewRows, size * mostRowsPerByte)))
    throw damaged(path, reason("more-rows-than-file-could-hold"));
  if (metadata.schema.length > mostColumns) throw damaged(path, reason("too-many-columns", { columns: metadata.schema.length })); // biome-ignore format: one line
  const tree = understood(path, () => parquetSchema(metadata));
  const columns = tree.children
    .filter(({ element, children }) => children.length === 0 && element.repetition_type !== "REPEATED")
    .map(({ element }) => ({ name: element.name, element }));
  return { path, metadata, columns, rows };
}

function footerOf(path: string): { readonly footer: Uint8Array; readonly size: number } {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(8);
    const begin = Buffer.alloc(4);
    readSync(file, begin, 0, 4, 0);
    if (size < 12 || begin.toString("latin1", 0, 3) !== "PAR")
      throw damaged(path, reason("does-not-begin-like-parquet"));
    readSync(file, tail, 0, 8, size - 8);
    const end = tail.toString("latin1", 4);
    if (end === "PARE") throw new AppError("vector-not-read", { path, kind: "parquetEncrypted" });
    if (end !== "PAR1") throw damaged(path, reason("ends-too-early-copy-or"));
    const length = tail.readUInt32LE(0);
    if (length > size - 12 || length > largestFooter) throw damaged(path, reason("header-makes-no-sense"));
    const footer = Buffer.alloc(length + 8);
    readSync(file, footer, 0, footer.length, size - footer.length);
    return { footer, size };
  } finally {
    closeSync(file);
  }
}

/** The reader of the format throws plain errors where bytes make no sense. */
function understood<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw damaged(path, reason("parquet-makes-no-sense"), cause);
  }
}

/**
 * The rows of a file, some columns of one row group in memory at a time.
 * @param asBytes the column whose values stay bytes
 * @throws AppError "vector-damaged", "vector-not-read"
 */
export function* parquetRows(
  { path, metadata, columns }: ParquetFile,
  asBytes: string,
): Generator<(column: number) => ParquetValue> {
  const tree = parquetSchema(metadata);
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    for (const group of metadata.row_groups) {
      const rows = Number(group.num_rows);
      const values = columns.map(({ name, element }) => {
        const chunk = group.columns.find(({ meta_data: own }) => own?.path_in_schema.length === 1 && own.path_in_schema[0] === name); // biome-ignore format: one line
        const facts = chunk?.meta_data;
        if (!facts) throw damaged(path, reason("parquet-makes-no-sense"));
        const begin = Math.min(Number(facts.dictionary_page_offset || facts.data_page_offset), Number(facts.data_page_offset)); // biome-ignore format: one line
        const length = Number(facts.total_compressed_size);
        if (!(begin >= 4 && length >= 0 && begin + length <= size) || length > largestColumn)
          throw damaged(path, reason("ends-too-early-copy-or"));
        const bytes = new Uint8Array(length);
        readSync(file, bytes, 0, length, begin);
        const schemaPath = [tree, tree.children.find((child) => child.element === element)!];
        const { codec, type } = facts;
        const decoder: ColumnDecoder = { pathInSchema: [name], type, element, schemaPath, codec, parsers, utf8: name !== asBytes }; // biome-ignore format: one line
        return understood(path, () => columnValues(bytes, rows, decoder, path));
      });
      for (let row = 0; row < rows; row++) yield (column) => plainValue(values[column]?.[row]);
    }
  } finally {
    closeSync(file);
  }
}

const isoTime = (milliseconds: number): string | null =>
  Math.abs(milliseconds) <= 8.64e15 ? new Date(milliseconds).toISOString() : null;

/** Days and times as ISO texts, JSON as it stands, shapes as their bytes. */
const parsers: ColumnDecoder["parsers"] = {
  ...DEFAULT_PARSERS,
  dateFromDays: (days) => isoTime(days * 86_400_000)?.slice(0, 10) ?? null,
  timestampFromMilliseconds: (value) => isoTime(Number(value)),
  timestampFromMicroseconds: (value) => isoTime(Number(value / 1000n)),
  timestampFromNanoseconds: (value) => isoTime(Number(value / 1_000_000n)),
  jsonFromBytes: (bytes) => DEFAULT_PARSERS.stringFromBytes(bytes),
  geometryFromBytes: (bytes) => bytes,
  geographyFromBytes: (bytes) => bytes,
};

function plainValue(value: unknown): ParquetValue {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "string" || typeof value === "boolean" || value instanceof Uint8Array) return value;
  return null;
}

/** The values of a column's chunk, `null` where there is none. */
function columnValues(bytes: Uint8Array, rows: number, decoder: ColumnDecoder, path: string): unknown[] {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const values: unknown[] = [];
  let dictionary: ReturnType<typeof convert> | undefined;
  while (values.length < rows) {
    checkThrift(bytes, reader.offset);
    const header = parquetHeader(reader);
    const packed = header.compressed_page_size;
    if (!(packed >= 0 && packed <= bytes.length - reader.offset))
      throw new RangeError("A page reaches beyond its column");
    const page = bytes.subarray(reader.offset, reader.offset + packed);
    reader.offset += packed;
    if (header.type === "DICTIONARY_PAGE") {
      dictionary = dictionaryOf(page, header, decoder, path);
      continue;
    }
    const { data, count, encoding } = dataOf(page, header, rows - values.length, decoder, path);
    const { definitionLevels, repetitionLevels, dataPage } = data;
    const own = convertWithDictionary(dataPage, dictionary, encoding, decoder);
    const found = assembleLists([], definitionLevels, repetitionLevels, own, decoder.schemaPath);
    if (found.length !== count) throw new RangeError("A page holds fewer values than it says");
    for (let i = 0; i < count; i++) values.push(found[i]);
  }
  return values;
}

function dictionaryOf(page: Uint8Array, header: PageHeader, decoder: ColumnDecoder, path: string) {
  const bytes = unfolded(page, header.uncompressed_page_size, decoder.codec, path);
  const count = header.dictionary_page_header?.num_values ?? 0;
  // A value has a byte and more; only truth values have less, and no dictionary.
  if (!(count >= 0 && count <= bytes.length)) throw new RangeError("A dictionary of more values than bytes");
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  return convert(readPlain(reader, decoder.type, count, decoder.element.type_length), decoder);
}

interface DataOfPage {
  readonly data: DataPage;
  readonly count: number;
  readonly encoding: NonNullable<PageHeader["data_page_header"]>["encoding"];
}

function dataOf(page: Uint8Array, header: PageHeader, most: number, decoder: ColumnDecoder, path: string): DataOfPage {
  const one = header.data_page_header;
  const two = header.data_page_header_v2;
  if (!one && !two) throw new RangeError("A page of no known kind");
  const { num_values: count, encoding } = (one ?? two)!;
  if (!(count >= 0 && count <= most)) throw new RangeError("A page of more values than rows");
  const isOptional = decoder.element.repetition_type !== "REQUIRED";
  if (one) {
    const bytes = unfolded(page, header.uncompressed_page_size, decoder.codec, path);
    let at = 0;
    if (isOptional) {
      checkRuns(bytes, 4, 1, count);
      at = 4 + uint32(bytes, 0);
    }
    checkEncoded(bytes, at, encoding, decoder, count);
    return { data: readDataPage(bytes, one, decoder), count, encoding };
  }
  const { definition_levels_byte_length: ofLevels, repetition_levels_byte_length: before, is_compressed: folded, num_nulls: nulls } = two!; // biome-ignore format: one line
  if (!(ofLevels >= 0 && before >= 0 && ofLevels + before <= page.length && nulls >= 0 && nulls <= count))
    throw new RangeError("A page whose levels reach beyond it");
  const head = page.subarray(0, ofLevels + before);
  const rest = page.subarray(head.length);
  const size = header.uncompressed_page_size - head.length;
  const body = folded === false ? rest : unfolded(rest, size, decoder.codec, path);
  if (isOptional) checkRuns(head, before, 1, count);
  checkEncoded(body, 0, encoding, decoder, count - nulls);
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  const plain = { ...header, data_page_header_v2: { ...two!, is_compressed: false } };
  return { data: readDataPageV2(whole, plain, decoder), count, encoding };
}

/** @param most values that the page can have: nulls have none */
function checkEncoded(bytes: Uint8Array, at: number, encoding: string, { type }: ColumnDecoder, most: number): void {
  if (encoding !== "RLE" && !encoding.endsWith("_DICTIONARY")) return;
  // Truth values have the length of their runs before them, others the width of their numbers.
  const width = type === "BOOLEAN" ? 1 : (bytes[at] ?? 0);
  if (width > 32) throw new RangeError("Numbers of more than 32 bits");
  checkRuns(bytes, type === "BOOLEAN" ? at + 4 : at + 1, width, most);
}

/**
 * Runs of equal values and of packed bits, one behind the other: none may say that it holds more than its page does, or memory would be
 * filled with it. What ends too early is left to the reader.
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/ (RLE)
 */
function checkRuns(bytes: Uint8Array, begin: number, width: number, most: number): void {
  let at = begin;
  for (let seen = 0; seen < most; ) {
    let head = 0;
    for (let shift = 0, byte = 128; byte >= 128; shift += 7) {
      if (at >= bytes.length) return;
      if (shift > 28) throw new RangeError("A run without a head");
      byte = bytes[at++]!;
      head += (byte & 127) * 2 ** shift;
    }
    const isPacked = head % 2 === 1;
    const values = Math.floor(head / 2) * (isPacked ? 8 : 1);
    if (values > most - seen + (isPacked ? fill : 0)) throw new RangeError("A run of more values than its page");
    at += isPacked ? (values / 8) * width : Math.ceil(width / 8);
    seen += values;
  }
}

const uint32 = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);

/** The bytes of a page as they were before they were packed, exactly as many as it says. */
function unfolded(page: Uint8Array, size: number, codec: CompressionCodec, path: string): Uint8Array {
  if (!(size >= 0 && size <= largestPage)) throw new RangeError("A page of more than a page may have");
  const bytes = unpack[codec]?.(page, size);
  if (!bytes) throw new AppError("vector-not-read", { path, kind: "parquetCompression" });
  if (bytes.length !== size) throw new RangeError("A page unfolds to another size than it says");
  return bytes;
}

type Unpack = (page: Uint8Array, size: number) => Uint8Array;

const unpack: Readonly<Partial<Record<CompressionCodec, Unpack>>> = {
  UNCOMPRESSED: (page) => page,
  GZIP: (page, size) => gunzipSync(page, { maxOutputLength: Math.max(1, size) }),
  BROTLI: (page, size) => brotliDecompressSync(page, { maxOutputLength: Math.max(1, size) }),
  ZSTD: (page, size) => zstdDecompressSync(page, { maxOutputLength: Math.max(1, size) }),
  SNAPPY: unpackSnappy,
};
