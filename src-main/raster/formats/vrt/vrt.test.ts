/** @module-tag gdal */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRaster } from "../../raster.ts";
import type { SampleType, TypedArray } from "../../sample-type.ts";
import { gdalPixels, python, run, temporaryFolder } from "../../testing/gdal.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

beforeAll(() => {
  mkdirSync(folder.file("tiles"));
  python(
    `
import sys, numpy as np
from osgeo import gdal, osr
rng = np.random.default_rng(11)
system = osr.SpatialReference(); system.ImportFromEPSG(32631)
def write(name, col, row, width, height, size=10, bands=1, kind=gdal.GDT_UInt16, nodata=0):
    ds = gdal.GetDriverByName("GTiff").Create(sys.argv[1] + "/tiles/" + name + ".tif", width, height, bands, kind, ["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64"])
    ds.SetProjection(system.ExportToWkt()); ds.SetGeoTransform([600000 + col * 10, size, 0, 5700000 - row * 10, 0, -size])
    y, x = np.mgrid[0:height, 0:width]
    for b in range(bands):
        a = 2000 + 700 * np.sin((x + col) / 19.0 + b) * np.cos((y + row) / 13.0) + 50 * rng.standard_normal((height, width))
        a[10:20, 5:25] = nodata
        ds.GetRasterBand(b + 1).WriteArray(a.clip(0, 65000) if kind != gdal.GDT_Byte else (a / 200).clip(0, 12)); ds.GetRasterBand(b + 1).SetNoDataValue(nodata)
    if kind == gdal.GDT_Byte:
        table = gdal.ColorTable()
        for i in range(13): table.SetColorEntry(i, (i * 20, 255 - i * 10, i * 7 % 256, 255))
        ds.GetRasterBand(1).SetColorTable(table)
write("west", 0, 0, 300, 280, bands=3); write("east", 280, 0, 260, 280, bands=3); write("south", 100, 350, 200, 150, bands=3)
write("coarse", 0, 0, 150, 140, size=20); write("fine", 0, 0, 300, 280)
write("classes", 0, 0, 200, 100, kind=gdal.GDT_Byte)
write("float", 0, 0, 120, 90, kind=gdal.GDT_Float32, nodata=-9999)
`,
    [folder.path],
  );
});

const tile = (name: string) => folder.file(`tiles/${name}.tif`);

async function expectSame(path: string, type: SampleType): Promise<void> {
  const raster = await openRaster(path);
  const { width, height } = raster.info;
  expect(raster.info.dataType).toBe(type);
  const theirs = gdalPixels(path, folder.file("scratch"), type);
  const { bands } = await raster.readWindow({ col: 0, row: 0, width, height });
  const same = (ours: TypedArray, wanted: TypedArray) => {
    const at = ours.findIndex((value, i) => !Object.is(value, wanted[i]) && !(value === 0 && wanted[i] === 0));
    return at < 0 ? "same" : `pixel ${at % width}, ${Math.floor(at / width)}: ${ours[at]}, GDAL ${wanted[at]}`;
  };
  expect(bands.map((band, i) => same(band, theirs[i]!))).toEqual(theirs.map(() => "same"));
  raster.close();
}

test("a mosaic with overlap and gaps: the later source wins, and what no source covers is no data", async () => {
  const path = folder.file("mosaic.vrt");
  run("gdalbuildvrt", ["-q", path, tile("west"), tile("east"), tile("south")]);
  await expectSame(path, "uint16");
  const raster = await openRaster(path);
  expect(await raster.absence({ col: 400, row: 380, width: 50, height: 50 })).toBe(undefined);
  const { valid } = await raster.readWindow({ col: 400, row: 380, width: 50, height: 50 }, { bands: [1] });
  expect(valid[0]!.every((each) => each === 0)).toBe(true);
  raster.close();
});

