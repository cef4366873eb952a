import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import { isPolygonal, positionsOf } from "../geometry/geometry.ts";
import { defectOf } from "../geometry/validity.ts";
import type { Feature } from "./feature.ts";
import { openFeatures, readFeatures } from "./read.ts";

interface ManifestLayer {
  readonly name: string;
  readonly features: number;
  readonly geometry_types: Readonly<Record<string, number>>;
  readonly null_geometries: number;
  readonly invalid_geometries: number;
  readonly crs: string | null;
  readonly extent_minx_maxx_miny_maxy: readonly [number, number, number, number];
  readonly fields: readonly string[];
}

const fixtures = join(import.meta.dirname, "../fixtures");
const manifest = JSON.parse(readFileSync(join(fixtures, "manifest.json"), "utf8")) as Readonly<
  Record<string, { readonly layers?: readonly ManifestLayer[]; readonly ogr_error?: boolean }>
>;
const folder = mkdtempSync(join(tmpdir(), "vector-read-"));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = (name: string) => join(fixtures, name);
const every = (name: string, layer?: string): Feature[] => [
  ...readFeatures(fixture(name), layer === undefined ? {} : { layer }).features,
];

/** The sentence a file is refused with. */
function refusal(path: string, options = {}): AppError {
  try {
    for (const feature of readFeatures(path, options).features) void feature;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`${path} was read`);
}

const skipped = /\.(kml|zip|csv)$|made_utm_without_crs/;
const layers = Object.entries(manifest)
  .filter(([name]) => !skipped.test(name))
  .flatMap(([name, { layers: own = [] }]) => own.map((layer) => ({ name, layer: layer.name, expected: layer })));

test("there are reference files to compare with", () => {
  expect(layers.length).toBeGreaterThan(30);
});

test.for(layers)("$name, layer $layer, holds what GDAL finds in it", ({ name, layer, expected }) => {
  const read = readFeatures(fixture(name), { layer });
  const features = [...read.features];
  expect(features.length).toBe(expected.features);
  // GDAL shows an “id” member as a field of its own.
  expect(read.fields.map((field) => field.name)).toEqual(expected.fields.filter((field) => field !== "id"));
  // “Undefined geographic” in a GeoPackage is no CRS to us; GDAL calls it +proj=longlat.
  expect(read.crs ?? null).toBe(expected.crs?.startsWith("+proj=longlat") ? null : expected.crs);

  const types: Record<string, number> = {};
  for (const { geometry } of features) {
    if (geometry) types[geometry.type.toUpperCase()] = (types[geometry.type.toUpperCase()] ?? 0) + 1;
  }
  expect(types).toEqual(expected.geometry_types);
  expect(features.filter(({ geometry }) => !geometry).length).toBe(expected.null_geometries);
  const invalid = features.filter(({ geometry }) => geometry && isPolygonal(geometry) && defectOf(geometry));
  expect(invalid.length).toBe(expected.invalid_geometries);

  const positions = features.flatMap(({ geometry }) => (geometry ? [...positionsOf(geometry)] : []));
  if (positions.length > 0) {
    const xs = positions.map(([x]) => x);
    const ys = positions.map(([, y]) => y);
    const extent = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    // GDAL takes a Shapefile's extent from its header, which one of the files has wrong.
    extent.forEach((value, i) => {
      expect(Math.abs(value - expected.extent_minx_maxx_miny_maxy[i]!)).toBeLessThan(1e-6);
    });
  }
});

test("values and coordinates are those that ogr2ogr writes", { tags: ["gdal"] }, () => {
  for (const [name, layer] of [
    ["made_messy_class_names_3857.gpkg", "made_messy_class_names_3857"],
    ["sf__nc.shp", "sf__nc"],
    ["geopackage-js__gdal_sample.gpkg", "geometry3d"],
  ] as const) {
    const target = join(folder, `${layer}.json`);
    execFileSync("ogr2ogr", [
      "-f",
      "GeoJSON",
      "-dim",
      "XY",
      "-lco",
      "COORDINATE_PRECISION=17",
      target,
      fixture(name),
      layer,
    ]);
    const theirs = JSON.parse(readFileSync(target, "utf8")) as {
      features: { properties: unknown; geometry: unknown }[];
    };
    const ours = every(name, layer);
    expect(ours.map(({ properties }) => properties)).toEqual(theirs.features.map(({ properties }) => properties));
    expect(JSON.parse(JSON.stringify(ours.map(({ geometry }) => geometry)))).toEqual(
      theirs.features.map(({ geometry }) => geometry),
    );
  }
});

