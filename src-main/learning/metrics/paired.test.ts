import { expect, test } from "vitest";
import { seededRandom } from "../../files/index.ts";
import { studentT975 } from "./cluster-interval.ts";
import { macroF1Interval } from "./clustered.ts";
import { type LabelOfBoth, pairedDifferences } from "./paired.ts";
import { scoresOf } from "./scores.ts";

/** Fields of three classes. Both maps find the same fields hard; the second is wrong a little more often. */
function fields(count: number, more: number): LabelOfBoth[] {
  const random = seededRandom("pairs", count);
  return Array.from({ length: count }, (_, n) => {
    const reference = n % 3;
    const hard = random() < 0.3 ? 0.7 : 0.1;
    const size = 5 + Math.floor(random() * 60);
    const side = (wrong: number): number[] => {
      const mapped = [0, 0, 0];
      for (let k = 0; k < size; k++) mapped[random() < wrong ? (reference + 1) % 3 : reference]! += 1;
      return mapped;
    };
    const [first, second] = [side(hard), side(Math.min(1, hard + more))];
    const winner = (mapped: readonly number[]) => mapped.indexOf(Math.max(...mapped));
    const stored = (mapped: readonly number[]) => [
      reference,
      ...mapped.flatMap((own, row) => (own > 0 ? [row, own] : [])),
    ];
    return { first: stored(first), second: stored(second), votes: [winner(first), winner(second)] };
  });
}

/** The three figures of one side, by the matrix of all labels. */
function figuresOf(labels: readonly LabelOfBoth[], side: 0 | 1): readonly [number, number, number] {
  const counts = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]; // biome-ignore format: a matrix
  for (const own of labels) {
    const [reference, ...rest] = side === 0 ? own.first : own.second;
    for (let k = 0; k < rest.length; k += 2) counts[rest[k]!]![reference!]! += rest[k + 1]!;
  }
  const { macroF1, overallAccuracy } = scoresOf({ axes: { rows: "map", columns: "reference" }, codes: [1, 2, 3], counts }); // biome-ignore format: one call
  const right = labels.filter(({ first, votes }) => votes![side] === first[0]).length / labels.length;
  return [macroF1!, overallAccuracy!, right];
}

const half = ([low, high]: readonly [number, number]) => (high - low) / 2;

test("the difference is that of the scores, and its interval as wide as drawing whole fields again makes it", () => {
  const labels = fields(90, 0.06);
  const found = pairedDifferences(labels, 3)!;
  const [first, second] = [figuresOf(labels, 0), figuresOf(labels, 1)];
  const told = [found.macroF1, found.overallAccuracy, found.polygonsRight!];
  for (const [k, { value }] of told.entries()) expect(value).toBeCloseTo(first[k]! - second[k]!, 12);
  const random = seededRandom("bootstrap", 1);
  const drawn = Array.from({ length: 3000 }, () => {
    const again = labels.map(() => labels[Math.floor(random() * labels.length)]!);
    const [p, q] = [figuresOf(again, 0), figuresOf(again, 1)];
    return p.map((value, k) => value - q[k]!);
  });
  for (const [k, { interval }] of told.entries()) {
    const mean = drawn.reduce((sum, own) => sum + own[k]!, 0) / drawn.length;
    const deviation = Math.sqrt(drawn.reduce((sum, own) => sum + (own[k]! - mean) ** 2, 0) / drawn.length);
    expect(half(interval)).toBeGreaterThan(0.85 * studentT975(89) * deviation);
    expect(half(interval)).toBeLessThan(1.15 * studentT975(89) * deviation);
  }
});

test("maps that are wrong in the same fields are told apart where their own intervals overlap", () => {
  const labels = fields(90, 0.06);
  const [first, second] = [labels.map((own) => own.first), labels.map((own) => own.second)].map((own) => macroF1Interval(own, 3)); // biome-ignore format: one line
  expect(first![0]).toBeLessThan(second![1]);
  expect(pairedDifferences(labels, 3)!.macroF1.interval[0]).toBeGreaterThan(0);
});

test("a map is level with itself, labels that do not vote have no votes, and one label alone tells nothing", () => {
  const labels = fields(12, 0).map(({ first }) => ({ first, second: first }));
  const { macroF1, polygonsRight } = pairedDifferences(labels, 3)!;
  expect(macroF1).toEqual({ value: 0, interval: [0, 0] });
  expect(polygonsRight).toBeNull();
  expect(pairedDifferences(labels.slice(0, 1), 3)).toBeNull();
});
