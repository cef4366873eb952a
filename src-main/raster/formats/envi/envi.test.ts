/** @module-tag gdal */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRaster } from "../../raster.ts";
import type { SampleType } from "../../sample-type.ts";
import { gdalPixels, python, run, temporaryFolder } from "../../testing/gdal.ts";
import { expectAsGdal } from "../../testing/products.ts";

const fixtures = join(import.meta.dirname, "../../fixtures/envi");
const folder = temporaryFolder();
afterAll(() => folder.remove());

beforeAll(() => {
  python(
    `
import sys, numpy as np
from osgeo import gdal, osr
rng = np.random.default_rng(5)
system = osr.SpatialReference(); system.ImportFromEPSG(32736)
for name in ["Byte", "Int16", "UInt16", "Int32", "UInt32", "Float32", "Float64"]:
    ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1] + "/" + name + ".tif", 301, 407, 3, getattr(gdal, "GDT_" + name))
    ds.SetProjection(system.ExportToWkt()); ds.SetGeoTransform([600000, 10, 0, 9600000, 0, -10])
    for b in range(3):
        a = rng.integers(0, 250, (407, 301)) * (1 if name == "Byte" else 7) - (900 if name in ("Int16", "Int32", "Float32", "Float64") else 0)
        ds.GetRasterBand(b + 1).WriteArray(a + (0.25 if "Float" in name else 0)); ds.GetRasterBand(b + 1).SetNoDataValue(7)
`,
    [folder.path],
  );
});

const types: Readonly<Record<string, SampleType>> = {
  Byte: "uint8",
  Int16: "int16",
  UInt16: "uint16",
  Int32: "int32",
  UInt32: "uint32",
  Float32: "float32",
  Float64: "float64",
};

for (const interleave of ["BSQ", "BIL", "BIP"]) {
  test.each(Object.entries(types))(`%s in ${interleave} reads as GDAL reads it`, async (name, type) => {
    const path = folder.file(`${name}-${interleave}.img`);
    run("gdal_translate", ["-q", "-of", "ENVI", "-co", `INTERLEAVE=${interleave}`, folder.file(`${name}.tif`), path]);
    const theirs = gdalPixels(folder.file(`${name}.tif`), folder.file("scratch"), type);
    const raster = await openRaster(path);
    expect(raster.info).toMatchObject({ format: "ENVI", dataType: type, crs: "EPSG:32736", validity: "nodata" });
    const { bands } = await raster.readWindow({ col: 0, row: 0, width: 301, height: 407 });
    expect(bands).toEqual(theirs);
    const part = await raster.readWindow({ col: 290, row: 400, width: 20, height: 5 }, { bands: [3] });
    expect(part.bands[0]!.subarray(0, 11)).toEqual(theirs[2]!.subarray(400 * 301 + 290, 400 * 301 + 301));
    raster.close();
  });
}

test("big-endian numbers, and a map turned by 66°", async () => {
  const bigEndian = { width: 20, height: 20, bands: 1, crs: "EPSG:26711", geotransform: [440720, 60, 0, 3751320, 0, -60], band: [{ checksum: 4672 }] }; // biome-ignore format: one line
  (await expectAsGdal(join(fixtures, "gdal_uint16_envi_bigendian.dat"), bigEndian, "same")).close();
  const turned = { width: 1, height: 1, bands: 1, crs: "EPSG:32612", geotransform: [736600.089, 1.09818894, -2.46657274, 4078126.75, -2.46657274, -1.09818894], band: [{ checksum: 4 }] }; // biome-ignore format: one line
  (await expectAsGdal(join(fixtures, "gdal_rotation.img"), turned, "same")).close();
});

const written = (name: string, header: string, bytes = 600) => {
  writeFileSync(folder.file(`${name}.hdr`), header);
  writeFileSync(folder.file(`${name}.dat`), Buffer.alloc(bytes, 3));
  return folder.file(`${name}.dat`);
};
const plain = "ENVI\nsamples = 10\nlines = 20\nbands = 3\ndata type = 1\ninterleave = bil\n";

test("names, wavelengths, gains and classes are told", async () => {
  const more = "band names = {a, b,\n c}\nwavelength = {443, 493, 560}\nwavelength units = Nanometers\ndata gain values = {0.1, 0.2, 0.3}\nclass names = {none, forest}\nclass lookup = {0,0,0, 0,128,0}\n"; // biome-ignore format: one line
  const { info } = await openRaster(written("told", plain + more));
  expect(info.bands.map(({ name, scale }) => [name, scale])).toEqual([["a", 0.1], ["b", 0.2], ["c", 0.3]]); // biome-ignore format: one line
  expect(info.bands[1]!.metadata).toEqual({ wavelength: "493", wavelength_units: "Nanometers" });
  expect(info.bands[0]).toMatchObject({ categoryNames: ["none", "forest"], colorTable: [[0, 0, 0, 255], [0, 128, 0, 255]] }); // biome-ignore format: one line
});

test.each([
  ["a file shorter than its header says", plain.replace("20", "2000"), "raster-truncated"],
  ["absurd sizes", plain.replace("10", "99999999999"), "raster-damaged"],
  ["complex numbers", plain.replace("type = 1", "type = 6"), "raster-unsupported-layout"],
  ["64-bit numbers", plain.replace("type = 1", "type = 14"), "raster-unsupported-layout"],
  ["a spectral library", `${plain}file type = ENVI Spectral Library\n`, "raster-unsupported-layout"],
  ["compressed numbers", `${plain}file compression = 1\n`, "raster-unsupported-layout"],
  ["an interleaving that is none", plain.replace("bil", "xyz"), "raster-damaged"],
  ["another program's header", plain.replace("ENVI", "NROWS 3"), "raster-unknown-format"],
])("%s is refused: %s", async (what, header, code) => {
  await expect(openRaster(written(what.replaceAll(" ", "-"), header))).rejects.toMatchObject({ code });
});

test("a TIFF stays one with such a header beside it, and numbers that begin like a TIFF are numbers", async () => {
  copyFileSync(folder.file("Byte.tif"), folder.file("tiff.dat"));
  writeFileSync(folder.file("tiff.hdr"), plain);
  expect((await openRaster(folder.file("tiff.dat"))).info.format).toBe("TIFF");
  const path = written("begins", plain);
  writeFileSync(path, Buffer.concat([Buffer.from("IIII"), readFileSync(path).subarray(4)]));
  expect((await openRaster(path)).info.format).toBe("ENVI");
});
