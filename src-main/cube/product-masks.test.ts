import { expect, test } from "vitest";
import { clearTest, datedForUse, qualityOfPiece, undatedDay } from "../../src-shared/eo/index.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import type { RasterFacts } from "../imagery/index.ts";
import { describeFile, type FileChoice, importedFiles, requireMeasurement } from "./acquisitions.ts";
import { joinFiles } from "./mosaic.ts";
import { maskOfName } from "./product-masks.ts";

function facts(path: string, names: readonly string[] = [""], meters = 10): RasterFacts {
  const size = 640 / meters;
  return {
    path,
    geobox: { crs: "EPSG:32631", affine: northUp(574680, 5622440, meters, meters), width: size, height: size },
    bands: names.map((name) => ({ ...(name ? { name } : {}), dataType: "uint16", scale: 1, offset: 0 })),
    metadata: {},
  };
}

function joined(...given: readonly (readonly [RasterFacts, Omit<FileChoice, "path">?])[]) {
  const files = given.flatMap(([file, choice]) => {
    const wanted = { path: file.path, ...choice };
    requireMeasurement(file, wanted);
    return importedFiles(describeFile(file, wanted));
  });
  return joinFiles([], files).acquisitions;
}

const isClear = (name: string, value: number) => clearTest(maskOfName(name)!.meaning, [])!(value);

// 21824, 22280, 54596: clear, cloud of high confidence, cirrus, in the value tables of the guides named in the README.
test.each([
  ["LC08_L2SP_008059_20191201_20200825_02_T1_QA_PIXEL.TIF", [21824, 21952], [1, 22280, 23888, 54596, 30048]],
  ["LE07_L2SP_021030_20100109_20200911_02_T1_QA_PIXEL.TIF", [5440, 5504], [1, 5896, 7440]],
  ["LC08_L1TP_008059_20151201_20170401_01_T1_pixel_qa.tif", [322, 324], [1, 328, 336, 352]],
  ["HLS.S30.T19LDD.2022166T144741.v2.0.Fmask.tif", [64, 96, 128], [66, 68, 72, 80]],
  ["SENTINEL2A_20190716-105909-385_L2A_T31TFJ_C_V2-2_CLM_R1.tif", [0], [1, 3, 32, 128]],
  ["20230315_102132_44_24c2_3B_udm2_clip.tif", [1], [0]],
  ["20170831_172754_101c_3B_AnalyticMS_DN_udm.tif", [0], [1, 2, 30]],
  ["T31UFS_20190410_cloud_mask.tif", [0], [1]],
  ["2019-04-10_clear-mask.tif", [1], [0]],
])("%s: what is clear", (name, clear, unclear) => {
  expect(clear.map((value) => isClear(name, value))).toEqual(clear.map(() => true));
  expect(unclear.map((value) => isClear(name, value))).toEqual(unclear.map(() => false));
});

test("images, other quality layers and names that say too little are no known masks", () => {
  for (const name of [
    "LC08_L2SP_008059_20191201_20200825_02_T1_SR_B4.TIF",
    "scene_fmask.tif",
    "mask.tif",
    "s2_L2A_20190410.tif",
  ])
    expect(maskOfName(name), name).toBeUndefined();
});

test("the mask of a product joins its images and is no band, whichever came first; the sharper of two is read", () => {
  const maja = "SENTINEL2A_20190716-105909-385_L2A_T31TFJ_C_V2-2";
  const given = [
    [facts(`${maja}_CLM_R2.tif`, [""], 20)],
    [facts(`${maja}_FRE_B4.tif`)],
    [facts(`${maja}_CLM_R1.tif`)],
  ] as const;
  for (const files of [given, given.toReversed()]) {
    const acquisitions = joined(...files);
    expect(acquisitions.map(({ pieces }) => pieces.length)).toEqual([1]);
    const [piece] = acquisitions[0]!.pieces;
    expect(qualityOfPiece(piece!)).toMatchObject({ kind: "bits", path: `${maja}_CLM_R1.tif`, bandIndex: 1 });
    expect(piece!.files.flatMap(({ bands }) => bands.map(({ name }) => name))).toEqual(["B04"]);
  }
});

test("of UDM2 the band “clear” is read, wherever it stands; QA_PIXEL among the bands of an image is no band", () => {
  const udm2 = facts("20230315_102132_44_24c2_3B_udm2.tif", ["snow", "clear", "udm1"]);
  const image = facts("20230315_102132_44_24c2_3B_AnalyticMS_SR.tif", ["blue", "green", "red", "nir"]);
  const [planet] = joined([udm2], [image]);
  expect(qualityOfPiece(planet!.pieces[0]!)).toMatchObject({ path: udm2.path, bandIndex: 2, clear: [1] });
  const [landsat] = joined([facts("LC08_008059_20191201.tif", ["SR_B4", "SR_B5", "QA_PIXEL"])]);
  expect(qualityOfPiece(landsat!.pieces[0]!)).toMatchObject({ bandIndex: 3, bits: [0, 1, 2, 3, 4, 5] });
  expect(landsat!.pieces[0]!.files[0]!.bands).toHaveLength(2);
});

test("a mask of nobody's is refused until its sensor, and where no name helps its clear values, are named", () => {
  const own = facts("20190410_cloud_mask.tif");
  expect(() => joined([own])).toThrow(/does not say of which images/);
  const [mask] = joined([own, { sensor: "sentinel-2" }]);
  expect(qualityOfPiece(mask!.pieces[0]!)).toMatchObject({ kind: "classes", clear: [0] });
  const bare = facts("mask_20190410.tif");
  expect(() => joined([bare])).toThrow(/classes or numbers of objects/);
  expect(() => joined([bare, { isMask: {}, sensor: "sentinel-2" }])).toThrow(/clear is not known/);
  const [told] = joined([bare, { isMask: { clear: [1] }, sensor: "sentinel-2" }]);
  expect(qualityOfPiece(told!.pieces[0]!)).toMatchObject({ clear: [1] });
});

test("layers without a date are inputs of their own, of the middle date of the images where they are used", () => {
  const dem = facts("dem_31UFS.tif");
  expect(() => joined([dem])).toThrow(/belong to no date/);
  const acquisitions = joined(
    [dem, { undated: true }],
    [facts("city_CHM_2m.tif"), { undated: true }],
    [facts("S2_L2A_20190410T105032.tif", ["B02", "B03", "B04"])],
    [facts("S2_L2A_20190710T105032.tif", ["B02", "B03", "B04"])],
  );
  const undated = acquisitions.filter(({ date }) => date === undatedDay);
  expect(undated.map(({ level }) => level).sort()).toEqual(["canopy-height", "elevation"]);
  expect(undated.flatMap(({ pieces }) => pieces[0]!.files[0]!.bands.map(({ name }) => name)).sort()).toEqual([
    "canopy-height",
    "elevation",
  ]);
  const used = datedForUse(acquisitions);
  expect(new Set(used.map(({ date }) => date))).toEqual(new Set(["2019-04-10", "2019-07-10"]));
  expect(used.map(({ id }) => id)).toEqual(acquisitions.map(({ id }) => id));
  expect(datedForUse(undated).map(({ date }) => date)).toEqual([undatedDay, undatedDay]);
});
