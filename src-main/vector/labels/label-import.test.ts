import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { FeatureLayer, PropertyValue } from "../formats/feature.ts";
import { readFeatures } from "../formats/read.ts";
import type { Geometry, Position } from "../geometry/geometry.ts";
import { squareMetersPerUnit } from "../geometry/true-area.ts";
import { countValues, suggestClasses } from "./class-table.ts";
import { describeImport, importLabels, type LabelImport, type LabelImportOptions } from "./label-import.ts";

const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const fixtures = join(import.meta.dirname, "../fixtures");
const folder = mkdtempSync(join(tmpdir(), "label-import-"));
afterAll(() => rmSync(folder, { recursive: true }));

const grid: GeoBox = { crs: "EPSG:32631", affine: northUp(574680, 5622440, 10, 10), width: 64, height: 64 };

/** The labels as a raster of one byte per patch; 0 has no label. */
function rasterOf({ patches }: LabelImport, on: GeoBox): Uint8Array {
  const pixels = new Uint8Array(on.width * on.height);
  patches.classCodes.forEach((code, i) => {
    pixels[patches.rows[i]! * on.width + patches.cols[i]!] = code;
  });
  return pixels;
}

function imported(path: string, field: string, options: Partial<LabelImportOptions> = {}): LabelImport {
  const layer = readFeatures(path);
  return importLabels(layer, { field, table: suggestClasses(layer, field), grid, ...options });
}

const at = (col: number, row: number): Position => [574680 + 10 * col, 5622440 - 10 * row];
const box = (col: number, row: number, width: number, height = width): Geometry => ({
  type: "Polygon",
  coordinates: [
    [at(col, row), at(col + width, row), at(col + width, row + height), at(col, row + height), at(col, row)],
  ],
});

/** A layer made of shapes with a class each. */
function layerOf(shapes: readonly (readonly [PropertyValue, Geometry | null, string?])[]): FeatureLayer {
  return {
    path: "fields.gpkg",
    layer: "fields",
    layers: [],
    crs: "EPSG:32631",
    fields: [{ name: "crop", type: "text" }],
    features: shapes.map(([crop, geometry, problem], id) => ({
      id,
      properties: { crop },
      geometry,
      ...(problem === undefined ? {} : { problem }),
    })),
  };
}

function attempt(layer: FeatureLayer, options: Partial<LabelImportOptions> = {}): LabelImport {
  return importLabels(layer, { field: "crop", table: suggestClasses(layer, "crop"), grid, ...options });
}

test("the sample's parcels give, in three formats, the label raster that GDAL reads from the sample", {
  tags: ["gdal"],
}, () => {
  // labels_10m.tif holds the class_code of the parcels; ours are numbered, so both go through the parcel's code.
  const raw = join(folder, "labels.bin");
  execFileSync("gdal_translate", ["-q", "-of", "ENVI", "-ot", "Int32", join(sample, "parcel_id_10m.tif"), raw]);
  const bytes = readFileSync(raw);
  const parcelIds = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  for (const [file, field, id] of [
    ["parcels.gpkg", "class_name", "parcel_id"],
    ["parcels_wgs84.geojson", "class_name", "parcel_id"],
    ["parcels_shp/parcels.shp", "name", "parcel_id"],
  ] as const) {
    const result = imported(join(sample, file), field);
    expect(result.report.used, file).toBe(48);
    const byId = new Map(result.polygons.map((polygon) => [polygon.id, polygon]));
    const ours = new Int32Array(64 * 64);
    result.patches.polygonIds.forEach((polygon, i) => {
      ours[result.patches.rows[i]! * 64 + result.patches.cols[i]!] = byId.get(polygon)!.properties[id] as number;
    });
    expect(ours, file).toEqual(parcelIds);
    for (const { patches, hectares, properties } of result.polygons) {
      expect(patches).toBe(properties.pixels);
      expect(Math.abs(hectares - (properties.area_m2 as number) / 10_000)).toBeLessThan(1e-5);
    }
    expect(describeImport(result.report)).toEqual(["48 polygons came in, 48 are used."]);
  }
});

