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

test("an answer from before an edit does not overwrite the one from after it", async () => {
  const late = program.late("edits.list");
  const stop = await mounted(() => history.follow());
  await program.changed("labels");
  expect(late.waiting).toHaveLength(2);
  await late.answer(answer(edit(1)), 1);
  await late.answer(answer(null));
  expect(history.undoable).toEqual(edit(1));
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

test("a second press while the first is under way does not undo two steps", async () => {
  const late = program.late("edits.undo");
  const first = history.undo();
  await history.undo();
  expect(program.requests("edits.undo")).toHaveLength(1);
  await late.answer(edit(1));
  await first;
  program.on("edits.undo", edit(1));
  await history.undo();
  expect(program.requests("edits.undo")).toHaveLength(2);
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
