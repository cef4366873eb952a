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
  // WebGL is drawn by the processor, seconds per frame when the machine is busy, so that limits are long; a run that passes does not
  // wait for them. A journey that reaches its limit is tried once more and is listed as flaky.
  retries: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: 600_000,
  // The only limit of a wait for a state: journeys name none of their own.
  expect: { timeout: 120_000, toHaveScreenshot: { maxDiffPixelRatio: 0.02 } },
  reporter: [["list"]],
});
