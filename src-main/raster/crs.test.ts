import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { northUp } from "../../src-shared/geo/affine.ts";
import { crsEntry, crsName, isGeographic, lonLatBounds, sameCrs, searchCrs, transformer } from "./crs.ts";

/** PROJ by way of gdaltransform: points through `from` → `to`, x before y. */
function proj(from: string, to: string, points: readonly (readonly [number, number])[]): [number, number][] {
  const input = points.map((p) => p.join(" ")).join("\n");
  const args = ["-s_srs", from, "-t_srs", to, "-output_xy"];
  const text = execFileSync("gdaltransform", args, { input, encoding: "utf8" });
  return text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
}

test.each([
  ["EPSG:32631", [500000, 5650000], 300000],
  ["EPSG:25832", [560000, 5750000], 300000],
  ["EPSG:2154", [700000, 6600000], 300000],
  ["EPSG:3035", [4321000, 3210000], 500000],
  ["EPSG:3857", [500000, 6600000], 500000],
  ["EPSG:2193", [1600000, 5500000], 200000],
  ["EPSG:32736", [500000, 9300000], 200000],
  ["EPSG:26914", [500000, 5100000], 200000],
  [
    "+proj=aea +lat_0=0 +lon_0=-54 +lat_1=-1 +lat_2=-29 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs",
    [0, -1400000],
    300000,
  ],
  [
    "+proj=stere +lat_0=-90 +lon_0=180 +k=0.994 +x_0=5000000 +y_0=1000000 +ellps=GRS80 +units=m +no_defs",
    [440720, 3751320],
    1e5,
  ],
  [
    "+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 +x_0=0 +y_0=0 +a=6378273 +b=6356889.449 +units=m +no_defs",
    [1e5, 2e6],
    1e5,
  ],
  [
    "+proj=tmerc +axis=wsu +lat_0=0 +lon_0=15 +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs",
    [100000, 3700000],
    1e5,
  ],
] as const)("%s and back agrees with PROJ to a millimetre", { tags: ["gdal"] }, (crs, [x, y], spread) => {
  const points = Array.from({ length: 12 }, (_, i): [number, number] => [
    x + spread * Math.sin(i * 2.4),
    y + spread * Math.cos(i * 1.7),
  ]);
  const longlat = /\+(a|ellps)=/.test(crs)
    ? `+proj=longlat ${crs.match(/\+(?:ellps|a|b)=\S+/g)!.join(" ")} +no_defs`
    : "EPSG:4326";
  const { forward, inverse } = transformer(crs, longlat);
  // gdaltransform gives x, y for EPSG:4326 too: GDAL's traditional axis order.
  const expected = proj(crs, longlat, points);
  points.forEach(([px, py], i) => {
    const [lon, lat] = forward(px, py);
    const [ex, ey] = expected[i]!;
    expect(Math.abs(lon - ex) * Math.cos((lat * Math.PI) / 180) * 111e3).toBeLessThan(1e-3);
    expect(Math.abs(lat - ey) * 111e3).toBeLessThan(1e-3);
    const [bx, by] = inverse(lon, lat);
    expect(Math.hypot(bx - px, by - py)).toBeLessThan(1e-3);
  });
});

test.each([
  ["EPSG:26711", [440720, 3751320], 20],
  ["EPSG:27700", [400000, 300000], 10],
  ["EPSG:31467", [3500000, 5600000], 10],
  ["EPSG:27200", [2600000, 6000000], 10],
] as const)("%s, whose datum shift PROJ has by grid, is within metres", { tags: ["gdal"] }, (crs, point, tolerance) => {
  const expected = proj(crs, "EPSG:4326", [point])[0]!;
  const [lon, lat] = transformer(crs, "EPSG:4326").forward(point[0], point[1]);
  const metres = Math.hypot((lon - expected[0]) * Math.cos((lat * Math.PI) / 180), lat - expected[1]) * 111e3;
  expect(metres).toBeLessThan(tolerance);
});

test("a point off the map becomes NaN, never an exception", () => {
  const { forward, inverse } = transformer("EPSG:4326", "EPSG:3857");
  expect(forward(0, 90).every((value) => Number.isNaN(value) || Math.abs(value) > 1e7)).toBe(true);
  expect(forward(Number.NaN, 0)).toEqual([Number.NaN, Number.NaN]);
  fc.assert(
    fc.property(fc.double(), fc.double(), (x, y) => {
      expect(forward(x, y)).toHaveLength(2);
      expect(inverse(x, y)).toHaveLength(2);
    }),
  );
});

test("two spellings of one system are the same, two systems are not", () => {
  const utm32 = "+proj=tmerc +lat_0=0 +lon_0=9 +k=0.9996 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs";
  expect(sameCrs("EPSG:25832", utm32)).toBe(true);
  expect(sameCrs("epsg:25832", "EPSG:25832")).toBe(true);
  expect(sameCrs("EPSG:25832", "EPSG:25833")).toBe(false);
  expect(sameCrs("EPSG:32631", "EPSG:4326")).toBe(false);
  expect(sameCrs("EPSG:27700", "EPSG:3857")).toBe(false);
  expect(transformer("EPSG:25832", utm32).identity).toBe(true);
});

test("an unknown system is named in the sentence", () => {
  expect(() => transformer("EPSG:99999", "EPSG:4326")).toThrow(/EPSG:99999.*not known here/);
  expect(() => transformer("", "EPSG:4326")).toThrow(/not known here/);
  expect(() => transformer("nonsense", "EPSG:4326")).toThrow(/nonsense/);
});

test("systems have names and can be found by words, code or place", () => {
  expect(crsName("EPSG:32631")).toBe("WGS 84 / UTM zone 31N");
  expect(crsName('PROJCS["My grid",GEOGCS["x"]]')).toBe("My grid");
  expect(searchCrs("25832")[0]).toMatchObject({ crs: "EPSG:25832", name: "ETRS89 / UTM zone 32N", geographic: false });
  expect(searchCrs("epsg:4326")[0]?.crs).toBe("EPSG:4326");
  expect(searchCrs("lambert-93").map(({ crs }) => crs)).toContain("EPSG:2154");
  expect(searchCrs("utm 31n wgs")[0]?.crs).toBe("EPSG:32631");
  expect(searchCrs("")).toEqual([]);
  expect(searchCrs("no such place at all")).toEqual([]);
  // The list by code and the list as a whole say the same.
  for (const code of ["EPSG:25832", "EPSG:4326", "EPSG:2154"]) expect(crsEntry(code)).toEqual(searchCrs(code, 1)[0]);
  // Heights, and what is no code.
  expect(crsEntry("EPSG:5773")).toBeUndefined();
  expect(crsEntry("+proj=longlat +datum=WGS84")).toBeUndefined();
  expect(isGeographic("EPSG:4326")).toBe(true);
  expect(isGeographic("EPSG:32631")).toBe(false);
});

test("the longitudes of a grid go on past the date line", () => {
  const grid = { crs: "EPSG:32660", affine: northUp(570585, 5847615, 100, 100), width: 2325, height: 2355 };
  const bounds = lonLatBounds(grid)!;
  expect(bounds.minX).toBeCloseTo(178, 1);
  expect(bounds.maxX).toBeCloseTo(181.486, 2);
  expect(bounds.maxX - bounds.minX).toBeLessThan(4);
});
