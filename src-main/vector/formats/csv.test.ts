import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import { positionsOf } from "../geometry/geometry.ts";
import { suggestClasses } from "../labels/class-table.ts";
import { importLabels } from "../labels/label-import.ts";
import { numberIn } from "./csv-table.ts";
import type { ReadOptions } from "./feature.ts";
import { readFeatures } from "./read.ts";
import { readWkt } from "./wkt.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-csv-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

let files = 0;
function written(content: string | Buffer, ending = "csv"): string {
  const path = join(room, `table-${++files}.${ending}`);
  writeFileSync(path, content);
  return path;
}

const read = (content: string | Buffer, options: ReadOptions = {}) => {
  const layer = readFeatures(written(content), options);
  return { ...layer, features: [...layer.features] };
};
const positions = (layer: ReturnType<typeof read>) =>
  layer.features.map(({ geometry }) => (geometry ? [...positionsOf(geometry)][0] : null));

function refusal(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("nothing was refused");
}

test.each([
  ["lon,lat,class\n4.05,50.74,wheat\n4.06,50.75,maize\n", "EPSG:4326"],
  ["Latitude\tLongitude\tclass\n50.74\t4.05\twheat\n50.75\t4.06\tmaize\n", "EPSG:4326"],
  ["\ufeffid;LAENGE;BREITE;class\r\n1;4,05;50,74;wheat\r\n2;4,06;50,75;maize\r\n", "EPSG:4326"],
  ["class|decimalLongitude|decimalLatitude\nwheat|4.05|50.74\nmaize|4.06|50.75\n", "EPSG:4326"],
  ['class,"gps_lon","gps_lat"\n"wheat, ""winter""",4.05,50.74\n"two\nlines",4.06,50.75\n', "EPSG:4326"],
  ["X;Y;EPSG;class\n4.05;50.74;4326;wheat\n4.06;50.75;4326;maize\n", "EPSG:4326"],
  ['class,geom_wkt\nwheat,"POINT Z (4.05 50.74 12)"\nmaize,"POINT(4.06 50.75)"\n', "EPSG:4326"],
  ["class;the_geom\nwheat;SRID=4326;POINT(4.05 50.74)\n".replace("SRID=4326;", ""), "EPSG:4326"],
  ["sep=;\nlng;lat\n4.05;50.74\n4.06;50.75\n", "EPSG:4326"],
])("positions are found however the table is written: %j", (text, crs) => {
  const layer = read(text);
  expect(layer.crs).toBe(crs);
  expect(positions(layer)[0]).toEqual([4.05, 50.74]);
});

test("positions are those that OGR reads, with a decimal comma and a projected system too", { tags: ["gdal"] }, () => {
  const rows = Array.from({ length: 40 }, (_, i) => [126409.53 + 137.21 * i, 156574.32 + 91.07 * i] as const);
  const path = written(
    `nr;X;Y;teelt\n${rows.map(([x, y], i) => `${i};${x.toFixed(2)};${y.toFixed(2)};c${i % 3}`).join("\n")}\n`,
  );
  const out = execFileSync(
    "ogr2ogr",
    [
      "-f",
      "GeoJSON",
      "/vsistdout/",
      path,
      "-oo",
      "X_POSSIBLE_NAMES=X",
      "-oo",
      "Y_POSSIBLE_NAMES=Y",
      "-lco",
      "RFC7946=NO",
    ],
    { encoding: "utf8" },
  );
  const expected = (JSON.parse(out) as { features: { geometry: { coordinates: number[] } }[] }).features.map(
    ({ geometry }) => geometry.coordinates,
  );
  const comma = read(
    `nr;X;Y;EPSG;teelt\n${rows.map(([x, y], i) => `${i};${x.toFixed(2).replace(".", ",")};${y.toFixed(2).replace(".", ",")};31370;c${i % 3}`).join("\n")}\n`,
  );
  expect(comma.crs).toBe("EPSG:31370");
  expect(positions(comma)).toEqual(expected);
  expect(comma.table).toMatchObject({ delimiter: ";", decimal: ",", x: "X", y: "Y", crsFrom: "column" });
});

