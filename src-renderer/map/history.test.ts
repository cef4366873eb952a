import { beforeEach, expect, test } from "vitest";
import { ViewHistory } from "./history.svelte.ts";
import type { Camera } from "./map-state.svelte.ts";

const at = (x: number, rotation = 0): Camera => ({ center: [x, 0], resolution: 10, rotation });

let viewHistory: ViewHistory;
beforeEach(() => {
  viewHistory = new ViewHistory();
});

/** Goes and comes to rest, as the map tells it. */
function go(by: -1 | 1): Camera | null {
  const camera = viewHistory.step(by);
  if (camera) viewHistory.note(camera);
  return camera;
}

test("back and forward go through the views at which the map has stopped", () => {
  for (const x of [0, 100, 200]) viewHistory.note(at(x));
  expect(go(-1)).toEqual(at(100));
  expect(go(-1)).toEqual(at(0));
  expect(viewHistory.canGoBack).toBe(false);
  expect(go(-1)).toBeNull();
  expect(go(1)).toEqual(at(100));
  expect(go(1)).toEqual(at(200));
  expect(viewHistory.canGoForward).toBe(false);
});

test("a new view after going back clears the views ahead", () => {
  for (const x of [0, 100, 200]) viewHistory.note(at(x));
  go(-1);
  viewHistory.note(at(500));
  expect(viewHistory.canGoForward).toBe(false);
  expect(go(-1)).toEqual(at(100));
});

test("the current view is not stored a second time", () => {
  viewHistory.note(at(0));
  viewHistory.note(at(9));
  viewHistory.note(at(0, 2 * Math.PI));
  expect(viewHistory.canGoBack).toBe(false);
  viewHistory.note(at(11));
  expect(viewHistory.canGoBack).toBe(true);
  viewHistory.note(at(11, 0.5));
  expect(go(-1)).toEqual(at(11));
});

test("going back, stopped by dragging the map, ends at the view where it was stopped", () => {
  for (const x of [0, 1000]) viewHistory.note(at(x));
  viewHistory.step(-1);
  viewHistory.note(at(600));
  expect(viewHistory.canGoForward).toBe(false);
  expect(go(-1)).toEqual(at(0));
});

test("going back to the same view keeps the view ahead", () => {
  for (const x of [0, 100]) viewHistory.note(at(x));
  // The map was there already and never came to rest again.
  viewHistory.step(-1);
  viewHistory.note(at(700));
  expect(viewHistory.canGoBack).toBe(true);
  expect(go(-1)).toEqual(at(0));
});

test("fifty views are kept", () => {
  for (let n = 0; n < 80; n++) viewHistory.note(at(100 * n));
  let steps = 0;
  while (go(-1)) steps++;
  expect(steps).toBe(49);
  expect(viewHistory.step(1)).toEqual(at(3100));
});
