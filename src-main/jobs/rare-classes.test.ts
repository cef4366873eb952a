import { expect, test } from "vitest";
import type { LabelInput, SubsetScore } from "../../src-shared/domain/job.ts";
import { finetuneDefaults } from "../../src-shared/domain/recipe.ts";
import type { Batch, PatchWindow } from "../cube/index.ts";
import { PatchSet, planBlend } from "../cube/index.ts";
import { sampleGrid, sampleLabels, tinyFinetuning } from "./fixtures/sample.ts";
import { patchGrid, projectArea } from "./imagery.ts";
import { aroundLabels, LabelPatches } from "./label-patches.ts";
import { PatchTargets } from "./patch-targets.ts";
import type { TileLogits } from "./predict.ts";
import { rareClasses, rareClassesMissed } from "./rare-classes.ts";
import { findingsOfValidation } from "./training-findings.ts";

const grid = sampleGrid(64, 0, 0, 4);
const area = projectArea(grid);
const legend = ["wheat", "grass", "poppies"].map((name, at) => ({ code: at + 1, name, color: "#000000" }));
const codes = legend.map(({ code }) => code);
const square = (
  id: number,
  classCode: number,
  col: number,
  row: number,
  side: number,
): LabelInput["polygons"][number] => {
  const [x, y] = [574_680 + 10 * col, 5_622_440 - 10 * row];
  const [right, below] = [x + 10 * side, y - 10 * side];
  return { id, classCode, part: "train", coordinates: [[[[x, y], [right, y], [right, below], [x, below], [x, y]]]] } as never; // biome-ignore format: one polygon
};
/** Seventy-six fields of 6 × 6 patches of two classes, and one of 2 × 2 patches of the third. */
const many: LabelInput = {
  crs: "EPSG:32631",
  legend,
  polygons: [
    ...Array.from({ length: 76 }, (_, n) => square(n + 1, 1 + (n % 2), 7 * (n % 9), 7 * Math.floor(n / 9), 6)),
    square(100, 3, 61, 61, 2),
  ],
};
const labelsOf = (labels: LabelInput) => new LabelPatches(labels, "train", codes, patchGrid(grid), area);
const labels = labelsOf(many);

test("a class of one small field among many is drawn besides; classes that come up by themselves are not", () => {
  const rare = rareClasses(labels.usable(), "patches");
  expect([...rare.keys()]).toEqual([3]);
  // 4 of 2740 patches by itself.
  expect(rare.get(3)! + 4 / 2740).toBeCloseTo(0.02, 10);
  expect([...rareClasses(labels.usable(), "polygons")]).toEqual([[3, expect.closeTo(0.02 - 1 / 77, 10)]]);
  expect(rareClasses(labels.usable(), "classes").size).toBe(0);
  const roots = [1368, 1368, 4].map(Math.sqrt);
  const seen = roots[2]! / roots.reduce((sum, root) => sum + root, 0);
  expect([...rareClasses(labels.usable(), "square-root").values()]).toEqual(
    seen < 0.02 ? [expect.closeTo(0.02 - seen, 10)] : [],
  );
  // Every third of ten fields is often enough, however small.
  const few = { ...many, polygons: [...many.polygons.slice(0, 9), many.polygons.at(-1)!] };
  expect(rareClasses(labelsOf(few).usable(), "polygons").size).toBe(0);
  // Many rare classes take no more than a tenth of all draws together.
  const usable = [
    ...Array.from({ length: 900 }, (_, id) => ({ id, classCode: 1, patches: 20 })),
    ...Array.from({ length: 40 }, (_, n) => ({ id: 1000 + n, classCode: 2 + n, patches: 1 })),
  ];
  const more = rareClasses(usable, "patches");
  expect(more.size).toBe(40);
  expect([...more.values()].reduce((sum, own) => sum + own, 0)).toBeLessThanOrEqual(0.1);
});

