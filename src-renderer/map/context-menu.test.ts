import "./dom.fixture.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { addCommands } from "../state/commands.ts";
import type { MenuItem } from "../ui/menu.ts";
import { openMapMenu } from "./context-menu.ts";
import { FakeEvent } from "./dom.fixture.ts";
import { mapView } from "./index.ts";
import { MapUnderTest } from "./map.fixture.ts";

vi.mock("../client/bridge.ts", async () => (await import("./program.fixture.ts")).bridgeOfTests);
const { opened, anchors } = vi.hoisted(() => ({
  opened: [] as (readonly MenuItem[])[],
  anchors: [] as (DOMRect | undefined)[],
}));
vi.mock("../ui/menu.ts", async (original) => ({
  ...(await original<typeof import("../ui/menu.ts")>()),
  openContextMenu(_: unknown, items: readonly MenuItem[], anchor?: DOMRect) {
    opened.push(items);
    anchors.push(anchor);
  },
}));

type Line = Exclude<MenuItem, "separator">;
let inspectable = true;
const inspecting = vi.fn();
addCommands([{ id: "map.inspect", group: "map", title: "map.inspect", when: () => inspectable, run: inspecting }]);

let map: MapUnderTest;
beforeEach(() => {
  vi.useFakeTimers();
  opened.length = 0;
  inspectable = true;
  map = new MapUnderTest();
  mapView.lonLat = map.lonLat;
  mapView.view = { center: [400, 300], resolution: 1, rotation: 0 };
  mapView.attach(map.map, null);
});
afterEach(() => {
  mapView.attach(null, null);
  map.dispose();
});

const open = (clientX: number, clientY: number, button = 2): Line[] => {
  openMapMenu(new FakeEvent("contextmenu", { clientX, clientY, button }) as never, {} as never);
  return (opened.at(-1) ?? []).filter((item) => item !== "separator");
};
const named = (lines: readonly Line[], name: RegExp) => lines.find(({ label }) => name.test(label));

test("the menu copies the coordinates of the place under the pointer, in every notation", () => {
  const copy = named(open(150, 400), /Copy/)!;
  const texts = copy.items!.map((item) => (item as Line).label);
  expect(texts).toContain("150.0 200.0");
  const [longitude, latitude] = map.lonLat.toLonLat(150, 200);
  expect(texts.some((text) => [longitude, latitude].every((value) => text.includes(Math.abs(value).toFixed(5))))).toBe(
    true,
  );
});

test("asked for by the keyboard it is about the middle of the map", () => {
  // Chromium gives such an event the place of the focused element, and no button.
  const texts = named(open(150, 400, -1), /Copy/)!.items!.map((item) => (item as Line).label);
  expect(texts).toContain("400.0 300.0");
  expect([anchors.at(-1)!.x, anchors.at(-1)!.y]).toEqual([400, 300]);
});

test("it inspects the place, when there is something to inspect", async () => {
  const places: (readonly [number, number])[] = [];
  const stop = mapView.onInspect((place) => places.push(place));
  named(open(150, 400), /[Ii]nspect/)!.run!();
  await vi.advanceTimersByTimeAsync(0);
  expect(inspecting).toHaveBeenCalled();
  expect(places).toEqual([[150, 200]]);
  stop();
  inspectable = false;
  expect(named(open(150, 400), /[Ii]nspect/)).toBeUndefined();
});

test("zooming keeps the place in the middle", async () => {
  named(open(150, 400), /Zoom in/)!.run!();
  await vi.advanceTimersByTimeAsync(500);
  expect(map.map.getView().getCenter()).toEqual([150, 200]);
  expect(map.map.getView().getResolution()).toBe(0.5);
});

test("there is no menu where a tool took the click, or without a map", () => {
  const taken = new FakeEvent("contextmenu", { clientX: 10, clientY: 10, button: 2 });
  taken.preventDefault();
  openMapMenu(taken as never, {} as never);
  mapView.attach(null, null);
  open(150, 400);
  expect(opened).toEqual([]);
});
