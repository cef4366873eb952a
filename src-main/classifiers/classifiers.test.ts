import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { boostTrees, predictBoosted } from "./boosted-trees.ts";
import { groupedFolds } from "./folds.ts";
import { fitLogisticRegression, predictLogisticRegression } from "./logistic-regression.ts";
import { growForest, predictForest } from "./random-forest.ts";
import { type LabelledTable, rowsOf, type Table } from "./table.ts";
import { areTrees, type Trees } from "./trees.ts";

const expected = JSON.parse(readFileSync(join(import.meta.dirname, "fixtures/expected.json"), "utf8"));

interface Told {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
}

const tableOf = ({ rows, columns, values }: Told): Table => ({ rows, columns, values: Float32Array.from(values) });

function labelled(told: Told & { readonly classes: readonly number[]; readonly classCount: number }): LabelledTable {
  return { ...tableOf(told), classes: Int32Array.from(told.classes), classCount: told.classCount };
}

function furthest(found: ArrayLike<number>, wanted: readonly number[]): number {
  expect(found.length).toBe(wanted.length);
  return wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
}

test("a penalised regression has scikit-learn's coefficients, intercepts and probabilities", async () => {
  const { table, other, rowWeights, fits } = expected.regression;
  for (const { c, balanced, weighted, weights, intercepts, probabilities } of fits) {
    const rows = { ...labelled(table), ...(weighted ? { weights: Float64Array.from(rowWeights) } : {}) };
    const model = await fitLogisticRegression(rows, { c, balanced, tolerance: 1e-10, mostIterations: 5000 });
    expect(furthest(model.weights, weights)).toBeLessThan(1e-4);
    expect(furthest(model.intercepts, intercepts)).toBeLessThan(1e-4);
    expect(furthest(predictLogisticRegression(model, tableOf(other)), probabilities)).toBeLessThan(5e-5);
  }
});

test("classes without rows get no probability, the others those of scikit-learn without them", async () => {
  const { table, other, two } = expected.regression;
  const all = labelled(table);
  const some = rowsOf(
    all,
    [...all.classes.keys()].filter((i) => all.classes[i]! < 2),
  );
  const model = await fitLogisticRegression(some, { c: two.c, tolerance: 1e-8 });
  const found = predictLogisticRegression(model, tableOf(other));
  const wanted = two.probabilities.flatMap((p: number, i: number) => (i % 2 === 0 ? [p] : [p, 0, 0]));
  expect(furthest(found, wanted)).toBeLessThan(5e-5);
});

test("the usual tolerance is as good as a sharp one where penalties are strong", async () => {
  const { table, other, fits } = expected.regression;
  const model = await fitLogisticRegression(labelled(table), { c: fits[0].c });
  expect(furthest(predictLogisticRegression(model, tableOf(other)), fits[0].probabilities)).toBeLessThan(1e-4);
});

test("a tree of all rows and columns is scikit-learn's decision tree, border by border", async () => {
  expect(expected.trees).toHaveLength(3);
  for (const { table, leastLeaf, features, thresholds, other, probabilities } of expected.trees) {
    const rows = labelled(table);
    const options = { seed: 3, trees: 1, columnsPerSplit: rows.columns, leastLeaf, bootstrap: false };
    const { trees, ...rest } = await growForest(rows, options);
    expect([...trees.features]).toEqual(features);
    for (const [i, threshold] of thresholds.entries())
      expect(Math.abs(trees.thresholds[i]! - threshold)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(threshold)));
    expect(furthest(predictForest({ trees, ...rest }, tableOf(other)), probabilities)).toBeLessThan(1e-6);
    expect(rest.outOfBag).toBeNull();
  }
});

test("a forest is as good as scikit-learn's, and no further from their mean than they are", async () => {
  const { table, train, trees, accuracy, outOfBag, meanProbabilities, distances } = expected.forest;
  const all = labelled(table);
  const learned = rowsOf(all, [...Array(train).keys()]);
  const rest = rowsOf(
    all,
    [...Array(all.rows - train).keys()].map((i) => i + train),
  );
  const found = { right: 0, away: 0, outOfBag: 0 };
  const seeds = [1, 2, 3];
  for (const seed of seeds) {
    const forest = await growForest(learned, { seed, trees });
    const shares = predictForest(forest, rest);
    found.right += rightOf(shares, rest) / seeds.length;
    found.outOfBag += forest.outOfBag! / seeds.length;
    found.away += meanProbabilities.reduce((sum: number, p: number, i: number) => sum + Math.abs(p - shares[i]!), 0) / shares.length / seeds.length; // biome-ignore format: one sum
  }
  expect(found.right).toBeGreaterThanOrEqual(Math.min(...accuracy));
  expect(found.right).toBeLessThanOrEqual(Math.max(...accuracy) + 0.01);
  expect(found.outOfBag).toBeGreaterThanOrEqual(Math.min(...outOfBag) - 0.005);
  expect(found.outOfBag).toBeLessThanOrEqual(Math.max(...outOfBag) + 0.005);
  expect(found.away).toBeLessThan(1.15 * Math.max(...distances));
});

