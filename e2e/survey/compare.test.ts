import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { omnisat, sample } from "../omnisat.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-compare-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

const compare = (...args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, "compare.ts"), ...args], (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });

/** A project of a few dates with some of the sample's parcels. */
async function project(name: string, wanted: (names: readonly string[]) => readonly number[]): Promise<string> {
  const folder = join(room, name);
  const days = readdirSync(join(sample, "S2_L2A_10m")).filter((_, i) => i % 24 === 6);
  const images = days.map((day) => join(sample, "S2_L2A_10m", day));
  const parcels = JSON.parse(readFileSync(join(sample, "parcels_wgs84.geojson"), "utf8")) as { features: { properties: { class_name: string } }[] }; // biome-ignore format: one line
  const chosen = wanted(parcels.features.map(({ properties }) => properties.class_name));
  const path = join(room, `${name}.geojson`);
  writeFileSync(path, JSON.stringify({ ...parcels, features: parcels.features.filter((_, i) => chosen.includes(i)) }));
  for (const args of [
    ["project", "create", folder, "--like", images[0]!, "--tile", "6"],
    ["project", "import", folder, ...images],
    ["labels", "import", folder, path, "--field", "class_name"],
  ]) {
    const { code, err } = await omnisat(...args);
    expect(code, err).toBe(0);
  }
  return folder;
}

test("a data set that is not there is named, with how to say where it is", async () => {
  const { code, err } = await compare("--data", join(room, "nowhere"), "--sets", "terramesh");
  expect(code).toBe(1);
  expect(err).toMatch(/nowhere has no .*Name the folder of the data sets with --data/);
});

test("labels in one parcel end every fold with a sentence, and the table says so", { timeout: 300_000 }, async () => {
  const one = await project("one parcel", () => [0]);
  const { code, out, err } = await compare(
    "--project",
    one,
    "--allow",
    sample,
    "--methods",
    "random-forest",
    "--seeds",
    "1",
    "--folds",
    "2",
  );
  expect(code).toBe(0);
  expect(out).toContain("| one parcel | random-forest | – | refused |");
  const sentences = err.split("\n").filter((line) => line.startsWith("one parcel, random-forest: fold "));
  expect(sentences).toHaveLength(2);
  for (const sentence of sentences) expect(sentence).toMatch(/: (split|evaluate): .+\./);
});

test("a class whose only parcel trains in every fold is taught, and the others are scored", {
  timeout: 300_000,
}, async () => {
  const rare = await project("rare class", (names) => {
    const of = (name: string) => names.flatMap((own, i) => (own === name ? [i] : []));
    const many = [...new Set(names)].toSorted((p, q) => of(q).length - of(p).length);
    return [...of(many[0]!).slice(0, 4), ...of(many[1]!).slice(0, 4), of(many[2]!)[0]!];
  });
  const { code, out } = await compare(
    "--project",
    rare,
    "--allow",
    sample,
    "--methods",
    "random-forest",
    "--seeds",
    "1",
    "--folds",
    "2",
  );
  expect(code).toBe(0);
  expect(out).toMatch(/\| rare class \| random-forest \| s2 \| 0\.\d{3} \|/);
});
