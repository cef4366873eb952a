import { spawn } from "node:child_process";
import { join } from "node:path";
import { buildIfStale } from "./build-window.ts";
import { electronBinary } from "./electron-binary.ts";
import { programFolder } from "./places.ts";
import { hasScreen } from "./web/open-browser.ts";

// `npm start`: builds what is older than its sources and opens the application: in Electron where its program is there and
// a screen is in front of it, else in a browser. Words after `--` go to it: a project's folder, or options of `omnisat serve`.
const words = process.argv.slice(2);
await buildIfStale(programFolder, "window");
const electron = words.some((word) => word.startsWith("-")) || !hasScreen() ? undefined : electronBinary(programFolder);
if (electron) await buildIfStale(programFolder, "electron");
const serve = [
  "src-main/hosts/cli/main.ts",
  "serve",
  ...words.flatMap((word, i) => (i === 0 && !word.startsWith("-") ? ["--project", word] : [word])),
];
const child = spawn(
  electron ?? process.execPath,
  electron ? [join(programFolder, "dist/electron/main.js"), ...words] : serve,
  {
    cwd: programFolder,
    stdio: "inherit",
  },
);
// Ctrl+C reaches the child too, which ends in order.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code) => process.exit(code ?? 1));
