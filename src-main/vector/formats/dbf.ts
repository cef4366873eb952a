import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Because, reason } from "../../../src-shared/errors/reasons/index.ts";
import type { Field, FieldType, PropertyValue } from "./feature.ts";
import { record } from "./fields.ts";
import { type Decode, decoderOfLanguageDriver, decodeUnnamed } from "./text-encoding.ts";

interface Column extends Field {
  readonly code: string;
  readonly start: number;
  readonly length: number;
}

/** The attribute table of a Shapefile. */
export interface Dbf {
  readonly fields: readonly Field[];
  readonly records: number;
  /** One record's values, all empty when it lies behind the end of the file; `undefined` when it is marked as deleted. */
  read(index: number): Readonly<Record<string, PropertyValue>> | undefined;
  close(): void;
}

export function openDbf(path: string, named: Decode | undefined): Dbf {
  const file = openSync(path, "r");
  try {
    const size = fstatSync(file).size;
    const head = Buffer.alloc(32);
    if (readSync(file, head, 0, 32, 0) < 32) throw damaged(path, reason("attribute-table-no-header"));
    const headerLength = head.readUInt16LE(8);
    const recordLength = head.readUInt16LE(10);
    if (headerLength < 32 || headerLength > size || recordLength < 1) {
      throw damaged(path, reason("header-attribute-table-makes-no"));
    }
    const decode = named ?? decoderOfLanguageDriver(head[29]!) ?? decodeUnnamed;
    const header = Buffer.alloc(headerLength - 32);
    readSync(file, header, 0, header.length, 32);
    const columns = columnsOf(header, decode);
    const buffer = Buffer.alloc(recordLength);
    const missing = record(columns.map(({ name }) => [name, null] as const));
    return {
      fields: columns.map(({ name, type }) => ({ name, type })),
      records: head.readUInt32LE(4),
      read: (index) => {
        const got = readSync(file, buffer, 0, recordLength, headerLength + index * recordLength);
        if (got < 1) return missing;
        if (buffer[0] === 0x2a) return undefined;
        // The number and width of records in the header may be wrong: missing values are empty.
        return record(
          columns.map((column) => {
            const end = column.start + column.length;
            const value = end <= got ? readValue(buffer.subarray(column.start, end), column, decode) : null;
            return [column.name, value] as const;
          }),
        );
      },
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

const damaged = (path: string, problem: Because) => new AppError("vector-damaged", { path, problem });

/** Descriptors of 32 bytes up to a carriage return. */
function columnsOf(header: Buffer, decode: Decode): Column[] {
  const columns: Column[] = [];
  let start = 1; // behind the deletion mark
  for (let at = 0; at + 32 <= header.length && header[at] !== 0x0d; at += 32) {
    const zero = header.subarray(at, at + 11).indexOf(0);
    const name = decode(header.subarray(at, at + (zero < 0 ? 11 : zero))).trim();
    const code = String.fromCharCode(header[at + 11]!);
    const length = header[at + 16]!;
    const decimals = header[at + 17]!;
    columns.push({ name, code, type: typeOf(code, decimals), start, length });
    start += length;
  }
  return columns;
}

function typeOf(code: string, decimals: number): FieldType {
  switch (code) {
    case "N":
    case "F":
      return decimals === 0 && code === "N" ? "integer" : "number";
    case "I":
    case "+":
      return "integer";
    case "O":
    case "B":
      return "number";
    case "L":
      return "boolean";
    case "D":
    case "T":
    case "@":
      return "date";
    default:
      return "text";
  }
}

/** Dates stay text (`2019-05-14`): a `Date` would depend on the machine's time zone. */
function readValue(bytes: Uint8Array, column: Column, decode: Decode): PropertyValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if ((column.code === "I" || column.code === "+") && bytes.length === 4) return view.getInt32(0, true);
  if ((column.code === "O" || column.code === "B") && bytes.length === 8) return view.getFloat64(0, true);
  const text = decode(bytes).replaceAll("\0", " ").trim();
  switch (column.type) {
    case "integer":
    case "number": {
      // Asterisks mean that a number did not fit its column.
      const value = text === "" || text.includes("*") ? Number.NaN : Number(text.replace(",", "."));
      return Number.isFinite(value) ? value : null;
    }
    case "boolean":
      return /^[yt]$/i.test(text) ? true : /^[nf]$/i.test(text) ? false : null;
    case "date":
      return /^\d{8}$/.test(text) && text !== "00000000"
        ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`
        : null;
    default:
      return text === "" ? null : text;
  }
}
