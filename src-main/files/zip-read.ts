// ZIP archives from untrusted sources: counts, sizes and places are checked against the file before anything is read, what unfolds has a
// limit, and names inside are never used as paths. The format (APPNOTE 6.3 with ZIP64) is yauzl's work; it sets no limits and
// checks no sums.

import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { type Entry, fromFdPromise, getFileNameLowLevel, type ZipFile } from "yauzl";
import { type Reason, ReasonedError, reason } from "../../src-shared/errors/reasons/index.ts";
import { system } from "./system.ts";
import { writeAll } from "./whole.ts";

export interface ZipMember {
  /** as the archive has it, with forward slashes; it may hold `..` and is no path to write to */
  readonly name: string;
  /** unfolded */
  readonly bytes: number;
  /** of its unfolded contents */
  readonly sum: number;
  /**
   * Where its bytes lie in the archive, as they are; `undefined` when they are compressed.
   * @throws DamagedZip when the archive does not hold them there
   */
  stored(): Promise<number | undefined>;
  /**
   * The member's contents, checked against its sum.
   * @throws DamagedZip when they are damaged, encrypted, or unfold to more than the archive may
   */
  read(): Promise<Buffer>;
  /**
   * The same into a new file, a piece at a time: of a member of any size a few pieces are in memory. `look` sees every piece before
   * it is written, and may throw. @throws as `read`
   */
  copyTo(path: string, look?: (piece: Buffer) => void): Promise<void>;
  /** The same without keeping the contents. @throws as `read` */
  look(look: (piece: Buffer) => void): Promise<void>;
}

/** What is wrong with an archive. */
export class DamagedZip extends ReasonedError {}

export interface ZipLimits {
  readonly members?: number;
  /** the most that one member may unfold to */
  readonly memberBytes?: number;
  /** the most that all members which are read may unfold to */
  readonly totalBytes?: number;
}

export interface ZipArchive {
  /** links and folders are left out */
  readonly members: readonly ZipMember[];
  close(): Promise<void>;
}

const usual: Required<ZipLimits> = { members: 20_000, memberBytes: 2 ** 31 - 1, totalBytes: 4 * 2 ** 30 };

/** DEFLATE cannot shrink anything more than this; a header that claims more is wrong. */
const mostRatio = 1100;

/**
 * The members of a ZIP archive, read one at a time. The archive itself may have any size.
 * @throws DamagedZip when it is none, or its list of files is damaged or too long
 */
