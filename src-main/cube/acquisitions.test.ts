import { expect, test } from "vitest";
import { bandNamesOf, bandsOfPiece, evidenceOf, pathsOf, qualityOfPiece } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { northUp } from "../../src-shared/geo/affine.ts";
import type { RasterFacts } from "../imagery/index.ts";
import { describeFile, type FileChoice, type FileDescription, importedFiles } from "./acquisitions.ts";
import { joinFiles } from "./mosaic.ts";

function facts(
  path: string,
  names: readonly (string | undefined)[],
  options: Partial<RasterFacts> & { meters?: number } = {},
) {
  const { meters = 10, ...rest } = options;
  return {
    path,
    geobox: {
      crs: "EPSG:32631",
      affine: northUp(574680, 5622440, meters, meters),
      width: 640 / meters,
      height: 640 / meters,
    },
    bands: names.map((name) => ({ ...(name ? { name } : {}), dataType: "uint16", scale: 1, offset: 0 })),
    metadata: {},
    ...rest,
  };
}

const describe = (given: RasterFacts, choice: Omit<FileChoice, "path"> = {}) =>
  describeFile(given, { path: given.path, ...choice });
const grouped = (files: readonly FileDescription[]) =>
  joinFiles([], files.flatMap((file) => importedFiles(file, undefined))).acquisitions; // biome-ignore format: one call
const tenMeters = ["B02", "B03", "B04", "B08"];
const twentyMeters = ["B05", "B06", "B07", "B8A", "B11", "B12"];

function sample(moment: string) {
  return [
    describe(facts(`S2_L2A_20m_${moment}.tif`, twentyMeters, { meters: 20 })),
    describe(facts(`S2_L2A_10m_${moment}.tif`, tenMeters)),
    describe(facts(`S2_SCL_20m_${moment}.tif`, ["SCL"], { meters: 20 })),
  ];
}

test("Sentinel-2 files of 10 m and 20 m and their classification are one acquisition, bands in order of wavelength", () => {
  const [acquisition, ...others] = grouped(sample("20190410T105032"));
  expect(others).toEqual([]);
  expect(acquisition).toMatchObject({ id: "s2-20190410T105032", date: "2019-04-10", time: "10:50:32", level: "L2A" });
  const bands = bandsOfPiece(acquisition!.pieces[0]!, "sentinel-2");
  expect(acquisition!.pieces).toHaveLength(1);
  expect(bands.map((band) => band.name)).toEqual([
    ...["B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12"],
  ]);
  expect(bands[3]).toMatchObject({ name: "B05", path: "S2_L2A_20m_20190410T105032.tif", bandIndex: 1 });
  const quality = { kind: "scl", path: "S2_SCL_20m_20190410T105032.tif", bandIndex: 1 };
  expect(qualityOfPiece(acquisition!.pieces[0]!)).toEqual(quality);
  expect(evidenceOf(acquisition!)).toContainEqual({
    field: "date",
    source: { code: "name", name: "S2_L2A_10m_20190410T105032.tif" },
  });
});

test("two products of one place and overpass are two acquisitions, the second a copy of the first", () => {
  const found = grouped([...sample("20181122T105352"), ...sample("20181122T105654")]);
  expect(found.map(({ id, copy }) => [id, copy])).toEqual([
    ["s2-20181122T105352", undefined],
    ["s2-20181122T105654", 2],
  ]);
});

test("of a band that a SAFE holds at three resolutions the sharpest is taken", () => {
  const band = (name: string, meters: number) =>
    describe(facts(`R${meters}m/T31UFS_20230610T104629_${name}_${meters}m.tif`, [undefined], { meters }));
  const [acquisition] = grouped([band("B02", 20), band("B02", 10), band("B05", 20), band("SCL", 20)]);
  expect(bandsOfPiece(acquisition!.pieces[0]!, "sentinel-2").map(({ name, path }) => [name, path])).toEqual([
    ["B02", "R10m/T31UFS_20230610T104629_B02_10m.tif"],
    ["B05", "R20m/T31UFS_20230610T104629_B05_20m.tif"],
  ]);
  expect(acquisition!.id).toBe("s2-20230610T104629");
});

test("one band from two files of one size is there twice: nothing of it is lost", () => {
  const twice = ["a", "b"].map((folder) =>
    describe(facts(`${folder}/T31UFS_20230610T104629_B02_10m.tif`, [undefined])),
  );
  const { acquisitions, samePlaces } = joinFiles(
    [],
    twice.flatMap((file) => importedFiles(file)),
  );
  expect(acquisitions.map((one) => [one.copy, pathsOf(one)])).toEqual([
    [undefined, ["a/T31UFS_20230610T104629_B02_10m.tif"]],
    [2, ["b/T31UFS_20230610T104629_B02_10m.tif"]],
  ]);
  expect(samePlaces.map(({ rivals }) => rivals.map(({ isAdded }) => isAdded))).toEqual([[true, true]]);
});

