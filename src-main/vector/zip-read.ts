import { inflateRawSync } from "node:zlib";

/** The most that one member of an archive may unfold to. */
const largest = 512 * 1024 * 1024;

/** The bytes of the first member of a ZIP archive whose name is `wanted`; `undefined` when it has none or is no archive. */
export function unzipped(archive: Buffer, wanted: (name: string) => boolean): Buffer | undefined {
  const end = archive.lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (end < 0 || end + 22 > archive.length) return undefined;
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  for (let i = 0; i < count && at + 46 <= archive.length; i++) {
    const method = archive.readUInt16LE(at + 10);
    const packed = archive.readUInt32LE(at + 20);
    const nameLength = archive.readUInt16LE(at + 28);
    const offset = archive.readUInt32LE(at + 42);
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    if (wanted(name) && offset + 30 <= archive.length) {
      const from = offset + 30 + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
      const body = archive.subarray(from, from + packed);
      if (method === 0) return body;
      if (method === 8) return inflateRawSync(body, { maxOutputLength: largest });
      return undefined;
    }
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return undefined;
}
