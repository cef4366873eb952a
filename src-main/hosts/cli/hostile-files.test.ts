import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { errorMessage } from "../../../src-shared/ipc/errors.ts";
import { tiffTag, tiffType } from "../../raster/formats/tiff/tags.ts";
import { gdalInfo, gdalPixels, run } from "../../raster/testing/gdal.ts";
import { hostileTiffs } from "../../raster/testing/hostile-tiffs.ts";
import { imageFields, makeTiff } from "../../raster/testing/make-tiff.ts";
import { Application } from "../../services/app/application.ts";
import { commandLine, jsonLines } from "./fixtures/command-line.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-hostile-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const at = (name: string): string => join(room, name);

// Those that differ in what happens after the header, and one of every other sort.
const files = hostileTiffs.filter(({ ends, beside }) => ends !== "read" && !beside);
const pathOf = (index: number): string => at(`S2_2019041${index % 10}_${index}.tif`);

beforeAll(async () => {
  for (const [index, { bytes }] of files.entries()) writeFileSync(pathOf(index), bytes());
  const made = await commandLine(["project", "create", at("project"), "--crs", "EPSG:32631", "--bounds", "600000,4999000,601000,5000000"]); // biome-ignore format: one line
  expect([made.code, made.err]).toEqual([0, expect.any(String)]);
});

/** One sentence on the error stream, no traces of the program, nothing on the disk. */
const expectSentence = (err: string, name: string) => {
  const said = err.trim().split("\n");
  expect(said, `${name}: ${err}`).toHaveLength(1);
  expect(said[0], name).not.toMatch(/occurred in the program|Error:|\bat .*\.ts|undefined|NaN/);
};

test("info, convert and import refuse every hostile file in one sentence, exit 1, and leave nothing behind", async () => {
  const out = at("out");
  mkdirSync(out);
  for (const [index, { name, ends }] of files.entries()) {
    const path = pathOf(index);
    // A header without a place is one that can be described and copied.
    const whole = ends === "raster-without-transform";
    for (const args of [
      ["info", path],
      ["convert", path, join(out, "copy.tif")],
      ["project", "import", at("project"), path],
    ]) {
      if (whole && args[0] !== "project") continue;
      const { code, err } = await commandLine(args);
      expect([name, args[0], code]).toEqual([name, args[0], 1]);
      expectSentence(err.replace(/^.*(?:…|\.\.\.)\s*$/gm, "").trim() || err, `${args[0]} ${name}`);
    }
    expect(readdirSync(out), name).toEqual([]);
  }
}, 120_000);

test("the window gets the same errors, with code and sentence and no stack", async () => {
  const application = new Application({
    kind: "web",
    appVersion: "0.1.0",
    settingsFolder: at("settings"),
    sampleFolder: null,
    runJob: () => Promise.reject(new Error("Nobody asks")),
    device: () => Promise.reject(new Error("Nobody asks")),
    roots: [room],
  });
  const session = application.openSession(() => {});
  const good = at("good.tif");
  writeFileSync(good, makeTiff({ fields: imageFields(), data: new Uint8Array(256).fill(1) }));
  await session.open(at("project"), false);
  try {
    // All at once, with a good one among them, which must not wait for the others to fail.
    const look = async (path: string) =>
      (await session.invoke("rasters.preview", { paths: [path] })) as {
        files: { problems: { code: string; stack?: string }[] }[];
        unused: { error: { code: string; stack?: string } }[];
      };
    const answers = await Promise.all([...files.map((_, index) => look(pathOf(index))), look(good)]);
    const codes = answers.map(({ files, unused }) =>
      [...files.flatMap(({ problems }) => problems), ...unused.map(({ error }) => error)].map(({ code }) => code),
    );
    for (const [index, { name, ends }] of files.entries()) expect(codes[index], name).toContain(ends);
    expect(codes.at(-1)).not.toContain("raster-damaged");
    expect(JSON.stringify(answers)).not.toMatch(/stack|\.ts:/);
    const mistake = JSON.stringify(errorMessage(new TypeError("x is not a function")));
    expect(mistake).not.toMatch(/stack|\.ts:/);
  } finally {
    session.close();
  }
});

