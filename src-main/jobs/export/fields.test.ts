import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ExportSpec } from "../../../src-shared/domain/job.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { writeClassMap } from "../fixtures/class-map.ts";
import { gdalBands } from "../fixtures/gdal.ts";
import { quiet } from "../fixtures/sample.ts";
import { exportMap } from "./index.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-fields-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

const legend = [
  { code: 1, name: "maize", color: "#ffcc00" },
  { code: 2, name: "prairie", color: "#00aa44" },
  { code: 5, name: "beet", color: "#aa0088" },
];
const geobox = { crs: "EPSG:32631", affine: northUp(574_680, 5_622_440, 10, 10), width: 90, height: 60 };
/** Patches of classes with single pixels of others in them; the first columns have no class. */
const classOf = (col: number, row: number): number => {
  if (col < 4) return 0;
  if ((col * 13 + row * 29) % 17 === 0) return 5;
  return Math.sin(col / 9) + Math.cos(row / 7) > 0 ? 1 : 2;
};
let files: { readonly classPath: string; readonly confidencePath: string };
const [left, top] = [574_680, 5_622_440];
/** Fields with slanted sides, one smaller than a pixel, one beside the map, one without a class. */
const rings: [number, number][][] = [
  [[105, -33], [388, -71], [352, -290], [87, -251], [105, -33]],
  [[402, -62], [801, -44], [777, -404], [415, -388], [402, -62]],
  [[61, -402], [222, -311], [301, -555], [77, -590], [61, -402]],
  [[503.2, -453.1], [504.8, -453.1], [504.8, -451.6], [503.2, -453.1]],
  [[2000, -100], [2100, -100], [2100, -200], [2000, -100]],
  [[3, -3], [31, -7], [28, -300], [2, -290], [3, -3]],
]; // biome-ignore format: one field per line
const fieldsPath = join(room, "parcels.geojson");
const farPath = join(mkdtempSync(join(room, "far-")), "parcels.geojson");

