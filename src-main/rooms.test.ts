import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** The floors of the window, from the ground up: a room may import every room below it. On the ground, `ui` alone imports `i18n`. */
const windowFloors = ["state", "map", "panels", "commands", "shell"] as const;

function windowRooms(): Record<string, readonly string[]> {
  const rooms: Record<string, readonly string[]> = {
    "src-renderer/styles": [],
    "src-renderer/client": ["src-shared"],
    "src-renderer/i18n": ["src-shared"],
    "src-renderer/ui": ["src-renderer/styles", "src-renderer/i18n", "src-shared"],
  };
  const below = ["src-renderer/client", "src-renderer/i18n", "src-renderer/ui"];
  for (const floor of windowFloors) {
    rooms[`src-renderer/${floor}`] = [...below, "src-shared"];
    below.push(`src-renderer/${floor}`);
  }
  // What stands in the folder itself: App.svelte, main.ts.
  rooms["src-renderer"] = ["src-renderer/styles", ...below, "src-shared"];
  return rooms;
}

/** Room → rooms it may import. The table of ARCHITECTURE.md; `src-shared` is split where the table splits it. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "src-shared": [],
  "src-main/files": ["src-shared"],
  "src-main/engine": ["src-main/files", "src-shared"],
  "src-main/omnisat": ["src-main/engine", "src-shared"],
  "src-main/bench": [
    "src-main/classifiers",
    "src-main/engine",
    "src-main/features",
    "src-main/files",
    "src-main/jobs",
    "src-main/omnisat",
    "src-main/raster",
    "src-main/services",
    "src-shared",
  ],
  "src-main/learning": ["src-main/files", "src-main/engine", "src-main/omnisat", "src-shared"],
  "src-main/raster": ["src-main/files", "src-shared"],
  "src-main/vector": ["src-main/files", "src-main/raster", "src-shared"],
  "src-main/classifiers": ["src-main/files", "src-shared"],
  "src-main/features": ["src-main/files", "src-main/classifiers", "src-shared"],
  "src-main/imagery": ["src-main/files", "src-main/raster", "src-shared"],
  "src-main/products": ["src-main/files", "src-main/raster", "src-shared"],
  "src-main/alignment": ["src-main/files", "src-main/raster", "src-main/imagery", "src-shared"],
  "src-main/cube": ["src-main/files", "src-main/raster", "src-main/imagery", "src-shared"],
  "src-main/catalog": ["src-main/files", "src-shared"],
  "src-main/report": ["src-main/files", "src-main/raster", "src-main/cube", "src-shared"],
  "src-main/jobs": [
    "src-main/files",
    "src-main/engine",
    "src-main/omnisat",
    "src-main/learning",
    "src-main/classifiers",
    "src-main/features",
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
    "src-main/classifiers",
    "src-main/raster",
    "src-main/vector",
    "src-main/imagery",
    "src-main/products",
    "src-main/alignment",
    "src-main/cube",
    "src-main/learning",
    "src-main/features",
    "src-main/jobs",
    "src-shared",
  ],
  "src-main/fuzz": [
    "src-main/files",
    "src-main/engine",
    "src-main/raster",
    "src-main/products",
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
  ...windowRooms(),
};

/** Packages that only one room may import. */
const soleImporters: Readonly<Record<string, readonly string[]>> = {
  "onnxruntime-node": ["src-main/engine/runtime"],
  fflate: ["src-main/files"],
  "lru-cache": ["src-main/files"],
  yauzl: ["src-main/files"],
  geotiff: ["src-main/raster"],
  "@cornerstonejs/codec-openjpeg": ["src-main/raster"],
  proj4: ["src-main/raster", "src-renderer/map"],
  hyparquet: ["src-main/vector"],
  "better-sqlite3": ["src-main/catalog", "src-main/vector"],
  ol: ["src-renderer/map"],
};

interface Import {
  readonly file: string;
  readonly target: string;
  /** `import type` and `export type`, which are gone when the program runs */
  readonly typesOnly: boolean;
  /** `import("…")`, which is loaded when it is reached */
  readonly later: boolean;
}

