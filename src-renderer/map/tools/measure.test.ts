import "../dom.fixture.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cover, FakeButton, FakeElement, windowListeners } from "../dom.fixture.ts";
import { measure } from "../index.ts";
import { key, MapUnderTest } from "../map.fixture.ts";
import { figures } from "./measure.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

let map: MapUnderTest;
beforeEach(() => {
  vi.useFakeTimers();
  map = new MapUnderTest();
});
afterEach(() => map.dispose());

test("a length grows with the pointer and ends by a second click on its last corner", () => {
  map.take("measure-length");
  expect(measure.now).toBeNull();
  map.click(100, 100);
  map.move(150, 100);
  expect(measure.now).toMatchObject({ kind: "length", finished: false, planeLength: 50 });
  map.click(200, 100);
  map.click(200, 200);
  map.click(200, 200);
  expect(measure.now).toMatchObject({ finished: true, planeLength: 200 });
  // The next click begins anew.
  map.click(300, 300);
  map.move(310, 300);
  expect(measure.now).toMatchObject({ finished: false, planeLength: 10 });
});

test("Backspace and Ctrl+Z take the last corner back, and the first one ends the measuring", () => {
  map.take("measure-length");
  map.click(100, 100);
  map.click(200, 100);
  map.click(200, 200);
  expect(key("Backspace")).toBe(true);
  map.move(300, 100);
  expect(measure.now!.planeLength).toBe(200);
  expect(key("z", { ctrlKey: true })).toBe(true);
  expect(key("Backspace")).toBe(true);
  expect(measure.now).toBeNull();
  // Nothing is left that Ctrl+Z could mean here: it is the project's.
  expect(key("z", { ctrlKey: true })).toBe(false);
});

test("Enter and the right button end where the last corner is, not where the pointer is", () => {
  map.take("measure-length");
  for (const end of [() => key("Enter"), () => map.click(500, 500, "right")]) {
    map.click(100, 100);
    map.click(200, 100);
    map.move(500, 500);
    end();
    expect(measure.now).toMatchObject({ finished: true, planeLength: 100 });
  }
});

test("a line of one corner and an outline of two are not ended", () => {
  const putAway = map.take("measure-length");
  map.click(100, 100);
  map.move(200, 100);
  key("Enter");
  expect(measure.now!.finished).toBe(false);
  putAway();
  map.take("measure-area");
  map.click(100, 100);
  map.click(200, 100);
  map.move(200, 300);
  map.click(200, 300, "right");
  expect(measure.now!.finished).toBe(false);
  map.click(200, 200);
  key("Enter");
  expect(measure.now).toMatchObject({ kind: "area", finished: true, planeArea: 5000 });
});

test("Esc clears what is drawn and what was measured; the next Esc is left to others", () => {
  map.take("measure-length");
  map.click(100, 100);
  expect(key("Escape")).toBe(true);
  expect(measure.now).toBeNull();
  map.click(100, 100);
  map.click(200, 100);
  key("Enter");
  expect(key("Escape")).toBe(true);
  expect(measure.now).toBeNull();
  expect(key("Escape")).toBe(false);
});

test("Shift, the middle button and the right button make no corner", () => {
  map.take("measure-length");
  map.click(100, 100, "left", { shiftKey: true });
  map.click(100, 100, "middle");
  map.click(100, 100, "right");
  expect(measure.now).toBeNull();
});

test("the middle button pans while a line is drawn", () => {
  map.take("measure-length");
  map.click(100, 100);
  map.drag([400, 300], [500, 300], "middle");
  expect(map.map.getView().getCenter()![0]).toBeLessThan(320);
  key("Backspace");
  expect(measure.now).toBeNull();
});

test("keys typed into a field, in a dialog or on a focused button are not for the tool", () => {
  map.take("measure-length");
  map.click(100, 100);
  map.click(200, 100);
  const field = new FakeElement("textarea");
  document.body.append(field as never);
  expect(key("Backspace", {}, field)).toBe(false);
  expect(key("z", { ctrlKey: true }, field)).toBe(false);
  const list = new FakeElement("select");
  document.body.append(list as never);
  expect(key("Backspace", {}, list)).toBe(false);
  // A list has no undo of its own.
  expect(key("z", { ctrlKey: true }, list)).toBe(true);
  const button = new FakeButton();
  document.body.append(button as never);
  map.click(200, 100);
  expect(key("Enter", {}, button)).toBe(false);
  cover(true);
  expect(key("Escape")).toBe(false);
  cover(false);
  expect(key("Escape")).toBe(true);
});

test("putting the tool away leaves nothing behind", () => {
  const before = [windowListeners(), map.map.getInteractions().getLength(), map.map.getLayers().getLength()];
  const putAway = map.take("measure-area");
  map.click(100, 100);
  putAway();
  expect(measure.now).toBeNull();
  expect([windowListeners(), map.map.getInteractions().getLength(), map.map.getLayers().getLength()]).toEqual(before);
});

test("on the ground UTM's middle meridian is 0.04 % longer than in the plane, and an outline counts its last side", () => {
  // The scale on the central meridian is 0.9996 (EPSG method 9807).
  const line = [
    [500_000, 5_000_000],
    [500_000, 5_001_000],
  ] as const;
  const { length, planeLength, area } = figures("length", line, map.lonLat, true, 1);
  expect(planeLength).toBe(1000);
  expect(length / planeLength).toBeCloseTo(1 / 0.9996, 6);
  expect(area).toBe(0);
  const square = [
    [500_000, 5_000_000],
    [501_000, 5_000_000],
    [501_000, 5_001_000],
    [500_000, 5_001_000],
  ] as const;
  const outline = figures("area", square, map.lonLat, true, 1);
  expect(outline.planeArea).toBe(1e6);
  expect(outline.planeLength).toBe(4000);
  expect(outline.area / 1e6).toBeCloseTo(1 / 0.9996 ** 2, 5);
  // In feet a plane length is told in metres too.
  expect(figures("length", line, map.lonLat, true, 0.3048).planeLength).toBeCloseTo(304.8, 6);
});
