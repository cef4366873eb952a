import { expect, test } from "vitest";
import { seededRandom } from "../files/index.ts";
import { Stopping } from "./agreement.ts";
import { nextPlaces } from "./next-places.ts";
import { suspiciousGroups } from "./suspicious.ts";

test("the agreement of two models is Cohen's kappa, as scikit-learn gives it, and four that agree say that labels change nothing more", () => {
  const stopping = new Stopping();
  expect(stopping.told).toBeUndefined();
  stopping.add(4, Uint8Array.of(1, 1, 2, 2, 2, 3));
  expect(stopping.told).toBeUndefined();
  stopping.add(5, Uint8Array.of(1, 2, 2, 2, 2, 3));
  // sklearn.metrics.cohen_kappa_score
  expect(stopping.told!.kappa).toBeCloseTo(0.7142857142857143, 12);
  expect(stopping.told).toMatchObject({ changed: 1 - 5 / 6, steady: false });
  for (const labels of [6, 7]) stopping.add(labels, Uint8Array.of(1, 2, 2, 2, 2, 3));
  expect(stopping.told).toMatchObject({ changed: 0, kappa: 1, steady: false });
  stopping.add(8, Uint8Array.of(1, 2, 2, 2, 2, 3));
  expect(stopping.told).toMatchObject({ kappa: 1, steady: true });
  // An undo: the models of more labels are forgotten.
  stopping.add(6, Uint8Array.of(1, 1, 2, 2, 2, 3));
  expect(stopping.told).toMatchObject({ steady: false });
  stopping.add(4, Uint8Array.of(1, 1, 2, 2, 2, 3));
  expect(stopping.told).toBeUndefined();
});

test("places are uncertain, unlike what is known and each other, and apart", () => {
  // Three kinds of patches; the first is known, the third is certain.
  const n = 300;
  const kind = Array.from({ length: n }, (_, i) => i % 3);
  const random = seededRandom("places");
  const values = Float32Array.from({ length: 2 * n }, (_, i) => 10 * kind[i >> 1]! + random());
  const margins = Float32Array.from(kind, (own) => (own === 2 ? 0.9 : 0.1));
  const cols = Int32Array.from({ length: n }, (_, i) => i);
  const rows = new Int32Array(n);
  const candidates = { values, columns: 2, margins, cols, rows };
  const chosen = nextPlaces(candidates, { count: 3, known: Float32Array.of(0.5, 0.5), apart: 5 });
  expect(chosen).toHaveLength(3);
  expect(kind[chosen[0]!]).toBe(1);
  expect(chosen.map((p) => kind[p])).not.toContain(2);
  for (const p of chosen) for (const q of chosen) expect(p === q || Math.abs(p - q) >= 5).toBe(true);
  // Places that are the same as what is known are never proposed.
  const alike = { values: new Float32Array(2 * n), columns: 2, margins, cols, rows };
  expect(nextPlaces(alike, { count: 3, known: Float32Array.of(0, 0), apart: 1 })).toEqual([]);
  expect(nextPlaces({ values: new Float32Array(0), columns: 2, margins: new Float32Array(0), cols: new Int32Array(0), rows: new Int32Array(0) }, { count: 3, known: new Float32Array(0), apart: 1 })).toEqual([]); // biome-ignore format: one call
});

test("of many labels the wrong one is found; a class of one label is not judged", async () => {
  const random = seededRandom("wrong");
  const [labels, columns] = [21, 4];
  // Ten labels of each of two classes, two patches each; label 3 says the other class; label 20 is the only one of its class.
  const truth = Array.from({ length: labels }, (_, group) => (group === 20 ? 2 : group % 2));
  const groups = Int32Array.from({ length: 2 * labels }, (_, row) => row >> 1);
  const values = Float32Array.from({ length: 2 * labels * columns }, (_, at) => {
    const own = truth[groups[Math.floor(at / columns)]!]!;
    return (at % columns === own ? 2 : 0) + 0.4 * (random() - 0.5);
  });
  const classes = Int32Array.from(groups, (group) => (group === 3 ? 0 : truth[group]!));
  const table = { values, rows: 2 * labels, columns, classes, classCount: 3 };
  const told = await suspiciousGroups(table, groups);
  expect(told).toMatchObject({ judged: 20, alone: 1, found: [{ group: 3, own: 0, proposed: 1, rows: 2 }] });
});

test("of thousands of labels every one is judged, though each lesson is of some of them", async () => {
  const random = seededRandom("many labels");
  const [labels, columns] = [4000, 3];
  const truth = Int32Array.from({ length: labels }, (_, group) => group % 2);
  const wrong = new Set([7, 1500, 1501, 2222, 3998]);
  const values = Float32Array.from({ length: labels * columns }, (_, at) => {
    const own = truth[Math.floor(at / columns)]!;
    return (at % columns === own ? 2 : 0) + 0.4 * (random() - 0.5);
  });
  const classes = truth.map((own, group) => (wrong.has(group) ? 1 - own : own));
  const table = { values, rows: labels, columns, classes, classCount: 2 };
  const { found, judged, alone } = await suspiciousGroups(table, Int32Array.from(classes.keys()));
  expect([judged, alone]).toEqual([labels, 0]);
  expect(found.map(({ group }) => group).sort((p, q) => p - q)).toEqual([...wrong]);
});
