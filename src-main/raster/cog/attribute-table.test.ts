import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { openRaster } from "../raster.ts";
import { createCog } from "./create-cog.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-attributes-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

test("a class map keeps the codes of the source in an attribute table that GDAL and we read", {
  tags: ["gdal"],
}, async () => {
  const path = join(room, "map.tif");
  const attributeTable = [
    { value: 1, name: "maize & co", color: "#ffc800", source: "1200" },
    { value: 2, name: "wood", color: "#005a0a", source: "s1110000010" },
  ];
  await createCog(
    path,
    {
      geobox: { crs: "EPSG:32631", affine: northUp(500000, 5600000, 10, 10), width: 16, height: 16 },
      bandCount: 1,
      dataType: "uint8",
      nodata: 0,
      categoryNames: ["no data", "maize & co", "wood"],
      attributeTable,
      overviewMethod: "mode",
    },
    ({ width, height }) => Promise.resolve([new Uint8Array(width * height).fill(2)]),
  );
  const info = JSON.parse(execFileSync("gdalinfo", ["-json", path], { encoding: "utf8" })) as {
    rat: { fieldDefn: { name: string }[]; row: { f: unknown[] }[] };
  };
  expect(info.rat.fieldDefn.map(({ name }) => name)).toEqual(["Value", "Class", "Source", "Red", "Green", "Blue"]);
  expect(info.rat.row.map(({ f }) => f)).toEqual([
    [1, "maize & co", "1200", 255, 200, 0],
    [2, "wood", "s1110000010", 0, 90, 10],
  ]);
  const raster = await openRaster(path);
  expect(raster.info.bands[0]!.attributeTable).toEqual(attributeTable);
  expect(raster.info.bands[0]!.categoryNames).toEqual(["no data", "maize & co", "wood"]);
});

test("signs that XML cannot hold do not cost a map its legend", async () => {
  const path = join(room, "signs.tif");
  await createCog(
    path,
    {
      geobox: { crs: "EPSG:32631", affine: northUp(500000, 5600000, 10, 10), width: 16, height: 16 },
      bandCount: 1,
      dataType: "uint8",
      categoryNames: ["no data", "wet\u0001 <land> \ud800"],
      bandNames: ["class\u0000es\u001b"],
      metadata: { NOTE: "first\nsecond \u0002" },
      overviewMethod: "mode",
    },
    ({ width, height }) => Promise.resolve([new Uint8Array(width * height).fill(1)]),
  );
  const info = JSON.parse(execFileSync("gdalinfo", ["-json", path], { encoding: "utf8" })) as {
    metadata: Record<string, Record<string, string>>;
    bands: { description: string; categories: string[] }[];
  };
  expect(info.bands[0]).toMatchObject({ description: "class es ", categories: ["no data", "wet  <land> \ufffd"] });
  expect(info.metadata[""]!.NOTE).toBe("first\nsecond  ");
  const { bands, metadata } = (await openRaster(path)).info;
  expect(bands[0]!.categoryNames).toEqual(["no data", "wet  <land> \ufffd"]);
  expect(metadata.NOTE).toBe("first\nsecond  ");
});
