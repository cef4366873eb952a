import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { apply } from "../../../src-shared/geo/affine.ts";
import type { Catalog } from "../../catalog/index.ts";
import { PatchSet, patchesOfGeobox } from "../../cube/index.ts";
import { services } from "../services.ts";
import { projectFolders } from "./projects.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-limit-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const june = join(sample, "S2_L2A_10m", "S2_L2A_10m_20190610T105703.tif");
const [west, north] = [574_680, 5_622_440];
const projects = projectFolders({ appVersion: "test" });
const open = (catalog: Catalog) =>
  services({ catalog, appVersion: "test", announce: () => {}, runJob: () => Promise.reject(new Error("no jobs")) });

/** A GeoJSON file of polygons in the sample's metres from its upper-left corner, turned into degrees by GDAL. */
function polygonFile(name: string, polygons: readonly (readonly (readonly [number, number])[])[]): string {
  const plain = join(room, `plain-${name}`);
  const features = polygons.map((ring) => ({
    type: "Feature",
    properties: {},
    geometry: { type: "Polygon", coordinates: [[...ring, ring[0]!].map(([x, y]) => [west + x, north - y])] },
  }));
  writeFileSync(plain, JSON.stringify({ type: "FeatureCollection", features }));
  const to = join(room, name);
  execFileSync("ogr2ogr", ["-f", "GeoJSON", "-s_srs", "EPSG:32631", "-t_srs", "EPSG:4326", "-lco", "COORDINATE_PRECISION=12", to, plain]); // biome-ignore format: one call
  return to;
}

/** What Python with OGR prints of a script. */
const python = (script: string, ...args: string[]): string =>
  execFileSync("/usr/bin/python3", ["-c", script, ...args], { encoding: "utf8" }).trim();

const triangles = [
  [[33, 41], [217, 88], [64, 251]],
  [[9000, 12_000], [9405, 12_030], [9200, 12_333]],
] as const; // biome-ignore format: rings

test("a project of polygons ends at the patches they touch, those of gdal_rasterize, and keeps them", {
  tags: ["gdal"],
}, async () => {
  const file = polygonFile("two.geojson", triangles);
  const folder = join(room, "two");
  const made = await projects["project.create"]({ folder, area: { like: [june], within: [file], crs: "EPSG:32631" } });
  made.close();
  const catalog = await projects["project.open"]({ folder, purpose: "a test" });
  const { geobox, limit, patchMeters } = catalog.project.get().grid;
  const set = PatchSet.of(limit!);
  // Image and polygons are all places of the project; each patch once.
  expect(set.size).toBe(limit!.reduce((sum, { width, height }) => sum + width * height, 0));
  const area = patchesOfGeobox({ crs: geobox.crs, patchMeters }, geobox);
  expect(set.bounds).toEqual(area);
  const [left, top] = apply(geobox.affine, 0, 0);
  const [right, bottom] = apply(geobox.affine, geobox.width, geobox.height);
  const raster = join(room, "touched.tif");
  execFileSync("gdal_rasterize", ["-q", "-at", "-burn", "1", "-tr", "10", "10", "-te", ...[left, bottom, right, top].map(String), "-ot", "Byte", join(room, "plain-two.geojson"), raster]); // biome-ignore format: one call
  const witness = new Set(
    python(
      `
import sys
from osgeo import gdal
import numpy as np
a = gdal.Open(sys.argv[1]).ReadAsArray()
print(" ".join(f"{c},{r}" for r, c in np.argwhere(a == 1)))`,
      raster,
    ).split(" "),
  );
  expect(witness.size).toBeGreaterThan(700);
  const beside = { col: Math.round((left - west) / -10), row: 0, width: 64, height: 64 };
  const own = new Set<string>();
  for (const { col, row, width, height } of set.stretches())
    for (let y = row - area.row; y < row - area.row + height; y++)
      for (let x = col - area.col; x < col - area.col + width; x++)
        if (!(x >= beside.col && x < beside.col + 64 && y < 64)) own.add(`${x},${y}`);
  const apart = [...witness].filter((patch) => {
    const [x, y] = patch.split(",").map(Number) as [number, number];
    return !(x >= beside.col && x < beside.col + 64 && y < 64);
  });
  expect(own).toEqual(new Set(apart));
  catalog.close();
});

test("a box without polygons is no limit, and neither is a polygon that fills its box", {
  tags: ["gdal"],
}, async () => {
  const plain = await projects["project.create"]({ folder: join(room, "plain"), area: { like: june } });
  expect(plain.project.get().grid.limit).toBeUndefined();
  plain.close();
  const square = polygonFile("square.geojson", [[[5, 5], [635, 5], [635, 635], [5, 635]]]); // biome-ignore format: a ring
  const whole = await projects["project.create"]({
    folder: join(room, "square"),
    area: { like: [square], within: [square], crs: "EPSG:32631" },
  });
  expect(whole.project.get().grid).toMatchObject({ geobox: { width: 64, height: 64 } });
  expect(whole.project.get().grid.limit).toBeUndefined();
  whole.close();
});

