import { expect, test } from "vitest";
import { englishFindings, findingCodes, findingSentence, inOrderOfSeverity, severeOnes, severityOf } from "../../src-shared/domain/finding.ts"; // biome-ignore format: one import
import type { LabelInput, SubsetScore } from "../../src-shared/domain/job.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import type { Batch } from "../cube/index.ts";
import { InputWatch } from "./input-watch.ts";
import { labelFacts } from "./label-facts.ts";
import { LabelPatches } from "./label-patches.ts";
import { findingsOfPart, findingsOfScore } from "./score-findings.ts";
import {
  chanceLoss,
  contrastByChance,
  findingsOfLabels,
  findingsOfLoss,
  findingsOfPretraining,
  findingsOfValidation,
  LabelShares,
} from "./training-findings.ts";

const codesOf = (findings: readonly { readonly code: string }[]) => findings.map(({ code }) => code);

test("every code has a sentence and a severity, and a code of a later version is a caution", () => {
  expect(Object.keys(englishFindings).toSorted()).toEqual([...findingCodes].toSorted());
  const unknown = { code: "from-the-future", details: {} } as never;
  expect([severityOf(unknown), findingSentence(unknown)]).toEqual(["caution", "from-the-future"]);
});

test("findings are told once, the severe ones first", () => {
  const note = { code: "no-validation", details: {} } as const;
  const severe = { code: "one-class-taught", details: { name: "wheat" } } as const;
  expect(inOrderOfSeverity([note, severe, note])).toEqual([severe, note]);
  expect(severeOnes([note, severe])).toEqual([severe]);
});

test("guessing by the shares of the classes gives the loss that is called chance, with and without smoothing", () => {
  // By hand: even classes without smoothing are ln K; one class in two thirds of the weight is its entropy.
  expect(chanceLoss([0.25, 0.25, 0.25, 0.25], 0).chance).toBeCloseTo(Math.log(4), 12);
  expect(chanceLoss([2 / 3, 1 / 3], 0).chance).toBeCloseTo(0.636514168, 8);
  expect(chanceLoss([0.5, 0.5], 0.1)).toEqual({ chance: expect.closeTo(Math.log(2), 12), floor: expect.closeTo(-(0.95 * Math.log(0.95) + 0.05 * Math.log(0.05)), 12) }); // biome-ignore format: one line
});

test("a loss at chance is severe however unbalanced the classes, one well below is not, and a rising one is named", () => {
  const end = (loss: number, first = 1.6) => ({ first, last: { loss } });
  expect(codesOf(findingsOfLoss(end(1.38), [0.25, 0.25, 0.25, 0.25], 0))).toEqual(["loss-near-chance"]);
  expect(codesOf(findingsOfLoss(end(0.33), [0.9, 0.1], 0))).toEqual(["loss-near-chance"]);
  expect(findingsOfLoss(end(0.33), [0.5, 0.5], 0)).toEqual([]);
  // With smoothing the floor is 0.1985 for two classes: 0.25 is nearly perfect.
  expect(findingsOfLoss(end(0.25), [0.5, 0.5], 0.1)).toEqual([]);
  expect(codesOf(findingsOfLoss(end(0), [0.5, 0.5], 0))).toEqual(["loss-zero"]);
  expect(codesOf(findingsOfLoss(end(4.2, 1.1), [0.5, 0.5], 0))).toEqual(["loss-rising"]);
  expect(findingsOfLoss(end(0), [1], 0)).toEqual([]);
});

test("a pre-training that tells nothing apart, rebuilds no better than the mean, or has nothing to learn from says so", () => {
  const end = (last: Record<string, number>) => ({ first: 5, last });
  expect(codesOf(findingsOfPretraining(end({ loss: 6, contrastive_loss: 5.4, s2_reconstruction_loss: 0.6 }), 5.5))).toEqual(["contrast-near-chance"]); // biome-ignore format: one line
  expect(codesOf(findingsOfPretraining(end({ loss: 2, contrastive_loss: 1, s2_reconstruction_loss: 1 }), 5.5))).toEqual(["reconstruction-no-better"]); // biome-ignore format: one line
  expect(codesOf(findingsOfPretraining(end({ loss: 1, contrastive_loss: 0, s2_reconstruction_loss: 0.5 }), 0))).toEqual(["loss-zero"]); // biome-ignore format: one line
  expect(findingsOfPretraining(end({ loss: 0, contrastive_loss: 0, s2_reconstruction_loss: 0 }), 0)).toEqual([{ code: "loss-zero", details: { term: "loss" } }]); // biome-ignore format: one line
});

