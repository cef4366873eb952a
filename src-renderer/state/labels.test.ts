import { beforeEach, expect, test } from "vitest";
import type { AnswerOf } from "../../src-shared/ipc/index.ts";
import { type FakeProgram, settle } from "../client/fake-program.fixture.ts";
import { Labels, type LabelsChanged } from "./labels.svelte.ts";
import { Selection } from "./selection.svelte.ts";
import { label, legendClass, newProgram, newWindow, some } from "./state.fixture.ts";

type Legends = AnswerOf<"legends.list">;
const wheat = legendClass(1, "Wheat");
const maize = legendClass(2, "Maize");
const legends = (active: number | null): Legends => ({
  active,
  legends: [
    { id: 1, name: "Crops", classes: [wheat, maize], labels: 2 },
    { id: 2, name: "Trees", classes: [legendClass(7, "Oak")], labels: 0 },
  ],
});
const page = (version: number, ...rows: ReturnType<typeof label>[]): AnswerOf<"labels.list"> => ({
  legendId: 1,
  version,
  total: rows.length,
  labels: rows,
});

let program: FakeProgram;
beforeEach(() => {
  program = newProgram()
    .on("legends.list", legends(1))
    .on("labels.summary", some<AnswerOf<"labels.summary">>({}))
    .on("labels.splitState", some<AnswerOf<"labels.splitState">>({}))
    .on("labels.parts", some<AnswerOf<"labels.parts">>({ train: [1], test: [2] }))
    .on("labels.list", page(5, label(1), label(2, { classCode: 2 })))
    .on("labels.changes", { version: 5, labels: [], removed: [] });
});

function begin() {
  const window = newWindow(program);
  const selection = new Selection(window.session);
  const labels = new Labels({ ...window, selection });
  const told: LabelsChanged[] = [];
  const stop = labels.listen((what) => told.push(what));
  return { ...window, selection, labels, told, stop };
}
const idsOf = (labels: Labels) => [...labels.byId.keys()];

test("labels of the legend at work are read once, then only what changed", async () => {
  const { labels, enter, told, stop } = begin();
  await enter();
  expect(labels.legend?.name).toBe("Crops");
  expect(idsOf(labels)).toEqual([1, 2]);
  expect([labels.partOf(1), labels.partOf(2), labels.partOf(3)]).toEqual(["train", "test", "none"]);

  told.length = 0;
  program.on("labels.changes", { version: 6, labels: [label(2), label(3)], removed: [1] });
  await program.changed("labels");
  expect(program.requests("labels.list")).toHaveLength(1);
  expect(program.requests("labels.changes")).toEqual([{ legendId: 1, since: 5 }]);
  expect(idsOf(labels).sort()).toEqual([2, 3]);
  expect([labels.byId.get(2)?.classCode, labels.total]).toEqual([1, 2]);
  expect(told).toEqual([{ changed: [label(2), label(3)], removed: [1] }]);
  await program.changed("labels");
  expect(program.requests("labels.changes").at(-1)).toEqual({ legendId: 1, since: 6 });
  stop();
  program.on("labels.changes", { version: 7, labels: [], removed: [2] });
  await program.changed("labels");
  expect(told).toHaveLength(2);
});

test("too many changes to name are read as a whole", async () => {
  const { labels, enter, told } = begin();
  await enter();
  told.length = 0;
  program.on("labels.changes", null).on("labels.list", page(9, label(8)));
  await program.changed("labels");
  expect(idsOf(labels)).toEqual([8]);
  expect(told).toEqual([null]);
});

test("changes are asked for one after another, so that an older answer never overwrites a newer one", async () => {
  const { labels, enter } = begin();
  await enter();
  const late = program.late("labels.changes");
  await program.changed("labels");
  await program.changed("labels");
  await program.changed("labels");
  expect(late.waiting).toEqual([{ legendId: 1, since: 5 }]);
  await late.answer({ version: 6, labels: [label(1, { classCode: 2 })], removed: [] });
  expect(late.waiting).toEqual([{ legendId: 1, since: 6 }]);
  await late.answer({ version: 7, labels: [label(1, { classCode: 1 })], removed: [] });
  expect(late.waiting).toEqual([]);
  expect(labels.byId.get(1)?.classCode).toBe(1);
});

test("what changes while all labels are being read is asked for afterwards", async () => {
  const { labels, enter } = begin();
  const late = program.late("labels.list");
  await enter();
  expect(labels.loading).toBe(true);
  program.on("labels.changes", { version: 6, labels: [label(9)], removed: [] });
  await program.changed("labels");
  expect(program.requests("labels.changes")).toEqual([]);
  await late.answer(page(5, label(1)));
  expect(program.requests("labels.changes")).toEqual([{ legendId: 1, since: 5 }]);
  expect(idsOf(labels)).toEqual([1, 9]);
  expect(labels.loading).toBe(false);
});

