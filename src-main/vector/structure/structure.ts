// What can be known of a file before anything of it is held: it is looked through in pieces, and refused at the first byte that is
// wrong. Only what passes may take the memory and the time that its size asks for.

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { extname } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AppError } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import { DamagedZip, openZip } from "../../files/index.ts";
import { scanCsv, tableExtensions } from "../formats/csv.ts";
import type { ReadOptions } from "../formats/feature.ts";
import { unpacked } from "../formats/zipped.ts";
import { scanTileShares, type TileSharesOptions } from "../labels/tile-shares.ts";
import { jsonCheck } from "./json.ts";
import { type StructureCheck, StructureProblem, TooManyParts } from "./problem.ts";
import { WrongRoot, xmlCheck } from "./xml.ts";

/** As the readers have them (`geojson.ts`, `kml.ts`, `tile-shares.ts`). */
const largestJson = 384 * 2 ** 20;
const largestKml = 256 * 2 ** 20;
const kmlLimits = { depth: 200, items: 8_000_000 };
/** Text of two bytes a sign is turned into others before it can be looked through. */
const largestWide = 32 * 2 ** 20;
const pieceBytes = 1 << 20;

type Reading = { readonly features: ReadOptions } | { readonly shares: TileSharesOptions };

/**
 * Looks through a vector file or a list of shares and finds what cannot be read.
 * A GeoPackage, a Shapefile, a FlatGeobuf and a Parquet file are read row by row and need no more than their heads here.
 * @param mebibytes the most that what it holds may take in memory
 * @param reading what it is going to be read as
 * @throws AppError "vector-damaged", "vector-unknown-format", "vector-not-read", "vector-too-costly", "table-unreadable"
 */
export async function checkStructure(path: string, mebibytes: number, reading: Reading): Promise<void> {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (!facts?.isFile()) return;
  const { size } = facts;
  const ending = extname(path).toLowerCase();
  const head = beginOf(path, 16);
  if (head.toString("latin1") === "SQLite format 3\0") return;
  try {
    if (ending === ".zip") {
      await unpacked(path, (name) => checkFor(extname(name).toLowerCase(), mebibytes));
      return;
    }
    if (ending === ".gz") {
      const check = jsonCheck({ mebibytes });
      let bytes = 0;
      for await (const piece of unfolded(path)) {
        bytes += piece.length;
        if (/\.json\.gz$/i.test(path)) check.push(piece);
        if (bytes > largestKml) throw new StructureProblem(reason("larger-256-mb-when-unpacked"));
      }
      if (/\.json\.gz$/i.test(path)) check.end();
      return;
    }
    if (tableExtensions.includes(ending)) {
      const held = Math.ceil(
        "shares" in reading ? scanTileShares(path, reading.shares) : scanCsv(path, reading.features),
      );
      if (held > mebibytes) throw new TooManyParts(held);
      return;
    }
    if (ending === ".kml" || ending === ".kmz") return await checkKml(path, size, head, mebibytes);
    const largest = ending === ".json" || ending === ".geojson" ? largestJson : undefined;
    if (largest === undefined) return;
    if (size > largest) {
      const figures = { size: Math.round(size / 2 ** 20), largest: largest / 2 ** 20 };
      throw new StructureProblem(reason("mib-json-read-up-convert", figures));
    }
    if (isWide(head)) return narrow(size);
    scan(path, size, jsonCheck({ mebibytes, geo: "features" in reading }), endOfJson);
  } catch (error) {
    throw told(error, path);
  }
}

function told(error: unknown, path: string): unknown {
  if (error instanceof WrongRoot) return new AppError("vector-unknown-format", { path }, { cause: error });
  if (error instanceof TooManyParts)
    return new AppError("vector-too-costly", { path, why: "memory", limit: error.mebibytes }, { cause: error });
  if (error instanceof StructureProblem || error instanceof DamagedZip)
    return new AppError("vector-damaged", { path, problem: error.reason }, { cause: error });
  return error;
}

/** A mark, or a letter of two bytes. Two empty bytes are none. */
const isWide = (head: Buffer): boolean =>
  (head[0] === 0xff && head[1] === 0xfe) ||
  (head[0] === 0xfe && head[1] === 0xff) ||
  (head[0] === 0) !== (head[1] === 0);

function narrow(size: number): void {
  if (size > largestWide) throw new StructureProblem(reason("text-two-bytes-sign-save"));
}

