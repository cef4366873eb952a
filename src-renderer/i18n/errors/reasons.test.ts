import { expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/index.ts";
import { because as english, type ReasonCode, reason, reasons } from "../../../src-shared/errors/reasons/index.ts";
import { errorSentence } from "../error-sentence.ts";
import { language } from "../language.svelte.ts";
import { frenchReasons } from "./french-reasons.ts";
import { because } from "./reason-words.ts";

const codes = Object.keys(reasons) as ReasonCode[];
const valuesIn = (words: string) => [...new Set([...words.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!))].toSorted();

test("both languages of a reason have words of their own, and the same values", () => {
  expect(codes.length).toBeGreaterThan(250);
  const others = codes.filter((code) => valuesIn(reasons[code]).join() !== valuesIn(frenchReasons[code]).join());
  expect(others).toEqual([]);
  const copied = codes.filter((code) => frenchReasons[code] === reasons[code] && /[a-z]{4} [a-z]/.test(reasons[code]));
  expect(copied).toEqual([]);
  expect(codes.filter((code) => /\w'\w|“|”|\b(the|its|which|cannot)\b/.test(frenchReasons[code]))).toEqual([]);
});

test("a reason within a reason, numbers and nouns are said in the language of the window", () => {
  const given = reason("block-cannot-decoded", { index: 3, result: reason("jpeg-data-end-too-early") });
  expect(english(given)).toBe("block 3 cannot be decoded: its JPEG data end too early");
  expect(because(given)).toBe("le bloc 3 ne peut pas être décodé : ses données JPEG se terminent trop tôt");
  expect(because(reason("crs-said", { words: "latitude of origin", value: 95.5 }))).toBe(
    "la latitude d’origine : 95,5°",
  );
  expect(because(reason("database-says", { message: "file is not a database" }))).toContain("file is not a database");
});

test("places, programs, differences and requests inside of an error are said in French", () => {
  language.choose("fr");
  const bounds = reason("bounds-from-to", { minX: 0, minY: 10, maxX: 20.5, maxY: 30 });
  const shape = reason("defect-near", { problem: reason("outline-crosses-itself"), x: 2, y: 3 });
  const said = [
    new AppError("area-outside-project", { area: bounds, crs: "EPSG:32631" }),
    new AppError("raster-outside-project", {
      path: "a.tif",
      area: reason("bounds-in-crs", { bounds, crs: reason("own-crs") }),
    }),
    new AppError("label-invalid", { problem: shape }),
    new AppError("labels-too-many-classes", { path: "a.tif", field: reason("band-number", { band: 2 }), count: 300 }),
    new AppError("project-newer", { path: "p", format: 99, writtenBy: null, supported: 7, appVersion: "1" }),
    new AppError("no-disk-space", { path: null }),
    new AppError("request-invalid", { command: "areas.set", problems: [reason("request-value", { at: "bounds", problem: reason("value-refused", { words: "the bounds are empty" }) })] }), // biome-ignore format: one error
    new AppError("edit-not-possible", { direction: "undo", detail: reason("edit-rows-of", { table: "labels" }) }),
    new AppError("raster-relink-differs", { path: "a.tif", expected: "b.tif", differences: [reason("differs-bands", { found: 3, expected: 2 }), reason("differs-crs", { found: reason("no-crs"), expected: "EPSG:2154" })] }), // biome-ignore format: one error
    new AppError("folder-unreadable", { path: "/a", detail: reason("not-permitted") }),
    new AppError("job-process-ended", { kind: "map", detail: reason("process-exit-code", { code: 137 }) }),
    new AppError("project-in-use", { folder: "p", purpose: reason("program-opening-it"), pid: 0, host: reason("this-computer"), since: "2026-01-01T00:00:00Z", lockPath: "p/lock", elsewhere: false }), // biome-ignore format: one error
    new AppError("import-nothing-usable", { count: 3, reasons: [{ code: "import-elevation", details: { path: "dem.tif" }, message: "“dem.tif” holds elevations" }] }), // biome-ignore format: one error
  ].map(errorSentence);
  expect(said.filter((words) => /\b(the|its|in|of|to|instead|band|code of|holds|needs?)\b|“|”/i.test(words))).toEqual(
    [],
  );
  expect(said[0]).toContain("de 0\u00a0; 10 à 20,5\u00a0; 30");
  expect(said.at(-1)).toMatch(/dem\.tif.*altitudes[\s\S]*… et 2 de plus/);
  language.choose("en");
  const nested = new AppError("import-nothing-usable", { count: 1, reasons: ["“old.tif” is a text."] });
  expect(errorSentence(nested)).toBe("None of 1 files could be used:\n  “old.tif” is a text.");
});

test("every sentence of a schema's own rule has French words", () => {
  const rules = import.meta.glob<string>("../../../src-main/services/**/*.ts", {
    query: "?raw",
    import: "default",
    eager: true,
  });
  const words = Object.values(rules).flatMap((text) =>
    [...text.matchAll(/\.refine\([^;]*?,\s*"([^"]+)",?\s*\)/g)].map(([, said]) => said!),
  );
  expect(words.length).toBeGreaterThan(6);
  expect(words.filter((said) => because(reason("value-refused", { words: said })) === said)).toEqual([]);
});

test("an error's French sentence carries no English reason, and words of an older release stay as they are", () => {
  language.choose("fr");
  const sentence = (given: ConstructorParameters<typeof AppError<"raster-damaged">>[1]["reason"]) =>
    errorSentence(new AppError("raster-damaged", { path: "a.tif", reason: given }));
  expect(sentence(reason("field-value", { tag: "ImageWidth", value: 0 }))).toBe(
    "«\u00a0a.tif\u00a0» est endommagé (ImageWidth y vaut 0). Copiez-le ou téléchargez-le de nouveau.",
  );
  expect(sentence("its ImageWidth is 0")).toContain("(its ImageWidth is 0)");
  // A code of a later release, and values that are missing, do not break the window.
  expect(sentence({ code: "of-a-later-release" as ReasonCode })).toContain("of-a-later-release");
  expect(sentence({ code: "field-value" })).toContain("(? y vaut\u00a0?)");
  language.choose("en");
});
