import { expect, test } from "vitest";
import type { LabelInput } from "../../src-shared/domain/job.ts";
import { labelsInLegend, tilesInLegend } from "./label-classes.ts";

const entry = (code: number, name: string, source?: string) => ({ code, name, color: "#112233", ...(source ? { source } : {}) }); // biome-ignore format: one line
const labelsOf = (...legend: LabelInput["legend"]): LabelInput => ({
  crs: "EPSG:32631",
  legend,
  polygons: legend.map(({ code }, id) => ({ id, classCode: code, part: "test", coordinates: [] })),
});
const model = [entry(1, "Winter wheat", "1110"), entry(2, "maize", "1200"), entry(3, "barley", "1500")];

test("labels of the model's own project stay as they are, also where a class was renamed since; that is said", () => {
  const own = labelsOf(...model, entry(4, "rye"));
  expect(labelsInLegend(own, model)).toMatchObject({ labels: own, findings: [] });
  const renamed = labelsOf(entry(1, "wheat"), entry(2, "maize"));
  const matched = labelsInLegend(renamed, model);
  expect(matched.labels).toBe(renamed);
  expect(matched.findings).toEqual([{ code: "classes-renamed", details: { classes: [{ label: "wheat", model: "Winter wheat" }] } }]); // biome-ignore format: one line
});

test("classes of another project are matched by name and source, whatever their numbers; unknown ones stay unknown", () => {
  const other = labelsOf(entry(1, "maize", "1200"), entry(2, "potatoes", "5100"), entry(3, "winter  wheat", "1110"), entry(7, "BARLEY ")); // biome-ignore format: one line
  const { labels, codes, findings } = labelsInLegend(other, model);
  // Number 2 is maize to the model: potatoes get a number that it does not use.
  expect(Object.fromEntries(codes)).toEqual({ 1: 2, 2: 8, 3: 1, 7: 3 });
  expect(labels.polygons.map(({ classCode }) => classCode)).toEqual([2, 8, 1, 3]);
  expect(labels.legend.map(({ code, name }) => `${code} ${name.trim()}`)).toEqual(["2 maize", "8 potatoes", "1 winter  wheat", "3 BARLEY"]); // biome-ignore format: one line
  expect(findings).toEqual([]);
});

test("one number with different codes of the source is two classes", () => {
  const { codes, findings } = labelsInLegend(labelsOf(entry(3, "rye", "1800")), model);
  expect([codes.get(3), findings]).toEqual([4, []]);
});

test("shares of tiles follow their classes", () => {
  const tile = { id: 1, key: "a", part: "test", x: 0, y: 0 } as const;
  const given = { legend: [entry(1, "maize"), entry(2, "potatoes")], tiles: [{ ...tile, shares: { 1: 0.7, 2: 0.3 } }] };
  expect(tilesInLegend(given, model).tiles.tiles[0]!.shares).toEqual({ 2: 0.7, 4: 0.3 });
  const own = { legend: [entry(2, "maize")], tiles: [{ ...tile, shares: { 2: 1 } }] };
  expect(tilesInLegend(own, model).tiles).toBe(own);
});
