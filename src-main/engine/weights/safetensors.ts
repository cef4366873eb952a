import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Because, reason } from "../../../src-shared/errors/reasons/index.ts";
import { replaceWhole, writeAll } from "../../files/index.ts";
import { allocate, bytesPerElement, type DataType, sizeOf, type Tensor, type Tensors } from "../graph/index.ts";

export interface WeightsFile {
  readonly tensors: Tensors;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Names of element types in the format. Truths are stored as BOOL, one byte each. */
const codes: Readonly<Record<DataType, string>> = {
  float32: "F32",
  int64: "I64",
  int32: "I32",
  uint8: "U8",
  bool: "BOOL",
};
const types = new Map(Object.entries(codes).map(([type, code]) => [code, type as DataType]));

/** The format allows 25 times as much; 30,000 tensors of our own have less, and the largest models have hundreds. */
const longestHeader = 4_000_000;

/** One tensor of a file, without its numbers. */
export interface WeightsEntry {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Reads a safetensors file. A file that is cut off or damaged gives an error for people. */
export async function readSafetensors(path: string): Promise<WeightsFile> {
  const fail = (reason: Because, cause?: unknown) => new AppError("weights-damaged", { path, reason }, { cause });
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") throw new AppError("weights-missing", { path }, { cause });
    throw fail(cause.message, cause);
  });
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw fail(reason("no-file"));
    const { size } = facts;
    const lengthBytes = new Uint8Array(8);
    await file.read(lengthBytes, 0, 8, 0);
    const header = new Uint8Array(headerBytes(lengthBytes, size, fail));
    await file.read(header, 0, header.length, 8);
    const { entries, metadata, start } = headerOf(header, size, fail);
    // Without a prototype: a tensor may be called `__proto__`.
    const tensors = Object.create(null) as Record<string, Tensor>;
    for (const entry of entries) {
      const data = allocate(entry.type, sizeOf(entry.shape));
      const bytes = new Uint8Array(data.buffer);
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + entry.begin + done);
        if (bytesRead === 0) throw fail(reason("tensor-cut-off", { name: entry.name }));
        done += bytesRead;
      }
      tensors[entry.name] = { type: entry.type, shape: entry.shape, data };
    }
    return { tensors, metadata };
  } finally {
    await file.close();
  }
}

type Fail = (reason: Because, cause?: unknown) => Error;

/** The bytes of the header, as the first eight of a file of `size` bytes say. */
function headerBytes(first: Uint8Array, size: number, fail: Fail): number {
  if (size < 8) throw fail(reason("weights-too-short", { size }));
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(size - 8)) throw fail(reason("header-cut-off"));
  if (length > BigInt(longestHeader))
    throw fail(reason("header-bytes-most-read", { length: String(length), longestHeader }));
  return Number(length);
}

function headerOf(header: Uint8Array, size: number, fail: Fail) {
  const parsed = parseHeader(header, fail);
  const start = 8 + header.length;
  const total = parsed.entries.reduce((sum, { begin, end }) => sum + end - begin, 0);
  if (start + total !== size) throw fail(reason("should-hold-bytes-holds", { start: start + total, size }));
  return { ...parsed, start };
}

/**
 * Looks through a safetensors file that comes piece by piece, in memory that does not grow with it: its header, and every float
 * for being a number. `end()` gives the SHA-256 of the whole file.
 * @param path what errors name
 * @param size of the file in bytes
 * @param described called with the header before any number is looked at; it may throw
 * @throws AppError "weights-damaged"
 */
