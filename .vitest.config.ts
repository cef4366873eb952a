import { tmpdir } from "node:os";
import { join } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // onnxruntime-node keeps native threads alive: a process per file, not a thread.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Tests remember nothing in the settings of whoever runs them.
    env: { OMNISAT_SETTINGS: join(tmpdir(), `omnisat-test-settings-${process.pid}`) },
    projects: [
      {
        extends: true,
        test: { name: "main", include: ["src-main/**/*.test.ts", "src-shared/**/*.test.ts", "e2e/**/*.test.ts"] },
      },
      {
        extends: true,
        // Runes are compiled for the window, where effects run, not for a server.
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ["browser"] },
        test: {
          name: "renderer",
          include: ["src-renderer/**/*.test.ts"],
          environment: "./.vitest.window.ts",
          server: { deps: { inline: ["svelte"] } },
        },
      },
    ],
  },
});
