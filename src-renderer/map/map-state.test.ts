import "./dom.fixture.ts";
import VectorLayer from "ol/layer/Vector.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LabelLayer } from "./layers/labels.ts";
import { MapUnderTest } from "./map.fixture.ts";
import { mapView } from "./map-state.svelte.ts";

vi.mock("../client/bridge.ts", async () => (await import("./program.fixture.ts")).bridgeOfTests);

let map: MapUnderTest;
beforeEach(() => {
  vi.useFakeTimers();
  map = new MapUnderTest();
});
afterEach(() => {
  mapView.attach(null, null);
  map.dispose();
});

const view = () => map.map.getView();

test("a place asked for before the map is there is shown when it comes, and only once", () => {
  expect(mapView.ready).toBe(false);
  mapView.zoomTo({ minX: 1000, minY: 1000, maxX: 1736, maxY: 1200 });
  mapView.attach(map.map, null);
  expect(view().getCenter()).toEqual([1368, 1100]);
  // 32 pixels of air on both sides of 736 metres.
  expect(view().getResolution()).toBeCloseTo(1, 6);
  view().setCenter([0, 0]);
  mapView.attach(map.map, null);
  expect(view().getCenter()).toEqual([0, 0]);
});

test("a point is shown at the scale that is set", async () => {
  mapView.attach(map.map, null);
  mapView.zoomTo({ minX: 50, minY: 60, maxX: 50, maxY: 60 });
  await vi.advanceTimersByTimeAsync(500);
  expect(view().getCenter()).toEqual([50, 60]);
  expect(view().getResolution()).toBe(1);
});

test("a view that was kept comes back as it was", async () => {
  mapView.attach(map.map, null);
  mapView.restore({ center: [5, 6], resolution: 4, rotation: 0.5 });
  await vi.advanceTimersByTimeAsync(500);
  expect([view().getCenter(), view().getResolution(), view().getRotation()]).toEqual([[5, 6], 4, 0.5]);
});

test("an overlay of the same id takes the place of the other, whose end takes nothing away", () => {
  const [first, second] = [new VectorLayer(), new VectorLayer()];
  const endFirst = mapView.overlays.add(first, { id: "pins", zIndex: 620 });
  const endSecond = mapView.overlays.add(second, { id: "pins", zIndex: 620 });
  endFirst();
  expect(mapView.overlays.list.map(({ layer }) => layer)).toEqual([second]);
  expect(second.getZIndex()).toBe(620);
  endSecond();
  expect(mapView.overlays.list).toEqual([]);
});

test("what is lent to tools is taken back by its lender alone", () => {
  const [first, second] = [new LabelLayer(), new LabelLayer()];
  const takeFirst = mapView.lend("labels", first);
  const takeSecond = mapView.lend("labels", second);
  takeFirst();
  expect(mapView.lent.labels).toBe(second);
  takeSecond();
  expect(mapView.lent.labels).toBeNull();
});
