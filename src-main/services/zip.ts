import { crc32, deflateRawSync } from "node:zlib";

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A ZIP archive (APPNOTE 6.3, without ZIP64) of a few files. Weights hardly shrink, so each file is stored the smaller way. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const packed = deflateRawSync(bytes);
    const smaller = packed.length < bytes.length;
    const body = smaller ? packed : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const path = Buffer.from(name, "utf8");
    // The same 26 bytes stand in the file's own header and in the directory.
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0); // version needed
    facts.writeUInt16LE(0x0800, 2); // names are UTF-8
    facts.writeUInt16LE(smaller ? 8 : 0, 4);
    facts.writeUInt16LE(0, 6); // 00:00:00
    facts.writeUInt16LE((1 << 5) | 1, 8); // 1 January 1980: the same model gives the same archive
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(body.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(path.length, 22);
    const header = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), facts, path]);
    const rest = Buffer.alloc(14); // no comment, first disk, no attributes
    rest.writeUInt32LE(offset, 10);
    const made = Buffer.alloc(2);
    made.writeUInt16LE(20, 0);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), made, facts, rest, path]));
    parts.push(header, body);
    offset += header.length + body.length;
    if (offset > 0xffff_ffff) throw new Error(`ZIP of ${offset} bytes would need ZIP64`);
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, list, end]);
}
