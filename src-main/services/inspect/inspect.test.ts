import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bandsOfPiece, qualityOfPiece } from "../../../src-shared/eo/index.ts";
import type { Place, SeriesGroup } from "../../../src-shared/ipc/inspect.ts";
import { type Catalog, openCatalog } from "../../catalog/index.ts";
import { readFeatures } from "../../vector/index.ts";
import { alignmentService } from "../alignment/alignment.ts";
import type { Deps } from "../deps.ts";
import { editService } from "../edits.ts";
import { JobQueue } from "../jobs/jobs.ts";
import { resultHandlers } from "../jobs/result-handlers.ts";
import { projectFolders } from "../projects/projects.ts";
import { rasterService } from "../rasters/rasters.ts";
import { inspectService } from "./inspect.ts";

const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const room = mkdtempSync(join(tmpdir(), "omnisat-inspect-test-"));
const imagery = join(room, "imagery");
let catalog: Catalog;
const every = (deps: Deps) => ({
  ...rasterService(deps),
  ...inspectService(deps),
  ...alignmentService(deps, new JobQueue(deps, resultHandlers(deps))),
  ...editService(deps),
});
let all: ReturnType<typeof every>;
const told: { topic: string; what: unknown }[] = [];

beforeAll(async () => {
  mkdirSync(imagery);
  for (const folder of ["S2_L2A_10m", "S2_L2A_20m", "S2_SCL_20m", "S1_GRD_ASC_20m"])
    for (const name of readdirSync(join(sample, folder)).slice(40, 43))
      cpSync(join(sample, folder, name), join(imagery, name));
  const like = join(imagery, readdirSync(imagery).find((name) => name.startsWith("S2_L2A_10m"))!);
  const appVersion = "0.1.0";
  catalog = await projectFolders({ appVersion })["project.create"]({
    folder: join(room, "project"),
    name: "Flanders",
    area: { like },
  });
  all = every({
    catalog,
    appVersion,
    runJob: () => Promise.reject(new Error("no job here")),
    announce: (topic, what) => told.push({ topic, what }),
  });
  await all["rasters.import"]({ paths: [imagery] });
});
afterAll(() => {
  catalog.close();
  rmSync(room, { recursive: true, force: true });
});

