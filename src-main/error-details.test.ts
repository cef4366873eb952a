import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

/**
 * Details of errors are names, paths, numbers, codes or reasons. A sentence written in English among them would stand in the
 * middle of a French one.
 */
const root = join(import.meta.dirname, "..");
const sources = ["src-main", "src-shared"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/\.test\.ts$|[\\/](?:testing|fixtures)[\\/]/.test(file))
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`),
);
const parsed = (file: string) =>
  ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest, true);

/** Errors of the command line alone, which speaks English; no window meets them. */
const commandLineOnly: ReadonlySet<string> = new Set([
  "usage",
  "parity-folder",
  "parity-file",
  "acquisition-same-place",
]);

const prose = /\p{L}{2,} \p{L}|\p{L} \p{L}{2,}/u;
const proseIn = (node: ts.Node): string[] => {
  const found: string[] = [];
  const visit = (at: ts.Node): void => {
    // The values of a reason are held to the same rule; its code has no spaces.
    const text = ts.isStringLiteralLike(at)
      ? at.text
      : ts.isTemplateExpression(at)
        ? [at.head.text, ...at.templateSpans.map(({ literal }) => literal.text)].join("…")
        : "";
    // Who shows the error says what to do, in the words of the window or of the command line.
    if (prose.test(text) || /(^|\s)--[a-z]/.test(text)) found.push(text);
    ts.forEachChild(at, visit);
  };
  visit(node);
  return found;
};

test("no detail of an error is written as English words, or as options of the command line, where it is thrown", () => {
  const found: string[] = [];
  let looked = 0;
  for (const file of sources) {
    const text = readFileSync(join(root, file), "utf8");
    if (!text.includes("new AppError(")) continue;
    const visit = (node: ts.Node): void => {
      if (ts.isNewExpression(node) && node.expression.getText() === "AppError") {
        const [code, details] = node.arguments ?? [];
        looked++;
        if (
          details &&
          code &&
          !(ts.isStringLiteral(code) && (code.text === "internal" || commandLineOnly.has(code.text)))
        )
          for (const words of proseIn(details)) found.push(`${file}: ${code.getText()} says “${words}”`);
      }
      ts.forEachChild(node, visit);
    };
    visit(parsed(file));
  }
  expect(looked).toBeGreaterThan(300);
  expect(found).toEqual([]);
});

/** Fields of details that are text: names that people or files gave, paths, dates, addresses and codes of closed lists. */
const texts: ReadonlySet<string> = new Set(
  "address answer appVersion available band bands begin beside className classes column columns command compression crs date encoding evidence expected field fields first folder found from help host id inputs kind last layer layers leadsTo limit lockPath map mask message missing modalities modality model name ours part path paths place project provider purpose roots sample sensor set since state table tag tags theirs to values what wkt words writtenBy x y".split(
    " ",
  ),
);

test("the fields of an error's details that are plain text are names, paths or codes; what is prose is a reason", () => {
  const found: string[] = [];
  let looked = 0;
  for (const file of sources.filter((name) => /^src-shared\/errors\/[^/]+\.ts$/.test(name))) {
    const visit = (node: ts.Node, code: string): void => {
      const own = ts.isPropertyAssignment(node) && node.name ? node.name.getText().replaceAll('"', "") : code;
      if (
        ts.isPropertySignature(node) &&
        node.type &&
        /^(readonly )?string(\[\])?( \| null)?$/.test(node.type.getText())
      ) {
        looked++;
        const name = node.name.getText();
        const isOurs = own === "internal" || commandLineOnly.has(own);
        if (!texts.has(name) && !isOurs) found.push(`${file}: ${own} has the text “${name}”`);
      }
      ts.forEachChild(node, (child) => visit(child, own));
    };
    visit(parsed(file), "");
  }
  expect(looked).toBeGreaterThan(100);
  expect(found).toEqual([]);
});