function rightOf(shares: Float32Array, { classes, classCount }: LabelledTable): number {
  let right = 0;
  for (let i = 0; i < classes.length; i++) {
    const own = shares.subarray(i * classCount, (i + 1) * classCount);
    if (own.indexOf(Math.max(...own)) === classes[i]) right++;
  }
  return right / classes.length;
}

test("boosted trees have scikit-learn's leaves after one round and its probabilities after thirty", async () => {
  const { table, other, cases } = expected.boosting;
  for (const {
    rounds,
    bins,
    leastLeaf,
    leafPenalty,
    mostLeaves,
    balanced,
    baseline,
    firstLeaves,
    probabilities,
  } of cases) {
    const { model } = await boostTrees(labelled(table), { rounds, bins, leastLeaf, leafPenalty, mostLeaves, balanced });
    expect(furthest(model.baseline, baseline)).toBeLessThan(1e-6);
    for (const [k, wanted] of firstLeaves.entries()) expect(unlike([...leavesOf(model.trees, k)], wanted)).toEqual([]);
    expect(furthest(predictBoosted(model, tableOf(other)), probabilities)).toBeLessThan(1e-5);
  }
});

/** Numbers of either list that the other has not. Where rounding alone is left to gain, scikit-learn may divide a leaf in two with the same number. */
const unlike = (p: readonly number[], q: readonly number[]): number[] => [
  ...p.filter((own) => !q.some((other) => Math.abs(own - other) < 1e-6)),
  ...q.filter((own) => !p.some((other) => Math.abs(own - other) < 1e-6)),
];

const leavesOf = ({ begins, features, rights, leaves }: Trees, tree: number): Float32Array =>
  Float32Array.from(
    [...Array(features.length).keys()].filter((i) => i >= begins[tree]! && i < begins[tree + 1]! && features[i]! < 0),
    (i) => leaves[rights[i]!]!,
  );

test("boosting stops when rows that were held out are told apart no better", async () => {
  const rows = labelled(expected.boosting.table);
  const held = Uint8Array.from(rows.classes, (_, i) => (i % 4 === 0 ? 1 : 0));
  const { model, bestRounds } = await boostTrees(rows, {
    rounds: 400,
    learningRate: 0.3,
    heldOut: { rows: held, patience: 5 },
  });
  expect(bestRounds).toBeGreaterThan(1);
  expect((model.trees.begins.length - 1) / 3).toBe(bestRounds + 5);
  // The same rounds without a look at the others: nothing of them was learned.
  const learned = rowsOf(
    rows,
    [...held.keys()].filter((i) => held[i] === 0),
  );
  const again = await boostTrees(rows, {
    rounds: bestRounds + 5,
    learningRate: 0.3,
    heldOut: { rows: held, patience: 999 },
  });
  expect(predictBoosted(again.model, learned)).toEqual(predictBoosted(model, learned));
});

test("the same table and seed give the same model; another seed another forest", async () => {
  const rows = labelled(expected.forest.table);
  const one = await growForest(rows, { seed: 1, trees: 5 });
  expect(await growForest(rows, { seed: 1, trees: 5 })).toEqual(one);
  expect((await growForest(rows, { seed: 2, trees: 5 })).trees).not.toEqual(one.trees);
});

test("one class alone is known without a tree, and constant columns have no border", async () => {
  const rows = labelled(expected.boosting.table);
  const own = { ...rows, classes: rows.classes.map(() => 2) };
  const sure = Float32Array.from({ length: rows.rows * 3 }, (_, i) => (i % 3 === 2 ? 1 : 0));
  expect(predictBoosted((await boostTrees(own, { rounds: 5 })).model, own)).toEqual(sure);
  expect(predictForest(await growForest(own, { seed: 1, trees: 3 }), own)).toEqual(sure);
  expect(predictLogisticRegression(await fitLogisticRegression(own, { c: 1 }), own)).toEqual(sure);
  const flat = { ...rows, values: rows.values.map(() => 3.25) };
  const { trees } = await growForest(flat, { seed: 1, trees: 3 });
  expect([...trees.features]).toEqual([-1, -1, -1]);
  const { weights } = await fitLogisticRegression(flat, { c: 1 });
  expect(weights.every((weight) => weight === 0)).toBe(true);
});