test("bands from files of their own, some with pixels twice as large, and virtual rasters inside others", async () => {
  const separate = folder.file("separate.vrt");
  run("gdalbuildvrt", ["-q", "-separate", "-resolution", "highest", separate, tile("fine"), tile("coarse")]);
  await expectSame(separate, "uint16");
  const window = folder.file("window.vrt");
  run("gdal_translate", [
    "-q",
    "-of",
    "VRT",
    "-srcwin",
    "33",
    "21",
    "150",
    "111",
    "-b",
    "2",
    "-b",
    "1",
    separate,
    window,
  ]);
  await expectSame(window, "uint16");
  const shrunk = folder.file("shrunk.vrt");
  run("gdal_translate", ["-q", "-of", "VRT", "-outsize", "60", "56", separate, shrunk]);
  await expectSame(shrunk, "uint16");
});

test("numbers that are scaled, looked up, raised to a power, or taken from a colour table", async () => {
  const scaled = folder.file("scaled.vrt");
  run("gdal_translate", [
    "-q",
    "-of",
    "VRT",
    "-ot",
    "Byte",
    "-scale",
    "1000",
    "3000",
    "1",
    "255",
    tile("fine"),
    scaled,
  ]);
  await expectSame(scaled, "uint8");
  const power = folder.file("power.vrt");
  const words = ["-scale", "1000", "3000", "1", "255", "-exponent", "0.5"];
  run("gdal_translate", ["-q", "-of", "VRT", "-ot", "Byte", ...words, tile("fine"), power]);
  await expectSame(power, "uint8");
  const expanded = folder.file("expanded.vrt");
  run("gdal_translate", ["-q", "-of", "VRT", "-expand", "rgb", tile("classes"), expanded]);
  await expectSame(expanded, "uint8");
  const table = folder.file("table.vrt");
  const source = `<ComplexSource><SourceFilename relativeToVRT="1">tiles/float.tif</SourceFilename><SourceBand>1</SourceBand>
    <NODATA>-9999</NODATA><LUT>1500:0,2000:100,2500:50</LUT></ComplexSource>`;
  writeFileSync(table, `<VRTDataset rasterXSize="120" rasterYSize="90"><VRTRasterBand dataType="Float32" band="1">${source}</VRTRasterBand></VRTDataset>`); // biome-ignore format: one line
  const raster = await openRaster(table);
  const ours = (await raster.readWindow({ col: 0, row: 0, width: 120, height: 90 })).bands[0]!;
  const theirs = gdalPixels(table, folder.file("scratch"), "float32")[0]!;
  // GDAL computes the lines of a table in 32 bits.
  expect(Math.max(...ours.map((value, i) => Math.abs(value - theirs[i]!)))).toBeLessThan(1e-4);
  raster.close();
});

test("a warped virtual raster is warped here, as gdalwarp writes it to a file", async () => {
  // GDAL itself reads a warped virtual raster in parts, each with a kernel of its own width, so that its pixels differ from a file's.
  const path = folder.file("warped.vrt");
  const words = ["-q", "-et", "0", "-t_srs", "EPSG:4326", "-r", "bilinear"];
  run("gdalwarp", [...words, "-of", "VRT", tile("west"), path]);
  run("gdalwarp", [...words, tile("west"), folder.file("warped.tif")]);
  const raster = await openRaster(path);
  const { width, height, crs } = raster.info;
  expect(crs).toBe("EPSG:4326");
  const theirs = gdalPixels(folder.file("warped.tif"), folder.file("scratch"), "uint16");
  const { bands } = await raster.readWindow({ col: 0, row: 0, width, height });
  for (const [i, band] of bands.entries()) {
    let apart = 0;
    for (let at = 0; at < band.length; at++) if (Math.abs(band[at]! - theirs[i]![at]!) > 1) apart++;
    expect(apart / band.length).toBeLessThan(0.001);
  }
  raster.close();
});

test("far out, the overviews of the sources are read", async () => {
  mkdirSync(folder.file("pyramid"));
  cpSync(tile("fine"), folder.file("pyramid/fine.tif"));
  python("import sys; from osgeo import gdal; gdal.Open(sys.argv[1], 1).BuildOverviews('AVERAGE', [2, 4])", [
    folder.file("pyramid/fine.tif"),
  ]);
  const path = folder.file("pyramid/all.vrt");
  run("gdalbuildvrt", ["-q", path, folder.file("pyramid/fine.tif")]);
  const [raster, source] = [await openRaster(path), await openRaster(folder.file("pyramid/fine.tif"))];
  expect(raster.info.overviews[0]).toEqual({ width: 150, height: 140 });
  const window = { col: 0, row: 0, width: 150, height: 140 };
  const ours = await raster.readWindow(window, { overview: 0 });
  expect(ours.bands[0]).toEqual((await source.readWindow(window, { overview: 0 })).bands[0]);
  raster.close();
  source.close();
});

