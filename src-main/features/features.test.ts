import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { predictLogisticRegression } from "../classifiers/index.ts";
import { seededRandom } from "../files/index.ts";
import { decodeTileValue } from "./fixtures/tile-value.ts";
import {
  answererOf,
  blockBytes,
  type FeatureGroup,
  FeatureLayer,
  featureVersion,
  fitInstant,
  GroupWriter,
  InstantMap,
  instantPenalty,
  instantTemperature,
  readGroup,
  scalesOf,
  similarityTo,
  storedError,
} from "./index.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-features-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
let next = 0;
const folder = () => join(room, String(next++));

const side = 4;
const patches = side * side;
const columns = 6;

/** Blocks of rows around 100·j with a spread of j + 1; column 4 has one value, column 5 is not seen by every third patch. */
function madeUp(blocks: number): Float32Array[] {
  const random = seededRandom("features-test");
  const bell = () => random() + random() + random() + random() - 2;
  return Array.from({ length: blocks }, () =>
    Float32Array.from({ length: patches * columns }, (_, at) => {
      const [p, j] = [Math.floor(at / columns), at % columns];
      if (j === 4) return 7;
      return j === 5 && p % 3 === 0 ? Number.NaN : 100 * j + (j + 1) * bell();
    }),
  );
}
const seen = new Uint8Array(patches).fill(1).fill(0, 15);

const groupOf = (values: readonly Float32Array[], more: Partial<FeatureGroup> = {}): FeatureGroup => ({
  version: featureVersion,
  key: "abc",
  modality: "s2",
  columns: Array.from({ length: columns }, (_, j) => `S2 B${j}`),
  side,
  blocks: values.map((_, i) => [i - 1, 2] as const),
  ...scalesOf(Float32Array.from(values.flatMap((block) => [...block])), columns),
  made: { at: "2026-01-01T00:00:00Z", appVersion: "test", dates: [] },
  ...more,
});

async function written(values: readonly Float32Array[], group = groupOf(values)): Promise<string> {
  const own = folder();
  const writer = await GroupWriter.begin(own, group);
  for (const block of values) await writer.append(block, seen);
  await writer.close();
  return own;
}

test("columns that repeat one another do not let few clicks say more: twice as many are held four times as fast, whatever the rows", () => {
  const strength = (rows: number, columns: number) => 1 / (rows * instantPenalty({ rows, columns }));
  expect(strength(8, 304)).toBeCloseTo(304 / 6, 9);
  expect(strength(8, 38) / strength(4000, 19)).toBeCloseTo(4, 9);
  expect(strength(8, 3)).toBe(strength(8, 19));
});

test("what is stored differs from the value by no more than is stated, and missing values are the mean", async () => {
  const values = madeUp(3);
  const group = groupOf(values);
  const layer = FeatureLayer.open([await written(values, group)])!;
  expect(storedError(group)).toBeGreaterThan(0.005);
  expect(storedError(group)).toBeLessThan(0.05);
  let [largest, missing] = [0, 0];
  for (const [b, block] of values.entries()) {
    const stored = layer.block(b - 1, 2)!;
    for (let p = 0; p < 15; p++)
      for (let j = 0; j < columns; j++) {
        const standard = stored.values[p * columns + j]! * layer.factors[j]!;
        const value = block[p * columns + j]!;
        if (Number.isNaN(value)) {
          missing++;
          expect(standard).toBe(0);
        } else largest = Math.max(largest, Math.abs(standard - (value - group.means[j]!) / group.spreads[j]!));
      }
    expect([stored.seen[0], stored.seen[15]]).toEqual([1, 0]);
  }
  expect(missing).toBe(15);
  expect(largest).toBeLessThanOrEqual(storedError(group) + 1e-4);
  expect(largest).toBeGreaterThan(0.5 * storedError(group));
  layer.close();
});

