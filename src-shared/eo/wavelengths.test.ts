import { expect, test } from "vitest";
import { sentinel2LandBands } from "./sensors.ts";
import { isEnoughLight, matchBands } from "./wavelengths.ts";

const found = (...[wanted, given]: Parameters<typeof matchBands>) => matchBands(wanted, given).map((match) => match.found ?? "-").join(" "); // biome-ignore format: one line
const s2 = (...bands: string[]) => ({ sensor: "sentinel-2" as const, bands });
const landsat = { sensor: "landsat" as const, bands: ["B1", "B2", "B3", "B4", "B5", "B6", "B7"] };
const naip = { sensor: "aerial" as const, bands: ["R", "G", "B", "NIR"] };
const planet = { sensor: "other" as const, bands: ["coastal_blue", "blue", "green_i", "green", "yellow", "red", "rededge", "nir"] }; // biome-ignore format: one line
const six = s2("B02", "B03", "B04", "B08", "B11", "B12");

test("the visible, infrared and short-wave bands of the usual sensors find one another", () => {
  expect(found(six, landsat)).toBe("B2 B3 B4 B5 B6 B7");
  expect(found(landsat, s2("B01", ...sentinel2LandBands))).toBe("B01 B02 B03 B04 B8A B11 B12");
  expect(found(six, naip)).toBe("B G R NIR - -");
  expect(found(naip, six)).toBe("B04 B03 B02 B08");
  expect(found(six, planet)).toBe("blue green red nir - -");
  expect(found(s2("B05"), planet)).toBe("rededge");
  expect(found({ sensor: "landsat", bands: ["B2", "B5"] }, planet)).toBe("blue nir");
});

test("neighbours in the spectrum are not taken for one another: coastal for blue, red for red edge, Landsat's B5 for Sentinel-2's", () => {
  expect(found(s2("B01"), { sensor: "landsat", bands: ["B2"] })).toBe("-");
  expect(found(s2("B05"), { sensor: "landsat", bands: ["B4", "B5"] })).toBe("-");
  expect(found(s2("B06"), naip)).toBe("-");
  // The same name on another sensor is another band.
  expect(found(s2("B05"), landsat)).toBe("-");
});

test("what is there by name stays, and a lacking band is shown by its neighbour of the same light", () => {
  expect(found(s2(...sentinel2LandBands), s2("B05", "B06", "B07", "B8A", "B11", "B12"))).toBe("- - - B05 B06 B07 B8A B8A B11 B12"); // biome-ignore format: one line
  expect(found({ sensor: "sentinel-1", bands: ["VV", "VH"] }, { sensor: "sentinel-1", bands: ["HH", "VH"] })).toBe("- VH"); // biome-ignore format: one line
});

test("four of six bands are enough, one of ten is not", () => {
  expect(isEnoughLight(matchBands(six, naip))).toBe(true);
  expect(isEnoughLight(matchBands(s2(...sentinel2LandBands), { sensor: "other", bands: ["red"] }))).toBe(false);
  expect(isEnoughLight(matchBands(naip, { sensor: "other", bands: ["ndvi"] }))).toBe(false);
});