test("its tiles come up, and its patches count four times as much as those of others", () => {
  const holds = ({ col, row }: PatchWindow) =>
    [...labels.labels({ col, row, width: 4, height: 4 }).classes].includes(2);
  const draw = aroundLabels(labels, 4, "patches", 5);
  const drawn = Array.from({ length: 60 }, (_, step) => draw(step, 50)).flat();
  const share = drawn.filter(holds).length / drawn.length;
  expect(share).toBeGreaterThan(0.012);
  expect(share).toBeLessThan(0.03);
  expect(aroundLabels(labels, 4, "patches", 5)(7, 50)).toEqual(draw(7, 50));
  const recipe = { ...finetuneDefaults, balance: "patches", patchWeightPower: 1, classWeights: "none" } as const;
  const spec = { ...tinyFinetuning(grid, ""), labels: many, imagery: { acquisitions: [], modalities: [], placements: {} }, recipe }; // biome-ignore format: one line
  const weigh = (own: Partial<typeof finetuneDefaults>) => {
    const targets = new PatchTargets({ ...spec, recipe: { ...recipe, ...own } } as never, PatchSet.ofWindow(area));
    const window = { col: area.col + 48, row: area.row + 48, width: 16, height: 16 };
    const told = targets.told(window);
    const batch = { labels: { type: "int32", shape: [1, 256], data: told } } as unknown as Batch;
    const { labels: classes, weights } = targets.feeds(batch);
    const of = (index: bigint) => [...(weights.data as Float32Array)].filter((_, at) => (classes.data as BigInt64Array)[at] === index); // biome-ignore format: one line
    return [new Set(of(2n)), new Set([...of(0n), ...of(1n)])];
  };
  expect(weigh({})).toEqual([new Set([4]), new Set([1])]);
  for (const balance of ["classes", "square-root"] as const) expect(weigh({ balance })[0]).toEqual(new Set([1]));
});

test("trainings without such a class draw as they did before", () => {
  const sample = sampleLabels();
  const own = new LabelPatches(sample, "train", sample.legend.map(({ code }) => code), patchGrid(grid), area); // biome-ignore format: one call
  expect(rareClasses(own.usable(), "polygons").size).toBe(0);
  const tiles = aroundLabels(own, 4, "polygons", 3)(11, 3).map(({ col, row }) => [col - area.col, row - area.row]);
  expect(tiles).toEqual(beforeRareClasses);
});
/** Printed before there were rare classes. */
const beforeRareClasses = [
  [26, 55],
  [28, 22],
  [60, 59],
];

/** Answers every patch with the class that `said` gives it. */
function answering(said: (truth: number) => number) {
  const looked: PatchWindow[] = [];
  return {
    looked,
    async *run(windows: Iterable<PatchWindow>): AsyncGenerator<TileLogits, void> {
      for (const window of windows) {
        looked.push(window);
        const { classes } = labels.labels(window);
        const logits = new Float32Array(classes.length * 3);
        for (const [p, truth] of classes.entries()) logits[p * 3 + said(truth)] = 1;
        yield { window, logits, seen: new Uint8Array(classes.length).fill(1) };
      }
    },
  };
}
const { tiles } = planBlend(area, 4);
const missed = (predictor: ReturnType<typeof answering>, measured: number[] = []) =>
  rareClassesMissed(labels, legend, predictor, tiles, new Set(measured), ["s2"], new AbortController().signal);

test("a class of few fields of which a model recognises no training patch is named", async () => {
  expect(await missed(answering(() => 0))).toEqual([
    { code: "classes-never-found", details: { part: "train", modalities: ["s2"], classes: [{ name: "poppies", patches: 4 }] } }, // biome-ignore format: one line
  ]);
  const right = answering((truth) => Math.max(0, truth));
  expect(await missed(right)).toEqual([]);
  // A few tiles are enough, and none where the validation part speaks of the class.
  expect(right.looked.length).toBeLessThan(7);
  const silent = answering(() => 0);
  expect(await missed(silent, [3])).toEqual([]);
  expect(silent.looked).toEqual([]);
});

test("a class that is found nowhere in the validation part is named in the result of the training", () => {
  const classes = [
    { code: 1, name: "wheat", support: 90, recall: 1 },
    { code: 3, name: "poppies", support: 10, recall: 0 },
    { code: 2, name: "grass", support: 0, recall: null },
  ];
  const score = { modalities: ["s2"], overallAccuracy: 0.9, samples: 100, commonest: { code: 1, name: "wheat", share: 0.9 }, classes } as unknown as SubsetScore; // biome-ignore format: one line
  expect(findingsOfValidation(score)).toEqual([
    { code: "classes-never-found", details: { part: "validation", modalities: ["s2"], classes: [{ name: "poppies", patches: 10 }] } }, // biome-ignore format: one line
  ]);
});
