import { beforeEach, expect, test } from "vitest";
import type { AnswerOf, LabelProblem } from "../../src-shared/ipc/index.ts";
import type { FakeProgram } from "../client/fake-program.fixture.ts";
import { LabelProblems } from "./label-problems.svelte.ts";
import { Labels } from "./labels.svelte.ts";
import { Selection } from "./selection.svelte.ts";
import { label, newProgram, newWindow, some } from "./state.fixture.ts";

const tiny = some<LabelProblem>({ kind: "tiny", label: 1, other: null });

let program: FakeProgram;
beforeEach(() => {
  program = newProgram()
    .on("legends.list", { active: 1, legends: [{ id: 1, name: "Crops", classes: [], labels: 1 }] })
    .on("labels.summary", some<AnswerOf<"labels.summary">>({}))
    .on("labels.splitState", some<AnswerOf<"labels.splitState">>({}))
    .on("labels.parts", some<AnswerOf<"labels.parts">>({}))
    .on("labels.list", { legendId: 1, version: 1, total: 1, labels: [label(1)] })
    .on("labels.changes", { version: 1, labels: [], removed: [] })
    .on("labels.problems", [tiny]);
});

function begin() {
  const window = newWindow(program);
  const labels = new Labels({ ...window, selection: new Selection(window.session) });
  return { ...window, problems: new LabelProblems({ ...window, labels }) };
}

test("nobody looks for problems until they are asked for, then again after every change that may matter", async () => {
  const { problems, enter } = begin();
  await enter();
  await program.changed("labels");
  expect([problems.list, program.requests("labels.problems").length]).toEqual([null, 0]);
  await problems.look();
  expect(problems.list).toEqual([tiny]);
  program.on("labels.problems", []);
  await program.changed("rasters");
  expect(problems.list).toEqual([]);
  await program.changed("bookmarks");
  expect(program.requests("labels.problems")).toHaveLength(2);
});

test("only the newest look counts", async () => {
  const { problems, enter } = begin();
  await enter();
  const late = program.late("labels.problems");
  void problems.look();
  void problems.look();
  await late.answer([], 1);
  expect([problems.looking, problems.list]).toEqual([false, []]);
  await late.answer([tiny]);
  expect(problems.list).toEqual([]);
});

test("a look that failed says so, and the next one that succeeds takes it back", async () => {
  const { problems, enter } = begin();
  await enter();
  program.refuse("labels.problems", new Error("disk"));
  await problems.look();
  expect([problems.error, problems.looking, problems.list]).toEqual([new Error("disk"), false, null]);
  program.on("labels.problems", [tiny]);
  await problems.look();
  expect([problems.error, problems.list]).toEqual([null, [tiny]]);
});

test("a look at one project is not shown in the next", async () => {
  const { problems, enter, leave } = begin();
  await enter();
  const late = program.late("labels.problems");
  void problems.look();
  await leave();
  await enter("/projects/b");
  await late.answer([tiny]);
  expect([problems.list, problems.looking]).toEqual([null, false]);
});