test("labels on 40 m patches are the pixels that gdal_rasterize burns", { tags: ["gdal"] }, () => {
  const patches: GeoBox = { crs: grid.crs, affine: northUp(574680, 5622440, 40, 40), width: 16, height: 16 };
  const path = join(sample, "parcels.gpkg");
  const result = imported(path, "class_code", { grid: patches, table: numbered(path) });
  const target = join(folder, "burnt.bin");
  execFileSync("gdal_rasterize", [
    ...["-q", "-of", "ENVI", "-ot", "UInt16", "-a", "class_code", "-te", "574680", "5621800", "575320", "5622440"],
    ...["-ts", "16", "16", path, target],
  ]);
  const bytes = readFileSync(target);
  const theirs = new Uint16Array(bytes.buffer, bytes.byteOffset, 256);
  const codes = new Map(result.legend.map(({ code, name }) => [code, Number(name)]));
  // Edges of 10 m pixels run through the centres of 40 m patches: there two parcels claim one patch, and nobody gets it.
  const ours = rasterOf(result, patches);
  const labelled = [...ours.keys()].filter((i) => ours[i] !== 0);
  expect(labelled.map((i) => codes.get(ours[i]!))).toEqual(labelled.map((i) => theirs[i]));
  expect(256 - labelled.length).toBe(result.report.contestedPatches);
  expect(result.report.contestedPatches).toBeLessThan(40);
});

function numbered(path: string) {
  return suggestClasses(readFeatures(path), "class_code");
}

test("with a share, a patch belongs to the polygon that covers enough of it", () => {
  const patches: GeoBox = { crs: grid.crs, affine: northUp(574680, 5622440, 40, 40), width: 16, height: 16 };
  // Covers 3 of 4 columns of pixels of the second patch, a quarter of the third.
  const layer = layerOf([["a", box(5, 0, 4, 4)]]);
  const claimed = (share: number) => [...attempt(layer, { grid: patches, claim: { share } }).patches.cols];
  expect(claimed(0.7)).toEqual([1]);
  expect(claimed(0.2)).toEqual([1, 2]);
  // On a grid that starts elsewhere the same patches.
  const shifted: GeoBox = { ...patches, affine: northUp(574640, 5622480, 40, 40), width: 5000, height: 5000 };
  const moved = attempt(layer, { grid: shifted, claim: { share: 0.7 } }).patches;
  expect([[...moved.cols], [...moved.rows]]).toEqual([[2], [1]]);
  expect(() => claimed(0.8)).toThrow("None of the shapes of “fields.gpkg” can be used: 1 smaller than a patch.");
});

test("every shape that is not used is counted once, with its reason", () => {
  const bowtie: Geometry = {
    type: "Polygon",
    coordinates: [[at(30, 30), at(34, 34), at(34, 30), at(30, 34), at(30, 30)]],
  };
  const layer = layerOf([
    ["wheat", box(0, 0, 5)],
    [null, box(10, 0, 5)],
    ["  ", box(10, 0, 5)],
    ["road", box(20, 0, 5)],
    ["wheat", null],
    ["wheat", null, "its coordinates are not numbers"],
    ["wheat", { type: "LineString", coordinates: [at(3, 3), at(4, 4)] }],
    ["wheat", bowtie],
    ["wheat", box(100, 0, 5)],
    ["wheat", box(40.1, 40.1, 0.3)],
    ["wheat", box(0, 0, 5)],
    ["maize", box(50, 50, 4)],
    ["wheat", box(51, 51, 2)],
    ["maize", box(62, 10, 5)],
    // Round the lower right corner, without touching the project.
    ["wheat", { type: "Polygon", coordinates: [[at(67, 62), at(67, 67), at(62, 67), at(67, 62)]] }],
  ]);
  const { legend, rules } = suggestClasses(layer, "crop");
  const table = { legend, rules: rules.map((rule) => (rule.value === "road" ? { ...rule, classCode: null } : rule)) };
  const { report, polygons, patches } = attempt(layer, { table });
  expect(report.dropped.map(({ id, reason }) => `${id} ${reason}`)).toEqual([
    "2 no-class",
    "3 no-class",
    "4 ignored",
    "5 empty-geometry",
    "6 invalid-geometry",
    "7 not-a-polygon",
    "8 invalid-geometry",
    "9 outside",
    "10 small",
    "11 duplicate",
    "13 overlap",
    "15 outside",
  ]);
  expect(report.total).toBe(15);
  expect(report.used + report.dropped.length).toBe(report.total);
  expect(polygons.map(({ id, patches: count }) => [id, count])).toEqual([
    [1, 25],
    [12, 12],
    [14, 10],
  ]);
  expect(report.contestedPatches).toBe(4);
  expect(report.partlyOutside).toBe(1);
  expect(patches.cols.length).toBe(47);
  expect(
    report.classes.map(({ name, polygons: count, patches: cells, hectares }) => [
      name,
      count,
      cells,
      Number(hectares.toFixed(6)),
    ]),
  ).toEqual([
    ["maize", 2, 22, 0.26],
    ["road", 0, 0, 0],
    ["wheat", 1, 25, 0.25],
  ]);
  expect(describeImport(report)).toEqual([
    "15 polygons came in, 3 are used.",
    "2 not used: no class value.",
    "1 not used: class is ignored.",
    "1 not used: empty geometry.",
    "1 not used: neither a polygon nor a point.",
    "2 not used: invalid geometry (5: its coordinates are not numbers; 7: its outline crosses itself near (575000, 5622120)).",
    "2 not used: outside the project's area.",
    "1 not used: smaller than a patch.",
    "1 not used: covered by labels of another class.",
    "1 not used: covered by labels of the same class.",
    "1 reach past the project's area; only the part inside is used, and its hectares are counted.",
    "4 patches lie in labels of different classes and get no label.",
  ]);
});

