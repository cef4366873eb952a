import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** Room → rooms it may import. The table of ARCHITECTURE.md; `src-shared` is split where the table splits it. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "src-shared": [],
  "src-main/files": ["src-shared"],
  "src-main/engine": ["src-main/files", "src-shared"],
  "src-main/omnisat": ["src-main/engine", "src-shared"],
  "src-main/bench": ["src-main/engine", "src-main/omnisat", "src-shared"],
  "src-main/learning": ["src-main/files", "src-main/engine", "src-main/omnisat", "src-shared"],
  "src-main/raster": ["src-main/files", "src-shared"],
  "src-main/vector": ["src-main/files", "src-main/raster", "src-shared"],
  "src-main/imagery": ["src-main/files", "src-main/raster", "src-shared"],
  "src-main/alignment": ["src-main/raster", "src-main/imagery", "src-shared"],
  "src-main/cube": ["src-main/files", "src-main/raster", "src-main/imagery", "src-shared"],
  "src-main/catalog": ["src-main/files", "src-shared"],
  "src-main/report": ["src-main/files", "src-main/raster", "src-main/cube", "src-shared"],
  "src-main/jobs": [
    "src-main/files",
    "src-main/engine",
    "src-main/omnisat",
    "src-main/learning",
    "src-main/raster",
    "src-main/vector",
    "src-main/imagery",
    "src-main/alignment",
    "src-main/cube",
    "src-main/report",
    "src-shared",
  ],
  "src-main/services": [
    "src-main/files",
    "src-main/catalog",
    "src-main/raster",
    "src-main/vector",
    "src-main/imagery",
    "src-main/alignment",
    "src-main/cube",
    "src-main/learning",
    "src-main/jobs",
    "src-shared",
  ],
  "src-renderer": ["src-shared"],
  "src-main/fuzz": [
    "src-main/files",
    "src-main/engine",
    "src-main/raster",
    "src-main/vector",
    "src-main/catalog",
    "src-main/learning",
    "src-main/jobs",
    "src-main/services",
    "src-shared",
  ],
  "src-main/hosts": [
    "src-main/files",
    "src-main/services",
    "src-main/jobs",
    "src-main/engine",
    "src-main/omnisat",
    "src-shared",
  ],
};

/** Packages that only one room may import. */
const soleImporters: Readonly<Record<string, readonly string[]>> = {
  "onnxruntime-node": ["src-main/engine/runtime"],
  fflate: ["src-main/files"],
  "lru-cache": ["src-main/files"],
  yauzl: ["src-main/files"],
  geotiff: ["src-main/raster"],
  proj4: ["src-main/raster", "src-renderer/map"],
  "better-sqlite3": ["src-main/catalog", "src-main/vector"],
};

interface Import {
  readonly file: string;
  readonly target: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, "utf8");
  const pattern = /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s+["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => ({ file, target: (match[1] ?? match[2])! }));
}

const roomOf = (path: string): string | undefined =>
  Object.keys(mayImport).find((room) => path === room || path.startsWith(`${room}/`));

const all = ["src-shared", "src-main", "src-renderer"]
  .flatMap((folder) => sourceFiles(join(root, folder)))
  .flatMap(importsOf);

test("every room imports only the rooms its table allows", () => {
  const trespasses: string[] = [];
  for (const { file, target } of all) {
    if (!target.startsWith(".") || file.endsWith(".test.ts")) continue;
    const from = roomOf(relative(root, file).split(sep).join("/"));
    const to = roomOf(
      relative(root, resolve(dirname(file), target))
        .split(sep)
        .join("/"),
    );
    if (!from || !to || from === to) continue;
    if (!mayImport[from]!.includes(to)) trespasses.push(`${relative(root, file)} imports ${target}`);
  }
  expect(trespasses).toEqual([]);
});

test("shared code imports no package and nothing of Node", () => {
  const packages = all
    .filter(({ file }) => relative(root, file).startsWith("src-shared") && !file.endsWith(".test.ts"))
    .filter(({ target }) => !target.startsWith("."))
    .map(({ file, target }) => `${relative(root, file)} imports ${target}`);
  expect(packages).toEqual([]);
});

test("the window imports nothing of Node", () => {
  const trespasses = all
    .filter(({ file }) => /^src-renderer/.test(relative(root, file)) && !/\.test\.ts$|vite\.config\.ts$/.test(file))
    .filter(({ target }) => target.startsWith("node:") || builtinModules.includes(target))
    .map(({ file, target }) => `${relative(root, file)} imports ${target}`);
  expect(trespasses).toEqual([]);
});

test("packages of one room have one importer", () => {
  const trespasses = all
    .filter(({ file, target }) => {
      const rooms = soleImporters[target];
      const path = relative(root, file).split(sep).join("/");
      return rooms && !rooms.some((room) => path.startsWith(room));
    })
    .map(({ file, target }) => `${relative(root, file)} imports ${target}`);
  expect(trespasses).toEqual([]);
});
