import { expect, test } from "vitest";
import { parseProduct } from "../../src-shared/eo/index.ts";
import { decideRadiometry, doubtAboutSeries, percentile, type RadiometryEvidence } from "./radiometry.ts";

const stored = { dataType: "uint16", scale: 1, offset: 0 };
const ramp = (from: number, to: number) => ({
  sorted: Float64Array.from({ length: 1001 }, (_, i) => from + ((to - from) * i) / 1000),
});
const decide = (name: string, more: Partial<RadiometryEvidence> = {}) =>
  decideRadiometry({ product: parseProduct(name), bands: [stored], metadata: {}, ...more });

test("processing baseline 04.00 and later take 1000 off, also in reprocessed older scenes", () => {
  const after = decide("S2B_MSIL2A_20230610T104629_N0509_R051_T31UFS_20230610T134500.SAFE");
  expect(after).toMatchObject({
    scale: 1e-4,
    offset: -0.1,
    decidedBy: { code: "baseline-adds", baseline: "05.09" },
  });
  expect(decide("S2A_MSIL2A_20190410T105031_N0500_R051_T31UFS_20221001T000000.SAFE").offset).toBe(-0.1);
  expect(decide("S2A_MSIL2A_20190410T105031_N0211_R051_T31UFS_20190410T134500.SAFE").offset).toBe(0);
  expect(decide("S2A_MSIL1C_20220301T105031_N0400_R051_T31UFS_20220301T134500.SAFE").offset).toBe(-0.1);
});

test("the file's own tags win over its name, and a contradiction is written down", () => {
  const tagged = { ...stored, scale: 1e-4, offset: 0 };
  const name = "S2B_MSIL2A_20230610T104629_N0509_R051_T31UFS_20230610T134500.SAFE";
  const decision = decide(name, { bands: [tagged] });
  expect(decision).toMatchObject({ scale: 1e-4, offset: 0 });
  expect(decision.warnings).toEqual([{ code: "baseline-against-tags", baseline: "05.09" }]);
  expect(decide(name, { bands: [{ ...tagged, offset: -0.1 }] }).warnings).toEqual([]);
  expect(decide("S2_L2A_10m_20190410T105032.tif", { bands: [tagged] }).decidedBy.code).toBe("scale-tags");
});

test("a stated offset wins over the baseline", () => {
  const metadata = { BOA_QUANTIFICATION_VALUE: "10000", BOA_ADD_OFFSET_B2: "-1000" };
  expect(decide("S2_L2A_20190410.tif", { metadata })).toMatchObject({ scale: 1e-4, offset: -0.1 });
});

test("without statement and baseline the darkest pixels decide", () => {
  const name = "S2_L2A_10m_20230610T104629.tif";
  expect(decide(name, { sample: ramp(1020, 6000) })).toMatchObject({ offset: -0.1, warnings: [] });
  expect(decide(name, { sample: ramp(20, 5000) })).toMatchObject({ offset: 0, warnings: [] });
  // A cloud over everything is bright in any encoding: then the kind of product is a guess, and says so.
  expect(decide(name, { sample: ramp(4000, 9000) }).warnings).toHaveLength(1);
  expect(decide("S2_L2A_10m_20190410T105032.tif", { sample: ramp(1424, 7948) })).toMatchObject({
    offset: 0,
    warnings: [],
  });
});

test("providers that take the offset out are known", () => {
  expect(decide("SENTINEL2A_20230410-105031-461_L2A_T31UFS_C_V3-1_FRE_B2.tif").offset).toBe(0);
  expect(decide("HLS.S30.T31UFS.2023100T105031.v2.0.B02.tif").decidedBy).toEqual({ code: "hls-no-offset" });
});

test("floating-point reflectance is used as it is, floating-point digital numbers are divided", () => {
  const bands = [{ ...stored, dataType: "float32" }];
  expect(decide("S2_L2A_20190410.tif", { bands, sample: ramp(0, 1.2) })).toMatchObject({ scale: 1, offset: 0 });
  expect(decide("S2_L2A_20190410.tif", { bands, sample: ramp(0, 12000) })).toMatchObject({ scale: 1e-4 });
});

test("radar is told by its numbers: decibels are used as they are, linear power is turned, anything else is doubted", () => {
  const bands = [{ ...stored, dataType: "float32" }];
  const radar = (sample: RadiometryEvidence["sample"]) =>
    decide("S1_GRD_ASC_20m_20190123T173242.tif", { bands, ...(sample ? { sample } : {}) });
  expect(radar(ramp(-27, 7)).quantity).toBe("backscatter-db");
  expect(radar(ramp(0.001, 1.5)).quantity).toBe("backscatter-linear");
  expect(radar(ramp(20, 800))).toMatchObject({
    quantity: "unknown",
    warnings: [{ code: "uncalibrated" }],
  });
  expect(radar(undefined).quantity).toBe("backscatter-db");
  expect(decide("x_rtc/iw-vv.rtc.tiff", { bands }).quantity).toBe("backscatter-linear");
  const named = decide("S1_20190123.tif", { bands: [{ ...stored, unit: "dB" }], sample: ramp(1, 3) });
  expect(named).toMatchObject({ quantity: "backscatter-db", decidedBy: { code: "unit-decibels" } });
});