export function weightsCheck(path: string, size: number, described: (entries: readonly WeightsEntry[]) => void) {
  const fail: Fail = (reason, cause) => new AppError("weights-damaged", { path, reason }, { cause });
  const sum = createHash("sha256");
  let head = new Uint8Array(0);
  let needed = 8;
  let lengthKnown = false;
  let start = Number.POSITIVE_INFINITY;
  let floats: readonly WeightsEntry[] = [];
  let next = 0;
  let at = 0;
  let before = 0;
  const readHead = (piece: Uint8Array): void => {
    head = Buffer.concat([head, piece.subarray(0, needed - head.length)]);
    if (head.length < needed) return;
    if (!lengthKnown) {
      lengthKnown = true;
      needed = 8 + headerBytes(head, size, fail);
      if (needed > 8) return;
    }
    const { entries, start: from } = headerOf(head.subarray(8), size, fail);
    described(entries);
    floats = entries.filter(({ type }) => type === "float32");
    start = from;
    head = new Uint8Array(0);
  };
  /** A float is no number when all bits of its exponent are set: seven of its last byte, one of the byte before. */
  const lookAt = (piece: Uint8Array): void => {
    const begin = at - start;
    for (; next < floats.length; next++) {
      const { name, begin: first, end } = floats[next]!;
      if (first >= begin + piece.length) return;
      for (
        let i = Math.max(0, first + 3 - begin + 4 * Math.max(0, Math.ceil((begin - first - 3) / 4)));
        i < Math.min(piece.length, end - begin);
        i += 4
      )
        if ((piece[i]! & 0x7f) === 0x7f && ((i > 0 ? piece[i - 1]! : before) & 0x80) !== 0)
          throw fail(
            reason("holds-value-no-number", {
              name: name.slice(0, 80),
              begin: (begin + i - first + 1) / 4,
              end: (end - first) / 4,
            }),
          );
      if (end > begin + piece.length) return;
    }
  };
  return {
    push(piece: Uint8Array): void {
      if (at + piece.length > size) throw fail(reason("should-hold-bytes-holds-more", { size }));
      let rest = piece;
      while (start === Number.POSITIVE_INFINITY && rest.length > 0) {
        const taken = Math.min(rest.length, needed - head.length);
        readHead(rest);
        sum.update(rest.subarray(0, taken));
        at += taken;
        rest = rest.subarray(taken);
      }
      // A file without tensors ends with its header.
      if (rest.length === 0) return;
      lookAt(rest);
      sum.update(rest);
      at += rest.length;
      before = rest.at(-1)!;
    },
    end(): string {
      if (start === Number.POSITIVE_INFINITY || at !== size) throw fail(reason("weights-length", { size, at }));
      return sum.digest("hex");
    },
  };
}

/** Reads the header and checks that the tensors lie side by side without gaps, as the format demands. */
function parseHeader(
  bytes: Uint8Array,
  fail: (reason: Because, cause?: unknown) => Error,
): { entries: WeightsEntry[]; metadata: Record<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw fail(reason("header-not-json"), cause);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) throw fail(reason("header-not-object"));
  const { __metadata__, ...rest } = header as Record<string, unknown>;
  const entries = Object.entries(rest)
    .map(([name, raw]) => parseEntry(name, raw, fail))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== at) throw fail(reason("starts-instead", { name, begin, at }));
    at = end;
  }
  const notes = typeof __metadata__ === "object" && __metadata__ !== null ? Object.entries(__metadata__) : [];
  // Only strings are accepted here, as the format demands: nested lists could be arbitrarily large when printed.
  const metadata = Object.fromEntries(notes.filter((note): note is [string, string] => typeof note[1] === "string"));
  return { entries, metadata };
}

function parseEntry(name: string, raw: unknown, fail: (reason: Because) => Error): WeightsEntry {
  const { dtype, shape, data_offsets: offsets } = (raw ?? {}) as Partial<Record<string, unknown>>;
  const shown = name.slice(0, 80);
  const kind = typeof dtype === "string" ? dtype.slice(0, 20) : "none";
  const type = types.get(kind);
  if (!type) throw fail(reason("element-type-known", { shown, kind, value: [...types.keys()].join(", ") }));
  if (!isCounts(shape) || shape.length > 16 || !isCounts(offsets) || offsets.length !== 2) throw fail(reason("tensor-not-described", { shown })); // biome-ignore format: one line
  const [begin, end] = offsets as [number, number];
  const bytes = sizeOf(shape) * bytesPerElement[type];
  if (!Number.isSafeInteger(bytes) || end - begin !== bytes)
    throw fail(reason("tensor-bytes", { shown, shape: shape.join(", "), kind, end: end - begin }));
  return { name, type, shape, begin, end };
}

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);

/**
 * Writes a safetensors file whole or not at all.
 * Tensors are ordered by element size, then name, as the format's own writer does, so every tensor is aligned.
 */
export async function writeSafetensors(
  path: string,
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const names = Object.keys(tensors).sort((a, b) => {
    const larger = bytesPerElement[tensors[b]!.type] - bytesPerElement[tensors[a]!.type];
    return larger || (a < b ? -1 : 1);
  });
  const header = encodeHeader(names, tensors, metadata);
  await replaceWhole(path, async (temporary) => {
    const file = await open(temporary, "wx");
    try {
      await writeAll(file, header, 0);
      let at = header.length;
      for (const name of names) {
        const { data } = tensors[name]!;
        await writeAll(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
        at += data.byteLength;
      }
    } finally {
      await file.close();
    }
  });
}

/** The length, then the JSON, padded with spaces so that the data begin at a multiple of eight. */
function encodeHeader(
  names: readonly string[],
  tensors: Tensors,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let at = 0;
  const rows = names.map((name) => {
    const { type, shape } = tensors[name]!;
    const begin = at;
    at += sizeOf(shape) * bytesPerElement[type];
    return [name, { dtype: codes[type], shape, data_offsets: [begin, at] }] as const;
  });
  const described = Object.keys(metadata).length > 0 ? [["__metadata__", metadata] as const] : [];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...described, ...rows])));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}
