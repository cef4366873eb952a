import { beforeEach, expect, test, vi } from "vitest";
import type { AnswerOf, PatchClasses, PlaceSeries } from "../../src-shared/ipc/index.ts";
import { type FakeProgram, settle } from "../client/fake-program.fixture.ts";
import { colorOf, mostPins, Pins, signOf } from "./pins.svelte.ts";
import { newProgram, newWindow, some } from "./state.fixture.ts";

type Series = AnswerOf<"inspect.series">;
const series = (name: string): PlaceSeries => ({ groups: [some({ name } as never)] });
const answer = (name: string): Series => ({ places: [series(name)], problems: [] });
const point = (x: number, y = 0) => ({ kind: "point", x, y }) as const;

let program: FakeProgram;
beforeEach(() => {
  program = newProgram()
    .on("inspect.series", ({ places: [place] }) => answer(JSON.stringify(place)))
    .on("inspect.stop", undefined);
});

async function begin() {
  const window = newWindow(program);
  const pins = new Pins(window);
  await window.enter();
  return { ...window, pins };
}

test("a click moves the pin at work, and adds one where that is asked for; each has a colour and a sign of its own", async () => {
  const { pins } = await begin();
  pins.put(point(1));
  pins.put(point(2));
  await settle();
  expect(pins.list.map(({ place }) => place)).toEqual([point(2)]);
  pins.put(point(3), { add: true });
  pins.keep = true;
  pins.put(point(4));
  expect(pins.list.map(({ place }) => place)).toEqual([point(2), point(3), point(4)]);
  pins.remove(pins.list[1]!.id);
  pins.put(point(5));
  for (let x = 0; x < 20; x++) pins.put(point(x));
  expect(pins.list).toHaveLength(mostPins);
  expect(new Set(pins.list.map((pin) => `${colorOf(pin)} ${signOf(pin)}`)).size).toBe(mostPins);
});

test("a point and a polygon are never turned into each other", async () => {
  const { pins } = await begin();
  pins.put(point(1));
  pins.put({ kind: "polygon", coordinates: [] });
  expect(pins.list.map(({ place }) => place.kind)).toEqual(["point", "polygon"]);
});

test("the answer for the place that a pin has left is not shown at the new one", async () => {
  const { pins } = await begin();
  const late = program.late("inspect.series");
  pins.put(point(1));
  pins.put(point(2));
  await late.answer(answer("of 2"), 1);
  await late.answer(answer("of 1"));
  expect(pins.current?.series).toEqual(series("of 2"));
});

test("images that changed are asked anew, and an answer from before is not taken", async () => {
  const { pins } = await begin();
  const late = program.late("inspect.series");
  pins.put(point(1));
  await program.changed("rasters");
  expect(late.waiting).toHaveLength(2);
  await late.answer(answer("new"), 1);
  await late.answer(answer("old"));
  expect([pins.current?.series, pins.current?.loading]).toEqual([series("new"), false]);
});

test("a place that cannot be read says why, and is asked again; one that a person stopped says nothing", async () => {
  const { pins } = await begin();
  program.refuse("inspect.series", new Error("missing file"));
  pins.put(point(1));
  await settle();
  expect([pins.current?.error, pins.current?.loading]).toEqual([new Error("missing file"), false]);
  program.on("inspect.series", { places: [series("there")], problems: ["b.tif"] });
  pins.retry(pins.current!.id);
  await settle();
  expect([pins.current?.error, pins.current?.series, pins.problems]).toEqual([null, series("there"), ["b.tif"]]);
  program.refuse("inspect.series", Object.assign(new Error("stopped"), { name: "AbortError" }));
  pins.retry(pins.current!.id);
  await settle();
  expect(pins.current?.error).toBeNull();
});

test("how far a large polygon is, is told of the pin that is being read", async () => {
  const { pins } = await begin();
  const late = program.late("inspect.series");
  pins.put({ kind: "polygon", coordinates: [] });
  const { id } = pins.current!;
  program.announce("work", { name: id, fraction: 0.5 });
  expect(pins.current?.fraction).toBe(0.5);
  pins.stop(id);
  await settle();
  expect(program.requests("inspect.stop")).toEqual([{ token: id }]);
  await late.answer(answer("done"));
  program.announce("work", { name: id, fraction: 0.9 });
  expect(pins.current?.fraction).toBe(0.5);
});

test("pins are kept with the project by place, name and colour, and come back with it; those of another do not", async () => {
  const { pins, leave, enter } = await begin();
  pins.put(point(1));
  pins.rename(pins.current!.id, "  Field ");
  await vi.advanceTimersByTimeAsync(500);
  expect(program.requests("view.put").at(-1)).toEqual({
    key: "pins",
    value: [{ slot: 0, name: "Field", place: point(1) }],
  });
  await leave();
  expect([pins.list, pins.selected]).toEqual([[], null]);
  const late = program.late("view.get");
  await enter("/projects/b");
  await leave();
  await enter("/projects/c");
  await late.answer([{ slot: 3, name: "of b", place: point(9) }]);
  expect(pins.list).toEqual([]);
  await late.answer([{ slot: 3, name: "of c", place: point(7) }]);
  expect(pins.list.map(({ name, slot, series }) => [name, slot, series !== null])).toEqual([["of c", 3, true]]);
});

test("a pin that was put before the kept ones came stays alone", async () => {
  const { pins, leave, enter } = await begin();
  await leave();
  const late = program.late("view.get");
  await enter("/projects/b");
  pins.put(point(1));
  await late.answer([{ slot: 3, name: "kept", place: point(7) }]);
  expect(pins.list.map(({ place }) => place)).toEqual([point(1)]);
});

const classes = (...codes: number[]): AnswerOf<"inspect.classes"> => ({
  model: "Crops",
  modalities: [],
  classes: [],
  provider: "cpu",
  patches: codes.map((code) => some<PatchClasses>({ code } as never)),
});

test("a model is asked about all points at once, in their order; polygons are none of them", async () => {
  const { pins } = await begin();
  pins.put(point(1));
  pins.put({ kind: "polygon", coordinates: [] });
  pins.put(point(2), { add: true });
  program.on("inspect.classes", classes(5, 6));
  await pins.askModel("Crops");
  expect(program.requests("inspect.classes")[0]!.points).toEqual([
    { x: 1, y: 0 },
    { x: 2, y: 0 },
  ]);
  expect(pins.list.map((pin) => (pin.classes as { code?: number } | null)?.code ?? null)).toEqual([5, null, 6]);
  expect(pins.classes?.model).toBe("Crops");
});

test("only the newest question to a model counts, and none of a project that was left", async () => {
  const { pins, leave, enter } = await begin();
  pins.put(point(1));
  const late = program.late("inspect.classes");
  void pins.askModel("old");
  void pins.askModel("new");
  await settle();
  await late.fail(new Error("too old"));
  expect([pins.classesError, pins.classesLoading]).toEqual([null, true]);
  await leave();
  await enter("/projects/b");
  await late.answer(classes(5));
  expect([pins.classes, pins.model, pins.classesLoading]).toEqual([null, null, false]);
});