export async function openZip(path: string, limits: ZipLimits = {}): Promise<ZipArchive> {
  const most = { ...usual, ...limits };
  // Reading a pipe would block.
  const file = await system.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  let unfolded = 0;
  const admit = (entry: Entry, shown: string): void => {
    const { compressionMethod: method, compressedSize: packed, uncompressedSize: bytes } = entry;
    if (entry.isEncrypted()) throw new DamagedZip(reason("member-encrypted", { shown }));
    if (method !== 0 && method !== 8) throw new DamagedZip(reason("member-packing", { shown }));
    if (bytes > most.memberBytes) throw new DamagedZip(reason("member-too-large", { shown, size: megabytes(bytes) }));
    if (bytes > packed * mostRatio + 1024 || (method === 0 && bytes !== packed))
      throw new DamagedZip(reason("member-size-impossible", { shown, size: megabytes(bytes) }));
    unfolded += bytes;
    if (unfolded > most.totalBytes)
      throw new DamagedZip(reason("archive-too-large-unpacked", { size: megabytes(most.totalBytes) }));
  };
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new DamagedZip(reason("no-file"));
    const zip = await opened(file.fd);
    if (zip.entryCount > most.members)
      throw new DamagedZip(reason("archive-too-many-files", { count: zip.entryCount, most: most.members }));
    const members: ZipMember[] = [];
    for await (const entry of entriesOf(zip)) {
      const name = nameOf(entry);
      const isLink = ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
      if (name.endsWith("/") || name === "" || isLink) continue;
      const shown = name.slice(-80);
      if (entry.compressedSize > facts.size) throw new DamagedZip(reason("archive-ends-early"));
      members.push({
        name,
        bytes: entry.uncompressedSize,
        sum: entry.crc32,
        async stored() {
          admit(entry, shown);
          return entry.compressionMethod === 0 ? placeOf(file, entry, facts.size, shown) : undefined;
        },
        async read() {
          admit(entry, shown);
          const content = Buffer.allocUnsafe(entry.uncompressedSize);
          await unfold(zip, entry, shown, async (piece, at) => void piece.copy(content, at));
          return content;
        },
        async look(look) {
          admit(entry, shown);
          await unfold(zip, entry, shown, async (piece) => look(piece));
        },
        async copyTo(target, look) {
          admit(entry, shown);
          const to = await system.open(target, "wx");
          try {
            await unfold(zip, entry, shown, (piece, at) => {
              look?.(piece);
              return writeAll(to, piece, at);
            });
            await to.sync();
          } finally {
            await to.close();
          }
        },
      });
    }
    return { members, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Errors of yauzl are words about the format; those of the system have a code. */
const damagedOr = (problem: Reason) => (error: unknown) => {
  throw error instanceof DamagedZip || (error as NodeJS.ErrnoException | null)?.code?.startsWith("E")
    ? error
    : new DamagedZip(problem, { cause: error });
};

const opened = (fd: number): Promise<ZipFile> =>
  // Names are decoded here: yauzl would refuse an archive for one name with `..` in it.
  fromFdPromise(fd, { autoClose: false, decodeStrings: false }).catch(damagedOr(reason("no-zip-archive")));

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  const entries = zip.eachEntry();
  for (;;) {
    const next = await entries.next().catch(damagedOr(reason("archive-list-damaged")));
    if (next.done) return;
    yield next.value;
  }
}

/** Of a local header: its length without name and extra field. APPNOTE 4.3.7. */
const localHeaderBytes = 30;
const localSignature = 0x04034b50;

/** The place of a stored member's first byte: names and extra fields of the local header have lengths of their own. */
async function placeOf(file: FileHandle, entry: Entry, size: number, shown: string): Promise<number> {
  const header = Buffer.alloc(localHeaderBytes);
  const at = entry.relativeOffsetOfLocalHeader;
  const { bytesRead } = await file.read(header, 0, localHeaderBytes, at);
  if (bytesRead < localHeaderBytes || header.readUInt32LE(0) !== localSignature)
    throw new DamagedZip(reason("member-damaged", { shown }));
  const start = at + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (start + entry.uncompressedSize > size) throw new DamagedZip(reason("archive-ends-early"));
  return start;
}

/** UTF-8 where the archive says so or the bytes are that; otherwise the code page of old DOS programs. */
function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  const flags = isUtf8(fileNameRaw) ? generalPurposeBitFlag | 0x800 : generalPurposeBitFlag;
  return getFileNameLowLevel(flags, fileNameRaw, extraFields, false).replaceAll("\\", "/");
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Hands over a member's pieces with their places; its length and sum are checked, and never more comes than it says. */
async function unfold(
  zip: ZipFile,
  entry: Entry,
  shown: string,
  take: (piece: Buffer, at: number) => Promise<void>,
): Promise<void> {
  const damaged = damagedOr(reason("member-damaged", { shown }));
  const stream = await zip.openReadStreamPromise(entry).catch(damaged);
  const pieces: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  let at = 0;
  let sum = 0;
  try {
    for (;;) {
      const next = await pieces.next().catch(damaged);
      if (next.done) break;
      const piece = next.value;
      if (at + piece.length > entry.uncompressedSize) throw new DamagedZip(reason("member-damaged", { shown }));
      sum = crc32(piece, sum);
      await take(piece, at);
      at += piece.length;
    }
  } finally {
    stream.destroy();
  }
  if (at !== entry.uncompressedSize || sum !== entry.crc32) throw new DamagedZip(reason("member-damaged", { shown }));
}

const megabytes = (bytes: number): string => `${Math.max(1, Math.round(bytes / 1e6))} MB`;
