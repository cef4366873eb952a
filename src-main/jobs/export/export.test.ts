import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ExportSpec } from "../../../src-shared/domain/job.ts";
import { confidenceScale, noShare } from "../../../src-shared/domain/stored-shares.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { createCog } from "../../raster/index.ts";
import { cogComplaints } from "../../raster/testing/gdal.ts";
import { compareMaps } from "../compare.ts";
import { writeClassMap } from "../fixtures/class-map.ts";
import { gdalBands } from "../fixtures/gdal.ts";
import { quiet } from "../fixtures/sample.ts";
import { exportMap } from "./index.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-export-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

const legend = [
  { code: 1, name: "maize", color: "#ffcc00" },
  { code: 2, name: "prairie & forêt", color: "#00aa44" },
  { code: 5, name: "beet", color: "#aa0088" },
];
const geobox = { crs: "EPSG:32631", affine: northUp(574_680, 5_622_440, 10, 10), width: 90, height: 60 };
const classOf = (col: number, row: number): number => {
  if (col < 4) return 0;
  if ((col * 13 + row * 29) % 41 === 0) return 5;
  return Math.sin(col / 9) + Math.cos(row / 7) > 0 ? 1 : 2;
};
let files: { readonly classPath: string; readonly confidencePath: string };
beforeAll(async () => {
  files = await writeClassMap(join(room, "map"), geobox, legend, classOf);
});

const common = { kind: "export", seed: 0, provider: "cpu", resume: false, appVersion: "test", folder: room } as const;
const raster = (outputPath: string, more: object): ExportSpec => ({
  ...common,
  outputPath,
  task: {
    what: "raster",
    from: files.classPath,
    legend,
    title: "map",
    codes: null,
    bounds: null,
    crs: null,
    resolution: null,
    ...more,
  },
});
const polygons = (outputPath: string, more: object): ExportSpec => ({
  ...common,
  outputPath,
  task: {
    what: "polygons",
    ...files,
    legend,
    format: "gpkg",
    layer: "crops",
    minimumPixels: 0,
    smoothing: 0,
    codes: null,
    bounds: null,
    ...more,
  },
});
const json = (command: string, ...args: string[]) => JSON.parse(execFileSync(command, args, { encoding: "utf8" }));

test("a whole map comes out pixel by pixel, a valid COG with colours, names and styles", {
  tags: ["gdal"],
}, async () => {
  const to = join(room, "whole.tif");
  const { paths } = await exportMap(raster(to, {}), quiet);
  expect(cogComplaints(to)).toBe("");
  expect(gdalBands(to)).toEqual(gdalBands(files.classPath));
  expect(paths.map((path) => path.slice(room.length + 1)).sort()).toEqual([
    "whole.qml",
    "whole.sld",
    "whole.tif",
    "whole.tif.aux.xml",
  ]);
  const band = json("gdalinfo", "-json", to).bands[0];
  expect(band.colorTable.entries[2]).toEqual([0, 170, 68, 255]);
  expect(execFileSync("gdalinfo", [to], { encoding: "utf8" })).toMatch(/prairie & forêt/);
});

test("a part in another system with fewer classes is what gdalwarp makes of it", { tags: ["gdal"] }, async () => {
  const bounds = { minX: 574_900, minY: 5_622_000, maxX: 575_400, maxY: 5_622_300 };
  const to = join(room, "part.tif");
  await exportMap(raster(to, { bounds, crs: "EPSG:3035", resolution: 10, codes: [1, 2] }), quiet);
  const info = json("gdalinfo", "-json", to);
  expect(info.stac?.["proj:epsg"] ?? info.coordinateSystem.wkt).toSatisfy(
    (crs: unknown) => crs === 3035 || String(crs).includes("3035"),
  );
  const [left, top] = info.cornerCoordinates.upperLeft;
  const [right, bottom] = info.cornerCoordinates.lowerRight;
  const witness = join(room, "witness.tif");
  execFileSync("gdalwarp", ["-q", "-t_srs", "EPSG:3035", "-te", ...[left, bottom, right, top].map(String), "-tr", "10", "10", "-r", "near", files.classPath, witness]); // biome-ignore format: a command line
  const theirs = gdalBands(witness)[0]!.map((value) => (value === 5 ? 0 : value));
  const own = gdalBands(to)[0]!;
  const different = own.filter((value, i) => value !== theirs[i]).length;
  expect(different / own.length).toBeLessThan(0.002);
  expect(own.filter((value) => value > 0).length).toBeGreaterThan(1000);
});