test("WKT shapes are those that OGR reads", { tags: ["gdal"] }, () => {
  const shapes = [
    "POINT (30 10)",
    "MULTIPOINT ((10 40), (40 30), (20 20))",
    "MULTIPOINT (10 40, 40 30)",
    "POLYGON ((35 10, 45 45, 15 40, 10 20, 35 10), (20 30, 35 35, 30 20, 20 30))",
    "MULTIPOLYGON (((40 40, 20 45, 45 30, 40 40)), ((20 35, 10 30, 10 10, 30 5, 45 20, 20 35), (30 20, 20 15, 20 25, 30 20)))",
    "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))",
    "POLYGON Z ((0 0 1, 1e1 0 1, 10 -1.5e0 1, 0 0 1))",
  ];
  const path = written(`id;WKT\n${shapes.map((text, i) => `${i};"${text}"`).join("\n")}\n`);
  const out = execFileSync("ogr2ogr", ["-f", "GeoJSON", "/vsistdout/", path, "-lco", "RFC7946=NO"], {
    encoding: "utf8",
  });
  type Shape = { type: string; coordinates?: unknown; geometries?: Shape[] };
  const flat = (value: unknown): unknown =>
    Array.isArray(value) ? (typeof value[0] === "number" ? value.slice(0, 2) : value.map(flat)) : value;
  const plane = (shape: Shape): Shape =>
    shape.geometries
      ? { type: shape.type, geometries: shape.geometries.map(plane) }
      : { type: shape.type, coordinates: flat(shape.coordinates) };
  const expected = (JSON.parse(out) as { features: { geometry: Shape }[] }).features.map(({ geometry }) =>
    plane(geometry),
  );
  expect(
    read(`id;WKT\n${shapes.map((text, i) => `${i};"${text}"`).join("\n")}\n`).features.map(({ geometry }) => geometry),
  ).toEqual(expected);
  expect(readWkt("SRID=31370;POINT EMPTY")).toEqual({ geometry: null, srid: 31370 });
  expect(() => readWkt("POLYGON ((0 0, 1 1")).toThrow();
  expect(() => readWkt(`${"GEOMETRYCOLLECTION(".repeat(5000)}POINT(1 1)`)).toThrow("nested too deeply");
});

test("a cell may hold GeoJSON, as Earth Engine exports it, or hexadecimal WKB, as PostGIS prints it", {
  tags: ["gdal"],
}, () => {
  const shapes = [
    "POINT (4.1 50.7)",
    "POLYGON ((4 50, 4.5 50, 4.5 50.5, 4 50), (4.3 50.1, 4.4 50.1, 4.4 50.2, 4.3 50.1))",
  ];
  const out = execFileSync(
    "/usr/bin/python3",
    [
      "-c",
      "import sys, json; from osgeo import ogr; ogr.UseExceptions(); print(json.dumps([[g.ExportToJson(), g.ExportToWkb().hex(), g.ExportToWkb(ogr.wkbXDR).hex()] for g in map(ogr.CreateGeometryFromWkt, sys.argv[1:])]))",
      ...shapes,
    ],
    { encoding: "utf8" },
  );
  const rows = JSON.parse(out) as readonly [json: string, little: string, big: string][];
  const expected = shapes.map((text) => readWkt(text).geometry);
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  for (const form of [0, 1, 2] as const) {
    const header = form === 0 ? "system:index,crop,.geo" : "id,crop,geom";
    const layer = read(`${header}\n${rows.map((row, i) => `${i},wheat,${quoted(row[form])}`).join("\n")}\n`);
    expect(layer.features.map(({ geometry }) => geometry)).toEqual(expected);
    expect(layer.crs).toBe("EPSG:4326");
  }
  // Extended WKB names its system.
  const extended = Buffer.alloc(25);
  extended[0] = 1;
  extended.writeUInt32LE(0x20000001, 1);
  extended.writeUInt32LE(31370, 5);
  extended.writeDoubleLE(150_000, 9);
  extended.writeDoubleLE(170_000, 17);
  const belgian = read(`id,geom\n1,${extended.toString("hex")}\n`);
  expect([belgian.crs, positions(belgian)]).toEqual(["EPSG:31370", [[150_000, 170_000]]]);
  const broken = [
    '{""type"":""Point"",""coordinates"":[1',
    `{""type"":""GeometryCollection"",""geometries"":${"[".repeat(9000)}`,
  ];
  const whole = '{""type"":""Point"",""coordinates"":[4.1,50.7]}';
  const table = read(`id,.geo\n${[whole, whole, ...broken].map((cell, i) => `${i},"${cell}"`).join("\n")}\n`);
  expect(table.features.map(({ problem }) => problem ?? null)).toEqual([
    null,
    null,
    "its GeoJSON is broken",
    "its GeoJSON is nested too deeply",
  ]);
});

