import "./dom.fixture.ts";
import VectorLayer from "ol/layer/Vector.js";
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MapUnderTest } from "./map.fixture.ts";
import { inEffect } from "./map-effects.fixture.svelte.ts";
import { MapView } from "./map-state.svelte.ts";

vi.mock("../client/bridge.ts", async () => (await import("./program.fixture.ts")).bridgeOfTests);

let map: MapUnderTest;
let view: MapView;
let still: boolean;
beforeEach(() => {
  vi.useFakeTimers();
  still = true;
  map = new MapUnderTest();
  view = new MapView(() => still);
});
afterEach(() => map.dispose());

const box = { minX: 1000, minY: 1000, maxX: 1800, maxY: 1600 };
const center = () => map.map.getView().getCenter();
const island = () => ({
  flash: vi.fn(),
  raster: vi.fn(() => null),
  refresh: vi.fn(async () => {}),
  hold: vi.fn(async () => null),
});

test("a place that was asked for before the map was there is shown when it comes, once", () => {
  expect(view.ready).toBe(false);
  view.zoomTo(box);
  view.attach(map.map, island());
  expect([view.ready, center()]).toEqual([true, [1400, 1300]]);
  map.map.getView().setCenter([0, 0]);
  view.attach(map.map, island());
  expect(center()).toEqual([0, 0]);
});

test("all of a box is shown with air around it; a point at the scale that is set", () => {
  view.attach(map.map, island());
  view.zoomTo(box, { air: 100 });
  const resolution = map.map.getView().getResolution()!;
  // 800 × 600 metres into 600 × 400 pixels.
  expect(resolution).toBeCloseTo(1.5, 6);
  view.zoomTo({ minX: 50, minY: 60, maxX: 50, maxY: 60 });
  expect([center(), map.map.getView().getResolution()]).toEqual([[50, 60], resolution]);
});

test("who wants nothing to move by itself sees the end at once; others an animation, which the next one replaces", async () => {
  view.attach(map.map, island());
  view.panTo([10, 20], 2);
  expect([center(), map.map.getView().getResolution()]).toEqual([[10, 20], 2]);
  view.restore({ center: [30, 40], resolution: 4, rotation: 1 });
  expect([center(), map.map.getView().getResolution(), map.map.getView().getRotation()]).toEqual([[30, 40], 4, 1]);
  view.rotate(0);
  expect(map.map.getView().getRotation()).toBe(0);
  still = false;
  view.zoomTo(box);
  expect(map.map.getView().getAnimating()).toBe(true);
  view.panTo([5, 5]);
  await vi.advanceTimersByTimeAsync(1000);
  map.draw();
  expect(map.map.getView().getAnimating()).toBe(false);
  expect(center()).toEqual([5, 5]);
});

test("a box that is asked for while the map moves is where the map ends, although it would be there before", async () => {
  view.attach(map.map, island());
  still = false;
  view.panTo([5, 5]);
  view.zoomTo(box, { duration: 100 });
  await vi.advanceTimersByTimeAsync(1000);
  map.draw();
  expect(map.map.getView().getAnimating()).toBe(false);
  expect(center()).toEqual([1400, 1300]);
});

test("layers of other parts are drawn at their height; one of the same name takes the place of the other", () => {
  const [first, second] = [new VectorLayer(), new VectorLayer()];
  const takeFirst = view.overlays.add(first, { id: "pins", zIndex: 500 });
  expect(first.getZIndex()).toBe(500);
  const takeSecond = view.overlays.add(second, { id: "pins", zIndex: 510 });
  expect(view.overlays.list.map(({ layer }) => layer)).toEqual([second]);
  // Who was replaced takes nothing away.
  takeFirst();
  expect(view.overlays.list).toHaveLength(1);
  takeSecond();
  expect(view.overlays.list).toEqual([]);
});

test("who adds a layer or lends something in an effect does not follow what it changes", () => {
  let runs = 0;
  const stop = inEffect(() => {
    runs++;
    const stopAdding = view.overlays.add(new VectorLayer(), { id: "pins", zIndex: 1 });
    const stopLending = view.lend("area", {} as never);
    return () => {
      stopAdding();
      stopLending();
    };
  });
  flushSync();
  view.overlays.add(new VectorLayer(), { id: "other", zIndex: 1 });
  flushSync();
  expect(runs).toBe(1);
  stop();
});

test("what is lent is taken back by who lent it last", () => {
  const [labels, others] = [{}, {}] as never[];
  const takeBack = view.lend("labels", labels!);
  const takeOthersBack = view.lend("labels", others!);
  takeBack();
  expect(view.lent.labels).toBe(others);
  takeOthersBack();
  expect(view.lent.labels).toBeNull();
});

test("those who listen hear which place is to be inspected, until they stop", () => {
  const heard = vi.fn();
  const stop = view.onInspect(heard);
  view.inspectAt([1, 2]);
  stop();
  view.inspectAt([3, 4]);
  expect(heard.mock.calls).toEqual([[[1, 2]]]);
});

test("without a map nothing is drawn, held or flashed; with one it is asked", async () => {
  expect([view.rasterLayer("raster:1"), view.drawing("raster:1"), await view.show("raster:1")]).toEqual([
    null,
    null,
    null,
  ]);
  await view.refresh();
  view.flash(box);
  view.panTo([1, 1]);
  const drawn = island();
  const layer = {};
  drawn.raster.mockReturnValue({ layer } as never);
  view.attach(map.map, drawn);
  expect(view.rasterLayer("raster:1")).toBe(layer);
  await view.refresh();
  view.flash(box);
  expect([drawn.refresh.mock.calls.length, drawn.flash.mock.calls]).toEqual([1, [[box]]]);
  view.attach(null, null);
  expect(view.rasterLayer("raster:1")).toBeNull();
});
