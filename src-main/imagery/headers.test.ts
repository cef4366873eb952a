import { renameSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { run, temporaryFolder } from "../raster/testing/gdal.ts";
import { Headers } from "./headers.ts";
import { rasterReader } from "./raster-reader.ts";

const room = temporaryFolder();
afterAll(() => room.remove());

function write(name: string, value: number, side = 8): string {
  const path = room.file(name);
  run("gdal_create", [
    ...["-outsize", String(side), String(side), "-bands", "1", "-burn", String(value), "-ot", "Byte"],
    ...["-a_srs", "EPSG:32631", "-a_ullr", "560000", "5630000", "560080", "5629920", path],
  ]);
  return path;
}

test("a header is read once, by whoever asks first, and anew when the file was replaced", {
  tags: ["gdal"],
}, async () => {
  const headers = new Headers();
  const path = write("a.tif", 1);
  const first = await headers.open(path);
  expect(await headers.open(path)).toBe(first);
  // Another coordinate system chosen for it is another reading of the header.
  expect(await headers.open(path, "EPSG:32632")).not.toBe(first);
  renameSync(write("b.tif", 2, 16), path);
  const second = await headers.open(path);
  expect([first.info.width, second.info.width]).toEqual([8, 16]);
});

test("so many headers are kept, the latest used; a file that is missing is asked for again", {
  tags: ["gdal"],
}, async () => {
  const headers = new Headers(2);
  const [a, b, c] = [write("k1.tif", 1), write("k2.tif", 1), write("k3.tif", 1)];
  const kept = await headers.open(a);
  await headers.open(b);
  await headers.open(a);
  await headers.open(c);
  expect(headers.size).toBe(2);
  expect(await headers.open(a)).toBe(kept);
  const late = room.file("late.tif");
  await expect(headers.open(late)).rejects.toMatchObject({ code: "raster-missing" });
  renameSync(write("soon.tif", 3), late);
  expect((await headers.open(late)).info.width).toBe(8);
});

test("a reader means one state of each file, and closing it takes no pixels from others", {
  tags: ["gdal"],
}, async () => {
  const path = write("steady.tif", 5);
  const [one, other] = [rasterReader(), rasterReader()];
  const { geobox } = await one.facts(path);
  const request = { path, bands: [1], target: geobox, method: "nearest" as const };
  await other.facts(path);
  await other.close();
  expect((await one.warp(request)).bands[0]![0]).toBe(5);
  renameSync(write("changed.tif", 6), path);
  // A state counts as looked at for a moment: the exchange shows at the next look.
  const answer = () => one.warp(request).then(() => "read", ({ code }: { code: string }) => code); // biome-ignore format: one answer
  await expect.poll(answer).toBe("raster-changed");
  expect((await other.warp(request)).bands[0]![0]).toBe(6);
  await one.close();
});
