import { beforeEach, expect, test, vi } from "vitest";
import type { AlignedFile, AlignmentEntry, Measurement } from "../../src-shared/ipc/index.ts";
import { type FakeProgram, settle } from "../client/fake-program.fixture.ts";
import { Alignment } from "./alignment.svelte.ts";
import { EditHistory } from "./history.svelte.ts";
import { Layers } from "./layers.svelte.ts";
import { MapActivity } from "./map-activity.svelte.ts";
import { acquisition, layer, newProgram, newWindow, some } from "./state.fixture.ts";
import { Timeline } from "./timeline.svelte.ts";

const entry = (id: string, more: Partial<AlignmentEntry> = {}): AlignmentEntry => ({
  acquisition: id,
  name: null,
  sensor: "sentinel-2",
  pass: null,
  date: `2019-04-0${id.length}`,
  files: [some<AlignedFile>({ resolution: 20 }), some<AlignedFile>({ resolution: 10 })],
  shift: null,
  problems: [],
  ...more,
});

let program: FakeProgram;
let stored: Map<string, { dx: number; dy: number } | null>;
beforeEach(() => {
  // The program keeps shifts, as the catalog does.
  stored = new Map([
    ["a", { dx: 1, dy: 2 }],
    ["bb", null],
    ["ccc", null],
  ]);
  const sensors = { a: "sentinel-2", bb: "sentinel-2", ccc: "aerial" } as const;
  program = newProgram()
    .on("layers.list", [
      layer("acquisition:a", { kind: "acquisition", sensor: "sentinel-2", date: "2019-04-01" }),
      layer("acquisition:bb", { kind: "acquisition", sensor: "sentinel-2", date: "2019-04-02" }),
      layer("acquisition:ccc", { kind: "acquisition", sensor: "aerial", date: "2019-04-03" }),
    ])
    .on("layers.display", [some({ id: "group:sentinel-2", position: 1, visible: false, opacity: 1, style: {} })])
    .on("timeline.list", [
      acquisition("a", "2019-04-01"),
      acquisition("bb", "2019-04-02"),
      acquisition("ccc", "2019-04-03", { sensor: "aerial" }),
    ])
    .on("timeline.clouds", [])
    .on("alignment.report", () =>
      [...stored].map(([id, shift]) => entry(id, { shift, sensor: sensors[id as keyof typeof sensors] })),
    )
    .on("alignment.setShift", ({ shifts }) => {
      for (const { id, shift } of shifts) stored.set(id, shift);
    });
});

async function begin() {
  const window = newWindow(program);
  const layers = new Layers({ ...window, history: new EditHistory(window.client) });
  const timeline = new Timeline({ ...window, layers, activity: new MapActivity() });
  const alignment = new Alignment({ ...window, layers, timeline });
  await window.enter();
  return { ...window, layers, timeline, alignment };
}

test("keys move the picture at once, by pixels of its finest file, and are kept as one step when the fingers rest", async () => {
  const { alignment } = await begin();
  alignment.choose("a");
  alignment.nudge(1, 0);
  await vi.advanceTimersByTimeAsync(500);
  alignment.nudge(0.5, -1);
  expect(alignment.shift).toEqual({ dx: 16, dy: -8 });
  expect(program.requests("alignment.setShift")).toEqual([]);
  await vi.advanceTimersByTimeAsync(800);
  await settle();
  expect(program.requests("alignment.setShift")).toEqual([{ shifts: [{ id: "a", shift: { dx: 16, dy: -8 } }] }]);
  expect([alignment.shift, alignment.pending]).toEqual([
    { dx: 16, dy: -8 },
    { dx: 0, dy: 0 },
  ]);
});

test("keys that are pressed while a step is being kept are added to it, however slow the program is", async () => {
  const { alignment } = await begin();
  alignment.choose("bb");
  const late = program.late("alignment.setShift");
  alignment.nudge(1, 0);
  await vi.advanceTimersByTimeAsync(800);
  alignment.nudge(2, 0);
  await vi.advanceTimersByTimeAsync(2000);
  expect(alignment.shift).toEqual({ dx: 30, dy: 0 });
  expect(late.waiting).toEqual([{ shifts: [{ id: "bb", shift: { dx: 10, dy: 0 } }] }]);
  stored.set("bb", { dx: 10, dy: 0 });
  await late.answer(undefined);
  expect(alignment.shift).toEqual({ dx: 30, dy: 0 });
  expect(late.waiting).toEqual([{ shifts: [{ id: "bb", shift: { dx: 30, dy: 0 } }] }]);
  stored.set("bb", { dx: 30, dy: 0 });
  await late.answer(undefined);
  expect([alignment.shift, alignment.pending]).toEqual([
    { dx: 30, dy: 0 },
    { dx: 0, dy: 0 },
  ]);
});

