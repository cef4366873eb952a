import "./dom.fixture.ts";
import VectorLayer from "ol/layer/Vector.js";
import OlMap from "ol/Map.js";
import { get as projectionOf } from "ol/proj.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LayerSource } from "../../src-shared/ipc/index.ts";
import { settle } from "../client/fake-program.fixture.ts";
import { client } from "../client/index.ts";
import { layers, mapActivity } from "../state/index.ts";
import type { DrawnLayer } from "../state/layers.svelte.ts";
import { mapColors } from "./colors.ts";
import { program } from "./program.fixture.ts";
import { MapSync } from "./sync.svelte.ts";

vi.mock("../client/bridge.ts", async () => (await import("./program.fixture.ts")).bridgeOfTests);

const source = (id: string, change: Partial<LayerSource> = {}): LayerSource => ({
  id,
  kind: "image",
  sensor: "sentinel-2",
  date: "2019-06-30",
  quantity: "reflectance",
  bands: ["B02", "B03", "B04", "B08"].map((name) => ({ name, title: name, classes: false })),
  bounds: { minX: 0, minY: 0, maxX: 800, maxY: 600 },
  resolution: 10,
  version: "1",
  legend: null,
  problem: null,
  ...change,
});
const drawn = (id: string, change: Partial<DrawnLayer> = {}): DrawnLayer =>
  ({ id, opacity: 1, style: {}, sensor: null, date: null, ...change }) as DrawnLayer;

let map: OlMap;
let sync: MapSync;
beforeEach(() => {
  vi.useFakeTimers();
  program.asked.length = 0;
  program.on("layers.sources", ({ ids }) => ids.map((id) => source(id, { sensor: null })));
  program.on("layers.statistics", []);
  // It has no place on a page, so nothing is drawn.
  map = new OlMap({ controls: [] });
  const geobox = { crs: "EPSG:3857", affine: { a: 10, b: 0, c: 0, d: 0, e: -10, f: 600 }, width: 80, height: 60 };
  sync = new MapSync(
    { client, layers, activity: mapActivity },
    map,
    { grid: { geobox }, lonLat: null } as never,
    projectionOf("EPSG:3857")!,
    mapColors(false),
  );
});
afterEach(() => sync.dispose());

/** Ids of the rasters on the map, the uppermost last. */
const shown = (...ids: readonly string[]) =>
  ids
    .filter((id) => {
      const layer = sync.raster(id)?.layer;
      return layer && map.getLayers().getArray().includes(layer) && layer.getVisible();
    })
    .toSorted((p, q) => sync.raster(p)!.layer.getZIndex()! - sync.raster(q)!.layer.getZIndex()!);

test("wanted layers are drawn in their order and opacity, and asked for once", async () => {
  sync.draw([drawn("raster:1"), drawn("raster:2", { opacity: 0.5 })]);
  sync.draw([drawn("raster:1"), drawn("raster:2", { opacity: 0.5 })]);
  await settle();
  expect(shown("raster:1", "raster:2")).toEqual(["raster:1", "raster:2"]);
  expect(sync.raster("raster:2")!.layer.getOpacity()).toBe(0.5);
  expect(program.requests("layers.sources")).toHaveLength(2);
  sync.draw([drawn("raster:2"), drawn("raster:1")]);
  await settle();
  expect(shown("raster:1", "raster:2")).toEqual(["raster:2", "raster:1"]);
  expect(program.requests("layers.sources")).toHaveLength(2);
  sync.draw([drawn("raster:1")]);
  await settle();
  expect(shown("raster:1", "raster:2")).toEqual(["raster:1"]);
});

test("a layer that was hidden while its file was looked up does not appear", async () => {
  const looking = program.late("layers.sources");
  sync.draw([drawn("raster:1")]);
  await settle();
  sync.draw([]);
  await looking.answer([source("raster:1")]);
  expect(shown("raster:1")).toEqual([]);
});

test("a layer whose file is missing is left out, and the others are drawn", async () => {
  program.on("layers.sources", ({ ids }) =>
    ids.map((id) => source(id, { sensor: null, problem: id === "raster:1" ? "The file is gone." : null })),
  );
  sync.draw([drawn("raster:1"), drawn("raster:2")]);
  await settle();
  expect(shown("raster:1", "raster:2")).toEqual(["raster:2"]);
});

test("a layer that could not be asked for is asked for again", async () => {
  program.refuse("layers.sources", new Error("the connection is gone"));
  sync.draw([drawn("raster:1")]);
  await settle();
  expect(shown("raster:1")).toEqual([]);
  program.on("layers.sources", ({ ids }) => ids.map((id) => source(id)));
  sync.draw([drawn("raster:1")]);
  await settle();
  expect(shown("raster:1")).toEqual(["raster:1"]);
});