test("rows without a usable position are kept with what is wrong", () => {
  const layer = read("lon,lat,class\n4.05,50.74,a\n4.1,,b\nabc,51.0,b\n4.2,951.0,b\n0,0,c\n");
  expect(layer.features.map(({ id, problem }) => [id, problem ?? null])).toEqual([
    ["line 2", null],
    ["line 3", null],
    ["line 4", "“abc” in column “lon” is no coordinate"],
    ["line 5", "(4.2, 951) is no longitude and latitude"],
    ["line 6", "its position is (0, 0), which stands for none"],
  ]);
});

test("what is not certain is asked, and what cannot be read is said", () => {
  const code = (content: string | Buffer, options?: ReadOptions) => refusal(() => read(content, options));
  expect(code("start_lon,start_lat,end_lon,end_lat\n4,50,5,51\n")).toMatchObject({
    code: "table-ambiguous",
    message: expect.stringContaining("--x start_lon --y start_lat, or --x end_lon --y end_lat"),
  });
  // A name of two words can be copied into a command.
  expect(code("start lon,start lat,end lon,end lat\n4,50,5,51\n").message).toContain('--x "start lon" --y "start lat"');
  expect(code("a,b,class\n1,2,x\n").code).toBe("table-without-coordinates");
  expect(code('site,position\n0,"50°43\'9.3""N 4°02\'4.9""E"\n').code).toBe("table-degrees-minutes");
  expect(code("lat,lon\n4.05,150.74\n4.06,150.75\n", { x: "lat", y: "lon" })).toMatchObject({
    code: "table-not-degrees",
    message: expect.stringContaining("exchanged"),
  });
  expect(code("lon,lat\n574680,5621800\n574690,5621810\n")).toMatchObject({
    code: "table-not-degrees",
    message: expect.stringContaining("--crs EPSG:code"),
  });
  expect(code("a,b\n1,2\n", { x: "a" }).code).toBe("table-one-coordinate");
  expect(code("a,b\n1,2\n", { x: "a", y: "zz" }).code).toBe("table-column-missing");
  expect(code("   \n").code).toBe("table-unreadable");
  expect(code(Buffer.from([1, 0, 2, 0, 3, 4])).code).toBe("table-unreadable");
  expect(code('lon,lat\n"4.05,50.74\n')).toMatchObject({ message: expect.stringContaining("never close") });
  expect(refusal(() => readFeatures(written("PK", "xlsx"))).code).toBe("table-spreadsheet");
  // x and y alone say nothing about the system.
  expect(read("x,y,class\n574680,5621800,a\n").crs).toBeUndefined();
});