test("a source that was replaced gives its new pixels when the virtual raster is opened again", async () => {
  mkdirSync(folder.file("fresh"));
  cpSync(tile("west"), folder.file("fresh/a.tif"));
  const path = folder.file("fresh/all.vrt");
  run("gdalbuildvrt", ["-q", path, folder.file("fresh/a.tif")]);
  await expectSame(path, "uint16");
  run("gdal_calc.py", ["--quiet", "-A", tile("west"), "--calc", "A+7", "--outfile", folder.file("fresh/b.tif"), "--allBands", "A"]); // biome-ignore format: one line
  cpSync(folder.file("fresh/b.tif"), folder.file("fresh/a.tif"));
  await expectSame(path, "uint16");
});

const band = (inside: string, attributes = "") =>
  `<VRTDataset rasterXSize="20" rasterYSize="20"><VRTRasterBand dataType="UInt16" band="1" ${attributes}>${inside}</VRTRasterBand></VRTDataset>`;
const from = (name: string, relative = 1) =>
  `<SimpleSource><SourceFilename relativeToVRT="${relative}">${name}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>`;

const refused: readonly (readonly [what: string, text: string, code: string, words: RegExp])[] = [
  ["a file that is not there", band(from("tiles/nowhere.tif")), "raster-source", /nowhere.*no such file/],
  ["a path out of the folder", band(from("../../etc/passwd")), "raster-source", /outside the folder/],
  ["an absolute path", band(from("/etc/passwd", 0)), "raster-source", /outside the folder/],
  ["itself", band(from("itself.vrt")), "raster-source", /the file itself/],
  ["a place on the internet", band(from("/vsicurl/https://example.com/a.tif", 0)), "raster-source", /internet/],
  ["an address", band(from("https://example.com/a.tif", 0)), "raster-source", /internet/],
  ["an archive's inside", band(from("/vsizip/a.zip/a.tif", 0)), "raster-source", /only GDAL/],
  ["Python", band("<PixelFunctionLanguage>Python</PixelFunctionLanguage><PixelFunctionType>f</PixelFunctionType>", 'subClass="VRTDerivedRasterBand"'), "raster-unsupported-layout", /Python/], // biome-ignore format: one line
  ["a pixel function", band("<PixelFunctionType>diff</PixelFunctionType>", 'subClass="VRTDerivedRasterBand"'), "raster-unsupported-layout", /“diff”/], // biome-ignore format: one line
  ["raw numbers", band("<SourceFilename>a.bin</SourceFilename>", 'subClass="VRTRawRasterBand"'), "raster-unsupported-layout", /raw numbers/], // biome-ignore format: one line
  ["pan-sharpening", '<VRTDataset subClass="VRTPansharpenedDataset"/>', "raster-unsupported-layout", /pan-sharpening/],
  ["complex numbers", band(from("a.tif")).replace("UInt16", "CFloat32"), "raster-unsupported-layout", /CFloat32/],
  ["no size", band("").replace('rasterXSize="20"', ""), "raster-damaged", /without size/],
  ["half a text", band(from("tiles/west.tif")).slice(0, 40), "raster-damaged", /size|bands|text/],
];

test.each(refused)("%s is refused in a sentence", async (_what, text, code, words) => {
  const path = folder.file("itself.vrt");
  writeFileSync(path, text);
  await expect(openRaster(path)).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
});

test("two virtual rasters that name each other are refused", async () => {
  writeFileSync(folder.file("one.vrt"), band(from("other.vrt")));
  writeFileSync(folder.file("other.vrt"), band(from("one.vrt")));
  await expect(openRaster(folder.file("one.vrt"))).rejects.toMatchObject({ code: "raster-source" });
});
