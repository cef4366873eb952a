import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

type Made = ts.FunctionDeclaration | ts.VariableDeclaration | ts.ClassDeclaration;

const sources = new Map<string, ts.SourceFile>();
function sourceOf(path: string): ts.SourceFile {
  const known = sources.get(path);
  if (known) return known;
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  sources.set(path, source);
  return source;
}

/** The declaration that `path` exports as `name`, followed through files that pass it on. Types are no declarations here. */
function declarationOf(path: string, name: string): Made | undefined {
  for (const statement of sourceOf(path).statements) {
    if ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name?.text === name)
      return statement;
    if (ts.isVariableStatement(statement))
      for (const declaration of statement.declarationList.declarations)
        if (ts.isIdentifier(declaration.name) && declaration.name.text === name) return declaration;
    if (!ts.isExportDeclaration(statement) || statement.isTypeOnly) continue;
    const { exportClause: clause, moduleSpecifier: from } = statement;
    if (!from || !ts.isStringLiteral(from) || !from.text.startsWith(".")) continue;
    const target = join(dirname(path), from.text);
    if (!clause) {
      const found = declarationOf(target, name);
      if (found) return found;
    } else if (ts.isNamedExports(clause))
      for (const one of clause.elements)
        if (one.name.text === name && !one.isTypeOnly)
          return declarationOf(target, (one.propertyName ?? one.name).text);
  }
  return undefined;
}

/** Every name that `path` exports. */
function namesOf(path: string): string[] {
  return sourceOf(path).statements.flatMap((statement): string[] => {
    if (ts.isExportDeclaration(statement) && !statement.isTypeOnly) {
      const { exportClause: clause, moduleSpecifier: from } = statement;
      if (clause && ts.isNamedExports(clause))
        return clause.elements.filter((one) => !one.isTypeOnly).map(({ name }) => name.text);
      if (!clause && from && ts.isStringLiteral(from)) return namesOf(join(dirname(path), from.text));
      return [];
    }
    const isExported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword); // biome-ignore format: one condition
    if (!isExported) return [];
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
      return statement.name ? [statement.name.text] : [];
    return ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []))
      : [];
  });
}

const functionIn = (node: ts.Node | undefined): ts.FunctionLikeDeclaration | undefined =>
  node && (ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) ? node : undefined; // biome-ignore format: one condition

/** Codes of `throw new AppError("code"` in this body, not in functions inside of it. */
function codesThrown(body: ts.Node | undefined): string[] {
  const codes: string[] = [];
  const visit = (node: ts.Node): void => {
    if (node !== body && (functionIn(node) || ts.isClassLike(node))) return;
    if (ts.isThrowStatement(node) && ts.isNewExpression(node.expression)) {
      const { expression: thrown, arguments: [code] = [] } = node.expression; // biome-ignore format: one line
      if (thrown.getText() === "AppError" && code && ts.isStringLiteral(code)) codes.push(code.text);
    }
    ts.forEachChild(node, visit);
  };
  if (body) visit(body);
  return codes;
}

/** The comment before a declaration: that of its whole statement for a constant. */
function commentOf(node: ts.Node): string {
  const owner = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return ts.getJSDocCommentsAndTags(owner).filter(ts.isJSDoc).map((one) => one.getText()).join("\n"); // biome-ignore format: one line
}

const rooms = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(import.meta.dirname, entry.name, "index.ts")))
  .map(({ name }) => name);

/** What a room shows to others: each declaration once, with the place where it is written. */
const shown = new Map<Made, string>();
for (const room of rooms) {
  const index = join(import.meta.dirname, room, "index.ts");
  for (const name of namesOf(index)) {
    const made = declarationOf(index, name);
    if (!made) continue;
    const file = relative(import.meta.dirname, made.getSourceFile().fileName).replaceAll("\\", "/");
    shown.set(made, `${file}: ${name}`);
  }
}
const isFunction = (made: Made): boolean =>
  ts.isFunctionDeclaration(made) || (ts.isVariableDeclaration(made) && functionIn(made.initializer) !== undefined);

test("every function that a room shows says what it gives", () => {
  expect(shown.size).toBeGreaterThan(200);
  const silent = [...shown].filter(([made]) => isFunction(made) && commentOf(made) === "").map(([, where]) => where);
  expect(silent).toEqual([]);
});

/** The room of a file: the first folder below `src-main`. */
const roomOf = (node: ts.Node): string =>
  relative(import.meta.dirname, node.getSourceFile().fileName)
    .replaceAll("\\", "/")
    .split("/")[0]!;