test("values far outside are cut, and the share of them is stated", () => {
  const values = new Float32Array(1000).map((_, i) => i % 10);
  const [few, many] = [values.slice(), values.slice()];
  few[0] = 1e6;
  for (let i = 0; i < 40; i++) many[i] = 1e6;
  expect(scalesOf(values, 1).cut).toBe(0);
  const { cut, means, steps } = scalesOf(few, 1);
  expect(cut).toBe(0.001);
  expect(means[0]).toBeCloseTo(4.5, 1);
  expect(127 * steps[0]!).toBeLessThan(10);
  // Four in a hundred are no strays: they belong to what is stored.
  expect(127 * scalesOf(many, 1).steps[0]!).toBeGreaterThan(1e6 * 0.95);
});

test("a writer that was killed goes on with the next block, and ends with the same bytes; another key begins anew", async () => {
  const values = madeUp(3);
  const whole = await written(values);
  const own = folder();
  const writer = await GroupWriter.begin(own, groupOf(values));
  await writer.append(values[0]!, seen);
  await writer.close();
  expect(FeatureLayer.open([own])).toBeUndefined();
  appendFileSync(join(own, "values.i8"), new Uint8Array(5));
  const again = (await GroupWriter.resume(own, "abc"))!;
  expect(again.done).toBe(1);
  for (const block of values.slice(again.done)) await again.append(block, seen);
  await again.close();
  expect(readFileSync(join(own, "values.i8"))).toEqual(readFileSync(join(whole, "values.i8")));
  expect(await GroupWriter.resume(own, "another")).toBeUndefined();
});

test("files that are cut off, of another version, or that cannot be what they say, are no layer", async () => {
  const values = madeUp(2);
  const own = await written(values);
  const text = readFileSync(join(own, "group.json"), "utf8");
  const tried = (change: (group: Record<string, unknown>) => void) => {
    const group = JSON.parse(text) as Record<string, unknown>;
    change(group);
    writeFileSync(join(own, "group.json"), JSON.stringify(group));
    return FeatureLayer.open([own]);
  };
  expect(tried((group) => (group.version = featureVersion + 1))).toBeUndefined();
  expect(tried((group) => (group.steps = [1, 2, 3, 4, 5, 0]))).toBeUndefined();
  expect(tried((group) => (group.means = [1, 2, 3, 4, 5, null]))).toBeUndefined();
  expect(tried((group) => (group.side = 1e9))).toBeUndefined();
  expect(tried((group) => (group.blocks = [[0.5, 1]]))).toBeUndefined();
  expect(tried((group) => (group.blocks = [[0, 1]]))).toBeUndefined();
  writeFileSync(join(own, "group.json"), "no JSON");
  expect(readGroup(own)).toBeUndefined();
  writeFileSync(join(own, "group.json"), text);
  expect(FeatureLayer.open([own])).toBeDefined();
  truncateSync(join(own, "values.i8"), 10);
  expect(FeatureLayer.open([own])).toBeUndefined();
});

test("a million patches of two sensors over two years take less than 512 MB", () => {
  // Ten bands and five indices of Sentinel-2, two and two of Sentinel-1, 24 months.
  const names = Array.from({ length: (15 + 4) * 24 }, (_, j) => String(j));
  expect((1e6 / (32 * 32)) * blockBytes({ side: 32, columns: names })).toBeLessThan(512e6);
});

