import { beforeEach, expect, test, vi } from "vitest";
import type { AnswerOf } from "../../src-shared/ipc/index.ts";
import { type FakeProgram, settle } from "../client/fake-program.fixture.ts";
import { LabelDrawing } from "./label-drawing.svelte.ts";
import { Labels } from "./labels.svelte.ts";
import { Selection } from "./selection.svelte.ts";
import { label, legendClass, newProgram, newWindow, some } from "./state.fixture.ts";

const legends = (active: number | null): AnswerOf<"legends.list"> => ({
  active,
  legends: [
    { id: 1, name: "Crops", classes: [legendClass(1, "Wheat"), legendClass(2, "Maize")], labels: 1 },
    { id: 2, name: "Trees", classes: [legendClass(7, "Oak")], labels: 0 },
  ],
});

let program: FakeProgram;
beforeEach(() => {
  program = newProgram()
    .on("legends.list", legends(1))
    .on("labels.summary", some<AnswerOf<"labels.summary">>({}))
    .on("labels.splitState", some<AnswerOf<"labels.splitState">>({}))
    .on("labels.parts", some<AnswerOf<"labels.parts">>({}))
    .on("labels.list", { legendId: 1, version: 1, total: 1, labels: [label(1)] });
});

function begin() {
  const window = newWindow(program);
  const selection = new Selection(window.session);
  const labels = new Labels({ ...window, selection });
  return { ...window, labels, drawing: new LabelDrawing({ ...window, labels }) };
}

test("the first class of the legend is drawn with until one is chosen; a class that went is drawn with no longer", async () => {
  const { drawing, enter } = begin();
  expect(drawing.code).toBeNull();
  await enter();
  expect(drawing.code).toBe(1);
  drawing.choose(2);
  expect(drawing.code).toBe(2);
  program.on("legends.list", legends(2));
  await program.changed("legends");
  expect(drawing.code).toBe(7);
});

test("the chosen class is given to what is selected, and kept with how is drawn", async () => {
  const { drawing, labels, enter } = begin();
  await enter();
  labels.select([1]);
  program.on("labels.setClass", undefined as never);
  drawing.choose(2);
  drawing.toggleSnapping();
  await vi.advanceTimersByTimeAsync(500);
  expect(program.requests("labels.setClass")).toEqual([{ ids: [1], classCode: 2 }]);
  expect(program.requests("view.put")).toEqual([
    { key: "labels.drawing", value: { code: 2, snapping: false, names: true } },
  ]);
});

test("how was drawn comes back with the project", async () => {
  program.on("view.get", { code: 2, snapping: false, names: false });
  const { drawing, enter } = begin();
  await enter();
  expect([drawing.code, drawing.snapping, drawing.names]).toEqual([2, false, false]);
});

test("what a person sets before the answer is there wins over what was kept", async () => {
  const late = program.late("view.get");
  const { drawing, enter } = begin();
  await enter();
  drawing.toggleNames();
  await late.answer({ code: 2, snapping: false, names: true });
  expect([drawing.code, drawing.snapping, drawing.names]).toEqual([1, true, false]);
});

test("what was kept with one project does not reach the next one, nor does a rename bring it back", async () => {
  const late = program.late("view.get");
  const { drawing, enter, leave, renamed } = begin();
  await enter("/projects/a");
  await leave();
  await enter("/projects/b");
  await late.answer({ code: 2, snapping: false });
  expect([drawing.code, drawing.snapping]).toEqual([1, true]);
  await late.answer({ snapping: false });
  expect(drawing.snapping).toBe(false);
  drawing.toggleSnapping();
  await renamed("Other name");
  expect([drawing.snapping, program.requests("view.get").length]).toEqual([true, 2]);
});

test("a refused outline waits until it is settled, but not in another legend", async () => {
  const { drawing, enter } = begin();
  await enter();
  const rejected = { error: new Error("it crosses itself"), retry: vi.fn(), discard: vi.fn() };
  drawing.reject(rejected);
  drawing.rejected?.retry();
  expect(rejected.retry).toHaveBeenCalledOnce();
  drawing.settle();
  expect(drawing.rejected).toBeNull();
  drawing.reject(rejected);
  drawing.hover(1);
  drawing.showOnly(new Set([1]));
  await settle();
  expect([drawing.rejected, drawing.hovered, drawing.shown?.size]).toEqual([rejected, 1, 1]);
  program.on("legends.list", legends(2));
  await program.changed("legends");
  expect([drawing.rejected, drawing.hovered, drawing.shown]).toEqual([null, null, null]);
});

test("the split is drawn while it is wanted", () => {
  const { drawing } = begin();
  drawing.showSplit(true);
  expect(drawing.splitShown).toBe(true);
  drawing.showSplit(false);
  expect(drawing.splitShown).toBe(false);
});
