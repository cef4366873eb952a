import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src-*/**/*.test.ts", "e2e/**/*.test.ts"],
    // onnxruntime-node keeps native threads alive: a process per file, not a thread.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
