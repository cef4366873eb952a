import { beforeEach, expect, test, vi } from "vitest";
import { AppError } from "../../src-shared/errors/index.ts";
import type { FakeProgram } from "../client/fake-program.fixture.ts";
import { settle } from "../client/fake-program.fixture.ts";
import { Similar } from "./similar.svelte.ts";
import { newProgram, newWindow } from "./state.fixture.ts";

let program: FakeProgram;
beforeEach(() => {
  program = newProgram();
});
const found = (epoch: string) =>
  ({ epoch, extent: [0, 0, 10, 10], meters: 10, patches: 100, outside: 0, milliseconds: 1 }) as const;
const places = { places: [{ point: [5, 5] as const, score: 0.9, hectares: 1 }], hectares: 2 };

test("every click asks again, wanted and unwanted ones apart, and only the newest answer is shown", async () => {
  const early = program.late("similar.find");
  program.on("similar.places", places);
  const window = newWindow(program);
  const similar = new Similar(window);
  await window.enter();
  similar.click([1, 2]);
  program.on("similar.find", found("second"));
  similar.click([3, 4], false);
  await settle();
  expect(program.requests("similar.find").at(-1)).toEqual({ like: [[1, 2]], unlike: [[3, 4]] });
  expect(similar.found?.epoch).toBe("second");
  await early.answer(found("first"));
  expect([similar.found?.epoch, similar.busy]).toEqual(["second", false]);
  // The list follows when the map shows the answer, and not for one that is no longer shown.
  similar.drawn("first");
  await settle();
  expect(similar.places).toBeNull();
  similar.drawn("second");
  await settle();
  expect(similar.places).toEqual(places);
  similar.remove(0);
  await settle();
  // Without a wanted click there is nothing to look for.
  expect([similar.found, similar.clicks.length]).toEqual([null, 1]);
});

test("another layer is compared by the same clicks, until another project is open", async () => {
  program.on("similar.find", found("a"));
  const window = newWindow(program);
  const similar = new Similar(window);
  await window.enter();
  similar.click([1, 2]);
  const from = { values: false, embedding: "europe-10m" };
  similar.compareBy(from);
  await settle();
  expect(program.requests("similar.find").at(-1)).toEqual({ like: [[1, 2]], unlike: [], from });
  similar.compareBy(null);
  await settle();
  expect(program.requests("similar.find").at(-1)).toEqual({ like: [[1, 2]], unlike: [] });
});

test("scores that the program has given up are found again from their clicks, once", async () => {
  program.on("similar.find", found("a"));
  const window = newWindow(program);
  const similar = new Similar(window);
  await window.enter();
  similar.click([1, 2]);
  await settle();
  for (const epoch of ["earlier", "a", "a"]) similar.lost(epoch);
  await settle();
  expect(program.requests("similar.find")).toHaveLength(2);
});

test("a list that comes after its clicks were taken back is not shown", async () => {
  program.on("similar.find", found("a"));
  const late = program.late("similar.places");
  const window = newWindow(program);
  const similar = new Similar(window);
  await window.enter();
  similar.click([1, 2]);
  await settle();
  similar.drawn("a");
  await settle();
  similar.clear();
  await late.answer(places);
  expect([similar.places, similar.failed]).toEqual([null, undefined]);
});

test("the list follows the slider when it rests, and what cannot be done is said", async () => {
  program.on("similar.find", found("a")).on("similar.places", places);
  const window = newWindow(program);
  const similar = new Similar(window);
  await window.enter();
  similar.click([1, 2]);
  await settle();
  // Where the map is hidden nothing is drawn: the list comes all the same.
  await vi.advanceTimersByTimeAsync(300);
  await settle();
  for (const threshold of [0.6, 0.7, 0.8]) similar.look(threshold);
  expect(similar.places).toBeNull();
  await vi.advanceTimersByTimeAsync(300);
  await settle();
  expect(program.requests("similar.places").map((asked) => (asked as { threshold: number }).threshold)).toEqual([
    0.5, 0.8,
  ]);
  program.refuse("similar.keep", new AppError("similar-none-above", { threshold: 0.8 }));
  expect(await similar.keep("a")).toBeUndefined();
  expect(similar.failed).toMatchObject({ code: "similar-none-above" });
  await window.enter("/projects/b");
  expect([similar.clicks, similar.found]).toEqual([[], null]);
});