test("polygons carry class, confidence and hectares; OGR reads them, GEOS finds them valid, areas add up to the pixels", {
  tags: ["gdal"],
}, async () => {
  const to = join(room, "crops.gpkg");
  const { polygons: count } = await exportMap(polygons(to, { smoothing: 2 }), quiet);
  const sql = (text: string) =>
    execFileSync("ogr2ogr", ["-f", "CSV", "/vsistdout/", to, "-dialect", "SQLite", "-sql", text], { encoding: "utf8" }).trim().split("\n").at(-1)!.replaceAll('"', ""); // biome-ignore format: one call
  const geometry = "geom";
  expect(sql(`SELECT count(*) FROM crops`)).toBe(String(count));
  expect(sql(`SELECT min(ST_IsValid(${geometry})) FROM crops`)).toBe("1");
  // Every pixel but the four empty columns; the cut corners move only borders between classes and the one to nothing.
  const hectares = Number(sql("SELECT sum(area_ha) FROM crops"));
  expect(Math.abs(hectares - (86 * 60) / 100)).toBeLessThan(0.02);
  expect(sql("SELECT sum(pixels) FROM crops")).toBe(String(86 * 60));
  expect(sql("SELECT class FROM crops WHERE code = 2 LIMIT 1")).toMatch(/prairie & forêt/);
  expect(sql("SELECT styleName || useAsDefault FROM layer_styles")).toMatch(/crops1|1$/);
  const mean = gdalBands(files.confidencePath)[0]!.filter((value) => value !== 255);
  const weighted = Number(sql("SELECT sum(confidence * pixels) / sum(pixels) FROM crops"));
  expect(Math.abs(weighted - mean.reduce((sum, value) => sum + value, 0) / mean.length)).toBeLessThan(0.05);
  expect(readdirSync(room).filter((name) => /part(ial)?$/.test(name))).toEqual([]);
});

test("class and layer names with markup stay text in every file: GeoPackage, its styles, QML, SLD, the raster's categories", {
  tags: ["gdal"],
}, async () => {
  const name = `<script>alert("1")</script> & 'x' ]]> <!-- %s "; DROP TABLE crops; --`;
  const marked = legend.map((entry) => (entry.code === 1 ? { ...entry, name } : entry));
  // Every element with its attributes and text, as expat reads them; a document that is not well formed ends Python.
  const program = `
import json, sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
tags = sorted({e.tag.split("}")[-1] for e in root.iter()})
texts = [t for e in root.iter() for t in [e.text or "", *e.attrib.values()]]
json.dump([tags, texts], sys.stdout)`;
  const read = (xml: string) =>
    JSON.parse(execFileSync("/usr/bin/python3", ["-c", program], { input: xml, encoding: "utf8" })) as [
      string[],
      string[],
    ];
  const holdsName = (xml: string, where: string) => {
    const [tags, texts] = read(xml);
    expect(tags, where).not.toContain("script");
    expect(texts.filter((text) => text.includes(name)).length, where).toBeGreaterThan(0);
  };

  const to = join(room, "marked.gpkg");
  await exportMap(polygons(to, { legend: marked, layer: `a "b" <i>` }), quiet);
  const { name: layer, features } = json("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", to, `a "b" <i>`);
  expect(layer).toBe(`a "b" <i>`);
  const names = features.map(({ properties }: { properties: { class: string } }) => properties.class);
  expect(new Set(names)).toEqual(new Set(marked.map((entry) => entry.name)));
  const style = (column: string) =>
    execFileSync("/usr/bin/python3", ["-c", "import sqlite3, sys; sys.stdout.write(sqlite3.connect(sys.argv[1]).execute(f'SELECT {sys.argv[2]} FROM layer_styles').fetchone()[0])", to, column], { encoding: "utf8" }); // biome-ignore format: one call
  for (const column of ["styleQML", "styleSLD"]) holdsName(style(column), column);

  const image = join(room, "marked.tif");
  const map = await writeClassMap(join(room, "marked-map"), geobox, marked, classOf);
  const { paths } = await exportMap(raster(image, { from: map.classPath, legend: marked, title: name }), quiet);
  for (const path of paths.filter((each) => /\.(qml|sld)$/.test(each))) holdsName(readFileSync(path, "utf8"), path);
  expect(json("gdalinfo", "-json", image).bands[0].categories ?? []).toEqual(expect.arrayContaining([name]));
});

