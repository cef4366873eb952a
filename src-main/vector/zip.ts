// ZIP archives from strangers: counts, sizes and places are checked against the file before anything is read, what unfolds has a
// limit, and names inside are words and never paths.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32, inflateRawSync } from "node:zlib";

export interface ZipMember {
  /** as the archive has it, with forward slashes; it may hold `..` and is no path to write to */
  readonly name: string;
  /** unfolded */
  readonly bytes: number;
  /**
   * The member's contents, checked against its sum.
   * @throws DamagedZip when they are damaged, encrypted, or unfold to more than the archive may
   */
  read(): Buffer;
}

/** What is wrong with an archive, in words that follow a colon. */
export class DamagedZip extends Error {}

export interface ZipLimits {
  readonly members?: number;
  /** the most that one member may unfold to */
  readonly memberBytes?: number;
  /** the most that all members which are read may unfold to */
  readonly totalBytes?: number;
}

const usual: Required<ZipLimits> = { members: 20_000, memberBytes: 2 ** 31 - 1, totalBytes: 4 * 2 ** 30 };

/** DEFLATE cannot shrink anything more than this; a header that says so lies. */
const mostRatio = 1100;

/** The members of a ZIP archive (APPNOTE 6.3, without ZIP64 and encryption), read one at a time. Links and folders are left out. */
export function openZip(
  path: string,
  limits: ZipLimits = {},
): { readonly members: readonly ZipMember[]; close(): void } {
  const most = { ...usual, ...limits };
  const file = openSync(path, "r");
  try {
    const facts = fstatSync(file);
    if (!facts.isFile()) throw new DamagedZip("it is no file");
    const { size } = facts;
    const at = (position: number, length: number): Buffer => {
      if (position < 0 || position + length > size) throw new DamagedZip("it ends too early");
      const bytes = Buffer.alloc(length);
      if (readSync(file, bytes, 0, length, position) !== length) throw new DamagedZip("it ends too early");
      return bytes;
    };
    const tail = at(Math.max(0, size - 65_557), Math.min(size, 65_557));
    const end = tail.lastIndexOf("PK\x05\x06", undefined, "latin1");
    if (end < 0 || end + 22 > tail.length) throw new DamagedZip("it is no ZIP archive");
    const count = tail.readUInt16LE(end + 10);
    const [listBytes, listStart] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
    if (count === 0xffff || listBytes === 0xffffffff || listStart === 0xffffffff)
      throw new DamagedZip("it is a ZIP64 archive, for more than 4 GB or 65,535 files; unpack it first");
    if (count > most.members) throw new DamagedZip(`it holds ${count} files; at most ${most.members} are read`);
    const list = at(listStart, listBytes);
    const members: ZipMember[] = [];
    let unfolded = 0;
    for (let k = 0, from = 0; k < count; k++) {
      if (from + 46 > list.length || list.readUInt32LE(from) !== 0x02014b50)
        throw new DamagedZip("its list of files is damaged");
      const [flags, method, sum] = [
        list.readUInt16LE(from + 8),
        list.readUInt16LE(from + 10),
        list.readUInt32LE(from + 16),
      ];
      const [packed, bytes] = [list.readUInt32LE(from + 20), list.readUInt32LE(from + 24)];
      const [nameLength, extra, comment] = [28, 30, 32].map((offset) => list.readUInt16LE(from + offset)) as [number, number, number]; // biome-ignore format: one line
      const unixMode = list.readUInt32LE(from + 38) >>> 16;
      const start = list.readUInt32LE(from + 42);
      const name = list.toString("utf8", from + 46, from + 46 + nameLength).replaceAll("\\", "/");
      from += 46 + nameLength + extra + comment;
      const isLink = (unixMode & 0o170000) === 0o120000;
      if (name.endsWith("/") || name === "" || isLink) continue;
      const shown = name.slice(-80);
      members.push({
        name,
        bytes,
        read() {
          if ((flags & 1) === 1) throw new DamagedZip(`“${shown}” is encrypted`);
          if (method !== 0 && method !== 8) throw new DamagedZip(`“${shown}” is packed in a way that is not supported`);
          if (bytes > most.memberBytes)
            throw new DamagedZip(`“${shown}” unfolds to ${megabytes(bytes)}, more than is read`);
          if (bytes > packed * mostRatio + 1024 || (method === 0 && bytes !== packed))
            throw new DamagedZip(`“${shown}” says it unfolds to ${megabytes(bytes)}, which it cannot`);
          unfolded += bytes;
          if (unfolded > most.totalBytes)
            throw new DamagedZip(`its files unfold to more than ${megabytes(most.totalBytes)}`);
          const head = at(start, 30);
          if (head.readUInt32LE(0) !== 0x04034b50) throw new DamagedZip(`“${shown}” is not where the list says`);
          const body = at(start + 30 + head.readUInt16LE(26) + head.readUInt16LE(28), packed);
          const content = method === 0 ? body : inflated(body, bytes, shown);
          if (content.length !== bytes || crc32(content) !== sum) throw new DamagedZip(`“${shown}” is damaged`);
          return content;
        },
      });
    }
    return { members, close: () => closeSync(file) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

const megabytes = (bytes: number): string => `${Math.max(1, Math.round(bytes / 1e6))} MB`;

function inflated(body: Buffer, bytes: number, shown: string): Buffer {
  try {
    return inflateRawSync(body, { maxOutputLength: Math.max(1, bytes) });
  } catch {
    throw new DamagedZip(`“${shown}” is damaged`);
  }
}
