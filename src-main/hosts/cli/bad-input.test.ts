import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tiffTag } from "../../raster/formats/tiff/tags.ts";
import { commandLine, jsonLines } from "./fixtures/command-line.ts";

const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const room = mkdtempSync(join(tmpdir(), "omnisat-bad-input-"));
const project = join(room, "project");
const image = join(sample, "S2_L2A_10m/S2_L2A_10m_20190416T105658.tif");
const bad = (name: string): string => join(room, "bad", name);
afterAll(() => rmSync(room, { recursive: true, force: true }));

/** The offset of a tag's value in a little-endian TIFF's first directory. */
function tagValueAt(bytes: Buffer, tag: number): number {
  const start = bytes.readUInt32LE(4);
  for (let i = 0; i < bytes.readUInt16LE(start); i++) {
    const entry = start + 2 + i * 12;
    if (bytes.readUInt16LE(entry) === tag) return entry + 8;
  }
  throw new Error(`No tag ${tag}`);
}

/** Polygons in the project's CRS, from rings. */
const polygons = (features: readonly (readonly [properties: object, coordinates: unknown])[]) =>
  JSON.stringify({
    type: "FeatureCollection",
    crs: { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::32631" } },
    features: features.map(([properties, coordinates]) => ({
      type: "Feature",
      properties,
      geometry: { type: "Polygon", coordinates },
    })),
  });
const square = (x: number, y: number, side: number) => [
  [
    [x, y],
    [x + side, y],
    [x + side, y + side],
    [x, y + side],
    [x, y],
  ],
];
const bowTie = [
  [
    [574_700, 5_622_000],
    [574_800, 5_622_100],
    [574_800, 5_622_000],
    [574_700, 5_622_100],
    [574_700, 5_622_000],
  ],
];

beforeAll(async () => {
  mkdirSync(bad(""), { recursive: true });
  const bytes = readFileSync(image);
  writeFileSync(bad("S2_20190416.tif"), "this is a text that calls itself an image ".repeat(50));
  writeFileSync(bad("S2_L2A_10m_20190417T105658.tif"), bytes.subarray(0, Math.floor(bytes.length / 2)));
  const webp = Buffer.from(bytes);
  webp.writeUInt16LE(50001, tagValueAt(webp, tiffTag.Compression));
  writeFileSync(bad("S2_L2A_10m_20190418T105658.tif"), webp);
  const without = Buffer.from(bytes);
  // 65000 is no tag of any standard: the file then has no GeoKeys.
  without.writeUInt16LE(65_000, tagValueAt(without, tiffTag.GeoKeyDirectory) - 8);
  writeFileSync(bad("S2_L2A_10m_20190419T105658.tif"), without);
  cpSync(image, bad("S2_L2A_10m.tif"));
  // Metadata may tell the date too: take it out.
  const dateless = readFileSync(bad("S2_L2A_10m.tif"));
  const at = dateless.indexOf("2019-04-16T");
  if (at >= 0) dateless.fill("x", at, at + 20);
  writeFileSync(bad("S2_L2A_10m.tif"), dateless);
  mkdirSync(bad("other"));
  // The same overpass and place, and not the same bytes.
  writeFileSync(bad("other/S2_L2A_10m_20190416T105701.tif"), Buffer.concat([bytes, Buffer.alloc(16)]));

  expect((await commandLine(["project", "create", project, "--like", image])).code).toBe(0);
  expect((await commandLine(["project", "import", project, image])).code).toBe(0);
  writeFileSync(bad("noclass.geojson"), polygons([[{ name: "a" }, square(574_700, 5_622_000, 100)]]));
  writeFileSync(bad("invalid.geojson"), polygons([[{ crop: "wheat" }, bowTie], [{ crop: "wheat" }, []]])); // biome-ignore format: two shapes
  writeFileSync(bad("mixed.geojson"), polygons([[{ crop: "wheat" }, bowTie], [{ crop: "wheat" }, square(574_700, 5_622_000, 50)], [{ crop: "maize" }, square(574_900, 5_622_000, 50)]])); // biome-ignore format: three shapes
});

/** Every file of the project with its size: what a refused command must not change. */
function inventory(): Record<string, number> {
  const files = readdirSync(project, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(project, path), statSync(path).size];
    }),
  );
}

async function refused(args: readonly string[]): Promise<{ readonly code: string; readonly message: string }> {
  const before = inventory();
  const described = (await commandLine(["project", "list", project, "--rasters", "--json"])).out;
  const { code, out, err } = await commandLine([...args, "--json"]);
  expect([args, code]).toEqual([args, 1]);
  expect(out).not.toContain('"type":"result"');
  expect(inventory()).toEqual(before);
  expect((await commandLine(["project", "list", project, "--rasters", "--json"])).out).toBe(described);
  const [error] = jsonLines(err) as { type: string; code: string; message: string }[];
  return error!;
}

