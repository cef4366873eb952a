import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const tops = ["src-main", "src-shared", "src-renderer", "e2e", ".github"];

const files = tops
  .flatMap((top) => readdirSync(join(root, top), { withFileTypes: true, recursive: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));

/** Sources and folders that a page names between backticks; patterns with * or <…> name none. */
const namesIn = (text: string): string[] =>
  [...text.matchAll(/`((?:\.{0,2}[\w-]+\/|\.\.\/)*[\w.-]+\.(?:ts|py|svelte)|(?:[\w-]+\/){2,})`/g)].map(
    ([, name]) => name!,
  );

/** From its own folder, from any folder above it or from `src-main`; a bare name may be of any file below its page. */
function isThere(page: string, name: string): boolean {
  const above: string[] = ["", "src-main"];
  for (let folder = dirname(page); folder !== "."; folder = dirname(folder)) above.push(folder);
  if (above.some((folder) => existsSync(join(root, folder, name)))) return true;
  return (
    basename(name) === name && files.some((file) => file.startsWith(`${dirname(page)}/`) && basename(file) === name)
  );
}

test("every source file and folder that a page names is there", () => {
  const pages = ["README.md", ...files.filter((file) => file.endsWith(".md"))];
  expect(pages.length).toBeGreaterThan(20);
  const missing = pages.flatMap((page) => {
    const names = namesIn(readFileSync(join(root, page), "utf8"));
    return names.filter((name) => !isThere(page, name)).map((name) => `${page} names ${name}`);
  });
  expect(missing).toEqual([]);
});

test("a name of a file that was moved is found", () => {
  expect(namesIn("The list (`jobs/run-job.ts`) and `services/<domain>/`, `vector/formats/`, `x.y`.")).toEqual([
    "jobs/run-job.ts",
    "vector/formats/",
  ]);
  expect(["jobs/run-job.ts", "jobs/report/index.ts"].map((name) => isThere("src-main/README.md", name))).toEqual([true, false]); // biome-ignore format: one line
});
