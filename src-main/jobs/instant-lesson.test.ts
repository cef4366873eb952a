import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LabelInput, LabelPolygon, ProjectGrid, SplitPart } from "../../src-shared/domain/job.ts";
import { FeatureLayer, featureVersion, GroupWriter, scalesOf } from "../features/index.ts";
import { seededRandom } from "../files/index.ts";
import { InstantLessons } from "./instant-lesson.ts";

const room = mkdtempSync(join(tmpdir(), "omnisat-lesson-"));
const grid: ProjectGrid = {
  geobox: { crs: "EPSG:32631", affine: { a: 500_000, b: 10, c: 0, d: 5_600_000, e: 0, f: -10 }, width: 96, height: 96 },
  patchMeters: 10,
  tilePatches: 6,
};
const [firstCol, firstRow, side] = [50_000, -560_000, 32];
const legend = [1, 2, 3].map((code) => ({ code, name: `class ${code}`, color: "#000000" }));
let layer: FeatureLayer;

beforeAll(async () => {
  const random = seededRandom("lesson");
  const values = () => Float32Array.from({ length: side * side * 2 }, () => random());
  const corners: [number, number][] = [];
  for (let row = Math.floor(firstRow / side); row * side < firstRow + 96; row++)
    for (let col = Math.floor(firstCol / side); col * side < firstCol + 96; col++) corners.push([col, row]);
  const made = { at: "", appVersion: "test", dates: [] };
  const group = { version: featureVersion, key: "k", modality: "s2", columns: ["a", "b"], side, blocks: corners, ...scalesOf(values(), 2), made }; // biome-ignore format: one line
  const writer = await GroupWriter.begin(room, group);
  // Every fifth patch was never seen.
  for (const _ of corners)
    await writer.append(
      values(),
      Uint8Array.from({ length: side * side }, (_, p) => (p % 5 === 0 ? 0 : 1)),
    );
  await writer.close();
  layer = FeatureLayer.open([room])!;
});
afterAll(() => {
  layer.close();
  rmSync(room, { recursive: true, force: true });
});

const input = (polygons: Iterable<LabelPolygon>): LabelInput => ({
  crs: "EPSG:32631",
  legend,
  polygons: [...polygons].sort((p, q) => p.id - q.id),
});
/** A rectangle of patches. */
function label(id: number, random: () => number): LabelPolygon {
  const whole = (most: number) => Math.floor(random() * most);
  const [x, y] = [500_000 + 10 * whole(90), 5_600_000 - 10 * whole(90)];
  const [width, height] = [10 * (1 + whole(20)), 10 * (1 + whole(20))];
  const ring = [[x, y], [x + width, y], [x + width, y - height], [x, y - height], [x, y]] as [number, number][]; // biome-ignore format: one line
  const part: SplitPart = (["train", "train", "train", "test", "validation", "unused"] as const)[whole(6)]!;
  return { id, classCode: 1 + whole(3), part, coordinates: [[ring]] };
}

test("edit by edit the same is learned as from all labels at once", () => {
  const random = seededRandom("edits");
  const lessons = new InstantLessons(layer, grid, 0);
  const polygons = new Map<number, LabelPolygon>();
  const before: LabelPolygon[] = [];
  for (let edit = 1; edit <= 60; edit++) {
    const kind = random();
    const some = [...polygons.values()][Math.floor(random() * polygons.size)];
    if (kind < 0.2 && some) {
      polygons.delete(some.id);
      before.push(some);
    } else if (kind < 0.35 && some) polygons.set(some.id, label(some.id, random));
    // Undo: a label of an earlier number comes back.
    else if (kind < 0.5 && before.length > 0) {
      const one = before.pop()!;
      if (!polygons.has(one.id)) polygons.set(one.id, one);
    } else polygons.set(edit, label(edit, random));
    const labels = input(polygons.values());
    expect(lessons.learn(labels), `edit ${edit}`).toEqual(
      new InstantLessons(layer, grid, 0).learn(structuredClone(labels)),
    );
  }
  expect(polygons.size).toBeGreaterThan(20);
});

test("patches of labels held back never teach, nor do those on which classes meet, nor what no image saw", () => {
  const square = (id: number, classCode: number, part: SplitPart, col: number, size: number): LabelPolygon => {
    const [x, y] = [500_000 + 10 * col, 5_600_000];
    const [right, bottom] = [x + 10 * size, y - 10 * size];
    return { id, classCode, part, coordinates: [[[[x, y], [right, y], [right, bottom], [x, bottom], [x, y]]]] }; // biome-ignore format: one line
  };
  const lessons = new InstantLessons(layer, grid, 0);
  const seenIn = (from: number, to: number) => {
    let count = 0;
    for (let row = 0; row < 10; row++)
      for (let col = from; col < to; col++) {
        const [atCol, atRow] = [firstCol + col, firstRow + row];
        const within = (at: number) => at - Math.floor(at / side) * side;
        if (layer.blockAt(atCol, atRow)!.seen[within(atRow) * side + within(atCol)] === 1) count++;
      }
    return count;
  };
  const one = square(1, 1, "train", 0, 10);
  expect(lessons.learn(input([one]))).toMatchObject({ labels: 1, outside: 0, patches: { 1: seenIn(0, 10) } });
  const other = square(2, 2, "train", 5, 10);
  expect(lessons.learn(input([one, other])).patches).toEqual({ 1: seenIn(0, 5), 2: seenIn(10, 15) });
  const held = square(3, 1, "test", 0, 10);
  expect(lessons.learn(input([one, other, held])).patches).toEqual({ 2: seenIn(10, 15) });
  expect(lessons.learn(input([one])).patches).toEqual({ 1: seenIn(0, 10) });
});