test("images count within the polygons of the area alone, and labels within the places that images show: OGR's hectares", {
  tags: ["gdal"],
}, async () => {
  // Two images of 200 m, 440 m apart, in a box of 640 m.
  const images = [[0, 0], [44, 44]].map(([col, row], index) => {
    const to = join(room, `S2_L2A_10m_20190610T105703_${index}.tif`);
    execFileSync("gdal_translate", ["-q", "-srcwin", String(col), String(row), "20", "20", june, to]);
    return to;
  }); // biome-ignore format: one call
  const folder = join(room, "places");
  const catalog = await projects["project.create"]({ folder, area: { like: june } });
  const all = open(catalog);
  const classes = [{ code: 1, name: "wheat", color: "#edc948" }];
  await all["legends.create"]({ name: "crops", classes });
  const ring = [[-50, 37], [703, 95], [588, 690], [103, 173]].map(([x, y]) => [west + x!, north - y!] as [number, number]); // biome-ignore format: a ring
  await all["labels.add"]({ labels: [{ classCode: 1, coordinates: [[[...ring, ring[0]!]]] }] });
  const hectares = async () => {
    const { labels } = await all["labels.list"]({});
    const summary = await all["labels.summary"]({});
    expect(summary.classes[0]!.hectares).toBeCloseTo(summary.hectares, 12);
    expect(labels[0]!.hectares).toBeCloseTo(summary.hectares, 9);
    return summary.hectares;
  };
  const within = (...boxes: readonly (readonly [number, number, number, number])[]) =>
    Number(
      python(
        `
import json, sys
from osgeo import ogr
ring, boxes = json.loads(sys.argv[1])
def polygon(points):
    r = ogr.Geometry(ogr.wkbLinearRing)
    for p in points: r.AddPoint_2D(*p)
    g = ogr.Geometry(ogr.wkbPolygon); g.AddGeometry(r); return g
area = ogr.Geometry(ogr.wkbMultiPolygon)
for l, t, r, b in boxes: area = area.Union(polygon([(l, t), (r, t), (r, b), (l, b), (l, t)]))
print(polygon(ring + ring[:1]).Intersection(area).Area() / 10000)`,
        JSON.stringify([
          ring,
          boxes.map(([left, top, right, bottom]) => [west + left, north - top, west + right, north - bottom]),
        ]),
      ),
    );
  // Without images the project is its box.
  expect(await hectares()).toBeCloseTo(within([0, 0, 640, 640]), 6);
  await all["rasters.import"]({ paths: images });
  const places = within([0, 0, 200, 200], [440, 440, 640, 640]);
  expect(await hectares()).toBeCloseTo(places, 6);
  expect(places).toBeLessThan(0.5 * within([0, 0, 640, 640]));
  // Patches are counted there too, as GDAL finds their centres; a label beside every image is named.
  const shape = join(room, "ring.geojson");
  const [burnt, shown] = [join(room, "ring.tif"), join(room, "shown.tif")];
  writeFileSync(shape, JSON.stringify({ type: "Polygon", crs: { type: "name", properties: { name: "EPSG:32631" } }, coordinates: [[...ring, ring[0]]] })); // biome-ignore format: one call
  const corners = [west, north - 640, west + 640, north].map(String);
  execFileSync("gdal_rasterize", ["-q", "-burn", "1", "-tr", "10", "10", "-te", ...corners, "-ot", "Byte", shape, burnt]); // biome-ignore format: one call
  execFileSync("gdalwarp", ["-q", "-te", ...corners, "-tr", "10", "10", "-ot", "Byte", "-dstnodata", "0", ...images, shown]); // biome-ignore format: one call
  const centres = Number(python("import sys; from osgeo import gdal; a, b = [gdal.Open(p).ReadAsArray() for p in sys.argv[1:]]; print(((a == 1) & ((b[0] if b.ndim == 3 else b) > 0)).sum())", burnt, shown)); // biome-ignore format: one call
  expect(centres).toBeGreaterThan(100);
  const summary = await all["labels.summary"]({});
  expect(summary).toMatchObject({ patches: centres, outside: 0 });
  expect((await all["labels.list"]({})).labels.reduce((sum, one) => sum + one.patches, 0)).toBe(centres);
  const { classCode } = (await all["labels.list"]({})).labels[0]!;
  const square = [[300, 10], [360, 10], [360, 60], [300, 60], [300, 10]].map(([x, y]): [number, number] => [west + x!, north - y!]); // biome-ignore format: a ring
  await all["labels.add"]({ labels: [{ classCode, coordinates: [[square]] }] });
  expect(await all["labels.summary"]({})).toMatchObject({ labels: summary.labels + 1, patches: centres, outside: 1 });
  await all["edits.undo"]({});
  // Taken back, the box counts again.
  await all["edits.undo"]({});
  expect(await hectares()).toBeCloseTo(within([0, 0, 640, 640]), 6);
  catalog.close();

  // The same images in a project that ends at one polygon inside of the first.
  const file = polygonFile("inner.geojson", [[[20, 30], [80, 30], [80, 90], [20, 90]], [[500, 10], [540, 10], [540, 20], [500, 20]]]); // biome-ignore format: rings
  const ended = await projects["project.create"]({
    folder: join(room, "ended"),
    area: {
      crs: "EPSG:32631",
      bounds: { minX: west, minY: north - 640, maxX: west + 640, maxY: north },
      within: [file],
    },
  });
  await open(ended)["rasters.import"]({ paths: images });
  const { places: described } = await open(ended)["project.describe"]({});
  // 6 × 6 patches; of what the images show nothing lies in the second polygon.
  expect(described).toMatchObject({ count: 1 });
  expect(described!.squareKilometers).toBeCloseTo((6 * 6 * 100) / 1e6, 12);
  ended.close();
});

