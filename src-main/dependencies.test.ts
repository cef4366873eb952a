import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const json = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8")) as Record<string, unknown>;
const { dependencies, devDependencies } = json("package.json") as Record<string, Readonly<Record<string, string>>>;
const named = { ...dependencies, ...devDependencies };
const page = readFileSync(join(root, ".github/DEPENDENCIES.md"), "utf8");
const rows = [...page.matchAll(/^\| `([^`]+)` \| (.+?) \| (.+?) \| (.+?) \|$/gm)].map(([, name, why, licence, upkeep]) => ({ name: name!, why: why!, licence: licence!, upkeep: upkeep! })); // biome-ignore format: one line

test("the page names every package, once, and no other", () => {
  const wanted = Object.keys(named).filter((name) => !name.startsWith("@types/"));
  expect(rows.map(({ name }) => name).sort()).toEqual(wanted.sort());
});

test("each has the licence that it states itself, and words about why and by whom", () => {
  for (const { name, why, licence, upkeep } of rows) {
    expect([name, licence]).toEqual([name, json(`node_modules/${name}/package.json`).license]);
    expect([name, why.length > 20, upkeep.length > 8]).toEqual([name, true, true]);
  }
});

test("every version is exact and a release, no beta", () => {
  const loose = Object.entries(named).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  expect(loose).toEqual([]);
});

test("the lockfile names no registry", () => {
  expect(readFileSync(join(root, "package-lock.json"), "utf8")).not.toMatch(/"resolved": "(?!file:)/);
});
