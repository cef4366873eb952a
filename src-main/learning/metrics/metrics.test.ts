import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { multilabelF1 } from "../../omnisat/index.ts";
import { addConfusions, areasOf, ConfusionCounter, emptyConfusion, scoresOf, tileScores, wilson95 } from "./index.ts";

interface SingleCase {
  readonly name: string;
  readonly codes: number[];
  readonly map: number[];
  readonly reference: number[];
  readonly counts: number[][];
  readonly precision: number[];
  readonly recall: number[];
  readonly f1: number[];
  readonly support: number[];
  readonly overallAccuracy: number;
  readonly interval: [number, number];
  readonly macroF1: number;
  readonly weightedF1: number;
  readonly microF1: number;
  readonly macroPrecision: number;
  readonly macroRecall: number;
}
interface MultiCase {
  readonly name: string;
  readonly classes: number;
  readonly predictions: number[];
  readonly targets: number[];
  readonly precision: number[];
  readonly recall: number[];
  readonly f1: number[];
  readonly support: number[];
  readonly macroF1: number;
  readonly microF1: number;
  readonly weightedF1: number;
}

const fixtures = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/metrics.json"), "utf8")) as {
  readonly single: SingleCase[];
  readonly multi: MultiCase[];
};

/** Every number of `actual` within rounding of its witness. */
function expectClose(actual: readonly (number | null)[], expected: readonly (number | null)[]): void {
  expect(actual.map((value) => value === null)).toEqual(expected.map((value) => value === null));
  actual.forEach((value, i) => {
    expect(Math.abs((value ?? 0) - (expected[i] ?? 0))).toBeLessThan(1e-12);
  });
}

test.for(fixtures.single)("scores agree with scikit-learn: $name", (own) => {
  const counter = new ConfusionCounter(own.codes);
  // In uneven batches: counting goes on.
  for (let at = 0; at < own.map.length; at += 7)
    counter.add(own.map.slice(at, at + 7), own.reference.slice(at, at + 7));
  const matrix = counter.matrix();
  expect(matrix.counts).toEqual(own.counts);
  const scores = scoresOf(matrix);
  expectClose(
    scores.classes.flatMap(({ precision, recall, f1, support }) => [precision, recall, f1, support]),
    // A class that the reference has not is not 0: nothing is known of it.
    own.codes.flatMap((_, i) =>
      own.support[i]! === 0 ? [null, null, null, 0] : [own.precision[i]!, own.recall[i]!, own.f1[i]!, own.support[i]!],
    ),
  );
  expect(scores.macroClasses).toBe(own.support.filter((count) => count > 0).length);
  const most = Math.max(...own.support);
  expect(scores.commonest).toEqual({ code: own.codes[own.support.indexOf(most)], share: most / own.map.length });
  expectClose(
    [scores.overallAccuracy, ...scores.overallAccuracyInterval, scores.macroF1, scores.weightedF1, scores.microF1],
    [own.overallAccuracy, ...own.interval, own.macroF1, own.weightedF1, own.microF1],
  );
  expectClose([scores.macroPrecision, scores.macroRecall], [own.macroPrecision, own.macroRecall]);
  expect(scores.samples).toBe(own.map.length);
});

test.for(fixtures.multi)("multi-label F1 agrees with scikit-learn: $name", (own) => {
  // The reference takes a batch with values outside of 0 to 1 for logits.
  const isLogits = own.predictions.some((value) => value < 0 || value > 1);
  const logits = own.predictions.map((value) => (isLogits ? value : value - 0.5));
  const official = multilabelF1(logits, own.targets, own.classes);
  expectClose(
    [official.macro, official.micro, official.weighted, ...official.perClass],
    [own.macroF1, own.microF1, own.weightedF1, ...own.f1],
  );
  const scores = tileScores(logits, own.targets, Array<number>(own.classes).fill(0));
  expectClose([scores.microF1, scores.weightedF1], [own.microF1, own.weightedF1]);
  expectClose(
    scores.classes.flatMap(({ precision, recall, f1, support }) => [precision, recall, f1, support]),
    own.f1.flatMap((_, i) => own.support[i]! === 0 ? [null, null, null, 0] : [own.precision[i]!, own.recall[i]!, own.f1[i]!, own.support[i]!]), // biome-ignore format: one list
  );
});

