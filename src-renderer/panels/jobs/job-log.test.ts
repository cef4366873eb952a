import { beforeEach, expect, test, vi } from "vitest";
import { type FakeProgram, settle } from "../../client/fake-program.fixture.ts";
import { job, newProgram } from "../../state/state.fixture.ts";
import { JobLogText } from "./job-log.svelte.ts";

let program: FakeProgram;
let log: JobLogText;
beforeEach(() => {
  program = newProgram().on("jobs.log", ({ id }) => ({ text: `job ${id}`, path: `/jobs/${id}/log` }));
  log = new JobLogText(program.client);
});
const says = (id: number, type: string) => program.announce("job.event", { id, event: { type } } as never);

test("a log is read at once, and again when the job says more or comes into another state", async () => {
  const read = vi.fn();
  const stop = log.follow(7, read);
  await settle();
  expect([log.text, log.path, read.mock.calls.length]).toEqual(["job 7", "/jobs/7/log", 1]);
  says(7, "log");
  program.announce("job.state", job(7));
  await settle();
  expect(program.requests("jobs.log")).toHaveLength(3);
  // Figures come many times a second, and are no lines of the log.
  says(7, "metric");
  says(7, "phase");
  says(8, "log");
  program.announce("job.state", job(8));
  await settle();
  expect(program.requests("jobs.log")).toHaveLength(3);
  stop();
  says(7, "log");
  program.announce("job.state", job(7));
  expect(program.requests("jobs.log")).toHaveLength(3);
});

test("an answer that comes late, about what was said before or about another job, is ignored", async () => {
  const late = program.late("jobs.log");
  const stop = log.follow(7, () => {});
  says(7, "log");
  await late.answer({ text: "two lines", path: "/7" }, 1);
  await late.answer({ text: "one line", path: "/7" });
  expect(log.text).toBe("two lines");
  says(7, "log");
  stop();
  log.follow(8, () => {});
  expect(log.text).toBe("");
  await late.answer({ text: "three lines", path: "/7" });
  expect([log.text, log.path]).toEqual(["", ""]);
  await late.fail(new Error("gone"));
  expect(log.error).toEqual(new Error("gone"));
});

test("a log that could not be read says why, until it can", async () => {
  const refusal = new Error("the file is gone");
  program.refuse("jobs.log", refusal);
  log.follow(7, () => {});
  await settle();
  expect(log.error).toBe(refusal);
  program.on("jobs.log", { text: "here", path: "/7" });
  says(7, "log");
  await settle();
  expect([log.text, log.error]).toEqual(["here", undefined]);
});