/** Two modalities over `tiles` tiles of four patches; `mask` says which are seen. */
function batchOf(masks: Readonly<Record<string, readonly number[]>>, values?: readonly number[]): Batch {
  const tiles = Object.values(masks)[0]!.length / 4;
  return {
    epoch: 0,
    index: 0,
    windows: Array.from({ length: tiles }, (_, i) => ({ col: 2 * i, row: 0, width: 2, height: 2 })),
    inputs: Object.fromEntries(
      Object.entries(masks).map(([name, mask]) => [
        name,
        {
          values: {
            type: "float32",
            shape: [tiles, 1, 2, 2],
            data: Float32Array.from(values ?? mask.map((_, i) => 0.5 + i)),
          },
          mask: { type: "float32", shape: [tiles, 4], data: Float32Array.from(mask) },
        },
      ]),
    ),
  };
}

test("the contrast of guessing is ln of the candidates, of those alone that anything is seen of", () => {
  const full = { a: Array(8).fill(1), b: Array(8).fill(1) };
  // 16 tokens; each sees the 12 that are not of its own modality and tile, and has one partner.
  expect(contrastByChance(batchOf(full), ["a", "b"])).toBeCloseTo(Math.log(12), 12);
  const half = { a: [1, 1, 1, 1, 0, 0, 0, 0], b: Array(8).fill(1) };
  // a: 4 tokens with 8 candidates; b of the first tile: 8; b of the second has no partner.
  expect(contrastByChance(batchOf(half), ["a", "b"])).toBeCloseTo(Math.log(8), 12);
  expect(contrastByChance(batchOf({ a: Array(4).fill(0), b: Array(4).fill(1) }), ["a", "b"])).toBe(0);
});

const image = (name: string, bands = ["B1"]): Modality =>
  ({ name, bands, kind: "image", acquisitions: [], clearClasses: [] }) as unknown as Modality;
const normalization = (modality: string) => ({
  modality,
  pixels: 10,
  bands: [{ name: "B1", mean: 10, std: 2, clip: { low: 0, high: 20 } }],
});

test("the inputs of the network are checked: no data, one value everywhere, values far outside of what training saw", () => {
  const seen = Array(4).fill(1);
  const watched = (mask: number[], values: number[]) => {
    const watch = new InputWatch([image("a")], [normalization("a")]);
    watch.add(batchOf({ a: mask }, values));
    return codesOf(watch.findings());
  };
  expect(watched(seen, [-1, 0.3, 1.2, -0.4])).toEqual([]);
  expect(watched([0, 0, 0, 0], [0, 0, 0, 0])).toEqual(["modality-without-pixels"]);
  expect(watched(seen, [1e-6, 0, 0, 1e-6])).toEqual(["modality-constant"]);
  // clip.high is (20 − 10) / 2 = 5 spreads above the mean: digital numbers where reflectance was learned end there.
  expect(watched(seen, [5, 5, 5, 1])).toEqual(["values-clipped"]);
  expect(new InputWatch([image("a")], [normalization("a")]).findings()).toEqual([]);
});

test("shares of the classes in the loss count each batch once", () => {
  const shares = new LabelShares(2);
  shares.add([0n, 0n, 1n, -1n], [1, 1, 2, 9]);
  shares.add([1n, -1n], [8, 1]);
  expect(shares.shares()).toEqual([0.25, 0.75]);
  expect(new LabelShares(4).shares()).toEqual([0.25, 0.25, 0.25, 0.25]);
});

const square = (
  id: number,
  classCode: number,
  part: "train" | "test" | "unused",
  x: number,
  y: number,
  side: number,
) => ({
  id,
  classCode,
  part,
  coordinates: [[[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]]] as never, // biome-ignore format: one ring
});
const legend = ["wheat", "maize", "rye", "oats"].map((name, i) => ({ code: i + 1, name, color: "#112233" }));
const labelled: LabelInput = {
  crs: "EPSG:32631",
  legend,
  polygons: [
    square(1, 1, "train", 0, 0, 40),
    square(2, 2, "train", 30, 0, 40),
    square(3, 3, "train", 101, 101, 2),
    square(4, 4, "test", 0, 100, 40),
    square(5, 1, "train", 120, 0, 20),
    square(6, 1, "train", 160, 0, 20),
  ],
};
const grid = { crs: "EPSG:32631", patchMeters: 10 };
const area = { col: 0, row: -20, width: 20, height: 20 };

