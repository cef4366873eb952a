// How the programs are bundled to JavaScript: Electron's, because type stripping does not reach into its archive, and the command
// line's, because Node.js strips no types below node_modules.
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { basename, join, posix, relative, resolve, sep } from "node:path";
import type { Plugin, UserConfig } from "vite";

const root = resolve(import.meta.dirname, "../..");

/** Packages that stay packages: native code. */
export const packages = ["better-sqlite3", "onnxruntime-node"];

/** A program's name in the output folder → its source. */
export type Entries = Readonly<Record<string, string>>;

/**
 * A bundled module no longer lies where its source lay, but asks for files beside it by `import.meta`. So each keeps the
 * place it had in the program's folder; and the file of another program is the bundle that was made of it.
 */
function placesOfSources(entries: Entries): Plugin {
  const names = new Map(Object.entries(entries).map(([name, source]) => [source, name]));
  return {
    name: "places-of-sources",
    transform(code, id) {
      const path = relative(root, id).split(sep).join("/");
      if (!path.startsWith("src-main/") || !code.includes("import.meta.")) return null;
      const own = `new URL(${JSON.stringify(`../../${path}`)}, import.meta.here)`;
      const placed = code
        .replaceAll(/new URL\("(\.\/[^"]+\.ts)", import\.meta\.url\)/g, (whole, target: string) => {
          const name = names.get(posix.join(posix.dirname(path), target));
          return name === undefined ? whole : `new URL("./${name}.js", import.meta.here)`;
        })
        .replaceAll("import.meta.url", `${own}.href`)
        .replaceAll("import.meta.dirname", `OMNISAT_FOLDER(new URL(".", ${own}))`)
        .replaceAll("import.meta.here", "import.meta.url");
      const folders = code.includes("import.meta.dirname")
        ? 'import { fileURLToPath as OMNISAT_FOLDER } from "node:url";\n'
        : "";
      return { code: folders + placed, map: null };
    },
  };
}

/**
 * Programs of packages that are not bundled: WebAssembly, and the code that starts it, which looks for files beside itself. Their
 * files lie beside the bundle, under the names they have in the package; CommonJS as .cjs.
 */
function filesOfPackages(): Plugin {
  const taken = new Map<string, string>();
  return {
    name: "files-of-packages",
    transform(code, id) {
      if (!relative(root, id).startsWith("src-main")) return null;
      const placed = code.replaceAll(
        /createRequire\(import\.meta\.url\)\.resolve\("([^"]+)"\)/g,
        (_whole, name: string) => {
          const file = createRequire(id).resolve(name);
          const fileName = basename(file).replace(/\.js$/, ".cjs");
          taken.set(fileName, file);
          return `OMNISAT_FILE(new URL("./${fileName}", import.meta.here))`;
        },
      );
      if (placed === code) return null;
      return { code: `import { fileURLToPath as OMNISAT_FILE } from "node:url";\n${placed}`, map: null };
    },
    generateBundle() {
      for (const [fileName, file] of taken)
        this.emitFile({ type: "asset", fileName, originalFileName: file, source: readFileSync(file) });
    },
  };
}

/** Licences of what packages hold and do not say themselves. */
const within: Readonly<Record<string, string>> = {
  "@cornerstonejs/codec-openjpeg": readFileSync(join(root, "src-main/raster/formats/jp2/openjpeg-licence.txt"), "utf8"),
};

/** Writes the licences of all packages whose code is in a bundle beside it, as these licences ask. */
function licences(): Plugin {
  return {
    name: "licences",
    generateBundle(_options, bundle) {
      const folders = new Set(
        Object.values(bundle)
          .flatMap((part) => (part.type === "chunk" ? part.moduleIds : part.originalFileNames))
          .flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.split(sep).join("/"))?.[0] ?? []),
      );
      const texts = [...folders].sort().map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>; // biome-ignore format: one line
        const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
        const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${license}`;
        return `${name} ${version}\n\n${text}\n${within[name!] ?? ""}`;
      });
      this.emitFile({ type: "asset", fileName: "licences.txt", source: texts.join(`\n${"-".repeat(80)}\n\n`) });
    },
  };
}

/** The configuration of a bundle of programs for Node.js or Electron. */
export function bundleConfig(outDir: string, entries: Entries, target: string): UserConfig {
  return {
    root,
    plugins: [filesOfPackages(), placesOfSources(entries), licences()],
    // Nothing is replaced at build time: the same code runs under Node.js.
    define: {},
    ssr: { noExternal: true, external: [...packages, "electron"], target: "node" },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      copyPublicDir: false,
      target,
      minify: false,
      sourcemap: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: { ...entries },
        external: ["electron", ...packages, ...builtinModules, /^node:/],
        output: { format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  };
}
