import { statSync, utimesSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import type { Catalog } from "../../catalog/index.ts";
import { run, temporaryFolder } from "../../raster/testing/gdal.ts";
import { projectFolders } from "../projects/projects.ts";
import { readVectors, vectorFile } from "./vectors.ts";

const parcels = resolve(import.meta.dirname, "../../../resources/sample/flanders-crops-2019/parcels_wgs84.geojson");
const room = temporaryFolder();
const noSignal = new AbortController().signal;
let catalog: Catalog;
let layer: string;

beforeAll(async () => {
  const area = { crs: "EPSG:32631", bounds: { minX: 574680, minY: 5621800, maxX: 575320, maxY: 5622440 } };
  catalog = await projectFolders({ appVersion: "0.1.0" })["project.create"]({
    folder: room.file("project"),
    name: "V",
    area,
  });
  layer = `vector:${catalog.vectors.add({ path: parcels, layer: null, crs: null, name: "parcels" } as never)}`;
});
afterAll(() => {
  catalog.close();
  room.remove();
});

const ask = async (bounds: Bounds, resolution: number) => {
  const { text } = await readVectors(catalog, { layer, bounds, resolution, version: "" }, noSignal);
  return JSON.parse(text) as { more: boolean; features: { geometry: { coordinates: number[][][] } }[] };
};

test("a file in degrees lies where ogr2ogr puts it", { tags: ["gdal"] }, async () => {
  const moved = room.file("moved.geojson");
  run("ogr2ogr", ["-f", "GeoJSON", "-t_srs", "EPSG:32631", "-lco", "COORDINATE_PRECISION=4", moved, parcels]);
  const witness = JSON.parse(run("cat", [moved])) as { features: { geometry: { coordinates: never } }[] };
  const flat = (list: unknown): number[] => (list as unknown[]).flat(9) as number[];
  const { features } = await vectorFile(catalog, layer);
  expect(features.length).toBe(witness.features.length);
  features.forEach(({ geometry }, i) => {
    const own = flat((geometry as { coordinates: unknown }).coordinates);
    const other = flat(witness.features[i]!.geometry.coordinates);
    expect(own.length).toBe(other.length);
    own.forEach((value, k) => {
      expect(Math.abs(value - other[k]!)).toBeLessThan(0.01);
    });
  });
});

test("a view gets the shapes whose bounds reach into it, with fewer positions from afar", async () => {
  const bounds = { minX: 574700, minY: 5622300, maxX: 574800, maxY: 5622400 };
  const { features } = await vectorFile(catalog, layer);
  const inside = features.filter(
    ({ bounds: b }) => b.minX <= bounds.maxX && b.maxX >= bounds.minX && b.minY <= bounds.maxY && b.maxY >= bounds.minY,
  );
  const near = await ask(bounds, 0.1);
  expect(near.features.length).toBe(inside.length);
  expect(near.features.length).toBeLessThan(features.length);
  expect(near.more).toBe(false);
  const far = await ask(bounds, 200);
  expect(far.features.length).toBe(near.features.length);
  expect(JSON.stringify(far).length).toBeLessThan(JSON.stringify(near).length);
});

test("a file that changed is read again, one that is gone says so", async () => {
  const path = room.file("one.geojson");
  const point = (x: number) =>
    JSON.stringify({
      type: "FeatureCollection",
      features: [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [x, 50] } }],
    });
  writeFileSync(path, point(3));
  const id = `vector:${catalog.vectors.add({ path, layer: null, crs: null, name: "one" } as never)}`;
  const before = await vectorFile(catalog, id);
  expect(await vectorFile(catalog, id)).toBe(before);
  // UTM zone 31 has its middle at 3 degrees east: 500,000 metres.
  expect(before.bounds!.minX).toBeCloseTo(500000, 3);
  writeFileSync(path, point(3.5));
  utimesSync(path, new Date(), new Date(statSync(path).mtimeMs + 5000));
  expect((await vectorFile(catalog, id)).bounds!.minX).toBeGreaterThan(530000);
  await expect(vectorFile(catalog, "vector:99")).rejects.toMatchObject({ code: "layer-not-found" });
});