test("tiles hold the regression's classes, confidence and margin, patch by patch", async () => {
  const values = madeUp(4);
  const layer = FeatureLayer.open([await written(values)])!;
  const rows = [-1, 0, 1, 2].flatMap((b) => {
    const { values: stored } = layer.block(b, 2)!;
    return Array.from({ length: patches }, (_, p) =>
      Float32Array.from(layer.factors, (factor, j) => factor * stored[p * columns + j]!),
    );
  });
  const some = rows.slice(0, 30);
  const classes = Int32Array.from(some, ([first, second]) => (first! > 0.5 ? 2 : second! > 0 ? 1 : 0));
  const flat = (list: readonly Float32Array[]) => Float32Array.from(list.flatMap((row) => [...row]));
  const fitted = await fitInstant({ values: flat(some), rows: 30, columns, classes, classCount: 3 });
  const map = new InstantMap(layer, 10);
  expect(map.tile({ z: 13, x: 0, y: 0 }, "class")).toBeUndefined();
  map.learn(answererOf(layer, fitted, [11, 22, 33]));
  const shares = predictLogisticRegression(fitted, { values: flat(rows), rows: rows.length, columns });
  // A pixel of level 13 is a patch of 10 m; the blocks lie in columns −4 to 11 of rows 8 to 11.
  const tiles = [-1, 0].map((x) => ({
    class: map.tile({ z: 13, x, y: 0 }, "class")!,
    confidence: map.tile({ z: 13, x, y: 0 }, "confidence")!,
    margin: map.tile({ z: 13, x, y: 0 }, "margin")!,
  }));
  for (const [i] of rows.entries()) {
    const [b, p] = [Math.floor(i / patches) - 1, i % patches];
    const [col, row] = [b * side + (p % side), 2 * side + Math.floor(p / side)];
    const tile = tiles[col < 0 ? 0 : 1]!;
    const at = (what: "class" | "confidence" | "margin") => decodeTileValue(tile[what], col < 0 ? col + 256 : col, row);
    if (p === 15) {
      expect(at("class")).toBeUndefined();
      continue;
    }
    const own = shares.subarray(3 * i, 3 * i + 3);
    const [first, second] = [...own].sort((q, r) => r - q) as [number, number];
    expect(at("class")).toBe([11, 22, 33][own.indexOf(first)]);
    expect(Math.abs(at("confidence")! / 200 - first)).toBeLessThan(0.003);
    expect(Math.abs(at("margin")! / 200 - (first - second))).toBeLessThan(0.003);
  }
  expect(map.tile({ z: 13, x: 5, y: 5 }, "class")).toBeUndefined();
  expect(map.tile({ z: 13, x: 0, y: 0 }, "similarity")).toBeUndefined();

  // One class: how alike each patch is to the mean of what was labelled.
  const mean = Float32Array.from({ length: columns }, (_, j) => (rows[17]![j]! + rows[18]![j]!) / 2);
  map.learn(similarityTo(layer, flat([rows[17]!, rows[18]!])));
  const dot = (p: Float32Array, q: Float32Array) => p.reduce((sum, value, j) => sum + value * q[j]!, 0);
  const cosine = (row: Float32Array) => dot(row, mean) / Math.sqrt(dot(row, row) * dot(mean, mean));
  const tile = map.tile({ z: 13, x: 0, y: 0 }, "similarity")!;
  for (const p of [0, 1, 7, 14]) {
    const value = decodeTileValue(tile, p % side, 2 * side + Math.floor(p / side))!;
    expect(Math.abs(value / 100 - 1 - cosine(rows[16 + p]!))).toBeLessThan(0.006);
  }
  layer.close();
});

test("probabilities are as sharp as labels held out whole say; with one label per class nothing is known of it", async () => {
  const random = seededRandom("temperature-test");
  const bell = () => random() + random() + random() + random() - 2;
  // Labels of five rows of two classes that are told apart without fail.
  const groups = Int32Array.from({ length: 100 }, (_, i) => Math.floor(i / 5));
  const classes = groups.map((group) => group % 2);
  const clear = Float32Array.from({ length: 300 }, (_, at) =>
    at % 3 < 2 ? (classes[Math.floor(at / 3)] === 1 ? 1 : -1) + 0.3 * bell() : 0.3 * bell(),
  );
  const noise = Float32Array.from({ length: 300 }, () => bell());
  const table = { rows: 100, columns: 3, classes, classCount: 2 };
  const sure = await instantTemperature({ ...table, values: clear }, { groups });
  expect(sure).toBeLessThan(0.8);
  // Where columns say nothing of the class, probabilities are no sharper than the penalty makes them.
  expect(await instantTemperature({ ...table, values: noise }, { groups })).toBeGreaterThan(2 * sure);
  expect(await instantTemperature({ ...table, values: clear }, { groups: classes })).toBe(1);
});
