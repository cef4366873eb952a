import { expect, test } from "vitest";
import { Selection } from "./selection.svelte.ts";
import { newProgram, newWindow } from "./state.fixture.ts";

test("one selected layer is the layer; none and several are none", () => {
  const selection = new Selection(newWindow(newProgram()).session);
  expect(selection.layer).toBeNull();
  selection.layers = new Set(["map:1"]);
  expect(selection.layer).toBe("map:1");
  selection.layers = new Set(["map:1", "map:2"]);
  expect(selection.layer).toBeNull();
});

test("what is selected in one project is not selected in the next, but stays when the project is renamed", async () => {
  const { session, enter, leave, renamed } = newWindow(newProgram());
  const selection = new Selection(session);
  await enter();
  selection.layers = new Set(["map:1"]);
  selection.labels = new Set([1, 2]);
  await renamed("Other name");
  expect([selection.layers.size, selection.labels.size]).toEqual([1, 2]);
  await leave();
  await enter("/projects/b");
  expect([selection.layers.size, selection.labels.size]).toEqual([0, 0]);
});
