import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Calibration, isCalibration, mostGroups } from "../../../src-shared/domain/calibration.ts";
import { seededRandom } from "../../files/index.ts";
import { SeparationCounter } from "./auroc.ts";
import { conformalQuantile, groupsNeeded, quantile, setRule } from "./conformal.ts";
import { CalibrationGroups, UncertaintyCounter } from "./index.ts";

interface Case {
  readonly name: string;
  readonly level: number;
  readonly group: readonly number[];
  readonly truth: readonly number[];
  readonly shares: readonly (readonly number[])[];
  readonly margins: readonly number[];
  readonly confidences: readonly number[];
  readonly right: readonly number[];
  readonly allowed: number;
  readonly threshold: number;
  readonly sizes: readonly number[];
  readonly groupsCovered: number;
  readonly patchesCovered: number;
  readonly meanSize: number;
  readonly uncertain: number;
  readonly aurocPatches: number | null;
  readonly aurocGroups: number | null;
}
const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/conformal.json"), "utf8")) as {
  cases: readonly Case[];
};
const about = { modalities: ["s2"], groups: "labels", unit: "polygons" } as const;
const bestOf = (shares: readonly number[]): number => shares.indexOf(Math.max(...shares));

test.each(cases)("calibration, coverage and AUROC are numpy's and scikit-learn's: $name", (own) => {
  const codes = own.shares[0]!.map((_, k) => 10 + k);
  const patches = own.shares.map((shares, i) => ({
    group: String(own.group[i]),
    truth: own.truth[i]!,
    best: bestOf(shares),
    shares,
  }));
  const groups = new CalibrationGroups(codes);
  for (const patch of patches) groups.add(patch);
  const calibration = groups.calibration(about)!;
  expect(calibration.margins).toEqual(own.margins);
  expect(calibration.confidences).toEqual(own.confidences);
  expect(calibration.right).toEqual(own.right);
  const rule = setRule(calibration, codes, own.level);
  expect(rule.margins).toEqual(codes.map(() => own.allowed));
  expect(rule.threshold).toBe(own.threshold);
  const counter = new UncertaintyCounter(codes, rule);
  for (const patch of patches) counter.add(patch);
  const score = counter.score()!;
  expect(score.perGroup.covered).toBeCloseTo(own.groupsCovered, 12);
  expect(score.perPatch.covered).toBeCloseTo(own.patchesCovered, 12);
  expect(score.perPatch.setSize).toBeCloseTo(own.meanSize, 12);
  expect(score.uncertain.share).toBeCloseTo(own.uncertain, 12);
  if (own.aurocPatches === null) expect(score.perPatch.auroc).toBeNull();
  else expect(score.perPatch.auroc).toBeCloseTo(own.aurocPatches, 12);
  if (own.aurocGroups === null) expect(score.perGroup.auroc).toBeNull();
  else expect(score.perGroup.auroc).toBeCloseTo(own.aurocGroups, 12);
});

test("quantiles by hand: the ninth of nine for nine tenths, none for more than they can tell", () => {
  const nine = [5, 1, 4, 2, 3, 9, 8, 7, 6];
  // ⌈10 · 0.9⌉ = 9; ⌈10 · 0.8⌉ = 8; ⌈10 · 0.95⌉ = 10 of 9.
  expect(conformalQuantile(nine, 0.9)).toBe(9);
  expect(conformalQuantile(nine, 0.8)).toBe(8);
  expect(conformalQuantile(nine, 0.95)).toBeUndefined();
  expect([0.5, 0.8, 0.9, 0.95, 0.99].map(groupsNeeded)).toEqual([1, 4, 9, 19, 99]);
  for (const level of [0.5, 0.8, 0.9, 0.95, 0.99]) {
    const needed = groupsNeeded(level);
    expect(conformalQuantile(new Array(needed).fill(1), level)).toBe(1);
    expect(conformalQuantile(new Array(needed - 1).fill(1), level)).toBeUndefined();
  }
  // Nine of ten patches: the ninth; nine tenths of three patches: all of them.
  expect(quantile([10, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0.9)).toBe(9);
  expect(quantile([1, 3, 2], 0.9)).toBe(3);
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2);
});