test("codes keep their zeros, numbers are numbers, and an encoding is found or told", () => {
  const layer = read("lon,lat,code,n\n4,50,0110,1\n5,51,0120,2.5\n");
  expect(layer.fields.map(({ type }) => type)).toEqual(["integer", "integer", "text", "number"]);
  expect(layer.features[0]!.properties).toMatchObject({ code: "0110", n: 1 });
  const latin = read(Buffer.from("lon,lat,class\n4.5,50.5,pr\xe9\n", "latin1"));
  expect(latin.features[0]!.properties.class).toBe("pré");
  expect(latin.table?.encoding).toBe("windows-1252");
  const wide = read(
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("lon;lat;class\n4,5;50,5;pré\n", "utf16le")]),
  );
  expect(wide.features[0]!.properties.class).toBe("pré");
  expect(positions(wide)).toEqual([[4.5, 50.5]]);
});

test.each([
  ["1,234,567.5", ".", 1234567.5],
  ["1.234.567,5", ",", 1234567.5],
  ["126 409,53", ",", 126409.53],
  ["3,5", ".", undefined],
  ["\u22124.5", ".", -4.5],
  ["1e3", ".", 1000],
  ["12abc", ".", undefined],
] as const)("the number in %j with %j is %j", (cell, decimal, expected) => {
  expect(numberIn(cell, decimal)).toBe(expected);
});

const grid: GeoBox = { crs: "EPSG:32631", affine: northUp(574680, 5622440, 10, 10), width: 64, height: 64 };
const imported = (text: string, options: ReadOptions = {}, more: { radius?: number; swap?: boolean } = {}) => {
  const layer = readFeatures(written(text), options);
  return importLabels(layer, { field: "class", table: suggestClasses(layer, "class"), grid, ...more });
};

test("a point labels its patch, points of two classes in one patch are a conflict, of one class a duplicate", () => {
  const rows = [
    "574685,5622435,a",
    "574695,5622435,a",
    "574697,5622431,b",
    "574705,5622435,b",
    "574706,5622436,b",
    "1,2,a",
  ];
  const { polygons, report } = imported(`x,y,class\n${rows.join("\n")}\n`, { crs: "EPSG:32631" });
  expect(report).toMatchObject({ total: 6, used: 2, points: 2, contestedPatches: 1 });
  expect(report.dropped.map(({ sourceId, reason }) => [sourceId, reason])).toEqual([
    ["line 3", "overlap"],
    ["line 4", "overlap"],
    ["line 6", "duplicate"],
    ["line 7", "outside"],
  ]);
  expect(polygons.map(({ cells, point, hectares }) => [cells?.col, cells?.row, point[0], hectares.toFixed(3)])).toEqual(
    [
      [0, 0, 574685, "0.010"],
      [2, 0, 574705, "0.010"],
    ],
  );
});

test("with a radius a point labels the patches whose centre lies within it, each once", () => {
  const one = imported("x,y,class\n574855,5622265,a\n", { crs: "EPSG:32631" }, { radius: 20 });
  // Centres within 20 m of the middle of a patch: 13.
  expect(one.report.classes[0]).toMatchObject({ patches: 13 });
  const two = imported("x,y,class\n574855,5622265,a\n574865,5622265,a\n", { crs: "EPSG:32631" }, { radius: 20 });
  expect(two.report.classes[0]).toMatchObject({ polygons: 2, patches: 18 });
  expect(two.report.classes[0]!.hectares).toBeCloseTo(0.18, 2);
});

test("points in a wrong system are refused with what would put them into the project", () => {
  const message = (text: string, options: ReadOptions = {}) => refusal(() => imported(text, options)).message;
  expect(message("x,y,class\n574855,5622265,a\n574955,5622165,a\n")).toContain("--crs EPSG:32631");
  expect(message("x,y,class\n4.063,50.746,a\n4.062,50.747,b\n", { crs: "EPSG:31370" })).toContain("--crs EPSG:4326");
  expect(message("x,y,class\n5622265,574855,a\n", { crs: "EPSG:32631" })).toContain("--swap");
  expect(imported("x,y,class\n5622265,574855,a\n", { crs: "EPSG:32631" }, { swap: true }).report.used).toBe(1);
  expect(message("x,y,class\n14.063,20.746,a\n14.064,20.747,a\n", { crs: "EPSG:31370" })).toContain(
    "look like degrees",
  );
});
