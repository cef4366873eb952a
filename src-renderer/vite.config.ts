import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// The window, built into dist/renderer. Nothing is inlined, so that a Content-Security-Policy without exceptions holds.
export default defineConfig({
  root: import.meta.dirname,
  // Relative addresses: the same files are served by http://127.0.0.1 and by app://.
  base: "./",
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: resolve(import.meta.dirname, "../dist/renderer"),
    emptyOutDir: true,
    target: ["chrome130", "firefox132", "safari18"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // The map's library changes rarely and is not needed for the first paint.
        codeSplitting: {
          groups: [
            { name: "openlayers", test: /node_modules[\\/](ol|rbush|quickselect)[\\/]/ },
            { name: "uplot", test: /node_modules[\\/]uplot[\\/]/ },
          ],
        },
      },
    },
  },
});
