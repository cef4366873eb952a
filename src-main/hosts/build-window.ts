import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

/** What is built of what. */
const products = {
  window: {
    result: "dist/renderer/index.html",
    sources: ["src-renderer", "src-shared", "resources/basemap", "resources/guide"],
  },
  electron: { result: "dist/electron/preload.cjs", sources: ["src-main", "src-shared"] },
} as const;

/** Builds what is not there, or what is older than one of its sources. Resolves to whether anything was built. */
export async function buildIfStale(root: string, product: keyof typeof products): Promise<boolean> {
  const { result, sources } = products[product];
  const files = [...sources.flatMap((folder) => filesBelow(join(root, folder))), join(root, "package-lock.json")];
  const newest = files.reduce((latest, file) => Math.max(latest, timeOf(file)), 0);
  if (timeOf(join(root, result)) > newest) return false;
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const config = product === "window" ? "src-renderer/vite.config.ts" : "src-main/hosts/electron/vite.config.ts";
  for (const mode of product === "window" ? ["production"] : ["production", "preload"]) {
    const words = [vite, "build", "--config", join(root, config), "--mode", mode, "--logLevel", "error"];
    const child = spawn(process.execPath, words, { cwd: root, stdio: ["ignore", 2, 2] });
    const code = await new Promise<number | null>((done, fail) => child.on("exit", done).on("error", fail));
    if (code !== 0) throw new Error(`vite build (${product}, ${mode}) ended with exit code ${code}`);
  }
  return true;
}

const timeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

if (import.meta.main) await buildIfStale(resolve(import.meta.dirname, "../.."), "window");
