import { afterEach, expect, test } from "vitest";
import {
  currentRemark,
  type Remark,
  type RemarkCode,
  type RemarkDetails,
  remarkSentence,
} from "../../src-shared/eo/index.ts";
import { evidenceWords } from "./evidence-words.ts";
import { language } from "./language.svelte.ts";
import { frenchRemarks, remarkWords } from "./remarks.ts";

const figures = { darkest: 0.188, middle: 0.27, brightest: 0.5 };
const all: { readonly [C in RemarkCode]: RemarkDetails[C] } = {
  "scale-tags": { scale: 0.0001, offset: -0.1 },
  "as-stored": {},
  "scale-stated": { quantification: 10000, add: -1000 },
  "float-digital-numbers": { largest: 9123.5 },
  "float-reflectance": {},
  "theia-no-offset": {},
  "hls-no-offset": {},
  "sentinel-hub-no-offset": {},
  "baseline-adds": { baseline: "05.09" },
  "baseline-adds-nothing": { baseline: "02.14" },
  "dark-pixels": { darkest: 12.5 },
  "sensed-after-and-bright": { date: "2022-01-25", darkest: 1100 },
  "sensed-before": { date: "2022-01-25" },
  "guessed-from-kind": { offset: true },
  "unit-decibels": {},
  "median-negative": { median: -12.3 },
  "decibels-times": { median: -1230, times: 100 },
  "linear-power": { median: 0.12 },
  "neither-decibels-nor-power": { median: 150 },
  "terrain-corrected-linear": {},
  "taken-as-decibels": {},
  "hls-scale": {},
  "unit-formula": { unit: "20*log10(DN)-83" },
  "unit-amplitude": {},
  "unit-power": {},
  "product-incomplete": { products: 1, some: ["S2A_MSIL2A"], bands: ["B05"] },
  "landsat-level-2": {},
  "metadata-scale": { file: "MTL.txt", scale: 2.75e-5, offset: -0.2 },
  "amplitude-said": { file: "S1A_IW_RTC10_G_gauned" },
  "power-said": { file: "S1A_IW_RTC10_G_gpuned" },
  "decibels-said": { file: "S1A_IW_RTC10_G_gduned" },
  "values-chosen": { scale: 0.0001, offset: -0.1, unit: "reflectance", nodata: null },
  "baseline-against-tags": { baseline: "05.09" },
  "offset-unsure": {},
  uncalibrated: {},
  "offset-probably-in": { dates: 12, darkest: 0.1184 },
  "offset-probably-twice": { dates: 12, darkest: -0.0712 },
  "mask-alone": { masks: 1, some: ["clouds.tif"] },
  "mask-beside": { mask: "clouds.tif", images: 5, some: ["a.tif", "b.tif", "c.tif"] },
  "bands-awaited": { images: 1, dates: 1, some: ["2019-06-10"], bands: ["B05", "B8A"], modality: "s2" },
  repair: { kind: "offset-still-in", modality: "s2", dates: 2, others: 1, before: figures, after: figures },
  written: { text: "Words of another release." },
};
const remarks = Object.entries(all).map(([code, details]) => ({ code, ...details }) as Remark);
const notStored: readonly RemarkCode[] = ["offset-probably-in", "offset-probably-twice", "mask-alone", "mask-beside", "bands-awaited", "product-incomplete", "repair", "decibels-times", "unit-formula", "unit-amplitude", "unit-power", "metadata-scale", "amplitude-said", "power-said", "decibels-said"]; // biome-ignore format: one list

afterEach(() => language.choose("en"));

test("every remark has a sentence of its own in both languages, with its values", () => {
  language.choose("fr");
  const french = remarks.map(remarkWords);
  language.choose("en");
  const english = remarks.map(remarkWords);
  for (const [n, { code }] of remarks.entries()) {
    for (const sentence of [french[n]!, english[n]!]) expect(sentence, code).not.toMatch(/undefined|null|\[object|NaN/);
    if (code !== "written") expect(french[n], code).not.toBe(english[n]);
    if (code !== "written") expect(french[n], code).not.toMatch(/\b(the|are|and|images of|with|value)\b/);
  }
  expect(new Set(english).size).toBe(remarks.length);
  expect(Object.keys(frenchRemarks).toSorted()).toEqual(Object.keys(all).toSorted());
});

test("the English sentence of an older release becomes the same remark again", () => {
  for (const remark of remarks)
    if (!notStored.includes(remark.code) && remark.code !== "written")
      expect(currentRemark(remarkSentence(remark))).toEqual(remark);
  expect(currentRemark(remarkSentence({ code: "guessed-from-kind", offset: false }))).toEqual({
    code: "guessed-from-kind",
    offset: false,
  });
  expect(currentRemark("A sentence of a later version.")).toEqual({
    code: "written",
    text: "A sentence of a later version.",
  });
  expect(currentRemark("Half of the values are below many: they are decibels.")).toMatchObject({ code: "written" });
});

test("numbers, dates and formulas of a remark are written the French way", () => {
  const words = (remark: Remark) => {
    language.choose("fr");
    return remarkWords(remark);
  };
  expect(words({ code: "sensed-after-and-bright", date: "2022-01-25", darkest: 1.5 })).toBe(
    "Acquis après le 25/01/2022, et aucun pixel n’est plus sombre que 1,5\u00a0: (nombre − 1000) / 10000.",
  );
  expect(words({ code: "values-chosen", scale: 0.0001, offset: -0.1, unit: "reflectance", nodata: null })).toBe(
    "Choisi\u00a0: facteur 0,0001, décalage -0,1, unité réflectance, aucune valeur sans donnée.",
  );
  expect(
    words({ code: "bands-awaited", images: 1, dates: 1, some: ["2019-06-10"], bands: ["B05"], modality: "s2" }),
  ).toBe(
    "1 image de 1 date (2019-06-10) n’a pas B05 pour «\u00a0s2\u00a0»\u00a0: dans le projet, mais pas dans «\u00a0s2\u00a0» tant que ces bandes ne sont pas ajoutées.",
  );
});

test("a line of evidence names its field and its source in the window's language", () => {
  language.choose("fr");
  expect(evidenceWords({ field: "bandNames", source: { code: "usual-order", count: 4 } })).toBe(
    "Noms des bandes\u00a0: l’ordre habituel de 4 bandes",
  );
  language.choose("en");
  expect(evidenceWords({ field: "date", source: { code: "name", name: "S2_20190410.tif" } })).toBe(
    "Date: “S2_20190410.tif”",
  );
});
