import { builtinModules } from "node:module";
import { relative, resolve, sep } from "node:path";
import { defineConfig, type Plugin } from "vite";

const root = resolve(import.meta.dirname, "../../..");

/** Programs that are started by their file: under these names they lie beside each other in dist/electron. */
export const entries: Readonly<Record<string, string>> = {
  main: "src-main/hosts/electron/main.ts",
  engine: "src-main/hosts/electron/engine-entry.ts",
  reader: "src-main/hosts/electron/reader-entry.ts",
  probe: "src-main/hosts/electron/probe-entry.ts",
  "raster-worker": "src-main/raster/pool/worker.ts",
};

/** Packages that stay packages: native code. */
export const packages = ["better-sqlite3", "onnxruntime-node"];

/**
 * A bundled module no longer lies where its source lay, but asks for files beside it by `import.meta`. So each keeps the
 * place it had in the program's folder; and a worker's file is the bundle that was made of it.
 */
function placesOfSources(): Plugin {
  return {
    name: "places-of-sources",
    transform(code, id) {
      const path = relative(root, id).split(sep).join("/");
      if (!path.startsWith("src-main/") || !code.includes("import.meta.")) return null;
      const own = `new URL(${JSON.stringify(`../../${path}`)}, import.meta.url)`;
      return {
        code: code
          .replaceAll('new URL("./worker.js", import.meta.url)', 'new URL("./raster-worker.js", import.meta.here)')
          .replaceAll("import.meta.url", `${own.replace("import.meta.url", "import.meta.here")}.href`)
          .replaceAll(
            "import.meta.dirname",
            `OMNISAT_FOLDER(new URL(".", ${own.replace("import.meta.url", "import.meta.here")}))`,
          )
          .replaceAll("import.meta.here", "import.meta.url")
          .replace(
            /^/,
            code.includes("import.meta.dirname") ? 'import { fileURLToPath as OMNISAT_FOLDER } from "node:url";\n' : "",
          ),
        map: null,
      };
    },
  };
}

/** The programs of Electron's processes. Type stripping does not reach into an asar archive, so they are built to JavaScript. */
export default defineConfig(({ mode }) => {
  const preload = mode === "preload";
  return {
    root,
    plugins: preload ? [] : [placesOfSources()],
    // Nothing is replaced at build time: the same code runs under Node.js.
    define: {},
    ssr: { noExternal: true, external: [...packages, "electron"], target: "node" },
    build: {
      ssr: true,
      outDir: "dist/electron",
      emptyOutDir: !preload,
      copyPublicDir: false,
      target: "node24",
      minify: false,
      sourcemap: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: preload ? { preload: "src-main/hosts/electron/preload.ts" } : { ...entries },
        external: ["electron", ...packages, ...builtinModules, /^node:/],
        output: preload
          ? { format: "cjs", entryFileNames: "[name].cjs" }
          : { format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  };
});
