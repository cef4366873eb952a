import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AppError, type ErrorCode, sentences } from "../../src-shared/errors/index.ts";
import { catalog } from "./catalog.ts";
import { errorSentence } from "./error-sentence.ts";
import { french } from "./errors/index.ts";
import { language, t } from "./index.ts";
import { systemLanguage } from "./language.svelte.ts";
import { fill, type Message, type Text } from "./message.ts";

const forms = (text: Text): readonly string[] => (typeof text === "string" ? [text] : [text.one, text.other]);
const names = (text: Text): readonly string[] => [
  ...new Set(forms(text).flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))),
];
const entries = Object.entries(catalog) as readonly (readonly [string, Message])[];

test("both languages of a message have words, and the same parameters", () => {
  const wrong = entries.filter(
    ([, { en, fr }]) =>
      [...forms(en), ...forms(fr)].some((form) => form.trim() === "") ||
      names(en).toSorted().join() !== names(fr).toSorted().join(),
  );
  expect(wrong.map(([key]) => key)).toEqual([]);
});

test("no message is the same sentence in both languages", () => {
  // A word, a name or a pattern of numbers may well be the same (Export, {width} × {height}); a sentence may not.
  const words = (text: Text) =>
    forms(text)[0]!
      .replaceAll(/\{\w+\}/g, "")
      .match(/(?<!\p{L})\p{Ll}{4,}/gu)?.length ?? 0;
  const copied = entries.filter(([, { en, fr }]) => forms(en)[0] === forms(fr)[0] && words(en) > 2);
  expect(copied.map(([key]) => key)).toEqual([]);
});

test("French typography: spaces before double signs do not break, quotes are French, apostrophes curved", () => {
  const wrong = entries.filter(([, { fr }]) => forms(fr).some((form) => /\w'\w|“|”|[^\s {2}][;!?](\s|$)/.test(form)));
  expect(wrong.map(([key]) => key)).toEqual([]);
});

test("0 is counted as one in French and as many in English", () => {
  const text = { one: "{count} a", other: "{count} b" };
  expect([fill(text, { count: 0 }, "en"), fill(text, { count: 0 }, "fr")]).toEqual(["0 b", "0 a"]);
  expect([fill(text, { count: 12000 }, "en"), fill(text, { count: 12000 }, "fr")]).toEqual([
    "12,000 b",
    "12\u202f000 b",
  ]);
});

test("the language follows the system's first known one", () => {
  expect(systemLanguage(["de-DE", "fr-CA", "en"])).toBe("fr");
  expect(systemLanguage(["de-DE"])).toBe("en");
});

test("a message follows the chosen language", () => {
  language.choose("fr");
  expect(t("ui.cancel")).toBe("Annuler");
  language.choose("en");
  expect(t("ui.cancel")).toBe("Cancel");
});

test("every error has a French sentence", () => {
  expect(Object.keys(french).toSorted()).toEqual(Object.keys(sentences).toSorted());
});

test("an error is said in the language of the window, and without options of the command line", () => {
  const error = new AppError("raster-without-crs", { path: "/données/image 1.tif" });
  language.choose("fr");
  expect(errorSentence(error)).toContain("«\u00a0/données/image 1.tif\u00a0» n’a pas de système de coordonnées");
  language.choose("en");
  expect(errorSentence(error)).toBe(
    "“/données/image 1.tif” has no coordinate reference system. Choose one in the file’s details under “Add images”.",
  );
  expect(errorSentence(new Error("x is not a function"))).toBe(t("ui.error.unexpected"));
});

/** Codes that only the command line can meet, so that their options can be named. */
const commandLineOnly = new Set<ErrorCode>([
  "usage",
  "port-in-use",
  "port-not-permitted",
  "window-not-built",
  "path-not-allowed",
  "raster-unsupported-compression",
  "raster-unsupported-layout",
  "raster-needs-overviews",
]);

test("no sentence of the window names an option of the command line", () => {
  // Lists also stand for words and numbers here: all can be joined, sliced and written.
  const written = { toFixed: () => "1", toPrecision: () => "1", toExponential: () => "1e+0" };
  const word = Object.assign(Object("a") as string, written);
  const details: unknown = new Proxy({}, { get: () => Object.assign([word, word], written) });
  const wrong = (Object.keys(sentences) as ErrorCode[])
    .filter((code) => !commandLineOnly.has(code))
    .filter((code) => {
      const error = Object.assign(Object.create(AppError.prototype) as AppError, {
        code,
        details,
        message: (sentences[code] as (d: unknown) => string)(details),
      });
      return (["en", "fr"] as const).some((one) => {
        language.choose(one);
        return / --[a-z]|`omnisat/.test(errorSentence(error));
      });
    });
  language.choose("en");
  expect(wrong).toEqual([]);
});

test("every step of the history that a service names has words of its own", () => {
  const services = join(import.meta.dirname, "../../src-main/services");
  const keys = readdirSync(services, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .flatMap((name) => [
      ...readFileSync(join(services, name), "utf8").matchAll(/\bedit\(\s*deps,\s*\{\s*key: "([^"]+)"/g),
    ])
    .map(([, key]) => key!);
  expect(keys.length).toBeGreaterThan(20);
  const known: Readonly<Record<string, unknown>> = catalog;
  expect(keys.filter((key) => known[`edit.${key}`] === undefined)).toEqual([]);
});
