import "../dom.fixture.ts";
import type MultiLineString from "ol/geom/MultiLineString.js";
import { get as projectionOf } from "ol/proj.js";
import type VectorSource from "ol/source/Vector.js";
import type Style from "ol/style/Style.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Label } from "../../../src-shared/domain/label.ts";
import { session } from "../../state/index.ts";
import { mapColors } from "../colors.ts";
import { ringOf, sampleLabels } from "../labels.fixture.ts";
import { coordinatesOf, LabelLayer } from "./labels.ts";
import { ProjectGridLayer } from "./project-grid.ts";
import { SplitLayer } from "./split.ts";
import { TileLayer } from "./tiles.ts";
import { VectorFileLayer } from "./vector-file.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

const geobox = { crs: "EPSG:32631", affine: { a: 0, b: 10, c: 0, d: 600, e: 0, f: -10 }, width: 80, height: 60 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  session.project = null;
  vi.unstubAllGlobals();
});

const classes = new Map([
  [1, { code: 1, name: "wheat", color: "#e69f00" }],
  [2, { code: 2, name: "maize", color: "#56b4e9" }],
]) as never;
const look = { classes, names: true, outlines: false, shown: null, selected: new Set<number>() };
const labelsOf = (some: readonly Label[]) => new Map(some.map((label) => [label.id, label]));
const drawnWith = (layer: LabelLayer, id: number, resolution: number) =>
  layer.layer.getStyleFunction()!(layer.source.getFeatureById(id) as never, resolution) as Style[] | undefined;
const fillOf = (styles: readonly Style[] | undefined) => styles?.[0]?.getFill()?.getColor();

test("labels follow what changed: another outline, another class, one gone, one new", () => {
  const layer = new LabelLayer();
  layer.restyle(look);
  layer.update(labelsOf(sampleLabels), null);
  expect(layer.within([0, 0, 800, 600]).map((feature) => feature.getId())).toEqual(expect.arrayContaining([1, 2, 3]));
  const moved = { ...sampleLabels[2]!, classCode: 2, coordinates: [[ringOf([700, 500, 720, 520])]] };
  const added = { ...sampleLabels[0]!, id: 4, coordinates: [[ringOf([10, 10, 20, 20])]] };
  layer.update(labelsOf(sampleLabels), { changed: [moved, added], removed: [2] });
  expect(layer.at(710, 510).map((feature) => feature.getId())).toEqual([3]);
  expect(layer.at(550, 150)).toEqual([]);
  expect(layer.at(230, 230).map((feature) => feature.getId())).toEqual([1]);
  expect(layer.at(15, 15).map((feature) => feature.getId())).toEqual([4]);
  expect(fillOf(drawnWith(layer, 3, 1))).toMatch(/^#56b4e9/);
});

test("selected labels are drawn live, with the outline the map shows now", () => {
  const layer = new LabelLayer();
  layer.update(labelsOf(sampleLabels), null);
  layer.restyle({ ...look, selected: new Set([2, 99]) });
  expect(layer.selectedSource.getFeatures().map((feature) => feature.getId())).toEqual([2]);
  layer.restyle({ ...look, selected: new Set([1, 2]) });
  expect(layer.selectedSource.getFeatures()).toHaveLength(2);
  layer.update(labelsOf(sampleLabels), { changed: [], removed: [2] });
  expect(layer.selectedSource.getFeatures().map((feature) => feature.getId())).toEqual([1]);
});

test("a label names its class where there is room, has no outline when it is a dot, and no fill over a map of classes", () => {
  const layer = new LabelLayer();
  layer.restyle(look);
  layer.update(labelsOf(sampleLabels), null);
  const names = (resolution: number) =>
    drawnWith(layer, 1, resolution)!.flatMap((style) => style.getText()?.getText() ?? []);
  expect(names(1)).toEqual(["wheat"]);
  expect(names(20)).toEqual([]);
  const strokes = (resolution: number) => drawnWith(layer, 1, resolution)!.filter((style) => style.getStroke()).length;
  expect([strokes(20), strokes(100)]).toEqual([2, 0]);
  layer.restyle({ ...look, names: false, outlines: true });
  expect(names(1)).toEqual([]);
  expect(fillOf(drawnWith(layer, 1, 1))).toBe("#e69f0000");
  layer.restyle({ ...look, shown: new Set([2]) });
  expect(drawnWith(layer, 1, 1)).toBeUndefined();
  // A class that the legend lacks has no colour to be drawn with.
  layer.restyle({ ...look, classes: new Map() });
  expect(drawnWith(layer, 1, 1)).toBeUndefined();
});

test("an outline that was dragged is what the program gets, and restoring brings the known one back", () => {
  const layer = new LabelLayer();
  layer.update(labelsOf(sampleLabels), null);
  const feature = layer.feature(3)!;
  feature.getGeometry()!.translate(5, 5);
  expect(coordinatesOf(feature)).toEqual([[ringOf([505, 105, 605, 205])]]);
  layer.restore(sampleLabels[2]!);
  expect(coordinatesOf(layer.feature(3)!)).toEqual(sampleLabels[2]!.coordinates);
});

test("the grid shows patches and tiles only where they can be told apart, and only those of the view", () => {
  const grid = new ProjectGridLayer({ geobox, tilePatches: 8 } as never, mapColors(false));
  const source = grid.layer.getSource() as VectorSource;
  const lines = (what: string) => {
    const found = source.getFeatures().find((feature) => feature.get("what") === what);
    return found ? (found.getGeometry() as MultiLineString).getCoordinates() : null;
  };
  grid.show([0, 0, 800, 600], 1);
  // 81 upright lines and 61 lying ones for 80 × 60 patches; tiles are counted from the upper left corner.
  expect(lines("patch")).toHaveLength(81 + 61);
  expect(lines("tile")).toHaveLength(11 + 8);
  expect(lines("tile")!.at(-1)).toEqual([
    [0, 40],
    [800, 40],
  ]);
  grid.show([0, 0, 800, 600], 2);
  expect([lines("patch"), lines("tile") !== null]).toEqual([null, true]);
  grid.show([0, 0, 800, 600], 20);
  expect([lines("patch"), lines("tile")]).toEqual([null, null]);
  grid.show([100, 100, 150, 130], 1);
  expect(lines("patch")).toHaveLength(6 + 4);
  // Beside the project only its area is left to draw.
  grid.show([5000, 5000, 5100, 5100], 1);
  expect(source.getFeatures()).toHaveLength(1);
});

test("tiles have the colour of their likeliest class, stronger with its share, and are dots from far away", () => {
  const layer = new TileLayer();
  const tiles = [
    { key: "a", x: 0, y: 60, values: { 1: 0.25, 2: 0.75 } },
    { key: "b", x: 60, y: 60, values: {} },
  ];
  const legend = [...(classes as ReadonlyMap<number, unknown>).values()] as never;
  const styleAt = (index: number, resolution: number) => {
    const feature = (layer.layer.getSource() as VectorSource).getFeatures()[index]!;
    return feature.getStyleFunction()!(feature, resolution) as Style;
  };
  layer.show(tiles as never, 60, legend, null, null);
  expect(styleAt(0, 1).getFill()!.getColor()).toBe("rgba(86, 180, 233, 0.675)");
  expect(styleAt(1, 1).getFill()!.getColor()).toBe("rgba(128, 128, 128, 0.150)");
  layer.show(tiles as never, 60, legend, 1, "a");
  expect(styleAt(0, 1).getFill()!.getColor()).toBe("rgba(230, 159, 0, 0.325)");
  expect(styleAt(0, 1).getStroke()!.getColor()).toBe("#ffffff");
  expect(styleAt(1, 1).getFill()!.getColor()).toBe("rgba(230, 159, 0, 0.150)");
  expect(styleAt(0, 8).getImage()).toBeNull();
  expect(styleAt(0, 9).getImage()).not.toBeNull();
});

test("a split is drawn as its squares, else by the outlines of the labels that have a set", () => {
  vi.stubGlobal("devicePixelRatio", 1);
  const layer = new SplitLayer();
  const parts = () =>
    (layer.layer.getSource() as VectorSource)
      .getFeatures()
      .map((feature) => [feature.get("part"), feature.getGeometry()!.getExtent()]);
  const words = { train: "training", validation: "validation", test: "test", unused: "unused" };
  const square = { bounds: { minX: 0, minY: 0, maxX: 100, maxY: 100 }, part: "test" };
  const partOf = (id: number) => ({ 1: "train", 2: "none", 3: "test" })[id] ?? "none";
  const outlineOf = ({ coordinates }: Pick<Label, "coordinates">) => coordinates;
  layer.show([square] as never, sampleLabels, partOf, outlineOf, words);
  expect(parts()).toEqual([["test", [0, 0, 100, 100]]]);
  layer.show([], sampleLabels, partOf, outlineOf, words);
  expect(parts()).toEqual([
    ["train", [100, 100, 300, 300]],
    ["test", [500, 100, 600, 200]],
  ]);
  const [feature] = (layer.layer.getSource() as VectorSource).getFeatures();
  const word = (resolution: number) => layer.wordLayer.getStyleFunction()!(feature!, resolution) as Style | undefined;
  expect(word(1)!.getText()!.getText()).toBe("training");
  expect(word(4)).toBeUndefined();
});

const file = { id: "vector:3", kind: "vector", version: "1" };
const point = (x: number) => ({
  type: "FeatureCollection",
  features: [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [x, 0] } }],
});
const places = (layer: VectorFileLayer) =>
  (layer.layer.getSource() as VectorSource).getFeatures().map((feature) => feature.getGeometry()!.getExtent()[0]);

