// Tables as text: what separates their columns, which sign is the decimal sign, what the letters are. One pass, with limits.

import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Because, reason } from "../../../src-shared/errors/reasons/index.ts";
import { type Decode, decoderNamed, decodeUnnamed } from "./text-encoding.ts";

export interface CsvTable {
  readonly header: readonly string[];
  /** cells as text, as many as the header has; `line` is where the row begins in the file, from 1 */
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
  readonly delimiter: Delimiter;
  readonly encoding: string;
  /** the first line already is data: columns are called column_1, column_2 … */
  readonly headerMissing: boolean;
}

export const delimiters = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof delimiters)[number];

const largestFile = 256 * 1024 * 1024;
const mostColumns = 4096;
const mostRows = 5_000_000;
/** Lines by which the separator is found. */
const looked = 60;

interface CsvOptions {
  readonly delimiter?: string;
  readonly encoding?: string;
}

type CsvRow = CsvTable["rows"][number];

/**
 * The rows of a text table as they are: whether the first is a heading, the caller knows. @throws AppError as {@link readCsvTable}
 * @throws AppError "table-unreadable", "vector-unknown-encoding", "file-missing"
 */
export function readCsvRows(path: string, options: CsvOptions = {}): readonly CsvRow[] {
  return rowsOf(bytesOf(path), path, options).rows;
}

/**
 * A table of text with a header line. Quoted cells may hold separators, quotes written twice, and line breaks.
 * @throws AppError "table-unreadable" with the reason, "vector-unknown-encoding"
 */
export function readCsvTable(path: string, options: CsvOptions = {}): CsvTable {
  return csvTableOf(bytesOf(path), path, options);
}

/** The table in the bytes of a file; `path` names it in errors. @throws AppError as {@link readCsvTable} */
export function csvTableOf(bytes: Uint8Array, path: string, options: CsvOptions = {}): CsvTable {
  const { rows: records, delimiter, encoding } = rowsOf(bytes, path, options);
  const first = records[0]!.cells;
  const headerMissing = first.every((cell) => cell.trim() === "" || isNumeric(cell));
  const names = headerMissing ? first.map((_, i) => `column_${i + 1}`) : unique(first);
  const rows = (headerMissing ? records : records.slice(1))
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ""))
    .map(({ line, cells }) => ({ line, cells: names.map((_, i) => cells[i] ?? "") }));
  return { header: names, rows, delimiter, encoding, headerMissing };
}

/** Larger tables are looked through before they are held. */
const largeFile = 16 * 2 ** 20;
const headBytes = 2 ** 20;
/** Bytes that a row and a cell take in memory at least, beside their text. */
const held = { row: 200, cell: 40 };

/**
 * Looks through a large table in pieces: what its cells take in memory, and the rows at its beginning as a table of their own;
 * `undefined` of a small one, whose reading costs no more.
 * @throws AppError "table-unreadable"
 */
export function scanTable(
  path: string,
  options: CsvOptions = {},
): { readonly head: CsvTable; readonly mebibytes: number } | undefined {
  const { size } = statSync(path);
  if (size <= largeFile) return undefined;
  if (size > largestFile) throw tooLarge(path);
  const file = openSync(path, "r");
  try {
    const piece = Buffer.alloc(headBytes);
    const begin = piece.subarray(0, readSync(file, piece, 0, headBytes, 0));
    const wide = (begin[0] === 0xff && begin[1] === 0xfe) || (begin[0] === 0xfe && begin[1] === 0xff);
    const newline = begin.lastIndexOf(10);
    if (newline < 0)
      throw unreadable(path, begin.includes(0) && !wide ? reason("not-text-file") : reason("first-line-more-1-mb"));
    const head = csvTableOf(
      Uint8Array.from(begin.subarray(0, newline + 1 + (wide && begin[0] === 0xff ? 1 : 0))),
      path,
      options,
    );
    const separator = head.delimiter.charCodeAt(0);
    let [rows, cells] = [0, 0];
    for (let at = 0; at < size; ) {
      const got = readSync(file, piece, 0, headBytes, at);
      if (got === 0) break;
      for (let i = 0; i < got; i++) {
        const code = piece[i];
        if (code === 10) rows++;
        else if (code === separator) cells++;
        else if (code === 0 && !wide) throw unreadable(path, reason("not-text-file"));
      }
      at += got;
    }
    return { head, mebibytes: (size * 2 + rows * (held.row + held.cell) + cells * held.cell) / 2 ** 20 };
  } finally {
    closeSync(file);
  }
}

