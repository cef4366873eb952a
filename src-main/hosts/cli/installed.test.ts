import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, posix, resolve } from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { entries } from "./vite.config.ts";

// What `npm pack` makes, laid under a node_modules folder as an installation does: Node strips no types there.
const configFile = join(import.meta.dirname, "vite.config.ts");
const root = resolve(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "installed test "));
const home = join(folder, "node_modules", "omnisat-desktop");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let packed: ReadonlySet<string>;
beforeAll(async () => {
  await build({ configFile, logLevel: "error" });
  // On Windows npm is a script that only a shell starts, and a shell divides words at spaces.
  const shell = process.platform === "win32";
  const destination = shell ? `"${folder}"` : folder;
  const output = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", destination], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    shell,
  });
  const [pack] = JSON.parse(output) as { filename: string; files: { path: string }[] }[];
  packed = new Set(pack!.files.map(({ path }) => path));
  mkdirSync(home, { recursive: true });
  const into = ["-C", "node_modules/omnisat-desktop", "--strip-components=1"];
  execFileSync("tar", ["-xzf", pack!.filename, ...into], { cwd: folder });
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Readonly<Record<string, string>>;
  };
  // Only what package.json promises to an installation, not all that a checkout has.
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction");
  }
});

function omnisat(...words: string[]): { readonly status: number | null; readonly out: string; readonly err: string } {
  const bin = join(home, "src-main/hosts/cli/bin.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], { cwd: folder, encoding: "utf8" });
  return { status, out: stdout, err: stderr };
}

test("an installed omnisat runs, and Node has no warning about it", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  expect(omnisat("--version")).toEqual({ status: 0, out: `${version}\n`, err: "" });
});

test("an installed omnisat knows the sample that comes with it", () => {
  const file = join(home, "resources/sample/flanders-crops-2019/labels_10m.tif");
  const { status, out, err } = omnisat("info", file);
  expect({ status, err }).toEqual({ status: 0, err: "" });
  expect(out).toContain("64 × 64 pixels, 2 bands of int16");
});

test("its threads and processes start too", () => {
  // The doctor has threads write and read an image, and processes of their own compute.
  const { status, out } = omnisat("doctor");
  expect(status).toBe(0);
  expect(out).toMatch(/images +yes/);
  expect(out).toMatch(/cpu +yes/);
});

test("it reads blocks of every compression, and a GeoPackage in a process of its own", () => {
  const lerc = join(root, "src-main/raster/fixtures/awkward/made_lerc_float32_tiled16.tif");
  const { status, out, err } = omnisat("info", lerc, "--stats");
  expect({ status, err }).toEqual({ status: 0, err: "" });
  expect(out).toContain("float32");
  const sample = join(home, "resources/sample/flanders-crops-2019");
  expect(omnisat("project", "create", "crops", "--like", join(sample, "labels_10m.tif"))).toMatchObject({
    status: 0,
    err: "",
  });
  const labels = omnisat("labels", "import", "crops", join(sample, "parcels.gpkg"), "--field", "class_name");
  expect({ status: labels.status, err: labels.err }).toEqual({ status: 0, err: "" });
  expect(labels.out).toMatch(/winter wheat +4 +1378/);
});

test("a package holds what its programs import, the licences of what is bundled, and no sources, tests or fixtures", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { dependencies: object };
  const known = new Set([
    ...Object.keys(dependencies),
    ...builtinModules,
    ...builtinModules.map((name) => `node:${name}`),
  ]);
  const missing: string[] = [];
  for (const file of packed) {
    if (!/\.js$/.test(file) || file.startsWith("dist/renderer/")) continue;
    const text = readFileSync(join(home, file), "utf8").replace(/^\s*\*.*$/gm, "");
    for (const [, target] of text.matchAll(
      /(?:^import [^;]*?from |^import |^export [^;]*?from |\bimport\(|new URL\((?="\.))"([^"\n]+)"/gm,
    )) {
      if (target!.startsWith(".") ? /\.js$/.test(target!) && !packed.has(posix.join(posix.dirname(file), target!)) : !known.has(target!)) missing.push(`${file} → ${target}`); // biome-ignore format: one line
    }
  }
  expect(missing).toEqual([]);
  // The decoder of JPEG 2000, which is no part of a bundle.
  for (const name of ["openjpegwasm_decode.cjs", "openjpegwasm_decode.wasm"])
    expect(packed).toContain(`dist/cli/${name}`);
  for (const name of Object.keys(entries)) expect(packed).toContain(`dist/cli/${name}.js`);
  expect([...packed].filter((file) => /\.ts$|\/fixtures\/|\/testing\//.test(file))).toEqual([]);
  const licences = readFileSync(join(home, "dist/cli/licences.txt"), "utf8");
  for (const name of ["@cornerstonejs/codec-openjpeg", "geotiff", "proj4", "protobufjs", "yauzl", "zod"])
    expect(licences).toMatch(new RegExp(`^${name} \\d`, "m"));
  const sample = "resources/sample/flanders-crops-2019";
  const files = readdirSync(join(root, sample), { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  expect([...packed].filter((file) => file.startsWith(`${sample}/`))).toHaveLength(files.length);
});
