import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { areaOfFiles, planProject, projectOfPlaces } from "./area.ts";

const sample = resolve(import.meta.dirname, "../../../resources/sample/flanders-crops-2019");
const plan = (bounds: [number, number, number, number], crs: string | null = null, patchMeters = 10) =>
  planProject({
    area: { crs: "EPSG:4326", bounds: { minX: bounds[0], minY: bounds[1], maxX: bounds[2], maxY: bounds[3] } },
    crs,
    patchMeters,
    tilePatches: 8,
  });

/** What PROJ, through GDAL, makes of longitudes and latitudes. */
const projected = (lonLat: readonly (readonly [number, number])[], crs: string): [number, number][] =>
  execFileSync("gdaltransform", ["-s_srs", "OGC:CRS84", "-t_srs", crs, "-output_xy"], {
    input: lonLat.map((point) => point.join(" ")).join("\n"),
    encoding: "utf8",
  })
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map(Number) as [number, number]);

test("an area becomes whole patches of its UTM zone that hold all of its corners", { tags: ["gdal"] }, () => {
  const { crs, bounds, columns, rows, squareKilometers, tileColumns, outsideCrs, scale } = plan([
    4.05, 50.74, 4.06, 50.75,
  ]);
  expect(crs).toBe("EPSG:32631");
  for (const [x, y] of projected(
    [
      [4.05, 50.74],
      [4.06, 50.75],
      [4.05, 50.75],
      [4.06, 50.74],
    ],
    crs,
  )) {
    expect(x).toBeGreaterThanOrEqual(bounds.minX - 1e-6);
    expect(x).toBeLessThanOrEqual(bounds.maxX + 1e-6);
    expect(y).toBeGreaterThanOrEqual(bounds.minY - 1e-6);
    expect(y).toBeLessThanOrEqual(bounds.maxY + 1e-6);
  }
  expect([bounds.minX % 10, bounds.maxY % 10]).toEqual([0, 0]);
  expect((bounds.maxX - bounds.minX) / 10).toBe(columns);
  expect(squareKilometers).toBeCloseTo((columns * rows * 100) / 1e6, 9);
  expect(tileColumns).toBe(Math.floor(columns / 8));
  expect(outsideCrs).toBe(false);
  // 0.9996 on the central meridian (3° E), a little more beside it.
  expect(scale).toBeGreaterThan(0.9996);
  expect(scale).toBeLessThan(0.9998);
});

test("the southern half and both sides of the date line have their own zones", () => {
  expect(plan([36, -1.4, 36.1, -1.3]).crs).toBe("EPSG:32737");
  expect(plan([179.5, -17, 179.6, -16.9]).crs).toBe("EPSG:32760");
  expect(plan([-179.6, -17, -179.5, -16.9]).crs).toBe("EPSG:32701");
});

test("a system made for another place, or one that stretches, is noticed; degrees are refused", () => {
  expect(plan([4.05, 50.74, 4.06, 50.75], "EPSG:32633").outsideCrs).toBe(true);
  expect(plan([4.05, 50.74, 4.06, 50.75], "EPSG:31370").outsideCrs).toBe(false);
  expect(plan([4.05, 50.74, 4.06, 50.75], "EPSG:3857").scale).toBeCloseTo(1 / Math.cos((50.745 * Math.PI) / 180), 2);
  expect(() => plan([4, 50, 5, 51], "EPSG:4326")).toThrow(expect.objectContaining({ code: "project-crs-geographic" }));
  expect(() => plan([-170, -60, 170, 70], "EPSG:3857", 1)).toThrow(
    expect.objectContaining({ code: "project-area-too-large" }),
  );
});

test("images and polygons say where they lie", async () => {
  const image = join(sample, "S2_L2A_10m", "S2_L2A_10m_20190610T105703.tif");
  const [raster, vector] = await areaOfFiles([image, join(sample, "parcels.gpkg")], undefined);
  const square = { minX: 574_680, minY: 5_621_800, maxX: 575_320, maxY: 5_622_440 };
  expect(raster).toMatchObject({ kind: "raster", crs: "EPSG:32631", bounds: square, resolution: 10 });
  expect(vector).toMatchObject({ kind: "vector", crs: "EPSG:32631", bounds: square });
});