test("labels of a project that was left do not come back with a late answer", async () => {
  const { labels, enter, leave } = begin();
  const late = program.late("labels.list");
  await enter();
  await leave();
  await late.answer(page(5, label(1)));
  expect(idsOf(labels)).toEqual([]);
  expect([labels.loading, labels.error, labels.active]).toEqual([false, undefined, null]);
});

test("another legend at work brings its labels, whichever answer is the last to come", async () => {
  const { labels, enter } = begin();
  await enter();
  const late = program.late("labels.list");
  program.on("legends.list", legends(2));
  await program.changed("legends");
  program.on("legends.list", legends(1));
  await program.changed("legends");
  expect(late.waiting).toEqual([{ legendId: 2 }, { legendId: 1 }]);
  await late.answer(page(5, label(1)), 1);
  await late.answer(page(5, label(70)));
  expect(idsOf(labels)).toEqual([1]);
});

test("labels that cannot be read are said, and those of before stay until they can", async () => {
  const { labels, enter } = begin();
  await enter();
  program.refuse("labels.changes", new Error("the file is locked"));
  await program.changed("labels");
  expect([labels.error, idsOf(labels)]).toEqual([new Error("the file is locked"), [1, 2]]);
  await program.forget();
  expect(labels.error).toBeUndefined();
});

test("a label that is gone is selected no longer, and the numbers of one project mean nothing in the next", async () => {
  const { labels, selection, enter, leave } = begin();
  await enter();
  labels.select([1, 2]);
  labels.select([2], "toggle");
  labels.select([2], "add");
  expect(labels.selected.map(({ id }) => id)).toEqual([1, 2]);
  program.on("labels.changes", { version: 6, labels: [], removed: [1] });
  await program.changed("labels");
  expect([...selection.labels]).toEqual([2]);
  await leave();
  await enter("/projects/b");
  expect([labels.selected, [...selection.labels]]).toEqual([[], []]);
});

test("what is selected is removed, merged or given a class; a refusal is said until something succeeds", async () => {
  const { labels, selection, enter } = begin();
  await enter();
  await labels.removeSelected();
  expect(program.requests("labels.remove")).toEqual([]);
  labels.select([1, 2]);
  program.refuse("labels.merge", new Error("they do not touch"));
  await labels.mergeSelected();
  expect([labels.failed, [...selection.labels]]).toEqual([new Error("they do not touch"), [1, 2]]);
  program.on("labels.setClass", undefined as never);
  await labels.setClassOfSelected(2);
  expect(program.requests("labels.setClass")).toEqual([{ ids: [1], classCode: 2 }]);
  expect(labels.failed).toBeNull();
  program.on("labels.merge", some<AnswerOf<"labels.merge">>({ id: 1 }));
  await labels.mergeSelected();
  expect([...selection.labels]).toEqual([1]);
  program.on("labels.remove", undefined as never);
  await labels.removeSelected();
  expect(program.requests("labels.remove")).toEqual([{ ids: [1] }]);
});

test("a refusal is not said in the next project", async () => {
  const { labels, enter, leave } = begin();
  await enter();
  await labels.attempt(() => Promise.reject(new Error("no")));
  await leave();
  await enter("/projects/b");
  expect(labels.failed).toBeNull();
});

test("another legend is put to work with nothing selected", async () => {
  const { labels, selection, enter } = begin();
  await enter();
  labels.select([1]);
  program.on("legends.activate", undefined);
  await labels.activate(2);
  await settle();
  expect(program.requests("legends.activate")).toEqual([{ id: 2 }]);
  expect([...selection.labels]).toEqual([]);
});

test("a label of patches has the outline and the bounds of its patches", async () => {
  const { labels, enter } = begin();
  await enter();
  // Three patches of 10 m in one row of the project, from its fifth column on, 200 m below its upper edge.
  const patches = { col: 5, row: 20, width: 3, height: 1, bits: btoa(String.fromCharCode(0b11100000)) };
  const ofPatches = label(4, { cells: patches, coordinates: [] });
  expect(labels.boundsOf([ofPatches])).toEqual({ minX: 50, maxX: 80, minY: 790, maxY: 800 });
  const [[ring]] = labels.outlineOf(ofPatches) as [[[number, number][]]];
  expect(new Set(ring!.map(([x, y]) => `${x} ${y}`))).toEqual(new Set(["50 800", "80 800", "80 790", "50 790"]));
  const square = label(1);
  expect(labels.outlineOf(square)).toEqual(square.coordinates);
  expect(labels.boundsOf([square, label(3)])).toEqual({ minX: 100, minY: 100, maxX: 400, maxY: 400 });
  expect(labels.boundsOf([])).toBeNull();
});