test("specks below the smallest area go to their neighbours, in GeoJSON and in a Shapefile alike", {
  tags: ["gdal"],
}, async () => {
  const counts = ["geojson", "shp"].map(async (format) => {
    const to = join(room, `sieved.${format}`);
    const { polygons: count } = await exportMap(polygons(to, { format, minimumPixels: 9 }), quiet);
    const summary = execFileSync("ogrinfo", ["-so", "-al", to], { encoding: "utf8" });
    expect(summary).toContain(`Feature Count: ${count}`);
    expect(summary).toMatch(format === "shp" ? /UTM zone 31N/ : /WGS 84/);
    const smallest = execFileSync("ogr2ogr", ["-f", "CSV", "/vsistdout/", to, "-sql", `SELECT pixels, class FROM ${format === "shp" ? "sieved" : "crops"} ORDER BY pixels`], { encoding: "utf8" }); // biome-ignore format: one call
    expect(Number(smallest.split("\n")[1]!.split(",")[0]!.replaceAll('"', ""))).toBeGreaterThanOrEqual(9);
    expect(smallest).toMatch(/prairie & forêt/);
    return count;
  });
  const [geojson, shp] = await Promise.all(counts);
  expect(geojson).toBe(shp);
});

test("codes of the labels' source go along in every format, and no empty column where there are none", {
  tags: ["gdal"],
}, async () => {
  const coded = legend.map((one) => (one.code === 2 ? { ...one, source: "1110, 1120" } : one));
  for (const [format, column] of [
    ["gpkg", "source_code"],
    ["geojson", "source_code"],
    ["shp", "source_cod"], // a Shapefile's names have ten letters
  ] as const) {
    const layer = format === "shp" ? "coded" : "crops";
    const to = join(room, `coded.${format}`);
    await exportMap(polygons(to, { format, legend: coded, minimumPixels: 9 }), quiet);
    const rows = execFileSync("ogr2ogr", ["-f", "CSV", "/vsistdout/", to, layer, "-select", `code,${column}`], {
      encoding: "utf8",
    });
    const lines = rows.replaceAll('"', "").trim().split("\n").slice(1);
    expect(new Set(lines)).toEqual(new Set(["1,1", "2,1110, 1120"]));
  }
  const plain = join(room, "plain.geojson");
  await exportMap(polygons(plain, { format: "geojson", minimumPixels: 9 }), quiet);
  expect(execFileSync("ogrinfo", ["-so", "-al", plain], { encoding: "utf8" })).not.toContain("source_code");
});

test("an export that is stopped leaves nothing, and one of nothing is a sentence", async () => {
  const stop = new AbortController();
  stop.abort(new Error("stopped"));
  await expect(exportMap(polygons(join(room, "no.gpkg"), {}), { ...quiet, signal: stop.signal })).rejects.toThrow(
    "stopped",
  );
  await expect(
    exportMap(raster(join(room, "no.tif"), { bounds: { minX: 0, minY: 0, maxX: 1, maxY: 1 } }), quiet),
  ).rejects.toMatchObject({ code: "nothing-to-export" });
  await expect(exportMap(polygons(join(room, "nowhere/no.gpkg"), {}), quiet)).rejects.toMatchObject({
    code: "export-unwritable",
  });
  for (const name of ["no.gpkg", "no.tif"]) expect(existsSync(join(room, name))).toBe(false);
});

