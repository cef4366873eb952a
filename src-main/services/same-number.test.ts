// The pixel under the mouse, the tile on the map, the input of the network, what shifts are measured on and the figures of a layer are
// one number for one place, and agree about where there is none. GDAL says what is stored there.
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Acquisition,
  type AcquisitionFile,
  type AcquisitionPiece,
  clearSclClasses,
  type Modality,
  type Radiometry,
} from "../../src-shared/eo/index.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import type { Bend } from "../../src-shared/geo/bend.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { boundsOfTile, levelFor, tilesCovering } from "../../src-shared/geo/tile-grid.ts";
import { decodePixelTile, isData, openPixelTile, tilePath } from "../../src-shared/ipc/pixels.ts";
import { patchOf } from "../alignment/index.ts";
import type { Catalog } from "../catalog/index.ts";
import { readScene } from "../cube/index.ts";
import { clear, noData, rasterReader, unclear } from "../imagery/index.ts";
import { temporaryFolder } from "../raster/testing/gdal.ts";
import { answerPixels } from "./pixels/answer.ts";
import { projectFolders } from "./projects/projects.ts";
import { services } from "./services.ts";

const room = temporaryFolder();
const crs = "EPSG:32631";
const [west, north, size] = [560_000, 5_630_000, 64];
const grid: GeoBox = { crs, affine: northUp(west, north, 10, 10), width: size, height: size };
let catalog: Catalog;
let commands: ReturnType<typeof services>;

beforeAll(async () => {
  // Every pixel its own number. Optical: +1000, a nodata value that only a person knows (7). Radar: power with 0, less than 0 and NaN.
  const script = `
import sys, numpy as np
from osgeo import gdal, osr
gdal.UseExceptions()
sr = osr.SpatialReference(); sr.ImportFromEPSG(32631)
def write(name, a, kind, left=560000, cell=10):
    h, w = a.shape
    ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1] + "/" + name, w, h, 1, kind, ["COMPRESS=DEFLATE"])
    ds.SetProjection(sr.ExportToWkt()); ds.SetGeoTransform([left, cell, 0, 5630000, 0, -cell])
    ds.GetRasterBand(1).WriteArray(a)
y, x = np.mgrid[0:64, 0:64]
optical = 1100 + 64 * y + x
optical[9, 9] = 7
write("optical.tif", optical, gdal.GDT_UInt16)
write("east.tif", 20000 + optical, gdal.GDT_UInt16, 560000 + 320)
scl = np.full((32, 32), 4); scl[:, 16:] = 9; scl[2, 2] = 0
write("scl.tif", scl, gdal.GDT_Byte, cell=20)
write("scl-east.tif", np.full((32, 32), 5), gdal.GDT_Byte, 560000 + 320, 20)
power = (0.001 + 0.0001 * (64 * y + x)).astype("float32")
power[3, 3] = 0; power[3, 4] = -0.01; power[3, 5] = np.nan; power[3, 6] = np.inf
write("power.tif", power, gdal.GDT_Float32)
write("decibels.tif", (-25 + 0.005 * (64 * y + x)).astype("float32"), gdal.GDT_Float32)
`;
  execFileSync("/usr/bin/python3", ["-c", script, room.path]);
  const area = { crs, bounds: { minX: west, minY: north - 640, maxX: west + 960, maxY: north } };
  const projects = projectFolders({ appVersion: "0.1.0" });
  catalog = await projects["project.create"]({ folder: room.file("project"), name: "Same", area });
  const runJob = () => Promise.reject(new Error("no jobs"));
  commands = services({ catalog, appVersion: "0.1.0", runJob, announce: () => {} });
  for (const acquisition of acquisitions) {
    for (const { files } of acquisition.pieces)
      for (const { path, grid: place } of files)
        catalog.rasters.add(path, { ...place!, bands: 1, dataType: "x", crs, affine: place!.affine });
    catalog.acquisitions.put(acquisition);
  }
});
afterAll(() => {
  catalog.close();
  room.remove();
});

