import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { DamagedZip, openZip } from "./zip-read.ts";
import { writeZip, zipOf } from "./zip-write.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-zip-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const noise = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i * 2654435761) >>> 11);
const contents: Readonly<Record<string, Uint8Array>> = {
  "README.md": Buffer.from("a word, ".repeat(500)),
  "poids-été.bin": noise,
  empty: new Uint8Array(0),
};

test("an archive is read by Python's zipfile with the same bytes, shrunk or stored, and made again it is the same", {
  tags: ["gdal"],
}, async () => {
  const sources = Object.entries(contents).map(([name, bytes], i) => {
    const path = join(room, `source-${i}`);
    writeFileSync(path, bytes);
    return { name, path, shrink: name.endsWith(".md") };
  });
  const [path, again] = [join(room, "model.zip"), join(room, "again.zip")];
  await writeZip(path, sources);
  await writeZip(again, sources);
  expect(readFileSync(again).equals(readFileSync(path))).toBe(true);
  const program = `
import sys, zipfile, hashlib
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for i in z.infolist(): print(i.filename, i.compress_type, hashlib.sha256(z.read(i)).hexdigest())`;
  const text = execFileSync("python3", ["-c", program, path], { encoding: "utf8" });
  const expected = Object.entries(contents).map(
    ([name, bytes]) => `${name} ${name.endsWith(".md") ? 8 : 0} ${digest(bytes)}`,
  );
  expect(text.trim().split("\n")).toEqual(expected);
});

