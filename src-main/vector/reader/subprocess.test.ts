import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, afterEach, expect, test } from "vitest";
import type { AppError } from "../../../src-shared/errors/index.ts";
import { createCatalog } from "../../catalog/index.ts";
import { zipOf } from "../../files/index.ts";
import { services } from "../../services/services.ts";
import { readFeatures, suggestClasses, writeGeoPackage } from "../index.ts";
import { importLabels } from "../labels/label-import.ts";
import { eachFeatureInSubprocess, readInSubprocess, readingLimits } from "./subprocess.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-apart-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
// Folders of readers are counted here: those of other programs lie elsewhere.
process.env.TMPDIR = process.env.TMP = process.env.TEMP = room;
const usual = { ...readingLimits };
afterEach(() => void Object.assign(readingLimits, usual));

const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019/parcels.gpkg");
const [west, north] = [500_000, 5_650_000];
const grid = {
  geobox: { crs: "EPSG:32631", width: 100, height: 100, affine: { a: west, b: 10, c: 0, d: north, e: 0, f: -10 } },
  patchMeters: 10,
  tilePatches: 6,
};
const catalog = createCatalog(join(room, "project"), { name: "apart", grid }, { purpose: "a test", appVersion: "0" });
afterAll(() => catalog.close());
const all = services({
  catalog,
  appVersion: "0",
  announce: () => {},
  runJob: () => Promise.reject(new Error("no jobs")),
});

/** Squares in a GeoPackage, and a layer that is a view of them. */
function withView(name: string, select: string): string {
  const path = join(room, name);
  const square = (i: number) => {
    const [x, y] = [west + 20 * (i % 40), north - 20 * Math.floor(i / 40) - 20];
    return [[[x, y], [x + 20, y], [x + 20, y + 20], [x, y + 20], [x, y]] as [number, number][]]; // biome-ignore format: one ring
  };
  writeGeoPackage(path, {
    name: "plots",
    crs: "EPSG:32631",
    geometryType: "POLYGON",
    fields: [{ name: "class", type: "text" }],
    features: Array.from({ length: 300 }, (_, i) => ({
      properties: { class: i % 2 ? "wheat" : "maize" },
      geometry: { type: "Polygon" as const, coordinates: square(i) },
    })),
  });
  const database = new Database(path);
  const { column_name: column } = database.prepare("SELECT column_name FROM gpkg_geometry_columns").get() as { column_name: string }; // biome-ignore format: one line
  database.exec(`CREATE VIEW "joined" AS ${select.replaceAll("GEOM", `"${column}"`)}`);
  database.exec(
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('joined', 'features', 'joined', 32631)",
  );
  database.exec(`INSERT INTO gpkg_geometry_columns VALUES ('joined', '${column}', 'POLYGON', 32631, 0, 0)`);
  database.close();
  return path;
}

/** One shape, readable, with so many lists beside it. */
const nested = (lists: number, list = "[{}],"): string =>
  `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{"a":[${list.repeat(lists)}[]]}}]}`;

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: AppError) => error.code,
  );

const withoutRows =
  "SELECT a.GEOM, a.class FROM plots a, plots b, plots c, plots d, plots e WHERE a.class || b.class || c.class || d.class || e.class = 'x'";

test("a query without an end fails only its own request, while others are answered", async () => {
  // The query never returns a row, so code in the reading process could not stop it.
  const silent = withView("silent.gpkg", withoutRows);
  // Rows come for ever.
  const endless = withView("endless.gpkg", "SELECT a.GEOM, a.class FROM plots a, plots b, plots c, plots d, plots e");
  const ended: string[] = [];
  const bad = [
    all["labels.inspect"]({ path: silent, layer: "joined" }),
    all["labels.inspect"]({ path: endless, layer: "joined" }),
  ].map(async (work, i) => {
    const code = await codeOf(work);
    ended.push(`bad ${i}`);
    return code;
  });
  expect(await all["labels.list"]({})).toMatchObject({ labels: [] });
  ended.push("list");
  const good = await all["labels.inspect"]({ path: silent, layer: "plots" });
  expect(good).toMatchObject({ shapes: 300, polygons: 300, suggestedField: "class" });
  expect(await Promise.all(bad)).toEqual(["vector-too-costly", "vector-damaged"]);
  expect(ended[0]).toBe("list");
  await expect(all["labels.values"]({ path: silent, layer: "joined", field: "class" })).rejects.toMatchObject({
    code: "vector-too-costly",
    details: { path: silent, why: "time", limit: 1.5 },
  });
  // And the next file is read normally.
  expect(await all["labels.values"]({ path: silent, layer: "plots", field: "class" })).toHaveLength(2);
}, 120_000);

