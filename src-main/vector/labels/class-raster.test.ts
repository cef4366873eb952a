/** @module-tag gdal */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countCells, runsOfCells } from "../../../src-shared/domain/patch-cells.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import { boundsOf, type GeoBox } from "../../../src-shared/geo/geobox.ts";
import { openRaster, requireGeobox } from "../../raster/index.ts";
import { bandOfField, ClassRaster, isTiff } from "./class-raster.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-class-raster-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const file = (name: string) => join(room, name);

/** Areas of six values and no data, at 2.5 m, beside and over the project's grid. */
const make = `
import sys, numpy as np
from osgeo import gdal, osr
folder = sys.argv[1]
gdal.UseExceptions()
random = np.random.default_rng(5)
coarse = random.choice([10, 20, 30, 95, 1110, 0], (40, 45))
values = np.repeat(np.repeat(coarse, 9, 0), 8, 1).astype("uint16")
noise = random.random(values.shape) < 0.12
values[noise] = 20
values[:30, :40] = 65535
srs = osr.SpatialReference(); srs.ImportFromEPSG(32631)
def write(name, array, x, y, pixel, nodata=None):
    bands = array if array.ndim == 3 else array[None]
    kind = {"uint8": gdal.GDT_Byte, "uint16": gdal.GDT_UInt16, "float32": gdal.GDT_Float32}[str(array.dtype)]
    image = gdal.GetDriverByName("GTiff").Create(f"{folder}/{name}", bands.shape[2], bands.shape[1], bands.shape[0], kind, ["COMPRESS=DEFLATE"])
    image.SetGeoTransform((x, pixel, 0, y, 0, -pixel)); image.SetProjection(srs.ExportToWkt())
    for i, band in enumerate(bands):
        image.GetRasterBand(i + 1).WriteArray(band)
        if nodata is not None: image.GetRasterBand(i + 1).SetNoDataValue(nodata)
    return image
write("fine.tif", values, 500037.5, 5600102.5, 2.5, 65535)
write("coarse.tif", coarse.astype("uint16"), 500000, 5600080, 30)
write("float.tif", random.random((50, 50)).astype("float32"), 500000, 5600000, 10)
write("two.tif", np.stack([coarse, coarse]).astype("uint16"), 500000, 5600080, 30)
write("none.tif", np.full((50, 50), 7, "uint16"), 500000, 5600000, 10, 7)
named = write("named.tif", (coarse % 7).astype("uint8"), 500000, 5600080, 30)
table = gdal.RasterAttributeTable()
table.CreateColumn("Value", gdal.GFT_Integer, gdal.GFU_MinMax)
table.CreateColumn("Class", gdal.GFT_String, gdal.GFU_Name)
for i, usage in enumerate([gdal.GFU_Red, gdal.GFU_Green, gdal.GFU_Blue]): table.CreateColumn("RGB"[i], gdal.GFT_Integer, usage)
for row, (value, name, color) in enumerate([(0, "no data", (0, 0, 0)), (3, "maize & co", (255, 200, 0)), (6, "wood", (0, 90, 10))]):
    table.SetValueAsInt(row, 0, value); table.SetValueAsString(row, 1, name)
    for i in range(3): table.SetValueAsInt(row, 2 + i, color[i])
named.GetRasterBand(1).SetDefaultRAT(table)
`;
beforeAll(() => {
  writeFileSync(file("make.py"), make);
  execFileSync("/usr/bin/python3", [file("make.py"), room]);
  execFileSync("gdalwarp", [
    "-q",
    "-t_srs",
    "EPSG:3035",
    "-tr",
    "4",
    "4",
    "-r",
    "near",
    "-dstnodata",
    "65535",
    file("fine.tif"),
    file("laea.tif"),
  ]);
});

const grid: GeoBox = { crs: "EPSG:32631", affine: northUp(500000, 5600100, 10, 10), width: 130, height: 110 };

/** Class codes per patch, 0 where there is none. */
async function patchesOf(raster: ClassRaster, classes: ReadonlyMap<number, number | null>, purity: number) {
  const codes = new Uint8Array(grid.width * grid.height);
  const sizes: number[] = [];
  const report = await raster.labels(classes, purity, ({ classCode, cells, patches }) => {
    expect(countCells(cells)).toBe(patches);
    sizes.push(Math.max(cells.width, cells.height));
    for (const [row, start, end] of runsOfCells(cells)) {
      for (let col = start; col < end; col++) {
        expect(codes[row * grid.width + col]).toBe(0);
        codes[row * grid.width + col] = classCode;
      }
    }
  });
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64);
  return { codes, report };
}

