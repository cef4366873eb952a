import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ChainFacts } from "../../src-shared/domain/chain.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type FakeProgram, settle } from "../client/fake-program.fixture.ts";
import { notices } from "../ui/notices.svelte.ts";
import { Chains } from "./chains.svelte.ts";
import { newProgram, newWindow, some } from "./state.fixture.ts";

let program: FakeProgram;
beforeEach(() => {
  program = newProgram();
});
afterEach(() => vi.useRealTimers());

const facts = (more: Partial<ChainFacts>): ChainFacts =>
  some<ChainFacts>({
    id: 1,
    plan: some<ChainFacts["plan"]>({ instant: "Instant map", trained: "Trained map" }),
    ended: null,
    state: "running",
    steps: [
      { step: "instant", job: 4, state: "finished" },
      { step: "instant-map", job: 5, state: "running" },
    ],
    maps: { instant: null, trained: null },
    ...more,
  });
const done = facts({ ended: "done", state: "done", maps: { instant: 7, trained: 8 } });

function chainsIn(window: ReturnType<typeof newWindow>) {
  const hushed: number[] = [];
  const maps = { view: { kind: "list" } as never };
  const compare = { a: null as string | null, b: null as string | null, set: vi.fn() };
  const present = vi.fn(async () => {});
  const chains = new Chains({
    ...window,
    jobs: { hush: (id) => void hushed.push(id) },
    maps,
    layers: { present },
    compare,
  });
  return { chains, hushed, maps, compare, present };
}

test("a chain under way is the current one, its jobs say nothing by themselves, and its end is one notice that shows both maps", async () => {
  program.on("chains.list", [facts({})]);
  const window = newWindow(program);
  const { chains, hushed, maps, compare, present } = chainsIn(window);
  await window.enter();
  expect(chains.current?.id).toBe(1);
  expect(hushed).toContain(5);
  expect(hushed).not.toContain(4);
  program.on("chains.list", [done]);
  await program.changed("chains");
  expect([chains.current, chains.finished?.id]).toEqual([null, 1]);
  expect(notices.list.map(({ text }) => text)).toEqual(["“Trained map” is done: compare it with the instant map."]);
  notices.list[0]!.action!.run();
  await settle();
  expect(maps.view).toEqual({ kind: "beside", chain: 1 });
  expect(present).toHaveBeenCalledWith([
    { id: "map:7", visible: true },
    { id: "map:8", visible: true },
  ]);
  expect([compare.a, compare.b]).toEqual(["map:7", "map:8"]);
  expect(compare.set).toHaveBeenCalledWith("swipe");
  // Who looks at them needs the notice no more; each of the two maps leads to both.
  expect(notices.list).toEqual([]);
  expect([chains.ofMap(7)?.id, chains.ofMap(8)?.id, chains.ofMap(9)]).toEqual([done.id, done.id, undefined]);
});

test("one that was done before the window looked is no news; names that are taken get a number; a refusal is kept for its place", async () => {
  program.on("chains.list", [done]);
  const window = newWindow(program);
  const { chains } = chainsIn(window);
  await window.enter();
  expect(notices.list).toEqual([]);
  const request = { name: "Trained map", instant: "Instant map", encoder: "Encoder" };
  program.refuse("chains.start", new AppError("instant-needs-classes", { classes: 1 }));
  expect(await chains.start(request)).toBe(false);
  expect(chains.failed).toMatchObject({ code: "instant-needs-classes" });
  let asked = 0;
  program.on("chains.start", () => {
    if (asked++ === 0) throw new AppError("model-exists", { name: "Instant map" });
    return { id: 2 };
  });
  expect(await chains.start(request)).toBe(true);
  expect(program.requests("chains.start").at(-1)).toMatchObject({
    name: "Trained map (2)",
    instant: "Instant map (2)",
  });
  expect(chains.failed).toBeUndefined();
});