test("a fit is stopped in the middle", async () => {
  const rows = labelled(expected.forest.table);
  for (const learn of [
    (signal: AbortSignal) => growForest(rows, { seed: 1, trees: 100_000, signal }),
    (signal: AbortSignal) => boostTrees(rows, { rounds: 100_000, signal }),
    (signal: AbortSignal) => fitLogisticRegression(rows, { c: 1e6, tolerance: 0, mostIterations: 1e9, signal }),
  ]) {
    const controller = new AbortController();
    setImmediate(() => controller.abort(new Error("stopped")));
    const outcome = await learn(controller.signal).then(
      () => "ended",
      (error: Error) => error.message,
    );
    expect(outcome).toBe("stopped");
  }
});

test("tables that are none are refused before anything is learned", async () => {
  const rows = labelled(expected.boosting.table);
  const broken: LabelledTable[] = [
    { ...rows, values: rows.values.subarray(1) },
    { ...rows, values: rows.values.map((v, i) => (i === 7 ? Number.NaN : v)) },
    { ...rows, classes: rows.classes.map(() => 3) },
    { ...rows, weights: new Float64Array(rows.rows) },
    { ...rows, rows: 2 ** 27 },
  ];
  for (const table of broken) {
    await expect(growForest(table, { seed: 1, trees: 1 })).rejects.toThrow("Table");
    await expect(boostTrees(table, { rounds: 1 })).rejects.toThrow("Table");
    await expect(fitLogisticRegression(table, { c: 1 })).rejects.toThrow("Table");
  }
});

test("folds keep polygons whole, spread every class, and never hold out the only polygon of one", () => {
  const groups = Int32Array.from({ length: 400 }, (_, i) => Math.floor(i / 10));
  const classes = groups.map((group) => (group === 39 ? 3 : group % 3));
  const folds = groupedFolds({ groups, classes }, 5, 1);
  for (let i = 1; i < 400; i++) if (groups[i] === groups[i - 1]) expect(folds[i]).toBe(folds[i - 1]);
  expect(folds[399]).toBe(-1);
  for (const own of [0, 1, 2])
    for (let fold = 0; fold < 5; fold++)
      expect(groups.some((_, i) => classes[i] === own && folds[i] === fold)).toBe(true);
  expect(groupedFolds({ groups, classes }, 5, 1)).toEqual(folds);
  expect(groupedFolds({ groups, classes }, 5, 2)).not.toEqual(folds);
});

test("trees from elsewhere that lead nowhere, back, or to no column are no trees", async () => {
  const rows = labelled(expected.forest.table);
  const { trees } = await growForest(rows, { seed: 1, trees: 3 });
  expect(areTrees(trees, rows.columns)).toBe(true);
  const inner = trees.features.findIndex((feature) => feature >= 0);
  const leaf = trees.features.indexOf(-1);
  const changed = <K extends keyof Trees>(name: K, at: number, value: number): Trees => {
    const copy = (trees[name] as Int32Array | Float32Array).slice();
    copy[at] = value;
    return { ...trees, [name]: copy };
  };
  expect(areTrees(changed("rights", inner, inner), rows.columns)).toBe(false);
  expect(areTrees(changed("rights", inner, 0), rows.columns)).toBe(false);
  expect(areTrees(changed("rights", inner, trees.begins[1]!), rows.columns)).toBe(false);
  expect(areTrees(changed("rights", leaf, trees.leaves.length), rows.columns)).toBe(false);
  expect(areTrees(changed("rights", leaf, -1), rows.columns)).toBe(false);
  expect(areTrees(changed("features", inner, rows.columns), rows.columns)).toBe(false);
  expect(areTrees(changed("features", inner, -2), rows.columns)).toBe(false);
  expect(areTrees(changed("thresholds", inner, Number.NaN), rows.columns)).toBe(false);
  expect(areTrees(changed("leaves", 0, Number.POSITIVE_INFINITY), rows.columns)).toBe(false);
  expect(areTrees(changed("begins", 1, 0), rows.columns)).toBe(false);
  expect(areTrees(changed("begins", 3, 1), rows.columns)).toBe(false);
});
