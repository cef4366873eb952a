import "../dom.fixture.ts";
import { flushSync } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { settle } from "../../client/fake-program.fixture.ts";
import { labelDrawing, labels, selection } from "../../state/index.ts";
import { openLabels, ringOf, sampleLabels } from "../labels.fixture.ts";
import { coordinatesOf, type LabelLayer } from "../layers/labels.ts";
import { key, MapUnderTest } from "../map.fixture.ts";
import { program } from "../program.fixture.ts";

vi.mock("../../client/bridge.ts", async () => (await import("../program.fixture.ts")).bridgeOfTests);

let map: MapUnderTest;
let layer: LabelLayer;
let close: () => void;
beforeEach(async () => {
  vi.useFakeTimers();
  program.on("labels.update", null as never);
  program.on("labels.move", null as never);
  map = new MapUnderTest();
  ({ layer, stop: close } = await openLabels());
  map.lent.labels = layer;
});
afterEach(() => {
  close();
  map.dispose();
});

const select = (...ids: number[]) => {
  labels.select(ids);
  flushSync();
};
const onMap = (id: number) => coordinatesOf(layer.feature(id)!);
const known = (id: number) => sampleLabels.find((label) => label.id === id)!.coordinates;
const updates = () => program.requests("labels.update") as { labels: { id: number; coordinates: unknown }[] }[];

test("a corner of a selected label is dragged, and the outline is stored", async () => {
  map.take("labels.vertices");
  select(3);
  map.drag([600, 200], [640, 230]);
  await settle();
  const [ring] = updates()[0]!.labels[0]!.coordinates as number[][][][];
  expect(updates()).toMatchObject([{ labels: [{ id: 3 }] }]);
  expect(ring![0]).toContainEqual([640, 230]);
  expect(ring![0]).not.toContainEqual([600, 200]);
  expect(onMap(3)).toEqual(updates()[0]!.labels[0]!.coordinates);
});

test("a corner of a label that is not selected stays where it is", async () => {
  map.take("labels.vertices");
  map.drag([600, 200], [640, 230]);
  await settle();
  expect(updates()).toEqual([]);
  expect(onMap(3)).toEqual(known(3));
});

test("dragging an edge makes a corner; Alt+click takes it away", async () => {
  map.take("labels.vertices");
  select(3);
  map.drag([550, 200], [550, 260]);
  await settle();
  expect(updates()).toHaveLength(1);
  expect(JSON.stringify(updates()[0])).toContain("[550,260]");
  map.click(550, 260, "left", { altKey: true });
  await vi.advanceTimersByTimeAsync(300);
  await settle();
  expect(updates()).toHaveLength(2);
  expect(updates()[1]!.labels[0]!.coordinates).toEqual([[ringOf([500, 100, 600, 200])]]);
});

test("Delete takes away the corner that was dragged last", async () => {
  map.take("labels.vertices");
  select(3);
  map.drag([600, 200], [640, 230]);
  await settle();
  expect(key("Delete")).toBe(true);
  await settle();
  expect(JSON.stringify(updates().at(-1))).not.toContain("[640,230]");
});

test("a click selects, so that another label can be taken in hand", async () => {
  map.take("labels.vertices");
  map.click(550, 150);
  expect([...selection.labels]).toEqual([3]);
});

test("of a refused outline Esc restores the label and keeps it selected; a second Esc lets it go", async () => {
  program.refuse("labels.update", new Error("crosses itself"));
  map.take("labels.vertices");
  select(3);
  map.drag([600, 200], [450, 50]);
  await settle();
  expect(labelDrawing.rejected?.error).toEqual(new Error("crosses itself"));
  expect(onMap(3)).not.toEqual(known(3));
  expect(key("Escape")).toBe(true);
  expect(labelDrawing.rejected).toBeNull();
  expect(onMap(3)).toEqual(known(3));
  expect([...selection.labels]).toEqual([3]);
  expect(key("Escape")).toBe(true);
  expect([...selection.labels]).toEqual([]);
});

test("a refused outline is mended by dragging on, or by Enter", async () => {
  program.refuse("labels.update", new Error("crosses itself"));
  map.take("labels.vertices");
  select(3);
  map.drag([600, 200], [450, 50]);
  await settle();
  program.on("labels.update", null as never);
  expect(key("Enter")).toBe(true);
  await settle();
  expect(labelDrawing.rejected).toBeNull();
  expect(updates()).toHaveLength(2);
  expect(JSON.stringify(updates()[1])).toContain("[450,50]");
});

test("a refused outline is not forgotten when another label is selected and changed", async () => {
  program.refuse("labels.update", new Error("crosses itself"));
  map.take("labels.vertices");
  select(3);
  map.drag([600, 200], [450, 50]);
  await settle();
  select(1);
  program.on("labels.update", null as never);
  map.drag([100, 100], [90, 90]);
  await settle();
  // Either it went along, or it is still said to be refused: the map never shows what is not stored.
  expect(updates()[1]!.labels.map(({ id }) => id)).toEqual([3, 1]);
  expect(labelDrawing.rejected).toBeNull();
});

test("a tool that is put away restores what was refused, also when the refusal comes later", async () => {
  program.refuse("labels.update", new Error("crosses itself"));
  const putAway = map.take("labels.vertices");
  select(3);
  map.drag([600, 200], [450, 50]);
  await settle();
  putAway();
  expect(onMap(3)).toEqual(known(3));
  expect(labelDrawing.rejected).toBeNull();

  const answers = program.late("labels.update");
  const putAwayAgain = map.take("labels.vertices");
  map.drag([600, 200], [450, 50]);
  await settle();
  putAwayAgain();
  await answers.fail(new Error("crosses itself"));
  expect(onMap(3)).toEqual(known(3));
  expect(labels.failed).toEqual(new Error("crosses itself"));
});

test("selected labels are dragged together, by what the pointer moved", async () => {
  map.take("labels.move");
  select(1, 3);
  map.drag([550, 150], [570, 180]);
  await settle();
  expect(program.requests("labels.move")).toEqual([{ ids: [1, 3], dx: 20, dy: 30 }]);
});

test("a label that is pressed and released at one place is not moved", async () => {
  map.take("labels.move");
  select(3);
  map.drag([550, 150], [550, 150]);
  map.click(520, 120);
  await settle();
  expect(program.requests("labels.move")).toEqual([]);
  expect(onMap(3)).toEqual(known(3));
  map.drag([550, 150], [551, 150]);
  await settle();
  expect(program.requests("labels.move")).toEqual([{ ids: [3], dx: 1, dy: 0 }]);
});

test("a label that is not selected is not moved", async () => {
  map.take("labels.move");
  select(1);
  map.drag([550, 150], [570, 180]);
  await settle();
  expect(program.requests("labels.move")).toEqual([]);
  expect(onMap(3)).toEqual(known(3));
});

test("labels that may not lie where they were dragged to go back, with the reason", async () => {
  program.refuse("labels.move", new Error("outside of the project"));
  map.take("labels.move");
  select(3);
  map.drag([550, 150], [750, 150]);
  expect(onMap(3)).not.toEqual(known(3));
  await settle();
  expect(onMap(3)).toEqual(known(3));
  expect(labels.failed).toEqual(new Error("outside of the project"));
});
