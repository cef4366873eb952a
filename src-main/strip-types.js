// Node strips no types from files under node_modules. When this package is installed there, hooks do it for its own files.
import { readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";

const home = new URL("../", import.meta.url).href;

if (home.includes("/node_modules/")) {
  // The function says once that it is experimental: nothing a person at the command line can act on.
  const { emitWarning } = process;
  process.emitWarning = () => {};
  stripTypeScriptTypes("");
  process.emitWarning = emitWarning;

  registerHooks({
    load(url, context, next) {
      const ours = url.startsWith(home) && url.endsWith(".ts") && !url.slice(home.length).includes("node_modules/");
      if (!ours) return next(url, context);
      return {
        format: "module",
        source: stripTypeScriptTypes(readFileSync(fileURLToPath(url), "utf8")),
        shortCircuit: true,
      };
    },
  });

  // Processes that this one starts need the hooks too; its threads start with a file that imports this one.
  const flag = `--import=${import.meta.url}`;
  const options = process.env.NODE_OPTIONS ?? "";
  if (!options.split(" ").includes(flag)) process.env.NODE_OPTIONS = `${options} ${flag}`.trim();
}
