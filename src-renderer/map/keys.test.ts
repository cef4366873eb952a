import "./dom.fixture.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cover, FakeElement, FakeEvent } from "./dom.fixture.ts";
import { followKeys } from "./keys.ts";
import { key, MapUnderTest } from "./map.fixture.ts";

vi.mock("../client/bridge.ts", async () => (await import("./program.fixture.ts")).bridgeOfTests);

let map: MapUnderTest;
let stop: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  map = new MapUnderTest();
  stop = followKeys(map.map, map.target as unknown as HTMLElement);
});
afterEach(() => {
  stop();
  map.dispose();
});

const view = () => map.map.getView();
const rest = () => vi.advanceTimersByTimeAsync(400);
const center = () => view().getCenter()!.map(Math.round);

test("arrows move the view by 120 pixels, with Shift by 20", async () => {
  key("ArrowRight");
  await rest();
  expect(center()).toEqual([520, 300]);
  key("ArrowUp", { shiftKey: true });
  await rest();
  expect(center()).toEqual([520, 320]);
});

test("on a turned map the arrow up goes to the top of the screen", async () => {
  view().setRotation(Math.PI / 2);
  const top = map.map.getCoordinateFromPixel;
  expect(top).toBeTypeOf("function");
  map.draw();
  const wanted = map.map.getCoordinateFromPixel([400, 180])!.map(Math.round);
  key("ArrowUp");
  await rest();
  expect(center()).toEqual(wanted);
});

test("plus and minus, PgUp and PgDn double and halve the scale", async () => {
  for (const [name, resolution] of [
    ["+", 0.5],
    ["-", 1],
    ["=", 0.5],
    ["PageDown", 1],
    ["PageUp", 0.5],
  ] as const) {
    expect(key(name)).toBe(true);
    await rest();
    expect(view().getResolution()).toBeCloseTo(resolution, 6);
  }
});

test("keys with Ctrl, Alt or ⌘ are the window's, and those in a field or under a dialog are theirs", async () => {
  for (const modifiers of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }])
    expect(key("ArrowLeft", modifiers)).toBe(false);
  const field = new FakeElement("input");
  document.body.append(field as never);
  field.focus();
  expect(key("ArrowLeft", {}, field)).toBe(false);
  (document.body as unknown as FakeElement).focus();
  cover(true);
  expect(key("ArrowLeft")).toBe(false);
  cover(false);
  await rest();
  expect(center()).toEqual([400, 300]);
  expect(key("ArrowLeft")).toBe(true);
});

test("Space held down pans with the pointer, under any tool, until it is let go", () => {
  map.move(400, 300);
  expect(key(" ")).toBe(true);
  map.move(400, 300);
  map.move(350, 280);
  expect(center()).toEqual([450, 320]);
  document.body.dispatchEvent(new FakeEvent("keyup", { key: " " }) as never);
  map.move(300, 280);
  expect(center()).toEqual([450, 320]);
});

test("after the window was left with Space down, the next Space begins anew", () => {
  key(" ");
  map.move(400, 300);
  map.move(390, 300);
  (document as unknown as { parentNode: FakeElement }).parentNode.dispatchEvent(new FakeEvent("blur"));
  map.move(200, 100);
  expect(center()).toEqual([410, 300]);
  key(" ");
  map.move(200, 100);
  map.move(190, 100);
  expect(center()).toEqual([420, 300]);
});
