/** @module-tag gdal */
import { existsSync, readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withPieces } from "../../../src-shared/eo/index.ts";
import { boundsOfTile, levelFor, type TileAddress, tilesCovering } from "../../../src-shared/geo/tile-grid.ts";
import type { LayerSource } from "../../../src-shared/ipc/map-layers.ts";
import { decodePixelTile, isData, openPixelTile, type PixelTile, tilePath } from "../../../src-shared/ipc/pixels.ts";
import type { Catalog } from "../../catalog/index.ts";
import { createCog } from "../../raster/index.ts";
import { gdalInfo, gdalPixels, run, temporaryFolder } from "../../raster/testing/gdal.ts";
import { projectFolders } from "../projects/projects.ts";
import { services } from "../services.ts";
import { answered, answerPixels } from "./answer.ts";
import { readings } from "./read-tile.ts";

const room = temporaryFolder();
const image = room.file("scene.tif");
const bare = room.file("bare.tif");
const crs = "EPSG:3035";
const noSignal = new AbortController().signal;
let catalog: Catalog;
let commands: ReturnType<typeof services>;

/** A smooth field with fine texture, 16-bit, with overviews, in another CRS than the project's; a corner without data. */
async function writeImage(): Promise<void> {
  const [width, height] = [1400, 1100];
  const value = (col: number, row: number, band: number) =>
    col + row < 150
      ? 0
      : Math.round(
          3000 + 1500 * Math.sin(col / 90) + 900 * Math.cos(row / 60) + 4 * ((col * 7 + row * 13) % 11) + 500 * band,
        );
  await createCog(
    image,
    {
      geobox: { crs: "EPSG:32631", affine: { a: 560000, b: 10, c: 0, d: 5630000, e: 0, f: -10 }, width, height },
      bandCount: 2,
      dataType: "uint16",
      nodata: 0,
      overviewMethod: "average",
      bandNames: ["B04", "B08"],
    },
    async ({ col, row, width: w, height: h }) =>
      [0, 1].map((band) =>
        Uint16Array.from({ length: w * h }, (_, i) => value(col + (i % w), row + Math.floor(i / w), band)),
      ),
  );
}

beforeAll(async () => {
  await writeImage();
  run("gdal_create", [
    ...["-outsize", "9000", "9000", "-bands", "1", "-burn", "7", "-ot", "Byte", "-a_srs", "EPSG:32631"],
    ...["-a_ullr", "500000", "5700000", "590000", "5610000", "-co", "TILED=YES", "-co", "COMPRESS=DEFLATE", bare],
  ]);
  const projects = projectFolders({ appVersion: "0.1.0" });
  const area = { crs, bounds: { minX: 3850000, minY: 3090000, maxX: 3853000, maxY: 3093000 } };
  catalog = await projects["project.create"]({ folder: room.file("project"), name: "Pixels", area });
  commands = services({
    catalog,
    appVersion: "0.1.0",
    runJob: () => Promise.reject(new Error("no jobs")),
    announce: () => {},
  });
  catalog.rasters.add(image, headerOf(image, 2));
  catalog.rasters.add(bare, headerOf(bare, 1));
  catalog.acquisitions.put(
    withPieces({
      id: "scene",
      sensor: "sentinel-2",
      date: "2020-05-01",
      bands: [
        { name: "B04", path: image, bandIndex: 1, scale: 0.0001, offset: -0.1 },
        { name: "B08", path: image, bandIndex: 2, scale: 0.0001, offset: -0.1 },
      ],
      radiometry: {
        quantity: "reflectance",
        scale: 0.0001,
        offset: -0.1,
        decidedBy: { code: "written", text: "the test" },
        warnings: [],
      },
      evidence: [],
    }),
  );
});
afterAll(() => {
  catalog.close();
  room.remove();
});

function headerOf(path: string, bands: number) {
  const { size, geoTransform } = gdalInfo(path);
  const [a, b, c, d, e, f] = geoTransform!;
  return {
    width: size[0],
    height: size[1],
    bands,
    dataType: "uint16",
    crs: "EPSG:32631",
    affine: { a, b, c, d, e, f },
  };
}

