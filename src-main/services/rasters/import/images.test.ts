import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { bandsOfPiece } from "../../../../src-shared/eo/index.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import type { Catalog } from "../../../catalog/index.ts";
import { openRaster, warp } from "../../../raster/index.ts";
import { layerService } from "../../layers/layers.ts";
import { modalityService } from "../../modalities/modalities.ts";
import { projectFolders } from "../../projects/projects.ts";
import { rasterService } from "../rasters.ts";

const sample = resolve(import.meta.dirname, "../../../../resources/sample/flanders-crops-2019");
const room = mkdtempSync(join(tmpdir(), "omnisat-import-"));
const image = (name: string) => join(sample, name.replace(/_\d{8}T.*/, ""), `${name}.tif`);
const june10 = image("S2_L2A_10m_20190610T105703");
const june20 = image("S2_L2A_10m_20190620T105703");
let files = "";
let catalog: Catalog;
let count = 0;
afterAll(() => rmSync(room, { recursive: true, force: true }));

beforeEach(async () => {
  catalog?.close();
  files = join(room, `files-${++count}`);
  mkdirSync(files);
  catalog = await projectFolders({ appVersion: "0.1.0" })["project.create"]({
    folder: join(room, `project-${count}`),
    area: { like: june10 },
  });
});

