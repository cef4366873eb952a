import "./dom.fixture.ts";
import Feature from "ol/Feature.js";
import Point from "ol/geom/Point.js";
import type BaseLayer from "ol/layer/Base.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { session } from "../state/index.ts";
import { mapView } from "./index.ts";
import { LabelLayer } from "./layers/labels.ts";
import { overlayCopies, snapshot } from "./snapshot.ts";

vi.mock("../client/bridge.ts", async () => (await import("./program.fixture.ts")).bridgeOfTests);

const stops: (() => void)[] = [];
beforeEach(() => {
  vi.useFakeTimers();
  const geobox = { crs: "EPSG:32631", affine: { a: 10, b: 0, c: 0, d: 0, e: -10, f: 600 }, width: 80, height: 60 };
  const proj = "+proj=utm +zone=31 +datum=WGS84 +units=m +no_defs";
  session.project = { folder: "/p", proj, lonLat: null, grid: { geobox } } as never;
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  session.project = null;
});

const add = (layer: BaseLayer, id: string, zIndex: number) => stops.push(mapView.overlays.add(layer, { id, zIndex }));
const points = () => new VectorLayer({ source: new VectorSource({ features: [new Feature(new Point([1, 2]))] }) });
const options = { center: [400, 300], resolution: 1, rotation: 0, width: 200, height: 100, dpiScale: 1 } as const;

test("a picture has the overlays that are seen: outlines, and labels of many patches", () => {
  const labels = new LabelLayer();
  labels.source.addFeature(new Feature() as never);
  labels.cells.layer.setOpacity(0.4);
  const pins = points();
  const hidden = points();
  hidden.setVisible(false);
  add(labels.layer, "labels", 220);
  add(labels.cells.layer, "label-cells", 205);
  add(pins, "pins", 620);
  add(hidden, "hidden", 300);
  add(new VectorLayer({ source: new VectorSource() }), "empty", 300);
  const copies = overlayCopies();
  expect(copies.map((layer) => layer.getZIndex())).toEqual([220, 205, 620]);
  expect(copies[1]!.getOpacity()).toBe(0.4);
  // The same features and pictures, drawn by layers of the picture's own.
  const sources = [labels.layer, labels.cells.layer, pins].map((layer) => layer.getSource());
  expect(copies.map((layer) => (layer as VectorLayer).getSource())).toEqual(sources);
  expect(copies.some((layer) => layer === labels.layer || layer === labels.cells.layer || layer === pins)).toBe(false);
});

test("a picture of what is there is finished", async () => {
  add(points(), "pins", 620);
  const onunfinished = vi.fn();
  const making = snapshot({ ...options, onunfinished });
  await vi.advanceTimersByTimeAsync(1000);
  expect((await making).width).toBe(200);
  expect(onunfinished).not.toHaveBeenCalled();
  expect((document.body as unknown as { children: unknown[] }).children).toEqual([]);
});

test("a picture that does not come to its end is given as it is, and that is said", async () => {
  // Its source reads and reads.
  const source = new VectorSource({ loader: (_extent, _resolution, _projection, _done) => undefined as never });
  source.addFeature(new Feature(new Point([400, 300])));
  add(new VectorLayer({ source }), "slow", 300);
  const onunfinished = vi.fn();
  const making = snapshot({ ...options, onunfinished });
  await vi.advanceTimersByTimeAsync(59_000);
  expect(onunfinished).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2000);
  await making;
  expect(onunfinished).toHaveBeenCalledOnce();
});

test("a picture that nobody wants any longer ends at once, at whatever it was", async () => {
  const early = new AbortController();
  const first = snapshot({ ...options, signal: early.signal });
  early.abort(new Error("closed"));
  await expect(first).rejects.toThrow("closed");
  const source = new VectorSource({ loader: (_extent, _resolution, _projection, _done) => undefined as never });
  source.addFeature(new Feature(new Point([400, 300])));
  add(new VectorLayer({ source }), "slow", 300);
  const late = new AbortController();
  const second = snapshot({ ...options, signal: late.signal });
  const refused = expect(second).rejects.toThrow("closed");
  await vi.advanceTimersByTimeAsync(500);
  late.abort(new Error("closed"));
  await refused;
  await expect(snapshot({ ...options, signal: late.signal })).rejects.toThrow("closed");
});
