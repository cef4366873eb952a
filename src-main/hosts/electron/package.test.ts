import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"; // biome-ignore format: one line
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { expect, test } from "vitest";
import { modelsOf } from "../places.ts";
import { entries, packages } from "./vite.config.ts";

const root = resolve(import.meta.dirname, "../../..");
const require = createRequire(import.meta.url);
const { load } = require("js-yaml") as { load(text: string): Record<string, unknown> };
const { validateConfiguration } = require("app-builder-lib/out/util/config/config") as {
  validateConfiguration(config: unknown, logger: unknown): Promise<void>;
};
interface Matcher {
  createFilter(): (file: string, stat: unknown) => boolean;
}
const { getMainFileMatchers, getNodeModuleFileMatcher, FileMatcher } = require("app-builder-lib/out/fileMatcher") as {
  getMainFileMatchers(...words: unknown[]): Matcher[];
  getNodeModuleFileMatcher(...words: unknown[]): Matcher;
  FileMatcher: new (
    from: string,
    to: string,
    expand: (pattern: string) => string,
    patterns: readonly string[],
  ) => Matcher;
};

const config = load(readFileSync(join(root, "electron-builder.yml"), "utf8")) as {
  readonly files: readonly string[];
  readonly asarUnpack: readonly string[];
  readonly directories: { readonly buildResources: string };
  readonly mac: Record<string, unknown>;
  readonly win: Record<string, unknown>;
  readonly linux: Record<string, unknown>;
} & Record<string, unknown>;
const silent = { isEnabled: false, add() {} };

const systems = [
  ["linux", "x64", "linux"],
  ["linux", "arm64", "linux"],
  ["win", "x64", "win32"],
  ["win", "arm64", "win32"],
  ["mac", "arm64", "darwin"],
] as const;

/** Every file that electron-builder would put into a package, found by its own matchers. */
function filesOf(system: "linux" | "win" | "mac", arch: string): string[] {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder's own placeholder
  const expand = (pattern: string) => pattern.replaceAll("${arch}", arch);
  const packager = {
    projectDir: root,
    buildResourcesDir: join(root, config.directories.buildResources),
    config,
    isPrepackedAppAsar: false,
    debugLogger: silent,
  };
  const options = config[system];
  const [own] = getMainFileMatchers(root, root, expand, options, { info: packager }, join(root, "dist/package"), false);
  const modules = getNodeModuleFileMatcher(root, root, expand, options, packager);
  const take = (filter: ReturnType<Matcher["createFilter"]>, folder: string): string[] => {
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.name === ".git" || entry.name === ".cache") return [];
      if (entry.isDirectory()) return take(filter, path);
      return filter(path, statSync(path)) ? [relative(root, path).split(sep).join("/")] : [];
    });
  };
  const top = readdirSync(root, { withFileTypes: true }).filter(({ name }) => !["node_modules", ".git"].includes(name));
  const ownFilter = own!.createFilter();
  const mine = top.flatMap((entry) => {
    const path = join(root, entry.name);
    if (entry.isDirectory()) return take(ownFilter, path);
    return ownFilter(path, statSync(path)) ? [entry.name] : [];
  });
  const moduleFilter = modules.createFilter();
  return [...mine, ...productionPackages().flatMap((name) => take(moduleFilter, join(root, "node_modules", name)))];
}

/** What electron-builder collects: the packages that package.json needs, and what those need. */
function productionPackages(): string[] {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path.startsWith("node_modules/") && !dev)
    .map(([path]) => path.slice("node_modules/".length));
}

test("the configuration is one that electron-builder accepts", async () => {
  await expect(validateConfiguration(config, silent)).resolves.toBeUndefined();
  await expect(validateConfiguration({ ...config, fils: [] }, silent)).rejects.toThrow("fils");
  const update = load(readFileSync(join(root, "src-main/hosts/electron/update-channel.yml"), "utf8"));
  expect(update).toMatchObject({ extends: "electron-builder.yml", publish: { provider: "generic" } });
  await expect(validateConfiguration({ ...config, publish: update.publish }, silent)).resolves.toBeUndefined();
  expect(config.publish).toBeNull();
});

