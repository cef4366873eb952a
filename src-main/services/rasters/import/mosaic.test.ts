/** @module-tag gdal */
// Imports into a project, as a person makes them: nothing that was there is lost, whatever comes next.
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AppError } from "../../../../src-shared/errors/index.ts";
import type { Catalog } from "../../../catalog/index.ts";
import { readScene, seriesDates } from "../../../cube/index.ts";
import { rasterReader } from "../../../imagery/index.ts";
import { layerService } from "../../layers/layers.ts";
import { projectFolders } from "../../projects/projects.ts";
import { rasterService } from "../rasters.ts";

const sample = resolve(import.meta.dirname, "../../../../resources/sample/flanders-crops-2019");
const room = mkdtempSync(join(tmpdir(), "omnisat-mosaic-"));
const files = join(room, "files");
const moment = "20190610T105703";
const source = (kind: string, at = moment) => join(sample, kind, `${kind}_${at}.tif`);
const whole = source("S2_L2A_10m");
let count = 0;
const open: Catalog[] = [];
afterAll(() => {
  for (const catalog of open) catalog.close();
  rmSync(room, { recursive: true, force: true });
});

/** The west and the east half of an image, as tiles come: in a folder of their own, under the name of the whole. */
function half(kind: string, side: "west" | "east", at = moment): string {
  const folder = join(files, side, kind);
  mkdirSync(folder, { recursive: true });
  const to = join(folder, `${kind}_${at}.tif`);
  const width = kind.includes("20m") ? 32 : 64;
  const window = [side === "west" ? 0 : width / 2, 0, width / 2, width].map(String);
  execFileSync("gdal_translate", ["-q", "-srcwin", ...window, source(kind, at), to]);
  return to;
}

const halves: Record<string, string> = {};
beforeAll(() => {
  for (const kind of ["S2_L2A_10m", "S2_L2A_20m", "S2_SCL_20m"])
    for (const side of ["west", "east"] as const) halves[`${kind} ${side}`] = half(kind, side);
});

async function project() {
  const catalog = await projectFolders({ appVersion: "0.1.0" })["project.create"]({
    folder: join(room, `project-${++count}`),
    area: { like: whole },
  });
  open.push(catalog);
  const deps = {
    catalog,
    appVersion: "0.1.0",
    runJob: () => Promise.reject(new Error("no job")),
    announce: () => {},
  };
  return { catalog, all: { ...rasterService(deps), ...layerService(deps) } };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );

/** Everything an import makes, without the numbers of rows and the hours. */
function dump(catalog: Catalog) {
  const name = (path: string) => relative(room, path);
  return {
    rasters: catalog.rasters
      .list()
      .map(({ path, header, bytes }) => [name(path), header, bytes])
      .sort(),
    acquisitions: JSON.parse(JSON.stringify(catalog.acquisitions.list()).replaceAll(room, "")),
    modalities: catalog.modalities.list(),
  };
}

test("two halves of one overpass, imported one after the other, give the pixels of the whole", async () => {
  const { catalog, all } = await project();
  for (const side of ["west", "east"])
    await all["rasters.import"]({
      paths: ["S2_L2A_10m", "S2_L2A_20m", "S2_SCL_20m"].map((kind) => halves[`${kind} ${side}`]!),
    });
  const [only, ...others] = catalog.acquisitions.list();
  expect([only!.id, only!.pieces.length, others.length]).toEqual([`s2-${moment}`, 2, 0]);
  const one = await project();
  await one.all["rasters.import"]({ paths: ["S2_L2A_10m", "S2_L2A_20m", "S2_SCL_20m"].map((kind) => source(kind)) });
  const { geobox } = catalog.project.get().grid;
  const reader = rasterReader();
  const read = async (from: Catalog) => {
    // Nearest: at the seam the whole image knows both sides, which two files do not.
    const modality = { ...from.modalities.list()[0]!, resampling: "nearest" as const };
    const [date] = seriesDates(modality, from.acquisitions.list());
    return readScene(reader, modality, date!, geobox);
  };
  const [mosaic, single] = [await read(catalog), await read(one.catalog)];
  await reader.close();
  expect(mosaic.values).toEqual(single.values);
  expect(mosaic.states).toEqual(single.states);
  const layer = (await all["layers.list"]({})).find(({ id }) => id === `acquisition:s2-${moment}`);
  const plain = (await one.all["layers.list"]({})).find(({ id }) => id === `acquisition:s2-${moment}`);
  expect(layer).toMatchObject({ pieces: 2, bounds: plain!.bounds, state: "present" });
});

