import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CalibrationCounter, PolygonVote } from "./index.ts";

interface Case {
  readonly name: string;
  readonly polygon: readonly number[];
  readonly truth: readonly number[];
  readonly probabilities: readonly (readonly number[])[];
  readonly error: number;
  readonly winners: readonly number[];
}
const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/calibration.json"), "utf8")) as {
  cases: readonly Case[];
};
const largest = (values: readonly number[]): number => values.indexOf(Math.max(...values));

test.each(cases)(
  "calibration error and votes of polygons are numpy's: $name",
  ({ polygon, truth, probabilities, error, winners }) => {
    const counter = new CalibrationCounter();
    const votes = new Map<number, PolygonVote>();
    for (const [i, own] of probabilities.entries()) {
      const best = largest(own);
      counter.add(own[best]!, best === truth[i]);
      const vote = votes.get(polygon[i]!) ?? new PolygonVote(own.length);
      votes.set(polygon[i]!, vote);
      vote.add(best, own);
    }
    expect(counter.error()).toBeCloseTo(error, 10);
    expect([...votes.values()].map((vote) => vote.winner())).toEqual(winners);
  },
);

test("as often right as sure is no error, always wrong and sure is the largest, and no sample tells nothing", () => {
  const fair = new CalibrationCounter();
  for (let i = 0; i < 10; i++) fair.add(0.8, i < 8);
  expect(fair.error()).toBeCloseTo(0, 12);
  const wrong = new CalibrationCounter();
  wrong.add(1, false);
  expect(wrong.error()).toBe(1);
  const unsure = new CalibrationCounter();
  unsure.add(0, false);
  expect(unsure.error()).toBe(0);
  expect(new CalibrationCounter().error()).toBeNull();
});

test("of equally many votes the class with the larger probabilities wins", () => {
  const vote = new PolygonVote(3);
  vote.add(0, [0.5, 0.1, 0.4]);
  vote.add(2, [0.1, 0, 0.9]);
  expect(vote.winner()).toBe(2);
});