test("labels are counted as patches: met by several classes, too small, in no part that trains, of few places", () => {
  const labels = new LabelPatches(labelled, "train", [1, 2], grid, area);
  const facts = labelFacts(labels);
  // By hand: 16 + 4 + 4 patches of wheat, 16 of maize, of which four lie in both.
  expect(facts).toEqual({
    polygons: 4,
    patches: 12 + 4 + 4 + 12,
    contested: 4,
    classes: [
      { code: 1, polygons: 3, patches: 20 },
      { code: 2, polygons: 1, patches: 12 },
    ],
  });
  const findings = findingsOfLabels(labelled, new Set([1, 2]), facts, false);
  expect(findings).toEqual([
    { code: "classes-not-in-training", details: { classes: [{ name: "oats", polygons: 1 }] } },
    { code: "classes-without-patch", details: { classes: [{ name: "rye", polygons: 1 }] } },
    { code: "polygons-without-patch", details: { without: 1, polygons: 5 } },
    { code: "patches-contested", details: { contested: 4, labelled: 32 } },
    { code: "few-polygons", details: { classes: [{ name: "maize", polygons: 1 }] } },
    { code: "no-validation", details: {} },
  ]);
  expect(codesOf(findingsOfLabels(labelled, new Set([1]), facts, true))).toContain("one-class-taught");
});

const scored = (more: Partial<SubsetScore> = {}): SubsetScore => ({
  modalities: ["s2"],
  classSet: [1, 2, 3],
  samples: 100,
  overallAccuracy: 0.9,
  overallAccuracyInterval: [0.85, 0.95],
  macroF1: 0.8,
  weightedF1: 0.9,
  microF1: 0.9,
  classes: [
    { code: 1, name: "wheat", precision: 1, recall: 1, f1: 1, support: 70, polygons: 15 },
    { code: 2, name: "maize", precision: 1, recall: 1, f1: 1, support: 30, polygons: 15 },
    { code: 3, name: "rye", precision: null, recall: null, f1: null, support: 0, polygons: 0 },
  ],
  confusion: [],
  macroClasses: 2,
  commonest: { code: 1, name: "wheat", share: 0.7 },
  polygons: 30,
  unseen: 0,
  ...more,
});

test("a score below the commonest class is severe, one that may be is a caution, and nothing scored is no score", () => {
  expect(findingsOfScore(scored())).toEqual([]);
  const below = findingsOfScore(scored({ overallAccuracy: 0.16 }));
  expect(below.map(severityOf)).toEqual(["severe"]);
  expect(findingSentence(below[0]!)).toMatch(/16\.0 % of the patches are right; always answering “wheat” gets 70\.0 %/);
  expect(codesOf(findingsOfScore(scored({ overallAccuracy: 0.75, overallAccuracyInterval: [0.6, 0.85] })))).toEqual(["score-not-above-commonest"]); // biome-ignore format: one line
  expect(codesOf(findingsOfScore(scored({ overallAccuracy: null, commonest: null, samples: 0 })))).toEqual(["nothing-scored"]); // biome-ignore format: one line
  const blind = scored().classes.map((own) => (own.code === 2 ? { ...own, recall: 0, f1: 0 } : own));
  expect(findingsOfScore(scored({ classes: blind }))).toEqual([{ code: "classes-never-found", details: { part: "test", modalities: ["s2"], classes: [{ name: "maize", patches: 30 }] } }]); // biome-ignore format: one line
  expect(findingsOfScore(scored({ unseen: 25 }))).toEqual([{ code: "patches-not-seen", details: { modalities: ["s2"], unseen: 25, labelled: 125 } }]); // biome-ignore format: one line
  expect(codesOf(findingsOfValidation(scored({ overallAccuracy: 0.16 })))).toEqual(["validation-below-commonest"]);
  expect(findingsOfValidation(scored())).toEqual([]);
});

test("the warnings of the split stand beside the score", () => {
  const of = (score: SubsetScore, part: "test" | "train", optimistic: boolean) =>
    findingsOfPart({ part, untaught: [], subsets: [score] }, labelled, legend.slice(0, 3), optimistic);
  expect(codesOf(of(scored(), "test", false))).toEqual(["classes-untested"]);
  expect(codesOf(of(scored({ polygons: 6 }), "train", true))).toEqual(["scored-on-training", "split-optimistic", "classes-untested", "few-polygons-measured", "split-class-missing"]); // biome-ignore format: one line
  const one = scored({ classes: scored().classes.map((own, i) => (i === 0 ? { ...own, polygons: 1 } : { ...own, support: 0 })) }); // biome-ignore format: one line
  expect(codesOf(of(one, "test", false))).toEqual(["classes-untested", "one-class-measured", "split-one-polygon"]);
  // A model of one class is right everywhere: its score shows nothing.
  const only = scored({ classSet: [1], classes: scored().classes.slice(0, 1), overallAccuracy: 1 });
  const taught = findingsOfPart({ part: "test", subsets: [only] }, labelled, legend.slice(0, 1), false);
  expect(taught[0]).toEqual({ code: "one-class-taught", details: { name: "wheat" } });
});
