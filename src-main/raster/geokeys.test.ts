/** @module-tag gdal */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AppError } from "../../src-shared/errors/index.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import { coordTrans, epsgValue, geoKey, modelType, userDefined } from "./geokey-ids.ts";
import { crsOfGeoKeys, type GeoKeys } from "./geokeys.ts";
import { convertToCog, createCog, definitionOf, openRaster, transformer } from "./index.ts";
import { CrsProblem } from "./projection.ts";
import { apart, type Row, rowsOf } from "./testing/compare-crs.ts";
import { python, temporaryFolder } from "./testing/gdal.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** A system or two of every projection method in the EPSG register that GeoTIFF can express, and awkward units and meridians. */
const codes = [
  3035, 2154, 27700, 32631, 32733, 31370, 2056, 21781, 29702, 3375, 29873, 3078, 26731, 3857, 3395, 3832, 3388, 5041,
  3031, 3995, 3413, 32661, 28992, 3844, 2036, 4087, 4088, 3410, 6933, 3408, 2314, 28191, 3068, 30200, 5530, 27200, 5880,
  5070, 3005, 2163, 5514, 2053, 22275, 27572, 26591, 2263, 2136, 24370, 31467, 2100, 4326, 4277, 4806, 3153, 20790,
];
let rows: readonly Row[];

beforeAll(() => {
  const script = join(import.meta.dirname, "testing/make-crs-tiffs.py");
  execFileSync("/usr/bin/python3", [script, folder.path, ...codes.map(String)], { stdio: "ignore" });
  rows = rowsOf(folder.path).filter(({ points, method }) => points && points.length > 0 && method !== "esri");
}, 120_000);

async function outcome(row: Row, crs?: string): Promise<string> {
  try {
    const metres = await apart(folder.path, row, crs);
    return metres < 0.01 ? "agrees" : `${row.file} ${row.name}: ${metres} m`;
  } catch (error) {
    if (error instanceof AppError && error.code === "raster-crs-unusable") return "refused";
    throw error;
  }
}

test("every system agrees with PROJ within 1 cm, written as a code or as keys alone, or is refused; none differs", async () => {
  const outcomes = new Map<string, string>();
  for (const row of rows) outcomes.set(row.file, await outcome(row));
  expect([...outcomes.values()].filter((word) => word !== "agrees" && word !== "refused")).toEqual([]);
  const refused = [...outcomes].filter(([, word]) => word === "refused").map(([file]) => file.replace(".tif", ""));
  // Grads: writers differ on the unit of projection parameters. Kerguelen… systems by code are computed all the same.
  expect(refused.sort()).toEqual(["EPSG-27572-bare", "EPSG-27572-keys", "EPSG-29702-bare", "EPSG-29702-keys"]);
  expect([...outcomes.values()].filter((word) => word === "agrees").length).toBeGreaterThan(140);
});

test("GDAL reads the keys that we write for every one of them as the same system", async () => {
  const pixels = async ({ width, height }: { width: number; height: number }) => [new Uint8Array(width * height)];
  const written: { file: string; row: Row }[] = [];
  for (const row of rows.filter(({ file }) => file.endsWith("-code.tif"))) {
    if ((await outcome(row)) === "refused") continue;
    // GDAL writes the successor of a code that was withdrawn.
    const crs = definitionOf((await openRaster(join(folder.path, row.file))).info.crs!);
    const file = join(folder.path, `written-${row.code}.tif`);
    const geobox = { crs, affine: northUp(row.points![0]![2], row.points![0]![3], 10, 10), width: 16, height: 16 };
    try {
      await createCog(file, { geobox, bandCount: 1, dataType: "uint8", overviewMethod: "nearest" }, pixels);
      written.push({ file, row });
    } catch (error) {
      expect(error).toMatchObject({ code: "crs-unwritable" });
      // Krovak and the web's Mercator have no method code of their own, the Lo grids turn both axes.
      expect([5514, 3857]).toContain(row.code);
    }
  }
  const theirs = JSON.parse(
    python(
      `
import json, sys
from osgeo import gdal, osr
out = {}
for file, points in json.loads(sys.argv[1]):
    srs = gdal.Open(file).GetSpatialRef()
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    base = srs.CloneGeogCS()
    base.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    pm = json.loads(base.ExportToPROJJSON())
    pm = pm.get("base_crs", pm.get("source_crs", pm))
    frame = pm.get("datum", pm.get("datum_ensemble", {}))
    lon0 = frame.get("prime_meridian", {}).get("longitude", 0)
    lon0 = lon0["value"] if isinstance(lon0, dict) else lon0
    t = osr.CoordinateTransformation(base, srs)
    out[file] = [list(t.TransformPoint(lon - lon0, lat)[:2]) for lon, lat, x, y in points]
print(json.dumps(out))`,
      [JSON.stringify(written.map(({ file, row }) => [file, row.points]))],
    ),
  ) as Record<string, [number, number][]>;
  const off: string[] = [];
  for (const { file, row } of written) {
    row.points!.forEach(([, , x, y], i) => {
      const [gx, gy] = theirs[file]![i]!;
      const metres = Math.hypot(gx - x, gy - y) * (row.geographic ? 111_320 : row.unit);
      if (!(metres < 0.01)) off.push(`${row.code} ${row.name}: ${metres} m`);
    });
    // And we read our own keys back as what they were.
    expect(await outcome(row, (await openRaster(file)).info.crs)).toBe("agrees");
  }
  expect(off).toEqual([]);
  expect(written.length).toBeGreaterThan(45);
});

