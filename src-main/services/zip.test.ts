import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { zip } from "./zip.ts";

test("an archive is read by Python's zipfile with the same bytes, whether they shrink or not", () => {
  const folder = mkdtempSync(join(tmpdir(), "omnisat-zip-"));
  try {
    const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 2654435761) >>> 11);
    const entries = [
      { name: "README.md", bytes: Buffer.from("a word, ".repeat(500)) },
      { name: "poids-été.bin", bytes: noise },
      { name: "empty", bytes: new Uint8Array(0) },
    ];
    const path = join(folder, "model.zip");
    writeFileSync(path, zip(entries));
    const program = `
import sys, zipfile, hashlib
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for n in z.namelist(): print(n, hashlib.sha256(z.read(n)).hexdigest())`;
    const text = execFileSync("python3", ["-c", program, path], { encoding: "utf8" });
    const expected = entries.map(({ name, bytes }) => `${name} ${digest(bytes)}`);
    expect(text.trim().split("\n")).toEqual(expected);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const digest = (bytes: Uint8Array): string =>
  execFileSync("sha256sum", { input: Buffer.from(bytes), encoding: "utf8" }).split(" ")[0]!;