const tooLarge = (path: string): AppError => unreadable(path, reason("larger-256-mb-keep-only"));
const unreadable = (path: string, problem: Because): AppError => new AppError("table-unreadable", { path, problem });

function bytesOf(path: string): Uint8Array {
  const facts = statSync(path, { throwIfNoEntry: false });
  // Opening a pipe would wait for its writer.
  if (!facts?.isFile()) throw new AppError("file-missing", { path });
  if (facts.size > largestFile) throw tooLarge(path);
  return readFileSync(path);
}

function rowsOf(
  bytes: Uint8Array,
  path: string,
  options: CsvOptions,
): { readonly rows: readonly CsvRow[]; readonly delimiter: Delimiter; readonly encoding: string } {
  const { text, encoding } = decoded(bytes, path, options.encoding);
  if (text.trim() === "") throw unreadable(path, reason("file-empty"));
  const given = options.delimiter?.replace(/^(tab|\\t)$/i, "\t");
  if (given !== undefined && !delimiters.includes(given as Delimiter))
    throw unreadable(path, reason("does-not-separate-columns-use", { delimiter: given }));
  const delimiter = (given as Delimiter | undefined) ?? separatorOf(text);
  const rows = parse(text, delimiter, mostRows + 1, (problem) => unreadable(path, problem));
  if (rows.length > mostRows) throw unreadable(path, reason("more-rows", { mostRows }));
  const columns = rows[0]!.cells.length;
  if (columns > mostColumns) throw unreadable(path, reason("too-many-columns", { columns }));
  return { rows, delimiter, encoding };
}

const isNumeric = (cell: string): boolean => /^[\s+-]*\d[\d\s.,']*(e[+-]?\d+)?$/i.test(cell);

/** Columns of one name get numbers, so that none hides another. */
function unique(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name, i) => {
    const plain = name.trim() === "" ? `column_${i + 1}` : name.trim();
    const count = (seen.get(plain) ?? 0) + 1;
    seen.set(plain, count);
    return count === 1 ? plain : `${plain}_${count}`;
  });
}

function decoded(bytes: Uint8Array, path: string, named: string | undefined): { text: string; encoding: string } {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) {
    return { text: new TextDecoder("utf-8").decode(bytes.subarray(3)), encoding: "UTF-8" };
  }
  if (first === 0xff && second === 0xfe) return { text: new TextDecoder("utf-16le").decode(bytes), encoding: "UTF-16" };
  if (first === 0xfe && second === 0xff) return { text: new TextDecoder("utf-16be").decode(bytes), encoding: "UTF-16" };
  if (bytes.subarray(0, 4096).includes(0)) {
    throw new AppError("table-unreadable", { path, problem: reason("not-text-file") });
  }
  if (named !== undefined) {
    const decode: Decode | undefined = decoderNamed(named);
    if (!decode) throw new AppError("vector-unknown-encoding", { path, encoding: named });
    return { text: decode(bytes), encoding: named };
  }
  const text = decodeUnnamed(bytes);
  const isUtf8 = Buffer.from(text, "utf8").length === bytes.length;
  return { text, encoding: isUtf8 ? "UTF-8" : "windows-1252" };
}

/** The sign that gives the first lines the same number of columns, most of them. A semicolon comes before a comma: commas are also decimal. */
function separatorOf(text: string): Delimiter {
  let best: { readonly delimiter: Delimiter; readonly score: number } = { delimiter: ",", score: 0 };
  for (const delimiter of [";", "\t", "|", ","] as const) {
    const records = parse(text, delimiter, looked, () => new Error("never"));
    const widths = records.map(({ cells }) => cells.length);
    const columns = widths[0] ?? 1;
    if (columns < 2) continue;
    const same = widths.filter((width) => width === columns).length / widths.length;
    const score = same * 100 + Math.min(columns, 50) / 100;
    if (score > best.score + 0.5) best = { delimiter, score };
  }
  return best.delimiter;
}