test("three groups by hand: margins, sets and what is uncertain", () => {
  const groups = new CalibrationGroups([7, 9]);
  const tell = (group: string, truth: number, ...of: number[]) => {
    for (const first of of) {
      const shares = [first, 10_000 - first];
      groups.add({ group, truth, best: bestOf(shares), shares });
    }
  };
  tell("a", 0, 9000, 8000, 7000); // right, 0 below
  tell("b", 1, 6000, 3000, 2000); // once wrong, its share a third below the larger one, on a third of its patches
  tell("c", 0, 1000, 1000); // wrong by eight ninths
  const calibration = groups.calibration(about)!;
  expect(calibration).toMatchObject({
    codes: [7, 9, 7],
    margins: [0, 3334, 8889],
    confidences: [8000, 7000, 9000],
    right: [1, 1, 0],
  });
  // ⌈4 · 0.5⌉ = 2: the second smallest margin. The least sure of the two right groups.
  expect(setRule(calibration, [7, 9], 0.5)).toMatchObject({
    margins: [3334, 3334],
    threshold: 7000,
    rightMarked: 1 / 3,
  });
  // Nine tenths would need nine groups: nothing is ruled out.
  expect(setRule(calibration, [7, 9], 0.9)).toMatchObject({ margins: [10_000, 10_000], calibratedOn: 3, needed: 9 });
});

test("a class has a margin of its own with five times the groups that are needed; rare classes share one, joined by others when they are too few", () => {
  const of = (counts: readonly (readonly [code: number, count: number, margin: number])[]): Calibration => {
    const all = counts.flatMap(([code, count, margin]) => Array.from({ length: count }, () => ({ code, margin })));
    return { ...about, codes: all.map(({ code }) => code), margins: all.map(({ margin }) => margin), confidences: all.map(() => 9000), right: all.map(() => 1) }; // biome-ignore format: one value
  };
  expect(setRule(of([[1, 49, 100], [2, 60, 900]]), [1, 2], 0.9).margins).toEqual([100, 900]); // biome-ignore format: one call
  // 48 of class 1 are not enough for it to count as one of its own; here no other class shares with it.
  expect(setRule(of([[1, 48, 100], [2, 60, 900]]), [1, 2], 0.9).margins).toEqual([100, 900]); // biome-ignore format: one call
  expect(setRule(of([[1, 4, 5000], [2, 60, 900], [3, 80, 100]]), [1, 2, 3], 0.9).margins).toEqual([900, 900, 100]); // biome-ignore format: one call
  // A class of the legend without any label joins the rarest.
  expect(setRule(of([[1, 50, 300], [2, 90, 0]]), [1, 2, 3], 0.9).margins).toEqual([300, 0, 300]); // biome-ignore format: one call
});

test("equal shares count half, one kind of answer tells nothing", () => {
  const counter = new SeparationCounter();
  counter.add(5000, true);
  expect(counter.auroc()).toBeNull();
  counter.add(5000, false);
  expect(counter.auroc()).toBe(0.5);
  counter.add(9000, true);
  expect(counter.auroc()).toBe(0.75);
});

/** Shares of a patch of two classes whose groups lie right or wrong together: what a group's first number decides, its patches follow. */
function drawGroup(random: () => number, patches: number): { readonly truth: number; readonly shares: number[] }[] {
  const lean = random() * 10_000;
  return Array.from({ length: patches }, () => {
    const own = Math.round(Math.min(10_000, Math.max(0, lean + 900 * (random() - 0.5))));
    return { truth: 0, shares: [own, 10_000 - own] };
  });
}

