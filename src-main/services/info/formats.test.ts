import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { imageEndings, tableEndings, vectorEndings } from "../../../src-shared/domain/file-endings.ts";
import { formatsMarkdown, formatsNotRead, knownFormats } from "./formats.ts";

const readme = readFileSync(join(import.meta.dirname, "../../../README.md"), "utf8");

test("the README's table of formats is what the readers say of themselves", () => {
  // Otherwise: node -e 'import("./src-main/services/info/formats.ts").then((all) => console.log(all.formatsMarkdown()))'
  expect(readme).toContain(formatsMarkdown());
});

test("every ending that a person can choose has a line, and every line its words", () => {
  const endings = new Set(knownFormats.flatMap((one) => one.endings));
  expect([...imageEndings, ...vectorEndings, ...tableEndings].filter((ending) => !endings.has(ending))).toEqual([]);
  for (const { name, read } of knownFormats) expect([name, read.length > 8]).toEqual([name, true]);
  expect(new Set(knownFormats.map(({ kind, name }) => `${kind} ${name}`)).size).toBe(knownFormats.length);
});

test("what is never read has one sentence with the way out", () => {
  expect(formatsNotRead.map(({ format }) => format).join()).toMatch(/ECW.+MrSID.+HDF4.+SLC.+file geodatabase/);
  for (const { help } of formatsNotRead) expect(help).toMatch(/\.$/);
});
