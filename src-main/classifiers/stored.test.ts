import { expect, test } from "vitest";
import { type Method, methods } from "../../src-shared/domain/method.ts";
import { seededRandom } from "../files/index.ts";
import { arraysOf, type Classifier, classifierOf, classify, type LabelledTable, teachMethod } from "./index.ts";
import { choosePenalty, usualPenalty } from "./penalty.ts";

/** Twenty-four polygons of ten rows, three of five classes; polygons differ within a class. */
function polygons(noise = 1): { readonly table: LabelledTable; readonly groups: Int32Array } {
  const random = seededRandom("polygons");
  const [rows, columns] = [240, 8];
  const groups = Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 10));
  const classes = groups.map((group) => [0, 2, 4][group % 3]!);
  const shifts = Array.from({ length: 24 * columns }, () => random() - 0.5);
  const values = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    return (j === classes[i]! ? 1.5 : 0) + noise * (shifts[groups[i]! * columns + j]! + random() - 0.5);
  });
  return { table: { values, rows, columns, classes, classCount: 5 }, groups };
}

async function taughtOf(method: Method): Promise<Classifier> {
  const { table, groups } = polygons();
  return (await teachMethod(method, table, { seed: 1, groups })).classifier;
}

test("every method learns classes that polygons show, and says so with probabilities that add up to 1", async () => {
  const { table, groups } = polygons();
  for (const method of methods) {
    const steps: number[] = [];
    const { classifier } = await teachMethod(method, table, { seed: 1, groups, onProgress: (f) => steps.push(f) });
    const shares = classify(classifier, table);
    let right = 0;
    for (let i = 0; i < table.rows; i++) {
      const own = shares.subarray(5 * i, 5 * i + 5);
      expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      expect([own[1], own[3]]).toEqual([0, 0]);
      if (own.indexOf(Math.max(...own)) === table.classes[i]) right++;
    }
    expect(right / table.rows).toBeGreaterThan(0.95);
    expect(steps.at(-1)).toBe(1);
    expect(steps).toEqual(steps.toSorted((p, q) => p - q));
  }
});

test("a stored method answers as before it was stored", async () => {
  const { table } = polygons();
  for (const method of methods) {
    const own = await taughtOf(method);
    const again = classifierOf({ method, columns: 8, classCount: 5 }, arraysOf(own));
    expect(again?.method).toBe(method);
    expect(classify(again!, table)).toEqual(classify(own, table));
  }
});

test("arrays of a stranger that are no method are refused", async () => {
  for (const method of methods) {
    const arrays = arraysOf(await taughtOf(method));
    const read = (changed: Record<string, unknown>, facts = {}) =>
      classifierOf({ method, columns: 8, classCount: 5, ...facts }, { ...arrays, ...changed } as typeof arrays);
    expect(read({})).toBeDefined();
    for (const name of Object.keys(arrays)) {
      const { [name]: own, ...rest } = arrays;
      expect(classifierOf({ method, columns: 8, classCount: 5 }, rest), `${method} without ${name}`).toBeUndefined();
      const { data } = own!;
      expect(read({ [name]: { ...own, data: data.slice(1) } }), `${method}, ${name} cut off`).toBeUndefined();
      const other = data instanceof Float32Array ? Int32Array.from(data) : Float32Array.from(data);
      expect(read({ [name]: { ...own, data: other } }), `${method}, ${name} of another type`).toBeUndefined();
      if (data instanceof Float32Array)
        expect(read({ [name]: { ...own, data: data.map(() => Number.NaN) } })).toBeUndefined();
    }
    expect(read({ taught: { type: "int32", shape: [3], data: Int32Array.of(0, 2, 5) } })).toBeUndefined();
    expect(read({ taught: { type: "int32", shape: [3], data: Int32Array.of(0, 2, 2) } })).toBeUndefined();
    expect(read({}, { classCount: 4 })).toBeUndefined();
    expect(read({}, { columns: 2 })).toBeUndefined();
  }
});

test("the penalty follows what is told apart in polygons that were held out", async () => {
  const { table, groups } = polygons();
  const { c, tried } = await choosePenalty(table, groups, { seed: 1 });
  const best = Math.max(...tried.map(({ macroF1 }) => macroF1));
  expect(best).toBeGreaterThan(0.9);
  const own = tried.findIndex((one) => one.c === c);
  expect(tried[own]!.macroF1).toBeGreaterThanOrEqual(best - 0.01);
  expect(tried.slice(0, own).every(({ macroF1 }) => macroF1 < best - 0.01)).toBe(true);
  // Classes that are not there to be learned: every penalty is as bad, and a method that memorises its rows is not rewarded.
  const shuffled = { ...table, classes: groups.map((group) => [0, 2, 4][(group * 7 + (group >> 2)) % 3]!) };
  const guessed = await choosePenalty(shuffled, groups, { seed: 1 });
  expect(Math.max(...guessed.tried.map(({ macroF1 }) => macroF1))).toBeLessThan(0.7);
});

test("where most classes have one polygon, the few others do not choose the penalty of all", async () => {
  const { table, groups } = polygons();
  // Two of three classes are one polygon each.
  const own = groups.map((group, i) => (table.classes[i] === 4 ? group : 1000 + table.classes[i]!));
  const { c, tried } = await choosePenalty(table, own, { seed: 1 });
  expect([c, tried.map((one) => one.c)]).toEqual([usualPenalty, [usualPenalty]]);
});

test("with one polygon per class nothing is held out, and every method still learns", async () => {
  const { table, groups } = polygons();
  const own = { table, groups: groups.map((_, i) => table.classes[i]!) };
  expect(await choosePenalty(own.table, own.groups, { seed: 1 })).toEqual({
    c: usualPenalty,
    tried: [],
    temperature: 1,
  });
  for (const method of methods) {
    const { classifier, settings } = await teachMethod(method, own.table, { seed: 1, groups: own.groups });
    expect(classify(classifier, table)).toHaveLength(5 * table.rows);
    if (method === "boosted-trees") expect(settings.rounds).toBe(100);
  }
});
