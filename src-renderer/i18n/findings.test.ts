import { expect, test } from "vitest";
import {
  englishFindings,
  type Finding,
  type FindingCode,
  type FindingDetails,
  findingCodes,
  findingText,
} from "../../src-shared/domain/finding.ts";
import { lossWords, reconstructionWord, settingWords } from "../../src-shared/domain/finding-words.ts";
import { findingWords, frenchFindings } from "./findings.ts";
import { language } from "./language.svelte.ts";
import { recipeMessages } from "./recipe.ts";
import { runsMessages } from "./runs.ts";

const classes = [{ name: "Maïs", polygons: 2 }];
const modalities = ["s2", "s1-asc"];
/** One of each: a new code without an example does not compile. */
const examples: { readonly [Code in FindingCode]: FindingDetails[Code] } = {
  "loss-near-chance": { loss: 1.372, chance: 1.386, classes: 4 },
  "contrast-near-chance": { loss: 5.372, chance: 5.386 },
  "reconstruction-no-better": { modality: "s2", loss: 0.995 },
  "loss-zero": { term: "contrastive_loss" },
  "loss-rising": { first: 1.372, last: 9.386 },
  "one-class-taught": { name: "Maïs" },
  "modality-without-pixels": { modality: "s1-asc" },
  "modality-rarely-seen": { modality: "s1-asc", share: 0.0123 },
  "modality-constant": { modality: "s1-asc" },
  "modality-covers-part": { modality: "aerial", seen: 3, places: 4, share: 0.71 },
  "no-shared-place": { modalities },
  "bands-constant": { modality: "s2", bands: ["B02", "B03"] },
  "values-clipped": { modality: "s2", bands: ["B02", "B03"], share: 0.97 },
  "bands-stand-in": { modality: "s2", bands: [{ wanted: "B08", band: "B5", nanometers: 32 }] },
  "bands-masked": { modality: "s2", bands: ["B05", "B06"] },
  "statistics-of-place": { places: 8 },
  "inputs-of-start": { model: "europe", fresh: ["aerial"], unused: ["s1-asc", "s1-des"] },
  "dates-left-out": { dates: 12, of: 70, first: "2020-12-02", last: "2021-03-04" },
  "years-mixed": { years: [2020, 2021] },
  "season-untaught": { dates: 12, of: 30, first: "2019-03-01", last: "2019-10-30" },
  "other-years": { years: 2, first: "2018-08-02", last: "2019-11-25" },
  "classes-renamed": { classes: [{ label: "Maïs", model: "Maïs grain" }] },
  "seasons-opposite": { trained: 51, here: -33 },
  "validation-below-commonest": { accuracy: 0.162, commonest: "Maïs", share: 0.734, samples: 321 },
  "method-wins": { model: "Forêt", theirs: 0.8, ours: 0.71 },
  "encoder-taught": { model: "crops" },
  "no-validation": {},
  "not-calibrated": { modalities, calibrated: ["s2", "s1-asc"] },
  "calibrated-elsewhere": {},
  "sets-all-classes": { level: 0.95, calibrated: 1, needed: 19, groups: "blocks", unit: "points" },
  "sets-rule-out-nothing": { level: 0.95, calibrated: 20, groups: "labels", unit: "polygons" },
  "sets-cover-less": {
    modalities,
    level: 0.95,
    covered: 0.71,
    high: 0.82,
    count: 31,
    groups: "labels",
    unit: "polygons",
  },
  "classes-without-patch": { classes },
  "classes-not-in-training": { classes },
  "polygons-without-patch": { without: 17, polygons: 48 },
  "patches-contested": { contested: 17, labelled: 480 },
  "few-polygons": { classes },
  "score-below-commonest": { modalities, accuracy: 0.162, commonest: "Maïs", share: 0.734 },
  "score-not-above-commonest": { modalities, accuracy: 0.762, low: 0.654, share: 0.734 },
  "nothing-scored": { modalities },
  "one-class-measured": { part: "test", name: "Maïs" },
  "classes-untested": { part: "test", names: ["Maïs", "Orge"] },
  "classes-never-found": { part: "test", modalities, classes: [{ name: "Maïs", patches: 177 }] },
  "classes-untaught": { part: "validation", classes },
  "patches-not-seen": { modalities, unseen: 17, labelled: 480 },
  "few-polygons-measured": { part: "test", polygons: 6 },
  "scored-on-training": {},
  "split-optimistic": {},
  "split-one-polygon": { names: ["Maïs", "Orge"] },
  "split-class-missing": { part: "train", names: ["Maïs", "Orge"] },
  "tiles-near-chance": { loss: 0.52, chance: 0.53, classes: 4 },
  "tiles-below-commonest": { part: "test", microF1: 0.31, baseline: 0.57, classes: ["Hêtre", "Chêne"] },
  "tiles-not-above-commonest": { part: "test", microF1: 0.61, low: 0.52, baseline: 0.57, places: 9 },
  "tiles-empty": { part: "train", tiles: 3, share: 0.07 },
  "tiles-unseen": { part: "test", unseen: 2, tiles: 40 },
  "tiles-few": { part: "train", classes: [{ name: "Tilleul", tiles: 2 }] },
  "tiles-untaught": { part: "test", classes: [{ name: "Tilleul", tiles: 2 }] },
  "tiles-optimistic": {},
  "map-one-class": { name: "Maïs", classes: 5 },
  "map-empty": { modalities },
  "numbers-no-better": { rmse: 4.32, baseline: 4.1, unit: "m" },
  "numbers-few-blocks": { blocks: 3, needed: 5 },
  "numbers-few-places": { places: 12 },
  "numbers-no-interval": { level: 0.95, places: 7, needed: 19 },
  "numbers-far-off": { values: [900.5, 1200], unit: "m" },
  "numbers-unseen": { unseen: 3, places: 40 },
  "numbers-beyond-taught": { below: 0.02, above: 0.01, low: 1.5, high: 31, unit: "m" },
  "change-inputs-differ": { left: ["aerial"] },
  "change-months-left": { modality: "s2", months: [1, 2] },
  "change-dates-differ": { modality: "s2", before: 4, after: 20 },
  "change-sensors-differ": { modality: "s2", before: ["landsat"], after: ["sentinel-2"] },
  "change-everywhere": { share: 0.41 },
  "compared-unlike": { from: "2018", to: "2019", first: ["forest", "s2"], second: ["network", "s2 + s1-asc"] },
};

