// Deleting, and opening what a project names, goes through `catalog/own-files.ts` and `catalog/paths.ts`. Whoever writes such a
// call elsewhere lists it here with the files it touches and the reason why no project decides them.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Calls that delete, or follow a path to open, copy or send a file. */
const calls =
  /(?<![.\w#"])(?:remove|removeSync|rmSync|rm|rmdirSync|rmdir|unlinkSync|unlink|copyFileSync|copyFile|cpSync|cp|createReadStream|createWriteStream)\(/;

/** file → why the paths of its calls do not come from a project's rows, files or links. */
const exceptions: Readonly<Record<string, string>> = {
  "services/app/health.ts": "a folder of its own among the temporary files",
  "services/info/model.ts": "a folder of its own among the temporary files",
  "services/rasters/import/join.ts":
    "reads files to compare their bytes: those a person named, and rasters that passed `fromStored`",
  "services/inspect/classes.ts": "a folder of its own among the temporary files",
  "services/models/export.ts": "files of a model whose folder was looked at for links; writes where the person said",
  "services/numbers/numbers.ts": "the file of a map that the project may read; writes where the person said",
  "services/models/import.ts": "the copy that it began itself, in a folder that was free",
  "services/projects/check.ts":
    "copies the project's database into a folder of its own among the temporary files, and deletes that",
  "services/app/sample.ts": "the sample of the program, in a folder that was empty before",
  "services/app/uploads.ts": "its own temporary file with a random name, in folders that are no links",
  "hosts/cli/demo/sample-project.ts": "a folder that holds the marker of an earlier demo",
  "hosts/web/open-browser.ts": "a folder of its own among the temporary files",
};

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.test\.ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !path.includes("/fixtures/") && !path.includes("/fake/"));

test("nothing is deleted, copied or sent outside of the gate but what is listed with its reason", () => {
  const found = [...sources("services"), ...sources("hosts")].filter((path) => {
    const code = readFileSync(join(root, path), "utf8")
      .split("\n")
      .filter((line) => !/^\s*(\/\/|\*|\/\*|import )/.test(line))
      .join("\n");
    return calls.test(code);
  });
  expect(found.toSorted()).toEqual(Object.keys(exceptions).toSorted());
});

test("the catalog gives no path out that did not pass `fromStored`, and takes none in around `toStored` and `locate`", () => {
  const around = sources("catalog").filter((path) => {
    const code = readFileSync(join(root, path), "utf8");
    return path !== "catalog/paths.ts" && /isAbsolute\(stored|\.stored\b/.test(code);
  });
  expect(around).toEqual([]);
  // Every table with a path column takes the paths.
  for (const table of ["rasters", "acquisitions", "models", "maps", "display", "jobs", "labels"])
    expect(readFileSync(join(root, `catalog/${table}.ts`), "utf8")).toContain("paths.fromStored");
});
