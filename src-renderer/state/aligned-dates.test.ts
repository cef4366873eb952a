import { beforeEach, expect, test } from "vitest";
import type { MeasuredDates } from "../../src-shared/ipc/index.ts";
import { type FakeProgram, settle } from "../client/fake-program.fixture.ts";
import { AlignedDates, type MeasuredDate, median } from "./aligned-dates.svelte.ts";
import { Jobs } from "./jobs.svelte.ts";
import type { Notifier } from "./notify.ts";
import { newProgram, newWindow, some } from "./state.fixture.ts";

const date = (acquisition: string, off: number | null, more: Partial<MeasuredDate> = {}): MeasuredDate =>
  some<MeasuredDate>({
    acquisition,
    off,
    error: 0.02,
    refused: off === null ? "clouds" : null,
    applied: false,
    ...more,
  });

let program: FakeProgram;
let asked: unknown[];
beforeEach(() => {
  asked = [];
  const dates = [
    date("near", 0.2),
    date("far", 1.5),
    date("vague", 1.5, { error: 0.6 }),
    date("cloudy", null),
    date("done", 2, { applied: true }),
  ];
  program = newProgram()
    .on("alignment.dates", (request) => {
      asked.push(request);
      return some<MeasuredDates>({ job: 7, modality: "s2", dates });
    })
    .on("alignment.align", (request) => {
      asked.push(request);
      return { id: 8, folder: "/projects/a/runs/8" };
    })
    .on("alignment.apply", (request) => {
      asked.push(request);
      return ["far"];
    });
});

async function begin() {
  const window = newWindow(program);
  const dates = new AlignedDates({ ...window, jobs: new Jobs({ ...window, notifier: some<Notifier>({}) }) });
  await window.enter();
  return { ...window, dates };
}

test("only dates that lie off for certain, beyond the threshold, and are not corrected are offered", async () => {
  const { dates } = await begin();
  expect(dates.beyond.map(({ acquisition }) => acquisition)).toEqual(["far"]);
  dates.threshold = 0.15;
  expect(dates.beyond.map(({ acquisition }) => acquisition)).toEqual(["near", "far"]);
  asked = [];
  await dates.apply();
  expect(asked).toContainEqual({ job: 7, pixels: 0.15 });
});

test("another series is compared with its own median, and another project asks anew", async () => {
  const { dates, enter } = await begin();
  dates.reference = "an image";
  dates.choose("s1");
  await settle();
  expect(asked).toContainEqual({ modality: "s1" });
  expect(dates.reference).toBe(median);
  dates.threshold = 3;
  await dates.measure("s1");
  expect(asked).toContainEqual({ modality: "s1", reference: median });
  await enter("/projects/b");
  expect(dates.modality).toBeNull();
  expect(dates.threshold).toBe(0.25);
});

test("what the program refuses is shown until something goes well", async () => {
  const { dates } = await begin();
  program.on("alignment.apply", () => Promise.reject(new Error("gone")));
  await dates.apply();
  expect(dates.error).toMatchObject({ message: "gone" });
  program.on("alignment.apply", ["far"]);
  await dates.apply();
  expect(dates.error).toBeNull();
});
