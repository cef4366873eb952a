import { beforeEach, expect, test } from "vitest";
import type { StackCheck, StackFinding } from "../../src-shared/ipc/index.ts";
import { type FakeProgram, settle } from "../client/fake-program.fixture.ts";
import { Stack } from "./stack.svelte.ts";
import { newProgram, newWindow, some } from "./state.fixture.ts";

const finding = some<StackFinding>({
  id: "s2 level a 1",
  modality: "s2",
  kind: "level",
  repair: { kind: "add", add: -0.1, acquisitions: ["a"] },
});

let program: FakeProgram;
let check: StackCheck;
beforeEach(() => {
  check = { inputs: [], findings: [finding] };
  program = newProgram()
    .on("stack.check", () => check)
    .on("stack.repair", () => {
      check = { inputs: [], findings: [] };
    })
    .on("stack.stop", undefined);
});

async function begin() {
  const window = newWindow(program);
  const stack = new Stack(window);
  await window.enter();
  return { ...window, stack };
}

test("nothing is looked at before a person asks; then findings are there until images change", async () => {
  const { stack } = await begin();
  expect(program.requests("stack.check")).toHaveLength(0);
  await stack.run();
  expect(stack.check?.findings).toEqual([finding]);
  expect(stack.stale).toBe(false);
  await program.changed("acquisitions");
  expect(stack.stale).toBe(true);
});

test("a repair is made as it was proposed, and the dates are looked at again", async () => {
  const { stack } = await begin();
  await stack.run();
  await stack.repair(finding);
  await settle();
  expect(program.requests("stack.repair")).toEqual([{ modality: "s2", repair: finding.repair }]);
  expect(stack.check?.findings).toEqual([]);
  expect(stack.checking).toBe(false);
});

test("a check that was stopped does not come back, and one that fails says why", async () => {
  const { stack } = await begin();
  const late = program.late("stack.check");
  void stack.run();
  await settle();
  expect(stack.checking).toBe(true);
  stack.stop();
  late.answer(check);
  await settle();
  expect(stack.check).toBeNull();
  program.refuse("stack.check", new Error("no"));
  await stack.run();
  expect(stack.error).toBeInstanceOf(Error);
  expect(stack.checking).toBe(false);
});
