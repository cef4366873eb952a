import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { crsFromWkt } from "./crs-from-wkt.ts";
import { wktOf } from "./wkt-write.ts";

/** The text GDAL writes into a .prj file. */
const prj = (crs: string, dialect = "wkt_esri"): string =>
  execFileSync("gdalsrsinfo", ["-o", dialect, "--single-line", crs], { encoding: "utf8" }).trim();

const systems = [
  ...[
    4326, 4258, 4267, 4269, 4230, 4674, 32631, 32756, 25832, 3035, 3857, 2154, 2056, 21781, 31370, 3812, 28992, 27700,
  ],
  ...[31467, 23030, 3006, 2180, 3067, 28355, 31983, 5070, 2263, 26914, 26714, 2193, 3395, 2100],
];

test("the .prj text of a system in use is recognised as its EPSG code", { tags: ["gdal"] }, () => {
  const found = systems.map((code) => crsFromWkt(prj(`EPSG:${code}`)));
  expect(found).toEqual(systems.map((code) => `EPSG:${code}`));
});

test("a text that carries its code is believed, in the old and in the new dialect", { tags: ["gdal"] }, () => {
  expect(crsFromWkt(prj("EPSG:32631", "wkt1"))).toBe("EPSG:32631");
  expect(crsFromWkt(prj("EPSG:25832", "wkt2"))).toBe("EPSG:25832");
});

test("a system without a match keeps its own text, and so does what is no WKT", { tags: ["gdal"] }, () => {
  const own = prj("+proj=laea +lat_0=50.123 +lon_0=4.567 +datum=WGS84 +units=m");
  expect(crsFromWkt(own)).toBe(own);
  const shifted = prj("EPSG:32631").replace("500000.0", "500001.0");
  expect(crsFromWkt(shifted)).toBe(shifted);
  expect(crsFromWkt("hello")).toBe("hello");
});

test("a datum without a name is not taken for a named one, and a shift of the text's own is not replaced", () => {
  const zone = "+proj=utm +zone=31 +units=m +no_defs";
  expect(crsFromWkt(wktOf(`${zone} +datum=WGS84`))).toBe("EPSG:32631");
  for (const figure of ["+ellps=intl", "+ellps=intl +towgs84=-300,-98,-121"]) {
    const own = wktOf(`${zone} ${figure}`);
    expect(crsFromWkt(own)).toBe(own);
  }
});