test("a date stays under the next one until that is drawn", async () => {
  program.on("layers.sources", ({ ids }) => ids.map((id) => source(id)));
  const date = (id: string) => drawn(id, { sensor: "sentinel-2" });
  sync.draw([date("acquisition:june")]);
  await settle();
  sync.draw([date("acquisition:july")]);
  await settle();
  expect(shown("acquisition:june", "acquisition:july")).toEqual(["acquisition:june", "acquisition:july"]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(shown("acquisition:june", "acquisition:july")).toEqual(["acquisition:july"]);
  // Back again before it has gone: it stays.
  sync.draw([date("acquisition:june")]);
  sync.draw([date("acquisition:july")]);
  await vi.advanceTimersByTimeAsync(3000);
  expect(shown("acquisition:june", "acquisition:july")).toEqual(["acquisition:july"]);
});

test("a date stays as long as the next one loads, and pales so that it is not taken for that", async () => {
  program.on("layers.sources", ({ ids }) => ids.map((id) => source(id)));
  const date = (id: string) => drawn(id, { sensor: "sentinel-2", opacity: 0.9 });
  sync.draw([date("acquisition:june")]);
  await settle();
  sync.draw([date("acquisition:july")]);
  await settle();
  const [june, july] = [sync.raster("acquisition:june")!, sync.raster("acquisition:july")!];
  const loading = vi.spyOn(july, "loading", "get").mockReturnValue(true);
  await vi.advanceTimersByTimeAsync(300);
  expect(june.layer.getOpacity()).toBe(0.9);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(shown("acquisition:june", "acquisition:july")).toEqual(["acquisition:june", "acquisition:july"]);
  expect(june.layer.getOpacity()).toBeLessThan(0.5);
  loading.mockReturnValue(false);
  vi.spyOn(july, "drawn", "get").mockReturnValue(true);
  await vi.advanceTimersByTimeAsync(100);
  expect(shown("acquisition:june", "acquisition:july")).toEqual(["acquisition:july"]);
  sync.draw([date("acquisition:june")]);
  await settle();
  expect(june.layer.getOpacity()).toBe(0.9);
});

test("a date that is wanted again while its file is looked up anew stays on the map", async () => {
  program.on("layers.sources", ({ ids }) => ids.map((id) => source(id)));
  const date = (id: string) => drawn(id, { sensor: "sentinel-2" });
  sync.draw([date("acquisition:june")]);
  await settle();
  sync.draw([date("acquisition:july")]);
  await settle();
  program.late("layers.sources");
  void sync.refresh();
  sync.draw([date("acquisition:june")]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(shown("acquisition:june")).toEqual(["acquisition:june"]);
});

test("layers that went out of sight last keep their tiles; those before them do not", async () => {
  const ids = Array.from({ length: 8 }, (_, i) => `raster:${i}`);
  const layersNow = async () => {
    sync.draw(ids.map((id) => drawn(id)));
    await settle();
    return ids.map((id) => sync.raster(id)!.layer);
  };
  const before = await layersNow();
  sync.draw([]);
  const after = await layersNow();
  expect(after.map((layer, i) => layer === before[i])).toEqual([false, false, ...Array(6).fill(true)]);
});

test("a hidden layer is drawn for those who hold it, until all have let it go", async () => {
  const first = (await sync.hold("raster:7"))!;
  const second = (await sync.hold("raster:7"))!;
  expect(first.layer).toBe(second.layer);
  sync.draw([]);
  first.release();
  first.release();
  expect(shown("raster:7")).toEqual(["raster:7"]);
  second.release();
  expect(shown("raster:7")).toEqual([]);
  program.on("layers.sources", ({ ids }) => ids.map((id) => source(id, { problem: "The file is gone." })));
  expect(await sync.hold("raster:8")).toBeNull();
});

test("files that changed are looked at again", async () => {
  sync.draw([drawn("raster:1")]);
  await settle();
  const layer = sync.raster("raster:1")!.layer;
  program.on("layers.sources", ({ ids }) =>
    ids.map((id) => source(id, { version: "2", bounds: { minX: 5, minY: 5, maxX: 10, maxY: 10 } })),
  );
  await sync.refresh();
  expect(sync.raster("raster:1")!.layer).toBe(layer);
  expect(layer.getExtent()).toEqual([5, 5, 10, 10]);
});

test("what arrives after the map was left draws nothing", async () => {
  const looking = program.late("layers.sources");
  sync.draw([drawn("raster:1")]);
  await settle();
  sync.dispose();
  await looking.answer([source("raster:1")]);
  expect(map.getLayers().getLength()).toBe(0);
});

test("overlays of other parts come, are replaced and go", () => {
  const [first, second] = [new VectorLayer(), new VectorLayer()];
  const layers = () => map.getLayers().getArray();
  sync.drawOverlays([{ id: "pins", layer: first }]);
  sync.drawOverlays([{ id: "pins", layer: first }]);
  expect(layers()).toEqual([first]);
  sync.drawOverlays([{ id: "pins", layer: second }]);
  expect(layers()).toEqual([second]);
  sync.drawOverlays([]);
  expect(layers()).toEqual([]);
});