const insideRoot = (path: string): string => relative(root, path).split(sep).join("/");

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every import of a file: static, for side effects, dynamic and re-exported; of a component also those in its markup. */
function importsOf(file: string, text = readFileSync(file, "utf8")): Import[] {
  const scripts = file.endsWith(".svelte") ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)] : [["", text]];
  const inScripts = scripts.flatMap(([, code = ""]) =>
    ts.preProcessFile(code, true, true).importedFiles.map(({ fileName, pos }) => {
      const statement = code
        .slice(0, pos)
        .split(/\b(?=(?:import|export)\b)/)
        .at(-1)!;
      const later = /^import\s*\(/.test(statement);
      return { file, target: fileName, typesOnly: /^(?:import|export)\s+type\s+(?!from\b)/.test(statement), later };
    }),
  );
  const markup = file.endsWith(".svelte")
    ? text.replaceAll(/<script[^>]*>[\s\S]*?<\/script>|<!--[\s\S]*?-->/g, "")
    : "";
  const inMarkup = [...markup.matchAll(/import\(\s*["']([^"']+)["']\s*\)/g)];
  return [...inScripts, ...inMarkup.map((match) => ({ file, target: match[1]!, typesOnly: false, later: true }))];
}

/** File → the files whose values it imports. A component that draws a tree imports itself, which is no cycle. */
function importGraph(imports: readonly Import[]): Map<string, string[]> {
  const targets = new Map<string, string[]>();
  for (const { file, target, typesOnly } of imports) {
    const to = resolve(dirname(file), target);
    if (!target.startsWith(".") || typesOnly || (to === file && file.endsWith(".svelte"))) continue;
    targets.set(file, [...(targets.get(file) ?? []), to]);
  }
  return targets;
}

/** Groups that point at each other, straight or through others (Tarjan's strongly connected components). */
function cyclesOf(targets: ReadonlyMap<string, readonly string[]>): string[][] {
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

/** The room of a file, given from the root. `src-renderer` itself is only what stands beside its rooms. */
function roomOf(path: string): string | undefined {
  if (dirname(path) === "src-renderer") return "src-renderer";
  return Object.keys(mayImport).find((room) => room !== "src-renderer" && path.startsWith(`${room}/`));
}

const files = ["src-shared", "src-main", "src-renderer"].flatMap((folder) => sourceFiles(join(root, folder)));
const all = files.flatMap((file) => importsOf(file));

test("imports are read however they are written", () => {
  const text = `
    import "./effect.ts"; import type { A } from "./type.ts"; import { type B } from "./value.ts";
    export type { C } from "./type-again.ts"; export * from "./again.ts"; // import "./comment.ts"
    import {
      d, // it's from "./elsewhere.ts"
    } from "./lines.ts";
    const type = () => import("./later.ts");`;
  const read = (file: string, source: string) =>
    importsOf(file, source).map(({ target, typesOnly }) => (typesOnly ? `type ${target}` : target));
  const expected = [
    "./effect.ts",
    "type ./type.ts",
    "./value.ts",
    "type ./type-again.ts",
    "./again.ts",
    "./lines.ts",
    "./later.ts",
  ];
  expect(read("a.ts", text)).toEqual(expected);
  const component = `<!-- import("./not.ts") --><script lang="ts">${text}</script>{#await import("./Markup.svelte") then M}<M />{/await}`;
  expect(read("A.svelte", component)).toEqual([...expected, "./Markup.svelte"]);
});

test("every source file lies in a room", () => {
  const outside = files.map(insideRoot).filter((path) => roomOf(path) === undefined && dirname(path) !== "src-main");
  expect(outside).toEqual([]);
});

test("no two rooms may import each other, not even by way of others", () => {
  expect(cyclesOf(new Map(Object.entries(mayImport)))).toEqual([]);
});

test("every room imports only the rooms its table allows", () => {
  const trespasses: string[] = [];
  for (const { file, target } of all) {
    if (!target.startsWith(".") || (file.endsWith(".test.ts") && !insideRoot(file).startsWith("src-renderer/")))
      continue;
    const from = roomOf(insideRoot(file));
    const to = roomOf(insideRoot(resolve(dirname(file), target)));
    if (!from || !to || from === to) continue;
    if (!mayImport[from]!.includes(to)) trespasses.push(`${relative(root, file)} imports ${target}`);
  }
  expect(trespasses).toEqual([]);
});

test("the table of the window's README says what holds here", () => {
  const page = readFileSync(join(root, "src-renderer/README.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([^`]+?)\/?` \|.*\| ([^|]+) \|$/gm)].map(([, room, rooms]) => [
    room!,
    rooms!.trim(),
  ]);
  const short = (room: string) => room.replace("src-renderer/", "");
  const expected = Object.entries(mayImport)
    .filter(([room]) => room.startsWith("src-renderer/"))
    .map(([room, rooms]) => [
      short(room),
      rooms
        .map(short)
        .filter((name) => name !== "src-shared")
        .join(", ") || "–",
    ]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected));
});

