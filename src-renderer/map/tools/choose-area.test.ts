import "../dom.fixture.ts";
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mapView } from "../index.ts";
import { key, MapUnderTest } from "../map.fixture.ts";
import { followTool } from "../map-effects.fixture.svelte.ts";
import { type ChosenArea, chooseArea } from "./choose-area.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

let map: MapUnderTest;
let stop: () => void;
let answers: (ChosenArea | null)[];
beforeEach(() => {
  vi.useFakeTimers();
  map = new MapUnderTest();
  mapView.tool = "inspect";
  stop = followTool(map);
  answers = [];
  flushSync();
});
afterEach(() => {
  stop();
  mapView.tool = "pan";
  map.dispose();
});

const ask = (kind: "rectangle" | "polygon", into = answers) => {
  const giveUp = chooseArea(kind, (area) => into.push(area));
  flushSync();
  return giveUp;
};
const settle = async () => {
  for (let turn = 0; turn < 3; turn++) await Promise.resolve();
  flushSync();
};

test("two clicks choose a rectangle, and the tool from before is back in hand", async () => {
  ask("rectangle");
  expect(mapView.tool).toBe("choose-rectangle");
  map.click(300, 200);
  map.click(100, 400);
  await settle();
  expect(answers).toEqual([{ bounds: { minX: 100, minY: 200, maxX: 300, maxY: 400 }, outline: null }]);
  expect(mapView.tool).toBe("inspect");
  expect(mapView.lent.area).toBeNull();
});

test("a polygon ends by a double click, by Enter or by the right button", async () => {
  const ends = [() => map.click(300, 400), () => key("Enter"), () => map.click(700, 500, "right")];
  for (const end of ends) {
    ask("polygon");
    map.click(100, 200);
    map.click(300, 200);
    map.click(300, 400);
    end();
    await settle();
  }
  const outline = [
    [
      [100, 200],
      [300, 200],
      [300, 400],
      [100, 200],
    ],
  ];
  const chosen = { bounds: { minX: 100, minY: 200, maxX: 300, maxY: 400 }, outline };
  expect(answers).toEqual([chosen, chosen, chosen]);
});

test("Backspace takes a corner back; Esc gives up, also in the middle of an outline", async () => {
  ask("polygon");
  map.click(100, 200);
  expect(key("Backspace")).toBe(true);
  map.click(100, 200);
  expect(key("Escape")).toBe(true);
  await settle();
  expect(answers).toEqual([null]);
  expect(mapView.tool).toBe("inspect");
});

test("the right button chooses no corner", async () => {
  ask("rectangle");
  map.click(100, 100, "right");
  map.click(200, 200, "right");
  await settle();
  expect(answers).toEqual([]);
});

test("taking another tool, or the form's own end, gives up once", async () => {
  const giveUp = ask("rectangle");
  mapView.tool = "measure-length";
  flushSync();
  await settle();
  giveUp();
  expect(answers).toEqual([null]);
  expect(mapView.tool).toBe("measure-length");
  ask("polygon")();
  await settle();
  expect(answers).toEqual([null, null]);
  expect(mapView.tool).toBe("measure-length");
});

test.each(["rectangle", "polygon"] as const)(
  "a second form that asks for a %s takes the map over from the first",
  async (kind) => {
    const second: (ChosenArea | null)[] = [];
    ask("polygon");
    ask(kind, second);
    await settle();
    expect(answers).toEqual([null]);
    expect(second).toEqual([]);
    expect(mapView.tool).toBe(`choose-${kind}`);
    key("Escape");
    await settle();
    expect(second).toEqual([null]);
    // Not back to a form that is gone.
    expect(mapView.tool).toBe("pan");
  },
);