test("a datum shift, a meridian and an ellipsoid of a file's own come through a conversion", async () => {
  const own =
    "+proj=tmerc +lat_0=49 +lon_0=1.5 +k=0.9997 +x_0=400000 +y_0=-100000 +a=6377563.396 +rf=299.3249646 +pm=2.5 +towgs84=446.448,-125.157,542.06,0.15,0.247,0.842,-20.489 +units=m +no_defs";
  const [first, second] = [join(folder.path, "own.tif"), join(folder.path, "own-cog.tif")];
  const geobox = { crs: own, affine: northUp(450000, 200000, 10, 10), width: 64, height: 64 };
  await createCog(
    first,
    { geobox, bandCount: 1, dataType: "uint8", overviewMethod: "nearest" },
    async ({ width, height }) => [new Uint8Array(width * height).fill(7)],
  );
  await convertToCog(first, second, {});
  const before = transformer(own, "EPSG:4326").forward(450000, 200000);
  for (const file of [first, second]) {
    const { crs } = (await openRaster(file)).info;
    const after = transformer(crs!, "EPSG:4326").forward(450000, 200000);
    expect(Math.hypot(after[0] - before[0], after[1] - before[1]) * 111_320).toBeLessThan(1e-4);
    // GDAL finds the same place on WGS 84: shift, meridian and ellipsoid are all in the keys.
    const text = execFileSync("gdaltransform", ["-t_srs", "EPSG:4326", "-output_xy", file], { input: "0 0\n", encoding: "utf8" }); // biome-ignore format: one line
    const [lon, lat] = text.trim().split(/\s+/).map(Number) as [number, number];
    expect(Math.hypot((lon - before[0]) * 0.65, lat - before[1]) * 111_320).toBeLessThan(0.01);
  }
});

const keys = (entries: Record<number, number | string | readonly number[]>): GeoKeys =>
  new Map(Object.entries(entries).map(([key, value]) => [Number(key), value]));
const tmerc = {
  [geoKey.GTModelType]: modelType.projected,
  [geoKey.GeographicType]: userDefined,
  [geoKey.GeogGeodeticDatum]: userDefined,
  [geoKey.GeogEllipsoid]: userDefined,
  [geoKey.GeogSemiMajorAxis]: 6378137,
  [geoKey.GeogInvFlattening]: 298.257222101,
  [geoKey.ProjectedCSType]: userDefined,
  [geoKey.Projection]: userDefined,
  [geoKey.ProjCoordTrans]: coordTrans.TransverseMercator,
  [geoKey.ProjLinearUnits]: epsgValue.metre,
  [geoKey.ProjNatOriginLong]: 3,
  [geoKey.ProjNatOriginLat]: 0,
  [geoKey.ProjFalseEasting]: 500000,
  [geoKey.ProjFalseNorthing]: 0,
  [geoKey.ProjScaleAtNatOrigin]: 0.9996,
};

