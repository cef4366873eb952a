import "../dom.fixture.ts";
import type DataTile from "ol/DataTile.js";
import { get as projectionOf } from "ol/proj.js";
import type DataTileSource from "ol/source/DataTile.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { boundsOfTile, resolutionOfLevel } from "../../../src-shared/geo/tile-grid.ts";
import type { LayerSource, LayerStatistics } from "../../../src-shared/ipc/index.ts";
import { encodePixelTile } from "../../../src-shared/ipc/pixels.ts";
import { RasterLayer } from "./raster-layer.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

const source = (change: Partial<LayerSource> = {}): LayerSource => ({
  id: "raster:1",
  kind: "image",
  sensor: null,
  date: null,
  quantity: "reflectance",
  bands: ["1"].map((name) => ({ name, title: name, classes: false })),
  bounds: { minX: 0, minY: 0, maxX: 1e6, maxY: 1e6 },
  resolution: 10,
  version: "1",
  legend: null,
  problem: null,
  ...change,
});

const [z, x, y] = [8, 2, -3];
const bounds = boundsOfTile({ z, x, y });
const side = 256;
/** A ramp from left to right; the right half is no data. */
const tile = () => {
  const samples = Float32Array.from({ length: side * side }, (_, i) => i % side);
  const mask = new Uint8Array((side * side) / 8).map((_, byte) => ((8 * byte) % side < side / 2 ? 255 : 0));
  const { head, payload } = encodePixelTile({
    width: side,
    height: side,
    bands: 1,
    type: "float32",
    scales: [{ scale: 2, offset: 1 }],
    mask,
    samples,
  });
  return new Response(new Uint8Array([...head, ...payload]));
};

let asked: string[];
let held: (() => void)[] | null;
let loading: number;
beforeEach(() => {
  asked = [];
  held = null;
  loading = 0;
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    const { promise, resolve } = Promise.withResolvers<void>();
    if (held) held.push(resolve);
    else resolve();
    await promise;
    return tile();
  });
});
afterEach(() => vi.unstubAllGlobals());

const figures: LayerStatistics = {
  band: "1",
  looked: 1,
  exact: true,
  count: 1,
  min: 0,
  max: 100,
  mean: 50,
  std: 1,
  percentiles: Array.from({ length: 101 }, (_, percent) => [percent, percent] as const),
  histogram: [],
};
const make = (style: Readonly<Record<string, unknown>> = {}, change: Partial<LayerSource> = {}) =>
  new RasterLayer({
    source: source(change),
    projection: projectionOf("EPSG:3857")!,
    style,
    pixelRatio: 1,
    onloading: (by) => {
      loading += by;
    },
    statistics: async () => [figures],
  });

async function load(layer: RasterLayer): Promise<void> {
  const one = (layer.layer.getSource() as DataTileSource).getTile(z, x, y, 1, projectionOf("EPSG:3857")!) as DataTile;
  one.load();
  await vi.waitFor(() => expect(held ? asked.length : layer.loading ? 0 : 1).toBeGreaterThan(0));
}

test("the range of the view is that of the pixels on screen that are data, in physical values", async () => {
  const layer = make();
  await load(layer);
  const resolution = resolutionOfLevel(z);
  const [low, high] = layer.viewRanges(bounds, resolution, [0, 100])![0]!;
  // Columns 0 … 127, times 2 plus 1.
  expect([low, high]).toEqual([1, 255]);
  const quarter = { ...bounds, maxX: bounds.minX + (bounds.maxX - bounds.minX) / 4 };
  expect(layer.viewRanges(quarter, resolution, [0, 100])![0]).toEqual([1, 127]);
  // Where nothing is data, or nothing was loaded, there is no range.
  const right = { ...bounds, minX: bounds.minX + (bounds.maxX - bounds.minX) * 0.75 };
  expect(layer.viewRanges(right, resolution, [0, 100])).toBeNull();
  expect(layer.viewRanges({ minX: 9e5, minY: 9e5, maxX: 9.1e5, maxY: 9.1e5 }, resolution, [0, 100])).toBeNull();
  layer.dispose();
});

test("a stretch by percentiles of the layer takes them from the program, one by hand the numbers given", async () => {
  const layer = make({ stretch: "layer", percent: [10, 90] });
  await vi.waitFor(() => expect(layer.ranges).toEqual([[10, 90]]));
  expect(layer.restyle({ stretch: "manual", ranges: [[3, 7]] })).toBe(true);
  expect(layer.ranges).toEqual([[3, 7]]);
  layer.dispose();
});

test("other colours keep the tiles, another file drops them, another way of blending needs another layer", async () => {
  const layer = make();
  await load(layer);
  const before = layer.layer.getSource();
  expect(layer.restyle({ gamma: 2 })).toBe(true);
  expect(layer.layer.getSource()).toBe(before);
  layer.replaceSource(source());
  expect(layer.layer.getSource()).toBe(before);
  layer.replaceSource(source({ version: "2" }));
  expect(layer.layer.getSource()).not.toBe(before);
  expect(layer.viewRanges(bounds, resolutionOfLevel(z), [0, 100])).toBeNull();
  expect(layer.restyle({ blend: "multiply" })).toBe(false);
  layer.dispose();
});

test("tiles on their way are counted, and those of a layer that was taken away no longer, nor twice", async () => {
  held = [];
  const layer = make();
  await load(layer);
  expect([loading, layer.loading]).toEqual([1, true]);
  layer.dispose();
  expect(loading).toBe(0);
  for (const go of held) go();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(loading).toBe(0);
});
