import "../dom.fixture.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { windowListeners } from "../dom.fixture.ts";
import { LabelLayer } from "../layers/labels.ts";
import { MapUnderTest } from "../map.fixture.ts";
import type { ToolHandlers } from "./handler.ts";
import { handlers } from "./handlers.ts";
import { factsOf, type Mode, modes } from "./modes.ts";
import { runTool } from "./run-tool.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

let map: MapUnderTest;
beforeEach(() => {
  vi.useFakeTimers();
  map = new MapUnderTest();
  map.lent.labels = new LabelLayer();
  map.lent.area = { end() {} };
});
afterEach(() => map.dispose());

const all = Object.keys(modes) as Mode[];

test("every mode has one handler, and none has a handler that is no mode", () => {
  expect(Object.keys(handlers).toSorted()).toEqual(all.toSorted());
  const { pan: _pan, ...lacking } = handlers;
  // @ts-expect-error a mode without a handler does not compile
  lacking satisfies ToolHandlers;
  // @ts-expect-error a handler cannot use what its mode does not say it needs
  ({ ...handlers, inspect: ({ labels }) => ({ stop: () => labels.layer.dispose() }) }) satisfies ToolHandlers;
});

test.each(all)("%s sets its cursor, and leaves nothing behind when it is put away", (mode) => {
  const state = () => [
    windowListeners(),
    map.map.getInteractions().getLength(),
    map.map.getLayers().getLength(),
    map.target.style.cursor ?? "",
  ];
  const before = state();
  const putAway = map.take(mode);
  expect(map.target.style.cursor).toBe(factsOf(mode).cursor);
  map.move(100, 100);
  map.click(100, 100);
  putAway();
  expect(state()).toEqual(before);
});

test("a mode begins only when the parts of the map that it needs are there", () => {
  const nothing = { labels: null, area: null };
  const begins = all.filter((mode) => {
    const stop = runTool(handlers, mode, map, nothing);
    stop?.();
    return stop !== null;
  });
  expect(begins).toEqual(["pan", "inspect", "inspect-area", "similar", "measure-length", "measure-area"]);
});
