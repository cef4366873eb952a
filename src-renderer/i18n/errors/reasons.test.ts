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