function fileOf(name: string, band: string, quantity: Radiometry["quantity"], rest: Partial<AcquisitionFile> = {}) {
  const optical = quantity === "reflectance";
  const [scale, offset] = optical ? [0.0001, -0.1] : [1, 0];
  return {
    path: room.file(`${name}.tif`),
    grid: name === "east" ? { ...grid, affine: northUp(west + 320, north, 10, 10) } : grid,
    bands: [{ name: band, bandIndex: 1, scale, offset, ...(optical ? { nodata: 7 } : {}) }],
    radiometry: { quantity, scale, offset, decidedBy: { code: "written", text: "the test" }, warnings: [] },
    facts: {},
    evidence: [],
    ...rest,
  } satisfies AcquisitionFile;
}
const mask = (name: string, left = west): AcquisitionFile => ({
  ...fileOf(name, "none", "reflectance"),
  bands: [],
  quality: { kind: "scl", bandIndex: 1 },
  grid: { crs, affine: northUp(left, north, 20, 20), width: 32, height: 32 },
});
const acquisitionOf = (id: string, sensor: Acquisition["sensor"], pieces: readonly AcquisitionPiece[], shift?: Acquisition["shift"]): Acquisition => ({ id, sensor, date: "2024-05-01", pieces, ...(shift ? { shift } : {}) }); // biome-ignore format: one value
/** (dx, dy) at the centre of a pixel, and a little more to the east and less to the south. */
function bendAround(col: number, row: number, dx: number, dy: number): Bend {
  const [x, y] = [west + col * 10 + 5, north - row * 10 - 5];
  const bounds = { minX: x - 300, minY: y - 300, maxX: x + 300, maxY: y + 300 };
  const corners = [-1.8, 0.2, -0.2, 1.8];
  return {
    bounds,
    columns: 2,
    rows: 2,
    dx: corners.map((more) => dx + more),
    dy: corners.map((more) => dy - 2 * more),
  };
}
const optical = [fileOf("optical", "B04", "reflectance"), mask("scl")];
const east = [fileOf("east", "B04", "reflectance"), mask("scl-east", west + 320)];
const acquisitions = [
  acquisitionOf("optical", "sentinel-2", [{ files: optical }]),
  acquisitionOf("moved", "sentinel-2", [{ files: optical }], { dx: 30, dy: -20 }),
  acquisitionOf("bent", "sentinel-2", [{ files: optical }], { dx: 20, dy: -15, bend: bendAround(20, 30, 10, -5) }),
  acquisitionOf("mosaic", "sentinel-2", [{ files: optical }, { files: east }]),
  acquisitionOf("power", "sentinel-1", [{ files: [fileOf("power", "VV", "backscatter-linear")] }]),
  acquisitionOf("decibels", "sentinel-1", [{ files: [fileOf("decibels", "VV", "backscatter-db")] }], {
    dx: -10,
    dy: 0,
  }),
];

const stateNames = { [noData]: "none", [unclear]: "masked", [clear]: "clear" } as const;

/** The number and the state at a place, from everybody who reads. */
async function everyReading(acquisition: Acquisition, x: number, y: number) {
  const band = acquisition.sensor === "sentinel-2" ? "B04" : "VV";
  const pixel: GeoBox = { crs, affine: northUp(x - 5, y + 5, 10, 10), width: 1, height: 1 };
  const reader = rasterReader();
  const modality: Modality = {
    name: "m",
    kind: "series",
    sensor: acquisition.sensor,
    bands: [band],
    resolutionMeters: 10,
    patchPixels: 1,
    acquisitions: [acquisition.id],
    duplicateDates: "keep",
    resampling: "bilinear",
    clearClasses: clearSclClasses,
  };
  const step = { date: acquisition.date, acquisitions: [acquisition] };
  const scene = await readScene(reader, modality, step, pixel);
  const network = scene.states[0] === noData ? null : scene.values[0]!;
  const patch = await patchOf(reader, acquisition, band, pixel);
  const measured = patch.data === 0 ? null : patch.values[0]!;
  await reader.close();

  const { places } = await commands["inspect.series"]({ places: [{ kind: "point", x, y }] });
  const group = places[0]!.groups.find(({ sensor }) => sensor === acquisition.sensor)!;
  const seen = group.observations.find((one) => one.acquisition === acquisition.id)!;
  const mouse = seen.values[group.variables.findIndex(({ name }) => name === band)]!;

  const layer = `acquisition:${acquisition.id}`;
  const tiles = [levelFor(10), levelFor(10) + 1].map(async (z) => {
    const address = tilesCovering({ minX: x, minY: y, maxX: x, maxY: y }, z)[0]!;
    const { version } = (await commands["layers.sources"]({ ids: [layer] }))[0]!;
    const path = tilePath({ layer, bands: [band], version, ...address });
    const { body } = await answerPixels(catalog, path, new AbortController().signal);
    if (!(body instanceof Uint8Array)) throw new Error("A tile is no file.");
    const tile = decodePixelTile(body, body.subarray(openPixelTile(body).payloadAt));
    const bounds = boundsOfTile(address);
    const cell = (bounds.maxX - bounds.minX) / 256;
    const at = Math.floor((bounds.maxY - y) / cell) * 256 + Math.floor((x - bounds.minX) / cell);
    if (!tile.samples || !isData(tile, at)) return null;
    return tile.samples[at]! * tile.scales[0]!.scale + tile.scales[0]!.offset;
  });
  return {
    values: [network, measured, mouse, ...(await Promise.all(tiles))],
    states: [
      stateNames[scene.states[0] as 0 | 1 | 2],
      patch.valid[0] === 1 ? "clear" : patch.data > 0 ? "masked" : "none",
      seen.state,
    ],
  };
}

