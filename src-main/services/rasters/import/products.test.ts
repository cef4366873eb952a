/** @module-tag gdal */
// Products as people download them, through the service: a folder in, acquisitions with the right numbers out.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { bandsOfPiece, qualityOfPiece } from "../../../../src-shared/eo/index.ts";
import type { AppError } from "../../../../src-shared/errors/index.ts";
import type { Catalog } from "../../../catalog/index.ts";
import { readScene, seriesDates } from "../../../cube/index.ts";
import { rasterReader } from "../../../imagery/index.ts";
import { mtl, type SafeOptions, safe, write } from "../../../products/testing/made-products.ts";
import { projectFolders } from "../../projects/projects.ts";
import { rasterService } from "../rasters.ts";

const sample = resolve(import.meta.dirname, "../../../../resources/sample/flanders-crops-2019");
const room = mkdtempSync(join(tmpdir(), "omnisat-product-import-"));
const open: Catalog[] = [];
let count = 0;
afterAll(() => {
  for (const catalog of open) catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const source = (kind: string, moment = "20190610T105703") => join(sample, kind, `${kind}_${moment}.tif`);
const folder = () => {
  const path = join(room, `files-${++count}`);
  mkdirSync(path);
  return path;
};

async function project() {
  const catalog = await projectFolders({ appVersion: "0.1.0" })["project.create"]({
    folder: join(room, `project-${++count}`),
    area: { like: source("S2_L2A_10m") },
  });
  open.push(catalog);
  const runJob = () => Promise.reject(new Error("no job"));
  return { catalog, all: rasterService({ catalog, appVersion: "0.1.0", runJob, announce: () => {} }) };
}

/** Bands of the sample, by name: the file and the number of the band in it. */
const bands: Readonly<Record<string, readonly [string, number]>> = {
  B02: ["S2_L2A_10m", 1],
  B03: ["S2_L2A_10m", 2],
  B04: ["S2_L2A_10m", 3],
  B08: ["S2_L2A_10m", 4],
  B05: ["S2_L2A_20m", 1],
  SCL: ["S2_SCL_20m", 1],
};

/** One band of the sample as a file of its own; `args` of gdal_translate change what is stored. */
function translate(to: string, band: string, ...args: readonly string[]): string {
  mkdirSync(dirname(to), { recursive: true });
  const [kind, number] = bands[band]!;
  execFileSync("gdal_translate", ["-q", "-b", String(number), ...args, source(kind), to]);
  return to;
}

/** A SAFE folder with the sample's pixels, to which `add` was added as ESA adds 1000. */
function safeOfSample(parent: string, options: Omit<SafeOptions, "ending">, window: readonly string[] = []): string {
  const parts = safe({ ...options, ending: "tif" });
  const path = write(join(parent, parts.name), { [parts.metadataName]: parts.metadata });
  const plus = -(options.add ?? 0);
  for (const listed of options.listed) {
    const band = listed.split("_")[0]!;
    const shift = band === "SCL" || plus === 0 ? [] : ["-scale", "0", "10000", String(plus), String(10000 + plus)];
    translate(join(path, parts.image(listed)), band, ...shift, ...window);
  }
  return path;
}

const listed = ["B02_10m", "B03_10m", "B04_10m", "B08_10m", "B05_20m", "SCL_20m"];

async function pixelsOf(catalog: Catalog) {
  const reader = rasterReader();
  try {
    const [modality] = catalog.modalities.list();
    const [date] = seriesDates(modality!, catalog.acquisitions.list());
    return await readScene(reader, modality!, date!, catalog.project.get().grid.geobox);
  } finally {
    await reader.close();
  }
}

test("a SAFE folder is one acquisition whose reflectance is that of the same pixels without the added 1000", async () => {
  const path = safeOfSample(folder(), { add: -1000, listed });
  const { catalog, all } = await project();
  const preview = await all["rasters.preview"]({ paths: [path] });
  expect(preview.unused).toEqual([]);
  expect(preview.products).toMatchObject([
    {
      kind: "sentinel-2-safe",
      sensor: "sentinel-2",
      level: "L2A",
      date: "2019-06-10",
      time: "10:57:03",
      tiles: ["31UFS"],
      baseline: "05.09",
      missing: [],
      problem: null,
    },
  ]);
  expect(preview.products[0]!.files).toHaveLength(6);
  const { picture } = await all["rasters.quickLook"]({ paths: [...preview.products[0]!.files] });
  const png = Buffer.from(picture!.replace("data:image/png;base64,", ""), "base64");
  // The sample has 64 × 64 pixels: a quick look is never larger than its image.
  expect([png.toString("latin1", 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(["PNG", 64, 64]);
  // A preview stores nothing.
  expect([catalog.rasters.list(), catalog.acquisitions.list()]).toEqual([[], []]);
  await all["rasters.import"]({ paths: [path] });
  const [only, ...others] = catalog.acquisitions.list();
  const part = safeOfSample(folder(), { listed: ["B02_10m"], moment: "20190620T105703" });
  write(part, { "MTD_MSIL2A.xml": safe({ listed: ["B02_10m", "B11_20m"], moment: "20190620T105703" }).metadata });
  const { warnings } = await (await project()).all["rasters.import"]({ paths: [part] });
  expect(warnings).toMatchObject([{ code: "product-incomplete", products: 1, bands: ["B11"] }]);
  expect([only!.id, only!.relativeOrbit, only!.pieces.length, others]).toEqual(["s2-20190610T105703", 8, 1, []]);
  expect(bandsOfPiece(only!.pieces[0]!, "sentinel-2").map(({ name, scale, offset }) => [name, scale, offset])).toEqual(
    ["B02", "B03", "B04", "B05", "B08"].map((name) => [name, 1e-4, -0.1]),
  );
  expect(qualityOfPiece(only!.pieces[0]!)?.kind).toBe("scl");

  const plain = await project();
  const names = listed.map((one) => one.split("_")[0]!);
  const loose = folder();
  const files = names.map((band) => translate(join(loose, `S2B_MSIL2A_20190610T105703_N0212_R008_T31UFS_20190610T131313_${band}.tif`), band)); // biome-ignore format: a list
  await plain.all["rasters.import"]({ paths: files });
  const [shifted, stored] = [await pixelsOf(catalog), await pixelsOf(plain.catalog)];
  expect(shifted.states).toEqual(stored.states);
  expect(shifted.values.length).toBeGreaterThan(1000);
  expect(shifted.values.every((value, i) => Math.abs(value - stored.values[i]!) < 1e-5)).toBe(true);
});

test("files of a product that are named one by one are read as the product says, as the window imports them", async () => {
  const path = safeOfSample(folder(), { add: -1000, listed });
  const { catalog, all } = await project();
  const { files } = await all["rasters.preview"]({ paths: [path] });
  const taken = files.map((file) => file.path).filter((file) => !file.includes("B05"));
  await all["rasters.import"]({ paths: taken });
  const [only] = catalog.acquisitions.list();
  expect(bandsOfPiece(only!.pieces[0]!, "sentinel-2").map(({ name, offset }) => [name, offset])).toEqual(
    ["B02", "B03", "B04", "B08"].map((name) => [name, -0.1]),
  );
  // Nothing is decided anew: the same files again change nothing.
  const again = await all["rasters.import"]({ paths: [path] });
  expect(again.unchanged.map((file) => basename(file)).sort()).toEqual(taken.map((file) => basename(file)).sort());
});

test("two tiles of one overpass are two pieces of one acquisition, each with the offset of its own baseline", async () => {
  const here = folder();
  const half = (col: number) => ["-srcwin", String(col), "0", "32", "64"];
  const fine = ["B02_10m", "B03_10m", "B04_10m", "B08_10m"];
  safeOfSample(here, { add: -1000, listed: fine, tile: "31UFS" }, half(0));
  safeOfSample(here, { baseline: "03.01", listed: fine, tile: "31UES" }, half(32));
  const { catalog, all } = await project();
  await all["rasters.import"]({ paths: [here] });
  const [only, ...others] = catalog.acquisitions.list();
  expect(others).toEqual([]);
  const pieces = only!.pieces.map(({ files }) => [files[0]!.facts.tile, files[0]!.facts.processingBaseline, files[0]!.bands[0]!.offset]); // biome-ignore format: a list
  expect(pieces.sort()).toEqual([
    ["31UES", "03.01", 0],
    ["31UFS", "05.09", -0.1],
  ]);
});

test("two products of one date and tile are a question that names their baselines", async () => {
  const here = folder();
  safeOfSample(join(here, "a"), { add: -1000, listed: ["B02_10m"] });
  safeOfSample(join(here, "b"), { baseline: "03.01", listed: ["B02_10m"] });
  const { all } = await project();
  const { questions } = await all["rasters.preview"]({ paths: [here] });
  expect(questions.flatMap(({ rivals }) => rivals.map(({ baseline }) => baseline)).sort()).toEqual(["03.01", "05.09"]);
  const error = await all["rasters.import"]({ paths: [here] }).catch((problem: AppError) => problem);
  expect(error).toMatchObject({ code: "acquisition-same-place" });
});

test("amplitude and power of one scene are the same decibels", async () => {
  const read = async (scale: "a" | "p", args: readonly string[]) => {
    const name = `S1A_IW_20190610T173154_DVP_RTC10_G_g${scale}uned_77AA`;
    const here = join(folder(), name);
    mkdirSync(here);
    // 100 stands for an amplitude of 0.1, 10 dB below 1.
    for (const band of ["VV", "VH"])
      execFileSync("gdal_translate", ["-q", "-b", "1", "-ot", "Float32", ...args, source("S2_L2A_10m"), join(here, `${name}_${band}.tif`)]); // biome-ignore format: one call
    execFileSync("gdal_translate", ["-q", "-b", "1", source("S2_L2A_10m"), join(here, `${name}_inc_map.tif`)]);
    const { catalog, all } = await project();
    const { unused, warnings } = await all["rasters.import"]({ paths: [here] });
    expect([unused, warnings]).toEqual([[], []]);
    return pixelsOf(catalog);
  };
  const amplitude = await read("a", ["-scale", "0", "10000", "0.1", "0.1"]);
  const power = await read("p", ["-scale", "0", "10000", "0.01", "0.01"]);
  expect(new Set(Array.from(amplitude.values, (value) => value.toFixed(3)))).toEqual(new Set(["-20.000"]));
  expect(power.values.map((value) => Math.round(value * 1000))).toEqual(amplitude.values.map((value) => Math.round(value * 1000))); // biome-ignore format: one line
});

test("Landsat's quality bits hide clouds of its own product", async () => {
  const name = "LC08_L2SP_199024_20190610_20200828_02_T1";
  const here = write(join(folder(), name), {
    [`${name}_MTL.txt`]: mtl({
      PRODUCT_CONTENTS: { LANDSAT_PRODUCT_ID: name, PROCESSING_LEVEL: "L2SP", FILE_NAME_BAND_2: `${name}_SR_B2.TIF`, FILE_NAME_BAND_3: `${name}_SR_B3.TIF`, FILE_NAME_QUALITY_L1_PIXEL: `${name}_QA_PIXEL.TIF` }, // biome-ignore format: a list
      IMAGE_ATTRIBUTES: { DATE_ACQUIRED: "2019-06-10", SCENE_CENTER_TIME: "10:38:51.86Z", WRS_PATH: 199, WRS_ROW: 24 },
      LEVEL2_SURFACE_REFLECTANCE_PARAMETERS: { REFLECTANCE_MULT_BAND_2: 2.75e-5, REFLECTANCE_ADD_BAND_2: -0.2, REFLECTANCE_MULT_BAND_3: 2.75e-5, REFLECTANCE_ADD_BAND_3: -0.2 }, // biome-ignore format: a list
    }),
  });
  for (const [band, from] of [
    ["SR_B2", "B02"],
    ["SR_B3", "B03"],
  ])
    translate(join(here, `${name}_${band}.TIF`), from!, "-scale", "0", "10000", "10000", "20000");
  // Bit 3 is cloud: 8.
  translate(join(here, `${name}_QA_PIXEL.TIF`), "B02", "-ot", "UInt16", "-scale", "0", "10000", "8", "8");
  const { catalog, all } = await project();
  await all["rasters.import"]({ paths: [here] });
  const { states, values } = await pixelsOf(catalog);
  expect(new Set(states)).toEqual(new Set([1]));
  expect(Math.min(...values)).toBeGreaterThan(10000 * 2.75e-5 - 0.2 - 1e-6);
});

test("an orthomosaic's band of transparency is its mask and no band; a picture that is called after its mask is no class raster", async () => {
  const here = folder();
  const picture = join(here, "ortho_with_mask_20190610.tif");
  const args = ["-b", "3", "-b", "2", "-b", "1", "-b", "4", "-ot", "Byte", "-scale", "0", "10000", "1", "255", "-colorinterp_4", "alpha", "-a_nodata", "none"]; // biome-ignore format: a list
  execFileSync("gdal_translate", ["-q", ...args, source("S2_L2A_10m"), picture]);
  const { catalog, all } = await project();
  await all["rasters.import"]({ paths: [picture], sensor: "aerial" });
  expect(bandsOfPiece(catalog.acquisitions.list()[0]!.pieces[0]!).map(({ name }) => name)).toEqual(["R", "G", "B"]);
});

test("what cannot be read has one sentence with the way out", async () => {
  const here = folder();
  const slc = "S1A_IW_SLC__1SDH_20220414T102209_20220414T102236_042768_051AA4_E677.SAFE";
  write(here, {
    [`${slc}/manifest.safe`]: "<xml/>",
    [`${slc}/measurement/a.tiff`]: "complex",
    "MOD10A2.A2022033.h09v05.061.hdf": new Uint8Array([0x0e, 0x03, 0x13, 0x01, 0, 0]),
    "remote.json": JSON.stringify({ type: "Feature", stac_version: "1.0.0", id: "far", properties: { datetime: "2022-06-15T14:57:16Z" }, assets: { red: { href: "https://example.com/B04.tif", type: "image/tiff" } } }), // biome-ignore format: a text
    "half.zip": "PK\u0003\u0004 and nothing more",
    "map.ecw": "ecw",
  });
  writeFileSync(join(here, "image_20190610.tif"), "no image");
  const { all } = await project();
  const { unused } = await all["rasters.preview"]({ paths: [here, join(here, "half.zip")] });
  const said = Object.fromEntries(unused.map(({ path, error }) => [basename(path), [error.code, (error.details as { kind?: string }).kind]])); // biome-ignore format: one line
  expect(said).toEqual({
    [slc]: ["import-format", "radarSlc"],
    "MOD10A2.A2022033.h09v05.061.hdf": ["import-format", "hdf4"],
    "remote.json": ["import-format", "remoteStac"],
    "half.zip": ["archive-unreadable", undefined],
    "map.ecw": ["import-format", "ecw"],
  });
  for (const { error } of unused) expect(error.message).toMatch(/\. \S/);
});

/** The folder as an archive beside it; `level` 0 stores, 8 compresses. */
function zipped(path: string, method: "ZIP_STORED" | "ZIP_DEFLATED"): string {
  const archive = path.replace(/\.SAFE$/, ".zip");
  const code = [
    "import os, sys, zipfile",
    "folder, archive, method = sys.argv[1:]",
    "with zipfile.ZipFile(archive, 'w', getattr(zipfile, method)) as to:",
    "  for at, _, files in os.walk(folder):",
    "    for name in files:",
    "      path = os.path.join(at, name)",
    "      to.write(path, os.path.relpath(path, os.path.dirname(folder)))",
  ].join("\n");
  execFileSync("/usr/bin/python3", ["-c", code, path, archive, method]);
  return archive;
}

test("a zipped SAFE is read where it lies, stored or compressed, and is re-linked and missed as an archive", async () => {
  const path = safeOfSample(folder(), { add: -1000, listed });
  const whole = await project();
  await whole.all["rasters.import"]({ paths: [path] });
  const expected = await pixelsOf(whole.catalog);
  for (const method of ["ZIP_STORED", "ZIP_DEFLATED"] as const) {
    const archive = zipped(path, method);
    const { catalog, all } = await project();
    const preview = await all["rasters.preview"]({ paths: [archive] });
    expect([preview.products.length, preview.unused]).toEqual([1, []]);
    await all["rasters.import"]({ paths: [archive] });
    const pixels = await pixelsOf(catalog);
    expect([pixels.values, pixels.states]).toEqual([expected.values, expected.states]);
    expect(catalog.rasters.list().map(({ state }) => state)).toEqual(listed.map(() => "present"));
    // As the window imports: the files that were seen, by their paths.
    expect((await all["rasters.import"]({ paths: preview.files.map((file) => file.path) })).rasters).toBe(0);
    // Also inside of the project, where a browser sends what is dropped on its window.
    const inside = join(catalog.folder, "imports", "today");
    mkdirSync(inside, { recursive: true });
    const elsewhere = join(method === "ZIP_STORED" ? folder() : inside, basename(archive));
    renameSync(archive, elsewhere);
    expect(catalog.rasters.missing()).toHaveLength(listed.length);
    const { relinked, missing } = await all["rasters.relinkAll"]({ folder: dirname(elsewhere) });
    expect([relinked.length, missing]).toEqual([listed.length, []]);
    expect((await pixelsOf(catalog)).values).toEqual(expected.values);
  }
});