test("no two areas of the panels import each other, not even by way of others", () => {
  const areaOf = (path: string): string | undefined => /^src-renderer\/panels\/([^/]+)\//.exec(path)?.[1];
  const graph = new Map<string, string[]>();
  for (const { file, target } of all) {
    const [from, to] = [areaOf(insideRoot(file)), areaOf(insideRoot(resolve(dirname(file), target)))];
    if (from !== undefined && to !== undefined && from !== to) graph.set(from, [...(graph.get(from) ?? []), to]);
  }
  expect(graph.size).toBeGreaterThan(10);
  expect(cyclesOf(graph)).toEqual([]);
});

test("classes of the window's state are given what they ask: they import no instance", () => {
  const classes = /^src-renderer\/(?:state|map|panels)\/.*(?<!\.fixture)\.svelte\.ts$/;
  const makers = /^src-renderer\/(?:client\/(?:index|bridge)|(?:state|map)\/index|panels\/forms)\.ts$/;
  const imports = all.filter(({ file }) => classes.test(insideRoot(file)));
  expect(new Set(imports.map(({ file }) => file)).size).toBeGreaterThan(30);
  const singletons = imports
    .filter(({ file, target, typesOnly }) => !typesOnly && makers.test(insideRoot(resolve(dirname(file), target))))
    .map(({ file, target }) => `${insideRoot(file)} imports ${target}`);
  expect(singletons).toEqual([]);
});

test("what is followed, waited for or asked again and again is in a class with tests, not in a component", () => {
  const components = files.filter((file) => file.endsWith(".svelte") && insideRoot(file) !== "src-renderer/App.svelte");
  expect(components.length).toBeGreaterThan(150);
  const trespasses = components.filter((file) => {
    const text = readFileSync(file, "utf8");
    const names = [...text.matchAll(/import \{([^}]*)\} from "[./]*client\/(?:index|bridge)\.ts"/g)].flatMap(
      ([, own]) => own!.split(",").map((name) => name.trim()),
    );
    if (names.includes("invoke") && /\bsetInterval\(/.test(text)) return true;
    return names.includes("subscribe") || /\bclient\.(?:subscribe|whenChanged)\(/.test(text);
  });
  expect(trespasses.map(insideRoot)).toEqual([]);
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
      const name = Object.keys(soleImporters).find((one) => target === one || target.startsWith(`${one}/`));
      return name && !soleImporters[name]!.some((room) => insideRoot(file).startsWith(`${room}/`));
    })
    .map(({ file, target }) => `${relative(root, file)} imports ${target}`);
  expect(trespasses).toEqual([]);
});

test("no files import values of each other", () => {
  const graph = importGraph(all);
  for (const [folder, atLeast] of [
    ["src-main", 500],
    ["src-renderer", 300],
  ] as const)
    expect([...graph.keys()].filter((file) => insideRoot(file).startsWith(folder)).length).toBeGreaterThan(atLeast);
  expect(cyclesOf(graph).map((group) => group.map(insideRoot))).toEqual([]);
});

/** Imports that are to load a file later, although what loads it has loaded it already. `start` is the first file. */
function loadedAlready(imports: readonly Import[], start: string): string[] {
  const values = imports
    .filter(({ target, typesOnly }) => target.startsWith(".") && !typesOnly)
    .map((one) => ({ ...one, to: resolve(dirname(one.file), one.target) }));
  const reached = new Set([start]);
  // A set that grows is walked to its new end.
  for (const file of reached) for (const one of values) if (one.file === file && !one.later) reached.add(one.to);
  return values
    .filter(({ file, to, later }) => later && reached.has(file) && reached.has(to))
    .map(({ file, target }) => `${insideRoot(file)} imports ${target}`);
}

test("what the window loads later is not loaded with the window", () => {
  expect(loadedAlready(all, join(root, "src-renderer/main.ts"))).toEqual([]);
  const files: Readonly<Record<string, string>> = {
    "main.ts": 'import "./a.ts";\nconst later = () => import("./b.ts");\nimport type { C } from "./c.ts";\n',
    "a.ts": 'import { b } from "./b.ts";\nconst later = async () => (await import("./c.ts")).c;\n',
    "c.ts": 'import { d } from "./d.ts";\n',
    "d.ts": 'const again = () => import("./c.ts");\n',
  };
  const imports = Object.entries(files).flatMap(([file, text]) => importsOf(join(root, file), text));
  expect(loadedAlready(imports, join(root, "main.ts"))).toEqual(["main.ts imports ./b.ts"]);
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
  const told = cyclesOf(importGraph(imports)).map((group) => group.map((file) => file.slice(-4)));
  expect(told).toEqual([
    ["a.ts", "b.ts", "c.ts"],
    ["e.ts", "f.ts"],
  ]);
});
