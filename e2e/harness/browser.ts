import { existsSync } from "node:fs";
import type { LaunchOptions } from "@playwright/test";

const installed = "/usr/bin/chromium";

/**
 * Chromium with WebGL drawn by the processor, so that pictures are the same on every machine. Only WebGL goes through SwiftShader: the
 * page itself is put together as on any machine without a graphics card, which takes a fifth of the processor time. Without a Chromium of
 * the system, Playwright's own.
 */
export const launchOptions: LaunchOptions = {
  ...(process.env.CHROMIUM_PATH || existsSync(installed)
    ? { executablePath: process.env.CHROMIUM_PATH ?? installed }
    : {}),
  args: [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--disable-lcd-text",
    "--hide-scrollbars",
  ],
};
