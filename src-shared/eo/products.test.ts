import { expect, test } from "vitest";
import { parseProduct } from "./products.ts";
import { bandNamed } from "./sensors.ts";

const read = (path: string) => {
  const { evidence, ...fields } = parseProduct(path);
  return fields;
};

test("an ESA Sentinel-2 SAFE tells level, baseline, orbit and tile through its folders", () => {
  const folder = "/data/S2B_MSIL2A_20230610T104629_N0509_R051_T31UFS_20230610T134500.SAFE";
  expect(
    read(`${folder}/GRANULE/L2A_T31UFS_A032000_20230610T105114/IMG_DATA/R10m/T31UFS_20230610T104629_B08_10m.jp2`),
  ).toEqual({
    sensor: "sentinel-2",
    platform: "S2B",
    level: "L2A",
    date: "2023-06-10",
    time: "10:46:29",
    bands: ["B08"],
    resolutionMeters: 10,
    relativeOrbit: 51,
    tile: "31UFS",
    processingBaseline: "05.09",
    provider: "esa",
  });
});

test("the scene classification of a SAFE is a quality band", () => {
  expect(read("IMG_DATA/R20m/T31UFS_20230610T104629_SCL_20m.jp2")).toMatchObject({ bands: ["SCL"], quality: "scl" });
});

test("a Planetary Computer scene needs no SAFE suffix and has no baseline in its name", () => {
  const fields = read("S2A_MSIL2A_20190410T105031_R051_T31UFS_20201008T105000/T31UFS_20190410T105031_B8A_20m.tif");
  expect(fields).toMatchObject({ level: "L2A", bands: ["B8A"], relativeOrbit: 51, time: "10:50:31" });
  expect(fields.processingBaseline).toBeUndefined();
});

test("BigEarthNet patches are read, also where the hour lost its zero", () => {
  expect(read("S2A_MSIL2A_20170613T101031_87_48_B05.tif")).toMatchObject({
    sensor: "sentinel-2",
    date: "2017-06-13",
    time: "10:10:31",
    bands: ["B05"],
  });
  expect(read("S2B_MSIL2A_20170924T93020_69_24_B8A.tif")).toMatchObject({ time: "09:30:20", bands: ["B8A"] });
  expect(read("x/S1A_IW_GRDH_1SDV_20170613T165043_33UUP_87_48_VH.tif")).toMatchObject({
    sensor: "sentinel-1",
    level: "GRD",
    bands: ["VH"],
    time: "16:50:43",
  });
});

test("a Sentinel-1 product gives its relative orbit", () => {
  // S1A absolute orbit 25600 is relative orbit 153 + … counted by ESA's rule (absolute − 73) mod 175 + 1.
  expect(read("S1A_IW_GRDH_1SDV_20190123T173242_20190123T173307_025600_02D7C1_5A2C.SAFE")).toMatchObject({
    platform: "S1A",
    level: "GRD",
    relativeOrbit: ((25600 - 73) % 175) + 1,
  });
  expect(read("measurement/s1a-iw-grd-vh-20190123t173242-20190123t173307-025600-02d7c1-002.tiff")).toMatchObject({
    sensor: "sentinel-1",
    bands: ["VH"],
    date: "2019-01-23",
    time: "17:32:42",
  });
  expect(read("S1A_IW_GRDH_1SDV_20190123T173242_20190123T173307_025600_02D7C1_rtc/iw-vv.rtc.tiff")).toMatchObject({
    level: "RTC",
    bands: ["VV"],
    date: "2019-01-23",
  });
});

test("Theia, Element 84, Sentinel Hub, HLS and Landsat names are read", () => {
  expect(read("SENTINEL2A_20190410-105031-461_L2A_T31UFS_C_V2-0_FRE_B2.tif")).toEqual({
    sensor: "sentinel-2",
    platform: "S2A",
    level: "L2A",
    date: "2019-04-10",
    time: "10:50:31",
    tile: "31UFS",
    provider: "theia",
    bands: ["B02"],
  });
  expect(read("S2A_31UFS_20190410_0_L2A/B04.tif")).toMatchObject({ date: "2019-04-10", level: "L2A", bands: ["B04"] });
  expect(read("2019-04-10-00_00_2019-04-10-23_59_Sentinel-2_L2A_B8A_(Raw).tiff")).toMatchObject({
    sensor: "sentinel-2",
    date: "2019-04-10",
    bands: ["B8A"],
    provider: "sentinel-hub",
  });
  expect(read("MOD09A1.A2019100.h18v03.061.tif")).toMatchObject({ date: "2019-04-10" });
  expect(read("MOD09A1.A2019366.h18v03.061.tif").date).toBeUndefined();
  expect(read("HLS.S30.T31UFS.2019100T105031.v2.0.B02.tif")).toMatchObject({ date: "2019-04-10", bands: ["B02"] });
  expect(read("LC08_L2SP_199025_20190410_20200829_02_T1_SR_B4.TIF")).toMatchObject({
    sensor: "landsat",
    platform: "LC08",
    date: "2019-04-10",
    bands: ["B4"],
  });
});

