import "../dom.fixture.ts";
import type Feature from "ol/Feature.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import type MultiPolygon from "ol/geom/MultiPolygon.js";
import type VectorLayer from "ol/layer/Vector.js";
import type Style from "ol/style/Style.js";
import { expect, test, vi } from "vitest";
import type { Label } from "../../../src-shared/domain/label.ts";
import { northUp } from "../../../src-shared/geo/affine.ts";
import type { SplitBlock } from "../../../src-shared/ipc/index.ts";
import { mapColors } from "../colors.ts";
import { LimitLayer } from "./limit.ts";
import { ProjectGridLayer } from "./project-grid.ts";
import { SplitLayer } from "./split.ts";
import { TileLayer } from "./tiles.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

const featuresOf = (layer: VectorLayer): Feature[] => layer.getSource()!.getFeatures();
const stylesOf = (layer: VectorLayer, feature: Feature, resolution: number): Style[] => {
  const own = feature.getStyleFunction() ?? layer.getStyleFunction()!;
  return [own(feature, resolution) ?? []].flat() as Style[];
};

// 40 × 30 patches of 10 m, six to a tile; the upper left corner is at 1000, 2000.
const grid = {
  geobox: { crs: "EPSG:32631", affine: { a: 1000, b: 10, c: 0, d: 2000, e: 0, f: -10 }, width: 40, height: 30 },
  patchMeters: 10,
  tilePatches: 6,
};
const whole = [0, 0, 9000, 9000] as const;

test("lines of patches and tiles lie on the project's own edges, and are drawn where they can be told apart", () => {
  const layer = new ProjectGridLayer(grid as never, mapColors(false));
  const lines = (view: readonly number[], resolution: number) => {
    layer.show(view, resolution);
    return Object.fromEntries(
      featuresOf(layer.layer).map((feature) => {
        const shape = feature.getGeometry()!;
        return [feature.get("what"), shape instanceof MultiLineString ? shape.getCoordinates() : shape.getExtent()];
      }),
    );
  };
  const near = lines(whole, 1);
  expect(near.area).toEqual([1000, 1700, 1400, 2000]);
  expect([near.patch!.length, near.tile!.length]).toEqual([41 + 31, 7 + 6]);
  const corners = (near.tile as number[][][]).flat();
  expect(corners.every(([x]) => (x! - 1000) % 60 === 0 || x === 1400)).toBe(true);
  // Rows of tiles are counted from the top.
  const levels = (near.tile as number[][][]).filter(([p, q]) => p![1] === q![1]).map(([p]) => p![1]);
  expect(levels).toEqual([2000, 1940, 1880, 1820, 1760, 1700]);
  // 8 pixels to a side: patches vanish first, then tiles, never the area.
  expect(Object.keys(lines(whole, 1.25))).toEqual(["area", "patch", "tile"]);
  expect(Object.keys(lines(whole, 1.3))).toEqual(["area", "tile"]);
  expect(Object.keys(lines(whole, 8))).toEqual(["area"]);
  // Only what is in view is made, and none beside the project.
  expect((lines([1095, 1895, 1125, 1925], 1).patch as number[][][]).length).toBe(3 + 3);
  expect(Object.keys(lines([5000, 5000, 6000, 6000], 1))).toEqual(["area"]);
});

test("a view that is the same draws no line anew; colours follow the theme", () => {
  const layer = new ProjectGridLayer(grid as never, mapColors(false));
  layer.show(whole, 1);
  const before = featuresOf(layer.layer);
  layer.show(whole, 1.01);
  expect(featuresOf(layer.layer)).toEqual(before);
  layer.show(whole, 3);
  expect(featuresOf(layer.layer)).not.toEqual(before);
  const color = () => stylesOf(layer.layer, featuresOf(layer.layer)[0]!, 1).at(-1)!.getStroke()!.getColor();
  expect(color()).toBe(mapColors(false).grid);
  layer.recolor(mapColors(true));
  expect(color()).toBe(mapColors(true).grid);
});

test("a project that is less than its box has an outline along its patches", () => {
  const layer = new LimitLayer();
  const outline = () => featuresOf(layer.layer).map((one) => (one.getGeometry() as MultiLineString).getExtent());
  // Patches are counted from the origin of the coordinate system to the south.
  const limit = [
    { col: 100, row: -200, width: 4, height: 1 },
    { col: 100, row: -199, width: 2, height: 1 },
  ];
  const geobox = { crs: "EPSG:32631", affine: northUp(1000, 2000, 10, 10), width: 4, height: 2 };
  layer.show({ patchMeters: 10, limit, geobox });
  expect(outline()).toEqual([[1000, 1980, 1040, 2000]]);
  expect((featuresOf(layer.layer)[0]!.getGeometry() as MultiLineString).getCoordinates()).toHaveLength(6);
  layer.show({ patchMeters: 10, geobox });
  expect(outline()).toEqual([]);
  // The whole box, where no image says where the project lies.
  layer.show({ patchMeters: 10, geobox }, true);
  expect(outline()).toEqual([[1000, 1980, 1040, 2000]]);
});