test.each(systems)(
  "a package for %s %s holds what the program needs, and nothing of another system",
  (system, arch, platform) => {
    const needed = [
      "package.json",
      "LICENSE",
      "dist/renderer/index.html",
      "dist/electron/preload.cjs",
      ...Object.keys(entries).map((name) => `dist/electron/${name}.js`),
      "resources/icons/icon.png",
      "resources/sample/flanders-crops-2019/parcels.gpkg",
      "node_modules/better-sqlite3/lib/index.js",
      `node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node`,
      "resources/epsg/list.bin",
      "node_modules/onnxruntime-node/dist/index.js",
      `node_modules/onnxruntime-node/bin/napi-v6/${platform}/${arch}/onnxruntime_binding.node`,
      "node_modules/onnxruntime-common/dist/cjs/index.js",
      ...packages.map((name) => `node_modules/${name}/package.json`),
    ];
    // The window and the programs are there once they are built, which another test may be doing now.
    const there = needed.filter((path) => !path.startsWith("dist/") || existsSync(join(root, path)));
    const files = filesOf(system, arch);
    const has = new Set(files);
    expect(there.filter((path) => !has.has(path))).toEqual([]);
    const library = files.filter((path) => /libonnxruntime|onnxruntime\.dll/.test(path));
    expect(library).toHaveLength(1);
    const natives = files.filter((path) => path.endsWith(".node"));
    expect(natives).toHaveLength(2);
    const foreign = files.filter((path) =>
      /\.(ts|svelte|map|test\.js)$|^(src-|e2e|dist\/package|dist\/journeys|\.)/.test(path),
    );
    expect(foreign).toEqual([]);
    const brought = new Set(files.filter((path) => path.startsWith("node_modules/")).map((path) => path.split("/")[1]));
    expect([...brought].sort()).toEqual(["better-sqlite3", "onnxruntime-common", "onnxruntime-node"]);
    // Native code must lie outside the archive.
    const unpacked = new FileMatcher(root, root, (pattern) => pattern, config.asarUnpack).createFilter();
    expect(natives.concat(library).filter((path) => !unpacked(join(root, path), statSync(join(root, path))))).toEqual(
      [],
    );
    const megabytes = files.reduce((sum, path) => sum + statSync(join(root, path)).size, 0) / 1e6;
    expect(megabytes).toBeLessThan(160);
  },
);

test("models that come with the program lie where the program looks for them, whole and without the folder's own page", () => {
  const extra = config.extraResources as readonly { from: string; to: string; filter: readonly string[] }[];
  const models = extra.find(({ from }) => from === "models")!;
  // electron-builder puts extra resources beside app.asar.
  expect(modelsOf("/opt/OmniSat/resources/app.asar")).toBe(join("/opt/OmniSat/resources", models.to));
  expect(modelsOf(root)).toBe(join(root, models.from));
  const folder = mkdtempSync(join(tmpdir(), "omnisat-models-"));
  try {
    mkdirSync(join(folder, "farmland"));
    const names = ["model.json", "weights.safetensors", "golden.json", "README.md", "LICENSE"].map((name) => join("farmland", name)); // biome-ignore format: one line
    for (const name of [...names, "README.md"]) writeFileSync(join(folder, name), "");
    const takes = new FileMatcher(folder, folder, (pattern) => pattern, models.filter).createFilter();
    expect(names.filter((name) => !takes(join(folder, name), statSync(join(folder, name))))).toEqual([]);
    expect(takes(join(folder, "README.md"), statSync(join(folder, "README.md")))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  // Every model of the repository is whole: description, weights, answers and card.
  for (const entry of readdirSync(join(root, "models"), { withFileTypes: true }).filter((one) => one.isDirectory())) {
    const own = readdirSync(join(root, "models", entry.name));
    expect(own, entry.name).toEqual(expect.arrayContaining(["model.json", "weights.safetensors", "golden.json", "README.md"])); // biome-ignore format: one line
  }
  // The command line's own package has them too.
  const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };
  expect(files).toContain("models");
});

test("every package that is not bundled is one that production needs", () => {
  const production = new Set(productionPackages());
  expect(packages.filter((name) => !production.has(name))).toEqual([]);
});

test("icons, entitlements and the file association are there, in the formats that the systems read", () => {
  const icon = (name: string) => readFileSync(join(root, "resources/icons", name));
  for (const name of ["icon.icns", "document.icns"]) expect(icon(name).subarray(0, 4).toString()).toBe("icns");
  for (const name of ["icon.ico", "document.ico"]) expect([...icon(name).subarray(0, 4)]).toEqual([0, 0, 1, 0]);
  // Windows shows 256 pixels, macOS 1024, Linux what its folder names say.
  expect(icon("icon.ico").readUInt16LE(4)).toBe(7);
  expect(icon("icon.icns").includes("ic10")).toBe(true);
  for (const name of readdirSync(join(root, "resources/icons/linux"))) {
    const png = icon(`linux/${name}`);
    expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}.png`).toBe(name);
  }
  expect(existsSync(join(root, String(config.mac.entitlements)))).toBe(true);
  expect(JSON.stringify(config.fileAssociations)).toContain('"omniproj"');
});

test("the fuses keep the signed program from being anything else", () => {
  expect(config.electronFuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  });
});

test("the workflow for a hosted CI asks for commands that are there, on the three systems", () => {
  const text = readFileSync(join(root, ".github/workflows/check.yml"), "utf8");
  const workflow = load(text) as {
    jobs: Record<string, { strategy?: { matrix: { os: string[] } }; steps: { run?: string }[] }>;
  };
  expect(workflow.jobs.journeys?.strategy?.matrix.os).toEqual(["ubuntu-latest", "windows-latest", "macos-latest"]);
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const runs = Object.values(workflow.jobs).flatMap(({ steps }) => steps.map(({ run = "" }) => run));
  const asked = runs.flatMap((run) => [...run.matchAll(/npm run (\S+)/g)].map((match) => match[1]!));
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.filter((name) => !(name in scripts))).toEqual([]);
});
