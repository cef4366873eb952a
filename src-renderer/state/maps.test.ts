import { beforeEach, expect, test, vi } from "vitest";
import type { MapComparison, MapProduct } from "../../src-shared/domain/map-product.ts";
import type { Model } from "../../src-shared/domain/model.ts";
import type { AnswerOf } from "../../src-shared/ipc/index.ts";
import { type FakeProgram, mounted, settle } from "../client/fake-program.fixture.ts";
import { notices } from "../ui/notices.svelte.ts";
import { EditHistory } from "./history.svelte.ts";
import { Jobs } from "./jobs.svelte.ts";
import { Layers } from "./layers.svelte.ts";
import { Maps } from "./maps.svelte.ts";
import type { Notifier } from "./notify.ts";
import { job, layer, legendClass, newProgram, newWindow, some } from "./state.fixture.ts";

const map = (id: number, jobId: number, files: Partial<MapProduct["files"]> = {}): MapProduct =>
  some<MapProduct>({ id, jobId, name: `map ${id}`, modelId: 1, files: some<MapProduct["files"]>(files) });
const model = (id: number, more: Partial<Model> = {}): Model =>
  some<Model>({ id, kind: "finetuned", state: "present", summary: some<Model["summary"]>({}), ...more });

let program: FakeProgram;
let hasTests = false;
beforeEach(() => {
  program = newProgram()
    .on("layers.list", [layer("map:1", { kind: "map" })])
    .on("layers.display", [{ id: "map:1", position: 1, visible: true, opacity: 1, style: { hidden: [2] } }])
    .on("layers.setDisplay", undefined)
    .on("maps.list", [map(1, 10), map(2, 20)])
    .on("maps.comparisons", [])
    .on("models.list", [])
    .on("jobs.list", [job(30)]);
});

async function begin() {
  const window = newWindow(program);
  const layers = new Layers({ ...window, history: new EditHistory(window.client) });
  const jobs = new Jobs({ ...window, notifier: some<Notifier>({}) });
  const uncover = vi.fn();
  const maps = new Maps({ ...window, jobs, layers, uncover, tests: () => hasTests });
  await window.enter();
  return { ...window, jobs, layers, maps, uncover };
}
const ends = async (id: number, state: "finished" | "failed" | "cancelled" = "finished") => {
  program.announce("job.state", { id, state, reason: null });
  await settle();
};

test("the newest stand first, and only models of patches that are there draw maps", async () => {
  program.on("models.list", [
    model(1),
    model(2, { kind: "pretrained" }),
    model(3, { state: "missing" }),
    model(4, { summary: some<Model["summary"]>({ task: "tiles" }) }),
    model(5),
  ]);
  const { maps } = await begin();
  expect(maps.products.map(({ id }) => id)).toEqual([2, 1]);
  expect(maps.drawers.map(({ id }) => id)).toEqual([5, 1]);
  expect(maps.modelOf(map(1, 10))?.id).toBe(1);
});

test("the map that was asked for is shown when it is there: in the panel, and without its confidence over it", async () => {
  const { maps } = await begin();
  maps.awaited.add(30);
  program.on("maps.list", [map(1, 10), map(3, 30)]);
  await ends(20);
  expect(maps.view).toEqual({ kind: "list" });
  await ends(30);
  expect(maps.view).toEqual({ kind: "map", id: 3 });
  expect(program.requests("layers.setDisplay")[0]!.layers.map(({ id, visible }) => [id, visible])).toEqual([
    ["map:3", true],
    ["confidence:3", false],
  ]);
  maps.view = { kind: "list" };
  await ends(30);
  expect(maps.view).toEqual({ kind: "list" });
});

test("of a calibrated model what is uncertain is marked over the map, and its possible classes wait", async () => {
  const { maps } = await begin();
  maps.awaited.add(30);
  const sets = { setSizePath: "set-size.tif", uncertainPath: "uncertain.tif", setsPath: null };
  program.on("maps.list", [map(3, 30, { sets })]);
  await ends(30);
  expect(program.requests("layers.setDisplay")[0]!.layers.map(({ id, visible }) => [id, visible])).toEqual([
    ["map:3", true],
    ["uncertain:3", true],
    ["confidence:3", false],
    ["set-size:3", false],
  ]);
});

test("a comparison is shown likewise; what failed or was cancelled is waited for no longer", async () => {
  const { maps } = await begin();
  maps.awaited.add(30);
  maps.awaited.add(31);
  program.on("maps.comparisons", [some<MapComparison>({ id: 7, jobId: 31 })]);
  await ends(30, "failed");
  expect([maps.view, maps.awaited.has(30)]).toEqual([{ kind: "list" }, false]);
  await ends(31);
  expect(maps.view).toEqual({ kind: "comparison", id: 7 });
  expect(program.requests("layers.setDisplay")[0]!.layers[0]).toMatchObject({ id: "difference:7", visible: true });
});

