import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { bandsOfPiece, qualityOfPiece } from "../../src-shared/eo/index.ts";
import { openCatalog, projectFileName } from "./index.ts";
import { applicationId, migrations } from "./migrations.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-migrations-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

/** A project as the release before the mosaics wrote it: format 4. */
function oldProject(name: string): string {
  const folder = join(room, name);
  for (const part of ["models", "maps", "runs"]) mkdirSync(join(folder, part), { recursive: true });
  for (const file of ["a10.tif", "a20.tif", "scl.tif", "east.tif", "mask.tif"])
    writeFileSync(join(folder, file), "1234");
  const db = new Database(join(folder, projectFileName));
  db.pragma("foreign_keys = ON");
  for (const step of migrations.slice(0, 4)) db.exec(step);
  db.pragma(`application_id = ${applicationId}`);
  db.pragma("user_version = 4");
  const header = (crs: string, x: number) =>
    JSON.stringify({
      width: 64,
      height: 64,
      bands: 1,
      dataType: "uint16",
      crs,
      affine: { a: x, b: 10, c: 0, d: 5e6, e: 0, f: -10 },
    });
  db.exec(`
    INSERT INTO project VALUES (1, 'Old', '{"crs":"EPSG:32631","affine":{"a":0,"b":10,"c":0,"d":0,"e":0,"f":-10},"width":64,"height":64}', 10, 8, '2026-01-01T00:00:00Z', '0.1.0');
    INSERT INTO rasters (id, path, header, bytes, added_at, crs) VALUES
      (1, 'a10.tif', '${header("EPSG:32631", 5e5)}', 4, 'x', NULL),
      (2, 'a20.tif', '${header("EPSG:32631", 5e5)}', 4, 'x', NULL),
      (3, 'scl.tif', '${header("EPSG:32631", 5e5)}', 4, 'x', NULL),
      (4, 'east.tif', '${header("EPSG:32631", 6e5)}', 4, 'x', 'EPSG:32632'),
      (5, 'mask.tif', '${header("EPSG:32631", 5e5)}', 4, 'x', NULL);
    INSERT INTO acquisitions (id, name, sensor, date, time, origin, quality_raster_id, quality_band, quality_kind, radiometry, shift, evidence) VALUES
      ('s2-20190610T105703-31UFS', 'June', 'sentinel-2', '2019-06-10', '10:57:03', '{"platform":"S2A","level":"L2A","tile":"31UFS","processingBaseline":"02.12"}',
       3, 1, 'scl', '{"quantity":"reflectance","scale":0.0001,"offset":0,"decidedBy":"HLS products: value / 10000.","warnings":["a doubt"]}', '{"dx":1.5,"dy":-2}', '["date: “a10.tif”"]'),
      ('aerial-20200831', NULL, 'aerial', '2020-08-31', NULL, '{}', NULL, NULL, NULL, '{"quantity":"brightness","scale":1,"offset":0,"decidedBy":"stored","warnings":[]}', NULL, '[]'),
      ('s2-20190701', NULL, 'sentinel-2', '2019-07-01', NULL, '{}', 5, 1, 'scl', '{"quantity":"reflectance","scale":1,"offset":0,"decidedBy":"mask","warnings":[]}', NULL, '[]');
    INSERT INTO acquisition_bands VALUES
      ('s2-20190610T105703-31UFS', 'B02', 0, 1, 1, 0.0001, -0.1, 0),
      ('s2-20190610T105703-31UFS', 'B05', 1, 2, 1, ${1 / 3}, 0, NULL),
      ('s2-20190610T105703-31UFS', 'B08', 2, 1, 4, 0.0001, 0, -3.4028234663852886e38),
      ('aerial-20200831', 'R', 0, 4, 1, 1, 0, NULL);
    INSERT INTO modalities VALUES (1, 's2', 'series', 'sentinel-2', '["B02","B05"]', 10, 1, 'best', 'bilinear', '[4,5]'),
      (2, 'aerial', 'image', 'aerial', '["R"]', 1, 10, 'error', 'bilinear', '[]');
    INSERT INTO modality_acquisitions VALUES (1, 's2-20190610T105703-31UFS', 0), (2, 'aerial-20200831', 0);
    INSERT INTO layers VALUES ('acquisition:aerial-20200831', 1, 1, 0.5, '{}');
    INSERT INTO edits (id, name, made_at) VALUES (1, '{"key":"rasters.import"}', 'x'), (2, '{"key":"layers.display"}', 'y');
    INSERT INTO edit_changes (edit_id, "table", before, after) VALUES
      (1, 'acquisition_bands', NULL, '{"acquisition_id":"aerial-20200831","name":"R","position":0,"raster_id":4,"band_index":1,"scale":1,"offset":0,"nodata":null}'),
      (2, 'layers', '{"id":"acquisition:aerial-20200831","position":1,"visible":1,"opacity":1,"style":"{}"}', '{"id":"acquisition:aerial-20200831","position":1,"visible":1,"opacity":0.5,"style":"{}"}');
  `);
  db.close();
  return folder;
}

