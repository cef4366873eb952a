import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { apply, northUp } from "../../src-shared/geo/affine.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { openRaster, warp } from "../raster/index.ts";
import { fft2, spectrum } from "./fft.ts";
import { measureShift } from "./measure-shift.ts";
import type { MeasuredPatch } from "./patch.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-alignment-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const sample = join(import.meta.dirname, "../../resources/sample/flanders-crops-2019/S2_L2A_10m");

/** A made-up landscape: bumps of all sizes at fixed places, so that its value anywhere is known. */
const bumps = Array.from({ length: 400 }, (_, i) => {
  const random = (n: number) => (Math.sin((i + 1) * 12.9898 + n * 78.233) * 43_758.5453) % 1;
  return {
    x: 2600 * Math.abs(random(1)) - 20,
    y: 2600 * Math.abs(random(2)) - 20,
    height: random(3),
    width: 15 + 60 * Math.abs(random(4)),
  };
});
const landscape = (x: number, y: number): number => {
  let sum = 5;
  for (const bump of bumps) {
    const distance = ((x - bump.x) ** 2 + (y - bump.y) ** 2) / (2 * bump.width ** 2);
    if (distance < 12) sum += bump.height * Math.exp(-distance);
  }
  return sum;
};

const all = (length: number) => new Uint8Array(length).fill(1);
const imageOf = (value: (x: number, y: number) => number, grid: GeoBox): Float64Array =>
  Float64Array.from({ length: grid.width * grid.height }, (_, at) =>
    value(...apply(grid.affine, (at % grid.width) + 0.5, Math.floor(at / grid.width) + 0.5)),
  );
const grid = (side: number): GeoBox => ({
  crs: "EPSG:32631",
  affine: northUp(0, 2560, 10, 10),
  width: side,
  height: side,
});

test("a Fourier transform agrees with its definition", () => {
  const size = 8;
  const image = spectrum(size);
  for (let at = 0; at < 64; at++) image.re[at] = Math.sin(at * at);
  const before = image.re.slice();
  fft2(image);
  for (const [u, v] of [
    [0, 0],
    [3, 1],
    [7, 5],
  ] as const) {
    let [re, im] = [0, 0];
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const angle = (-2 * Math.PI * (u * x + v * y)) / size;
        re += before[y * size + x]! * Math.cos(angle);
        im += before[y * size + x]! * Math.sin(angle);
      }
    expect(image.re[v * size + u]).toBeCloseTo(re, 9);
    expect(image.im[v * size + u]).toBeCloseTo(im, 9);
  }
});

test.each([
  [3.7, -12.4],
  [-41, 8.2],
  [0, 0],
  [95, 61.3],
])("an image that lies %d m east and %d m north is found to a fifth of a pixel, with clouds in it", async (x, y) => {
  const found = await measureShift({
    grid: grid(128),
    async read(image, box, shift): Promise<MeasuredPatch> {
      const moved = { ...box, affine: { ...box.affine, a: box.affine.a - shift.dx, d: box.affine.d - shift.dy } };
      // The moving image has to go by (x, y): what lies at a place now should lie (x, y) further.
      const other = (px: number, py: number) => 3 * landscape(px + x, py + y) + 0.02 * Math.sin(px * 7 + py * 3);
      const values = imageOf(image === "reference" ? landscape : other, moved);
      const valid = all(values.length);
      if (image === "moving")
        for (let at = 0; at < valid.length; at++) if (at % 128 < 30 && at < 128 * 40) valid[at] = 0;
      return { values, valid, data: 1 };
    },
  });
  expect(found.refused).toBeNull();
  expect(Math.hypot(found.dx - x, found.dy - y)).toBeLessThan(2);
  expect(found.confidence).toBeGreaterThan(0.4);
});

test("a Sentinel-2 band that gdalwarp moved by parts of a pixel is found where it was put", {
  tags: ["gdal"],
}, async () => {
  const name = join(sample, "S2_L2A_10m_20190421T105702.tif");
  const [x, y] = [13.3, -7.6];
  const movedFile = join(room, "moved.tif");
  // The pixels resampled half a pixel and more away, then the grid put back: the ground lies (−x, −y) from where it should.
  const bounds = [574_680 + x, 5_621_800 + y, 575_320 + x, 5_622_440 + y].map(String);
  const resampled = join(room, "resampled.tif");
  execFileSync("gdalwarp", ["-q", "-r", "lanczos", "-te", ...bounds, "-tr", "10", "10", name, resampled]);
  execFileSync("gdal_translate", ["-q", "-a_ullr", "574680", "5622440", "575320", "5621800", resampled, movedFile]);
  const [reference, moving] = [await openRaster(name), await openRaster(movedFile)];
  const found = await measureShift({
    grid: { crs: "EPSG:32631", affine: northUp(574_680, 5_622_440, 10, 10), width: 64, height: 64 },
    async read(image, box, shift) {
      const target = { ...box, affine: { ...box.affine, a: box.affine.a - shift.dx, d: box.affine.d - shift.dy } };
      const read = await warp(image === "reference" ? reference : moving, target, { bands: [4], method: "cubic" });
      const values = read.bands[0]!;
      return { values, valid: Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)), data: 1 };
    },
  });
  expect(found.refused).toBeNull();
  expect(Math.hypot(found.dx - x, found.dy - y) / 10).toBeLessThan(0.2);
  reference.close();
  moving.close();
});

const measured = (reference: Float64Array, moving: Float64Array, valid: Uint8Array, data = 1) =>
  measureShift({
    grid: grid(64),
    read: async (image) => ({ values: image === "reference" ? reference : moving, valid, data }),
  });
const noise = (seed: number) =>
  Float64Array.from({ length: 4096 }, (_, i) => 100 + 20 * ((Math.sin(i * seed) * 1e5) % 1));

test("what cannot be measured is refused, and it is said why", async () => {
  const [flat, land] = [new Float64Array(4096).fill(7), imageOf(landscape, grid(64))];
  expect((await measured(land, flat, all(4096))).refused).toBe("texture");
  expect((await measured(land, land, new Uint8Array(4096))).refused).toBe("clouds");
  expect((await measured(land, land, new Uint8Array(4096), 0)).refused).toBe("overlap");
  expect((await measured(noise(12.9), noise(4.7), all(4096))).refused).toBe("ambiguous");
  const small = await measureShift({ grid: grid(20), read: async () => ({ values: [], valid: all(0), data: 1 }) });
  expect(small.refused).toBe("overlap");
});
