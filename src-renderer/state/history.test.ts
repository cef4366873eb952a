import { flushSync } from "svelte";
import { beforeEach, expect, test, vi } from "vitest";
import { root } from "../client/live.fixture.svelte.ts";

const { invoke, announce, listeners } = vi.hoisted(() => {
  const listeners = new Set<(what: { table: string }) => void>();
  return {
    invoke: vi.fn(),
    listeners,
    announce: () => {
      for (const listener of listeners) listener({ table: "labels" });
    },
  };
});
vi.mock("../client/bridge.ts", () => ({
  invoke,
  subscribe: (_: string, listener: (what: { table: string }) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
}));
const { history, undoable } = await import("./history.svelte.ts");

const edit = (id: number) => ({ id, name: { key: "alignment.shift" } });
const answer = (undo: unknown) => ({ undo, redo: null, edits: [] });

beforeEach(() => {
  vi.useFakeTimers();
  invoke.mockReset();
});

function begin(): () => void {
  const stop = root(() => history.follow() as unknown as undefined);
  flushSync();
  return stop;
}

test("an answer from before an edit does not overwrite the one from after it", async () => {
  const answers: ((value: unknown) => void)[] = [];
  invoke.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
  const stop = begin();
  announce();
  await vi.advanceTimersByTimeAsync(40);
  expect(answers).toHaveLength(2);
  answers[1]!(answer(edit(1)));
  await vi.advanceTimersByTimeAsync(0);
  answers[0]!(answer(null));
  await vi.advanceTimersByTimeAsync(0);
  expect(history.undoable).toEqual(edit(1));
  stop();
});

test("a steady flow of changes does not put the question off", async () => {
  invoke.mockResolvedValue(answer(edit(2)));
  const stop = begin();
  invoke.mockClear();
  for (let n = 0; n < 20; n++) {
    announce();
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(invoke.mock.calls.length).toBeGreaterThanOrEqual(4);
  expect(history.undoable).toEqual(edit(2));
  stop();
});

test("the button of a notice takes back its own step, and there is none for what made no step or for two at once", async () => {
  const made: number[] = [];
  const asked: unknown[] = [];
  invoke.mockImplementation(async (command: string, request: { edit?: number }) => {
    if (command === "edits.list") return { undo: null, redo: null, edits: made.toReversed().map(edit) };
    asked.push([command, request]);
    return null;
  });
  made.push(4);
  const { value, button } = await undoable(async () => made.push(5));
  expect(value).toBe(2);
  made.push(6);
  button!.run();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual([["edits.undo", { edit: 5 }]]);
  expect((await undoable(async () => "nothing")).button).toBeUndefined();
  expect((await undoable(async () => made.push(7, 8))).button).toBeUndefined();
});
