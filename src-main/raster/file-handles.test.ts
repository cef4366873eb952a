import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { createCog } from "./cog/create-cog.ts";
import { openRaster } from "./raster.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-handles-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const geobox: GeoBox = {
  crs: "EPSG:32631",
  affine: { a: 5e5, b: 10, c: 0, d: 5e6, e: 0, f: -10 },
  width: 64,
  height: 64,
};

/** An image of one value everywhere, stored so that every value takes the same number of bytes. */
async function imageOf(value: number, name: string): Promise<string> {
  const path = join(room, name);
  await createCog(
    path,
    { geobox, bandCount: 1, dataType: "uint16", nodata: 0, overviewMethod: "average", level: 1 },
    (window) => Promise.resolve([new Uint16Array(window.width * window.height).fill(value)]),
  );
  return path;
}
const window = { col: 0, row: 0, width: 8, height: 8 };
const firstPixel = async (path: string) => (await (await openRaster(path)).readWindow(window)).bands[0]![0];

test("opening a file reads what lies there now, not what lay there at an earlier opening", async () => {
  const path = await imageOf(1000, "a.tif");
  const two = await imageOf(2000, "two.tif");
  const { atime, mtime, size } = statSync(path);
  const raster = await openRaster(path);
  expect((await raster.readWindow(window)).bands[0]![0]).toBe(1000);
  // Another file under the name, of the same length and date.
  expect(statSync(two).size).toBe(size);
  utimesSync(two, atime, mtime);
  renameSync(two, path);
  expect(await firstPixel(path)).toBe(2000);
  // The same file with other bytes, of the same length, under its old date.
  const three = readFileSync(await imageOf(3000, "three.tif"));
  writeFileSync(path, three);
  utimesSync(path, atime, mtime);
  expect(await firstPixel(path)).toBe(3000);
});

test("an image that is replaced while it is read is an error, never a mixture", async () => {
  const path = await imageOf(7, "b.tif");
  const raster = await openRaster(path);
  await wait(250);
  copyFileSync(await imageOf(8, "other.tif"), join(room, "new.tif"));
  renameSync(join(room, "new.tif"), path);
  await expect(raster.readWindow(window)).rejects.toMatchObject({ code: "raster-changed" });
  expect(await firstPixel(path)).toBe(8);
  await expect(raster.readWindow(window)).rejects.toMatchObject({ code: "raster-changed" });
});

test.runIf(process.platform !== "win32")("a pipe is refused at once, as an image and beside one", async () => {
  const pipe = join(room, "pipe.tif");
  execFileSync("mkfifo", [pipe]);
  await expect(openRaster(pipe)).rejects.toMatchObject({ code: "raster-not-a-file" });
  await expect(openRaster("/dev/zero")).rejects.toMatchObject({ code: "raster-not-a-file" });
  const path = await imageOf(9, "c.tif");
  for (const ending of [".aux.xml", ".ovr", ".msk"]) {
    rmSync(path + ending, { force: true });
    execFileSync("mkfifo", [path + ending]);
  }
  execFileSync("mkfifo", [join(room, "c.tfw")]);
  expect((await openRaster(path)).info.width).toBe(64);
});