const groupOf = (groups: readonly SeriesGroup[], sensor: string) => groups.find((group) => group.sensor === sensor)!;
const gdal = (...args: string[]) =>
  execFileSync(args[0]!, args.slice(1), { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
const python = (script: string, ...args: string[]) => gdal("/usr/bin/python3", "-c", script, ...args);

test("a point has what gdallocationinfo reads, scaled, with the scene class deciding what is clear", {
  tags: ["gdal"],
}, async () => {
  const [x, y] = [574_893.4, 5_622_105.9];
  const { places, problems } = await all["inspect.series"]({ places: [{ kind: "point", x, y }] });
  expect(problems).toEqual([]);
  const optical = groupOf(places[0]!.groups, "sentinel-2");
  expect(optical.variables.map(({ name }) => name)).toEqual(
    "B02 B03 B04 B05 B06 B07 B08 B8A B11 B12 NDVI EVI NDRE NDWI NDMI NBR".split(" "),
  );
  expect(optical.observations).toHaveLength(3);
  for (const { id, pieces } of catalog.acquisitions.list().slice(1, 5)) {
    const [bands, quality] = [bandsOfPiece(pieces[0]!), qualityOfPiece(pieces[0]!)];
    const group = places[0]!.groups.find(({ observations }) => observations.some((o) => o.acquisition === id))!;
    const observation = group.observations.find((o) => o.acquisition === id)!;
    // All bands of the file that holds the first one, in one call.
    const { path } = bands[0]!;
    const stored = gdal("gdallocationinfo", "-valonly", "-geoloc", path, String(x), String(y)).split(/\s+/).map(Number);
    for (const band of bands.filter((candidate) => candidate.path === path)) {
      const at = group.variables.findIndex(({ name }) => name === band.name);
      expect(observation.values[at]).toBeCloseTo(stored[band.bandIndex - 1]! * band.scale + band.offset, 5);
    }
    if (!quality) continue;
    const scl = Number(gdal("gdallocationinfo", "-valonly", "-geoloc", quality.path, String(x), String(y)));
    expect(observation.state).toBe([4, 5, 6, 7].includes(scl) ? "clear" : "masked");
  }
  const at = (name: string) => optical.variables.findIndex((variable) => variable.name === name);
  const [first] = optical.observations;
  const [nir, red] = [first!.values[at("B08")]!, first!.values[at("B04")]!];
  expect(first!.values[at("NDVI")]).toBeCloseTo((nir - red) / (nir + red), 9);
});

test("a polygon has the mean and spread that numpy finds under gdal_rasterize", { tags: ["gdal"] }, async () => {
  const { features } = readFeatures(join(sample, "parcels.gpkg"));
  const [parcel] = [...features].filter(({ geometry }) => geometry?.type === "Polygon");
  const rings = (parcel!.geometry as unknown as { coordinates: [number, number][][] }).coordinates;
  const place: Place = { kind: "polygon", coordinates: [rings] };
  const { places } = await all["inspect.series"]({ places: [place] });
  const outline = join(room, "outline.geojson");
  const crs = { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::32631" } };
  writeFileSync(
    outline,
    JSON.stringify({
      type: "FeatureCollection",
      crs,
      features: [{ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: rings } }],
    }),
  );
  const group = groupOf(places[0]!.groups, "sentinel-2");
  for (const observation of group.observations) {
    const [piece] = catalog.acquisitions.get(observation.acquisition)!.pieces;
    const [bands, quality] = [bandsOfPiece(piece!), qualityOfPiece(piece!)];
    const [fine, coarse] = [bands.find(({ name }) => name === "B08")!, bands.find(({ name }) => name === "B11")!];
    const { scale, offset } = fine;
    const script = `
import sys, json, numpy as np
from osgeo import gdal, ogr
fine, coarse, scl, outline, nir, swir, scale, offset = sys.argv[1:]
ds = gdal.Open(fine); m = gdal.GetDriverByName("MEM").Create("", ds.RasterXSize, ds.RasterYSize, 1)
m.SetGeoTransform(ds.GetGeoTransform()); m.SetProjection(ds.GetProjection())
v = ogr.Open(outline); l = v.GetLayer(); gdal.RasterizeLayer(m, [1], l, burn_values=[1])
inside = m.ReadAsArray() == 1
twice = lambda a: a.repeat(2, 0).repeat(2, 1)
b8 = ds.ReadAsArray()[int(nir) - 1] * float(scale) + float(offset)
b11 = twice(gdal.Open(coarse).ReadAsArray()[int(swir) - 1]) * float(scale) + float(offset)
q = twice(gdal.Open(scl).ReadAsArray())
clear = inside & np.isin(q, [4, 5, 6, 7])
use = clear if clear.sum() * 2 >= inside.sum() else inside
ndmi = (b8 - b11) / (b8 + b11)
print(json.dumps([int(use.sum()), clear.sum() / inside.sum()] + [float(f(a[use])) for a in (b8, b11, ndmi) for f in (np.mean, np.std)]))`;
    const files = [fine.path, coarse.path, quality!.path, outline];
    const numbers = [fine.bandIndex, coarse.bandIndex, scale, offset].map(String);
    const [count, share, ...expected] = JSON.parse(python(script, ...files, ...numbers)) as number[];
    expect([observation.count, observation.clearShare]).toEqual([count, share]);
    const found = ["B08", "B11", "NDMI"].flatMap((name) => {
      const at = group.variables.findIndex((variable) => variable.name === name);
      return [observation.values[at]!, observation.deviations![at]!];
    });
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  }
});

test("a corrected position reads the pixels where they lie now", async () => {
  const { id } = catalog.acquisitions.list().find(({ sensor }) => sensor === "sentinel-2")!;
  const at = async (x: number, y: number) => {
    const { places } = await all["inspect.series"]({ places: [{ kind: "point", x, y }] });
    return groupOf(places[0]!.groups, "sentinel-2").observations.find(({ acquisition }) => acquisition === id)!.values;
  };
  const before = await at(574_905, 5_622_105);
  await all["alignment.setShift"]({ shifts: [{ id, shift: { dx: 30, dy: -20 } }] });
  expect(await at(574_935, 5_622_085)).toEqual(before);
  await all["edits.undo"]({});
  expect(await at(574_905, 5_622_105)).toEqual(before);
  expect(catalog.acquisitions.get(id)!.shift).toBeUndefined();
});

test("outside of every image there is nothing, and no error", async () => {
  const { places, problems } = await all["inspect.series"]({ places: [{ kind: "point", x: 0, y: 0 }] });
  expect(problems).toEqual([]);
  expect(new Set(places[0]!.groups.flatMap(({ observations }) => observations.map(({ state }) => state)))).toEqual(
    new Set(["none"]),
  );
});

test("the table has a row per place and date, units in its head, and replaces no file unasked", {
  tags: ["gdal"],
}, async () => {
  const to = join(room, "series.csv");
  const square: [number, number][] = [
    [574_800, 5_622_200],
    [574_860, 5_622_200],
    [574_860, 5_622_140],
    [574_800, 5_622_140],
    [574_800, 5_622_200],
  ];
  const places = [
    { name: 'Pin 1, "north"', place: { kind: "point" as const, x: 574_805, y: 5_622_195 } },
    { name: "=Field", place: { kind: "polygon" as const, coordinates: [[square]] } },
  ];
  expect((await all["inspect.exportSeries"]({ to, places })).rows).toBe(12);
  const read = `
import csv, sys, json
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
print(json.dumps([len(rows), list(rows[0])[:12], rows[0]["place"], rows[-1]["place"], rows[0]["B08 (reflectance)"], sorted({r["pixels"] for r in rows if r["kind"] == "polygon" and r["sensor"] == "sentinel-1"})]))`;
  const [rows, head, first, last, nir, pixels] = JSON.parse(python(read, to)) as [
    number,
    string[],
    string,
    string,
    string,
    string[],
  ];
  expect(rows).toBe(12);
  expect(head).toContain("x (EPSG:32631)");
  expect([first, last, pixels]).toEqual(['Pin 1, "north"', "'=Field", ["9"]]);
  const { places: series } = await all["inspect.series"]({ places: [places[0]!.place] });
  const group = groupOf(series[0]!.groups, "sentinel-2");
  const at = group.variables.findIndex(({ name }) => name === "B08");
  expect(Number(nir)).toBeCloseTo(group.observations[0]!.values[at]!, 6);
  await expect(all["inspect.exportSeries"]({ to, places })).rejects.toMatchObject({ code: "file-exists" });
  expect(readFileSync(to, "utf8").startsWith("place,kind,")).toBe(true);
});

test("work that was named tells how far it is and can be stopped", async () => {
  const token = "click-1";
  const whole = all["inspect.series"]({ places: [{ kind: "point", x: 574_905, y: 5_622_105 }], token });
  await whole;
  expect(
    told.filter(({ topic, what }) => topic === "work" && (what as { name: string }).name === token).length,
  ).toBeGreaterThan(0);
  const stopped = all["inspect.series"]({ places: [{ kind: "point", x: 574_905, y: 5_622_105 }], token });
  await all["inspect.stop"]({ token });
  await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
});

test("clouds over the area are those that numpy counts, and are kept with the project", {
  tags: ["gdal"],
}, async () => {
  const shares = await all["timeline.clouds"]({});
  const entries = await all["timeline.list"]({});
  expect(entries).toHaveLength(6);
  expect(shares).toHaveLength(entries.filter(({ hasQuality }) => hasQuality).length);
  for (const { id, cloud, data } of shares) {
    const { path } = qualityOfPiece(catalog.acquisitions.get(id)!.pieces[0]!)!;
    const script = `
import sys, json, numpy as np
from osgeo import gdal
q = gdal.Open(sys.argv[1]).ReadAsArray()
print(json.dumps([float(np.isin(q, [3, 8, 9, 10]).sum() / (q != 0).sum()), float((q != 0).mean())]))`;
    expect([cloud, data]).toEqual(JSON.parse(python(script, path)));
  }
  const kept = await openCatalog(catalog.folder, { appVersion: "0.1.0", purpose: "a look", readOnly: true });
  expect(Object.keys(kept.view.get("cloud-shares") as object)).toHaveLength(shares.length);
  kept.close();
});