test("a job of one project shows nothing in the next, whose jobs have the same numbers", async () => {
  const { maps, leave, enter } = await begin();
  maps.awaited.add(30);
  const late = program.late("maps.list");
  await ends(30);
  await leave();
  await enter("/projects/b");
  await late.answer([map(9, 30)]);
  for (const _ of late.waiting) await late.answer([map(9, 30)]);
  await settle();
  expect([maps.view, program.requests("layers.setDisplay")]).toEqual([{ kind: "list" }, []]);
  maps.awaited.add(31);
  await leave();
  await enter("/projects/a");
  await ends(31);
  expect(maps.view).toEqual({ kind: "list" });
});

test("predictions and blocks that lie over the map go when a map begins to grow, and when one is shown", async () => {
  const { maps, jobs, uncover } = await begin();
  const stop = await mounted(() => jobs.follow());
  expect(uncover).toHaveBeenCalledTimes(1);
  // What a person lays over it meanwhile stays.
  await program.changed("jobs");
  expect(uncover).toHaveBeenCalledTimes(1);
  maps.awaited.add(30);
  program.on("maps.list", [map(3, 30)]).on("jobs.list", []);
  await ends(30);
  expect(uncover).toHaveBeenCalledTimes(2);
  stop();
});

test("a new map has its model measured with its inputs where labels test, once for a split, and a refusal says nothing", async () => {
  hasTests = true;
  const drawn = { ...map(3, 30), modalities: ["s2", "s1"] };
  const expected = some<AnswerOf<"maps.expected">[number]>({ part: "test", outdated: false, modalities: ["s1", "s2"] });
  program
    .on("models.list", [model(1, { name: "Crops" })])
    .on("maps.list", [drawn])
    .on("runs.evaluate", { id: 9, folder: "" });
  const { maps } = await begin();
  const draws = async (known: AnswerOf<"maps.expected">) => {
    program.on("maps.expected", known);
    maps.awaited.add(30);
    await ends(30);
    return program.requests("runs.evaluate").length;
  };
  expect(await draws([expected])).toBe(0);
  expect(
    await draws([
      { ...expected, part: "validation" },
      { ...expected, modalities: ["s2"] },
    ]),
  ).toBe(1);
  expect(program.requests("runs.evaluate")[0]).toEqual({ model: "Crops", subsets: [["s2", "s1"]] });
  expect(await draws([{ ...expected, outdated: true }])).toBe(2);
  program.refuse("runs.evaluate", new Error("busy"));
  expect(await draws([])).toBe(3);
  expect(notices.list).toEqual([]);
  hasTests = false;
  expect(await draws([])).toBe(3);
});

test("a result that cannot be read is said", async () => {
  const { maps } = await begin();
  maps.awaited.add(30);
  program.refuse("maps.list", new Error("locked"));
  await ends(30);
  expect(notices.list.map(({ error }) => error)).toEqual([new Error("locked")]);
});

test("what the panel shows stays when the project is renamed, and goes with the project", async () => {
  const { maps, renamed, leave, enter } = await begin();
  maps.view = { kind: "map", id: 1 };
  maps.model = "Crops";
  await renamed("Other name");
  expect([maps.view, maps.model]).toEqual([{ kind: "map", id: 1 }, "Crops"]);
  await leave();
  await enter("/projects/b");
  expect([maps.view, maps.model]).toEqual([{ kind: "list" }, null]);
});

test("classes of a map are hidden and shown one by one, or one alone", async () => {
  const { maps, layers } = await begin();
  const legend = [legendClass(1, "Wheat"), legendClass(2, "Maize"), legendClass(3, "Oak")];
  expect(maps.hiddenOf("map:1")).toEqual([2]);
  await maps.toggleClass("map:1", 3);
  expect(maps.hiddenOf("map:1")).toEqual([2, 3]);
  await maps.toggleClass("map:1", 2);
  expect(maps.hiddenOf("map:1")).toEqual([3]);
  await maps.showOnly("map:1", legend, 2);
  expect(maps.hiddenOf("map:1")).toEqual([1, 3]);
  await maps.showOnly("map:1", legend, null);
  expect(maps.hiddenOf("map:1")).toEqual([]);
  await layers.setVisible(["map:1"], false);
  expect([maps.shown("map:1"), maps.shown("map:9")]).toEqual([false, false]);
});