test("an image without a coordinate system, or without a place, is converted whole, and what is missing is said", {
  tags: ["gdal"],
}, async () => {
  const pixels = Uint8Array.from({ length: 256 }, (_, i) => i);
  const nowhere = {
    [tiffTag.ModelPixelScale]: undefined,
    [tiffTag.ModelTiepoint]: undefined,
    [tiffTag.GeoKeyDirectory]: undefined,
  };
  writeFileSync(
    at("no-crs.tif"),
    makeTiff({ fields: imageFields({}, { [tiffTag.GeoKeyDirectory]: undefined }), data: pixels }),
  );
  writeFileSync(at("no-place.tif"), makeTiff({ fields: imageFields({}, nowhere), data: pixels }));
  const first = await commandLine(["convert", at("no-crs.tif"), at("no-crs-cog.tif")]);
  expect([first.code, first.out + first.err]).toEqual([
    0,
    expect.stringMatching(/no coordinate reference system.*--crs/s),
  ]);
  expect(gdalInfo(at("no-crs-cog.tif")).geoTransform).toEqual([600000, 10, 0, 5000000, 0, -10]);
  expect(gdalInfo(at("no-crs-cog.tif")).coordinateSystem?.wkt ?? "").toBe("");
  const second = await commandLine(["convert", at("no-place.tif"), at("no-place-cog.tif"), "--json"]);
  expect([second.code, jsonLines(second.out).at(-1)]).toEqual([0, expect.objectContaining({ missing: "place" })]);
  expect(gdalInfo(at("no-place-cog.tif")).geoTransform).toBeUndefined();
  for (const name of ["no-crs-cog.tif", "no-place-cog.tif"]) {
    expect(gdalPixels(at(name), at(`${name}.raw`), "uint8")[0]).toEqual(pixels);
  }
  const named = await commandLine(["convert", at("no-crs.tif"), at("named.tif"), "--crs", "EPSG:32631"]);
  expect([named.code, run("gdalsrsinfo", ["-o", "epsg", at("named.tif")]).trim()]).toEqual([0, "EPSG:32631"]);
});

test("sizes that nobody can want are refused with their numbers, before anything is written", async () => {
  const good = at("good.tif");
  const warp = await commandLine(["warp", good, at("fine.tif"), "--resolution", "0.00001"]);
  expect([warp.code, warp.err]).toEqual([
    1,
    expect.stringMatching(/16,000,001 × 16,000,001 pixels, 256,000,032,000,001 in all/),
  ]);
  const wide = await commandLine(["warp", good, at("fine.tif"), "--bounds", "0,0,1000000000000000,1000000000000000", "--resolution", "0.001"]); // biome-ignore format: one line
  expect([wide.code, wide.err]).toEqual([1, expect.stringMatching(/1\.0·10\^18 × 1\.0·10\^18 pixels/)]);
  expect(existsSync(at("fine.tif"))).toBe(false);
  const project = ["project", "create", at("huge"), "--crs", "EPSG:32631"];
  const huge = await commandLine([...project, "--bounds", "0,0,1000000000000000,1000000000000000", "--patch", "0.001"]);
  expect([huge.code, huge.err]).toEqual([1, expect.stringMatching(/patches; a project holds at most/)]);
  const far = await commandLine([...project, "--bounds", "1000000000000000,0,1000000000001000,1000"]);
  expect(far.code).toBe(1);
  expect(existsSync(at("huge"))).toBe(false);
  // An image whose own pixels are that many: listed as blocks of 256 MiB that are not there.
  const blocks = 62 * 62;
  const sparse = imageFields(
    { width: 1_000_000, height: 1_000_000, tile: [16384, 16384] },
    {
      [tiffTag.TileOffsets]: { type: tiffType.LONG, value: new Array<number>(blocks).fill(0) },
      [tiffTag.TileByteCounts]: { type: tiffType.LONG, value: new Array<number>(blocks).fill(0) },
    },
  );
  writeFileSync(at("sparse.tif"), makeTiff({ fields: sparse }));
  expect((await commandLine(["info", at("sparse.tif")])).code).toBe(0);
  const converted = await commandLine(["convert", at("sparse.tif"), at("sparse-cog.tif")]);
  expect([converted.code, converted.err]).toEqual([1, expect.stringMatching(/1,000,000,000,000 in all/)]);
});

test("a program that is told to end ends, also while it reads", async () => {
  const main = join(import.meta.dirname, "main.ts");
  const child = spawn(process.execPath, [main, "convert", at("good.tif"), at("never.tif")], { stdio: "ignore" });
  await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGTERM");
  child.kill("SIGTERM");
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  expect(code !== null || signal === "SIGTERM").toBe(true);
  expect(readdirSync(room).filter((name) => name.includes("never"))).toEqual([]);
});