/** The file's imports: name here → file and name there. */
const imports = new Map<ts.SourceFile, ReadonlyMap<string, readonly [path: string, name: string]>>();
function importsOf(source: ts.SourceFile): ReadonlyMap<string, readonly [path: string, name: string]> {
  const known = imports.get(source);
  if (known) return known;
  const found = new Map<string, readonly [string, string]>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (!statement.moduleSpecifier.text.startsWith(".") || !bindings || !ts.isNamedImports(bindings)) continue;
    const path = join(dirname(source.fileName), statement.moduleSpecifier.text);
    for (const { name, propertyName } of bindings.elements) found.set(name.text, [path, (propertyName ?? name).text]);
  }
  imports.set(source, found);
  return found;
}

/** The function that `name` means in the file of `from`, when it is of the same room. */
function calledIn(from: ts.Node, name: string): ts.FunctionLikeDeclaration | undefined {
  const source = from.getSourceFile();
  const [path, there] = importsOf(source).get(name) ?? [source.fileName, name];
  const made = existsSync(path) ? declarationOf(path, there) : undefined;
  if (!made || ts.isClassDeclaration(made) || roomOf(made) !== roomOf(from)) return undefined;
  return ts.isFunctionDeclaration(made) ? made : functionIn(made.initializer);
}

const throughCalls = new Map<ts.FunctionLikeDeclaration, ReadonlySet<string>>();
/**
 * Codes that a call of this function can throw: its own, and those of functions of the room that it calls by name, however
 * deep. What stands in a `try` with a `catch` may be handled there and is not counted; nor are methods and callbacks.
 */
function codesOf(made: ts.FunctionLikeDeclaration): ReadonlySet<string> {
  const known = throughCalls.get(made);
  if (known) return known;
  const codes = new Set(codesThrown(made.body));
  // A function that calls itself meets this set while it is being filled.
  throughCalls.set(made, codes);
  const visit = (node: ts.Node): void => {
    if (node !== made.body && (functionIn(node) || ts.isClassLike(node))) return;
    if (ts.isTryStatement(node) && node.catchClause) {
      visit(node.catchClause.block);
      if (node.finallyBlock) visit(node.finallyBlock);
      return;
    }
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const called = calledIn(made, node.expression.text);
      if (called && called !== made) for (const code of codesOf(called)) codes.add(code);
    }
    ts.forEachChild(node, visit);
  };
  if (made.body) visit(made.body);
  return codes;
}

test("every function that a room shows names the codes of the errors that it throws, also those of functions it calls", () => {
  const unnamed: string[] = [];
  let looked = 0;
  const check = (node: ts.Node, made: ts.FunctionLikeDeclaration | undefined, where: string): void => {
    const throws = commentOf(node).split("@throws").slice(1).join(" ");
    // “those of `openFeatures`”: a function that this one calls names them.
    const named = new Set(
      [...throws.matchAll(/`(\w+)`/g)].flatMap(([, name]) => {
        const called = calledIn(node, name!);
        return called ? [...codesOf(called)] : [];
      }),
    );
    for (const code of made ? codesOf(made) : []) {
      looked++;
      if (!throws.includes(code) && !named.has(code)) unnamed.push(`${where} throws ${code}`);
    }
  };
  for (const [made, where] of shown) {
    if (ts.isFunctionDeclaration(made)) check(made, made, where);
    else if (ts.isVariableDeclaration(made)) check(made, functionIn(made.initializer), where);
    else
      for (const member of made.members)
        if (ts.isMethodDeclaration(member) && !ts.isPrivateIdentifier(member.name))
          check(member, member, `${where}.${member.name.getText()}`);
  }
  expect(looked).toBeGreaterThan(60);
  expect(unnamed).toEqual([]);
});

/** Arrays of numbers that have a shape: tensors, pictures of bands, logits. */
const shaped = /\b(?:(?:Float32|Float64|Uint8|Uint16|Int32|Int16)Array|Tensor|TypedArray|Value)\b/;
/** How a shape is written: `[T, C, H, W]`, `[]`, rows × columns, length n, one value per something, bytes of a file. */
const saysShape =
  /\[(?:[\w….₁₂·×−+*/ ]+(?:, [\w….₁₂·×−+*/ ]+)*)?\]|×|\blength\b|\bshapes?\b|\bscalar\b|\bas many\b|\b(?:value|number|bit|byte|entry|row|index|code)s? (?:per|for each|for every|of each|of every|of a|of all)\b|\bbytes\b|\bone (?:per|for each|for every)\b/i;

