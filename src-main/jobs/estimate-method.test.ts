import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { methods } from "../../src-shared/domain/method.ts";
import { finetuneDefaults } from "../../src-shared/domain/recipe.ts";
import { estimate } from "./estimate.ts";
import { finetune } from "./finetune.ts";
import { quiet, sampleGrid, sampleImagery, sampleLabels, tinyFinetuning } from "./fixtures/sample.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-estimate-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const grid = sampleGrid(64, 0, 0, 6);

test("an estimate of a method knows the table that it will learn from, and leaves nothing behind", async () => {
  const imagery = await sampleImagery(grid, 6);
  for (const method of methods) {
    const folder = join(room, method);
    mkdirSync(folder);
    const training = { ...tinyFinetuning(grid, folder), imagery, recipe: finetuneDefaults, method };
    const { totalSeconds, memoryBytes, table, provider, parameters } = await estimate(
      { kind: "estimate", folder, seed: 1, provider: "cpu", resume: false, appVersion: "test", training },
      quiet,
    );
    const { metrics } = await finetune(training, quiet);
    expect(table, method).toEqual({ rows: metrics.rows, columns: metrics.columns });
    expect(totalSeconds!.low).toBeGreaterThan(0);
    expect(totalSeconds!.high).toBeGreaterThan(totalSeconds!.low);
    expect(memoryBytes.low).toBeGreaterThan(1e8);
    expect(memoryBytes.high).toBeGreaterThan(memoryBytes.low);
    expect([provider, parameters]).toEqual(["cpu", 0]);
  }
});

test("what a training would refuse, its estimate refuses too", async () => {
  const imagery = await sampleImagery(grid, 2);
  const labels = sampleLabels(() => "test");
  const training = { ...tinyFinetuning(grid, room), imagery, labels, recipe: finetuneDefaults, method: methods[0] };
  const spec = { kind: "estimate", folder: room, seed: 1, provider: "cpu", resume: false, appVersion: "test", training } as const; // biome-ignore format: one spec
  await expect(estimate(spec, quiet)).rejects.toMatchObject({ code: "no-labels-to-train" });
});