const sourceOf = async (id: string): Promise<LayerSource> => (await commands["layers.sources"]({ ids: [id] }))[0]!;

async function tileOf(id: string, bands: readonly string[], address: TileAddress): Promise<PixelTile> {
  const { version } = await sourceOf(id);
  const { body, status } = await answerPixels(catalog, tilePath({ layer: id, bands, version, ...address }), noSignal);
  expect(status).toBe(200);
  if (!(body instanceof Uint8Array)) throw new Error("A tile is no file.");
  const { payloadAt, compressed } = openPixelTile(body);
  const payload = body.subarray(payloadAt);
  return decodePixelTile(body.subarray(0, payloadAt), compressed ? inflateRawSync(payload) : payload);
}

/**
 * What gdalwarp makes of `path` on the tile's grid. Its kernel would follow the window of this one tile, which is turned
 * in the source; told that pixels are as large on both sides, it follows them as we do.
 */
function gdalTile(path: string, address: TileAddress, method: string) {
  const { minX, minY, maxX, maxY } = boundsOfTile(address);
  const target = room.file(`warp-${address.z}-${address.x}-${address.y}-${method}.tif`);
  run("gdalwarp", [
    ...["-q", "-overwrite", "-t_srs", crs, "-r", method, "-et", "0", "-ovr", "AUTO", "-dstnodata", "0"],
    ...["-wo", "XSCALE=1", "-wo", "YSCALE=1"],
    ...["-te", String(minX), String(minY), String(maxX), String(maxY), "-ts", "256", "256", path, target],
  ]);
  return gdalPixels(target, room.file("warp.raw"), "uint16");
}

function compare(tile: PixelTile, witness: ReturnType<typeof gdalTile>): { same: number; both: number } {
  let same = 0;
  let both = 0;
  for (let i = 0; i < 256 * 256; i++) {
    const data = witness[0]![i] !== 0;
    if (!data && !isData(tile, i)) continue;
    both++;
    const near = [0, 1].every((band) => Math.abs(tile.samples![2 * i + band]! - witness[band]![i]!) <= 1);
    if (data && isData(tile, i) && near) same++;
  }
  return { same, both };
}

test("tiles are gdalwarp's pixels on the tile's grid: bilinear when coarser, the pixels themselves when finer", async () => {
  const { bounds } = await sourceOf("acquisition:scene");
  const middle = { minX: (bounds!.minX + bounds!.maxX) / 2, maxY: (bounds!.minY + bounds!.maxY) / 2 };
  const at = (z: number) => tilesCovering({ ...middle, maxX: middle.minX + 1, minY: middle.maxY - 1 }, z)[0]!;
  for (const [z, method] of [
    [13, "bilinear"],
    [15, "near"],
  ] as const) {
    const tile = await tileOf("acquisition:scene", ["B04", "B08"], at(z));
    const { same, both } = compare(tile, gdalTile(image, at(z), method));
    expect(both).toBeGreaterThan(60_000);
    expect(same / both).toBeGreaterThan(0.998);
  }
});

test("the mask follows the data's edge, and a tile beside the image says so in a few bytes", async () => {
  const { bounds, version } = await sourceOf("acquisition:scene");
  const corner = tilesCovering(
    { minX: bounds!.minX, maxY: bounds!.maxY, maxX: bounds!.minX + 2000, minY: bounds!.maxY - 2000 },
    12,
  );
  for (const address of corner) {
    const tile = await tileOf("acquisition:scene", ["B04", "B08"], address);
    const witness = gdalTile(image, address, "bilinear");
    let differing = 0;
    for (let i = 0; i < 65536; i++) if ((witness[0]![i] !== 0) !== isData(tile, i)) differing++;
    expect(differing).toBeLessThan(150);
  }
  const far = { layer: "acquisition:scene", bands: ["B04"], version, z: 13, x: 0, y: 0 };
  expect((await answerPixels(catalog, tilePath(far), noSignal)).body).toHaveLength(24);
});