test("the same file again changes nothing, a copy of it under another name is named, and other content is a question", async () => {
  const { catalog, all } = await project();
  await all["rasters.import"]({ paths: [whole] });
  const before = dump(catalog);
  const again = await all["rasters.import"]({ paths: [whole] });
  expect([again.rasters, again.unchanged, catalog.edits.list().length]).toEqual([0, [whole], 1]);
  const copy = join(files, `S2_L2A_10m_${moment}_copy.tif`);
  cpSync(whole, copy);
  const copied = await all["rasters.import"]({ paths: [copy] });
  expect([copied.rasters, copied.copies]).toEqual([0, [{ path: copy, of: whole }]]);
  appendFileSync(copy, "other bytes");
  const error = await all["rasters.import"]({ paths: [copy] }).catch((problem: AppError) => problem);
  expect(error).toMatchObject({ code: "acquisition-same-place" });
  expect((error as AppError).message).toMatch(
    /in the project: S2_L2A_10m_20190610T105703\.tif, .*10:57:03, \d+ % clear/,
  );
  expect((error as AppError).message).toMatch(/new: S2_L2A_10m_20190610T105703_copy\.tif/);
  expect(dump(catalog)).toEqual(before);
});

test("each choice about a place shown twice keeps both images in the project and feeds the network what was chosen", async () => {
  // The same ground, clouded over: every pixel of its mask is a cloud.
  const cloudy = join(files, "cloudy");
  mkdirSync(cloudy, { recursive: true });
  const image = join(cloudy, "S2_L2A_10m_20190610T105650.tif");
  execFileSync("gdal_translate", ["-q", "-scale", "0", "10000", "9000", "10000", whole, image]);
  const mask = join(cloudy, "S2_SCL_20m_20190610T105650.tif");
  execFileSync("gdal_translate", ["-q", "-scale", "0", "255", "9", "9", source("S2_SCL_20m"), mask]);
  for (const choice of ["keep", "merge", "best", "replace"] as const) {
    const { catalog, all } = await project();
    await all["rasters.import"]({ paths: [whole, source("S2_SCL_20m")] });
    await all["rasters.import"]({ paths: [cloudy], duplicates: choice });
    const acquisitions = catalog.acquisitions.list();
    const first = (id: string) => basename(acquisitions.find((one) => one.id === id)!.pieces[0]!.files[0]!.path);
    const [modality] = catalog.modalities.list();
    expect([choice, acquisitions.length, catalog.rasters.list().length]).toEqual([choice, 2, 4]);
    const dates = seriesDates({ ...modality!, kind: "series" }, acquisitions).map((date) =>
      date.acquisitions.map(({ id }) => first(id)),
    );
    const [own, other] = [basename(whole), basename(image)];
    if (choice === "keep") expect(dates.map(([name]) => name).sort()).toEqual([other, own]);
    if (choice === "merge") expect(dates.map((names) => names.toSorted())).toEqual([[other, own]]);
    if (choice === "best") expect(dates).toEqual([[own]]);
    if (choice === "replace") expect(dates).toEqual([[other]]);
    catalog.edits.undo();
    expect(catalog.acquisitions.list().map(({ pieces }) => pieces.length)).toEqual([1]);
  }
});