/** gdalwarp's pixels on a grid `samples` times as fine as the patches, without interpolation. */
function byGdal(name: string, samples: number): Uint16Array {
  const target = file(`${name}-${samples}.raw`);
  const {
    affine: { a, d, b },
    width,
    height,
  } = grid;
  const extent = [a, d - height * b, a + width * b, d].map(String);
  const size = [width * samples, height * samples].map(String);
  execFileSync("gdalwarp", [
    "-q",
    "-overwrite",
    "-et",
    "0",
    "-t_srs",
    grid.crs,
    "-te",
    ...extent,
    "-ts",
    ...size,
    "-r",
    "near",
    "-dstnodata",
    "65535",
    "-of",
    "ENVI",
    file(name),
    target,
  ]);
  const bytes = readFileSync(target);
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

test.each([
  ["fine.tif", 4],
  ["coarse.tif", 1],
  ["laea.tif", 3],
] as const)(
  "each patch of %s has the class of most of gdalwarp's samples, where it is pure enough",
  async (name, samples) => {
    const raster = await ClassRaster.open(file(name), grid);
    expect(raster.samples).toBe(samples);
    const classes = new Map<number, number | null>([
      [10, 1],
      [20, 2],
      [30, 3],
      [95, 4],
      [1110, 5],
      [0, null],
    ]);
    const purity = 0.55;
    const { codes, report } = await patchesOf(raster, classes, purity);
    const fine = byGdal(name, samples);
    const expected = new Uint8Array(codes.length);
    for (let row = 0; row < grid.height; row++) {
      for (let col = 0; col < grid.width; col++) {
        const counts = new Map<number, number>();
        for (let y = 0; y < samples; y++) {
          for (let x = 0; x < samples; x++) {
            const code = classes.get(fine[(row * samples + y) * grid.width * samples + col * samples + x]!) ?? 0;
            counts.set(code, (counts.get(code) ?? 0) + 1);
          }
        }
        for (const [code, count] of counts)
          if (code > 0 && count / samples ** 2 >= purity) expected[row * grid.width + col] = code;
      }
    }
    const different = codes.reduce((sum, code, i) => sum + (code === expected[i] ? 0 : 1), 0);
    // Between two systems a sample on a pixel's border may fall on either side.
    expect(different).toBeLessThanOrEqual(name === "laea.tif" ? 5 : 0);
    expect(report.labelled).toBe(codes.filter((code) => code > 0).length);
    expect(report.covered).toBe(report.labelled + report.mixed + report.ignored);
    expect(report.labelled).toBeGreaterThan(3000);
  },
);

test("values are counted with the names and colours of the file's attribute table", async () => {
  const named = await (await ClassRaster.open(file("named.tif"), grid)).values();
  expect(named.filter(({ name }) => name !== undefined).map(({ value, name, color }) => [value, name, color])).toEqual([
    [0, "no data", "#000000"],
    [3, "maize & co", "#ffc800"],
    [6, "wood", "#005a0a"],
  ]);
  const values = await (await ClassRaster.open(file("fine.tif"), grid)).values();
  expect(values.map(({ value }) => value)).toEqual([0, 10, 20, 30, 95, 1110]);
});

test("what holds no classes is refused with one sentence", async () => {
  const refusal = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      if (error instanceof AppError) return [error.code, error.message];
      throw error;
    }
    throw new Error("nothing was refused");
  };
  expect(await refusal(() => ClassRaster.open(file("two.tif"), grid))).toEqual([
    "class-raster-bands",
    expect.stringContaining("“band 1”, “band 2”"),
  ]);
  expect((await refusal(async () => (await ClassRaster.open(file("float.tif"), grid)).values()))[0]).toBe(
    "class-raster-continuous",
  );
  expect((await refusal(async () => (await ClassRaster.open(file("none.tif"), grid)).values()))[0]).toBe(
    "class-raster-empty",
  );
  const far = { ...grid, affine: northUp(700000, 5600100, 10, 10) };
  expect((await refusal(() => ClassRaster.open(file("fine.tif"), far)))[0]).toBe("labels-outside");
  // A square beside it touches its edge, and nothing else.
  const { maxX } = boundsOf(requireGeobox(await openRaster(file("fine.tif"))));
  const beside = { ...grid, affine: { ...grid.affine, a: maxX } };
  const outside = await refusal(async () => (await ClassRaster.open(file("fine.tif"), beside)).values());
  expect(outside[0]).toBe("labels-outside");
  expect(isTiff(file("make.py"))).toBe(false);
  expect(isTiff(file("fine.tif"))).toBe(true);
  expect(bandOfField("band 2: CT")).toBe(2);
  expect(bandOfField("bandwidth 2")).toBeUndefined();
});