const gdalAt = (file: string, x: number, y: number): number =>
  Number(
    execFileSync("gdallocationinfo", ["-valonly", "-geoloc", room.file(`${file}.tif`), String(x), String(y)], {
      encoding: "utf8",
    }),
  );
/** The middle of a pixel: a corner belongs to no single pixel. */
const placeOf = (col: number, row: number) => [west + 10 * col + 5, north - 10 * row - 5] as const;
const find = (id: string) => acquisitions.find((one) => one.id === id)!;

function expectAll(found: readonly (number | null)[], wanted: number | null, digits = 5): void {
  expect(found).toHaveLength(5);
  for (const value of found)
    if (wanted === null) expect(found).toEqual([null, null, null, null, null]);
    else expect(value).toBeCloseTo(wanted, digits);
}

test.for([
  ["under vegetation", 20, 30, "clear"],
  ["under a cloud", 40, 12, "masked"],
  ["where the classification says nothing", 5, 5, "masked"],
] as const)("optical with +1000 taken off, %s", async ([, col, row, state]) => {
  const [x, y] = placeOf(col, row);
  const { values, states } = await everyReading(find("optical"), x, y);
  expectAll(values, gdalAt("optical", x, y) * 0.0001 - 0.1);
  expect(states).toEqual([state, state, state]);
});

test("a number that a person called no data is none, for everybody", async () => {
  const [x, y] = placeOf(9, 9);
  expect(gdalAt("optical", x, y)).toBe(7);
  const { values, states } = await everyReading(find("optical"), x, y);
  expectAll(values, null);
  expect(states).toEqual(["none", "none", "none"]);
});

test("a moved image shows at a place what its file holds that far from there", async () => {
  const [x, y] = placeOf(20, 30);
  const moved = await everyReading(find("moved"), x, y);
  expectAll(moved.values, gdalAt("optical", x - 30, y + 20) * 0.0001 - 0.1);
  expect(moved.states).toEqual(["clear", "clear", "clear"]);
  const radar = await everyReading(find("decibels"), x, y);
  expectAll(radar.values, gdalAt("decibels", x + 10, y));
});

test("an image that is moved by another amount from place to place shows the same at a place to everybody", async () => {
  const [x, y] = placeOf(20, 30);
  const bent = await everyReading(find("bent"), x, y);
  expectAll(bent.values, gdalAt("optical", x - 30, y + 20) * 0.0001 - 0.1);
  expect(bent.states).toEqual(["clear", "clear", "clear"]);
});

test("where pieces overlap everybody takes the one that sees the place clearly, and else the first", async () => {
  const [x, y] = placeOf(40, 12);
  const { values, states } = await everyReading(find("mosaic"), x, y);
  expectAll(values, gdalAt("east", x, y) * 0.0001 - 0.1);
  expect(states).toEqual(["clear", "clear", "clear"]);
  const [left, top] = placeOf(20, 12);
  expectAll((await everyReading(find("mosaic"), left, top)).values, gdalAt("optical", left, top) * 0.0001 - 0.1);
});

test("radar power is decibels for everybody", async () => {
  const [x, y] = placeOf(30, 40);
  const { values, states } = await everyReading(find("power"), x, y);
  expectAll(values, 10 * Math.log10(gdalAt("power", x, y)));
  expect(states).toEqual(["clear", "clear", "clear"]);
});

test.for([
  [3, "0"],
  [4, "-0.0"],
  [5, "nan"],
  [6, "inf"],
] as const)("radar power in column %i (%s) is no data for everybody", async ([col, stored]) => {
  const [x, y] = placeOf(col, 3);
  expect(execFileSync("gdallocationinfo", ["-valonly", "-geoloc", room.file("power.tif"), String(x), String(y)], { encoding: "utf8" })).toContain(stored); // biome-ignore format: one call
  const { values, states } = await everyReading(find("power"), x, y);
  expectAll(values, null);
  expect(states).toEqual(["none", "none", "none"]);
});

test("the figures of a layer are of the same numbers", async () => {
  const [power] = await commands["layers.statistics"]({ id: "acquisition:power", bands: ["VV"] });
  expect(power!.count).toBe(64 * 64 - 4);
  expect(power!.min).toBeCloseTo(10 * Math.log10(0.001), 4);
  expect(power!.max).toBeCloseTo(10 * Math.log10(0.001 + 0.0001 * 4095), 4);
  const [source] = await commands["layers.sources"]({ ids: ["acquisition:power"] });
  expect(source!.quantity).toBe("backscatter-db");
  const [figures] = await commands["layers.statistics"]({ id: "acquisition:optical", bands: ["B04"] });
  expect(figures!.count).toBe(64 * 64 - 1);
  expect(figures!.min).toBeCloseTo(0.01, 6);
});
