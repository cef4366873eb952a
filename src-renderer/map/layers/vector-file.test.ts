import "../dom.fixture.ts";
import { get as projectionOf } from "ol/proj.js";
import type VectorSource from "ol/source/Vector.js";
import type Style from "ol/style/Style.js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LayerSource } from "../../../src-shared/ipc/index.ts";
import { palettes } from "../../ui/palettes.ts";
import { VectorFileLayer } from "./vector-file.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

const file = (id = "vector:3", version = "1") => ({ id, kind: "vector", version }) as unknown as LayerSource;
const points = (...xs: readonly number[]) => ({
  type: "FeatureCollection",
  features: xs.map((x) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [x, 1] } })),
});

interface Asked {
  readonly address: URL;
  readonly signal: AbortSignal;
  answer(body: unknown, ok?: boolean): Promise<void>;
}
let asked: Asked[];
beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", (address: string, { signal }: { signal: AbortSignal }) => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    asked.push({
      address: new URL(address.replace(/^undefined/, ""), "http://host/"),
      signal,
      async answer(body, ok = true) {
        resolve({ ok, status: ok ? 200 : 500, json: async () => body });
        await new Promise((done) => setTimeout(done, 0));
      },
    });
    return promise;
  });
});
afterEach(() => vi.unstubAllGlobals());

const make = (id?: string, style = {}) => new VectorFileLayer(file(id), projectionOf("EPSG:3857")!, style);
const shown = (layer: VectorFileLayer) =>
  (layer.layer.getSource() as VectorSource).getFeatures().map((one) => one.getGeometry()!.getExtent()[0]);

test("a view is asked for with air around it, and small moves ask for nothing", async () => {
  const layer = make();
  const showing = layer.show([100, 100, 900, 700], 3);
  await asked[0]!.answer(points(1, 2));
  await showing;
  expect(shown(layer)).toEqual([1, 2]);
  expect(Object.fromEntries(asked[0]!.address.searchParams)).toEqual({
    bounds: "0,0,1600,800",
    resolution: "4",
    v: "1",
  });
  expect(asked[0]!.address.pathname).toBe(`/vector/${encodeURIComponent("vector:3")}`);
  await layer.show([150, 120, 950, 720], 3.1);
  expect(asked).toHaveLength(1);
  void layer.show([150, 120, 950, 720], 12);
  expect(asked).toHaveLength(2);
  expect(asked[1]!.address.href).not.toBe(asked[0]!.address.href);
});

test("a view that was left brings nothing, whichever answer comes first", async () => {
  const layer = make();
  void layer.show([0, 0, 100, 100], 1);
  void layer.show([5000, 0, 5100, 100], 1);
  expect([asked[0]!.signal.aborted, asked[1]!.signal.aborted]).toEqual([true, false]);
  await asked[1]!.answer(points(2));
  await asked[0]!.answer(points(1));
  expect(shown(layer)).toEqual([2]);
  layer.dispose();
  expect(asked[1]!.signal.aborted).toBe(true);
});

test("what could not be read is asked for again, and what was shown stays meanwhile", async () => {
  const layer = make();
  void layer.show([0, 0, 100, 100], 1);
  await asked[0]!.answer(points(1));
  void layer.show([5000, 0, 5100, 100], 1);
  await asked[1]!.answer(null, false);
  expect(shown(layer)).toEqual([1]);
  void layer.show([5000, 0, 5100, 100], 1);
  expect(asked).toHaveLength(3);
});

test("another version of the file is asked for anew, the same is not", async () => {
  const layer = make();
  void layer.show([0, 0, 100, 100], 1);
  await asked[0]!.answer(points(1));
  layer.replaceSource(file("vector:3", "1"));
  void layer.show([0, 0, 100, 100], 1);
  expect(asked).toHaveLength(1);
  layer.replaceSource(file("vector:3", "2"));
  void layer.show([0, 0, 100, 100], 1);
  expect(asked).toHaveLength(2);
  expect(asked[1]!.address.href).not.toBe(asked[0]!.address.href);
});

test("a file has a colour of its own until one is chosen; nothing but a colour is taken", () => {
  const color = (layer: VectorFileLayer) => (layer.layer.getStyle() as Style).getStroke()!.getColor();
  expect(color(make("vector:3"))).toBe(palettes.okabe[3 % palettes.okabe.length]);
  expect(color(make("vector:4"))).not.toBe(color(make("vector:3")));
  expect(color(make("vector:3", { color: "#123456" }))).toBe("#123456");
  for (const wrong of ["red", "#12345", 7, null, "#123456; x"])
    expect(color(make("vector:3", { color: wrong })), String(wrong)).toBe(palettes.okabe[3]);
});