test("the clearest is chosen place by place: the other half of the day stays", async () => {
  const { catalog, all } = await project();
  const west = halves["S2_L2A_10m west"]!;
  const twin = join(files, `S2_L2A_10m_20190610T105650.tif`);
  execFileSync("gdal_translate", ["-q", "-scale", "0", "10000", "9000", "10000", west, twin]);
  await all["rasters.import"]({ paths: [west, halves["S2_L2A_10m east"]!] });
  await all["rasters.import"]({ paths: [twin], duplicates: "best" });
  const [modality] = catalog.modalities.list();
  const members = catalog.acquisitions.list().filter(({ id }) => modality!.acquisitions.includes(id));
  expect(members.map(({ pieces }) => pieces.length)).toEqual([2]);
});

test("a stack with two passes of one day is asked about without times and gives two acquisitions with them", async () => {
  const stack = (name: string, described: readonly string[]) => {
    const path = join(files, name);
    const code = [
      "import sys; from osgeo import gdal; s = gdal.Open(sys.argv[1]); a = s.ReadAsArray()",
      "d = gdal.GetDriverByName('GTiff').Create(sys.argv[2], s.RasterXSize, s.RasterYSize, len(sys.argv) - 3, s.GetRasterBand(1).DataType)",
      "d.SetGeoTransform(s.GetGeoTransform()); d.SetProjection(s.GetProjection())",
      "for i, n in enumerate(sys.argv[3:]):",
      "  b = d.GetRasterBand(i + 1); b.SetDescription(n); b.WriteArray(a[i % len(a)] + i)",
      "d = None",
    ].join("\n");
    execFileSync("/usr/bin/python3", ["-c", code, source("S1_GRD_ASC_20m", "20190610T173154"), path, ...described]);
    return path;
  };
  const days = ["20190610_VV", "20190610_VH", "20190610_VV", "20190610_VH"];
  const untimed = stack("S1_untimed.tif", days);
  const { catalog, all } = await project();
  const error = await all["rasters.import"]({ paths: [untimed] }).catch((problem: AppError) => problem);
  expect(error).toMatchObject({ code: "acquisition-same-place" });
  expect((error as AppError).message).toContain("VV VH (bands 3, 4 of the file)");
  await all["rasters.import"]({ paths: [untimed], duplicates: "keep" });
  expect(catalog.modalities.list()).toMatchObject([{ name: "s1", acquisitions: ["s1-20190610", "s1-20190610-2"] }]);

  const timed = stack("S1_timed.tif", [
    "20190610T055000_VV",
    "20190610T055000_VH",
    "20190610T173154_VV",
    "20190610T173154_VH",
  ]);
  const second = await project();
  await second.all["rasters.import"]({ paths: [timed] });
  expect(second.catalog.modalities.list()).toMatchObject([
    { acquisitions: ["s1-20190610T055000", "s1-20190610T173154"] },
  ]);
  // Names without dates, twice each, in a file whose name has one.
  const third = await project();
  expect(
    await codeOf(third.all["rasters.import"]({ paths: [stack("S1_20190611.tif", ["VV", "VH", "VV", "VH"])] })),
  ).toBe("acquisition-same-place");
});

