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

test("every function that a room shows names the codes of the errors that it throws", () => {
  const unnamed: string[] = [];
  let looked = 0;
  const check = (node: ts.Node, body: ts.Node | undefined, where: string): void => {
    const [, ...throws] = commentOf(node).split("@throws");
    for (const code of codesThrown(body)) {
      looked++;
      if (!throws.join(" ").includes(code)) unnamed.push(`${where} throws ${code}`);
    }
  };
  for (const [made, where] of shown) {
    if (ts.isFunctionDeclaration(made)) check(made, made.body, where);
    else if (ts.isVariableDeclaration(made)) check(made, functionIn(made.initializer)?.body, where);
    else
      for (const member of made.members)
        if (ts.isMethodDeclaration(member) && !ts.isPrivateIdentifier(member.name))
          check(member, member.body, `${where}.${member.name.getText()}`);
  }
  expect(looked).toBeGreaterThan(20);
  expect(unnamed).toEqual([]);
});