test("scales travel with the tile, so that the window shows physical values", async () => {
  const tile = await tileOf("acquisition:scene", ["B08"], { z: 13, x: 0, y: 0 });
  expect(tile.scales[0]!.scale).toBeCloseTo(0.0001, 10);
  expect(tile.scales[0]!.offset).toBeCloseTo(-0.1, 7);
});

test("a correction of position moves the pixels, the bounds and the version", async () => {
  const before = await sourceOf("acquisition:scene");
  const address = tilesCovering(
    {
      minX: before.bounds!.minX + 5000,
      maxY: before.bounds!.maxY - 5000,
      maxX: before.bounds!.minX + 5001,
      minY: before.bounds!.maxY - 5001,
    },
    13,
  )[0]!;
  const unmoved = await tileOf("acquisition:scene", ["B04"], address);
  const scene = catalog.acquisitions.list().find(({ id }) => id === "scene")!;
  catalog.acquisitions.put({ ...scene, shift: { dx: 30, dy: -20 } });
  const after = await sourceOf("acquisition:scene");
  expect(after.version).not.toBe(before.version);
  expect(after.bounds!.minX - before.bounds!.minX).toBeCloseTo(30, 6);
  expect(after.bounds!.maxY - before.bounds!.maxY).toBeCloseTo(-20, 6);
  const moved = await tileOf("acquisition:scene", ["B04"], address);
  // Three columns to the right and two rows down: by one unit of rounding.
  let near = 0;
  for (let row = 2; row < 256; row++) {
    for (let col = 3; col < 256; col++) {
      if (Math.abs(moved.samples![row * 256 + col]! - unmoved.samples![(row - 2) * 256 + col - 3]!) <= 1) near++;
    }
  }
  expect(near / (254 * 253)).toBeGreaterThan(0.999);
  catalog.acquisitions.put(scene);
});

test("an address that names the version is kept by the browser, another is not; a second asker costs no reading", async () => {
  const { version } = await sourceOf("acquisition:scene");
  const path = (v: string) =>
    tilePath({ layer: "acquisition:scene", bands: ["B04"], version: v, z: 13, x: 1505, y: -1211 });
  const first = await answerPixels(catalog, path(version), noSignal);
  expect(first.headers["Cache-Control"]).toContain("immutable");
  const known = answered.fromCache;
  const stale = await answerPixels(catalog, path("old"), noSignal);
  expect(stale.headers["Cache-Control"]).toBe("no-store");
  expect(stale.headers.ETag).toBe(first.headers.ETag);
  expect(answered.fromCache).toBe(known + 1);
});

test("far zooms read overviews, and never the full resolution", async () => {
  const { bounds } = await sourceOf("acquisition:scene");
  const full = readings.full;
  const overview = readings.overview;
  const z = levelFor(80);
  for (const address of tilesCovering(bounds!, z)) await tileOf("acquisition:scene", ["B04"], address);
  expect(readings.full).toBe(full);
  expect(readings.overview).toBeGreaterThan(overview);
});

test("an image without overviews gets a small copy in the project's cache, once, and stays as it was", async () => {
  const before = statSync(bare);
  const id = `raster:${catalog.rasters.list().find(({ path }) => path === bare)!.id}`;
  const { bounds, kind } = await sourceOf(id);
  expect(kind).toBe("image");
  const z = levelFor(640);
  const looks = readings.quickLook;
  let sevens = 0;
  for (const address of tilesCovering(bounds!, z)) {
    const tile = await tileOf(id, ["1"], address);
    for (let i = 0; i < 65536; i++) if (isData(tile, i) && tile.samples![i] === 7) sevens++;
  }
  // 90 km in pixels of 640 m, in another projection.
  expect(sevens / (90_000 / 640) ** 2).toBeCloseTo(1, 1);
  expect(readings.quickLook).toBeGreaterThan(looks);
  expect(readdirSync(`${catalog.folder}/cache/quick-looks`)).toHaveLength(1);
  const after = statSync(bare);
  expect([after.size, after.mtimeMs]).toEqual([before.size, before.mtimeMs]);
  expect(existsSync(`${bare}.ovr`)).toBe(false);
});

