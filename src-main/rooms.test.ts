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
  /** `import type` and `export type`, which are gone when the program runs */
  readonly typesOnly: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function importsOf(file: string, text = readFileSync(file, "utf8")): Import[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s(?:([^;'"]*?)from\s+)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/g;
  return [...text.matchAll(pattern)].map(([, names = "", stated, asked]) => ({
    file,
    target: (stated ?? asked)!,
    typesOnly: /^type\s/.test(names),
  }));
}

/** Groups of files that import values of each other, straight or through others (Tarjan's strongly connected components). */
function cyclesOf(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { file, target, typesOnly } of imports)
    if (target.startsWith(".") && !typesOnly)
      targets.set(file, [...(targets.get(file) ?? []), resolve(dirname(file), target)]);
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    open.push(file);
    for (const next of targets.get(file) ?? []) {
      if (!order.has(next)) visit(next);
      if (open.includes(next)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const group = open.splice(open.indexOf(file));
    if (group.length > 1 || targets.get(file)?.includes(file)) cycles.push(group.sort());
  };
  for (const file of targets.keys()) if (!order.has(file)) visit(file);
  return cycles;
}

const roomOf = (path: string): string | undefined =>
  Object.keys(mayImport).find((room) => path === room || path.startsWith(`${room}/`));

const all = ["src-shared", "src-main", "src-renderer"]
  .flatMap((folder) => sourceFiles(join(root, folder)))
  .flatMap((file) => importsOf(file));

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

test("no files import values of each other, in src-main and src-shared", () => {
  const here = all.filter(({ file }) => /^src-(main|shared)/.test(relative(root, file)));
  expect(here.length).toBeGreaterThan(1000);
  expect(cyclesOf(here).map((group) => group.map((file) => relative(root, file)))).toEqual([]);
});

test("a cycle is found through any number of files and whichever way they import, but for types alone", () => {
  const files: Readonly<Record<string, string>> = {
    "/a.ts": 'import { b } from "./b.ts";\nimport type { D } from "./d.ts";\n',
    "/b.ts": 'export * from "./c.ts";\nimport { a } from "./a-test.ts";\n',
    "/c.ts": 'const later = () => import("./a.ts");\n',
    "/d.ts": 'import { a, type B } from "./a.ts";\n',
    "/e.ts": 'import "./f.ts";\n',
    "/f.ts": 'import {\n  type E,\n} from "./e.ts";\n',
  };
  const imports = Object.entries(files).flatMap(([file, text]) => importsOf(file, text));
  const told = cyclesOf(imports).map((group) => group.map((file) => file.slice(-4)));
  expect(told).toEqual([
    ["a.ts", "b.ts", "c.ts"],
    ["e.ts", "f.ts"],
  ]);
});
