import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import { DamagedZip, openZip } from "../../files/index.ts";
import { isTiff } from "../labels/class-raster.ts";
import { readInSubprocess } from "../reader/subprocess.ts";
import type { Feature } from "./feature.ts";
import { openFeatures, readFeatures } from "./read.ts";

const folder = mkdtempSync(join(tmpdir(), "omnisat-hostile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => join(folder, name);
const python = (program: string, ...args: readonly string[]) =>
  execFileSync("/usr/bin/python3", ["-c", program, ...args], { encoding: "utf8" });
const features = (path: string, options = {}): Feature[] => [...readFeatures(path, options).features];

/** How many features and shapes OGR reads. */
const ogr = (path: string): [features: number, shapes: number] =>
  JSON.parse(
    python(
      `
import sys, json
from osgeo import ogr, gdal
gdal.SetConfigOption("SHAPE_RESTORE_SHX", "YES")
ds = ogr.Open(sys.argv[1])
layer = ds.GetLayer(0)
rows = [f.GetGeometryRef() is not None for f in layer]
print(json.dumps([len(rows), sum(rows)]))`,
      path,
    ),
  ) as [number, number];
const ours = (path: string): [number, number] => {
  const rows = features(path);
  return [rows.length, rows.filter(({ geometry }) => geometry).length];
};

const fixture = join(import.meta.dirname, "../fixtures");
function copied(stem: string, to: string, parts = [".shp", ".shx", ".dbf", ".prj"]): string {
  for (const part of parts) {
    if (existsSync(join(fixture, stem + part))) copyFileSync(join(fixture, stem + part), file(to + part));
  }
  return file(`${to}.shp`);
}

test("a Shapefile whose index is missing, or whose table says another number of rows, keeps every shape", () => {
  const bare = copied("sf__nc", "bare", [".shp", ".dbf", ".prj"]);
  expect(ours(bare)).toEqual([100, 100]);
  const lying = copied("sf__nc", "lying");
  const dbf = readFileSync(file("lying.dbf"));
  dbf.writeUInt32LE(3, 4);
  writeFileSync(file("lying.dbf"), dbf);
  expect(ours(lying)).toEqual([100, 100]);
  // More rows promised than there are: shapes behind the end have empty values, and stay.
  dbf.writeUInt32LE(5000, 4);
  writeFileSync(file("lying.dbf"), dbf.subarray(0, Math.floor(dbf.length / 2)));
  const rows = features(lying);
  expect(rows).toHaveLength(100);
  expect(rows[0]!.properties.NAME).toBe("Ashe");
  expect(rows[99]!.properties.NAME).toBeNull();
});

test("the index decides where shapes lie when the .shp has something between them", () => {
  const path = copied("sf__nc", "gap");
  const [shp, shx] = [readFileSync(path), readFileSync(file("gap.shx"))];
  const second = shx.readUInt32BE(108) * 2;
  const longer = Buffer.concat([shp.subarray(0, second), Buffer.alloc(40, 0xee), shp.subarray(second)]);
  longer.writeInt32BE(longer.length / 2, 24);
  writeFileSync(path, longer);
  for (let at = 108; at < shx.length; at += 8) shx.writeUInt32BE(shx.readUInt32BE(at) + 20, at);
  writeFileSync(file("gap.shx"), shx);
  expect(ours(path)).toEqual([100, 100]);
});

test("a page of HTML for an encoding is none, and header words on type and length are not needed", () => {
  const path = copied("sf__nc", "html");
  writeFileSync(file("html.cpg"), "<!DOCTYPE html><html><body>404 Not Found</body></html>");
  const shp = readFileSync(path);
  shp.writeInt32BE(12, 24);
  shp.writeInt32LE(77, 32);
  writeFileSync(path, shp);
  expect(ours(path)).toEqual([100, 100]);
  expect(() => readFeatures(path, { encoding: "klingon" })).toThrow(/klingon/);
});

test("points, lines and areas with heights, measures, several parts, and multipatches are read as OGR reads them", {
  tags: ["gdal"],
}, () => {
  python(
    `
import sys
from osgeo import ogr, osr
driver = ogr.GetDriverByName("ESRI Shapefile")
for name, kind, wkts in [
    ("points", ogr.wkbMultiPoint25D, ["MULTIPOINT Z ((1 2 3),(4 5 6))", None]),
    ("lines", ogr.wkbLineStringZM, ["LINESTRING ZM (0 0 1 2,1 1 1 2)", "MULTILINESTRING ZM ((0 0 1 2,1 1 1 2),(3 3 1 1,4 4 1 1))"]),
    ("areas", ogr.wkbPolygonZM, ["POLYGON ZM ((0 0 1 2,0 9 1 2,9 9 1 2,9 0 1 2,0 0 1 2),(2 2 0 0,4 2 0 0,4 4 0 0,2 4 0 0,2 2 0 0))"]),
    ("patches", ogr.wkbTINZ, ["TIN Z (((0 0 0,0 1 0,1 0 0,0 0 0)),((1 0 0,0 1 0,1 1 0,1 0 0)))"]),
]:
    ds = driver.CreateDataSource(sys.argv[1] + "/" + name + ".shp")
    layer = ds.CreateLayer(name, None, kind)
    for wkt in wkts:
        f = ogr.Feature(layer.GetLayerDefn())
        if wkt: f.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
        layer.CreateFeature(f)
    ds = None`,
    folder,
  );
  for (const name of ["points", "lines", "areas", "patches"]) expect([name, ours(file(`${name}.shp`))]).toEqual([name, ogr(file(`${name}.shp`))]); // biome-ignore format: one line
  expect(features(file("patches.shp"))[0]!.geometry).toMatchObject({ type: "MultiPolygon" });
});

test("parts that point outside of a shape are a problem of that shape alone", () => {
  const path = copied("sf__nc", "parts");
  const shp = readFileSync(path);
  shp.writeInt32LE(-5, 100 + 8 + 44);
  writeFileSync(path, shp);
  const rows = features(path);
  expect(rows).toHaveLength(100);
  expect(rows[0]).toMatchObject({ geometry: null, problem: expect.stringMatching(/parts of the shape/) });
});

test("a zip of several Shapefiles has their layers, whatever folders and odd names are in it", {
  tags: ["gdal"],
}, async () => {
  const path = file("several.zip");
  python(
    `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED)
for part in (".shp", ".shx", ".dbf", ".prj"):
    z.write(sys.argv[2] + "/sf__nc" + part, "deep/er/nc" + part.upper())
    z.write(sys.argv[2] + "/made_shp_without_prj" + part, "../../made" + part) if part != ".prj" else None
z.writestr("__MACOSX/._nc.shp", "x"); z.writestr("readme.json", "{}")`,
    path,
    fixture,
  );
  const layer = await openFeatures(path);
  expect(layer.layers.map(({ name }) => name).sort()).toEqual(["made", "nc"]);
  expect([...(await openFeatures(path, { layer: "nc" })).features]).toHaveLength(100);
  expect([...(await openFeatures(path, { layer: "made" })).features]).toHaveLength(8);
  await expect(openFeatures(path, { layer: "none" })).rejects.toThrow(/made/);
});

test("archives that unfold to gigabytes, lie about it, link or name other places are refused in words", {
  tags: ["gdal"],
}, async () => {
  const path = file("bomb.zip");
  python(
    `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED)
z.writestr("doc.kml", b"<kml>" + b" " * 40_000_000)`,
    path,
  );
  await expect(openFeatures(path)).rejects.toThrow(AppError);
  const bytes = readFileSync(path);
  const list = bytes.lastIndexOf("PK\x01\x02", undefined, "latin1");
  bytes.writeUInt32LE(1000, list + 24);
  writeFileSync(path, bytes);
  const archive = await openZip(path);
  await expect(archive.members[0]!.read()).rejects.toThrow(DamagedZip);
  await archive.close();
  bytes.writeUInt32LE(0xa1ff0000, list + 38);
  writeFileSync(path, bytes);
  const linked = await openZip(path);
  expect(linked.members).toEqual([]);
  await linked.close();
});

const kml = (body: string) => `<kml xmlns:gx="g"><Document>${body}</Document></kml>`;
const placemark = "<Placemark><name>p</name><Polygon><outerBoundaryIs><LinearRing><coordinates>1,2 3 , 4 5,6</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"; // biome-ignore format: one line

test("of KML only placemarks are labels: no network link's region, no overlay; tracks are lines", () => {
  const path = file("links.kml");
  writeFileSync(
    path,
    kml(
      `<NetworkLink><Region><LatLonAltBox><north>9</north><south>1</south><east>9</east><west>1</west></LatLonAltBox></Region></NetworkLink><GroundOverlay><LatLonBox><north>9</north></LatLonBox></GroundOverlay><Folder><name>crops</name>${placemark}</Folder><Placemark><gx:Track><gx:coord>1 2 3</gx:coord><gx:coord>4 5 6</gx:coord></gx:Track></Placemark>`,
    ),
  );
  const rows = features(path);
  expect(rows.map(({ geometry }) => geometry?.type)).toEqual(["Polygon", "LineString"]);
  expect(rows[0]!.properties).toMatchObject({ name: "p", folder: "crops" });
  expect(rows[0]!.geometry).toMatchObject({ coordinates: [[[1, 2], [3, 4], [5, 6], [1, 2]]] }); // biome-ignore format: one line
});

test("a KMZ of several documents has the placemarks of all of them", { tags: ["gdal"] }, async () => {
  const path = file("layers.kmz");
  const program = `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED)
z.writestr("layers/a.kml", sys.argv[3]); z.writestr("doc.kml", sys.argv[2])`;
  const link = "<NetworkLink><Link><href>layers/a.kml</href></Link></NetworkLink>";
  python(program, path, kml(link), kml(placemark + placemark));
  expect([...(await openFeatures(path)).features]).toHaveLength(2);
});

test("an entity bomb, folders nested thousands deep and a megabyte of open comments in KML are refused in a sentence", () => {
  const path = file("bomb.kml");
  for (const text of [
    `<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>${kml("&b;")}`,
    kml("<Folder>".repeat(5000)),
    kml("<!--".repeat(300_000)),
  ]) {
    writeFileSync(path, text);
    expect(() => readFeatures(path)).toThrow(/not valid KML/);
  }
});

test("GeoJSON: deep nesting, numbers that are none, byte order marks and names of every object's own", () => {
  const path = file("odd.geojson");
  const write = (text: string | Buffer) => writeFileSync(path, text);
  write(`{"type":"FeatureCollection","features":[${"[".repeat(100_000)}${"]".repeat(100_000)}]}`);
  expect(() => readFeatures(path)).toThrow(/nested more than/);
  write('{"type":"Point","coordinates":[1e999,2]}');
  expect(features(path)[0]).toMatchObject({ geometry: null, problem: expect.stringMatching(/not numbers/) });
  write('{"type":"Point","coordinates":[NaN,2]}');
  expect(() => readFeatures(path)).toThrow(/not valid JSON/);
  write(Buffer.from('\uFEFF{"type":"Point","coordinates":[1,2]}', "utf16le"));
  expect(features(path)).toHaveLength(1);
  write(
    '{"type":"Feature","properties":{"__proto__":"a","constructor":"b"},"geometry":{"type":"Point","coordinates":[1,2]}}',
  );
  const [only] = features(path);
  expect(Object.entries(only!.properties)).toEqual([["__proto__", "a"], ["constructor", "b"]]); // biome-ignore format: one line
  expect(only!.properties.toString).toBeUndefined();
});

test("a GeoPackage's harmless view is a layer, one that computes for ever is not run, and odd values are sentences", {
  tags: ["gdal"],
}, () => {
  const plain = join(fixture, "made_messy_class_names_3857.gpkg");
  const layer = readFeatures(plain).layer;
  const sql = (name: string, statements: string) => {
    copyFileSync(plain, file(name));
    python("import sys, sqlite3; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])", file(name), statements);
    return file(name);
  };
  const view = (body: string) => `CREATE VIEW seen AS ${body};
    INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) SELECT 'seen', data_type, 'seen', srs_id FROM gpkg_contents LIMIT 1;
    INSERT INTO gpkg_geometry_columns SELECT 'seen', column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns LIMIT 1;`;
  const good = sql("view.gpkg", view(`SELECT * FROM "${layer}" WHERE rowid < 6`));
  expect(features(good, { layer: "seen" })).toHaveLength(5);
  const endless = sql(
    "endless.gpkg",
    view("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS geom FROM n"),
  );
  expect(() => readFeatures(endless, { layer: "seen" })).toThrow(/not run/);
  const odd = sql(
    "odd.gpkg",
    "PRAGMA writable_schema = ON; UPDATE gpkg_spatial_ref_sys SET organization = x'00', definition = 5; UPDATE gpkg_geometry_columns SET geometry_type_name = 7;",
  );
  expect(readFeatures(odd).crs).toBeUndefined();
  expect(features(odd).length).toBeGreaterThan(0);
  const none = sql("none.gpkg", "DROP TABLE gpkg_spatial_ref_sys;");
  expect(readFeatures(none).crs).toBeUndefined();
});

test("a pipe is refused at once, by whatever reads labels, and asked for nothing", async () => {
  for (const name of ["labels.gpkg", "classes.tif", "points.csv"]) {
    const path = file(name);
    execFileSync("mkfifo", [path]);
    expect(isTiff(path)).toBe(false);
    await expect(readInSubprocess("inspect", { path, options: {} })).rejects.toMatchObject({
      code: "file-not-regular",
    });
  }
});

test("an archive of more vector files than are read is refused, not cut", { tags: ["gdal"] }, async () => {
  const path = file("many.zip");
  const program = `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1], "w")
for n in range(201):
    z.writestr(f"{n}.geojson", '{"type": "FeatureCollection", "features": []}')
z.close()
`;
  python(program, path);
  await expect(openFeatures(path)).rejects.toThrow(/201 vector files, at most 200 are read/);
});