test("aerial sheets of one day that lie side by side are the pieces of one mosaic", () => {
  const sheet = (name: string, west: number) =>
    describe(
      facts(`ortho_${name}_20200831.tif`, [undefined, undefined, undefined], {
        geobox: { crs: "EPSG:32631", affine: northUp(west, 5622440, 1, 1), width: 100, height: 100 },
      }),
    );
  const found = grouped([sheet("west", 574680), sheet("east", 574780)]);
  expect(found.map(({ id, pieces }) => [id, pieces.length])).toEqual([["aerial-20200831", 2]]);
  expect(bandNamesOf(found[0]!)).toEqual(["R", "G", "B"]);
  expect(evidenceOf(found[0]!)).toContainEqual({ field: "bandNames", source: { code: "usual-order", count: 3 } });
});

test("a stack of dates in one file becomes one acquisition per date", () => {
  const names = ["20170107", "20170110"].flatMap((date) => ["B02", "B03"].map((band) => `${date}_${band}`));
  const found = grouped([describe(facts("Betula_S2_stack.tif", names))]);
  const told = found.map(({ date, pieces }) => [
    date,
    bandsOfPiece(pieces[0]!).map((band) => `${band.name}@${band.bandIndex}`),
  ]);
  expect(told).toEqual([
    ["2017-01-07", ["B02@1", "B03@2"]],
    ["2017-01-10", ["B02@3", "B03@4"]],
  ]);
});

test("the date of a band may stand before or behind its name, or twice, as Earth Engine writes it", () => {
  const read = (names: readonly string[]) => {
    const file = describe(facts("export-0000000000-0000000256.tif", names));
    return [
      file.product.sensor,
      ...file.slices.map(({ date, time, bands }) => [date, time, ...bands.map(({ name }) => name)]),
    ];
  };
  expect(read(["B2_20170107", "B3_20170107", "B4_20170107", "B2_20170110", "B3_20170110", "B4_20170110"])).toEqual([
    "sentinel-2",
    ["2017-01-07", undefined, "B02", "B03", "B04"],
    ["2017-01-10", undefined, "B02", "B03", "B04"],
  ]);
  const engine = (band: string) => `20190416T105621_20190416T105624_T31UDS_${band}`;
  expect(read(["B2", "B3", "B8A"].map(engine))).toEqual([
    "sentinel-2",
    ["2019-04-16", "10:56:21", "B02", "B03", "B8A"],
  ]);
  expect(read(["NDVI_2019-01-01", "NDVI_2019-02-01"])).toEqual([
    "other",
    ["2019-01-01", undefined, "NDVI"],
    ["2019-02-01", undefined, "NDVI"],
  ]);
});

test("without a date in the name the metadata's is taken, and without either there is an error", () => {
  const metadata = { ACQUISITION_DATE: "2019-02-20T10:56:55Z" };
  expect(describe(facts("image_S2_L2A.tif", tenMeters, { metadata })).slices[0]).toMatchObject({
    date: "2019-02-20",
    time: "10:56:55",
  });
  const error = caught(() => describe(facts("image_S2_L2A.tif", tenMeters)));
  expect(error.code).toBe("acquisition-without-date");
  expect(error.message).toContain("“image_S2_L2A.tif”");
  expect(error.message).toContain("--date 2019-04-10");
  expect(describe(facts("image_S2_L2A.tif", tenMeters), { date: "2020-05-06" }).slices[0]!.date).toBe("2020-05-06");
});

test("the date a TIFF was written is a date only for cameras", () => {
  const metadata = { TIFFTAG_DATETIME: "2021:06:01 12:00:00" };
  expect(describe(facts("aerial.tif", [undefined, undefined, undefined], { metadata })).slices[0]!.date).toBe(
    "2021-06-01",
  );
  expect(caught(() => describe(facts("S2_L2A.tif", tenMeters, { metadata }))).code).toBe("acquisition-without-date");
});

test("a number of bands that fits no product is an error that says which would", () => {
  const unnamed = Array.from({ length: 5 }, () => undefined);
  const error = caught(() => describe(facts("S2_L2A_20190410T105032.tif", unnamed)));
  expect(error.code).toBe("acquisition-band-count");
  expect(error.message).toContain("has 5 bands, but Sentinel-2 files with unnamed bands have 4, 6, 10, 12 or 13.");
  const named = describe(facts("S2_L2A_20190410T105032.tif", unnamed), { bands: ["B02", "B03", "B04", "B08", "B11"] });
  expect(named.slices[0]!.bands.at(-1)).toEqual({ name: "B11", bandIndex: 5 });
  const short = caught(() => describe(facts("S2_L2A_20190410T105032.tif", unnamed), { bands: ["B02", "B03"] }));
  expect(short.message).toContain("has 5 bands, but 2 band names were given");
  const single = caught(() => describe(facts("T31UFS_20230610T104629_B02_10m.tif", unnamed)));
  expect(single.message).toContain("its name says it holds only B02");
});

