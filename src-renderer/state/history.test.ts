import { beforeEach, expect, test, vi } from "vitest";
import type { Edit } from "../../src-shared/domain/edit.ts";
import { FakeProgram, mounted, settle } from "../client/fake-program.fixture.ts";
import { notices } from "../ui/notices.svelte.ts";
import { EditHistory } from "./history.svelte.ts";

const edit = (id: number, more: Partial<Edit> = {}) => ({ id, name: { key: "alignment.shift" }, ...more }) as Edit;
const answer = (undo: Edit | null, redo: Edit | null = null) => ({ undo, redo, edits: [] });

let program: FakeProgram;
let history: EditHistory;
beforeEach(() => {
  vi.useFakeTimers();
  notices.list = [];
  program = new FakeProgram().on("edits.list", answer(null));
  history = new EditHistory(program.client);
});

test("an answer from before an edit is followed by the one from after it", async () => {
  const late = program.late("edits.list");
  const stop = await mounted(() => history.follow());
  await program.changed("labels");
  await late.answer(answer(null));
  expect(history.undoable).toBeNull();
  await late.answer(answer(edit(1)));
  expect(history.undoable).toEqual(edit(1));
  stop();
});

test("what undo would do is asked at once after an edit, before the questions of everything else", async () => {
  const stop = await mounted(() => history.follow());
  program.announce("catalog.changed", { table: "acquisitions" });
  program.announce("catalog.changed", { table: "edits" });
  expect(program.requests("edits.list")).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(100);
  expect(program.requests("edits.list")).toHaveLength(2);
  stop();
});

test("on a program that answers more slowly than things change, undo is known with every answer", async () => {
  let newest = 0;
  program.on("edits.list", () => {
    const seen = answer(edit(newest));
    return new Promise((resolve) => setTimeout(() => resolve(seen), 130));
  });
  const stop = await mounted(() => history.follow());
  const told = new Set<number | undefined>();
  for (newest = 1; newest <= 40; newest++) {
    program.announce("catalog.changed", { table: "labels" });
    program.announce("catalog.changed", { table: "edits" });
    await vi.advanceTimersByTimeAsync(50);
    told.add(history.undoable?.id);
  }
  expect(told.size).toBeGreaterThan(10);
  expect(program.requests("edits.list").length).toBeLessThan(20);
  newest--;
  await vi.advanceTimersByTimeAsync(300);
  expect(history.undoable?.id).toBe(newest);
  stop();
});

test("an answer that comes after the project was left is not shown", async () => {
  const late = program.late("edits.list");
  const stop = await mounted(() => history.follow());
  stop();
  await late.answer(answer(edit(1)));
  expect(history.undoable).toBeNull();
});

test("a steady flow of changes does not put the question off", async () => {
  program.on("edits.list", answer(edit(2)));
  const stop = await mounted(() => history.follow());
  for (let n = 0; n < 20; n++) {
    program.announce("catalog.changed", { table: "labels" });
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(program.requests("edits.list").length).toBeGreaterThanOrEqual(5);
  expect(history.undoable).toEqual(edit(2));
  stop();
});

test("undo says what it took back, and asks at once what would be next", async () => {
  program.on("edits.list", answer(edit(2)));
  const stop = await mounted(() => history.follow());
  expect(history.undoLabel).toContain(history.nameOf(edit(2)));
  program.on("edits.undo", edit(2)).on("edits.list", answer(edit(1), edit(2)));
  await history.undo();
  await settle();
  expect(notices.list.map(({ tone, text }) => [tone, text.includes(history.nameOf(edit(2)))])).toEqual([
    ["info", true],
  ]);
  expect([history.undoable?.id, history.redoable?.id]).toEqual([1, 2]);
  stop();
});

test("every press is a step, one after the other, however slow the program is", async () => {
  const late = program.late("edits.undo");
  const presses = [history.undo(), history.undo(), history.undo()];
  await settle();
  for (const id of [3, 2, 1]) {
    expect(late.waiting).toHaveLength(1);
    await late.answer(edit(id));
  }
  await Promise.all(presses);
  expect(program.requests("edits.undo")).toEqual([{}, {}, {}]);
  expect(notices.list).toHaveLength(3);
});

test("presses behind a step that is refused are given up, and the next one counts again", async () => {
  const late = program.late("edits.undo");
  const presses = [history.undo(), history.undo(), history.redo()];
  await settle();
  await late.fail(new Error("changed since"));
  await Promise.all(presses);
  expect(program.requests("edits.undo")).toHaveLength(1);
  expect(program.requests("edits.redo")).toHaveLength(0);
  program.on("edits.undo", edit(1));
  await history.undo();
  expect(program.requests("edits.undo")).toHaveLength(2);
});

test("presses that wait are not done in a project that was opened meanwhile", async () => {
  const late = program.late("edits.undo");
  const stop = await mounted(() => history.follow());
  const presses = [history.undo(), history.undo()];
  await settle();
  stop();
  await late.answer(edit(2));
  await Promise.all(presses);
  expect(program.requests("edits.undo")).toHaveLength(1);
});

test("what is not stored yet is stored before a step is taken back", async () => {
  program.on("edits.undo", edit(1));
  const saved: number[] = [];
  const stopSaving = history.saveFirst(async () => {
    saved.push(program.requests("edits.undo").length);
  });
  await history.undo();
  expect(saved).toEqual([0]);
  stopSaving();
  await history.undo();
  expect(saved).toEqual([0]);
});

test("an undo that is refused says so, and shows the step as the program has it now", async () => {
  program.on("edits.list", answer(edit(3)));
  const stop = await mounted(() => history.follow());
  program.refuse("edits.undo", new Error("changed since")).on("edits.list", answer(edit(3, { stale: true })));
  await history.undo();
  expect(notices.list.map(({ error }) => error)).toEqual([new Error("changed since")]);
  expect(history.undoable?.stale).toBe(true);
  program.on("edits.undo", null);
  await history.undo();
  expect(program.requests("edits.undo")).toHaveLength(2);
  stop();
});

test("the button of a notice takes back its own step, and there is none for what made no step or for two at once", async () => {
  const made: number[] = [4];
  program.on("edits.list", () => ({ undo: null, redo: null, edits: made.toReversed().map((id) => edit(id)) }));
  program.on("edits.undo", null);
  const { value, button } = await history.recorded(async () => made.push(5));
  expect(value).toBe(2);
  made.push(6);
  button!.run();
  await settle();
  expect(program.requests("edits.undo")).toEqual([{ edit: 5 }]);
  expect((await history.recorded(async () => "nothing")).button).toBeUndefined();
  expect((await history.recorded(async () => made.push(7, 8))).button).toBeUndefined();
});
