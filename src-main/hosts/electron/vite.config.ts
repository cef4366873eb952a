import { builtinModules } from "node:module";
import { defineConfig } from "vite";
import { bundleConfig, packages } from "../bundle.ts";

export { packages };

/** Programs that are started by their file: under these names they lie beside each other in dist/electron. */
export const entries: Readonly<Record<string, string>> = {
  main: "src-main/hosts/electron/main.ts",
  "job-process": "src-main/hosts/electron/job-process-entry.ts",
  reader: "src-main/hosts/electron/reader-entry.ts",
  probe: "src-main/hosts/electron/probe-entry.ts",
  "raster-worker": "src-main/raster/pool/worker.ts",
  "instant-worker": "src-main/services/instant/worker.ts",
  "similar-worker": "src-main/services/similar/worker.ts",
};

/** The programs of Electron's processes. Type stripping does not reach into an asar archive, so they are built to JavaScript. */
export default defineConfig(({ mode }) => {
  const config = bundleConfig("dist/electron", entries, "node24");
  if (mode !== "preload") return config;
  return {
    ...config,
    plugins: [],
    build: {
      ...config.build,
      emptyOutDir: false,
      rolldownOptions: {
        input: { preload: "src-main/hosts/electron/preload.ts" },
        external: ["electron", ...packages, ...builtinModules, /^node:/],
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
    },
  };
});
