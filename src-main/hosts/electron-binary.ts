import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Electron's program, where it is installed (`npx install-electron`); undefined where it is not. The package's own
 * function would try to download it.
 */
export function electronBinary(root: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const folder = join(root, "node_modules/electron");
  const named = join(folder, "path.txt");
  const name = existsSync(named) ? readFileSync(named, "utf8").trim() : undefined;
  const override = environment.ELECTRON_OVERRIDE_DIST_PATH;
  const path = override ? join(override, name ?? "electron") : name && join(folder, "dist", name);
  return path && existsSync(path) ? path : undefined;
}
