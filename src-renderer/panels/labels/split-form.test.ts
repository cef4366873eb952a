import { beforeEach, expect, test } from "vitest";
import type { AnswerOf, SplitReport } from "../../../src-shared/ipc/index.ts";
import { type FakeProgram, mounted, settle } from "../../client/fake-program.fixture.ts";
import { Labels } from "../../state/labels.svelte.ts";
import { Selection } from "../../state/selection.svelte.ts";
import { newProgram, newWindow, some } from "../../state/state.fixture.ts";
import { SplitForm } from "./split-form.svelte.ts";

type State = AnswerOf<"labels.splitState">;
const byField = some<SplitReport>({ id: 1, method: "field", parameters: { field: "set", parts: {} } });
const state = (split: SplitReport | null, ...fields: string[]) => some<State>({ split, fields, blocks: [] });
const active = (id: number) => some<AnswerOf<"legends.list">>({ active: id, legends: [] });

let program: FakeProgram;
beforeEach(() => {
  program = newProgram()
    .on("legends.list", active(1))
    .on("labels.summary", undefined as never)
    .on("labels.splitState", state(byField, "set", "name"))
    .on("labels.parts", undefined as never)
    .on("labels.list", { legendId: 1, version: 1, total: 0, labels: [] });
});

async function begin() {
  const window = newWindow(program);
  const labels = new Labels({ ...window, selection: new Selection(window.session) });
  await window.enter();
  const form = new SplitForm(labels);
  await mounted(() => {
    form.follow();
    return () => {};
  });
  return form;
}

test("the split in force stands in the form, and what was chosen meanwhile is not taken back while there is none", async () => {
  const form = await begin();
  expect([form.settings.method, form.settings.field, form.complete]).toEqual(["field", "set", true]);
  program.on("labels.splitState", state(null, "set", "name"));
  await program.changed("splits");
  form.change({ method: "random", seed: 4 });
  await program.changed("labels");
  expect([form.settings.method, form.settings.seed]).toEqual(["random", 4]);
});

test("a second legend begins as usual, not by the first one's field, and a field it has not cannot be split by", async () => {
  const form = await begin();
  program.on("legends.list", active(2)).on("labels.splitState", state(null));
  await program.changed("legends");
  await settle();
  expect([form.settings.method, form.settings.field, form.split, form.complete]).toEqual(["blocks", null, null, true]);
  form.choose("field");
  expect([form.settings.field, form.complete]).toEqual([null, false]);
  program.on("labels.splitState", state(null, "district"));
  await program.changed("labels");
  form.choose("field");
  expect([form.settings.field, form.complete]).toEqual(["district", true]);
});

test("a split by a field that the labels have lost is incomplete until another one is chosen", async () => {
  program.on("labels.splitState", state(byField, "name"));
  const form = await begin();
  expect(form.complete).toBe(false);
  form.choose("field");
  expect([form.settings.field, form.complete]).toEqual(["name", true]);
});

test("the field that says the split is proposed, and no other where there are several", async () => {
  program.on("labels.splitState", { ...state(null, "parcel_id", "split"), splitField: "split" });
  const form = await begin();
  form.choose("field");
  expect(form.settings.field).toBe("split");
  form.change({ method: "blocks", field: null });
  program.on("labels.splitState", { ...state(null, "parcel_id", "name"), splitField: null });
  await program.changed("labels");
  form.choose("field");
  expect([form.settings.field, form.complete]).toEqual([null, false]);
});