test.each([
  [
    "Laborde's oblique Mercator",
    { [geoKey.ProjCoordTrans]: coordTrans.ObliqueMercator_Laborde },
    /ProjCoordTransGeoKey \(3075\) = 4 \(oblique Mercator of Laborde\)/,
  ],
  ["Rosenmund's", { [geoKey.ProjCoordTrans]: coordTrans.ObliqueMercator_Rosenmund }, /\(3075\) = 5/],
  ["a method nobody knows", { [geoKey.ProjCoordTrans]: 99 }, /\(3075\) = 99/],
  ["a code that the register lacks", { [geoKey.ProjectedCSType]: 31234 }, /ProjectedCSTypeGeoKey \(3072\) = 31234/],
  ["a code of others than EPSG", { [geoKey.ProjectedCSType]: 54009 }, /\(3072\) = 54009/],
  [
    "grads",
    { [geoKey.GeogAngularUnits]: 9105 },
    /GeogAngularUnitsGeoKey \(2054\) = 9105.*ProjNatOriginLongGeoKey \(3080\)/,
  ],
  [
    "an ellipsoid that is not there",
    { [geoKey.GeogSemiMajorAxis]: undefined, [geoKey.GeogInvFlattening]: undefined },
    /GeogSemiMajorAxisGeoKey \(2057\)/,
  ],
  ["half an ellipsoid", { [geoKey.GeogInvFlattening]: undefined }, /GeogSemiMajorAxisGeoKey \(2057\) = 6378137 alone/],
  ["two ellipsoids", { [geoKey.GeogEllipsoid]: 7004 }, /contradict/],
  [
    "an ellipsoid code that is none",
    { [geoKey.GeogEllipsoid]: 7999, [geoKey.GeogSemiMajorAxis]: undefined, [geoKey.GeogInvFlattening]: undefined },
    /GeogEllipsoidGeoKey \(2056\) = 7999/,
  ],
  [
    "two lengths of one unit",
    { [geoKey.ProjLinearUnitSize]: 0.3048 },
    /\(3076\) = 9001 and .*\(3077\) = 0.3048 contradict/,
  ],
  ["a zone and another method", { [geoKey.Projection]: 16032 }, /\(3074\) = 16032 and .*\(3075\) = 1 contradict/],
  ["two datums", { [geoKey.GeographicType]: 4275, [geoKey.GeogGeodeticDatum]: 6230, [geoKey.GeogEllipsoid]: undefined, [geoKey.GeogSemiMajorAxis]: undefined, [geoKey.GeogInvFlattening]: undefined }, /\(2048\) = 4275 is on another datum than .*\(2050\) = 6230/], // biome-ignore format: one line
  [
    "a latitude of true scale beside the pole's",
    {
      [geoKey.ProjCoordTrans]: coordTrans.PolarStereographic,
      [geoKey.ProjStdParallel1]: 71,
      [geoKey.ProjNatOriginLat]: 90,
      [geoKey.ProjNatOriginLong]: undefined,
    },
    /\(3078\) = 71 has no place/,
  ],
  [
    "another ellipsoid than its datum's",
    { [geoKey.GeogGeodeticDatum]: 6277 },
    /GeogGeodeticDatumGeoKey \(2050\) = 6277/,
  ],
  ["a meridian code that is none", { [geoKey.GeogPrimeMeridian]: 8999 }, /GeogPrimeMeridianGeoKey \(2051\) = 8999/],
  [
    "a meridian without its place",
    { [geoKey.GeogPrimeMeridian]: userDefined },
    /GeogPrimeMeridianLongGeoKey \(2061\) is missing/,
  ],
  ["two meridians", { [geoKey.GeogPrimeMeridian]: 8903, [geoKey.GeogPrimeMeridianLong]: 10 }, /contradict/],
  ["a shift of four numbers", { [geoKey.GeogTOWGS84]: [1, 2, 3, 4] }, /GeogTOWGS84GeoKey \(2062\) = 1, 2, 3, 4/],
  ["a shift of NaN", { [geoKey.GeogTOWGS84]: [1, Number.NaN, 3] }, /\(2062\)/],
  ["a unit that is none", { [geoKey.ProjLinearUnits]: 9999 }, /ProjLinearUnitsGeoKey \(3076\) = 9999/],
  ["a unit without its size", { [geoKey.ProjLinearUnits]: userDefined }, /ProjLinearUnitSizeGeoKey \(3077\)/],
  [
    "a parameter without a place",
    { [geoKey.ProjStdParallel2]: 45 },
    /ProjStdParallel2GeoKey \(3079\) = 45 has no place/,
  ],
  ["a latitude beyond the pole", { [geoKey.ProjNatOriginLat]: 123 }, /latitude of origin is 123/],
  ["a scale of nothing", { [geoKey.ProjScaleAtNatOrigin]: 0 }, /scale is 0/],
  [
    "text where a number belongs",
    { [geoKey.ProjNatOriginLong]: "three" },
    /ProjNatOriginLongGeoKey \(3080\) = three is not a number/,
  ],
  [
    "projected without a projection",
    { [geoKey.ProjectedCSType]: undefined, [geoKey.ProjCoordTrans]: undefined, [geoKey.Projection]: undefined },
    /ProjectedCSTypeGeoKey \(3072\)/,
  ],
  ["geocentric coordinates", { [geoKey.GTModelType]: modelType.geocentric }, /GTModelTypeGeoKey \(1024\) = 3/],
  ["an ellipsoid of one metre", { [geoKey.GeogSemiMajorAxis]: 1 }, /semi-major axis is 1/],
] as const)("%s: refused with the names of the keys", (_, change, words) => {
  const entries = Object.entries({ ...tmerc, ...change }).filter(([, value]) => value !== undefined);
  const read = () => crsOfGeoKeys(keys(Object.fromEntries(entries) as Record<number, number>));
  expect(read).toThrow(CrsProblem);
  expect(read).toThrow(words);
});

