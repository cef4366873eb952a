import { fork, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ToReader } from "../../services/reading/reading.ts";
import { entries, packages } from "./vite.config.ts";

const root = resolve(import.meta.dirname, "../../..");
const built = join(root, "dist/electron");
const settings = mkdtempSync(join(tmpdir(), "omnisat-bundle-"));
const configFile = join(import.meta.dirname, "vite.config.ts");
afterAll(() => rmSync(settings, { recursive: true, force: true }));

beforeAll(async () => {
  for (const mode of ["production", "preload"]) {
    // Written over, not emptied: `package.test.ts` may be looking at the folder.
    await build({ configFile, mode, logLevel: "error", build: { emptyOutDir: false } });
  }
});

test("the built programs import nothing that the package does not bring", () => {
  const known = new Set(["electron", ...packages, ...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);
  for (const name of Object.keys(entries)) {
    const text = readFileSync(join(built, `${name}.js`), "utf8");
    const foreign = [...text.matchAll(/^(?:import|export) [^;]*?from "([^"]+)";/gm)].map((match) => match[1]!);
    expect(foreign.filter((specifier) => !specifier.startsWith("./") && !known.has(specifier))).toEqual([]);
  }
  // The preload runs in the sandbox: it may ask for Electron, and for nothing else.
  const preload = readFileSync(join(built, "preload.cjs"), "utf8");
  expect([...preload.matchAll(/require\("([^"]+)"\)/g)].map((match) => match[1])).toEqual(["electron"]);
});

test("the built main process makes a project, reads images on its workers, trains in its job process and ends", async () => {
  expect(existsSync(join(root, "dist/renderer/index.html"))).toBe(true);
  const child = spawn(
    process.execPath,
    ["--import", join(import.meta.dirname, "fake/hooks.ts"), join(built, "main.js")],
    {
      env: { ...process.env, OMNISAT_SETTINGS: settings },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    err += String(chunk);
  });
  const code = await new Promise((done) => child.on("close", done));
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  const seen = JSON.parse(out.trim().split("\n").at(-1)!) as Record<string, never>;
  expect(seen.ended).toMatchObject({ job: { state: "finished" } });
  expect(seen.device).toMatchObject({
    provider: expect.any(String),
    tried: expect.arrayContaining([expect.objectContaining({ provider: "cpu", ok: true })]),
  });
  expect(seen.page).toBe(true);
  expect(new Set(seen.forks)).toEqual(new Set([join(built, "probe.js"), join(built, "job-process.js")]));
});

test("the built reader reads a GeoPackage", async () => {
  const child = fork(join(built, "reader.js"), [], {
    execArgv: ["--import", join(import.meta.dirname, "fake/parent-port.ts")],
    serialization: "advanced",
  });
  const path = join(root, "resources/sample/flanders-crops-2019/parcels.gpkg");
  const plenty = { work: 60_000, silentWork: 60_000, memory: 4096 };
  const input = { path, options: {} };
  const work: ToReader = { type: "work", name: "facts", input, before: plenty, after: plenty };
  const said = await new Promise((resolve, reject) => {
    child.on("message", (message: { readonly type: string }) => {
      if (message.type === "ready") child.send(work);
      else if (message.type !== "alive") resolve(message);
    });
    child.on("exit", (code) => reject(new Error(`exit code ${code}`)));
  });
  child.kill("SIGKILL");
  expect(said).toMatchObject({ type: "done", output: { crs: expect.any(String), count: expect.any(Number) } });
});