test("functions of the numeric rooms that take or give arrays of numbers say the arrays' shape", () => {
  const rooms: ReadonlySet<string> = new Set([
    "alignment",
    "cube",
    "engine",
    "imagery",
    "learning",
    "omnisat",
    "raster",
  ]);
  const silent: string[] = [];
  let looked = 0;
  for (const [made, where] of shown) {
    if (!rooms.has(roomOf(made)) || ts.isClassDeclaration(made)) continue;
    const own = ts.isFunctionDeclaration(made) ? made : functionIn(made.initializer);
    if (!own) continue;
    const types = [...own.parameters.map(({ type }) => type), own.type].map((type) => type?.getText() ?? "");
    // In these two rooms a `Value` is a tensor of a graph.
    const symbolic = roomOf(made) === "engine" || roomOf(made) === "omnisat";
    if (!types.some((type) => shaped.test(symbolic ? type : type.replaceAll(/\bValue\b/g, "")))) continue;
    looked++;
    const parameters = own.parameters.map((parameter) => parameter.getText()).join(" ");
    if (!saysShape.test(commentOf(made)) && !/\/\*\*/.test(parameters)) silent.push(where);
  }
  expect(looked).toBeGreaterThan(10);
  expect(silent).toEqual([]);
});

/** Names of quantities that mean nothing without their unit. */
const quantity =
  /^(?:tolerance|buffer|distance|angle|azimuth|radius|overlap|resolution|duration|timeout|delay|interval|size|memory)$/i;
const unit =
  /\b(?:m|metres?|meters?|km|ms|milliseconds?|seconds?|minutes?|bytes?|MiB|KiB|degrees?|radians?|pixels?|patch|patches|units?|hectares|shares?|elements?)\b|°|%/i;

test("quantities that a room's functions take say their unit, in their name or in words", () => {
  const silent: string[] = [];
  let looked = 0;
  for (const [made, where] of shown) {
    const own = ts.isClassDeclaration(made)
      ? undefined
      : ts.isFunctionDeclaration(made)
        ? made
        : functionIn(made.initializer);
    for (const parameter of own?.parameters ?? []) {
      const name = parameter.name.getText();
      if (!quantity.test(name) || parameter.type?.getText() !== "number") continue;
      looked++;
      if (!unit.test(commentOf(made))) silent.push(`${where}(${name})`);
    }
  }
  expect(looked).toBeGreaterThan(5);
  expect(silent).toEqual([]);
});

/** How a source is named: a section, a standard, a library whose numbers are met, a paper with its year. */
const source =
  /§|\bSPEC\.md\b|\bOGC\b|\bEPSG\b|\bPROJ\b|\bGDAL\b|\bGEOS\b|\bONNX\b|\bPyTorch\b|\bTIFF 6|\b(?:19|20)\d\d\b/;

test("every file that implements the network, an operator or a coordinate system names its source", () => {
  const folders = ["omnisat", "engine/ops", "engine/nn"];
  const files = [
    ...folders.flatMap((folder) =>
      readdirSync(join(import.meta.dirname, folder))
        .filter((file) => file.endsWith(".ts"))
        .map((file) => `${folder}/${file}`),
    ),
    ...["crs", "crs-from-wkt", "geokeys", "proj-text", "wkt-write", "formats/tiff/tags", "geokey-ids"].map(
      (file) => `raster/${file}.ts`,
    ),
  ].filter((file) => !/\.test\.ts$|\/(?:index|trace|random|scope|init)\.ts$/.test(file));
  expect(files.length).toBeGreaterThan(35);
  const comments = (text: string) => text.match(/\/\*\*[\s\S]*?\*\/|\/\/.*$/gm)?.join("\n") ?? "";
  const silent = files.filter((file) => !source.test(comments(readFileSync(join(import.meta.dirname, file), "utf8"))));
  expect(silent).toEqual([]);
});

/** Files whose exported functions are formulas of others, and those functions in them that are none. */
const formulas = {
  omnisat: "contrastive date-filter decoders encoder fusion heads image-encoder masking multilabel-f1 parameters pretraining reconstruction relative-positions series-encoder sinusoids", // biome-ignore format: one list
  "engine/nn": "conv dropout init linear losses norm random",
  "engine/training": "average clip optimizer schedule",
  alignment: "fft measure-shift phase-correlation",
  "learning/metrics": "areas cluster-interval scores tile-scores wilson estimated-areas",
};
const noFormulas: ReadonlySet<string> = new Set(["addSpectrum", "geometryOf", "pieces", "spectrum"]);

test("every exported formula names its source itself, not only its file does", () => {
  const files = Object.entries(formulas).flatMap(([folder, names]) =>
    names.split(" ").map((name) => join(import.meta.dirname, folder, `${name}.ts`)),
  );
  const silent: string[] = [];
  let looked = 0;
  for (const file of files)
    for (const name of namesOf(file)) {
      const made = declarationOf(file, name);
      if (!made || !isFunction(made) || noFormulas.has(name)) continue;
      looked++;
      const comment = commentOf(made);
      if (!source.test(comment) && !/\bscikit-learn\b|Not published\b|\bsfc32\b/.test(comment))
        silent.push(`${relative(import.meta.dirname, file)}: ${name}`);
    }
  expect(looked).toBeGreaterThan(55);
  expect(silent).toEqual([]);
});
