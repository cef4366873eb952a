import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import { boundsOfGeometry, type Polygon, type Polygonal } from "../geometry/geometry.ts";
import { writeGeoJson } from "./geojson-write.ts";
import { type NewFeature, type NewLayer, writeGeoPackage } from "./geopackage-write.ts";
import { readFeatures } from "./read.ts";

const folder = mkdtempSync(join(tmpdir(), "vector-write-"));
afterAll(() => rmSync(folder, { recursive: true }));
const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");

/** The exit code of GDAL's validator. */
function validate(path: string): number | null {
  return spawnSync("/usr/bin/python3", ["-m", "osgeo_utils.samples.validate_gpkg", path]).status;
}

const parcels = readFeatures(join(sample, "parcels.gpkg"));
const layer: NewLayer = {
  name: "parcels",
  crs: "EPSG:32631",
  geometryType: "POLYGON",
  fields: parcels.fields,
  features: parcels.features,
};

test("a written GeoPackage passes GDAL's validator and holds what was put in", { tags: ["gdal"] }, () => {
  const path = join(folder, "parcels.gpkg");
  writeGeoPackage(path, layer);
  expect(validate(path)).toBe(0);
  const back = readFeatures(path);
  expect(back.crs).toBe("EPSG:32631");
  expect(back.fields).toEqual(parcels.fields);
  expect([...back.features]).toEqual([...parcels.features]);
  const info = JSON.parse(
    execFileSync("ogr2ogr", ["-f", "GeoJSON", "-t_srs", "EPSG:32631", "/vsistdout/", path], { encoding: "utf8" }),
  );
  expect(info.features.length).toBe(48);
});

test("GDAL's validator refuses a file without its table of systems", () => {
  const path = join(folder, "broken.gpkg");
  writeGeoPackage(path, layer);
  const database = new Database(path);
  database.pragma("foreign_keys = OFF");
  database.exec("DELETE FROM gpkg_spatial_ref_sys WHERE srs_id = 32631");
  database.close();
  expect(validate(path)).not.toBe(0);
});

test("odd names, custom systems, no rows, no fields and mixed parts are valid too", { tags: ["gdal"] }, () => {
  const first = [...parcels.features][0]!.geometry as Polygon;
  const layers: NewLayer[] = [
    { ...layer, name: `it's "odd"; DROP TABLE x` },
    { ...layer, name: "empty", crs: "EPSG:4326", features: [], fields: [] },
    {
      ...layer,
      name: "mixed",
      geometryType: "MULTIPOLYGON",
      fields: [
        { name: "fid", type: "integer" },
        { name: "geom", type: "text" },
        { name: "sure", type: "boolean" },
        { name: "day", type: "date" },
      ],
      features: [
        { properties: { fid: 7, geom: "é", sure: true, day: "2019-05-14" }, geometry: first },
        {
          properties: { sure: false },
          geometry: { type: "MultiPolygon", coordinates: [first.coordinates, first.coordinates] },
        },
        { properties: {}, geometry: null },
      ],
    },
    {
      ...layer,
      name: "custom",
      crs: `PROJCS["mine",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",4.2],PARAMETER["scale_factor",1],PARAMETER["false_easting",1000],PARAMETER["false_northing",0],UNIT["metre",1]]`,
    },
  ];
  layers.forEach((own, i) => {
    const path = join(folder, `odd${i}.gpkg`);
    writeGeoPackage(path, own);
    expect(validate(path), own.name).toBe(0);
    const back = readFeatures(path);
    expect(back.layer).toBe(own.name);
    expect(back.crs).toBe(own.crs);
    expect([...back.features].length).toBe([...own.features].length);
  });
  expect(
    [...readFeatures(join(folder, "odd2.gpkg")).features].map(({ properties, geometry }) => ({
      properties,
      type: geometry?.type,
    })),
  ).toEqual([
    { properties: { fid: 7, geom: "é", sure: true, day: "2019-05-14" }, type: "MultiPolygon" },
    { properties: { fid: null, geom: null, sure: false, day: null }, type: "MultiPolygon" },
    { properties: { fid: null, geom: null, sure: null, day: null }, type: undefined },
  ]);
});

