import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { buildIfStale } from "./build-window.ts";

// `npm start`: builds the window when its sources are newer, and opens it.
const root = resolve(import.meta.dirname, "../..");
await buildIfStale(root);
const child = spawn(process.execPath, ["src-main/hosts/cli/main.ts", "serve", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
// Ctrl+C reaches the child too, which ends in order.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code) => process.exit(code ?? 1));