test("the change matrix and the difference layer of two overlapping maps are numpy's", { tags: ["gdal"] }, async () => {
  const later = { ...geobox, affine: northUp(574_680 + 200, 5_622_440 - 100, 10, 10), width: 80 };
  // Another model: the same classes under other codes, one new and one gone.
  const names = [
    { code: 3, name: "Maize", color: "#ffcc00" },
    { code: 7, name: "prairie & forêt", color: "#00aa44" },
    { code: 9, name: "bare", color: "#999999" },
  ];
  const laterOf = (col: number, row: number) => (row > 55 ? 0 : [3, 7, 9][Math.floor((col + row * 2) / 11) % 3]!);
  const second = await writeClassMap(join(room, "later"), later, names, laterOf);
  const result = await compareMaps(
    {
      ...common,
      kind: "compare",
      baseName: "change",
      from: { id: 1, name: "2019", classPath: files.classPath, legend },
      to: { id: 2, name: "2020", classPath: second.classPath, legend: names },
    },
    quiet,
  );
  expect(result.area).toMatchObject({ width: 70, height: 50 });
  expect(cogComplaints(result.path)).toBe("");
  const own = gdalBands(result.path)[0]!;
  const script = `
import json, sys
import numpy as np
a, b, d = (np.array(x) for x in json.load(sys.stdin))
a = a.reshape(60, 90)[10:60, 20:90].ravel(); b = b.reshape(60, 80)[0:50, 0:70].ravel()
m = [[int(((a == p) & (b == q)).sum()) for q in (3, 7, 9)] for p in (1, 2, 5)]
pairs = {}
for p, q, v in zip(a.tolist(), b.tolist(), d.tolist()):
    pairs.setdefault(v, set()).add((p, q))
json.dump([m, int(((a > 0) & (b == 0)).sum()), int(((a == 0) & (b > 0)).sum()), {str(k): sorted(map(list, v)) for k, v in pairs.items()}], sys.stdout)`;
  const input = JSON.stringify([gdalBands(files.classPath)[0], gdalBands(second.classPath)[0], own]);
  const [matrix, onlyFrom, onlyTo, pairs] = JSON.parse(execFileSync("/usr/bin/python3", ["-c", script], { input, encoding: "utf8" })); // biome-ignore format: one call
  expect(result.counts).toEqual(matrix);
  expect([result.onlyFrom, result.onlyTo]).toEqual([onlyFrom, onlyTo]);
  expect(result.squareMetersPerPixel).toBe(100);
  expect(pairs["1"]).toEqual([[1, 3], [2, 7]]); // biome-ignore format: pairs
  for (const { code, from, to, pixels } of result.classes.slice(1)) {
    expect(pairs[String(code)]).toEqual([[from, to]]);
    expect(own.filter((value) => value === code)).toHaveLength(pixels);
  }
  const apart = { ...geobox, affine: northUp(600_000, 5_622_440, 10, 10) };
  const far = await writeClassMap(join(room, "far"), apart, legend, classOf);
  const spec = { ...common, kind: "compare", baseName: "x", from: { id: 1, name: "a", classPath: files.classPath, legend }, to: { id: 2, name: "b", classPath: far.classPath, legend } } as const; // biome-ignore format: one spec
  await expect(compareMaps(spec, quiet)).rejects.toMatchObject({ code: "maps-apart" });
});

test("confidence in shares of ten thousand keeps its digits: in an exported raster with its scale, in the mean of polygons", {
  tags: ["gdal"],
}, async () => {
  // The left half is 12.34 %, the right half 99.99 %.
  const whole = { ...geobox, width: 20, height: 10 };
  const half = (col: number) => (col < 10 ? 1 : 2);
  const { classPath } = await writeClassMap(join(room, "fine"), whole, legend, half);
  const confidencePath = join(room, "fine_shares.tif");
  await createCog(
    confidencePath,
    { geobox: whole, bandCount: 1, dataType: "uint16", nodata: noShare, scale: confidenceScale, overviewMethod: "average", metadata: { WARNING: "Do not rely on this map." } },
    async (window) => [Uint16Array.from({ length: window.width * window.height }, (_, i) => (half(window.col + (i % window.width)) === 1 ? 1234 : 9999))],
  ); // biome-ignore format: one call
  const to = join(room, "fine_export.tif");
  await exportMap(raster(to, { from: confidencePath, legend: null }), quiet);
  const info = json("gdalinfo", "-json", to);
  expect(info.bands[0]).toMatchObject({ type: "UInt16", scale: 0.01, noDataValue: noShare });
  expect(info.metadata[""].WARNING).toBe("Do not rely on this map.");
  const style = readFileSync(to.replace(/tif$/, "qml"), "utf8");
  expect(style).toContain('maximumValue="100"');
  expect(style).toContain("Do not rely on this map.");
  const vector = join(room, "fine.gpkg");
  await exportMap(polygons(vector, { classPath, confidencePath, layer: "fine" }), quiet);
  const rows = execFileSync("ogr2ogr", ["-f", "CSV", "/vsistdout/", vector, "-sql", "SELECT code, confidence FROM fine ORDER BY code"], { encoding: "utf8" }); // biome-ignore format: one call
  expect(rows.replaceAll('"', "").trim().split(/\r?\n/).slice(1)).toEqual(["1,12.34", "2,99.99"]);
});
