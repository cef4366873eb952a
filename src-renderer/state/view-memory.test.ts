import { beforeEach, expect, test, vi } from "vitest";
import type { FakeProgram } from "../client/fake-program.fixture.ts";
import { newProgram, newWindow } from "./state.fixture.ts";

let program: FakeProgram;
beforeEach(() => {
  program = newProgram();
});

test("many changes of one key are kept once, with the last value, and other keys beside it", async () => {
  const { memory, enter } = newWindow(program);
  await enter();
  memory.remember("docks", 1);
  memory.remember("pins", []);
  await vi.advanceTimersByTimeAsync(300);
  memory.remember("docks", 2);
  await vi.advanceTimersByTimeAsync(500);
  expect(program.requests("view.put")).toEqual([
    { key: "pins", value: [] },
    { key: "docks", value: 2 },
  ]);
});

test("what was set in one project is never kept with the next one", async () => {
  const { memory, enter, leave } = newWindow(program);
  await enter("/projects/a");
  memory.remember("timeline", "2019-04-10");
  await leave();
  await enter("/projects/b");
  await vi.advanceTimersByTimeAsync(1000);
  expect(program.requests("view.put")).toEqual([]);
});

test("an answer for a project that was left meanwhile is no answer, and neither is a refusal", async () => {
  const { memory, enter, leave } = newWindow(program);
  await enter("/projects/a");
  const late = program.late("view.get");
  const recalled = memory.recall("docks");
  await leave();
  await enter("/projects/b");
  await late.answer("of a");
  expect(await recalled).toBeNull();
  program.on("view.get", "of b");
  expect(await memory.recall("docks")).toBe("of b");
  program.refuse("view.get", new Error("locked"));
  expect(await memory.recall("docks")).toBeNull();
});