test("a folder gives what can be used and names the rest, each with its reason", async () => {
  const folder = join(room, "folder");
  mkdirSync(join(folder, "S2A_MSIL2A.SAFE"), { recursive: true });
  cpSync(whole, join(folder, basename(whole)));
  writeFileSync(join(folder, `${basename(whole)}.aux.xml`), "<PAMDataset/>");
  cpSync(join(sample, "labels_10m.tif"), join(folder, "labels_10m.tif"));
  execFileSync("gdal_translate", ["-q", "-b", "1", "-ot", "Float32", whole, join(folder, "site_DEM_20190610.tif")]);
  const landsat = "LC08_L2SP_199024_20190612_20200828_02_T1_QA_PIXEL.TIF";
  const place = "-outsize 20 20 -ot UInt16 -burn 21824 -a_srs EPSG:32631 -a_ullr 574680 5622440 575280 5621840";
  execFileSync("gdal_create", [...place.split(" "), join(folder, landsat)]);
  for (const name of ["tile.jp2", "more.zip", "S2A_MSIL2A.SAFE/T31UFS_B02_10m.jp2", "notes.txt", "cube.nc", "odd.xyz9"])
    writeFileSync(join(folder, name), "?");
  writeFileSync(join(folder, "broken_20190101.tif"), "no image");
  const { catalog, all } = await project();
  const { unused: looked } = await all["rasters.preview"]({ paths: [folder] });
  const { rasters, unused, warnings } = await all["rasters.import"]({ paths: [folder] });
  expect(rasters).toBe(2);
  // A mask is taken, and that it waits for its image is said.
  expect(warnings).toContainEqual({ code: "mask-alone", masks: 1, some: [landsat] });
  expect(unused.map(({ path, error }) => [relative(folder, path), error.code])).toEqual([
    ["S2A_MSIL2A.SAFE/T31UFS_B02_10m.jp2", "raster-unknown-format"],
    ["broken_20190101.tif", "raster-unknown-format"],
    ["cube.nc", "import-format"],
    ["labels_10m.tif", "import-class-raster"],
    ["more.zip", "archive-unreadable"],
    ["notes.txt", "import-format"],
    ["odd.xyz9", "import-format"],
    ["site_DEM_20190610.tif", "import-elevation"],
    ["tile.jp2", "raster-unknown-format"],
  ]);
  expect(unused.every(({ path, error }) => error.message.includes(path))).toBe(true);
  expect(looked.map(({ path }) => relative(folder, path))).toEqual(
    unused
      .filter(({ error }) => /^(import-format|archive-unreadable)$/.test(error.code!))
      .map(({ path }) => relative(folder, path)),
  );
  expect(
    catalog.acquisitions
      .list()
      .map(({ sensor }) => sensor)
      .sort(),
  ).toEqual(["landsat", "sentinel-2"]);
});

test("images are taken out by file, acquisition and date, and come back by undo", async () => {
  const { catalog, all } = await project();
  const june20 = source("S2_L2A_10m", "20190620T105703");
  await all["rasters.import"]({ paths: [...Object.values(halves), june20] });
  const before = dump(catalog);
  await all["rasters.remove"]({ paths: [halves["S2_L2A_10m west"]!] });
  // The mask and the 20 m bands of the west are still there, and the east feeds the network.
  expect(catalog.acquisitions.list()[0]!.pieces.map(({ files: own }) => own.length)).toEqual([3, 2]);
  catalog.edits.undo();
  expect(dump(catalog)).toEqual(before);
  await all["rasters.remove"]({ acquisitions: [`s2-${moment}`] });
  expect(catalog.acquisitions.list().map(({ date }) => date)).toEqual(["2019-06-20"]);
  expect(catalog.rasters.list().map(({ path }) => path)).toEqual([june20]);
  catalog.edits.undo();
  await all["rasters.remove"]({ dates: ["2019-06-20"], sensor: "sentinel-2" });
  expect(catalog.acquisitions.list().map(({ date }) => date)).toEqual(["2019-06-10"]);
  catalog.edits.undo();
  expect(dump(catalog)).toEqual(before);
  expect(await codeOf(all["rasters.remove"]({ acquisitions: ["s2-1999"] }))).toBe("acquisition-not-found");
  expect(await codeOf(all["rasters.remove"]({ paths: [join(files, "never.tif")] }))).toBe("raster-not-in-project");
});

