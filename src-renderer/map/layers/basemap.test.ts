import "../dom.fixture.ts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type Feature from "ol/Feature.js";
import type MultiLineString from "ol/geom/MultiLineString.js";
import type MultiPolygon from "ol/geom/MultiPolygon.js";
import type Point from "ol/geom/Point.js";
import type LayerGroup from "ol/layer/Group.js";
import VectorLayer from "ol/layer/Vector.js";
import type Style from "ol/style/Style.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Bounds } from "../../../src-shared/geo/bounds.ts";
import { mapColors } from "../colors.ts";
import { lonLatTransform } from "../projection.ts";
import { Basemap } from "./basemap.ts";

const utm = (zone: number, south = false) =>
  `+proj=utm +zone=${zone}${south ? " +south" : ""} +datum=WGS84 +units=m +no_defs`;
const mercator =
  "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +no_defs";
const [coarse, fine] = [1000, 100];

const asked: string[] = [];
let refused = 0;
beforeEach(() => {
  asked.length = 0;
  refused = 0;
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(/[^/]+$/.exec(address)![0]);
    if (refused-- > 0) return { ok: false, status: 503 };
    const file = join(import.meta.dirname, "../../../resources/basemap", asked.at(-1)!);
    return { ok: true, json: async () => JSON.parse(await readFile(file, "utf8")) };
  });
});
afterEach(() => vi.unstubAllGlobals());

const basemapOf = (proj: string, area: Bounds, metersPerUnit = 1) =>
  new Basemap({ transform: lonLatTransform(proj), area, metersPerUnit, colors: mapColors(false) });
const layersOf = (group: LayerGroup) => {
  const all = group
    .getLayers()
    .getArray()
    .filter((layer) => layer instanceof VectorLayer);
  return { coarse: all[0]!, fine: all[1]!, places: all[2]! };
};
const featuresOf = (layer: VectorLayer): Feature[] => layer.getSource()!.getFeatures();

async function landOf(proj: string, area: Bounds, detail: "coarse" | "fine", metersPerUnit = 1) {
  const basemap = basemapOf(proj, area, metersPerUnit);
  await basemap.need((detail === "coarse" ? coarse : fine) / metersPerUnit);
  const land = featuresOf(layersOf(basemap.group)[detail]).find(
    (feature) => !feature.get("border") && !feature.get("coast"),
  )!;
  const shape = land.getGeometry() as MultiPolygon;
  const { fromLonLat } = lonLatTransform(proj);
  return { shape, isLand: (lon: number, lat: number) => shape.intersectsCoordinate(fromLonLat(lon, lat)) };
}

// Places, as longitude and latitude.
const suva = [178.45, -18.1] as const; // on Viti Levu
const taveuni = [-179.97, -16.8] as const; // on Taveuni, east of the antimeridian
const vanuaLevu = [179.2, -16.6] as const;
const fiji = { minX: 177, minY: -19, maxX: 182, maxY: -16 };

test.each([
  ["a zone west of it", utm(60, true), fiji, 1],
  ["a zone east of it", utm(1, true), { ...fiji, minX: -183, maxX: -178 }, 1],
  ["a Mercator map of the Pacific", "+proj=merc +lon_0=150 +datum=WGS84 +units=m", fiji, 1],
  ["degrees that go on past 180", "+proj=longlat +datum=WGS84 +no_defs", fiji, 111_195],
] as const)("land is drawn on both sides of the antimeridian: %s", async (_, proj, area, metersPerUnit) => {
  const { isLand, shape } = await landOf(proj, area, "fine", metersPerUnit);
  const turn = proj.includes("longlat") ? 360 : 0;
  expect([suva, vanuaLevu].map(([x, y]) => isLand(x, y))).toEqual([true, true]);
  expect(isLand(taveuni[0] + turn, taveuni[1])).toBe(true);
  expect([isLand(178.8, -17.5), isLand(-179 + turn, -17.5)]).toEqual([false, false]);
  // Nothing lies a turn round the Earth away.
  const [minX, , maxX] = shape.getExtent() as [number, number, number, number];
  expect((maxX - minX) * metersPerUnit).toBeLessThan(4e6);
});

test("land far from the antimeridian is not turned inside out by what crosses it there", async () => {
  // Eurasia crosses it between 65 and 69 degrees north, in one ring that goes round to the other side of the numbers.
  for (const detail of ["coarse", "fine"] as const) {
    const { isLand } = await landOf(utm(34), { minX: 20, minY: 66, maxX: 22, maxY: 68 }, detail);
    expect([isLand(20, 67), isLand(22, 68)], detail).toEqual([true, true]);
    expect([isLand(5, 67), isLand(9, 68)], detail).toEqual([false, false]);
    expect([isLand(20, 64.5), isLand(20, 62)], detail).toEqual([true, false]);
  }
});

