import { beforeEach, expect, test } from "vitest";
import type { AnswerOf } from "../../../src-shared/ipc/index.ts";
import { type FakeProgram, mounted, settle } from "../../client/fake-program.fixture.ts";
import { Labels } from "../../state/labels.svelte.ts";
import { Selection } from "../../state/selection.svelte.ts";
import { newProgram, newWindow, some } from "../../state/state.fixture.ts";
import { LegendPage } from "./legend-page.svelte.ts";

type Legends = AnswerOf<"legends.list">;
const legends = (active: number | null, ...ids: number[]): Legends => ({
  active,
  legends: ids.map((id) => some<Legends["legends"][number]>({ id, name: `legend ${id}`, classes: [], labels: 0 })),
});

let program: FakeProgram;
beforeEach(() => {
  program = newProgram()
    .on("legends.list", legends(1, 1))
    .on("labels.summary", undefined as never)
    .on("labels.splitState", undefined as never)
    .on("labels.parts", undefined as never)
    .on("labels.list", { legendId: 1, version: 1, total: 0, labels: [] });
});

async function begin() {
  const window = newWindow(program);
  const labels = new Labels({ ...window, selection: new Selection(window.session) });
  const page = new LegendPage(labels);
  const stop = await mounted(() => {
    page.follow();
    return () => {};
  });
  await window.enter();
  return { page, stop };
}

test("a legend that was just made stays shown until the list has it, and then shows itself", async () => {
  const { page, stop } = await begin();
  page.showActive();
  await settle();
  expect(page.legend?.id).toBe(1);
  page.show(2);
  await settle();
  expect([page.page, page.legend]).toEqual([2, null]);
  program.on("legends.list", legends(2, 1, 2));
  await program.changed("legends");
  expect([page.page, page.legend?.id]).toEqual([2, 2]);
  stop();
});

test("a legend that was removed gives way to the active one, and the last one to the ready ones", async () => {
  const { page, stop } = await begin();
  page.show(1);
  await settle();
  program.on("legends.list", legends(2, 2));
  await program.changed("legends");
  expect(page.page).toBe(2);
  program.on("legends.list", legends(null));
  await program.changed("legends");
  expect(page.page).toBe("ready");
  // A number may be given again after a removal: the new one is waited for like any other.
  page.show(2);
  await settle();
  expect(page.page).toBe(2);
  stop();
});