test("Landsat Collection 2 surface reflectance has its own scale", () => {
  expect(decide("LC08_L2SP_199025_20190410_20200829_02_T1_SR_B4.TIF")).toMatchObject({ scale: 2.75e-5, offset: -0.2 });
});

test("a whole series without a dark pixel is doubted, one cloudy date is not", () => {
  expect(doubtAboutSeries([0.12, 0.11, 0.13, 0.12, 0.14, 0.11])).toMatchObject({
    code: "offset-probably-in",
    dates: 6,
  });
  expect(doubtAboutSeries([0.02, 0.01, 0.13, 0.02, 0.03, 0.01])).toBeUndefined();
  expect(doubtAboutSeries([-0.08, -0.07, -0.09, -0.08, -0.06])).toMatchObject({
    code: "offset-probably-twice",
    dates: 5,
  });
  expect(doubtAboutSeries([0.2])).toBeUndefined();
});

test("percentiles are numpy's: percentile([1, 2, 4, 8], 40) is 2.4", () => {
  expect(percentile([1, 2, 4, 8], 0.4)).toBeCloseTo(2.4, 12);
});

test("decibels that were stored as whole numbers are divided again: half of an image is never darker than −50 dB", () => {
  const sampled = (sorted: readonly number[], band = stored) =>
    decide("S1A_IW_GRDH_1SDV_20190610T173151.tif", { bands: [band], sample: { sorted } });
  const radar = (from: number, to: number, band = stored) =>
    sampled(
      Array.from({ length: to - from + 1 }, (_, i) => from + i),
      band,
    );
  expect(radar(-2600, -400)).toMatchObject({ quantity: "backscatter-db", scale: 0.01, decidedBy: { code: "decibels-times", median: -1500, times: 100 } }); // biome-ignore format: one line
  expect(radar(-260, -40)).toMatchObject({ scale: 0.1, decidedBy: { times: 10 } });
  // The median of a tropical forest is −6.5 dB.
  expect(radar(-1000, -300)).toMatchObject({ scale: 0.01, decidedBy: { median: -650, times: 100 } });
  expect(radar(-100, -30)).toMatchObject({ scale: 0.1, decidedBy: { median: -65, times: 10 } });
  // Numbers that are not whole were not stored so: dark water whose noise was taken off.
  expect(radar(-100.5, -30.5)).toMatchObject({ scale: 1, decidedBy: { code: "median-negative" } });
  // More than half of one value: the logarithm of 10⁻¹⁰ stands for no data, not for −10 dB.
  const filled = [...Array.from({ length: 60 }, () => -100), ...Array.from({ length: 40 }, (_, i) => i / 4 - 20)];
  expect(sampled(filled)).toMatchObject({ scale: 1, decidedBy: { code: "median-negative" } });
  expect(radar(-26, -4)).toMatchObject({ scale: 1, decidedBy: { code: "median-negative" } });
  // What the file says of its scale stands.
  expect(radar(-2600, -400, { ...stored, scale: 0.01 })).toMatchObject({ scale: 0.01, decidedBy: { code: "median-negative" } }); // biome-ignore format: one line
});

test("a unit that is a formula says how counts become decibels; amplitude and power are read as such", () => {
  const decided = (unit: string) => {
    const band = { dataType: "uint16", scale: 1, offset: 0, unit };
    const { quantity, scale } = decideRadiometry({ product: { sensor: "sentinel-1" }, bands: [band], metadata: {} });
    return [quantity, scale];
  };
  // 20 log(DN) − 83 = 20 log(DN · 10^(−83/20)): amplitude with a factor.
  expect(decided("20*log10(DN)-83")).toEqual(["backscatter-amplitude", expect.closeTo(7.0795e-5, 8)]);
  expect(decided("10*log10(DN) + 2 dB")).toEqual(["backscatter-linear", expect.closeTo(1.5849, 4)]);
  expect(decided("20*log10(DN)")).toEqual(["backscatter-amplitude", 1]);
  expect(decided("sigma0 amplitude")[0]).toBe("backscatter-amplitude");
  expect(decided("linear power")[0]).toBe("backscatter-linear");
  expect(decided("dB")[0]).toBe("backscatter-db");
});
