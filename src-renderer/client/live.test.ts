import { beforeEach, expect, test, vi } from "vitest";
import type { AnswerOf } from "../../src-shared/ipc/index.ts";
import { FakeProgram, settle } from "./fake-program.fixture.ts";
import { root } from "./live.fixture.svelte.ts";
import type { Live } from "./live.svelte.ts";

type Bookmarks = AnswerOf<"bookmarks.list">;
const bookmarks = (...names: string[]): Bookmarks =>
  names.map((name, index) => ({
    id: index + 1,
    name,
    createdAt: "2024-01-01",
    bounds: { minX: 0, minY: 0, maxX: 1, maxY: 1 },
  }));
const namesOf = (question: Live<Bookmarks>) => question.value?.map(({ name }) => name);

beforeEach(() => {
  vi.useFakeTimers();
});

async function begin(program: FakeProgram) {
  let question!: Live<Bookmarks>;
  const stop = root(() => {
    question = program.client.live("bookmarks.list", () => ({}));
    return undefined;
  });
  await settle();
  return { question, stop };
}

test("a live question is asked, and asked once for many changes of its tables", async () => {
  const program = new FakeProgram();
  const late = program.late("bookmarks.list");
  const { question, stop } = await begin(program);
  expect(question.loading).toBe(true);
  await late.answer(bookmarks("a"));
  expect(question.loading).toBe(false);
  expect(namesOf(question)).toEqual(["a"]);
  program.on("bookmarks.list", bookmarks("a", "b"));
  await program.changed("bookmarks", "bookmarks", "labels");
  expect(program.requests("bookmarks.list")).toHaveLength(2);
  expect(namesOf(question)).toEqual(["a", "b"]);
  await program.changed("labels");
  expect(program.requests("bookmarks.list")).toHaveLength(2);
  stop();
  await program.changed("bookmarks");
  expect(program.requests("bookmarks.list")).toHaveLength(2);
});

test("a program that has forgotten the window is asked again", async () => {
  const program = new FakeProgram().on("bookmarks.list", bookmarks("a"));
  const { question, stop } = await begin(program);
  program.on("bookmarks.list", bookmarks("b"));
  await program.forget();
  expect(namesOf(question)).toEqual(["b"]);
  stop();
});

test("an error stands beside the last answer, which is kept", async () => {
  const program = new FakeProgram().on("bookmarks.list", bookmarks("a"));
  const { question, stop } = await begin(program);
  program.refuse("bookmarks.list", new Error("no"));
  await question.refresh();
  expect(namesOf(question)).toEqual(["a"]);
  expect(question.error).toEqual(new Error("no"));
  stop();
});

test("a slow answer does not overwrite a newer one", async () => {
  const program = new FakeProgram();
  const late = program.late("bookmarks.list");
  const { question, stop } = await begin(program);
  program.on("bookmarks.list", bookmarks("new"));
  await question.refresh();
  await late.answer(bookmarks("old"));
  expect(namesOf(question)).toEqual(["new"]);
  stop();
});

test("whoever asks anew has the answer afterwards, also when a change of the tables overtook the question", async () => {
  const program = new FakeProgram().on("bookmarks.list", []);
  const { question, stop } = await begin(program);
  const late = program.late("bookmarks.list");
  let told: unknown;
  void question.refresh().then(() => {
    told = namesOf(question);
  });
  await program.changed("bookmarks");
  await late.answer(bookmarks("old"));
  expect(told).toBeUndefined();
  await late.answer(bookmarks("new"));
  expect(told).toEqual(["new"]);
  stop();
});
