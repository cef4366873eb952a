import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AppError } from "../../src-shared/errors/index.ts";
import type { InstantLearned, InstantState } from "../../src-shared/ipc/index.ts";
import { type FakeProgram, settle } from "../client/fake-program.fixture.ts";
import { Instant } from "./instant.svelte.ts";
import { newProgram, newWindow } from "./state.fixture.ts";

let program: FakeProgram;
beforeEach(() => {
  program = newProgram();
});
afterEach(() => vi.useRealTimers());

const features = { state: "ready", missing: [], columns: 304, bytes: 1, error: 0.04, madeAt: null } as const;
const learned = (more: Partial<InstantLearned>): InstantLearned => ({
  kind: "classes",
  epoch: "a-1",
  classes: [{ code: 1, name: "wheat", color: "#112233", patches: 3 }],
  rows: 3,
  labels: 2,
  heldBack: 0,
  outside: 0,
  agreement: null,
  milliseconds: 5,
  ...more,
});
const told = (more: Partial<InstantState>): InstantState => ({
  possible: true,
  ready: true,
  features,
  layers: [],
  source: null,
  job: null,
  learned: null,
  ...more,
});

test("it comes up by itself when something is learned, follows every edit, and is gone while it is off", async () => {
  program.on("instant.state", told({ learned: learned({ kind: "nothing" }) }));
  const window = newWindow(program);
  const instant = new Instant(window);
  await window.enter();
  expect([instant.on, instant.shown]).toEqual([true, null]);
  program.on("instant.state", told({ learned: learned({ kind: "similarity", epoch: "a-2" }) }));
  await program.changed("labels");
  expect(instant.shown).toMatchObject({ layer: "similarity", epoch: "a-2" });
  program.on("instant.state", told({ learned: learned({ epoch: "a-3" }) }));
  await program.changed("labels");
  expect(instant.shown).toMatchObject({ layer: "class", epoch: "a-3", legend: [{ code: 1 }] });
  instant.look({ view: "margin" });
  expect(instant.shown).toMatchObject({ layer: "margin" });
  instant.look({ on: false });
  expect(instant.shown).toBeNull();
  await settle();
  // Nothing is learned for a map that nobody sees.
  expect(program.requests("instant.state").at(-1)).toEqual({ learn: false });
});

test("how it is shown is kept with its project", async () => {
  program.on("instant.state", told({ learned: learned({}) }));
  program.on("view.get", { on: true, view: "confidence", opacity: 0.5 });
  const window = newWindow(program);
  const instant = new Instant(window);
  await window.enter();
  expect([instant.view, instant.opacity]).toEqual(["confidence", 0.5]);
  program.on("view.get", null);
  await window.enter("/projects/b");
  expect([instant.view, instant.opacity]).toEqual(["class", 0.75]);
});

test("a kept map gets a name that is free, and what cannot be done is said", async () => {
  program.on("instant.state", told({ learned: learned({}) }));
  const window = newWindow(program);
  const instant = new Instant(window);
  await window.enter();
  program.on("instant.keep", ({ name }) => {
    if (name !== "Instant map (3)") throw new AppError("model-exists", { name });
    return { id: 1, folder: "" };
  });
  expect(await instant.keep("Instant map")).toBe("Instant map (3)");
  program.refuse("instant.prepare", new AppError("no-disk-space", { path: "/a" }));
  await instant.prepare();
  expect(instant.failed).toMatchObject({ code: "no-disk-space" });
});
