import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { clusterInterval, studentT975 } from "./cluster-interval.ts";
import { wilson95 } from "./wilson.ts";

interface Case {
  readonly name: string;
  readonly hits: number[];
  readonly samples: number[];
  readonly interval: [number, number];
  readonly bootstrap: [number, number];
}
const fixture = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/clusters.json"), "utf8")) as {
  readonly cases: Case[];
  readonly t975: Record<string, number>;
};
const clustersOf = ({ hits, samples }: Pick<Case, "hits" | "samples">) =>
  hits.map((own, i) => ({ hits: own, samples: samples[i]! }));
const width = ([low, high]: readonly [number, number]) => high - low;

test.for(fixture.cases)("numpy and scipy give the same interval: $name", (own) => {
  const found = clusterInterval(clustersOf(own));
  expect(found[0]).toBeCloseTo(own.interval[0], 5);
  expect(found[1]).toBeCloseTo(own.interval[1], 5);
  // Drawing whole polygons again and again gives about this width, and never a much wider one.
  expect(width(found)).toBeGreaterThan(0.9 * width(own.bootstrap));
});

test("Student's t is scipy's", () => {
  for (const [degrees, value] of Object.entries(fixture.t975))
    expect(studentT975(Number(degrees))).toBeCloseTo(value, 5);
});

test("patches that are right or wrong together count as the few polygons they are", () => {
  const alike = Array.from({ length: 10 }, (_, i) => ({ hits: i < 7 ? 100 : 0, samples: 100 }));
  const [low, high] = clusterInterval(alike);
  const [pixelLow, pixelHigh] = wilson95(700, 1000);
  expect(width([low, high])).toBeGreaterThan(8 * width([pixelLow, pixelHigh]));
});

test("one polygon tells nothing of others, and single patches are independent", () => {
  expect(clusterInterval([{ hits: 40, samples: 50 }])).toEqual([0, 1]);
  expect(clusterInterval([])).toEqual([0, 1]);
  const single = [1, 1, 1, 0, 1, 0, 1, 1].map((hits) => ({ hits, samples: 1 }));
  expect(clusterInterval(single)).toEqual(wilson95(6, 8));
});

test("the share lies inside of its interval, which is inside of 0 to 1, whatever the clusters", () => {
  const cluster = fc
    .integer({ min: 0, max: 60 })
    .chain((samples) => fc.record({ hits: fc.integer({ min: 0, max: samples }), samples: fc.constant(samples) }));
  fc.assert(
    fc.property(fc.array(cluster, { minLength: 2, maxLength: 30 }), (clusters) => {
      const samples = clusters.reduce((sum, own) => sum + own.samples, 0);
      const hits = clusters.reduce((sum, own) => sum + own.hits, 0);
      const [low, high] = clusterInterval(clusters);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      if (samples > 0) expect([low <= hits / samples + 1e-12, high >= hits / samples - 1e-12]).toEqual([true, true]);
    }),
  );
});