/** The check of a file by its ending; `undefined` where its reader looks at its head first and then row by row. */
function checkFor(ending: string, mebibytes: number): StructureCheck | undefined {
  if (ending === ".geojson" || ending === ".json") return notWide(jsonCheck({ mebibytes, geo: true }), mebibytes);
  if (ending === ".kml") return notWide(kmlCheck(mebibytes), mebibytes);
  if (ending === ".gpkg") return beginsWith(Buffer.from("SQLite format 3\0", "latin1"), "a GeoPackage");
  if (ending === ".fgb") return beginsWith(Buffer.from("fgb", "latin1"), "a FlatGeobuf");
  if (ending === ".parquet" || ending === ".geoparquet")
    return beginsWith(Buffer.from("PAR", "latin1"), "a Parquet file");
  if (ending === ".shp") return beginsWith(Buffer.from([0, 0, 0x27, 0x0a]), "a Shapefile");
  return undefined;
}

const kmlCheck = (mebibytes: number): StructureCheck => xmlCheck({ ...kmlLimits, root: "kml", mebibytes });

/** A check of text that lets text of two bytes a sign pass as long as there is little of it. */
function notWide(check: StructureCheck, mebibytes: number): StructureCheck {
  let wide: boolean | undefined;
  let bytes = 0;
  return {
    push(piece) {
      wide ??= isWide(Buffer.from(piece.buffer, piece.byteOffset, Math.min(16, piece.length)));
      bytes += piece.length;
      if (wide) narrow(bytes);
      else check.push(piece);
    },
    end() {
      if (!wide) check.end();
    },
    get mebibytes() {
      return wide ? Math.min(mebibytes, (bytes * 8) / 2 ** 20) : check.mebibytes;
    },
  };
}

function beginsWith(bytes: Buffer, what: string): StructureCheck {
  let seen = Buffer.alloc(0);
  return {
    push(piece) {
      if (seen.length >= bytes.length) return;
      seen = Buffer.concat([seen, piece.subarray(0, bytes.length - seen.length)]);
      if (!seen.equals(bytes.subarray(0, seen.length)))
        throw new StructureProblem(reason("file-does-not-begin-like", { what }));
    },
    end() {
      if (seen.length < bytes.length) throw new StructureProblem(reason("file-too-short", { what }));
    },
    mebibytes: 0,
  };
}

async function checkKml(path: string, size: number, head: Buffer, mebibytes: number): Promise<void> {
  if (head.toString("latin1", 0, 2) !== "PK") {
    if (size > largestKml) throw new StructureProblem(reason("mib-most-read-6", { size: Math.round(size / 2 ** 20), largestKml: largestKml / 2 ** 20 })); // biome-ignore format: one line
    if (isWide(head)) return narrow(size);
    scan(path, size, kmlCheck(mebibytes), endOfKml);
    return;
  }
  const archive = await openZip(path, { members: 5000, memberBytes: largestKml, totalBytes: largestKml });
  try {
    for (const member of archive.members) {
      if (!member.name.toLowerCase().endsWith(".kml")) continue;
      const check = notWide(kmlCheck(mebibytes), mebibytes);
      await member.look((piece) => check.push(piece));
      check.end();
    }
  } finally {
    await archive.close();
  }
}

function beginOf(path: string, length: number): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, 0));
  } finally {
    closeSync(file);
  }
}

const endOfJson = /[}\]]\s*$/;
/** Comments may follow the root. */
const endOfKml = /(<\/([\w.-]+:)?kml\s*>|-->|\?>|\/>)\s*$/;

/** The end first, which a copy that broke off has lost; then piece by piece. */
function scan(path: string, size: number, check: StructureCheck, ending: RegExp): void {
  const file = openSync(path, "r");
  try {
    if (fstatSync(file).size !== size) throw new StructureProblem(reason("was-changed-while-was-read"));
    const piece = Buffer.alloc(Math.min(pieceBytes, Math.max(1, size)));
    const tail = piece.subarray(0, readSync(file, piece, 0, Math.min(4096, size), Math.max(0, size - 4096)));
    if (size > pieceBytes && /[^\s\0]/.test(tail.toString("latin1")) && !ending.test(tail.toString("latin1")))
      throw new StructureProblem(reason("ends-too-early-copy-or"));
    for (let at = 0; at < size; ) {
      const got = readSync(file, piece, 0, piece.length, at);
      if (got === 0) break;
      check.push(piece.subarray(0, got));
      at += got;
    }
    check.end();
  } finally {
    closeSync(file);
  }
}

async function* unfolded(path: string): AsyncGenerator<Buffer> {
  const pieces = function* (): Generator<Buffer> {
    const file = openSync(path, "r");
    try {
      for (let at = 0; ; ) {
        const piece = Buffer.alloc(1 << 16);
        const got = readSync(file, piece, 0, piece.length, at);
        if (got === 0) return;
        at += got;
        yield piece.subarray(0, got);
      }
    } finally {
      closeSync(file);
    }
  };
  const head = beginOf(path, 2);
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* pieces();
    return;
  }
  const stream = pipeline(Readable.from(pieces()), createGunzip({ chunkSize: 1 << 18 }), () => {});
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (cause) {
    throw new StructureProblem(reason("compression-damaged"), { cause });
  } finally {
    stream.destroy();
  }
}