test("attribute text is read in the encoding the file names, whatever it is", { tags: ["gdal"] }, () => {
  expect(every("shapefile__latin1-property.shp")[0]!.properties).toEqual({ name: "México" });
  expect(every("shapefile-js__codepage.shp").map(({ properties }) => properties.field)).toEqual([
    "??",
    "Hněvošický háj",
  ]);
  // The same words through every encoding that a .cpg may name; GDAL writes, we read.
  const words = "Rüben, Äpfel & Möhren";
  const source = join(folder, "words.geojson");
  writeFileSync(
    source,
    JSON.stringify({ type: "Feature", properties: { crop: words }, geometry: { type: "Point", coordinates: [4, 50] } }),
  );
  for (const encoding of ["UTF-8", "ISO-8859-1", "CP1252", "CP850", "CP437", "CP1250"]) {
    const target = join(folder, `words-${encoding}.shp`);
    execFileSync("ogr2ogr", ["-f", "ESRI Shapefile", "-lco", `ENCODING=${encoding}`, target, source]);
    expect([...readFeatures(target).features][0]!.properties.crop, encoding).toBe(words);
  }
});

test("an encoding given by hand takes the place of the file's, and an unknown one is refused", () => {
  const [feature] = readFeatures(fixture("shapefile__latin1-property.shp"), { encoding: "cp437" }).features;
  expect(feature!.properties.name).toBe("MΘxico");
  expect(refusal(fixture("shapefile__latin1-property.shp"), { encoding: "klingon" }).message).toBe(
    `The text encoding “klingon” of “${fixture("shapefile__latin1-property.shp")}” is not known. Name another one, for example UTF-8 or windows-1252.`,
  );
});

test.for([
  ["shapefile-js__bad.shp", "vector-damaged", /does not begin like a Shapefile/],
  ["geojsonhint__bad_bad-json.geojson", "vector-damaged", /not valid JSON/],
  ["made_utm_without_crs.geojson", "labels-not-lon-lat", /\(575180, 5622440\) is no place on Earth.*--crs EPSG:code/],
  ["no-such-file.gpkg", "vector-missing", /does not exist/],
] as const)("%s is refused with one sentence", ([name, code, words]) => {
  const error = refusal(fixture(name));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(words);
  expect(error.message).toContain(name);
});

test("an archive without a vector file is refused with one sentence", async () => {
  await expect(openFeatures(fixture("shapefile-js__noshp.zip"))).rejects.toMatchObject({
    code: "vector-damaged",
    message: expect.stringMatching(
      /shapefile-js__noshp\.zip.+no Shapefile, GeoPackage, GeoJSON, KML, FlatGeobuf or GeoParquet in it/,
    ),
  });
});

test("a table with a WKT column is read as ogr2ogr reads it", { tags: ["gdal"] }, () => {
  const target = join(folder, "made_wkt.json");
  execFileSync("ogr2ogr", [
    "-f",
    "GeoJSON",
    "-lco",
    "RFC7946=NO",
    "-lco",
    "COORDINATE_PRECISION=17",
    target,
    fixture("made_wkt.csv"),
  ]);
  const theirs = JSON.parse(readFileSync(target, "utf8")) as { features: { geometry: unknown }[] };
  expect(JSON.parse(JSON.stringify(every("made_wkt.csv").map(({ geometry }) => geometry)))).toEqual(
    theirs.features.map(({ geometry }) => geometry),
  );
});

test("a CRS named by hand makes a GeoJSON in metres readable", () => {
  const layer = readFeatures(fixture("made_utm_without_crs.geojson"), { crs: "EPSG:32631" });
  expect(layer.crs).toBe("EPSG:32631");
  expect([...layer.features].length).toBe(5);
});

test.for([
  ["urn:ogc:def:crs:EPSG::32631", "EPSG:32631"],
  ["urn:ogc:def:crs:EPSG:6.6:4326", "EPSG:4326"],
  ["EPSG:25832", "EPSG:25832"],
  ["http://www.opengis.net/def/crs/EPSG/0/3035", "EPSG:3035"],
  ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"],
  ["urn:ogc:def:crs:OGC::CRS84", "EPSG:4326"],
] as const)("the GeoJSON member %s means %s", ([name, crs]) => {
  const path = join(folder, "member.geojson");
  writeFileSync(
    path,
    JSON.stringify({ type: "FeatureCollection", crs: { type: "name", properties: { name } }, features: [] }),
  );
  expect(readFeatures(path).crs).toBe(crs);
});

test("a CRS that a GeoJSON names and nobody knows is refused", () => {
  const path = join(folder, "unknown.geojson");
  writeFileSync(
    path,
    JSON.stringify({ type: "FeatureCollection", crs: { type: "name", properties: { name: "my grid" } }, features: [] }),
  );
  expect(refusal(path).message).toContain("“my grid”");
});

test("broken members of a GeoJSON are kept without a shape, with the reason", () => {
  const features = every("geojsonhint__bad_multiple_problems.geojson");
  expect(features.map(({ geometry, problem }) => problem ?? geometry?.type)).toEqual([
    "its coordinates are not numbers",
    "Point",
    "it is not a GeoJSON Feature",
    "it is not a GeoJSON Feature",
  ]);
});