test("calibrated by groups, nine of ten new groups are covered; by patches, large groups decide and far fewer are", () => {
  const random = seededRandom("conformal", 5);
  const codes = [1, 2];
  let [byGroup, byPatch, tested] = [0, 0, 0];
  for (let trial = 0; trial < 150; trial++) {
    // Two thirds of the groups are small, and harder than the large ones that hold most of the patches.
    const drawn = Array.from({ length: 61 }, (_, g) => {
      const large = random() < 1 / 3;
      const patches = drawGroup(large ? () => 1 - 0.3 * random() : random, large ? 60 : 3);
      return patches.map((patch, i) => ({
        ...patch,
        best: bestOf(patch.shares),
        group: String(g),
        patch: `${g}/${i}`,
      }));
    });
    const groups = new CalibrationGroups(codes);
    const single = new CalibrationGroups(codes);
    for (const patch of drawn.slice(0, 60).flat()) {
      groups.add(patch);
      single.add({ ...patch, group: patch.patch });
    }
    const covers = (calibration: Calibration) => {
      // One margin for both, so that nothing but the way of counting differs.
      const allowed = conformalQuantile(calibration.margins, 0.9)!;
      const held = drawn[60]!.filter(
        ({ shares, best }) => 10_000 - Math.floor((10_000 * shares[0]!) / shares[best]!) <= allowed,
      ).length;
      return held >= Math.ceil(drawn[60]!.length * 0.9 - 1e-9) ? 1 : 0;
    };
    byGroup += covers(groups.calibration(about)!);
    byPatch += covers(single.calibration(about)!);
    tested++;
  }
  // The promise, less three standard errors of so many trials.
  expect(byGroup / tested).toBeGreaterThan(0.9 - 3 * Math.sqrt((0.9 * 0.1) / tested));
  expect(byPatch / tested).toBeLessThan(0.9 - 3 * Math.sqrt((0.9 * 0.1) / tested));
});

test("memory is bounded: of many groups a draw is kept that the order does not change, of large ones a draw of patches", () => {
  const codes = [1, 2];
  const patch = (group: number, i: number) => ({ group: `g${group}`, truth: group % 2, best: 0, shares: [6000 + (i % 7), 4000] }); // biome-ignore format: one value
  const forwards = new CalibrationGroups(codes);
  const backwards = new CalibrationGroups(codes);
  for (let g = 0; g < 5000; g++) for (let i = 0; i < 3; i++) forwards.add(patch(g, i));
  for (let i = 0; i < 3; i++) for (let g = 4999; g >= 0; g--) backwards.add(patch(g, i));
  const [p, q] = [forwards.calibration(about)!, backwards.calibration(about)!];
  expect(p.codes.length).toBeLessThanOrEqual(mostGroups);
  expect(p.codes.length).toBeGreaterThan(mostGroups / 3);
  expect(q.codes.length).toBe(p.codes.length);
  // Every kept group is whole: it was never begun late.
  expect(new Set(p.confidences)).toEqual(new Set([6001]));
  const large = new CalibrationGroups(codes);
  for (let i = 0; i < 100_000; i++) large.add(patch(0, i));
  expect(large.calibration(about)!.confidences).toEqual([6003]);
});

test("nothing seen is no calibration, and what is none is not taken for one", () => {
  expect(new CalibrationGroups([1]).calibration(about)).toBeUndefined();
  const good = { ...about, codes: [1], margins: [0], confidences: [9000], right: [1] };
  expect(isCalibration(good)).toBe(true);
  const bad: unknown[] = [
    null,
    [],
    "calibration",
    { ...good, codes: [] },
    { ...good, codes: [0] },
    { ...good, codes: [1.5] },
    { ...good, margins: [10_001] },
    { ...good, margins: [-1] },
    { ...good, margins: [Number.NaN] },
    { ...good, margins: [0, 0] },
    { ...good, confidences: undefined },
    { ...good, right: [2] },
    { ...good, groups: "pixels" },
    { ...good, unit: "hectares" },
    { ...good, modalities: [] },
    { ...good, modalities: [1] },
    { ...good, codes: new Array(5000).fill(1), margins: new Array(5000).fill(0), confidences: new Array(5000).fill(0), right: new Array(5000).fill(0) }, // biome-ignore format: one line
  ];
  for (const value of bad) expect(isCalibration(value), JSON.stringify(value)?.slice(0, 80)).toBe(false);
});