test("the spatial index finds what a search over all rectangles finds, and edits by GDAL keep it right", {
  tags: ["gdal"],
}, () => {
  const path = join(folder, "indexed.gpkg");
  writeGeoPackage(path, layer);
  const count = (): number => {
    const database = new Database(path, { readonly: true });
    const found = database
      .prepare(
        "SELECT count(*) AS n FROM rtree_parcels_geom WHERE maxx >= 574800 AND minx <= 574900 AND maxy >= 5622000 AND miny <= 5622100",
      )
      .get() as { n: number };
    database.close();
    return found.n;
  };
  const expected = [...parcels.features].filter(({ geometry }) => {
    const box = boundsOfGeometry(geometry as Polygonal)!;
    return box.maxX >= 574800 && box.minX <= 574900 && box.maxY >= 5622000 && box.minY <= 5622100;
  }).length;
  expect(expected).toBeGreaterThan(2);
  expect(count()).toBe(expected);
  execFileSync("ogrinfo", ["-q", path, "-sql", "DELETE FROM parcels"]);
  expect(count()).toBe(0);
});

test("the same layer gives the same bytes", () => {
  const changed = new Date("2019-05-14T12:00:00Z");
  const [one, two] = [join(folder, "one.gpkg"), join(folder, "two.gpkg")];
  writeGeoPackage(one, { ...layer, changed });
  writeGeoPackage(two, { ...layer, changed });
  expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
});

function* failing(): Generator<NewFeature> {
  yield { properties: {}, geometry: null };
  throw new Error("the source failed");
}

test("when writing fails, the old file stays and nothing is left beside it", () => {
  const own = join(folder, "atomic");
  mkdirSync(own);
  for (const [name, write] of [
    ["map.gpkg", (path: string) => writeGeoPackage(path, { ...layer, fields: [], features: failing() })],
    ["map.geojson", (path: string) => writeGeoJson(path, { crs: "EPSG:32631", features: failing() })],
  ] as const) {
    const path = join(own, name);
    writeFileSync(path, "the old one");
    expect(() => write(path)).toThrow("the source failed");
    expect(readFileSync(path, "utf8")).toBe("the old one");
  }
  expect(readdirSync(own).sort()).toEqual(["map.geojson", "map.gpkg"]);
});

test("a folder that is not there is a sentence, also for GeoJSON", () => {
  for (const write of [
    () => writeGeoPackage(join(folder, "nowhere/map.gpkg"), layer),
    () => writeGeoJson(join(folder, "nowhere/map.geojson"), layer),
  ]) {
    try {
      write();
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      expect((error as AppError).code).toBe("vector-unwritable");
    }
  }
});

test("a full disk is a sentence and leaves nothing", () => {
  const own = join(folder, "full");
  mkdirSync(own);
  const script = join(own, "write.ts");
  writeFileSync(
    script,
    `import { writeGeoPackage, readFeatures } from ${JSON.stringify(join(import.meta.dirname, "../index.ts"))};
const source = readFeatures(${JSON.stringify(join(sample, "parcels.gpkg"))});
try {
  writeGeoPackage(${JSON.stringify(join(own, "map.gpkg"))}, { name: "map", crs: "EPSG:32631", geometryType: "POLYGON", fields: source.fields, features: source.features });
} catch (error) { console.log(error.code); }`,
  );
  // The shell's limit on file size stands in for the end of the disk; its signal is ignored so that the write fails instead.
  const out = execFileSync(
    "bash",
    ["-c", `trap '' XFSZ; ulimit -f 40; exec ${JSON.stringify(process.execPath)} ${JSON.stringify(script)}`],
    { encoding: "utf8" },
  );
  expect(out.trim()).toMatch(/no-disk-space|vector-unwritable/);
  expect(readdirSync(own)).toEqual(["write.ts"]);
});

test("written GeoJSON is longitude and latitude that GDAL brings back within a millimetre", { tags: ["gdal"] }, () => {
  const path = join(folder, "parcels.geojson");
  writeGeoJson(path, layer);
  const target = join(folder, "back.gpkg");
  execFileSync("ogr2ogr", ["-f", "GPKG", "-t_srs", "EPSG:32631", target, path]);
  const back = [...readFeatures(target).features];
  expect(back.length).toBe(48);
  let worst = 0;
  [...parcels.features].forEach(({ geometry, properties }, i) => {
    expect(back[i]!.properties.class_name).toBe(properties.class_name);
    const [p, q] = [boundsOfGeometry(geometry!)!, boundsOfGeometry(back[i]!.geometry!)!];
    for (const side of ["minX", "minY", "maxX", "maxY"] as const) worst = Math.max(worst, Math.abs(p[side] - q[side]));
  });
  expect(worst).toBeLessThan(0.001);
});
