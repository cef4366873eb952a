import { expect, test } from "vitest";
import { resolutionOfLevel, tileSize } from "../../src-shared/geo/tile-grid.ts";
import {
  continuousAround,
  densityFor,
  lonLatTransform,
  mgrsToLonLat,
  projectionOf,
  projectTileGrid,
  transformBetween,
} from "./projection.ts";

const utm = "+proj=utm +zone=31 +datum=WGS84 +units=m +no_defs";
const project = (
  crs: string,
  proj: string,
  lonLat: { minX: number; minY: number; maxX: number; maxY: number } | null,
) => ({ grid: { geobox: { crs } }, proj, lonLat }) as never;

test("on a dense screen a tile is smaller and keeps its address", () => {
  for (const density of [1, 2, 4] as const) {
    const grid = projectTileGrid(density);
    for (const z of [3, 9, 14]) {
      const ground = grid.getTileSize(z) as number;
      expect(ground * grid.getResolution(z)).toBe(tileSize * resolutionOfLevel(z));
      const extent = [resolutionOfLevel(z) * tileSize * 5, -resolutionOfLevel(z) * tileSize * 7];
      expect(grid.getTileCoordForCoordAndZ([extent[0]! + 1e-6, extent[1]! - 1e-6], z)).toEqual([z, 5, 7]);
    }
  }
  expect([0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4].map(densityFor)).toEqual([1, 1, 1, 2, 2, 2, 4, 4]);
});

test("a CRS without a code has a name of its own, and its own metres", () => {
  const odd = "+proj=tmerc +lat_0=52 +lon_0=5 +k=1 +x_0=0 +y_0=0 +datum=WGS84 +to_meter=0.3048 +no_defs";
  const projection = projectionOf(project('LOCAL_CS["fields"]', odd, null));
  expect(projection.getMetersPerUnit()).toBeCloseTo(0.3048, 6);
  expect(projection.getCode()).not.toBe(projectionOf(project("EPSG:32631", utm, null)).getCode());
  expect(projectionOf(project("epsg:32631", utm, null)).getCode()).toBe("EPSG:32631");
});

test("the graticule reaches some degrees around the project, and not over the poles", () => {
  const near = projectionOf(project("EPSG:32631", utm, { minX: 3, minY: 50, maxX: 4, maxY: 51 }));
  expect(near.getWorldExtent()).toEqual([-3, 44, 10, 57]);
  const polar = projectionOf(project("EPSG:32631", utm, { minX: 175, minY: 80, maxX: 179, maxY: 84 }));
  expect(polar.getWorldExtent()).toEqual([169, 74, 180, 85]);
});

test("positions agree with PROJ, there and back; outside of the domain there are none", () => {
  const { toLonLat, fromLonLat } = lonLatTransform(utm);
  // echo "3 52" | gdaltransform -s_srs EPSG:4326 -t_srs EPSG:32631, in the order longitude, latitude
  const [x, y] = fromLonLat(3, 52);
  expect(x).toBeCloseTo(500_000, 3);
  expect(y).toBeCloseTo(5_761_038.2126, 3);
  const [longitude, latitude] = toLonLat(x, y);
  expect([longitude, latitude].map((value) => value.toFixed(9))).toEqual(["3.000000000", "52.000000000"]);
  const laea = lonLatTransform(
    "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80 +units=m +no_defs",
  );
  expect(laea.toLonLat(1e9, 1e9).every(Number.isNaN)).toBe(true);
  expect(transformBetween("EPSG:4326", utm, 3, 52)[0]).toBeCloseTo(500_000, 3);
});

test("an MGRS square has a middle; what is none has not", () => {
  const [longitude, latitude] = mgrsToLonLat("31UES0000")!;
  expect(longitude).toBeCloseTo(3.007, 2);
  expect(latitude).toBeGreaterThan(49);
  expect(mgrsToLonLat("99ZZZ")).toBeNull();
});

test("a view ends where its projection is cut, and only there", () => {
  const around = (proj: string, minX: number, maxX: number, lat = 0) => {
    const area = { minX, minY: lat, maxX, maxY: lat + 1 };
    const all = { minX: minX - 30, minY: lat - 9, maxX: maxX + 30, maxY: lat + 9 };
    const kept = continuousAround(lonLatTransform(proj), area, all);
    expect([kept.minY, kept.maxY]).toEqual([all.minY, all.maxY]);
    return [kept.minX, kept.maxX].map((x) => Number(x.toFixed(6)));
  };
  const merc = (lon: number) => `+proj=merc +lon_0=${lon} +datum=WGS84 +units=m`;
  expect(around(merc(0), 170, 171)).toEqual([140, 180]);
  expect(around(merc(0), -171, -170)).toEqual([-180, -140]);
  expect(around(merc(0), 10, 11)).toEqual([-20, 41]);
  expect(around(merc(150), 177, 182)).toEqual([147, 212]);
  expect(around(merc(150), -40, -35)).toEqual([-70, -30]);
  expect(around("+proj=longlat +datum=WGS84", 177, 182)).toEqual([147, 212]);
  expect(around("+proj=lcc +lat_0=60 +lat_1=50 +lat_2=70 +lon_0=-40 +datum=WGS84", 130, 131, 60)).toEqual([100, 140]);
  expect(around("+proj=stere +lat_0=90 +lat_ts=70 +lon_0=0 +datum=WGS84", 170, 190, 89.5)).toEqual([140, 220]);
  expect(around(utm, 2, 3, 70)).toEqual([-28, 33]);
  // At the pole all longitudes are one place: steps of a billionth of a metre differ by more than eight times, and none is a cut.
  expect(around(utm, 2, 3, 89.5)).toEqual([-28, 33]);
});