test.each([
  ["not a TIFF", "S2_20190416.tif", "raster-unknown-format"],
  ["a truncated TIFF", "S2_L2A_10m_20190417T105658.tif", "raster-truncated"],
  ["an unsupported compression", "S2_L2A_10m_20190418T105658.tif", "raster-unsupported-compression"],
  ["no CRS", "S2_L2A_10m_20190419T105658.tif", "raster-without-crs"],
  ["no date found", "S2_L2A_10m.tif", "acquisition-without-date"],
])("%s: one sentence that names the file, and nothing is imported", async (_, name, code) => {
  const error = await refused(["project", "import", project, bad(name)]);
  expect(error.code).toBe(code);
  expect(error.message).toContain(bad(name));
});

test("the good images of a folder are imported, and each of the others is named with its reason", async () => {
  const folder = join(room, "skipping");
  await commandLine(["project", "create", folder, "--like", image]);
  const answer = await commandLine(["project", "import", folder, bad(""), "--json", "--duplicates", "keep"]);
  expect(answer.code).toBe(0);
  const lines = jsonLines(answer.out) as {
    type: string;
    rasters: number;
    unused: { path: string; code: string; reason: string }[];
  }[];
  const result = lines.find(({ type }) => type === "result");
  expect(result!.rasters).toBeGreaterThan(0);
  expect(result!.unused.map(({ code }) => code)).toEqual(
    expect.arrayContaining([
      "raster-unknown-format",
      "raster-truncated",
      "raster-without-crs",
      "acquisition-without-date",
    ]),
  );
  expect(result!.unused.every(({ path, reason }) => reason.includes(path))).toBe(true);
});

test("a truncated image is found out also where no second date makes anybody look at its pixels", async () => {
  const alone = join(room, "alone");
  await commandLine(["project", "create", alone, "--like", image]);
  const answer = await commandLine(["project", "import", alone, bad("S2_L2A_10m_20190417T105658.tif"), "--json"]);
  expect([answer.code, jsonLines(answer.err)[0]!.code]).toEqual([1, "raster-truncated"]);
});

test("a wrong number of bands, a date that is there twice, a place that is elsewhere", { tags: ["gdal"] }, async () => {
  const bands = await refused(["project", "import", project, image, "--bands", "B02,B03,B04"]);
  expect(bands.code).toBe("acquisition-band-count");
  const duplicate = await refused(["project", "import", project, bad("other")]);
  expect(duplicate.code).toBe("acquisition-same-place");
  const far = join(room, "S2_L2A_10m_20190501T105658.tif");
  const moved = ["gdal_translate", "-q", "-a_ullr", "400000", "5000640", "400640", "5000000", image, far];
  expect(spawnSync(moved[0]!, moved.slice(1)).status).toBe(0);
  expect((await refused(["project", "import", project, far])).code).toBe("raster-outside-project");
});

test("labels without the class field, with no usable geometry, and of a class too small for the split", async () => {
  const importing = (name: string) => ["labels", "import", project, bad(name), "--field", "crop"];
  const field = await refused(importing("noclass.geojson"));
  expect(field).toMatchObject({ code: "labels-without-field", message: expect.stringContaining("“name”") });
  expect((await refused(importing("invalid.geojson"))).code).toBe("labels-none-usable");

  const mixed = await commandLine([...importing("mixed.geojson"), "--json"]);
  expect(mixed.code).toBe(0);
  expect(jsonLines(mixed.out)[0]!.report).toMatchObject({
    total: 3,
    used: 2,
    dropped: [{ reason: "invalid-geometry" }],
  });
  expect((await refused(["split", project, "--too-few", "error"])).code).toBe("split-class-too-small");
  expect((await refused(["finetune", project, "crops"])).code).toBe("no-split");
});

test("a damaged project, and one from a newer version", async () => {
  const path = join(project, "project.omniproj");
  const whole = readFileSync(path);
  try {
    writeFileSync(path, whole.subarray(0, 20_000));
    const damaged = await commandLine(["project", "list", project, "--json"]);
    expect(jsonLines(damaged.err)).toMatchObject([{ code: "project-damaged" }]);
    const newer = Buffer.from(whole);
    newer.writeUInt32BE(99, 60);
    writeFileSync(path, newer);
    const refusal = await commandLine(["split", project, "--json"]);
    expect(jsonLines(refusal.err)).toMatchObject([{ code: "project-newer", details: { format: 99 } }]);
    expect(readFileSync(path).equals(newer)).toBe(true);
  } finally {
    writeFileSync(path, whole);
  }
});

test.runIf(process.platform === "linux")("no disk space: a conversion and a project leave nothing half written", () => {
  const bin = join(import.meta.dirname, "bin.js");
  // The shell's limit on file size stands in for the end of the disk: 8 blocks of 1,024 bytes.
  const limited = (...args: string[]) =>
    spawnSync("bash", ["-c", 'ulimit -f 8; exec "$@"', "bash", process.execPath, bin, ...args], { encoding: "utf8" });
  const to = join(room, "limited");
  mkdirSync(to);
  const converted = limited("convert", image, join(to, "out.tif"));
  expect([converted.status, converted.stderr]).toEqual([1, expect.stringContaining("no space left on the disk")]);
  const created = limited("project", "create", join(to, "project"), "--like", image);
  expect([created.status, created.stderr]).toEqual([1, expect.stringContaining("no space left on the disk")]);
  expect(readdirSync(to)).toEqual([]);
});