const told: { name: string; fraction: number }[] = [];
const deps = () => ({
  catalog,
  appVersion: "0.1.0",
  runJob: () => Promise.reject(new Error("no job")),
  announce: (topic: string, what: unknown) => {
    if (topic === "work") told.push(what as (typeof told)[number]);
  },
});
const rasters = () => rasterService(deps());
const copy = (from: string, name: string) => {
  cpSync(from, join(files, name));
  return join(files, name);
};
const withoutCrs = (from: string, name: string) => {
  const code = [
    "import sys; from osgeo import gdal; s = gdal.Open(sys.argv[1])",
    "d = gdal.GetDriverByName('GTiff').Create(sys.argv[2], s.RasterXSize, s.RasterYSize, s.RasterCount, s.GetRasterBand(1).DataType)",
    "d.SetGeoTransform(s.GetGeoTransform()); d.WriteArray(s.ReadAsArray()); d = None",
  ].join("\n");
  execFileSync("/usr/bin/python3", ["-c", code, from, join(files, name)]);
  return join(files, name);
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

test("a dry look says what each file is taken for and on what evidence, and stores nothing", async () => {
  copy(june10, "S2_L2A_10m_20190610T105703.tif");
  copy(join(sample, "labels_10m.tif"), "labels_10m.tif");
  writeFileSync(join(files, "broken_20190101.tif"), "no image");
  const { files: looked, modalities } = await rasters()["rasters.preview"]({ paths: [files] });
  const [first, broken, labels] = ["S2_L2A_10m", "broken", "labels"].map((start) =>
    looked.find(({ path }) => path.startsWith(join(files, start))),
  );
  expect(first).toMatchObject({
    sensor: { value: "sentinel-2", evidence: { code: "name", name: "S2_L2A_10m_20190610T105703.tif" }, chosen: false },
    dates: { value: ["2019-06-10"] },
    bands: { value: ["B02", "B03", "B04", "B08"] },
    crs: { value: "EPSG:32631" },
    overlap: 1,
    resolution: 10,
    problems: [],
  });
  expect(broken!.problems.map(({ code }) => code)).toEqual(["raster-unknown-format"]);
  expect(broken!.dates.value).toEqual(["2019-01-01"]);
  expect(labels!.problems.map(({ code }) => code)).toEqual(["import-class-raster"]);
  expect(modalities).toMatchObject([{ name: "s2", dates: 1, isNew: true, resolutionMeters: 10 }]);
  expect(catalog.rasters.list()).toEqual([]);
  expect(catalog.edits.list()).toEqual([]);
});

test("an image in degrees and one without a system are taken where they belong, also when their pixels are read later", {
  tags: ["gdal"],
}, async () => {
  const degrees = join(files, "Écran S2_L2A copie (2) 20190610.tif");
  execFileSync("gdalwarp", ["-q", "-t_srs", "EPSG:4326", "-r", "near", june10, degrees]);
  const lost = withoutCrs(june20, "S2_L2A_20190620 no crs.tif");
  const all = rasters();
  const looked = await all["rasters.preview"]({ paths: [files] });
  const seen = looked.files.find(({ path }) => path === degrees)!;
  expect(seen.problems).toEqual([]);
  expect(seen.overlap).toBeGreaterThan(0.95);
  // gdalwarp's own choice of pixel for 10 m here; a metre more or less is its business.
  expect(seen.resolution).toBeGreaterThan(7);
  expect(seen.resolution).toBeLessThan(13);
  const unplaced = looked.files.find(({ path }) => path === lost)!;
  expect(unplaced.problems.map(({ code }) => code)).toEqual(["raster-without-crs"]);
  // Its name has the date: no stand-in is shown, here or where nothing says the date.
  expect(unplaced.dates.value).toEqual(["2019-06-20"]);
  const nameless = withoutCrs(june20, "orthophoto.tif");
  const { files: others } = await all["rasters.preview"]({ paths: [nameless], choices: [{ path: nameless, sensor: "aerial", bands: ["R", "G", "B", "N"] }] }); // biome-ignore format: one call
  expect(others[0]!.dates.value).toBeNull();
  rmSync(nameless);
  expect(await codeOf(all["rasters.import"]({ paths: [lost] }))).toBe("raster-without-crs");
  expect(catalog.rasters.list()).toEqual([]);

  const choices = [{ path: lost, crs: "EPSG:32631" }];
  const { acquisitions } = await all["rasters.import"]({ paths: [files], choices });
  expect(acquisitions.map(({ date }) => date)).toEqual(["2019-06-10", "2019-06-20"]);
  expect(catalog.rasters.find(lost)).toMatchObject({ crs: "EPSG:32631" });
  expect(catalog.rasters.find(degrees)).toMatchObject({ crs: null });
  const [piece] = catalog.acquisitions.list().find(({ date }) => date === "2019-06-20")!.pieces;
  const [band] = bandsOfPiece(piece!);
  // The pixels that GDAL reads from the same file, row by row.
  const { geobox } = catalog.project.get().grid;
  const raster = await openRaster(band!.path, { crs: band!.crs });
  const { bands } = await warp(raster, geobox, { bands: [band!.bandIndex], method: "nearest" });
  raster.close();
  const raw = join(files, "raw.bin");
  execFileSync("gdal_translate", ["-q", "-of", "ENVI", "-b", String(band!.bandIndex), june20, raw]);
  // A copy: a small file lies in a buffer that Node shares among several.
  expect([...bands[0]!]).toEqual([...new Uint16Array(new Uint8Array(readFileSync(raw)).buffer)]);
});

test("an import is one step that can be undone and redone, and tells how far it is", async () => {
  told.length = 0;
  copy(june10, "S2_L2A_10m_20190610T105703.tif");
  await rasters()["rasters.import"]({ paths: [files], task: "mine" });
  expect(told.at(-1)).toEqual({ name: "mine", fraction: 1 });
  expect(catalog.edits.next().undo?.name).toEqual({ key: "rasters.import", params: { count: 1 } });
  catalog.edits.undo();
  expect([catalog.rasters.list(), catalog.acquisitions.list(), catalog.modalities.list()]).toEqual([[], [], []]);
  catalog.edits.redo();
  expect(catalog.modalities.list()).toMatchObject([{ name: "s2", acquisitions: ["s2-20190610T105703"] }]);
});

test("an import that is stopped keeps nothing", async () => {
  for (const name of ["20190610T105703", "20190620T105703"])
    copy(image(`S2_L2A_10m_${name}`), `S2_L2A_10m_${name}.tif`);
  const all = rasters();
  const running = all["rasters.import"]({ paths: [files], task: "stop me" });
  await all["rasters.stop"]({ task: "stop me" });
  await expect(running).rejects.toMatchObject({ name: "AbortError" });
  expect([catalog.rasters.list(), catalog.edits.list()]).toEqual([[], []]);
});

test("several products of a day are named before the import, and become what was chosen", async () => {
  copy(june10, "S2_L2A_10m_20190610T105703.tif");
  copy(june20, "S2_L2A_10m_20190610T110003.tif");
  const all = rasters();
  const { questions } = await all["rasters.preview"]({ paths: [files] });
  expect(questions).toMatchObject([
    { date: "2019-06-10", rivals: [{ isNew: true, time: "10:57:03" }, { isNew: true }] },
  ]);
  expect(questions[0]!.rivals.map(({ clearShare, bytes }) => clearShare! > 0.9 && bytes > 1000)).toEqual([true, true]);
  expect(await codeOf(all["rasters.import"]({ paths: [files] }))).toBe("acquisition-same-place");
  expect(catalog.rasters.list()).toEqual([]);
  await all["rasters.import"]({ paths: [files], duplicates: "merge" });
  expect(catalog.modalities.list()).toMatchObject([{ duplicateDates: "merge", acquisitions: [{}, {}] }]);
});

test("what a person set in a modality stays when more dates come, and what was proposed follows", async () => {
  copy(june10, "S2_L2A_10m_20190610T105703.tif");
  const all = rasters();
  await all["rasters.import"]({ paths: [files] });
  const modalities = modalityService(deps());
  await modalities["modalities.change"]({
    name: "s2",
    change: { name: "optical", resampling: "cubic", bands: ["B04", "B08"] },
  });
  copy(june20, "S2_L2A_10m_20190620T105703.tif");
  await all["rasters.import"]({ paths: [files] });
  expect(catalog.modalities.list()).toMatchObject([
    {
      name: "optical",
      resampling: "cubic",
      bands: ["B04", "B08"],
      acquisitions: ["s2-20190610T105703", "s2-20190620T105703"],
    },
  ]);
  const [facts] = await modalities["modalities.facts"]({});
  expect(facts!.proposed).not.toContain("resampling");
  expect(facts!.proposed).toContain("resolutionMeters");
  expect(facts!.problems.map(({ kind }) => kind)).toEqual(["few-dates", "no-cloud-mask"]);
  const change = (what: object) => codeOf(modalities["modalities.change"]({ name: "optical", change: what }));
  expect(await change({ resolutionMeters: 3 })).toBe("modality-resolution");
  expect(await change({ acquisitions: [] })).toBe("modality-without-members");
  expect(await change({ bands: ["B12"] })).toBe("acquisition-missing-bands");
  expect(await change({ name: "Not A Name" })).toBe("request-invalid");
  const { data, clear, dates } = await modalities["modalities.coverage"]({ name: "optical" });
  expect([data, clear, dates.length]).toEqual([1, 1, 2]);
});

test("a layer is renamed and removed with its files' rows, and comes back by undo", { tags: ["gdal"] }, async () => {
  copy(june10, "S2_L2A_10m_20190610T105703.tif");
  await rasters()["rasters.import"]({ paths: [files] });
  const layers = layerService(deps());
  const id = "acquisition:s2-20190610T105703";
  await layers["layers.rename"]({ id, name: "June" });
  const find = async () => (await layers["layers.list"]({})).find((layer) => layer.id === id);
  expect(await find()).toMatchObject({
    name: "June",
    state: "present",
    modalities: ["s2"],
    bands: ["B02", "B03", "B04", "B08"],
  });
  const properties = await layers["layers.properties"]({ id });
  expect(properties.files).toMatchObject([{ width: 64, height: 64, crs: "EPSG:32631", resolution: { x: 10, y: 10 } }]);
  const info = JSON.parse(execFileSync("gdalinfo", ["-json", june10], { encoding: "utf8" })) as {
    geoTransform: number[];
  };
  const { a, b, c, d, e, f } = properties.files[0]!.affine!;
  expect([a, b, c, d, e, f]).toEqual(info.geoTransform);

  await layers["layers.remove"]({ ids: [id] });
  expect([await find(), catalog.rasters.list(), catalog.modalities.list()]).toEqual([undefined, [], []]);
  catalog.edits.undo();
  expect(await find()).toMatchObject({ name: "June", modalities: ["s2"] });
  expect(await codeOf(layers["layers.remove"]({ ids: ["acquisition:none"] }))).toBe("layer-not-found");
});

test("a vector file becomes a layer with its place, and one without a system says so", async () => {
  const layers = layerService(deps());
  const { id } = await layers["vectors.add"]({ path: join(sample, "parcels_wgs84.geojson") });
  const layer = (await layers["layers.list"]({})).find((entry) => entry.id === `vector:${id}`);
  expect(layer).toMatchObject({ kind: "vector", name: "parcels_wgs84", state: "present" });
  expect(layer!.bounds!.minX).toBeCloseTo(574_680, -2);
  const fixture = resolve(import.meta.dirname, "../../../vector/fixtures/made_shp_without_prj.shp");
  expect(await codeOf(layers["vectors.add"]({ path: fixture }))).toBe("labels-without-crs");
  expect(catalog.vectors.list()).toHaveLength(1);
});