test("the map is in the rows and the reference in the columns, and the matrix says so", () => {
  const counter = new ConfusionCounter([10, 20]);
  counter.add([10, 10, 10], [20, 20, 10]);
  expect(counter.matrix()).toEqual({
    axes: { rows: "map", columns: "reference" },
    codes: [10, 20],
    counts: [
      [1, 2],
      [0, 0],
    ],
  });
});

test("samples without a reference do not count, and a class the matrix does not know is a mistake", () => {
  const counter = new ConfusionCounter([1, 2]);
  counter.add([1, 2, 1], [0, 255, 1]);
  expect(scoresOf(counter.matrix()).samples).toBe(1);
  expect(() => counter.add([3], [1])).toThrow("the map says 3");
  expect(() => counter.add([1, 1], [1])).toThrow("2 map values, 1 reference values");
});

test("the matrices of folds add up to the matrix of all samples", () => {
  const samples = fc.array(fc.tuple(fc.constantFrom(1, 2, 3), fc.constantFrom(1, 2, 3)), { maxLength: 50 });
  const count = (pairs: readonly (readonly [number, number])[]) => {
    const counter = new ConfusionCounter([1, 2, 3]);
    counter.add(
      pairs.map(([map]) => map),
      pairs.map(([, reference]) => reference),
    );
    return counter.matrix();
  };
  fc.assert(
    fc.property(samples, samples, (p, q) => {
      expect(addConfusions(count(p), count(q))).toEqual(count([...p, ...q]));
    }),
  );
  expect(() => addConfusions(emptyConfusion([1, 2]), emptyConfusion([2, 1]))).toThrow();
});

test("every score lies between 0 and 1, the accuracy inside its interval, and nothing is not a number", () => {
  const matrix = fc
    .integer({ min: 1, max: 6 })
    .chain((n) => fc.array(fc.array(fc.nat(30), { minLength: n, maxLength: n }), { minLength: n, maxLength: n }));
  fc.assert(
    fc.property(matrix, (counts) => {
      const scores = scoresOf({ ...emptyConfusion(counts.map((_, i) => i + 1)), counts });
      const values = [scores.overallAccuracy, scores.macroF1, scores.weightedF1, scores.microF1];
      for (const value of [...values, ...scores.classes.flatMap((own) => [own.precision, own.recall, own.f1])]) {
        if (value === null) continue;
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
      const [low, high] = scores.overallAccuracyInterval;
      expect(scores.overallAccuracy === null).toBe(scores.samples === 0);
      if (scores.overallAccuracy !== null) {
        expect(low).toBeLessThanOrEqual(scores.overallAccuracy + 1e-12);
        expect(high).toBeGreaterThanOrEqual(scores.overallAccuracy - 1e-12);
      }
    }),
  );
});

test("without samples nothing is known", () => {
  expect(wilson95(0, 0)).toEqual([0, 1]);
  expect(scoresOf(emptyConfusion([1, 2]))).toMatchObject({ overallAccuracy: null, macroF1: null, commonest: null, macroClasses: 0 }); // biome-ignore format: one line
});

test("areas are counts times the pixel, and shares are of the pixels that have a class", () => {
  expect(areasOf({ 1: 300, 2: 100, 255: 999 }, [1, 2, 3], 0.01)).toEqual([
    { code: 1, pixels: 300, hectares: 3, percent: 75 },
    { code: 2, pixels: 100, hectares: 1, percent: 25 },
    { code: 3, pixels: 0, hectares: 0, percent: 0 },
  ]);
});