test("a layer that is deleted in the window leaves as by rasters.remove: a copy moves up, missing files do no harm, undo brings all back", async () => {
  const { catalog, all } = await project();
  const twin = join(files, `S2_L2A_10m_${moment}_twin.tif`);
  cpSync(whole, twin);
  appendFileSync(twin, "other bytes");
  const lost = join(files, "S2_L2A_10m_20190620T105703.tif");
  cpSync(source("S2_L2A_10m", "20190620T105703"), lost);
  await all["rasters.import"]({ paths: [whole, twin, lost], duplicates: "keep" });
  const [first, second, ...rest] = catalog.acquisitions.list();
  expect(rest.map(({ date }) => date)).toEqual(["2019-06-20"]);
  expect(second!.id).toBe(`${first!.id}-2`);
  const before = dump(catalog);
  const edits = catalog.edits.list().length;
  rmSync(lost);

  await all["rasters.remove"]({ acquisitions: [first!.id] });
  const byService = dump(catalog);
  catalog.edits.undo();
  expect(dump(catalog)).toEqual(before);
  await all["layers.remove"]({ ids: [`acquisition:${first!.id}`] });
  expect(dump(catalog)).toEqual(byService);
  expect(catalog.acquisitions.list()[0]!.pieces).toEqual(second!.pieces);
  // The place that the copy took over has no "-2" any more, and the network reads it.
  expect(catalog.acquisitions.list().map(({ id }) => id)).not.toContain(second!.id);
  expect(catalog.modalities.list()[0]!.acquisitions).toContain(catalog.acquisitions.list()[0]!.id);
  expect(catalog.edits.list()).toHaveLength(edits + 1);
  catalog.edits.undo();
  expect(dump(catalog)).toEqual(before);

  // The one whose file is gone can be taken out too.
  await all["layers.remove"]({ ids: [`acquisition:${rest[0]!.id}`] });
  expect(catalog.acquisitions.list().map(({ id }) => id)).toEqual([first!.id, second!.id]);
  expect(await codeOf(all["layers.remove"]({ ids: [`acquisition:${rest[0]!.id}`] }))).toBe("layer-not-found");
});

test("a date that lacks bands in one place still gives the network pixels of the others", async () => {
  const { catalog, all } = await project();
  await all["rasters.import"]({ paths: [halves["S2_L2A_10m west"]!, halves["S2_L2A_20m west"]!, source("S2_L2A_10m", "20190620T105703"), source("S2_L2A_20m", "20190620T105703")] }); // biome-ignore format: a list
  const { warnings } = await all["rasters.import"]({ paths: [halves["S2_L2A_10m east"]!] });
  expect(warnings).toMatchObject([
    { code: "bands-awaited", bands: ["B05", "B06", "B07", "B8A", "B11", "B12"], modality: "s2" },
  ]);
  expect(catalog.modalities.list()).toMatchObject([{ name: "s2", acquisitions: [{}, {}] }]);
  expect(catalog.modalities.list()[0]!.bands).toHaveLength(10);
});

test("any order, split and repeat of imports of one set of files gives the same project, and undo takes each back", async () => {
  const set = [
    ...Object.values(halves),
    source("S2_L2A_10m", "20190620T105703"),
    source("S2_SCL_20m", "20190620T105703"),
    source("S1_GRD_ASC_20m", "20190610T173154"),
  ];
  const { catalog, all } = await project();
  await all["rasters.import"]({ paths: set });
  const expected = dump(catalog);
  const plans = fc.record({
    order: fc.shuffledSubarray(set, { minLength: set.length }),
    repeats: fc.array(fc.constantFrom(...set), { maxLength: 3 }),
    cuts: fc.array(fc.nat({ max: set.length }), { minLength: 1, maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(plans, async ({ order, repeats, cuts }) => {
      const made = await project();
      const sequence = [...order, ...repeats];
      const edges = [...new Set([0, ...cuts, sequence.length])].sort((p, q) => p - q);
      for (let i = 1; i < edges.length; i++)
        await made.all["rasters.import"]({ paths: sequence.slice(edges[i - 1], edges[i]) });
      expect(dump(made.catalog)).toEqual(expected);
      while (made.catalog.edits.next().undo) made.catalog.edits.undo();
      expect(dump(made.catalog)).toEqual({ rasters: [], acquisitions: [], modalities: [] });
    }),
    { numRuns: 12, seed: 20_261_121 },
  );
}, 120_000);
