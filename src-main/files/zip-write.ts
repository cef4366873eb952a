import { createReadStream, statSync } from "node:fs";
import { Zip, ZipDeflate, ZipPassThrough, zipSync } from "fflate";
import { AppError } from "../../src-shared/errors/index.ts";
import { system } from "./system.ts";
import { type Writable, writeAll } from "./whole.ts";

export interface ZipSource {
  readonly name: string;
  /** the file on the disk */
  readonly path: string;
  /** weights and images hardly shrink: they are stored as they are */
  readonly shrink: boolean;
}

/** The format without ZIP64, which fflate does not write: sizes and places are 32 bits. Names and headers take some of that. */
const mostBytes = 0xffff_ffff - (1 << 20);

/** 1 January 1980, the first day that the format knows: the same files give the same archive. */
const noDate = new Date(1980, 0, 1);

/**
 * Writes a ZIP archive of a few files into a new file, a piece at a time.
 * @throws AppError "archive-too-large" before anything is written
 */
export async function writeZip(path: string, sources: readonly ZipSource[]): Promise<void> {
  const bytes = sources.reduce((sum, source) => sum + statSync(source.path).size, 0);
  if (bytes > mostBytes) throw new AppError("archive-too-large", { path });
  const file = await system.open(path, "wx");
  try {
    await fill(file, sources);
  } finally {
    await file.close();
  }
}

async function fill(file: Writable, sources: readonly ZipSource[]): Promise<void> {
  let ready: Uint8Array[] = [];
  let problem: Error | null = null;
  let at = 0;
  const zip = new Zip((error, piece) => {
    problem ??= error;
    if (piece) ready.push(piece);
  });
  const flush = async (): Promise<void> => {
    if (problem) throw problem;
    const pieces = ready;
    ready = [];
    for (const piece of pieces) {
      await writeAll(file, piece, at);
      at += piece.length;
    }
  };
  for (const { name, path, shrink } of sources) {
    const member = shrink ? new ZipDeflate(name, { level: 6 }) : new ZipPassThrough(name);
    member.mtime = noDate;
    zip.add(member);
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
      // The library goes on using what it was given after `push`: a piece of its own.
      member.push(Uint8Array.from(piece as Buffer), false);
      await flush();
    }
    member.push(new Uint8Array(0), true);
    await flush();
  }
  zip.end();
  await flush();
}

/** A small archive in memory. */
export function zipOf(entries: readonly { readonly name: string; readonly bytes: Uint8Array }[]): Uint8Array {
  return zipSync(Object.fromEntries(entries.map(({ name, bytes }) => [name, bytes])), { level: 6, mtime: noDate });
}