test("names that differ in case and blanks are one class, and the commonest spelling names it", () => {
  const layer = readFeatures(join(fixtures, "made_messy_class_names_3857.gpkg"));
  const values = countValues(layer, "class_name");
  expect(values.length).toBe(8);
  expect(values.some(({ spellings }) => spellings.length > 1)).toBe(true);
  const result = importLabels(layer, { field: "class_name", table: suggestClasses(layer, "class_name"), grid });
  const plain = imported(join(sample, "parcels.gpkg"), "class_name");
  expect(rasterOf(result, grid)).toEqual(rasterOf(plain, grid));
});

test("whole numbers up to 254 stay the class codes, others are numbered; names may come from a second field", () => {
  const codes = (values: readonly PropertyValue[]) =>
    suggestClasses(layerOf(values.map((value) => [value, null])), "crop").legend.map(
      ({ code, name }) => `${code} ${name}`,
    );
  expect(codes([30, 4, "4", 200])).toEqual(["4 4", "30 30", "200 200"]);
  expect(codes([1110, 20])).toEqual(["1 20", "2 1110"]);
  expect(codes(["Wheat", "barley"])).toEqual(["1 Wheat", "2 barley"]);
  const named = suggestClasses(readFeatures(join(sample, "parcels.gpkg")), "class_code", { nameField: "class_name" });
  expect(named.legend.map(({ name }) => name)).toContain("winter wheat");
  expect(named.legend.length).toBe(8);
});

/** The error's code and sentence. */
function refusal(work: () => unknown): [string, string] {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return [error.code, error.message];
    throw error;
  }
  throw new Error("it was accepted");
}

test("labels that cannot be used at all are refused with one sentence", () => {
  const parcels = readFeatures(join(sample, "parcels.gpkg"));
  const table = suggestClasses(parcels, "class_name");
  expect(refusal(() => importLabels(parcels, { field: "crop", table, grid }))).toEqual([
    "labels-without-field",
    expect.stringContaining("has no field “crop”. Choose one that it has: “parcel_id”, “class_code”"),
  ]);
  expect(refusal(() => importLabels(layerOf([[null, box(0, 0, 3)]]), { field: "crop", table, grid }))[0]).toBe(
    "labels-without-class-values",
  );
  expect(refusal(() => suggestClasses(layerOf([[null, null]]), "crop"))[0]).toBe("labels-without-class-values");
  expect(refusal(() => attempt(layerOf([["a", box(1000, 0, 3)]])))).toEqual([
    "labels-outside",
    "None of the shapes of “fields.gpkg” touches the project’s area. They lie around longitude 4.200, latitude 50.748; the project around 4.063, 50.746. Check the file and its coordinate system.",
  ]);
  expect(refusal(() => attempt({ ...layerOf([["a", box(0, 0, 3)]]), crs: undefined }))).toEqual([
    "labels-without-crs",
    expect.stringContaining("1 of 1 positions lie in the project: if that is right, say --crs EPSG:32631."),
  ]);
  expect(
    refusal(() =>
      attempt(
        layerOf([
          ["a", null],
          ["a", { type: "LineString", coordinates: [at(1, 1), at(2, 2)] }],
        ]),
      ),
    ),
  ).toEqual([
    "labels-none-usable",
    "None of the 2 shapes of “fields.gpkg” can be used: 1 empty geometry, 1 neither a polygon nor a point. Correct them, or choose another file.",
  ]);
  expect(
    refusal(() => suggestClasses(layerOf(Array.from({ length: 300 }, (_, i) => [`${i + 0.5}`, null])), "crop"))[0],
  ).toBe("labels-too-many-classes");
});

