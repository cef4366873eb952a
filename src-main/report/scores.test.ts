import { expect, test } from "vitest";
import type { ScoreRow, ScoreTable } from "../../src-shared/domain/score-table.ts";
import { scoresOf } from "./scores.ts";

const row = (model: string, more: Partial<ScoreRow>): ScoreRow => ({
  model,
  method: null,
  modalities: ["s2", "s1-asc"],
  recommended: false,
  elsewhere: false,
  macroF1: 0.61,
  overallAccuracy: 0.7,
  polygonsRight: 0.9,
  polygonsMacroF1: 0.88,
  calibrationError: 0.12,
  samples: 812,
  polygons: 31,
  seconds: 93,
  secondsBefore: 0,
  ...more,
});
const table: ScoreTable = {
  part: "validation",
  unit: "polygons",
  classes: ["maize", "wheat"],
  commonest: { name: "maize", share: 0.4 },
  rows: [
    row("<forest>", { method: "random-forest", macroF1: 0.7, recommended: true, seconds: 4, polygonsRight: 0.8 }),
    row("crops", { secondsBefore: 240 }),
  ],
  apart: [{ model: "old", method: null, why: "other-split" }],
};
/** Without tags. */
const textOf = (own: ScoreTable): string =>
  scoresOf(own)
    .text.replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");

test("models stand side by side with every figure, who wins in words, and who is not compared", () => {
  const text = textOf(table);
  expect(text).toContain(
    "a simple method, “&lt;forest&gt;” (random forest), wins, 0.70 against 0.61 of the best network, “crops”.",
  );
  expect(text).toContain("Share of polygons right: the network “crops” wins, 0.90 against 0.80");
  expect(text).toContain("random forest, recommended");
  expect(text).toContain("“&lt;forest&gt;”, a simple method, does better");
  expect(text).toContain("after 4 min 00 s of other training");
  expect(text).toContain("“old” is not compared: it was taught and measured on another split.");
  expect(text).toMatch(/crops .* s2 \+ s1-asc 812 31 0\.610 0\.700 0\.900 0\.880 0\.120 1 min 33 s/);
  // The better number of each column is set in bold, and no other.
  expect(scoresOf(table).text.match(/<strong>[^<]+<\/strong>/g)).toEqual(["0.700", "0.700", "0.880", "0.700", "0.900", "0.880"].map((own) => `<strong>${own}</strong>`)); // biome-ignore format: one list
});

test("labels without polygons have no columns of polygons", () => {
  const rows = table.rows.map((own) => ({ ...own, polygonsRight: null, polygonsMacroF1: null }));
  expect(textOf({ ...table, rows })).not.toContain("Polygons right");
});