test("a project of the format before the mosaics opens with everything it held: each acquisition is a mosaic of one piece", () => {
  const folder = oldProject("whole");
  const catalog = openCatalog(folder, { purpose: "test", appVersion: "0.2.0" });
  const [june, mask, aerial] = catalog.acquisitions.list();
  expect(june).toMatchObject({
    id: "s2-20190610T105703-31UFS",
    name: "June",
    platform: "S2A",
    level: "L2A",
    time: "10:57:03",
    shift: { dx: 1.5, dy: -2 },
  });
  expect(june!.pieces).toHaveLength(1);
  const [piece] = june!.pieces;
  const path = (name: string) => join(folder, name);
  expect(bandsOfPiece(piece!)).toEqual([
    { name: "B02", path: path("a10.tif"), bandIndex: 1, scale: 0.0001, offset: -0.1, nodata: 0 },
    { name: "B08", path: path("a10.tif"), bandIndex: 4, scale: 0.0001, offset: 0, nodata: -3.4028234663852886e38 },
    { name: "B05", path: path("a20.tif"), bandIndex: 1, scale: 1 / 3, offset: 0 },
  ]);
  expect(qualityOfPiece(piece!)).toEqual({ kind: "scl", path: path("scl.tif"), bandIndex: 1 });
  expect(piece!.files[0]).toMatchObject({
    facts: { time: "10:57:03", tile: "31UFS", processingBaseline: "02.12", level: "L2A", platform: "S2A" },
    radiometry: { decidedBy: { code: "hls-scale" }, warnings: [{ code: "written", text: "a doubt" }] },
    evidence: [{ field: "date", source: { code: "name", name: "a10.tif" } }],
    grid: { crs: "EPSG:32631", width: 64, affine: { a: 5e5 } },
  });
  expect(mask!.pieces[0]!.files).toMatchObject([
    { path: path("mask.tif"), bands: [], quality: { kind: "scl", bandIndex: 1 } },
  ]);
  // A system that a person chose counts, not the file's.
  expect(aerial!.pieces[0]!.files[0]).toMatchObject({ crs: "EPSG:32632", grid: { crs: "EPSG:32632" } });
  expect(catalog.modalities.list().map(({ name, acquisitions }) => [name, acquisitions])).toEqual([
    ["aerial", ["aerial-20200831"]],
    ["s2", ["s2-20190610T105703-31UFS"]],
  ]);
  expect(catalog.layers.list()).toMatchObject([{ id: "acquisition:aerial-20200831", opacity: 0.5 }]);
  catalog.close();
});

test("what was done after the last import can still be undone, and an import of before cannot", () => {
  const catalog = openCatalog(oldProject("history"), { purpose: "test", appVersion: "0.2.0" });
  expect(catalog.edits.list().map(({ id }) => id)).toEqual([2]);
  catalog.edits.undo();
  expect(catalog.layers.list()).toMatchObject([{ opacity: 1 }]);
  expect(catalog.edits.next().undo).toBeNull();
  catalog.close();
});

test("a layer that was given the place under the base map when its eye was set lies where its kind lies", () => {
  const folder = oldProject("places");
  const db = new Database(join(folder, projectFileName));
  db.exec(
    "INSERT INTO layers VALUES ('map:2', 0, 1, 1, '{}'), ('map:1', 512.5, 0, 1, '{}'), ('basemap', 0, 1, 0.5, '{}')",
  );
  db.close();
  const catalog = openCatalog(folder, { purpose: "test", appVersion: "0.2.0" });
  const places = new Map(catalog.layers.list().map(({ id, position }) => [id, position]));
  expect([places.get("map:2"), places.get("map:1"), places.get("basemap")]).toEqual([null, 512.5, 0]);
  const unset = { id: "map:3", position: null, visible: null, opacity: null, style: {} };
  catalog.edit({ key: "layers.display" }, () => catalog.layers.put(unset));
  expect(catalog.layers.list()).toContainEqual(unset);
  catalog.close();
});

test("ranges that were set for radar power are forgotten: the map draws decibels now", () => {
  const folder = oldProject("power");
  const db = new Database(join(folder, projectFileName));
  const radar = (id: string, quantity: string, style: string) =>
    db.exec(`
      INSERT INTO acquisitions (id, sensor, date, origin, radiometry, evidence) VALUES
        ('${id}', 'sentinel-1', '2019-05-01', '{}', '{"quantity":"${quantity}","scale":1,"offset":0,"decidedBy":"x","warnings":[]}', '[]');
      INSERT INTO acquisition_bands VALUES ('${id}', 'VV', 0, 4, 1, 1, 0, NULL);
      INSERT INTO layers VALUES ('acquisition:${id}', 2, 1, 1, '${style}');`);
  const manual = '{"preset":"single","bands":["VV"],"stretch":"manual","ranges":[[0,0.4]],"gamma":2}';
  radar("power", "backscatter-linear", manual);
  radar("decibels", "backscatter-db", manual);
  radar("percent", "backscatter-linear", '{"stretch":"layer","percent":[1,99]}');
  db.close();
  const catalog = openCatalog(folder, { purpose: "test", appVersion: "0.2.0" });
  const styleOf = (id: string) => catalog.layers.list().find((layer) => layer.id === `acquisition:${id}`)!.style;
  expect(styleOf("power")).toEqual({ preset: "single", bands: ["VV"], gamma: 2 });
  expect(styleOf("decibels")).toEqual(JSON.parse(manual));
  expect(styleOf("percent")).toEqual({ stretch: "layer", percent: [1, 99] });
  catalog.close();
});
