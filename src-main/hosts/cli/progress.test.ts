import { expect, test } from "vitest";
import { readDeviceList } from "../device-memory.ts";
import { Output } from "./output.ts";
import { duration, Pace, progressLine } from "./progress.ts";
import { editDistance, nearest } from "./suggest.ts";
import { table } from "./table.ts";

const written = (isTTY: boolean, json = false) => {
  const texts: string[] = [];
  const stream = { isTTY, columns: 60, write: (text: string) => texts.push(text) };
  return { output: new Output(json, stream, stream), texts };
};

test("rate and remaining time follow from the fractions of a phase, and a new phase begins anew", () => {
  const pace = new Pace();
  expect(pace.advance("Training", 0, 0)).toMatchObject({
    ratePerSecond: null,
    remainingSeconds: null,
    justBegun: true,
  });
  expect(pace.advance("Training", 0.25, 10_000)).toMatchObject({ ratePerSecond: 0.025, remainingSeconds: 30 });
  expect(pace.advance("Mapping", 0.5, 11_000)).toMatchObject({
    ratePerSecond: null,
    justBegun: true,
    elapsedSeconds: 0,
  });
});

test("the rate is that of the last half minute, so that a slow beginning is forgotten", () => {
  const pace = new Pace();
  pace.advance("Training", 0, 0);
  pace.advance("Training", 0.01, 60_000);
  pace.advance("Training", 0.02, 65_000);
  for (let second = 66; second <= 100; second++) pace.advance("Training", 0.02 + (second - 65) * 0.01, second * 1000);
  expect(pace.state.ratePerSecond).toBeCloseTo(0.01, 3);
});

test("a progress line has phase, share, rate, remaining time, step and values, and fits its terminal", () => {
  const state = {
    phase: "Pre-training",
    fraction: 0.42,
    elapsedSeconds: 33,
    ratePerSecond: 0.013,
    remainingSeconds: 44.6,
    justBegun: false,
  };
  expect(progressLine(state, 120, { loss: 2.31456 }, 200)).toBe(
    "Pre-training  42 %  1.3 %/s  0:45 left  step 120  loss 2.315",
  );
  expect(progressLine(state, 120, { loss: 2.31456 }, 20)).toHaveLength(19);
  expect([duration(7), duration(760), duration(11_100)]).toEqual(["0:07", "12:40", "3:05:00"]);
});

test("a terminal gets one line that is rewritten, a log a line now and then, a program an object per event", () => {
  const terminal = written(true);
  for (let i = 0; i <= 10; i++) terminal.output.progress({ type: "phase", name: "Mapping", fraction: i / 10 }, i * 200);
  terminal.output.text("Done.");
  expect(terminal.texts.filter((text) => text.startsWith("\r\u001b[K"))).toHaveLength(11);
  expect(terminal.texts.filter((text) => text.includes("\n"))).toEqual(["\n", "Done.\n"]);

  const log = written(false);
  for (let i = 0; i <= 100; i++) log.output.progress({ type: "phase", name: "Mapping", fraction: i / 100 }, i * 300);
  expect(log.texts.map((text) => text.split("  ").slice(0, 2).join(" "))).toEqual([
    "Mapping 34 %",
    "Mapping 68 %",
    "Mapping 100 %",
  ]);

  const program = written(false, true);
  program.output.progress({ type: "phase", name: "Mapping", fraction: 0.5 }, 0);
  program.output.progress({ type: "metric", step: 3, values: { loss: 1 } }, 1);
  program.output.text("not for programs");
  expect(program.texts.map((text) => JSON.parse(text) as unknown)).toEqual([
    { type: "progress", phase: "Mapping", fraction: 0.5, ratePerSecond: null, remainingSeconds: null },
    { type: "metric", step: 3, values: { loss: 1 } },
  ]);
});

test("a program hears of a phase when it begins, when it ends, and about once a second between, however many tiles there are", () => {
  const { output, texts } = written(false, true);
  output.progress({ type: "phase", name: "Reading", fraction: 0 }, 0);
  for (let tile = 1; tile <= 4000; tile++)
    output.progress({ type: "phase", name: "Mapping", fraction: tile / 4000 }, 10 + tile);
  output.progress({ type: "phase", name: "Mapping", fraction: 1 }, 4020);
  const told = texts.map((text) => JSON.parse(text) as { phase: string; fraction: number });
  expect(told.map(({ phase }) => phase)).toEqual(["Reading", ...Array.from({ length: 5 }, () => "Mapping")]);
  expect(told.slice(1).map(({ fraction }) => fraction)).toEqual([1 / 4000, 1001 / 4000, 2001 / 4000, 3001 / 4000, 1]);
});

test("findings follow the result on the error stream, the severe ones first; programs have them in the result", () => {
  const findings = [{ code: "no-validation", details: {} }, { code: "one-class-taught", details: { name: "wheat" } }] as const; // biome-ignore format: one line
  const person = written(false);
  person.output.findings(findings);
  expect(person.texts.map((text) => text.split(" ")[0])).toEqual(["SEVERE:", "Note:"]);
  const program = written(false, true);
  program.output.findings(findings);
  expect(program.texts).toEqual([]);
});

test("a short piece of work leaves no line in a log", () => {
  const log = written(false);
  for (let i = 0; i <= 4; i++) log.output.progress({ type: "phase", name: "Converting", fraction: i / 4 }, i * 100);
  expect(log.texts).toEqual([]);
});

test("the nearest name allows for a third of the letters, and for swapped neighbours", () => {
  expect([editDistance("inof", "info"), editDistance("map", "map"), editDistance("", "abc")]).toEqual([1, 0, 3]);
  expect(nearest("pretrian", ["pretrain", "project"])).toBe("pretrain");
  expect(nearest("eval", ["map", "evaluate"])).toBe("evaluate");
  expect(nearest("xyzzy", ["map", "evaluate"])).toBeUndefined();
});

test("columns of numbers stand to the right, others to the left", () => {
  expect(table(["class", "n"], [["wheat", 5], ["maize", 12]]).split("\n")).toEqual(["class   n", "─────  ──", "wheat   5", "maize  12"]); // biome-ignore format: one table in one line
});

test("the memory of NVIDIA cards is read from their tool's answer", () => {
  expect(readDeviceList("NVIDIA H200, 143771, 143166\n")).toEqual([
    { name: "NVIDIA H200", totalBytes: 143771 * 2 ** 20, freeBytes: 143166 * 2 ** 20 },
  ]);
  expect(readDeviceList("[Not Supported]\n")).toEqual([]);
});
