import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { englishFindings, findingText } from "../../src-shared/domain/finding.ts";
import type { FinetuneSpec, Imagery, LabelInput, ModelResult } from "../../src-shared/domain/job.ts";
import { methods } from "../../src-shared/domain/method.ts";
import { finetuneDefaults } from "../../src-shared/domain/recipe.ts";
import { evaluate } from "./evaluate.ts";
import { finetune } from "./finetune.ts";
import { quiet, sampleGrid, sampleImagery, sampleLabels, tinyFinetuning } from "./fixtures/sample.ts";

// Labels that leave little to learn from: one parcel, a class in one parcel, a class that a part of the split has not.

const room = mkdtempSync(join(tmpdir(), "omnisat-narrow-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const grid = sampleGrid(64, 0, 0, 4);
const all = sampleLabels();
/** Parcels of the two commonest classes, the largest class first. */
const counted = all.legend
  .map(({ code }) => ({ code, ids: all.polygons.filter((own) => own.classCode === code && own.part !== "unused").map(({ id }) => id) })) // biome-ignore format: one line
  .toSorted((p, q) => q.ids.length - p.ids.length);
const [first = [], second = []] = counted.map(({ ids }) => ids);
let imagery: Imagery;
beforeAll(async () => {
  imagery = await sampleImagery(grid, 4);
});

/** What teaches: a network of two steps, and every method. */
const taughtBy = ["network", ...methods] as const;

let next = 0;
function specOf(kind: (typeof taughtBy)[number], labels: LabelInput): FinetuneSpec {
  const folder = join(room, `job-${next++}`);
  mkdirSync(folder);
  const recipe = {
    ...finetuneDefaults,
    steps: 2,
    warmupSteps: 0,
    batchSize: 2,
    datesPerTile: 2,
    checkpointEverySteps: 10,
  };
  const common = { ...tinyFinetuning(grid, folder), imagery, labels, recipe };
  return kind === "network" ? common : { ...common, method: kind };
}

/** Only these parcels, in these parts. */
function parts(of: Partial<Record<"train" | "validation" | "test", readonly number[]>>): LabelInput {
  return {
    ...all,
    polygons: all.polygons.flatMap((own) => {
      const part = (["train", "validation", "test"] as const).find((name) => of[name]?.includes(own.id));
      return part ? [{ ...own, part }] : [];
    }),
  };
}

const sentences = ({ findings = [] }: Pick<ModelResult, "findings">) =>
  Object.fromEntries(findings.map((finding) => [finding.code, findingText(finding, englishFindings).what]));
const classOf = (id: number) => all.polygons.find((own) => own.id === id)!.classCode;
const nameOf = (id: number) => all.legend.find(({ code }) => code === classOf(id))!.name;

test("labels in one parcel only teach one class, which is said, whatever is taught", async () => {
  for (const kind of taughtBy) {
    const said = sentences(await finetune(specOf(kind, parts({ train: [first[0]!] })), quiet));
    expect(said["one-class-taught"], kind).toContain(nameOf(first[0]!));
    expect(said["few-polygons"], kind).toContain(nameOf(first[0]!));
  }
});

test("one parcel that is set aside leaves nothing to learn from: a sentence, and no model", async () => {
  for (const kind of taughtBy)
    await expect(finetune(specOf(kind, parts({ test: [first[0]!] })), quiet), kind).rejects.toMatchObject({
      code: "no-labels-to-train",
    });
});

test("a class that only the test part has is not taught, not scored, and named at both", async () => {
  const labels = parts({ train: first.slice(0, 3), test: [...first.slice(3, 4), ...second.slice(0, 1)] });
  for (const kind of taughtBy) {
    const result = await finetune(specOf(kind, labels), quiet);
    expect(sentences(result)["classes-not-in-training"], kind).toContain(nameOf(second[0]!));
    const { subsets, untaught, findings } = await evaluate(
      {
        ...specOf(kind, labels),
        kind: "evaluate",
        modelFolder: result.modelFolder,
        part: "test",
        subsets: [imagery.modalities.map(({ name }) => name)],
        classSets: [[]],
        overlapPatches: 0,
        batchSize: 2,
      },
      quiet,
    );
    expect(untaught, kind).toEqual([{ name: nameOf(second[0]!), polygons: 1 }]);
    expect(subsets[0]!.classSet, kind).toEqual([classOf(first[0]!)]);
    expect(sentences({ findings: findings! })["classes-untaught"], kind).toContain(nameOf(second[0]!));
  }
});

test("a class in one parcel, which every fold inside the training would lose, is taught nevertheless and named as few", async () => {
  const labels = parts({ train: [...first.slice(0, 4), second[0]!], validation: first.slice(4, 5) });
  for (const kind of taughtBy) {
    const result = await finetune(specOf(kind, labels), quiet);
    const said = sentences(result);
    expect(said["few-polygons"], kind).toContain(nameOf(second[0]!));
    expect(said, kind).not.toHaveProperty("classes-not-in-training");
    // The validation part has one of the two classes: its score is the mean over that one.
    expect(result.validation!.score.classes.filter(({ support }) => support > 0)).toHaveLength(1);
    expect(result.metrics.bestValidationMacroF1, kind).toBe(result.validation!.score.macroF1);
    expect(result.metrics.validationPolygonsRight, kind).toBe(result.validation!.score.perPolygon!.overallAccuracy);
    expect(result.metrics).toHaveProperty("validationCalibrationError");
  }
});