test("bands of Landsat 4, 5 and 7 have the names of the bands of Landsat 8 that see the same light", () => {
  const name = "021030_20100109_20200911_02_T1";
  // Blue, green, red, near infrared and the two short-wave infrareds of TM and ETM+ (USGS LSDS-1618, table 2-1).
  const pairs = [["B1", "B2"], ["B2", "B3"], ["B3", "B4"], ["B4", "B5"], ["B5", "B6"], ["B7", "B7"]] as const; // biome-ignore format: one table
  for (const platform of ["LE07", "LT05", "LT04"])
    for (const [stored, meant] of pairs) {
      for (const path of [
        `${platform}_L2SP_${name}_SR_${stored}.TIF`,
        `${platform}_L1TP_${name}_${stored}.TIF`,
        `${platform}_L2SP_${name}/SR_${stored}.TIF`,
        `${platform}_L2SP_${name}/${stored}.tif`,
      ])
        expect([path, read(path).bands]).toEqual([path, [meant]]);
      expect(bandNamed("landsat", stored, platform)?.name).toBe(meant);
    }
  for (const stored of ["B1", "B2", "B3", "B4", "B5", "B6", "B7"]) {
    expect(read(`LC08_L2SP_${name}/${stored}.tif`).bands).toEqual([stored]);
    expect(read(`LC09_L2SP_${name}_SR_${stored}.TIF`).bands).toEqual([stored]);
  }
  // The thermal band is no short-wave infrared.
  expect(read(`LE07_L1TP_${name}_B6_VCID_1.TIF`).bands).toEqual(["thermal"]);
  expect(read(`LT05_L1TP_${name}/B6.TIF`).bands).toEqual(["thermal"]);
  expect(bandNamed("landsat", "B6", "LT05")).toBeUndefined();
  expect(bandNamed("landsat", "swir1", "LT05")?.name).toBe("B6");
  expect(read("LT05_021030_20100109.tif")).toMatchObject({ sensor: "landsat", platform: "LT05", date: "2010-01-09" });
});

test("the sample's own names are read", () => {
  expect(read("S2_L2A_10m/S2_L2A_10m_20190410T105032.tif")).toEqual({
    sensor: "sentinel-2",
    level: "L2A",
    date: "2019-04-10",
    time: "10:50:32",
    resolutionMeters: 10,
  });
  expect(read("S2_SCL_20m_20190410T105032.tif")).toMatchObject({ quality: "scl", bands: ["SCL"], level: "L2A" });
  expect(read("S1_GRD_ASC_20m_20190123T173242.tif")).toEqual({
    sensor: "sentinel-1",
    level: "GRD",
    date: "2019-01-23",
    time: "17:32:42",
    resolutionMeters: 20,
    pass: "ascending",
  });
});

test("any other name gives the first date the calendar knows", () => {
  expect(read("CB4_NDVI_EVI_20181203.tif")).toEqual({ date: "2018-12-03" });
  expect(read("m_4709963_se_14_1_20200831.tif")).toEqual({ sensor: "aerial", date: "2020-08-31" });
  expect(read("field_2021-07-05.tif")).toEqual({ date: "2021-07-05" });
  expect(read("99999999_20210705.tif")).toEqual({ date: "2021-07-05" });
  expect(read("433D_629L_3_1_S2L2A.tif")).toEqual({ sensor: "sentinel-2", level: "L2A" });
  expect(read("Betula_spec._5_17172_S1_des_stack.tif")).toEqual({ sensor: "sentinel-1", pass: "descending" });
  expect(read("dem.tif")).toEqual({});
});

test("every guess names the text it came from", () => {
  expect(parseProduct("S2A_31UFS_20190410_0_L2A/B04.tif").evidence).toContainEqual({
    field: "date",
    source: { code: "name", name: "S2A_31UFS_20190410_0_L2A" },
  });
});
