import { flushSync } from "svelte";
import { beforeEach, expect, test, vi } from "vitest";

const { invoke, announce } = vi.hoisted(() => {
  const listeners = new Set<(what: { table: string; ids: number[] }) => void>();
  return {
    invoke: vi.fn(),
    announce: Object.assign(
      (table: string) => {
        for (const listener of listeners) listener({ table, ids: [] });
      },
      { listeners },
    ),
  };
});
vi.mock("./bridge.ts", () => ({
  invoke,
  subscribe: (_: string, listener: (what: { table: string; ids: number[] }) => void) => {
    announce.listeners.add(listener);
    return () => announce.listeners.delete(listener);
  },
}));
const { live } = await import("./live.svelte.ts");

beforeEach(() => {
  vi.useFakeTimers();
  invoke.mockReset();
});

function begin() {
  let question!: ReturnType<typeof live<"bookmarks.list">>;
  const stop = $effectRoot(() => {
    question = live("bookmarks.list", () => ({}));
  });
  flushSync();
  return { question, stop };
}

/** `$effect.root` is a rune, and this file is plain TypeScript: the compiled form is the same call. */
async function load() {
  return (await import("./live.fixture.svelte.ts")).root;
}
const $effectRoot = await load();

test("a live question is asked, and asked once for many changes of its tables", async () => {
  invoke.mockResolvedValue(["a"]);
  const { question, stop } = begin();
  expect(question.loading).toBe(true);
  await vi.runAllTimersAsync();
  expect(question.value).toEqual(["a"]);
  invoke.mockResolvedValue(["a", "b"]);
  announce("bookmarks");
  announce("bookmarks");
  announce("labels");
  await vi.runAllTimersAsync();
  expect(invoke).toHaveBeenCalledTimes(2);
  expect(question.value).toEqual(["a", "b"]);
  stop();
  announce("bookmarks");
  await vi.runAllTimersAsync();
  expect(invoke).toHaveBeenCalledTimes(2);
});

test("an error stands beside the last answer, which is kept", async () => {
  invoke.mockResolvedValueOnce(["a"]);
  const { question, stop } = begin();
  await vi.runAllTimersAsync();
  invoke.mockRejectedValueOnce(new Error("no"));
  await question.refresh();
  expect(question.value).toEqual(["a"]);
  expect(question.error).toBeInstanceOf(Error);
  stop();
});

test("a slow answer does not overwrite a newer one", async () => {
  let slow!: (value: string[]) => void;
  invoke.mockReturnValueOnce(
    new Promise((resolve) => {
      slow = resolve;
    }),
  );
  const { question, stop } = begin();
  invoke.mockResolvedValueOnce(["new"]);
  await question.refresh();
  slow(["old"]);
  await vi.runAllTimersAsync();
  expect(question.value).toEqual(["new"]);
  stop();
});

test("whoever asks anew has the answer afterwards, also when a change of the tables overtook the question", async () => {
  invoke.mockResolvedValue([]);
  const { question, stop } = begin();
  await vi.runAllTimersAsync();
  const answers: ((answer: string[]) => void)[] = [];
  invoke.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
  let told: unknown;
  void question.refresh().then(() => {
    told = question.value;
  });
  announce("bookmarks");
  await vi.advanceTimersByTimeAsync(50);
  answers[0]!(["old"]);
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toBeUndefined();
  answers[1]!(["new"]);
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(["new"]);
  stop();
});
