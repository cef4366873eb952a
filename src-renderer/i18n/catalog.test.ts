import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { foreignKinds } from "../../src-shared/domain/foreign-files.ts";
import { AppError, type ErrorCode, sentences } from "../../src-shared/errors/index.ts";
import { catalog } from "./catalog.ts";
import { errorSentence } from "./error-sentence.ts";
import { english, french } from "./errors/index.ts";
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

/** Errors that only the command line can meet, so that its options may be named. */
const commandLineOnly = new Set<ErrorCode>(["usage"]);
/** An option or a command of the command line. GDAL's options have one dash. */
const ofCommandLine = /--[a-z]|`omnisat|\bomnisat [a-z]+ [a-z]/;
const here = import.meta.dirname;
const shared = join(here, "../../src-shared");
const sourcesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => join(folder, name));

/** The texts of a file, without its comments. */
function textsOf(node: ts.Node): string[] {
  const own = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node) ? [node.text] : []; // biome-ignore format: one line
  const inner: string[] = [];
  ts.forEachChild(node, (child) => void inner.push(...textsOf(child)));
  return [...own, ...inner];
}
const parsed = (file: string) =>
  ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);

test("no text that is written for the window names an option of the command line", () => {
  const findings = ["finding.ts", "finding-words.ts"].map((name) => join(shared, "domain", name));
  const remarks = join(shared, "eo/remarks.ts");
  const files = [...sourcesIn(here), ...findings, remarks, ...sourcesIn(join(shared, "errors/reasons"))];
  expect(files.length).toBeGreaterThan(50);
  const wrong = files.flatMap((file) => textsOf(parsed(file)).filter((text) => ofCommandLine.test(text)));
  expect(wrong).toEqual([]);
});

/** The codes of the shared sentences that name an option, themselves or by what they call. */
function codesWithOptions(): string[] {
  const paths = [...sourcesIn(join(shared, "errors")), join(shared, "domain/foreign-files.ts")];
  const files = new Map(paths.map((path) => [path, parsed(path)]));
  /** The statement of a file, or of one that it imports from, that declares a name. */
  const declaring = (path: string, name: string): ts.Statement | undefined => {
    for (const statement of files.get(path)?.statements ?? []) {
      const declared = ts.isVariableStatement(statement)
        ? statement.declarationList.declarations.map((one) => one.name.getText())
        : ts.isFunctionDeclaration(statement)
          ? [statement.name?.text]
          : [];
      if (declared.includes(name)) return statement;
      const imported = ts.isImportDeclaration(statement) && statement.importClause?.namedBindings;
      if (imported && ts.isNamedImports(imported) && imported.elements.some((one) => one.name.text === name))
        return declaring(join(dirname(path), (statement.moduleSpecifier as ts.StringLiteral).text), name);
    }
    return undefined;
  };
  const naming = (node: ts.Node, seen: ReadonlySet<ts.Node> = new Set()): boolean => {
    if (textsOf(node).some((text) => ofCommandLine.test(text))) return true;
    const called: ts.Node[] = [];
    const visit = (at: ts.Node): void => {
      const own = ts.isIdentifier(at) ? declaring(at.getSourceFile().fileName, at.text) : undefined;
      if (own && !seen.has(own)) called.push(own);
      ts.forEachChild(at, visit);
    };
    visit(node);
    return called.some((one) => naming(one, new Set([...seen, ...called])));
  };
  const codes: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && Object.hasOwn(sentences, node.name.getText().replaceAll('"', "")))
      codes.push(...(naming(node) ? [node.name.getText().replaceAll('"', "")] : []));
    else ts.forEachChild(node, visit);
  };
  for (const file of files.values()) visit(file);
  return [...new Set(codes)];
}

test("an error whose shared sentence names an option has a sentence of the window's own in English", () => {
  const codes = codesWithOptions();
  // One that names it itself, two by what they call.
  for (const code of ["table-ambiguous", "labels-outside", "import-format"]) expect(codes).toContain(code);
  expect(codes.length).toBeGreaterThan(35);
  const table: Readonly<Record<string, unknown>> = english;
  expect(codes.filter((code) => table[code] === undefined && !commandLineOnly.has(code as ErrorCode))).toEqual([]);
});

test("no sentence of the window names an option of the command line, whatever its values", () => {
  // Lists also stand for words and numbers here: all can be joined, sliced and written.
  const written = { toFixed: () => "1", toPrecision: () => "1", toExponential: () => "1e+0", replaceAll: () => "a" };
  const word = Object.assign(Object("a") as string, written);
  const hints = ["fits", "unit", "elsewhere", "none"];
  const kinds = Object.keys(foreignKinds);
  const choices = [
    [
      { x: "a", y: "b" },
      { x: "c", y: "d" },
    ],
    [{ wkt: "a" }, { wkt: "b" }],
  ];
  const wrong: string[] = [];
  for (let variant = 0; variant < kinds.length; variant++) {
    const all = (fixed: Readonly<Record<string, unknown>>): object =>
      new Proxy(fixed, { get: (own, name: string) => own[name] ?? Object.assign([word, word], written) });
    const hint = all({ kind: hints[variant % hints.length] });
    const details = all({ hint, kind: kinds[variant], choices: choices[variant % 2], unit: ["blocks", "polygons", "patches"][variant % 3] }); // biome-ignore format: one line
    for (const code of Object.keys(sentences) as ErrorCode[]) {
      if (commandLineOnly.has(code)) continue;
      const message = (sentences[code] as (d: unknown) => string)(details);
      const error = Object.assign(Object.create(AppError.prototype) as AppError, { code, details, message });
      for (const one of ["en", "fr"] as const) {
        language.choose(one);
        const said = errorSentence(error);
        if (ofCommandLine.test(said)) wrong.push(`${one} ${code}: ${said}`);
      }
    }
  }
  language.choose("en");
  expect(wrong).toEqual([]);
});

test("a table that may be read in two ways is a choice for the command line, and another one for the window", () => {
  const choices = [
    { x: "start_lon", y: "start_lat" },
    { x: "end_lon", y: "end_lat" },
  ];
  const error = new AppError("table-ambiguous", { path: "flights.csv", choices });
  expect(error.message).toMatch(/--x start_lon --y start_lat, or --x end_lon --y end_lat\.$/);
  expect(errorSentence(error)).toBe(
    "Several columns of “flights.csv” could be the position: “start_lon” with “start_lat”, or “end_lon” with “end_lat”. Choose which of them.",
  );
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