const tile = (key: string, values: Record<number, number>) => ({ key, x: 0, y: 600, values }) as never;
const legend = [
  { code: 1, name: "wheat", color: "#ff0000" },
  { code: 2, name: "maize", color: "#00ff00" },
];

test("a tile has the colour of its likeliest class, or the strength of the chosen one", () => {
  const layer = new TileLayer();
  const fills = (colorBy: number | null) => {
    layer.show(
      [tile("a", { 1: 0.2, 2: 0.8 }), tile("b", {}), tile("c", { 9: 1 }), tile("d", { 1: 3 })],
      60,
      legend,
      colorBy,
      "a",
    );
    return featuresOf(layer.layer).map((one) => stylesOf(layer.layer, one, 1)[0]!.getFill()!.getColor());
  };
  expect(fills(null)).toEqual([
    "rgba(0, 255, 0, 0.710)",
    "rgba(128, 128, 128, 0.150)",
    "rgba(128, 128, 128, 0.850)",
    "rgba(255, 0, 0, 0.850)",
  ]);
  expect(fills(1)).toEqual([
    "rgba(255, 0, 0, 0.290)",
    "rgba(255, 0, 0, 0.150)",
    "rgba(255, 0, 0, 0.150)",
    "rgba(255, 0, 0, 0.850)",
  ]);
  const [chosen, other] = featuresOf(layer.layer).map((one) => stylesOf(layer.layer, one, 1)[0]!.getStroke()!);
  expect([chosen!.getColor(), other!.getColor()]).toEqual(["#ffffff", "rgb(255, 0, 0)"]);
  // x, y is the upper left corner.
  expect(featuresOf(layer.layer)[0]!.getGeometry()!.getExtent()).toEqual([0, 540, 60, 600]);
});

test("tiles of a few pixels are dots in their middle", () => {
  const layer = new TileLayer();
  layer.show([tile("a", { 1: 1 })], 60, legend, null, null);
  const [one] = featuresOf(layer.layer);
  expect(stylesOf(layer.layer, one!, 60 / 7)[0]!.getImage()).toBeNull();
  const [dot] = stylesOf(layer.layer, one!, 60 / 6.9);
  expect(dot!.getImage()).not.toBeNull();
  expect((dot!.getGeometry() as unknown as { getCoordinates(): number[] }).getCoordinates()).toEqual([30, 570]);
  layer.show([], 60, legend, null, null);
  expect(featuresOf(layer.layer)).toEqual([]);
});

const block = (minX: number, part: string): SplitBlock =>
  ({ bounds: { minX, minY: 0, maxX: minX + 100, maxY: 100 }, part }) as never;
const words = { train: "Training", validation: "Validation", test: "Test" };

test("sets are squares with a stroke of their own each, and their names where there is room", () => {
  const layer = new SplitLayer();
  const parts = ["train", "validation", "test", "unused"];
  layer.show(
    parts.map((part, i) => block(200 * i, part)),
    [],
    () => "",
    () => [],
    words,
  );
  const strokes = featuresOf(layer.layer).map((one) => stylesOf(layer.layer, one, 1)[0]!.getStroke()!.getColor());
  expect(new Set(strokes).size).toBe(4);
  const names = (resolution: number) =>
    featuresOf(layer.wordLayer).map((one) => stylesOf(layer.wordLayer, one, resolution)[0]?.getText()?.getText());
  // Wider than 64 pixels; what is unused has no name.
  expect(names(1.5)).toEqual(["Training", "Validation", "Test", undefined]);
  expect(names(1.6)).toEqual([undefined, undefined, undefined, undefined]);
  // Styles are made once.
  expect(stylesOf(layer.layer, featuresOf(layer.layer)[0]!, 1)[0]).toBe(
    stylesOf(layer.layer, featuresOf(layer.layer)[0]!, 1)[0],
  );
});

test("without squares the polygons carry their set; those without a set are left out", () => {
  const layer = new SplitLayer();
  const ring = [[0, 0], [1, 0], [1, 1], [0, 0]] as const; // biome-ignore format: one ring
  const labels = [1, 2, 3].map((id) => ({ id }) as Label);
  const partOf = (id: number) => ({ 1: "train", 2: "nobody knows" })[id] ?? "test";
  layer.show([], labels, partOf, ({ id }) => [[ring.map(([x, y]) => [x + id, y] as const)]] as never, words);
  expect(featuresOf(layer.layer).map((one) => one.get("part"))).toEqual(["train", "test"]);
  expect((featuresOf(layer.layer)[0]!.getGeometry() as MultiPolygon).getCoordinates()[0]![0]![0]).toEqual([1, 0]);
});