const utm18 = { [geoKey.GTModelType]: modelType.projected, [geoKey.ProjectedCSType]: 26918 };

test.each([
  [
    "feet for a system in metres",
    { [geoKey.ProjLinearUnits]: 9003 },
    /3072\) = 26918 \(NAD83 \/ UTM zone 18N\) and .*\(3076\) = 9003 contradict/,
  ],
  [
    "feet of a size of their own",
    { [geoKey.ProjLinearUnits]: userDefined, [geoKey.ProjLinearUnitSize]: 0.3048006096 },
    /\(3077\) = 0.3048006096 contradict/,
  ],
  ["a size without its word", { [geoKey.ProjLinearUnitSize]: 0.3048 }, /\(3077\) = 0.3048 without/],
  ["another geographic system", { [geoKey.GeographicType]: 4267 }, /\(2048\) = 4267 contradict/],
  ["another datum", { [geoKey.GeogGeodeticDatum]: 6267 }, /\(2050\) = 6267 contradict/],
  ["another ellipsoid", { [geoKey.GeogEllipsoid]: 7004 }, /\(2056\) = 7004 contradict/],
  ["another meridian", { [geoKey.GeogPrimeMeridian]: 8903 }, /\(2051\) = 8903 contradict/],
  ["another zone", { [geoKey.Projection]: 16017 }, /\(3074\) = 16017.* contradict/],
  [
    "another projection",
    {
      [geoKey.ProjCoordTrans]: coordTrans.TransverseMercator,
      [geoKey.ProjNatOriginLong]: -81,
      [geoKey.ProjNatOriginLat]: 0,
      [geoKey.ProjFalseEasting]: 500000,
      [geoKey.ProjFalseNorthing]: 0,
      [geoKey.ProjScaleAtNatOrigin]: 0.9996,
    },
    /\(3075\) = 1.* contradict/,
  ],
] as const)("a code and %s beside it: refused, for nobody can tell which is right", (_, change, words) => {
  const read = () => crsOfGeoKeys(keys({ ...utm18, ...change }));
  expect(read).toThrow(CrsProblem);
  expect(read).toThrow(words);
});

test("a code and keys beside it that say the same, or nothing of weight, are the code", () => {
  const same = {
    [geoKey.GeographicType]: 4269,
    [geoKey.GeogGeodeticDatum]: 6269,
    [geoKey.GeogEllipsoid]: 7019,
    [geoKey.GeogSemiMajorAxis]: 6378137,
    [geoKey.GeogInvFlattening]: 298.257222101,
    [geoKey.GeogPrimeMeridian]: epsgValue.greenwich,
    [geoKey.GeogPrimeMeridianLong]: 0,
    [geoKey.Projection]: 16018,
    [geoKey.ProjCoordTrans]: coordTrans.TransverseMercator,
    [geoKey.ProjLinearUnits]: epsgValue.metre,
    [geoKey.ProjLinearUnitSize]: 1,
    [geoKey.ProjNatOriginLong]: -75,
    [geoKey.ProjNatOriginLat]: 0,
    [geoKey.ProjFalseEasting]: 500000,
    [geoKey.ProjFalseNorthing]: 0,
    [geoKey.ProjScaleAtNatOrigin]: 0.9996,
  };
  for (const [key, value] of Object.entries(same))
    expect(crsOfGeoKeys(keys({ ...utm18, [key]: value })).crs, key).toBe("EPSG:26918");
  expect(crsOfGeoKeys(keys({ ...utm18, ...same })).crs).toBe("EPSG:26918");
  // WGS 84 and NAD83 are a metre apart, and many writers put one for the other.
  expect(crsOfGeoKeys(keys({ ...utm18, [geoKey.GeographicType]: 4326 })).crs).toBe("EPSG:26918");
  expect(
    crsOfGeoKeys(
      keys({
        [geoKey.GTModelType]: modelType.projected,
        [geoKey.ProjectedCSType]: 3857,
        [geoKey.GeographicType]: 4326,
        [geoKey.GeogSemiMajorAxis]: 6378137,
        [geoKey.GeogInvFlattening]: 298.257223563,
        [geoKey.ProjCoordTrans]: coordTrans.Mercator,
        [geoKey.ProjNatOriginLong]: 0,
        [geoKey.ProjNatOriginLat]: 0,
      }),
    ).crs,
  ).toBe("EPSG:3857");
  expect(
    crsOfGeoKeys(
      keys({
        [geoKey.GTModelType]: modelType.projected,
        [geoKey.ProjectedCSType]: 2263,
        [geoKey.ProjLinearUnits]: 9003,
      }),
    ).crs,
  ).toBe("EPSG:2263");
  expect(
    crsOfGeoKeys(
      keys({
        [geoKey.GTModelType]: modelType.projected,
        [geoKey.ProjectedCSType]: 27572,
        [geoKey.GeographicType]: 4807,
        [geoKey.GeogAngularUnits]: 9105,
        [geoKey.GeogPrimeMeridian]: 8903,
        [geoKey.GeogPrimeMeridianLong]: 2.5969213,
      }),
    ).crs,
  ).toBe("EPSG:27572");
});