beforeAll(async () => {
  files = await writeClassMap(join(room, "map"), geobox, legend, classOf);
  const features = rings.map((ring, n) => ({
    type: "Feature",
    properties: { parcel: `p${n}`, map_code: n * 10 },
    geometry: { type: "Polygon", coordinates: [ring.map(([x, y]) => [left + x, top + y])] },
  }));
  const crs = { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::32631" } };
  writeFileSync(fieldsPath, JSON.stringify({ type: "FeatureCollection", crs, features }));
});

const common = { kind: "export", seed: 0, provider: "cpu", resume: false, appVersion: "test", folder: room } as const;
const spec = (outputPath: string, path = fieldsPath): ExportSpec => ({
  ...common,
  outputPath,
  task: {
    what: "fields",
    ...files,
    probabilitiesPath: null,
    legend,
    fieldsPath: path,
    fieldsLayer: "parcels",
    fieldsCrs: "EPSG:32631",
    features: rings.length,
    title: "map",
  },
});

test("class, share, confidence and hectares of each field are those that gdal_rasterize and numpy give", {
  tags: ["gdal"],
}, async () => {
  const path = join(room, "fields.gpkg");
  const { paths, polygons } = await exportMap(spec(path), quiet);
  expect([paths, polygons]).toEqual([[path, join(room, "fields.csv")], 6]);
  const script = `
import json, sys
import numpy as np
from osgeo import gdal, ogr
gdal.UseExceptions()
c, k, p, out = sys.argv[1:]
classes = gdal.Open(c); a = classes.ReadAsArray(); conf = gdal.Open(k).ReadAsArray().astype(float)
found = []
source = ogr.Open(p); layer = source.GetLayer()
for f in layer:
    memory = gdal.GetDriverByName("MEM").Create("", a.shape[1], a.shape[0]); memory.SetGeoTransform(classes.GetGeoTransform()); memory.SetProjection(classes.GetProjection())
    v = ogr.GetDriverByName("Memory").CreateDataSource(""); l = v.CreateLayer("x", layer.GetSpatialRef()); g = ogr.Feature(l.GetLayerDefn()); g.SetGeometry(f.GetGeometryRef().Clone()); l.CreateFeature(g)
    gdal.RasterizeLayer(memory, [1], l, burn_values=[1])
    m = (memory.ReadAsArray() == 1) & (a > 0)
    n = int(m.sum())
    if n == 0: found.append(None); continue
    values, counts = np.unique(a[m], return_counts=True)
    found.append([int(values[counts.argmax()]), round(100 * counts.max() / n, 2), round(conf[m].mean(), 2), n, f.GetGeometryRef().GetArea() / 1e4])
kept = ogr.Open(out); own = kept.GetLayer(0)
json.dump({"witness": found, "own": [json.loads(f.ExportToJson())["properties"] for f in own]}, sys.stdout)`;
  const words = ["-W", "ignore", "-c", script, files.classPath, files.confidencePath, fieldsPath, path];
  const { witness, own } = JSON.parse(execFileSync("/usr/bin/python3", words, { encoding: "utf8" }));
  expect(own).toHaveLength(6);
  // A field of 2 m²: the pixel that it lies in answers. Beside the map and where it has no class there is no answer.
  expect(own[3]).toMatchObject({ map_code_2: classOf(50, 45), map_pixels: 1, map_share: 100 });
  for (const n of [4, 5]) expect(own[n]).toMatchObject({ map_code_2: null, map_class: null, map_pixels: 0 });
  for (const n of [0, 1, 2]) {
    const [code, share, confidence, pixels, hectares] = witness[n];
    expect(own[n]).toMatchObject({ parcel: `p${n}`, map_code: n * 10, map_code_2: code, map_pixels: pixels });
    expect(own[n].map_class).toBe(legend.find((one) => one.code === code)!.name);
    expect(own[n].map_share).toBeCloseTo(share, 2);
    expect(own[n].map_confidence).toBeCloseTo(confidence, 1);
    // True hectares: the projection's scale here is below 0.9996 in length.
    expect(own[n].field_ha / hectares).toBeCloseTo(1, 2);
  }
  const lines = readFileSync(join(room, "fields.csv"), "utf8").split("\r\n");
  expect(lines[0]).toBe("field,parcel,map_code,map_code_2,map_class,map_share,map_confidence,field_ha,map_pixels");
  expect(lines).toHaveLength(8);
});

test("fields beside the map are one sentence, a stopped export ends, and neither leaves a file", async () => {
  writeFileSync(farPath, readFileSync(fieldsPath, "utf8").replaceAll("57", "67"));
  await expect(exportMap(spec(join(room, "far.gpkg"), farPath), quiet)).rejects.toMatchObject({
    code: "fields-apart-from-map",
  });
  const stop = new AbortController();
  stop.abort(new Error("stopped"));
  await expect(exportMap(spec(join(room, "stopped.gpkg")), { ...quiet, signal: stop.signal })).rejects.toThrow(
    "stopped",
  );
  expect(readdirSync(room).filter((name) => /^(far|stopped)\.(gpkg|csv)/.test(name) || name.includes(".part"))).toEqual(
    [],
  );
});

test("margins need no confidence, and what is no polygon is not counted as one", async () => {
  const { features, ...rest } = JSON.parse(readFileSync(fieldsPath, "utf8"));
  const point = { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [left + 200, top - 200] } };
  const mixed = join(mkdtempSync(join(room, "mixed-")), "parcels.geojson");
  writeFileSync(mixed, JSON.stringify({ ...rest, features: [point, features[0]] }));
  const path = join(room, "margins.gpkg");
  const { task, ...own } = spec(path, mixed);
  const shares = { confidencePath: null, probabilitiesPath: files.confidencePath };
  const { polygons } = await exportMap({ ...own, task: { ...task, ...shares } as typeof task }, quiet);
  expect(polygons).toBe(1);
  writeFileSync(mixed, JSON.stringify({ ...rest, features: [point] }));
  await expect(exportMap(spec(join(room, "none.gpkg"), mixed), quiet)).rejects.toMatchObject({ code: "vector-without-polygons" }); // biome-ignore format: one line
  const lines = readFileSync(join(room, "margins.csv"), "utf8").split("\r\n");
  expect(lines[0]).toMatch(/map_share,map_confidence,field_ha,map_pixels,map_margin$/);
  const [, , , , , , confidence, , , margin] = lines[1]!.split(",");
  expect(confidence).toBe("");
  expect(Number(margin)).toBeGreaterThan(0);
});

test("areas below the minimum mapping unit become what gdal_sieve makes of them", { tags: ["gdal"] }, async () => {
  const path = join(room, "sieved.tif");
  const task = { what: "raster", from: files.classPath, legend, title: "map", codes: null, bounds: null, crs: null, resolution: null, minimumPixels: 12 } as const; // biome-ignore format: one map
  await exportMap({ ...common, outputPath: path, task }, quiet);
  const script = `
import sys
from osgeo import gdal
gdal.UseExceptions()
source = gdal.Open(sys.argv[1])
out = gdal.GetDriverByName("GTiff").CreateCopy(sys.argv[2], gdal.GetDriverByName("MEM").CreateCopy("", source))
mask = source.GetRasterBand(1).GetMaskBand()
gdal.SieveFilter(source.GetRasterBand(1), mask, out.GetRasterBand(1), 12, 4)
out = None`;
  const witness = join(room, "witness.tif");
  execFileSync("/usr/bin/python3", ["-W", "ignore", "-c", script, files.classPath, witness]);
  const [own, other, before] = [path, witness, files.classPath].map((file) => Array.from(gdalBands(file)[0]!));
  expect(own).toEqual(other);
  expect(own!.filter((value, i) => value !== before![i]).length).toBeGreaterThan(200);
});