test("a vector file is asked for once for a view and its surroundings, and again when it changed", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    return { ok: true, json: async () => point(asked.length) };
  });
  const layer = new VectorFileLayer(file as never, projectionOf("EPSG:3857")!, {});
  await layer.show([10, 10, 110, 110], 1);
  expect(places(layer)).toEqual([1]);
  await layer.show([20, 20, 120, 120], 1.1);
  expect(asked).toHaveLength(1);
  await layer.show([320, 20, 420, 120], 1);
  expect(places(layer)).toEqual([2]);
  layer.replaceSource({ ...file, version: "2" } as never);
  await layer.show([320, 20, 420, 120], 1);
  expect(places(layer)).toEqual([3]);
});

test("an answer for a view that was left does not replace that of the view one is at; what failed is asked for again", async () => {
  const waiting: ((value: unknown) => void)[] = [];
  vi.stubGlobal("fetch", () => new Promise((resolve) => waiting.push(resolve)));
  const layer = new VectorFileLayer(file as never, projectionOf("EPSG:3857")!, {});
  const first = layer.show([0, 0, 100, 100], 1);
  const second = layer.show([500, 0, 600, 100], 1);
  waiting[1]!({ ok: true, json: async () => point(2) });
  await second;
  waiting[0]!({ ok: true, json: async () => point(1) });
  await first;
  expect(places(layer)).toEqual([2]);
  const third = layer.show([900, 0, 1000, 100], 1);
  waiting[2]!({ ok: false, status: 500 });
  await third;
  expect(places(layer)).toEqual([2]);
  const again = layer.show([900, 0, 1000, 100], 1);
  waiting[3]!({ ok: true, json: async () => point(4) });
  await again;
  expect(places(layer)).toEqual([4]);
});