test("a projection of one's own on WGS 84 is on WGS 84, without any shift", () => {
  const own = {
    ...tmerc,
    [geoKey.GeographicType]: 4326,
    [geoKey.GeogGeodeticDatum]: undefined,
    [geoKey.GeogEllipsoid]: undefined,
    [geoKey.GeogSemiMajorAxis]: undefined,
    [geoKey.GeogInvFlattening]: undefined,
    [geoKey.ProjCoordTrans]: coordTrans.LambertAzimEqualArea,
    [geoKey.ProjScaleAtNatOrigin]: undefined,
    [geoKey.ProjNatOriginLat]: 52,
    [geoKey.ProjNatOriginLong]: 10,
  };
  const read = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) as Record<
    number,
    number
  >;
  const crs = crsOfGeoKeys(keys(read)).crs!;
  const [lon, lat] = transformer(crs, "EPSG:4326").forward(500000, 0);
  expect(Math.hypot(lon - 10, lat - 52) * 111_320).toBeLessThan(1e-3);
});

test("ellipsoids, meridians, units and datums by code are those of the register", () => {
  const plain = { [geoKey.GeogSemiMajorAxis]: undefined, [geoKey.GeogInvFlattening]: undefined };
  const read = (change: object) =>
    crsOfGeoKeys(keys(Object.fromEntries(Object.entries({ ...tmerc, ...change }).filter(([, v]) => v !== undefined)) as Record<number, number>)).crs; // biome-ignore format: one line
  expect(read({ ...plain, [geoKey.GeogEllipsoid]: 7015 })).toContain("+a=6377276.345 +rf=300.8017");
  expect(read({ ...plain, [geoKey.GeogEllipsoid]: 7022, [geoKey.GeogPrimeMeridian]: 8903 })).toContain(
    "+pm=2.33722917",
  );
  expect(read({ ...plain, [geoKey.GeogGeodeticDatum]: 6277, [geoKey.GeogEllipsoid]: undefined })).toContain(
    "+towgs84=446.448,-125.157,542.06",
  );
  expect(read({ [geoKey.GeogTOWGS84]: [1, 2, 3] })).toContain("+towgs84=1,2,3");
  expect(read({ [geoKey.ProjLinearUnits]: 9003 })).toContain("+to_meter=0.3048006096");
  expect(read({ [geoKey.ProjLinearUnits]: 9003 })).toMatch(/\+x_0=152400\.3048/);
  expect(read({})).toBe("EPSG:25831");
  expect(read({ [geoKey.VerticalCSType]: 5773 })).toBe("EPSG:25831");
  expect(crsOfGeoKeys(keys({ ...tmerc, [geoKey.VerticalCSType]: 5773 })).note).toMatch(
    /VerticalCSTypeGeoKey \(4096\) = 5773/,
  );
  // A plan in local coordinates has no place on Earth.
  expect(
    crsOfGeoKeys(keys({ [geoKey.GTModelType]: userDefined, [geoKey.GTCitation]: "my garden" })).crs,
  ).toBeUndefined();
});

test("a file whose system is refused opens with one that is given", async () => {
  const row = rows.find(({ file }) => file === "EPSG-29702-bare.tif")!;
  const path = join(folder.path, row.file);
  await expect(openRaster(path)).rejects.toMatchObject({ code: "raster-crs-unusable" });
  await expect(openRaster(path)).rejects.toThrow(/GeogAngularUnitsGeoKey \(2054\) = 9105.*--crs EPSG:code/);
  expect((await openRaster(path, { crs: "EPSG:29702" })).info.crs).toBe("EPSG:29702");
});
