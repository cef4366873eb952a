import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { questionTables } from "../../src-shared/ipc/questions.ts";

const root = join(import.meta.dirname, "../..");

/** The sources of what gives commands: the window, and the hosts with the command line. */
const sources = ["src-renderer", "src-main/hosts"]
  .flatMap((folder) => readdirSync(join(root, folder), { withFileTypes: true, recursive: true }))
  .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((path) => !/\.(test|fixture)(\.svelte)?\.ts$|[/\\](i18n|fixtures|fake)[/\\]/.test(path))
  .map((path) => readFileSync(path, "utf8"));

const givenIn = (texts: readonly string[], command: string): boolean =>
  texts.some((text) => text.includes(`"${command}"`));

test("every command of the contract is given by the window or by the command line", () => {
  const commands = Object.keys(questionTables);
  expect(commands.length).toBeGreaterThan(150);
  expect(commands.filter((command) => !givenIn(sources, command))).toEqual([]);
});

test("a command that nobody gives is found", () => {
  expect(sources.length).toBeGreaterThan(300);
  expect(["labels.add", "labels.addNothing"].map((command) => givenIn(sources, command))).toEqual([true, false]);
});
