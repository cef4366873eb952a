import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { seededRandom } from "../files/index.ts";
import {
  ComparedPart,
  comparedPatches,
  directionOf,
  FeatureLayer,
  featureVersion,
  GroupWriter,
  growRegion,
  noScore,
  proposedSize,
  ScoreField,
  scalesOf,
  scoreSteps,
} from "./index.ts";
import { ByteRows, mostWeight, paddedColumns } from "./int8-products.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-similar-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

const side = 8;
const columns = 21;
const kinds = Array.from({ length: 4 }, (_, k) => {
  const random = seededRandom("kind", k);
  return Float32Array.from({ length: columns }, () => 4 * random() - 2);
});
/** Fields of 10 × 10 patches: one kind each, in a pattern that repeats after two. The patch in the corner of every block is not seen. */
const kindAt = (col: number, row: number): number => 2 * (Math.floor(row / 10) & 1) + (Math.floor(col / 10) & 1);

let next = 0;
async function layerOf(edge: number, noise: number): Promise<FeatureLayer> {
  const random = seededRandom("noise");
  const blocks = Array.from({ length: edge * edge }, (_, i) => [(i % edge) - 1, Math.floor(i / edge) - 1] as const);
  const values = blocks.map(([bc, br]) =>
    Float32Array.from({ length: side * side * columns }, (_, at) => {
      const [p, j] = [Math.floor(at / columns), at % columns];
      const kind = kinds[kindAt(bc * side + (p % side) + 100, br * side + Math.floor(p / side) + 100)]!;
      return kind[j]! + noise * (2 * random() - 1);
    }),
  );
  const folder = join(room, String(next++));
  const writer = await GroupWriter.begin(folder, {
    version: featureVersion,
    key: "k",
    modality: "s2",
    columns: Array.from({ length: columns }, (_, j) => String(j)),
    side,
    blocks,
    ...scalesOf(Float32Array.from(values.flatMap((block) => [...block])), columns),
    made: { at: "", appVersion: "test", dates: [] },
  });
  const seen = new Uint8Array(side * side).fill(1).fill(0, 0, 1);
  for (const block of values) await writer.append(block, seen);
  await writer.close();
  return FeatureLayer.open([folder])!;
}

const standard = (layer: FeatureLayer, col: number, row: number): Float32Array => {
  const block = layer.blockAt(col, row)!;
  const p = (row - Math.floor(row / side) * side) * side + col - Math.floor(col / side) * side;
  return Float32Array.from(layer.factors, (factor, j) => factor * block.values[p * columns + j]!);
};
const cosine = (p: Float32Array, q: Float32Array): number => {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, j) => sum + value * b[j]!, 0);
  return dot(p, q) / Math.sqrt(dot(p, p) * dot(q, q));
};
const fieldOf = (layer: FeatureLayer, direction: Float32Array, most = 1e9, parts = 1): ScoreField => {
  const compared = comparedPatches(layer, most);
  const scores = new Int16Array(compared.blocks.length * compared.side ** 2);
  for (let part = 0; part < parts; part++) {
    const [first, end] = [part, part + 1].map((i) => Math.round((i * compared.blocks.length) / parts)) as [
      number,
      number,
    ];
    const own = scores.subarray(first * compared.side ** 2, end * compared.side ** 2);
    new ComparedPart(layer, compared, first, end).scores(direction, own);
  }
  return new ScoreField(compared, scores);
};

test("sums of products are those of plain arithmetic, for every count of columns and up to the largest weights", () => {
  for (const count of [1, 15, 16, 17, 100, 456, 2000]) {
    const random = seededRandom("rows", count);
    const rows = new ByteRows(7, count);
    expect(rows.stride).toBe(paddedColumns(count));
    const most = mostWeight(count);
    for (let row = 0; row < 7; row++)
      for (let j = 0; j < count; j++)
        rows.values[row * rows.stride + j] = row === 0 ? -128 : row === 1 ? 127 : Math.floor(256 * random()) - 128;
    for (const weights of [
      Int16Array.from({ length: count }, () => Math.round((2 * random() - 1) * most)),
      new Int16Array(count).fill(most),
      new Int16Array(count).fill(-most),
    ]) {
      const expected = Array.from({ length: 7 }, (_, row) =>
        weights.reduce((sum, weight, j) => sum + weight * rows.values[row * rows.stride + j]!, 0),
      );
      expect([...rows.products(weights)]).toEqual(expected);
    }
  }
});

