import { beforeEach, expect, test } from "vitest";
import { type FakeProgram, settle } from "../client/fake-program.fixture.ts";
import { newProgram, newWindow } from "../state/state.fixture.ts";
import { Bookmarks } from "./bookmarks.svelte.ts";
import { Places } from "./places.svelte.ts";

let program: FakeProgram;
beforeEach(() => {
  program = newProgram();
});

const subjects = [
  ["bookmarks.list", Bookmarks, "bookmarks"],
  ["project.places", Places, "acquisitions"],
] as const;

test.each(subjects)(
  "%s is asked for in a project only, and asked again when it changes",
  async (question, Kept, table) => {
    program.on(question, [{ name: "north" }] as never);
    const window = newWindow(program);
    const kept = new Kept(window);
    await settle();
    expect([kept.list, program.requests(question)]).toEqual([[], []]);
    await window.enter();
    expect(kept.list).toEqual([{ name: "north" }]);
    program.on(question, [] as never);
    await program.changed(table);
    expect(kept.list).toEqual([]);
  },
);

test.each(subjects)("%s of a project that was left are not shown in the next", async (question, Kept) => {
  program.on(question, [{ name: "north" }] as never);
  const window = newWindow(program);
  const kept = new Kept(window);
  await window.enter();
  const late = program.late(question);
  await window.leave();
  expect(kept.list).toEqual([]);
  await window.enter("/projects/b");
  expect(kept.list).toEqual([]);
  await late.answer([{ name: "south" }] as never);
  expect(kept.list).toEqual([{ name: "south" }]);
});
