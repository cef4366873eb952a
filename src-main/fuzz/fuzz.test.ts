import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fuzz } from "./harness.ts";
import { kinds } from "./kinds/index.ts";
import { damageTiff } from "./mutate/tiff.ts";
import { randomOf } from "./random.ts";
import { failureLines, tableOf } from "./table.ts";

const misbehaving = join(import.meta.dirname, "testing/misbehaving.ts");

test("reads, refusals, raw errors, raw words in sentences, hangs, exits and memory are told apart", async () => {
  const save = mkdtempSync(join(tmpdir(), "fuzz-test-"));
  try {
    const report = await fuzz({
      kind: misbehaving,
      seed: 16,
      count: 11,
      seconds: 100,
      save,
      deadlineSeconds: 2,
      memoryBytes: 400 * 2 ** 20,
    });
    expect(report.cases).toBe(11);
    expect(report.read).toBeGreaterThan(0);
    expect(report.refused["raster-missing"]).toBeGreaterThan(0);
    const sorts = new Set(report.failures.map(({ what, code }) => `${what} ${code.replace(/[\d.]+/g, "N")}`));
    expect([...sorts].sort()).toEqual([
      "crash exit code N",
      "hang N s",
      "memory N MiB",
      "raw Error: stray",
      "raw RangeError: Invalid array length",
      "raw words in raster-damaged: TypeError",
    ]);
    // A failed case can be looked at and run again.
    const { index } = report.failures[0]!;
    expect(existsSync(join(save, `misbehaving-16-${index}`, "a.bin"))).toBe(true);
    expect(readFileSync(join(save, `misbehaving-16-${index}`, "what.txt"), "utf8")).toContain(
      `--first ${index} --count 1`,
    );
    expect(tableOf([report])).toContain("| 11 |");
  } finally {
    rmSync(save, { recursive: true, force: true });
  }
});

/** A part of what `npm run fuzz` does, with the same cases every time, so that mended faults stay mended. */
test.each(Object.keys(kinds))(
  "damaged files of kind %s are read or refused in a sentence",
  { timeout: 600_000 },
  async (kind) => {
    // All of them, however busy the machine is.
    const report = await fuzz({ kind, seed: "ci", count: 250, seconds: Number.POSITIVE_INFINITY });
    expect(failureLines(report, 10).join("\n")).toBe("");
    expect(report.cases).toBe(250);
    // Damage that is always refused, or always at the first look, reaches nothing behind it.
    expect(report.read).toBeGreaterThan(report.cases / 50);
    expect(report.read).toBeLessThan(report.cases);
  },
);

test("a case is the same whenever it is made", () => {
  const seed = readFileSync(join(import.meta.dirname, "../raster/fixtures/awkward/made_south_up.tif"));
  const plain = new Uint8Array(seed);
  const make = (index: number) =>
    Buffer.from(damageTiff(plain, randomOf("fuzz", "tiff", "1", index), [plain])).toString("base64");
  const first = Array.from({ length: 40 }, (_, i) => make(i));
  const second = Array.from({ length: 40 }, (_, i) => make(i));
  expect(second).toEqual(first);
  expect(new Set(first).size).toBe(40);
  expect(Buffer.from(plain).equals(seed)).toBe(true);
});