test("a Shapefile that ends early says at which shape", () => {
  const whole = readFileSync(fixture("sf__nc.shp"));
  const path = join(folder, "cut.shp");
  writeFileSync(path, whole.subarray(0, 20_000));
  expect(refusal(path).message).toMatch(
    /“.*cut\.shp” is damaged or incomplete: shape \d+ is cut off\. Export it again/,
  );
});

test("a GeoPackage that is cut off or scribbled over is refused with a sentence", () => {
  const whole = readFileSync(fixture("made_messy_class_names_3857.gpkg"));
  const cut = join(folder, "cut.gpkg");
  writeFileSync(cut, whole.subarray(0, 50_000));
  expect(refusal(cut).code).toBe("vector-damaged");
  const scribbled = Buffer.from(whole);
  scribbled.fill(0xab, 100, 60_000);
  const path = join(folder, "scribbled.gpkg");
  writeFileSync(path, scribbled);
  expect(refusal(path).code).toBe("vector-damaged");
  const text = join(folder, "text.gpkg");
  writeFileSync(text, "no database");
  expect(refusal(text).message).toContain("does not begin like a GeoPackage");
});

test("a layer that is not there is refused with the names of those that are", () => {
  const error = refusal(fixture("made_messy_class_names_3857.gpkg"), { layer: "parcels" });
  expect(error.message).toContain("has no layer “parcels”. It has: “made_messy_class_names_3857”.");
});

test("a database that is no GeoPackage has no layers", () => {
  const path = join(folder, "other.db");
  const database = new Database(path);
  database.exec("CREATE TABLE a (b)");
  database.close();
  expect(refusal(path).code).toBe("vector-without-layers");
});

test("records marked as deleted are left out, and rows stay beside their shapes", () => {
  for (const extension of [".shp", ".dbf", ".prj"])
    copyFileSync(fixture(`sf__nc${extension}`), join(folder, `del${extension}`));
  const dbf = readFileSync(join(folder, "del.dbf"));
  const [header, record] = [dbf.readUInt16LE(8), dbf.readUInt16LE(10)];
  dbf[header + 2 * record] = 0x2a;
  writeFileSync(join(folder, "del.dbf"), dbf);
  const features = [...readFeatures(join(folder, "del.shp")).features];
  const before = every("sf__nc.shp");
  expect(features).toEqual(before.filter(({ id }) => id !== 2));
});

test("side files are found whatever the case of their endings", () => {
  const own = join(folder, "upper");
  mkdirSync(own);
  for (const extension of ["shp", "dbf", "prj"])
    copyFileSync(fixture(`sf__nc.${extension}`), join(own, `nc.${extension.toUpperCase()}`));
  const layer = readFeatures(join(own, "nc.SHP"));
  expect(layer.crs).toBe("EPSG:4267");
  expect([...layer.features][0]!.properties.NAME).toBe("Ashe");
});

/** Names, sizes, times and contents of a folder. */
function traces(path: string): string[] {
  return readdirSync(path).map((name) => {
    const { size, mtimeMs } = statSync(join(path, name));
    return `${name} ${size} ${mtimeMs} ${createHash("sha256")
      .update(readFileSync(join(path, name)))
      .digest("hex")}`;
  });
}

test("reading leaves no trace: not on the file, not beside it, also when it is in WAL mode", () => {
  const own = join(folder, "traces");
  mkdirSync(own);
  cpSync(fixture("made_messy_class_names_3857.gpkg"), join(own, "plain.gpkg"));
  cpSync(fixture("made_messy_class_names_3857.gpkg"), join(own, "wal.gpkg"));
  const database = new Database(join(own, "wal.gpkg"));
  database.pragma("journal_mode = WAL");
  database.close();
  // A second file whose newest rows are still in the log, as while another program has it open.
  cpSync(join(own, "wal.gpkg"), join(own, "open.gpkg"));
  const holder = new Database(join(own, "open.gpkg"));
  holder.exec(
    "DROP TRIGGER rtree_made_messy_class_names_3857_geom_update3; DROP TRIGGER rtree_made_messy_class_names_3857_geom_update4; UPDATE made_messy_class_names_3857 SET split = 'from the log' WHERE fid = 1",
  );
  const before = traces(own);
  for (const name of ["plain.gpkg", "wal.gpkg", "open.gpkg"]) {
    expect([...readFeatures(join(own, name)).features].length, name).toBe(48);
  }
  expect([...readFeatures(join(own, "open.gpkg")).features][0]!.properties.split).toBe("from the log");
  expect(traces(own)).toEqual(before);
  holder.close();
});

test("features can be walked twice, and a walk that stops early closes the file", () => {
  const layer = readFeatures(fixture("made_messy_class_names_3857.gpkg"));
  for (const feature of layer.features) {
    expect(feature.id).toBe(1);
    break;
  }
  expect([...layer.features].length).toBe(48);
});