test("another picture that is chosen is not drawn where the one before it was moved to", async () => {
  const { alignment } = await begin();
  alignment.choose("a");
  const late = program.late("alignment.setShift");
  alignment.nudge(1, 1);
  alignment.choose("bb");
  expect(alignment.shift).toEqual({ dx: 0, dy: 0 });
  await settle();
  expect(late.waiting).toEqual([{ shifts: [{ id: "a", shift: { dx: 11, dy: 12 } }] }]);
});

test("all dates of a sensor go along, each from where it is", async () => {
  const { alignment } = await begin();
  alignment.choose("a");
  alignment.together = true;
  alignment.set({ dx: 5, dy: 2 });
  await settle();
  expect(stored.get("a")).toEqual({ dx: 5, dy: 2 });
  expect(stored.get("bb")).toEqual({ dx: 4, dy: 0 });
  expect(stored.get("ccc")).toBeNull();
  await alignment.reset();
  expect([stored.get("a"), stored.get("bb")]).toEqual([null, null]);
});

test("a correction that is taken away while a step is on its way stays away", async () => {
  const { alignment } = await begin();
  alignment.choose("bb");
  const late = program.late("alignment.setShift");
  alignment.nudge(1, 0);
  void alignment.commit();
  const reset = alignment.reset();
  await settle();
  await late.answer(undefined);
  expect(late.waiting).toEqual([{ shifts: [{ id: "bb", shift: null }] }]);
  await late.answer(undefined);
  await reset;
  expect(alignment.shift).toEqual({ dx: 0, dy: 0 });
});

test("a step that is refused is said, and the picture goes back to where it is kept", async () => {
  const { alignment } = await begin();
  alignment.choose("a");
  program.refuse("alignment.setShift", new Error("read-only"));
  alignment.nudge(1, 0);
  await alignment.commit();
  expect([alignment.error, alignment.shift]).toEqual([new Error("read-only"), { dx: 1, dy: 2 }]);
});

test("a step that was not kept before another project is opened is not made there", async () => {
  const { alignment, leave, enter } = await begin();
  alignment.choose("a");
  alignment.nudge(1, 0);
  await leave();
  await enter("/projects/b");
  await vi.advanceTimersByTimeAsync(2000);
  expect(program.requests("alignment.setShift")).toEqual([]);
  expect([alignment.moving, alignment.pending]).toEqual([null, { dx: 0, dy: 0 }]);
});

const found: Measurement = some<Measurement>({ dx: 3, dy: -4, refused: null });

test("a measurement moves the picture that it was made of, and never another one", async () => {
  const { alignment } = await begin();
  alignment.choose("a");
  alignment.reference = "ccc";
  const late = program.late("alignment.measure");
  program.on("alignment.stop", undefined);
  void alignment.measure();
  await settle();
  expect([alignment.measuring, late.waiting[0]?.moving, late.waiting[0]?.reference]).toEqual([true, "a", "ccc"]);
  const token = late.waiting[0]!.token!;
  program.announce("work", { name: token, fraction: 0.5 });
  program.announce("work", { name: "alignment.measure of another window", fraction: 0.9 });
  expect(alignment.fraction).toBe(0.5);
  alignment.choose("bb");
  expect(program.requests("alignment.stop")).toEqual([{ token }]);
  await late.answer(found);
  expect([alignment.measurement, alignment.measuring]).toEqual([null, false]);

  void alignment.measure();
  await settle();
  await late.answer(found);
  expect(alignment.measurement).toEqual(found);
  alignment.add(found);
  await settle();
  expect(stored.get("bb")).toEqual({ dx: 3, dy: -4 });
});

test("a measurement that a person stops is no error; one that fails is", async () => {
  const { alignment } = await begin();
  alignment.choose("a");
  alignment.reference = "bb";
  program.refuse("alignment.measure", Object.assign(new Error("stopped"), { name: "AbortError" }));
  await alignment.measure();
  expect([alignment.error, alignment.measuring]).toEqual([null, false]);
  program.refuse("alignment.measure", new Error("a file is missing"));
  await alignment.measure();
  expect([alignment.error, alignment.measuring]).toEqual([new Error("a file is missing"), false]);
});

test("a picture that is not on the map is brought there: its date, and its sensor where that is hidden", async () => {
  const { alignment, timeline, layers } = await begin();
  program.on("layers.setDisplay", undefined);
  alignment.choose("a");
  expect([alignment.onMap, timeline.date]).toEqual([false, "2019-04-01"]);
  await alignment.reveal();
  expect([alignment.onMap, layers.slot("group:sentinel-2")?.visible]).toEqual([true, true]);
});