test("the area of a project can be changed: figures, places and layers follow, and every step can be undone", {
  tags: ["gdal"],
}, async () => {
  const folder = join(room, "changed");
  (await projects["project.create"]({ folder, area: { like: june } })).close();
  const catalog = await projects["project.open"]({ folder, purpose: "a test" });
  const all = open(catalog);
  await all["rasters.import"]({ paths: [june] });
  const square = async () => (await all["project.describe"]({})).places!.squareKilometers;
  const whole = {
    limited: false,
    patches: 4096,
    squareKilometers: 0.4096,
    boxPatches: 4096,
    boxSquareKilometers: 0.4096,
  };
  expect(await all["project.area"]({})).toEqual(whole);
  expect(await square()).toBeCloseTo(0.4096, 9);

  const file = polygonFile("one.geojson", [triangles[0]]);
  const raster = join(room, "one.tif");
  const box = [west, north - 640, west + 640, north].map(String);
  execFileSync("gdal_rasterize", ["-q", "-at", "-burn", "1", "-tr", "10", "10", "-te", ...box, "-ot", "Byte", join(room, "plain-one.geojson"), raster]); // biome-ignore format: one call
  const count = Number(
    python("import sys; from osgeo import gdal; print((gdal.Open(sys.argv[1]).ReadAsArray() == 1).sum())", raster),
  );
  const patches = (await all["project.setArea"]({ limit: { files: [file] } })).patches;
  expect(patches).toBe(count);
  expect(await square()).toBeCloseTo(count / 1e4, 9);
  const limitLayer = async () => (await all["layers.list"]({})).find(({ id }) => id === "limit");
  expect((await limitLayer())?.bounds).toEqual({
    minX: west + 30,
    maxX: west + 220,
    minY: north - 260,
    maxY: north - 40,
  });

  // Drawn: two of its patches lie beyond the box.
  const outline = [[west + 600, north - 10], [west + 660, north - 10], [west + 660, north - 40], [west + 600, north - 40]].map(([x, y]) => [x!, y!] as [number, number]); // biome-ignore format: a ring
  expect(await all["project.setArea"]({ limit: { outline: [outline] } })).toMatchObject({ patches: 12, beyond: true });
  await all["project.rename"]({ name: "Another" });
  await expect(all["project.setArea"]({ limit: { outline: [outline.map(([x, y]) => [x + 5000, y] as [number, number])] } })).rejects.toMatchObject({ code: "project-area-empty" }); // biome-ignore format: one call
  expect(await all["project.setArea"]({ limit: null })).toEqual({ ...whole, beyond: false });
  expect(await limitLayer()).toBeUndefined();

  const undo = async () => (await all["edits.undo"]({}))?.name.key;
  expect([await undo(), (await all["project.area"]({})).patches]).toEqual(["project.wholeArea", 12]);
  expect([await undo(), catalog.project.get().name]).toEqual(["project.rename", "changed"]);
  expect([await undo(), (await all["project.area"]({})).patches]).toEqual(["project.setArea", count]);
  expect(await square()).toBeCloseTo(count / 1e4, 9);
  expect([await undo(), await all["project.area"]({})]).toEqual(["project.setArea", whole]);
  await all["edits.redo"]({});
  expect((await all["project.area"]({})).patches).toBe(count);
  catalog.close();
  const again = await projects["project.open"]({ folder, purpose: "a test", readOnly: true });
  expect((await open(again)["project.area"]({})).patches).toBe(count);
  again.close();
});
