import { beforeEach, expect, test, vi } from "vitest";
import { type FakeProgram, mounted, settle } from "../../client/fake-program.fixture.ts";
import { legendClass, newProgram, project } from "../../state/state.fixture.ts";
import { followReviews } from "./follow-reviews.svelte.ts";

let program: FakeProgram;
const stops = { drawn: 0, taken: 0 };
const show = vi.fn((..._: readonly unknown[]) => {
  stops.drawn++;
  return () => void stops.taken++;
});
beforeEach(() => {
  show.mockClear();
  Object.assign(stops, { drawn: 0, taken: 0 });
  program = newProgram()
    .on("runs.reviews", [
      { step: 10, hasPreview: true },
      { step: 20, hasPreview: true },
      { step: 30, hasPreview: false },
    ] as never)
    .on("runs.preview", ({ step }) => ({ step }) as never)
    .on("project.describe", { legends: [{ classes: [legendClass(1, "wheat")] }] } as never);
});
const follow = (shown: { runId: number; step: number | null } | null) =>
  mounted(() => {
    const runs = { shown, list: [{ id: 4, jobId: 9 }] };
    followReviews({
      client: program.client,
      runs: runs as never,
      session: { project: project() },
      load: async () => show as never,
    });
    return undefined;
  });
const steps = () => program.requests("runs.preview").map(({ step }) => step);

test("the newest review that has a picture is drawn, and taken away with who asked for it", async () => {
  const stop = await follow({ runId: 4, step: null });
  expect(steps()).toEqual([20]);
  expect(show).toHaveBeenCalledWith({ step: 20 }, [legendClass(1, "wheat")], "EPSG:32631");
  stop();
  expect(stops).toEqual({ drawn: 1, taken: 1 });
  expect(program.listenersOf("job.event")).toBe(0);
});

test("a review that was chosen is drawn without asking for others; without one nothing is asked", async () => {
  await follow({ runId: 4, step: 10 });
  expect([steps(), program.requests("runs.reviews")]).toEqual([[10], []]);
  await follow(null);
  expect(steps()).toEqual([10]);
});

test("a new review of the run's own job takes the place of the one before", async () => {
  const stop = await follow({ runId: 4, step: null });
  const review = (id: number, preview: boolean) =>
    program.announce("job.event", { id, event: { type: "review", step: 40, review: { preview } } } as never);
  review(8, true);
  review(9, false);
  await settle();
  expect(stops).toEqual({ drawn: 1, taken: 0 });
  review(9, true);
  await settle();
  expect(stops).toEqual({ drawn: 2, taken: 1 });
  stop();
});

test("what is answered after it was left is not drawn, and a refusal draws nothing", async () => {
  const late = program.late("runs.preview");
  const stop = await follow({ runId: 4, step: 10 });
  stop();
  await late.answer({ step: 10 } as never);
  program.refuse("runs.preview", new Error("the project was left"));
  await follow({ runId: 4, step: 10 });
  expect(stops.drawn).toBe(0);
});
