import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32, inflateRawSync } from "node:zlib";

export interface ZipMember {
  readonly name: string;
  readonly bytes: number;
  /** The member's contents, checked against its sum. */
  read(): Buffer;
}

/** What is wrong with an archive, for whoever opened it. */
export class DamagedZip extends Error {}

const most = 2 * 1024 ** 3;

/** The members of a ZIP archive (APPNOTE 6.3, without ZIP64 and encryption), read one at a time. */
export function openZip(path: string): { readonly members: readonly ZipMember[]; close(): void } {
  const file = openSync(path, "r");
  const at = (position: number, length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    if (readSync(file, bytes, 0, length, position) !== length) throw new DamagedZip("it ends too early");
    return bytes;
  };
  try {
    const { size } = fstatSync(file);
    const tail = at(Math.max(0, size - 65_557), Math.min(size, 65_557));
    const end = tail.lastIndexOf("PK\x05\x06", undefined, "latin1");
    if (end < 0 || end + 22 > tail.length) throw new DamagedZip("it is no ZIP archive");
    const list = at(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    const members: ZipMember[] = [];
    for (let k = 0, from = 0; k < tail.readUInt16LE(end + 10); k++) {
      if (from + 46 > list.length || list.readUInt32LE(from) !== 0x02014b50)
        throw new DamagedZip("its list is damaged");
      const [method, sum] = [list.readUInt16LE(from + 10), list.readUInt32LE(from + 16)];
      const [packed, bytes] = [list.readUInt32LE(from + 20), list.readUInt32LE(from + 24)];
      const [nameLength, extra, comment] = [28, 30, 32].map((offset) => list.readUInt16LE(from + offset)) as [number, number, number]; // biome-ignore format: one line
      const encrypted = (list.readUInt16LE(from + 8) & 1) === 1;
      const start = list.readUInt32LE(from + 42);
      const name = list.toString("utf8", from + 46, from + 46 + nameLength);
      from += 46 + nameLength + extra + comment;
      if (name.endsWith("/")) continue;
      members.push({
        name,
        bytes,
        read() {
          if (encrypted || (method !== 0 && method !== 8) || bytes > most)
            throw new DamagedZip(`“${name}” is packed in a way that is not supported`);
          const head = at(start, 30);
          const body = at(start + 30 + head.readUInt16LE(26) + head.readUInt16LE(28), packed);
          const content = method === 0 ? body : inflateRawSync(body, { maxOutputLength: bytes + 1 });
          if (content.length !== bytes || crc32(content) !== sum) throw new DamagedZip(`“${name}” is damaged`);
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
