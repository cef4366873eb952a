import { beforeEach, expect, test } from "vitest";
import type { MapProduct } from "../../src-shared/domain/map-product.ts";
import type { TableName } from "../../src-shared/domain/tables.ts";
import type { AnswerOf } from "../../src-shared/ipc/index.ts";
import { type FakeProgram, mounted, settle } from "../client/fake-program.fixture.ts";
import { EditHistory } from "./history.svelte.ts";
import { Jobs } from "./jobs.svelte.ts";
import { Labels } from "./labels.svelte.ts";
import { Layers } from "./layers.svelte.ts";
import { Maps } from "./maps.svelte.ts";
import type { Notifier } from "./notify.ts";
import { Selection } from "./selection.svelte.ts";
import { job, layer, newProgram, newWindow, some } from "./state.fixture.ts";
import { Steps } from "./steps.svelte.ts";
import { Tiles } from "./tiles.svelte.ts";

type Split = AnswerOf<"labels.splitState">;
const summary = (labels: number) => some<AnswerOf<"labels.summary">>({ labels });
const split = (part: "train" | "test", more: Partial<Split> = {}) =>
  some<Split>({
    split: some<NonNullable<Split["split"]>>({
      id: 1,
      notes: [],
      counts: [{ classCode: 1, part, items: 4, weight: 40 }],
    }),
    unassigned: 0,
    blocks: [],
    fields: [],
    ...more,
  });
const model = (id: number, more = {}) =>
  some<AnswerOf<"models.list">[number]>({
    id,
    name: `m${id}`,
    kind: "finetuned",
    state: "present",
    summary: some({}),
    ...more,
  });
const map = (id: number, modelId: number) =>
  some<MapProduct>({ id, modelId, modalities: ["s2"], createdAt: "2026-01-02", files: some({}) });
const measured = (more = {}) =>
  some<AnswerOf<"maps.expected">[number]>({ part: "test", modalities: ["s2"], outdated: false, ...more });

let program: FakeProgram;
beforeEach(() => {
  program = newProgram()
    .on("layers.list", [])
    .on("layers.display", [])
    .on("legends.list", some<AnswerOf<"legends.list">>({ active: 1, legends: [] }))
    .on("labels.summary", summary(0))
    .on("labels.splitState", some<Split>({ split: null, unassigned: 0, blocks: [], fields: [] }))
    .on("labels.parts", undefined as never)
    .on("labels.list", { legendId: 1, version: 1, total: 0, labels: [] })
    .on("tiles.summary", null)
    .on("tiles.list", [])
    .on("tiles.maps", [])
    .on("maps.list", [])
    .on("maps.comparisons", [])
    .on("models.list", [])
    .on("maps.expected", [])
    .on("jobs.list", []);
});

async function begin() {
  const window = newWindow(program);
  const layers = new Layers({ ...window, history: new EditHistory(window.client) });
  const labels = new Labels({ ...window, selection: new Selection(window.session) });
  const jobs = new Jobs({ ...window, notifier: some<Notifier>({}) });
  const tiles = new Tiles({ client: window.client, session: window.session });
  const maps = new Maps({ ...window, jobs, layers, uncover: () => {}, tests: () => false });
  const steps = new Steps({ ...window, layers, labels, tiles, maps, jobs });
  await window.enter();
  await mounted(() => jobs.follow());
  return { ...window, steps };
}
const shown = ({ list }: Steps) => list.map(({ id, state }) => `${id} ${state}`);

test("step after step becomes the next one, from the images to the export", async () => {
  const { steps } = await begin();
  expect([steps.next?.id, steps.list.every(({ state }) => state === "open")]).toEqual(["images", true]);
  const goes: readonly (readonly [id: string, table: TableName, answer: () => void])[] = [
    ["labels", "rasters", () => void program.on("layers.list", [layer("raster:1")])],
    ["split", "labels", () => void program.on("labels.summary", summary(9))],
    ["train", "splits", () => void program.on("labels.splitState", split("train"))],
    ["map", "models", () => void program.on("models.list", [model(3)])],
    ["accuracy", "maps", () => void program.on("maps.list", [map(1, 3)])],
    ["export", "runs", () => void program.on("maps.expected", [measured()])],
  ];
  for (const [id, table, answer] of goes) {
    answer();
    await program.changed(table);
    await settle();
    expect(steps.next?.id).toBe(id);
  }
  program.on("jobs.list", [job(5, { kind: "export", state: "finished", finishedAt: "2026-01-03" })]);
  await program.changed("jobs");
  await settle();
  expect([steps.next, steps.list.every(({ state }) => state === "done")]).toEqual([null, true]);
});

test("a picture or a table that was written is an export", async () => {
  program
    .on("layers.list", [layer("raster:1")])
    .on("labels.summary", summary(9))
    .on("labels.splitState", split("test"))
    .on("models.list", [model(3)])
    .on("maps.list", [map(1, 3)])
    .on("maps.expected", [measured()])
    .on("jobs.list", []);
  const { steps } = await begin();
  await settle();
  expect(steps.next?.id).toBe("export");
  steps.exported();
  await settle();
  expect(steps.next).toBeNull();
});

test("what was made from something that changed since is outdated, and the first such step comes next", async () => {
  program
    .on("layers.list", [layer("raster:1")])
    .on("labels.summary", summary(9))
    .on("labels.splitState", split("test", { unassigned: 2 }))
    .on("models.list", [model(3), model(4, { outdated: true })])
    .on("maps.list", [map(1, 3)])
    .on("maps.expected", [measured({ part: "validation" }), measured({ outdated: true })])
    .on("jobs.list", [job(5, { kind: "report", state: "finished", finishedAt: "2026-01-01" })]);
  const { steps } = await begin();
  await settle();
  expect(shown(steps)).toEqual([
    "images done",
    "labels done",
    "split stale",
    "train stale",
    "map stale",
    "accuracy stale",
    "export stale",
  ]);
  expect([steps.next?.id, steps.tests]).toEqual(["split", true]);
});

test("nothing comes next before all is known, labelled tiles end with their training, and the strip stays away once hidden", async () => {
  const late = program.late("labels.splitState");
  const { steps } = await begin();
  expect([steps.known, steps.next]).toEqual([false, null]);
  await late.answer(some<Split>({ split: null, unassigned: 0, blocks: [], fields: [] }));
  expect(steps.next?.id).toBe("images");
  program.on("tiles.summary", some<NonNullable<AnswerOf<"tiles.summary">>>({ split: null, classes: [] }));
  await program.changed("tile_labels");
  await settle();
  expect(shown(steps)).toEqual(["images open", "labels done", "split open", "train open"]);
  steps.hide(true);
  expect(steps.hidden).toBe(true);
});