test("what Python packed comes back, in memory and in files, also in the ZIP64 form of a small archive", {
  tags: ["gdal"],
}, async () => {
  const path = join(room, "python.zip");
  const program = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
    with z.open("été.txt", "w", force_zip64=True) as f: f.write("a word, ".encode() * 500)
    z.writestr("folder/", b"")
    z.writestr(zipfile.ZipInfo("stored.bin"), bytes(range(256)))`;
  execFileSync("python3", ["-c", program, path]);
  const archive = await openZip(path);
  expect(archive.members.map(({ name, bytes }) => [name, bytes])).toEqual([
    ["été.txt", 4000],
    ["stored.bin", 256],
  ]);
  expect((await archive.members[0]!.read()).toString()).toBe("a word, ".repeat(500));
  const to = join(room, "out.bin");
  await archive.members[1]!.copyTo(to);
  expect([...readFileSync(to)]).toEqual([...Array(256).keys()]);
  // A file that is there is not written over.
  await expect(archive.members[1]!.copyTo(to)).rejects.toMatchObject({ code: "EEXIST" });
  await archive.close();
});

/** An archive of more than 4 GB: a member of zeros that takes no space on the disk, and a small one behind it. */
function sparseArchive(path: string): void {
  const big = 5 * 2 ** 30;
  const small = Buffer.from("behind four gigabytes");
  const local = (name: string, bytes: number, sum: number) => {
    const head = Buffer.alloc(30 + name.length + 20);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(45, 4);
    head.writeUInt32LE(sum, 14);
    head.writeUInt32LE(0xffffffff, 18);
    head.writeUInt32LE(0xffffffff, 22);
    head.writeUInt16LE(name.length, 26);
    head.writeUInt16LE(20, 28);
    head.write(name, 30);
    head.writeUInt16LE(1, 30 + name.length);
    head.writeUInt16LE(16, 32 + name.length);
    head.writeBigUInt64LE(BigInt(bytes), 34 + name.length);
    head.writeBigUInt64LE(BigInt(bytes), 42 + name.length);
    return head;
  };
  const row = (name: string, bytes: number, sum: number, place: number) => {
    const extra = Buffer.alloc(28);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(24, 2);
    for (const [i, value] of [bytes, bytes, place].entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
    const head = Buffer.alloc(46);
    head.writeUInt32LE(0x02014b50, 0);
    head.writeUInt16LE(45, 4);
    head.writeUInt16LE(45, 6);
    head.writeUInt32LE(sum, 16);
    head.writeUInt32LE(0xffffffff, 20);
    head.writeUInt32LE(0xffffffff, 24);
    head.writeUInt16LE(name.length, 28);
    head.writeUInt16LE(extra.length, 30);
    head.writeUInt32LE(0xffffffff, 42);
    return Buffer.concat([head, Buffer.from(name), extra]);
  };
  const first = local("zeros.bin", big, 0);
  const second = local("small.txt", small.length, crc32(small));
  const at = first.length + big;
  const list = Buffer.concat([row("zeros.bin", big, 0, 0), row("small.txt", small.length, crc32(small), at)]);
  const listAt = at + second.length + small.length;
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeBigUInt64LE(2n, 24);
  end64.writeBigUInt64LE(2n, 32);
  end64.writeBigUInt64LE(BigInt(list.length), 40);
  end64.writeBigUInt64LE(BigInt(listAt), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(listAt + list.length), 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(22, 0xff);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(0, 4);
  end.writeUInt16LE(0, 20);
  const file = openSync(path, "w");
  writeSync(file, first, 0, first.length, 0);
  ftruncateSync(file, at);
  const tail = Buffer.concat([second, small, list, end64, locator, end]);
  writeSync(file, tail, 0, tail.length, at);
  closeSync(file);
}

test.runIf(process.platform === "linux")(
  "an archive of more than 4 GB is opened, and what lies behind is read",
  async () => {
    const path = join(room, "large.zip");
    sparseArchive(path);
    const archive = await openZip(path, { memberBytes: 1 << 20 });
    const [zeros, small] = archive.members;
    expect(zeros!.bytes).toBe(5 * 2 ** 30);
    expect((await small!.read()).toString()).toBe("behind four gigabytes");
    await expect(zeros!.read()).rejects.toThrow("unfolds to 5369 MB, more than is read");
    await archive.close();
  },
);

test("damage, lies about sizes and too much of anything are told in words, and nothing is read before", async () => {
  const path = join(room, "bad.zip");
  const whole = zipOf([
    { name: "a.txt", bytes: Buffer.from("x".repeat(10_000)) },
    { name: "b.bin", bytes: noise.subarray(0, 5000) },
  ]);
  const list = Buffer.from(whole).indexOf("PK\x01\x02", 0, "latin1");
  const opening = async (change: (bytes: Buffer) => Buffer | undefined, limits = {}, member = 0) => {
    const bytes = Buffer.from(whole);
    writeFileSync(path, change(bytes) ?? bytes);
    let archive: Awaited<ReturnType<typeof openZip>> | undefined;
    try {
      archive = await openZip(path, limits);
      for (const each of archive.members.slice(member, member + 1)) await each.read();
      return "read";
    } catch (error) {
      expect(error).toBeInstanceOf(DamagedZip);
      return (error as Error).message;
    } finally {
      await archive?.close();
    }
  };
  const set = (place: number, value: number) => (bytes: Buffer) => void bytes.writeUInt32LE(value, list + place);
  expect(await opening(() => undefined)).toBe("read");
  expect(await opening((bytes) => bytes.subarray(0, bytes.length - 30))).toBe("it is no ZIP archive");
  expect(await opening((bytes) => bytes.subarray(0, 0))).toBe("it is no ZIP archive");
  expect(await opening((bytes) => void bytes.fill(0x41, list, list + 4))).toBe("its list of files is damaged");
  expect(await opening(set(16, 1))).toBe("“a.txt” is damaged");
  expect(await opening(set(24, 9_999))).toBe("“a.txt” is damaged");
  expect(await opening(set(24, 10_001))).toBe("“a.txt” is damaged");
  expect(await opening(set(24, 0x7fff_fff0))).toBe("“a.txt” says it unfolds to 2147 MB, which it cannot");
  expect(await opening(set(20, 0x7fff_fff0))).toBe("it ends too early");
  expect(await opening(set(42, whole.length - 5))).toBe("“a.txt” is damaged");
  expect(await opening((bytes) => void bytes.writeUInt16LE(1, list + 8))).toBe("“a.txt” is encrypted");
  expect(await opening((bytes) => void bytes.writeUInt16LE(14, list + 10))).toMatch(/packed in a way/);
  expect(await opening(() => undefined, { members: 1 })).toBe("it holds 2 files; at most 1 are read");
  expect(await opening(() => undefined, { memberBytes: 9_999 })).toMatch(/more than is read$/);
  expect(await opening(() => undefined, { totalBytes: 4_999 }, 1)).toMatch(/unfold to more than/);
  await expect(openZip(room)).rejects.toThrow("it is no file");
});

test.runIf(process.platform !== "win32")(
  "a pipe in the place of an archive is refused and not waited for",
  async () => {
    const path = join(room, "pipe.zip");
    execFileSync("mkfifo", [path]);
    await expect(openZip(path)).rejects.toThrow("it is no file");
  },
);

test("names from old DOS programs and with backslashes are words", async () => {
  const path = join(room, "dos.zip");
  const bytes = Buffer.from(zipOf([{ name: "ab\\..\\c.txt", bytes: Buffer.from("x") }]));
  // 0x82 is “é” in code page 437, and no UTF-8.
  for (let at = bytes.indexOf("ab"); at >= 0; at = bytes.indexOf("ab", at + 1)) bytes[at] = 0x82;
  writeFileSync(path, bytes);
  const archive = await openZip(path);
  expect(archive.members.map(({ name }) => name)).toEqual(["éb/../c.txt"]);
  await archive.close();
});

test.runIf(process.platform === "linux")(
  "more than 4 GB are not packed: a sentence before anything is written",
  async () => {
    const large = join(room, "large.bin");
    const file = openSync(large, "w");
    ftruncateSync(file, 4.5 * 2 ** 30);
    closeSync(file);
    const path = join(room, "too-large.zip");
    const writing = writeZip(path, [{ name: "large.bin", path: large, shrink: false }]);
    await expect(writing).rejects.toMatchObject({ code: "archive-too-large" });
    expect(existsSync(path)).toBe(false);
  },
);