/** Everything of an example that a reader must find again: names as they are, shares as the percentages they are. */
function wordsOf(details: object): string[] {
  return Object.entries(details).flatMap(([key, value]): string[] => {
    if (Array.isArray(value)) return value.flatMap((own) => (typeof own === "string" ? [own] : wordsOf(own as object)));
    if (["part", "classes", "groups", "unit"].includes(key)) return [];
    if (typeof value === "number") return [Number.isInteger(value) ? String(value) : String(value).slice(-2)];
    return [String(value)];
  });
}

test.for(findingCodes)("%s is said in both languages, with all its values and what to do", (code) => {
  const finding = { code, details: examples[code] } as Finding;
  const english = findingText(finding, englishFindings);
  language.choose("fr");
  const french = findingWords(finding);
  language.choose("en");
  // The window writes percentages as its figures, and calls settings and losses as its forms and charts do.
  const told = findingWords(finding);
  const plain = (text: string) => text.replace(/(\d) %/g, "$1%").replace("“contrastive_loss”", "“contrastive loss”");
  expect(told.what).toBe(plain(english.what));
  if (!/balance=|shareThreshold/.test(english.remedy)) expect(told.remedy).toBe(plain(english.remedy));
  for (const words of [told, french]) expect(`${words.what} ${words.remedy}`).not.toMatch(/\w=\w|_|[a-z][A-Z]/);
  for (const { what, remedy } of [english, french]) {
    expect(what).toMatch(/[.]$/);
    expect(remedy).toMatch(/^\p{Lu}.*[.]$/u);
  }
  expect(french.what).not.toBe(english.what);
  // French typography: curved apostrophes, French quotes, spaces before double signs that do not break.
  expect(`${french.what} ${french.remedy}`).not.toMatch(/\w'\w|“|”|[^\s\u00a0\u202f][;!?]| [;:!?»%]/);
  const digits = (text: string) => text.replaceAll(",", ".");
  for (const word of wordsOf(examples[code])) {
    if (word === "contrastive_loss") continue;
    if (/share|accuracy|low/.test(JSON.stringify(examples[code])) && /^\d\d$/.test(word)) continue;
    expect(digits(english.what)).toContain(word);
    expect(digits(french.what)).toContain(word);
  }
});

test("reports call settings and losses as the forms and charts of the window do", () => {
  expect(settingWords.balance).toBe(recipeMessages["train.field.balance"].en);
  for (const value of ["classes", "patches"] as const)
    expect(settingWords[`balance.${value}`]).toBe(recipeMessages[`train.option.balance.${value}`].en);
  for (const term of ["loss", "contrastive_loss"] as const)
    expect(lossWords[term]).toBe(runsMessages[`runs.metric.${term}`].en);
  expect(reconstructionWord).toBe(runsMessages["runs.chart.reconstruction"].en);
});

test("no code is without a French sentence", () => {
  expect(Object.keys(frenchFindings).toSorted()).toEqual([...findingCodes].toSorted());
});

test("labels are called what they are: nothing says polygon of points, class rasters or several kinds", () => {
  const counting = findingCodes.filter((code) => JSON.stringify(examples[code]).includes('"polygons"'));
  const codes: readonly FindingCode[] = [...counting, "patches-contested", "split-one-polygon"];
  expect(codes.length).toBeGreaterThanOrEqual(8);
  const words = {
    points: [/points?\b/, /points?\b/],
    patches: [/groups? of patches/, /groupes? de patchs/],
    labels: [/labels?\b/, /étiquettes?/],
  } as const;
  for (const code of codes)
    for (const unit of ["points", "patches", "labels"] as const) {
      const finding = { code, details: { ...examples[code], unit } } as Finding;
      language.choose("en");
      const english = findingWords(finding);
      language.choose("fr");
      const french = findingWords(finding);
      language.choose("en");
      expect(`${english.what} ${english.remedy}`).not.toMatch(/polygon/i);
      expect(`${french.what} ${french.remedy}`).not.toMatch(/polygon/i);
      expect(english.what.toLowerCase()).toMatch(words[unit][0]);
      expect(french.what.toLowerCase()).toMatch(words[unit][1]);
    }
});

test("a remedy names the settings of the window, not those of the command line", () => {
  for (const chosen of ["en", "fr"] as const) {
    language.choose(chosen);
    for (const code of findingCodes) {
      const { what, remedy } = findingWords({ code, details: examples[code] } as Finding);
      expect(`${what} ${remedy}`).not.toMatch(/\w=\w|--\w/);
    }
  }
  language.choose("en");
});