test("a JSON that grows beyond its memory fails only its own request", async () => {
  const bomb = join(room, "bomb.geojson");
  // Lists of two digits, as coordinates are: what they take in memory is known before they are held.
  writeFileSync(bomb, nested(1_200_000, "[1,2],"));
  Object.assign(readingLimits, { heap: 160, residentBeside: 0 });
  const [code, good] = await Promise.all([
    codeOf(all["labels.inspect"]({ path: bomb })),
    all["labels.inspect"]({ path: sample }),
  ]);
  expect([code, good.shapes]).toEqual(["vector-too-costly", [...readFeatures(sample).features].length]);
}, 120_000);

test("a small file that is only looked at has a smaller memory, of objects and in all", async () => {
  const bomb = join(room, "small-bomb.geojson");
  writeFileSync(bomb, nested(750_000));
  readingLimits.heapOfTiny = 64;
  await expect(all["labels.inspect"]({ path: bomb })).rejects.toMatchObject({
    code: "vector-too-costly",
    details: { path: bomb, why: "memory", limit: 64 },
  });
  readingLimits.heapOfTiny = 320;
  expect((await all["labels.inspect"]({ path: sample })).shapes).toBeGreaterThan(0);
  // Less than the smallest reading takes.
  Object.assign(readingLimits, { firstMemory: 1, residentOfTiny: 1 });
  const query = withView("held.gpkg", withoutRows);
  await expect(all["labels.inspect"]({ path: query, layer: "joined" })).rejects.toMatchObject({
    code: "vector-too-costly",
    details: { path: query, why: "memory", limit: 1 },
  });
}, 120_000);

test("a subprocess reads what this process reads, import and features in order", async () => {
  const layer = readFeatures(sample);
  const { name: field } = layer.fields.find(({ name }) => /class|crop/i.test(name))!;
  const source = { path: sample, options: {} };
  const table = suggestClasses(layer, field);
  expect(await readInSubprocess("suggest", { ...source, field, nameField: undefined })).toEqual(table);
  const { x, y } = { x: 570_000, y: 5_630_000 };
  const box = { crs: "EPSG:32631", width: 2000, height: 2000, affine: { a: x, b: 10, c: 0, d: y, e: 0, f: -10 } };
  const options = { field, table, grid: box };
  const here = importLabels(layer, options);
  const polygons: unknown[] = [];
  const there = await readInSubprocess(
    "import",
    { ...source, import: options },
    {
      part(items) {
        polygons.push(...items);
        return true;
      },
    },
  );
  expect(there.report).toEqual(here.report);
  expect(polygons).toEqual(here.polygons);
  const features: unknown[] = [];
  let fields: readonly unknown[] = [];
  await eachFeatureInSubprocess(
    sample,
    {},
    (head) => {
      fields = head.fields;
    },
    (feature) => {
      features.push(feature);
      return features.length < 700;
    },
  );
  expect(fields).toEqual(layer.fields);
  expect(features).toEqual([...layer.features].slice(0, 700));
}, 120_000);

test("a small file does not wait for large ones, and large ones wait for each other", async () => {
  const packed = join(room, "parcels.zip");
  writeFileSync(packed, zipOf([{ name: "parcels.geojson", bytes: readFileSync(sample.replace("parcels.gpkg", "parcels_wgs84.geojson")) }])); // biome-ignore format: one call
  let begun = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  // Three readings of an archive, held while their first part is dealt with: two of them begin.
  const large = [1, 2, 3].map(() =>
    readInSubprocess(
      "features",
      { path: packed, options: {} },
      {
        async part() {
          begun++;
          await held;
          return false;
        },
      },
    ),
  );
  await expect.poll(() => begun, { timeout: 60_000 }).toBe(2);
  const { count } = await readInSubprocess("facts", { path: sample, options: {} });
  expect(count).toBeGreaterThan(0);
  expect(begun).toBe(2);
  release();
  await Promise.all(large);
  expect(begun).toBe(3);
}, 120_000);

test("a refusal keeps its code and details, and a killed reader leaves no folder behind", async () => {
  const missing = join(room, "not there.gpkg");
  await expect(all["labels.inspect"]({ path: missing })).rejects.toMatchObject({
    code: "vector-missing",
    details: { path: missing },
  });
  const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("omnisat-reader-"));
  const before = new Set(folders());
  const silent = withView("again.gpkg", withoutRows);
  // Two at once: one of them needs a reader of its own.
  Object.assign(readingLimits, { whole: 1000, heap: 200 });
  expect(await codeOf(all["labels.inspect"]({ path: silent, layer: "joined" }))).toBe("vector-too-costly");
  await expect
    .poll(() => folders().filter((name) => !before.has(name) && existsSync(join(tmpdir(), name))))
    .toEqual([]);
}, 120_000);
