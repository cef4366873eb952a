import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const runs = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: "ignore", timeout: 30_000 }).status === 0;

/** Programs that tests compare with. A test that needs one has its tag, and is skipped where the program is not installed. */
const witnesses = [
  {
    name: "gdal",
    description: "needs GDAL's programs and GDAL's and SciPy's Python packages",
    skip: !(runs("gdalinfo", "--version") && runs("/usr/bin/python3", "-c", "import osgeo.gdal, scipy")),
  },
];
// This file is read once for each project.
if (!process.env.OMNISAT_TAGS_TOLD)
  for (const { name, description, skip } of witnesses)
    if (skip) console.warn(`Skipped: tests with the tag “${name}”: each ${description}.`);
process.env.OMNISAT_TAGS_TOLD = "yes";

const mainFolders = ["src-main", "src-shared", "e2e"];
/** What a test writes that replaces modules for every importer, or changes its process. */
const changesProcess = /\bvi\.(?:mock|doMock)\(|\bprocess\.env(?:\.\w+|\[[^\]]+\]) =[^=]|\bprocess\.(?:chdir|umask)\(/;
/** Test files that need a process of their own, found by what they write. `.vitest.process.ts` fails those that are missed. */
const apart = mainFolders.flatMap((folder) =>
  readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((path) => changesProcess.test(readFileSync(join(import.meta.dirname, path), "utf8"))),
);

export default defineConfig({
  test: {
    tags: witnesses,
    // onnxruntime-node keeps native threads alive: a process per file, not a thread.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is waited for is a state, however busy the machine is.
    expect: { poll: { timeout: 30_000 } },
    // Tests remember nothing in the settings of whoever runs them.
    env: { OMNISAT_SETTINGS: join(tmpdir(), `omnisat-test-settings-${process.pid}`) },
    projects: [
      {
        extends: true,
        test: {
          name: "main",
          include: mainFolders.map((folder) => `${folder}/**/*.test.ts`),
          exclude: apart,
          // Starting a process and reading the program for each file would take more time than most of the tests.
          isolate: false,
          setupFiles: "./.vitest.process.ts",
        },
      },
      { extends: true, test: { name: "apart", include: apart } },
      {
        extends: true,
        // Runes are compiled for the window, where effects run, not for a server.
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ["browser"] },
        test: {
          name: "renderer",
          include: ["src-renderer/**/*.test.ts"],
          environment: "./.vitest.window.ts",
          isolate: false,
          setupFiles: "./.vitest.page.ts",
          server: { deps: { inline: ["svelte"] } },
        },
      },
    ],
  },
});
