import "../dom.fixture.ts";
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { labelDrawing, selection } from "../../state/index.ts";
import { openLabels } from "../labels.fixture.ts";
import { key, MapUnderTest } from "../map.fixture.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

let map: MapUnderTest;
let close: () => void;
beforeEach(async () => {
  vi.useFakeTimers();
  map = new MapUnderTest();
  const { layer, stop } = await openLabels();
  map.lent.labels = layer;
  close = stop;
  map.take("labels.select");
});
afterEach(() => {
  close();
  map.dispose();
});

const chosen = () => {
  flushSync();
  return [...selection.labels].toSorted();
};

test("a click selects the smallest label, a second one what lies below it, a third the first again", () => {
  map.click(230, 230);
  expect(chosen()).toEqual([2]);
  map.click(230, 230);
  expect(chosen()).toEqual([1]);
  map.click(230, 230);
  expect(chosen()).toEqual([2]);
});

test("a click beside all labels selects nothing, but not with Shift or Ctrl", () => {
  map.click(550, 150);
  map.click(700, 500, "left", { shiftKey: true });
  map.click(700, 500, "left", { ctrlKey: true });
  expect(chosen()).toEqual([3]);
  map.click(700, 500);
  expect(chosen()).toEqual([]);
});

test("Shift, Ctrl and the Mac's command key add a label and take it away", () => {
  map.click(550, 150);
  map.click(120, 120, "left", { shiftKey: true });
  expect(chosen()).toEqual([1, 3]);
  map.click(550, 150, "left", { ctrlKey: true });
  expect(chosen()).toEqual([1]);
  map.click(550, 150, "left", { metaKey: true });
  expect(chosen()).toEqual([1, 3]);
});

test("dragging with Shift adds what the box touches, without panning", () => {
  map.click(550, 150);
  map.drag([190, 190], [280, 280], "left", { shiftKey: true });
  expect(chosen()).toEqual([1, 2, 3]);
  expect(map.map.getView().getCenter()).toEqual([400, 300]);
});

test("the right and the middle button select nothing", () => {
  map.click(550, 150, "right");
  map.click(550, 150, "middle");
  expect(chosen()).toEqual([]);
});

test("labels that the table's filter hides are not found", () => {
  labelDrawing.showOnly(new Set([1]));
  flushSync();
  map.click(230, 230);
  expect(chosen()).toEqual([1]);
  labelDrawing.showOnly(null);
});

test("Esc clears the selection; a second Esc is left to others", () => {
  map.click(550, 150);
  expect(key("Escape")).toBe(true);
  expect(chosen()).toEqual([]);
  expect(key("Escape")).toBe(false);
});

test("the label under the pointer is told, until the pointer leaves the map", () => {
  map.move(230, 230);
  expect(labelDrawing.hovered).toBe(2);
  expect(map.target.classList.contains("over-label")).toBe(true);
  map.move(700, 500);
  expect(labelDrawing.hovered).toBeNull();
  map.move(120, 120);
  expect(labelDrawing.hovered).toBe(1);
  map.leave();
  expect(labelDrawing.hovered).toBeNull();
});