test("values that the class table does not name stop the import, or are ignored when told so", () => {
  const layer = layerOf([
    ["wheat", box(0, 0, 4)],
    ["Weat", box(8, 0, 4)],
  ]);
  const table = { legend: [{ code: 1, name: "wheat", color: "#112233" }], rules: [{ value: "WHEAT ", classCode: 1 }] };
  expect(refusal(() => attempt(layer, { table }))[1]).toBe(
    "The field “crop” of “fields.gpkg” holds values that the class table does not name: “Weat”. Map each of them to a class, or to “ignore”.",
  );
  expect(attempt(layer, { table, unmapped: "ignore" }).report.used).toBe(1);
});

test("a Shapefile without .prj needs a CRS named by hand", () => {
  const path = join(fixtures, "made_shp_without_prj.shp");
  expect(refusal(() => imported(path, "name"))[0]).toBe("labels-without-crs");
  const layer = readFeatures(path, { crs: "EPSG:32631" });
  expect(importLabels(layer, { field: "name", table: suggestClasses(layer, "name"), grid }).report.used).toBe(8);
});

test("reading labels from a far corner of a large grid keeps their place", () => {
  const large: GeoBox = { ...grid, width: 40_000, height: 40_000 };
  const layer = layerOf([
    ["a", box(39_990, 39_990, 5)],
    ["b", box(255, 255, 3)],
  ]);
  const { patches } = attempt(layer, { grid: large });
  expect([patches.cols[0], patches.rows[0], patches.cols.at(-1), patches.rows.at(-1)]).toEqual([
    255, 255, 39_994, 39_994,
  ]);
  const order = [...patches.rows.keys()].map((i) => patches.rows[i]! * 40_000 + patches.cols[i]!);
  expect(order).toEqual(order.toSorted((p, q) => p - q));
});

test("areas are true in degrees, feet and Web Mercator, and the map's own where the map is nearly true", {
  tags: ["gdal"],
}, () => {
  // GDAL measures the same small square on the ellipsoid.
  const witness = (crs: string, ring: readonly Position[]): number => {
    const path = join(folder, "square.geojson");
    writeFileSync(path, JSON.stringify({ type: "Polygon", coordinates: [ring] }));
    const program = `
import json, sys
from osgeo import ogr, osr
g = ogr.CreateGeometryFromJson(open(sys.argv[1]).read())
s = osr.SpatialReference(); s.SetFromUserInput(sys.argv[2]); s.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
t = osr.SpatialReference(); t.SetFromUserInput("+proj=laea +lat_0=%s +lon_0=%s +datum=WGS84" % (sys.argv[4], sys.argv[3]))
g.Transform(osr.CoordinateTransformation(s, t)); print(g.GetArea())
`;
    return Number(
      execFileSync("/usr/bin/python3", ["-W", "ignore", "-c", program, path, crs, "4.06", "50.74"], {
        encoding: "utf8",
      }),
    );
  };
  for (const [crs, x, y, size] of [
    ["EPSG:4326", 4.06, 50.74, 1e-4],
    ["EPSG:3857", 451_957, 6_575_400, 10],
  ] as const) {
    const ring: Position[] = [
      [x, y],
      [x + size, y],
      [x + size, y + size],
      [x, y + size],
      [x, y],
    ];
    expect(Math.abs((squareMetersPerUnit(crs, x, y) * size * size) / witness(crs, ring) - 1)).toBeLessThan(1e-4);
  }
  expect(squareMetersPerUnit("EPSG:32631", 575_000, 5_622_000)).toBe(1);
  // US survey feet (New York): 0.3048006² within the map's own distortion.
  expect(Math.abs(squareMetersPerUnit("EPSG:2263", 985_000, 210_000) / 0.3048006 ** 2 - 1)).toBeLessThan(0.001);
});
