import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

// What `npm pack` makes, laid under a node_modules folder as an installation does: Node strips no types there.
const root = resolve(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "installed test "));
const home = join(folder, "node_modules", "omnisat-desktop");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let packed: ReadonlySet<string>;
beforeAll(() => {
  const output = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [pack] = JSON.parse(output) as { filename: string; files: { path: string }[] }[];
  packed = new Set(pack!.files.map(({ path }) => path));
  mkdirSync(home, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, pack!.filename), "-C", home, "--strip-components=1"]);
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Readonly<Record<string, string>>;
  };
  // Only what package.json promises to an installation, not all that a checkout has.
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "dir");
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

test("a package holds every file that its files import, and neither tests nor their fixtures", () => {
  const missing: string[] = [];
  for (const file of packed) {
    if (!/\.(ts|js)$/.test(file)) continue;
    const text = readFileSync(join(home, file), "utf8");
    for (const [, target] of text.matchAll(/(?:from|import|import\(|new URL\()\s*"(\.[^"]+\.(?:ts|js))"/g)) {
      const path = posix.join(posix.dirname(file), target!);
      if (!packed.has(path)) missing.push(`${file} → ${path}`);
    }
  }
  expect(missing).toEqual([]);
  expect([...packed].filter((file) => /\.test\.ts$|\/fixtures\/|\/testing\//.test(file))).toEqual([]);
  const sample = "resources/sample/flanders-crops-2019";
  const files = readdirSync(join(root, sample), { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  expect([...packed].filter((file) => file.startsWith(`${sample}/`))).toHaveLength(files.length);
});
