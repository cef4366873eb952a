import { defineConfig } from "vite";
import { bundleConfig } from "../bundle.ts";

/** Programs that are started by their file: under these names they lie beside each other in dist/cli. */
export const entries: Readonly<Record<string, string>> = {
  main: "src-main/hosts/cli/main.ts",
  "job-process": "src-main/hosts/job-process/main.ts",
  reader: "src-main/services/reading/main.ts",
  "probe-child": "src-main/engine/runtime/probe-child.ts",
  "raster-worker": "src-main/raster/pool/worker.ts",
  "instant-worker": "src-main/services/instant/worker.ts",
  "similar-worker": "src-main/services/similar/worker.ts",
};

/** The command line as an installed package runs it: Node.js strips no types of files below node_modules. */
export default defineConfig(bundleConfig("dist/cli", entries, "node22"));