test("an image of a folder whose place nobody knows is left out, unless all are; one that is named has to be read", async () => {
  const folder = mkdtempSync(join(tmpdir(), "omnisat-area-"));
  const image = join(sample, "S2_L2A_10m", "S2_L2A_10m_20190610T105703.tif");
  try {
    const broken = join(folder, "cut off.tif");
    writeFileSync(broken, "II*");
    await expect(areaOfFiles([folder], undefined)).rejects.toMatchObject({ code: "raster-unknown-format" });
    symlinkSync(image, join(folder, "whole.tif"));
    expect((await areaOfFiles([folder], undefined)).map(({ path }) => path)).toEqual([join(folder, "whole.tif")]);
    await expect(areaOfFiles([image, broken], undefined)).rejects.toMatchObject({ code: "raster-unknown-format" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("several tiles, folders and polygons make one project: the box around all, in the system they share or the zone between them", {
  tags: ["gdal"],
}, async () => {
  const room = mkdtempSync(join(tmpdir(), "project-places-"));
  const blank = (name: string, epsg: string, x: number, y: number, size: number) => {
    const path = join(room, name);
    const corner = [x, y, x + 6 * size, y - 6 * size].map(String);
    execFileSync("gdal_create", ["-q", "-outsize", "6", "6", "-a_srs", epsg, "-a_ullr", ...corner, path]);
    return path;
  };
  try {
    mkdirSync(join(room, "tiles"));
    blank("tiles/a.tif", "EPSG:25832", 400_000, 5_700_060, 10);
    blank("tiles/b.tif", "+proj=utm +zone=32 +ellps=GRS80 +units=m", 402_000, 5_690_060, 10);
    writeFileSync(join(room, "tiles", "notes.tif"), "no image");
    const folder = await projectOfPlaces([join(room, "tiles")], undefined);
    expect([folder.crs, folder.bounds]).toEqual(["EPSG:25832", { minX: 400_000, minY: 5_690_000, maxX: 402_060, maxY: 5_700_060 }]); // biome-ignore format: one answer
    expect(folder.skipped.map(({ path }) => path)).toEqual([join(room, "tiles", "notes.tif")]);
    await expect(projectOfPlaces([join(room, "tiles", "notes.tif")], undefined)).rejects.toThrow();
    // Two zones, or degrees: the zone in their middle.
    const east = blank("east.tif", "EPSG:32633", 300_000, 5_700_060, 10);
    const degrees = blank("degrees.tif", "EPSG:4326", 9.1, 51.3, 0.001);
    const mixed = await projectOfPlaces([join(room, "tiles"), east, degrees], undefined);
    expect(mixed.crs).toBe("EPSG:32632");
    const [corner] = projected([[9.1, 51.3]], "EPSG:32632");
    expect(mixed.bounds.minX).toBeCloseTo(400_000, -1);
    expect(corner![0]).toBeGreaterThan(mixed.bounds.minX);
    expect(mixed.bounds.maxX).toBeGreaterThan(690_000);
    const far = blank("far.tif", "EPSG:32622", 500_000, 5_000_000, 10);
    await expect(projectOfPlaces([far, east], undefined)).rejects.toMatchObject({ code: "project-places-apart" });
    expect((await projectOfPlaces([far, east], "EPSG:3857")).crs).toBe("EPSG:3857");
    expect((await projectOfPlaces([degrees], undefined)).crs).toBe("EPSG:32632");
    await expect(projectOfPlaces([degrees], "EPSG:4326")).rejects.toMatchObject({ code: "project-crs-geographic" });
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
});

test("images that a folder links to, and points of a table, say where they lie as everything else does", async () => {
  const room = mkdtempSync(join(tmpdir(), "omnisat-places-"));
  const image = join(
    sample,
    "S2_L2A_10m",
    readdirSync(join(sample, "S2_L2A_10m")).find((name) => name.endsWith(".tif"))!,
  );
  mkdirSync(join(room, "linked"));
  symlinkSync(image, join(room, "linked", "image.tif"));
  const [own, linked] = [
    await projectOfPlaces([image], undefined),
    await projectOfPlaces([join(room, "linked")], undefined),
  ];
  expect([linked.crs, linked.bounds]).toEqual([own.crs, own.bounds]);
  const points = join(room, "points.csv");
  writeFileSync(points, "lon,lat,crop\n4.05,50.74,wheat\n4.06,50.75,maize\n");
  const [area] = await areaOfFiles([points], undefined);
  expect(area).toMatchObject({
    kind: "vector",
    crs: "EPSG:4326",
    bounds: { minX: 4.05, minY: 50.74, maxX: 4.06, maxY: 50.75 },
  });
  // In a folder a table is no place of the project: most of them are about something else.
  writeFileSync(join(room, "linked", "prices.csv"), "year,price\n2019,3\n");
  expect((await projectOfPlaces([join(room, "linked")], undefined)).skipped).toEqual([]);
  rmSync(room, { recursive: true });
});
