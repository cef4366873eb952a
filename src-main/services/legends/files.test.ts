import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createCog } from "../../raster/index.ts";
import { readLegendFile } from "./files.ts";

const folder = mkdtempSync(join(tmpdir(), "legend-files-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** A raster of one pixel per class, with a palette that is filled up with black. */
async function raster(name: string, names?: readonly string[]): Promise<string> {
  const path = join(folder, name);
  const geobox = { crs: "EPSG:32631", width: 2, height: 2, affine: { a: 570_000, b: 10, c: 0, d: 5_630_000, e: 0, f: -10 } }; // biome-ignore format: one line
  const colors = [[0, 0, 0, 255], [255, 187, 34, 255], [0, 100, 0, 255], [0, 0, 0, 255]] as const; // biome-ignore format: one line
  await createCog(
    path,
    { geobox, bandCount: 1, dataType: "uint8", overviewMethod: "mode", colorTable: colors, ...(names ? { categoryNames: names } : {}) }, // biome-ignore format: one line
    async ({ width, height }) => [new Uint8Array(width * height).fill(1)],
  );
  return path;
}

test("a class raster brings its names and colours, without names those of its palette", async () => {
  const named = await readLegendFile(await raster("named.tif", ["", "wheat", "wood"]));
  expect(named.classes).toEqual([
    { code: 1, name: "wheat", color: "#ffbb22" },
    { code: 2, name: "wood", color: "#006400" },
  ]);
  const bare = await readLegendFile(await raster("bare.tif"));
  expect(bare).toEqual({
    name: "bare",
    classes: [
      { code: 1, name: "1", color: "#ffbb22" },
      { code: 2, name: "2", color: "#006400" },
    ],
  });
});

test("tables of colours are legends, and values that are no codes here stay as the source's", async () => {
  expect((await readLegendFile(file("corine.clr", "111 230 0 77\n523 230 242 255\n"))).classes).toEqual([
    { code: 111, name: "111", color: "#e6004d" },
    { code: 1, name: "523", color: "#e6f2ff" },
  ]);
  const text = "INTERPOLATION:EXACT\n523,230,242,255,255,Sea and ocean\n";
  expect((await readLegendFile(file("map.txt", text))).classes).toEqual([
    { code: 1, name: "Sea and ocean", color: "#e6f2ff", source: "523" },
  ]);
});

test("what is no legend is refused with what would be one", async () => {
  await expect(readLegendFile(file("project.qgs", "<qgis/>"))).rejects.toThrow(/a QGIS project.+Save Style, as \.qml/);
  await expect(readLegendFile(file("ramp.clr", "50% 1 2 3\n"))).rejects.toThrow(/no classes with colours are in it/);
  await expect(readLegendFile(file("legend.lyr", ""))).rejects.toMatchObject({ code: "legend-format" });
});
