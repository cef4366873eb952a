import { defineConfig } from "@playwright/test";

/** The journeys in a real Chromium, on the real web host with real services. */
export default defineConfig({
  projects: [
    { name: "window", testDir: "journeys" },
    { name: "desktop", testDir: "desktop" },
  ],
  outputDir: "../dist/journeys",
  snapshotPathTemplate: "{testDir}/pictures/{testFilePath}/{arg}{ext}",
  fullyParallel: false,
  workers: 2,
  // The whole machine draws WebGL by processor, seconds per frame when it is busy: patience costs a green run nothing. One journey that lost its patience may try once more, and is listed as flaky.
  retries: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: 600_000,
  // The only limit of a wait for a state: journeys name none of their own.
  expect: { timeout: 120_000, toHaveScreenshot: { maxDiffPixelRatio: 0.02 } },
  reporter: [["list"]],
});