test("Siberia is drawn past the antimeridian, and Alaska before it", async () => {
  const { isLand } = await landOf(utm(1), { minX: -182, minY: 65, maxX: -178, maxY: 67 }, "coarse");
  expect([isLand(178, 67), isLand(-175, 67), isLand(-163, 66)]).toEqual([true, true, true]);
  expect([isLand(-168.5, 64), isLand(-175, 63)]).toEqual([false, false]);
});

test("Antarctica reaches to the pole on every side", async () => {
  const polar = "+proj=stere +lat_0=-90 +lat_ts=-71 +lon_0=0 +datum=WGS84 +units=m";
  const { isLand } = await landOf(polar, { minX: -180, minY: -89, maxX: 180, maxY: -80 }, "coarse");
  for (const lon of [-179, -90, -1, 60, 123, 179])
    expect([isLand(lon, -87), isLand(lon, -55)], `${lon}°`).toEqual([true, false]);
});

test("a projection that is cut at the antimeridian shows land up to the cut, and no strip across the map", async () => {
  const { isLand, shape } = await landOf(mercator, { minX: 177, minY: -19, maxX: 179.9, maxY: -16 }, "fine");
  expect([isLand(...suva), isLand(...vanuaLevu), isLand(...taveuni)]).toEqual([true, true, false]);
  expect(shape.getExtent()[0]).toBeGreaterThan(18e6);
});

test("small scales take the small outlines, and each file is asked for once", async () => {
  const basemap = basemapOf(utm(31), { minX: 3, minY: 50, maxX: 4, maxY: 51 });
  const layers = layersOf(basemap.group);
  await basemap.need(5000);
  expect([layers.coarse, layers.fine, layers.places].map((layer) => featuresOf(layer).length)).toEqual([3, 0, 0]);
  await Promise.all([basemap.need(100), basemap.need(100)]);
  expect(featuresOf(layers.fine)).toHaveLength(3);
  expect(featuresOf(layers.places).length).toBeGreaterThan(100);
  expect(layers.coarse.getMinResolution()).toBe(layers.fine.getMaxResolution());
  expect(new Set(asked).size).toBe(asked.length);
});

test("a project in degrees has the same scales", async () => {
  const layers = layersOf(basemapOf("+proj=longlat +datum=WGS84", fiji, 100_000).group);
  expect(layers.coarse.getMinResolution()).toBeCloseTo(0.007, 9);
  expect(layers.places.getMaxResolution()).toBeCloseTo(0.025, 9);
});

test("names of places lie where they are, on both sides of the antimeridian", async () => {
  const basemap = basemapOf(utm(60, true), fiji);
  await basemap.need(fine);
  const { toLonLat } = lonLatTransform(utm(60, true));
  const places = featuresOf(layersOf(basemap.group).places);
  const at = (name: string) => {
    const found = places.find((place) => place.get("name") === name);
    return found ? toLonLat(...((found.getGeometry() as Point).getCoordinates() as [number, number])) : undefined;
  };
  const [x, y] = at("Suva")!;
  expect([Math.abs(x - 178.44) < 0.05, Math.abs(y + 18.14) < 0.05]).toEqual([true, true]);
  expect(
    places.some((place) => toLonLat(...((place.getGeometry() as Point).getCoordinates() as [number, number]))[0] < 0),
  ).toBe(true);
  expect(at("Paris")).toBeUndefined();
});

test("small places and dashes of borders appear step by step", async () => {
  const basemap = basemapOf(utm(31), { minX: 3, minY: 50, maxX: 4, maxY: 51 });
  await basemap.need(fine);
  const layers = layersOf(basemap.group);
  const named = (resolution: number) => {
    const style = layers.places.getStyleFunction()!;
    return featuresOf(layers.places).filter((place) => style(place, resolution)).length;
  };
  const counts = [1500, 500, 200, 100, 20].map(named);
  expect(counts).toEqual(counts.toSorted((p, q) => p - q));
  expect(new Set(counts).size).toBe(counts.length);
  const capital = featuresOf(layers.places).find((place) => place.get("capital"))!;
  expect(layers.places.getStyleFunction()!(capital, 2000)).toBeDefined();
  const border = featuresOf(layers.fine).find((feature) => feature.get("border"))!;
  const dashes = (resolution: number) =>
    (layers.fine.getStyleFunction()!(border, resolution) as Style).getStroke()!.getLineDash();
  expect([dashes(29), dashes(31)]).toEqual([null, [5, 3]]);
  expect((border.getGeometry() as MultiLineString).getLineStrings().length).toBeGreaterThan(0);
});

test("colours follow the theme", async () => {
  const basemap = basemapOf(utm(31), { minX: 3, minY: 50, maxX: 4, maxY: 51 });
  await basemap.need(fine);
  const layer = layersOf(basemap.group).fine;
  const land = featuresOf(layer).find((feature) => !feature.get("border") && !feature.get("coast"))!;
  const fill = () => (layer.getStyleFunction()!(land, fine) as Style).getFill()!.getColor();
  expect(fill()).toBe(mapColors(false).land);
  basemap.recolor(mapColors(true));
  expect(fill()).toBe(mapColors(true).land);
  expect(mapColors(true).land).not.toBe(mapColors(false).land);
});