test("a reading that nobody waits for is not begun", async () => {
  const { version } = await sourceOf("acquisition:scene");
  const gone = AbortSignal.abort(new Error("gone"));
  const path = tilePath({ layer: "acquisition:scene", bands: ["B08"], version, z: 14, x: 3010, y: -2425 });
  await expect(answerPixels(catalog, path, gone)).rejects.toThrow("gone");
});

test("what is no layer, no band and no path is a sentence", async () => {
  for (const path of [
    "/tile/acquisition%3Anone/1/1/1?bands=B04",
    "/tile/acquisition%3Ascene/1/1/1?bands=B99",
    "/secret",
  ]) {
    await expect(answerPixels(catalog, path, noSignal)).rejects.toMatchObject({ code: "layer-not-found" });
  }
  expect((await sourceOf("acquisition:none")).problem).toContain("acquisition:none");
});

test("statistics are GDAL's, in physical values", async () => {
  const [figures] = await commands["layers.statistics"]({ id: "acquisition:scene", bands: ["B04"] });
  const exact = gdalInfo(image, "-stats").bands[0]! as unknown as { mean: number; stdDev: number };
  // From an overview: its mean is that of the pixels, its spread a little less.
  expect(figures!.mean).toBeCloseTo(exact.mean * 0.0001 - 0.1, 2);
  expect(Math.abs(figures!.std / (exact.stdDev * 0.0001) - 1)).toBeLessThan(0.03);
  expect(figures!.histogram.reduce((sum, count) => sum + count, 0)).toBe(figures!.count);
  const values = figures!.percentiles.map(([, value]) => value);
  expect(values).toEqual([...values].sort((p, q) => p - q));
});

test("a tile's address and tag never name the pixels of another file, replaced or rewritten under its old date", async () => {
  const path = room.file("changing.tif");
  const other = room.file("other.tif");
  const write = (to: string, value: string) =>
    run("gdal_create", [
      ...["-outsize", "600", "600", "-bands", "1", "-burn", value, "-ot", "Byte", "-a_srs", "EPSG:32631"],
      ...["-a_ullr", "560000", "5630000", "566000", "5624000", to],
    ]);
  write(path, "7");
  const { atime, mtime, size } = statSync(path);
  const id = `raster:${catalog.rasters.add(path, headerOf(path, 1))}`;
  const { bounds } = await sourceOf(id);
  const address = tilesCovering(bounds!, levelFor(10))[0]!;
  const seen = new Map<string, number>();
  const look = async () => {
    const { version } = await sourceOf(id);
    const answer = await answerPixels(catalog, tilePath({ layer: id, bands: ["1"], version, ...address }), noSignal);
    expect(answer.headers).toMatchObject({
      ETag: `"${version}"`,
      "Cache-Control": expect.stringContaining("immutable"),
    });
    const value = Math.max(...((await tileOf(id, ["1"], address)).samples ?? []));
    expect(seen.get(version) ?? value).toBe(value);
    seen.set(version, value);
    return value;
  };
  expect(await look()).toBe(7);
  write(other, "8");
  expect(statSync(other).size).toBe(size);
  utimesSync(other, atime, mtime);
  renameSync(other, path);
  expect(await look()).toBe(8);
  write(other, "9");
  writeFileSync(path, readFileSync(other));
  utimesSync(path, atime, mtime);
  expect(await look()).toBe(9);
  expect(seen.size).toBe(3);
  // An address of before is answered with the pixels of now, and is not kept.
  const [before] = seen.keys();
  const late = await answerPixels(
    catalog,
    tilePath({ layer: id, bands: ["1"], version: before!, ...address }),
    noSignal,
  );
  expect(late.headers).toMatchObject({ "Cache-Control": "no-store" });
  expect(late.headers.ETag).not.toBe(`"${before}"`);
});
