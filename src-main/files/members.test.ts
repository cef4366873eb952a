// Files inside archives, read as files: where they lie when they are stored, unfolded once when they are compressed.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { fileSize, holderState, memberOf, openBytes, statHolder, zipOf } from "./index.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-members-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

const content = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251);

/** An archive with one member that is stored as it is, after some bytes that are none of it. */
function stored(name: string, bytes: Uint8Array, sum = crc32(bytes)): Uint8Array {
  const text = Buffer.from(name);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(20, 4);
  local.writeUInt32LE(sum, 14);
  local.writeUInt32LE(bytes.length, 18);
  local.writeUInt32LE(bytes.length, 22);
  local.writeUInt16LE(text.length, 26);
  // An extra field here and none in the list: places cannot be computed from the list alone.
  const extra = Buffer.from([0xfe, 0xca, 4, 0, 1, 2, 3, 4]);
  local.writeUInt16LE(extra.length, 28);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(20, 6);
  central.writeUInt32LE(sum, 16);
  central.writeUInt32LE(bytes.length, 20);
  central.writeUInt32LE(bytes.length, 24);
  central.writeUInt16LE(text.length, 28);
  const before = Buffer.concat([local, text, extra, bytes]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + text.length, 12);
  end.writeUInt32LE(before.length, 16);
  return Buffer.concat([before, central, text, end]);
}

async function read(path: string, position: number, length: number): Promise<Uint8Array> {
  const opened = await openBytes(path);
  try {
    const bytes = new Uint8Array(length);
    const { bytesRead } = await opened.read(bytes, 0, length, position);
    return bytes.subarray(0, bytesRead);
  } finally {
    await opened.close();
  }
}

const archive = (name: string, bytes: Uint8Array): string => {
  const path = join(room, name);
  writeFileSync(path, bytes);
  return path;
};

test("a path through an archive is its member, and a folder called like one is a folder", async () => {
  expect(memberOf("/data/S2A.zip/S2A.SAFE/B02.jp2")).toEqual({ archive: "/data/S2A.zip", name: "S2A.SAFE/B02.jp2" });
  expect(memberOf("C:\\data\\S2A.ZIP\\a\\b.tif")).toEqual({ archive: "C:\\data\\S2A.ZIP", name: "a/b.tif" });
  expect([memberOf("/data/a.tif"), memberOf("/data/S2A.zip")]).toEqual([undefined, undefined]);
  const folder = join(room, "folder.zip");
  mkdirSync(folder);
  writeFileSync(join(folder, "a.bin"), content);
  expect(await read(join(folder, "a.bin"), 10, 5)).toEqual(content.subarray(10, 15));
});

test("members that are stored and members that are compressed give the same bytes, and no more than their own", async () => {
  const plain = archive("stored.zip", stored("in/a.bin", content));
  const packed = archive("packed.zip", zipOf([{ name: "in/a.bin", bytes: content }]));
  for (const path of [plain, packed]) {
    const member = join(path, "in", "a.bin");
    expect(await fileSize(member)).toBe(content.length);
    expect(await read(member, 0, content.length)).toEqual(content);
    expect(await read(member, 4990, 100)).toEqual(content.subarray(4990));
    expect(await read(member, 6000, 100)).toEqual(new Uint8Array());
    expect(statHolder(member)?.size).toBe(readFileSync(path).length);
  }
});

test("what an archive does not hold, and what is gone, is missing as any file", async () => {
  const path = archive("one.zip", stored("a.bin", content));
  const missing = (work: Promise<unknown>) =>
    work.then(
      () => "there",
      (error: NodeJS.ErrnoException) => error.code,
    );
  expect(await missing(openBytes(join(path, "b.bin")))).toBe("ENOENT");
  expect(await missing(openBytes(join(room, "none.zip", "a.bin")))).toMatch(/^ENOENT|ENOTDIR$/);
  expect(statHolder(join(room, "none.zip", "a.bin"))).toBeUndefined();
  expect(await fileSize(join(path, "b.bin"))).toBeUndefined();
});

test("an archive that was replaced is read anew, and its state says so", async () => {
  const path = archive("changing.zip", zipOf([{ name: "a.bin", bytes: content }]));
  const member = join(path, "a.bin");
  expect((await read(member, 0, 3))[1]).toBe(content[1]);
  const before = await holderState(member);
  writeFileSync(path, zipOf([{ name: "a.bin", bytes: content.map((value) => 255 - value) }]));
  utimesSync(path, new Date(), new Date(Date.now() + 5000));
  expect((await holderState(member)).mtimeNs).not.toBe(before.mtimeNs);
  expect((await read(member, 0, 3))[1]).toBe(255 - content[1]!);
});

test("a compressed member that is damaged, or would unfold to more than it says, is refused and leaves nothing", async () => {
  const whole = zipOf([{ name: "a.bin", bytes: content }]);
  const bent = Uint8Array.from(whole);
  for (let i = 60; i < 90; i++) bent[i] = 0xff;
  await expect(openBytes(join(archive("bent.zip", bent), "a.bin"))).rejects.toMatchObject({
    reason: { code: "member-damaged" },
  });
  const text = archive("text.zip", Buffer.from("no archive"));
  await expect(openBytes(join(text, "a.bin"))).rejects.toMatchObject({ reason: { code: "no-zip-archive" } });
});