function parse(
  text: string,
  delimiter: Delimiter,
  limit: number,
  refuse: (problem: Because) => Error,
): { readonly line: number; readonly cells: string[] }[] {
  const records: { line: number; cells: string[] }[] = [];
  const quote = 34;
  const [separator, newline, carriage] = [delimiter.charCodeAt(0), 10, 13];
  let at = 0;
  let line = 1;
  // “sep=;” is a line for spreadsheets.
  const told = /^sep=.\r?\n/i.exec(text);
  if (told) {
    at = told[0].length;
    line = 2;
  }
  while (at < text.length && records.length < limit) {
    const cells: string[] = [];
    const began = line;
    for (;;) {
      if (text.charCodeAt(at) === quote) {
        let cell = "";
        let from = ++at;
        for (;;) {
          const end = text.indexOf('"', from);
          if (end < 0) {
            if (limit === looked) return records;
            throw refuse(reason("quotes-open-line-never-close", { began }));
          }
          cell += text.slice(at, end);
          if (text.charCodeAt(end + 1) !== quote) {
            at = end + 1;
            break;
          }
          cell += '"';
          at = from = end + 2;
        }
        for (let i = cell.indexOf("\n"); i >= 0; i = cell.indexOf("\n", i + 1)) line++;
        // What follows the closing quote up to the separator belongs to the cell.
        const rest = at;
        while (at < text.length && ![separator, newline, carriage].includes(text.charCodeAt(at))) at++;
        cells.push(cell + text.slice(rest, at).trimEnd());
      } else {
        const from = at;
        while (at < text.length) {
          const code = text.charCodeAt(at);
          if (code === separator || code === newline || code === carriage) break;
          at++;
        }
        cells.push(text.slice(from, at));
      }
      if (cells.length > mostColumns) {
        if (limit === looked) break;
        throw refuse(reason("line-more-columns", { began, mostColumns }));
      }
      if (text.charCodeAt(at) !== separator || at >= text.length) break;
      at++;
    }
    if (text.charCodeAt(at) === carriage) at++;
    if (text.charCodeAt(at) === newline) at++;
    line++;
    if (cells.length > 1 || cells[0]!.trim() !== "") records.push({ line: began, cells });
  }
  return records;
}

/**
 * Which sign is decimal in a column, by the first number that leaves no doubt.
 * @returns `doubtful`: a number such as “1,234”, where no number of the column says whether its comma is decimal or parts thousands; the sign is then the comma
 */
export function decimalIn(cells: Iterable<string>): {
  readonly sign: "." | ",";
  readonly doubtful: string | undefined;
} {
  const sure = (sign: "." | ",") => ({ sign, doubtful: undefined });
  let doubtful: string | undefined;
  for (const cell of cells) {
    const [comma, point] = [cell.lastIndexOf(","), cell.lastIndexOf(".")];
    if (comma >= 0 && point >= 0) return sure(comma > point ? "," : ".");
    if (point >= 0) return sure(/^\s*[-+]?\d{1,3}(\.\d{3}){2,}\s*$/.test(cell) ? "," : ".");
    if (comma < 0) continue;
    if (/^\s*[-+]?\d{1,3}(,\d{3}){2,}\s*$/.test(cell)) return sure(".");
    if (!/^\s*[-+]?[1-9]\d{0,2},\d{3}\s*$/.test(cell)) return sure(",");
    doubtful ??= cell.trim();
  }
  return { sign: doubtful === undefined ? "." : ",", doubtful };
}

/** A number as tables write it, with blanks, ' or the other sign between groups of three digits; `undefined` where it is none. */
export function numberIn(cell: string, decimal: "." | ","): number | undefined {
  const text = cell.trim().replace(/\u2212/g, "-");
  const grouped = decimal === "." ? /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/ : /^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$/;
  const joined = grouped.test(text)
    ? text.replaceAll(decimal === "." ? "," : ".", "")
    : text.replace(/(?<=\d)[ \u00a0\u202f'’](?=\d{3}(\D|$))/g, "");
  const plain = decimal === "," ? joined.replace(",", ".") : joined;
  if (decimal === "," && joined.includes(".") && !/^[+-]?\d*\.\d+$/.test(joined)) return undefined;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : undefined;
}
