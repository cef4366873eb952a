import "../dom.fixture.ts";
import type WebGLTileLayer from "ol/layer/WebGLTile.js";
import { get as projectionOf } from "ol/proj.js";
import { flushSync } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import { beforeEach, expect, test, vi } from "vitest";
import type { LayerSource } from "../../../src-shared/ipc/index.ts";
import { type FakeProgram, settle } from "../../client/fake-program.fixture.ts";
import { MapActivity } from "../../state/map-activity.svelte.ts";
import { newProgram } from "../../state/state.fixture.ts";
import { detachedRaster } from "./detached-raster.svelte.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

const source = (change: Partial<LayerSource> = {}): LayerSource => ({
  id: "acquisition:a",
  kind: "image",
  sensor: null,
  date: null,
  quantity: "reflectance",
  bands: ["B02", "B03", "B04"].map((name) => ({ name, title: name, classes: false })),
  bounds: { minX: 0, minY: 0, maxX: 800, maxY: 600 },
  resolution: 10,
  version: "1",
  legend: null,
  problem: null,
  ...change,
});

let program: FakeProgram;
let placed: WebGLTileLayer[];
let displaced: number;
beforeEach(() => {
  program = newProgram().on("layers.sources", [source()]).on("layers.statistics", []);
  rows.clear();
  rows.set("slot", { style: { blend: "multiply" } });
  placed = [];
  displaced = 0;
});

const rows = new SvelteMap<string, { style: object }>();
const layers = { slotOf: () => ({ id: "slot" }), rows };
const detach = () =>
  detachedRaster(
    { client: program.client, layers: layers as never, activity: new MapActivity() },
    {
      id: "acquisition:a",
      className: "compare-a",
      projection: projectionOf("EPSG:3857")!,
      place(layer) {
        placed.push(layer);
        return () => void displaced++;
      },
    },
  );

test("a picture beside the tree has a canvas of its own, whatever its blending, and goes with who asked for it", async () => {
  const stop = detach();
  await settle();
  expect(program.requests("layers.sources")).toEqual([{ ids: ["acquisition:a"] }]);
  expect(placed.map((layer) => layer.getClassName())).toEqual(["compare-a"]);
  stop();
  expect(displaced).toBe(1);
});

test("other colours are taken over in the same layer, and never how the tree blends it", async () => {
  const stop = detach();
  await settle();
  const styled = vi.spyOn(placed[0]!, "setStyle");
  // A layer that took over the blending would need another canvas, and would stay as it was.
  rows.set("slot", { style: { blend: "screen", preset: null, bands: ["B04"], ramp: "viridis" } });
  flushSync();
  expect(styled).toHaveBeenCalledTimes(1);
  rows.set("acquisition:a", { style: { blend: "darken", invert: true } });
  flushSync();
  expect(styled).toHaveBeenCalledTimes(2);
  expect(placed).toHaveLength(1);
  stop();
});

test("files that changed are read again in the same layer, until it is gone", async () => {
  const stop = detach();
  await settle();
  program.on("layers.sources", [source({ version: "2", bounds: { minX: 5, minY: 5, maxX: 10, maxY: 10 } })]);
  await program.changed("rasters");
  expect(placed).toHaveLength(1);
  expect(placed[0]!.getExtent()).toEqual([5, 5, 10, 10]);
  stop();
  const before = program.requests("layers.sources").length;
  await program.changed("rasters");
  expect(program.requests("layers.sources")).toHaveLength(before);
});

test("what arrives after it went, cannot be read or cannot be asked for is not placed", async () => {
  const late = program.late("layers.sources");
  const stop = detach();
  await settle();
  stop();
  await late.answer([source()]);
  program.on("layers.sources", [source({ problem: "The file is gone." })]);
  const stopSecond = detach();
  await settle();
  program.refuse("layers.sources", new Error("the connection is gone"));
  const stopThird = detach();
  await settle();
  expect(placed).toEqual([]);
  // It is there again: the next change shows it.
  program.on("layers.sources", [source()]);
  await program.changed("rasters");
  expect(placed).toHaveLength(2);
  stopSecond();
  stopThird();
  expect(displaced).toBe(2);
});
