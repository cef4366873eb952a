import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

/** Builds `dist/renderer` when there is none, or when a source, the lockfile or the configuration is newer. */
export async function buildIfStale(root: string): Promise<boolean> {
  const built = join(root, "dist/renderer/index.html");
  const time = existsSync(built) ? statSync(built).mtimeMs : 0;
  const sources = ["src-renderer", "src-shared", "resources/basemap"].flatMap((folder) =>
    filesBelow(join(root, folder)),
  );
  const newest = [...sources, join(root, "package-lock.json")].reduce(
    (latest, file) => Math.max(latest, existsSync(file) ? statSync(file).mtimeMs : 0),
    0,
  );
  if (time > newest) return false;
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const child = spawn(
    process.execPath,
    [vite, "build", "--config", join(root, "src-renderer/vite.config.ts"), "--logLevel", "warn"],
    { cwd: root, stdio: "inherit" },
  );
  const code = await new Promise<number | null>((resolve, reject) => child.on("exit", resolve).on("error", reject));
  if (code !== 0) throw new Error(`vite build ended with exit code ${code}`);
  return true;
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

if (import.meta.main) await buildIfStale(resolve(import.meta.dirname, "../.."));