test("scores are the cosines to what was clicked, whichever thread has the patch; what is not seen has none", async () => {
  const layer = await layerOf(3, 1);
  const [wanted, second, unwanted] = [standard(layer, 3, 3), standard(layer, 12, 5), standard(layer, 3, 12)];
  const direction = directionOf([wanted, second], [unwanted], columns);
  const length = (row: Float32Array) => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
  const expected = wanted.map(
    (value, j) =>
      value / length(wanted) / 2 + second[j]! / length(second) / 2 - (0.5 * unwanted[j]!) / length(unwanted),
  );
  expect(cosine(direction, expected)).toBeCloseTo(1, 6);
  const [one, three] = [fieldOf(layer, direction), fieldOf(layer, direction, 1e9, 3)];
  expect(three.scores).toEqual(one.scores);
  let unseen = 0;
  for (let row = -side; row < 2 * side; row++)
    for (let col = -side; col < 2 * side; col++) {
      const score = one.at(col, row);
      if (col % side === 0 && row % side === 0) {
        expect(score).toBe(noScore);
        unseen++;
      } else expect(Math.abs(score / scoreSteps - cosine(standard(layer, col, row), direction))).toBeLessThan(2e-4);
    }
  expect(unseen).toBe(9);
  expect(one.at(50, 0)).toBe(noScore);
  const scores = one.window({ col: -2, row: -1, width: 60, height: 12, step: 1 });
  expect(scores[6 * 60 + 5]).toBe(Math.round(one.at(3, 5) / 100) + 101);
  expect([scores[9 * 60 + 10], scores[59]]).toEqual([0, 0]);
  const every = one.window({ col: -2, row: -1, width: 20, height: 4, step: 3 });
  expect([...every]).toEqual(
    Array.from(every, (_, at) => scores[(3 * Math.floor(at / 20) + 1) * 60 + 3 * (at % 20) + 1]),
  );
  layer.close();
});

test("where there are more patches than memory, every second one is compared, and the rest is not made up", async () => {
  const layer = await layerOf(3, 0.5);
  const all = fieldOf(layer, directionOf([standard(layer, 3, 3)], [], columns));
  const some = fieldOf(layer, directionOf([standard(layer, 3, 3)], [], columns), 9 * 20 * (columns + 16));
  expect(some.compared).toMatchObject({ side: 4, every: 2 });
  for (const [col, row] of [
    [0, 0],
    [3, 2],
    [-2, 5],
  ] as const)
    expect(some.at(col, row)).toBe(all.at(2 * col + 1, 2 * row + 1));
  layer.close();
});

test("places are the best patch of each area above the threshold, apart from each other and from the clicks", async () => {
  const layer = await layerOf(8, 0.2);
  // Blocks from −8 to 55: fields of one kind begin at −10, 10, 30, 50 (mod 20) in both directions.
  const [col, row] = [3, 3];
  const field = fieldOf(layer, directionOf([standard(layer, col, row)], [], columns));
  const kind = kindAt(col + 100, row + 100);
  const places = field.places(0.8, { most: 100, apart: 5, beside: [{ col, row }] });
  expect(places.length).toBeGreaterThan(4);
  for (const place of places) expect(kindAt(place.col + 100, place.row + 100)).toBe(kind);
  expect(places.every(({ score }) => score >= 0.8)).toBe(true);
  // A whole field of 100 patches, less those in corners of blocks that are not seen.
  const whole = places.find((place) => place.col >= 20 && place.col < 30 && place.row >= 20 && place.row < 30)!;
  let seen = 0;
  for (let y = 20; y < 30; y++) for (let x = 20; x < 30; x++) if (x % side !== 0 || y % side !== 0) seen++;
  expect(whole.patches).toBe(seen);
  for (const [i, p] of places.entries())
    for (const q of [{ col, row }, ...places.slice(i + 1)])
      expect(Math.max(Math.abs(p.col - q.col), Math.abs(p.row - q.row))).toBeGreaterThanOrEqual(5);
  expect(places.map(({ score }) => score)).toHaveLength(places.length);
  expect(field.places(0.8, { most: 2, apart: 5 })).toHaveLength(2);
  expect(field.places(1, { most: 2, apart: 5 }).length).toBeLessThanOrEqual(1);
  layer.close();
});

test("a region that grows from a click takes the field first, level by level, and ends at its edges by itself", async () => {
  const layer = await layerOf(8, 0.3);
  const region = growRegion(layer, { col: 25, row: 25 }, { reach: 25, most: 2000 })!;
  expect([...region.levels].every((level, i) => i === 0 || level >= region.levels[i - 1]!)).toBe(true);
  const size = proposedSize(region);
  const own = [...region.order.subarray(0, size)].map((at) => [
    region.col + (at % region.width),
    region.row + Math.floor(at / region.width),
  ]);
  const inField = own.filter(([c, r]) => c! >= 20 && c! < 30 && r! >= 20 && r! < 30).length;
  // 100 patches less the corners of blocks at 24.
  expect(inField).toBe(99);
  expect(size).toBe(99);
  expect(growRegion(layer, { col: 8, row: 8 }, { reach: 5, most: 50 })).toBeUndefined();
  expect(growRegion(layer, { col: 500, row: 8 }, { reach: 5, most: 50 })).toBeUndefined();
  layer.close();
});