test("a temperature, a layer beside the bands or a picture of a product is refused as what it is, not by its number of bands", () => {
  const product = "LC08_L2SP_199024_20190612_20200828_02_T1";
  const hls = "HLS.L30.T31UFS.2019163T104030.v2.0";
  const refused: readonly (readonly [string, number, string])[] = [
    [`/x/${product}/${product}_ST_B10.TIF`, 1, "a temperature"],
    [`/x/${product}/ST_B10.TIF`, 1, "a temperature"],
    ["/x/LT05_L2SP_199024_20090612_20200828_02_T1_ST_B6.TIF", 1, "a temperature"],
    ["/x/LC08_CU_010009_20190612_20210503_02_ST.tif", 1, "a temperature"],
    [`/x/${hls}.B10.tif`, 1, "a temperature"],
    [`/x/${product}/${product}_ST_EMIS.TIF`, 1, "a layer that goes with a product"],
    [`/x/${product}/${product}_SR_QA_AEROSOL.TIF`, 1, "a layer that goes with a product"],
    [`/x/${hls}.SZA.tif`, 1, "a layer that goes with a product"],
    ["/x/S2B_MSIL2A_20230610T104629_N0509_R051_T31UFS_20230610T134500.SAFE/T31UFS_20230610T104629_WVP_10m.tif", 1, "a layer that goes with a product"], // biome-ignore format: one row
    ["/x/S2B_MSIL2A_20230610T104629_N0509_R051_T31UFS_20230610T134500.SAFE/T31UFS_20230610T104629_TCI_10m.tif", 3, "a picture in three colours"], // biome-ignore format: one row
    [`/x/${product}/${product}_QA_RADSAT.TIF`, 1, "a mask of clear pixels"],
  ];
  for (const [path, count, words] of refused) {
    const unnamed = Array.from({ length: count }, () => undefined);
    const error = caught(() => describe(facts(path, unnamed), path.includes("_CU_") ? { sensor: "landsat" } : {}));
    expect([path, error.code]).toEqual([path, "import-format"]);
    expect(error.message).toContain(`is ${words}`);
  }
  // Stacks of Landsat 5: bands by what Earth Engine calls them, or six in their order; with the thermal one they must be named.
  const stack = "/x/LT05_021030_20100109.tif";
  const named = ["SR_B1", "SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B7"];
  for (const words of [named, named.map(() => undefined)])
    expect(describe(facts(stack, words)).slices[0]!.bands.map(({ name }) => name)).toEqual(["B2", "B3", "B4", "B5", "B6", "B7"]); // biome-ignore format: one call
  expect(caught(() => describe(facts(stack, Array.from({ length: 7 }, () => undefined)))).code).toBe("acquisition-band-count"); // biome-ignore format: one call
  for (const path of [
    "/x/LE07_L1TP_021030_20100109_20200911_02_T1_B6_VCID_1.TIF",
    "/x/LT05_L1TP_021030_20100109_20200911_02_T1/B6.TIF",
    "/x/LC08_L1TP_021030_20190109_20200911_02_T1_B10.TIF",
  ])
    expect([path, caught(() => describe(facts(path, [undefined]))).message]).toEqual([path, expect.stringContaining("is a temperature")]); // biome-ignore format: one call
  // Reflectances of the same products are read, and who names the bands of a file decides.
  expect(describe(facts(`/x/${product}_SR_B4.TIF`, [undefined])).slices[0]!.bands[0]!.name).toBe("B4");
  expect(describe(facts(`/x/${hls}.B04.tif`, [undefined])).slices[0]!.bands[0]!.name).toBe("B4");
  const chosen = describe(facts(`/x/${product}_ST_B10.TIF`, [undefined]), { bands: ["heat"] });
  expect(chosen.slices[0]!.bands[0]!.name).toBe("heat");
});

test("band descriptions are understood in the ways others write them", () => {
  const written = ["B2, central wavelength 490 nm", "green", "B8a", ""];
  expect(describe(facts("S2_L2A_20190410.tif", written)).slices[0]!.bands).toEqual([
    { name: "B02", bandIndex: 1 },
    { name: "B03", bandIndex: 2 },
    { name: "B8A", bandIndex: 3 },
  ]);
  expect(describe(facts("x_20190410.tif", ["Sigma0_VH_db", "Sigma0_VV_db"])).slices[0]!.bands).toEqual([
    { name: "VH", bandIndex: 1 },
    { name: "VV", bandIndex: 2 },
  ]);
});

function caught(action: () => unknown): AppError {
  try {
    action();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("no error");
}
