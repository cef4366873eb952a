import "../dom.fixture.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pins } from "../../state/index.ts";
import { key, MapUnderTest } from "../map.fixture.ts";
import { program } from "../program.fixture.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

let map: MapUnderTest;
beforeEach(() => {
  vi.useFakeTimers();
  program.on("inspect.series", { places: [], problems: [] } as never);
  map = new MapUnderTest();
});
afterEach(() => {
  pins.clear();
  map.dispose();
});

const places = () => pins.list.map(({ place }) => place);

test("a click puts a pin, the next click moves it", () => {
  map.take("inspect");
  map.click(100, 200);
  map.click(150, 250);
  expect(places()).toEqual([{ kind: "point", x: 150, y: 250 }]);
});

test("Shift, Ctrl or the Mac's command key puts another pin beside it", () => {
  map.take("inspect");
  map.click(100, 200);
  for (const [at, modifiers] of [{ shiftKey: true }, { ctrlKey: true }, { metaKey: true }].entries())
    map.click(200 + 100 * at, 300, "left", modifiers);
  expect(places().map((place) => (place.kind === "point" ? place.x : null))).toEqual([100, 200, 300, 400]);
});

test("panning and the other buttons put no pin", () => {
  map.take("inspect");
  map.drag([100, 100], [200, 200]);
  map.click(100, 100, "right");
  map.click(100, 100, "middle");
  expect(places()).toEqual([]);
});

test("an outline is inspected when it is ended; the right button makes no corner of its own", () => {
  map.take("inspect-area");
  map.click(100, 100);
  map.click(200, 100);
  map.click(200, 200);
  expect(places()).toEqual([]);
  expect(map.click(600, 500, "right")).toBe(false);
  const ring = [
    [100, 100],
    [200, 100],
    [200, 200],
    [100, 100],
  ];
  expect(places()).toEqual([{ kind: "polygon", coordinates: [[ring]] }]);
  map.click(600, 500, "right");
  expect(places()).toHaveLength(1);
});

test("Backspace takes a corner back, Esc the outline; keys work wherever the focus is", () => {
  map.take("inspect-area");
  map.click(100, 100);
  map.click(200, 100);
  map.click(200, 200);
  map.click(500, 500);
  expect(key("Backspace")).toBe(true);
  expect(key("Enter")).toBe(true);
  expect(places()).toMatchObject([
    {
      coordinates: [
        [
          [
            [100, 100],
            [200, 100],
            [200, 200],
            [100, 100],
          ],
        ],
      ],
    },
  ]);
  map.click(300, 300);
  expect(key("Escape")).toBe(true);
  expect(key("Escape")).toBe(false);
  expect(places()).toHaveLength(1);
});
