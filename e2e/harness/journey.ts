import { cpSync } from "node:fs";
import { join, resolve } from "node:path";
import { test as base, expect, type Page } from "@playwright/test";
import { launchOptions } from "./browser.ts";
import { type Host, startHost } from "./host.ts";
import { startHostWithSample } from "./sample-host.ts";

export { expect };

const sample = resolve(import.meta.dirname, "../../resources/sample/flanders-crops-2019");

interface Journey {
  /** where the journey begins: `test.use({ begin: "sample" })` shows a copy of the sample at once */
  readonly begin: "start screen" | "sample";
  /** a web host of this journey alone */
  readonly host: Host;
  /** the window, opened at the host's address */
  readonly window: Page;
}

/** A journey: a host of its own, a window in Chromium, and no error in its console. */
export const test = base.extend<Journey>({
  launchOptions,
  viewport: { width: 1440, height: 900 },
  colorScheme: "light",
  locale: "en-GB",
  begin: ["start screen", { option: true }],
  host: async ({ begin }, use) => {
    const host = begin === "sample" ? (await startHostWithSample("Flanders crops 2019")).host : await startHost();
    await use(host);
    await host.close();
  },
  window: async ({ page, host }, use) => {
    const complaints = listenForComplaints(page);
    await page.goto(host.address);
    await use(page);
    expect(complaints, "errors in the console of the window").toEqual([]);
  },
});

/** What a page complains about: exceptions, console errors, and everything the Content-Security-Policy refused. */
export function listenForComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
  page.on("console", (message) => {
    // A connection that a journey breaks on purpose is the browser's message, not ours.
    if (
      message.type() === "error" &&
      !/WebSocket connection|WebSocket is already|ERR_CONNECTION_(REFUSED|RESET)/.test(message.text())
    ) {
      complaints.push(`${message.text()} ${message.location().url}`);
    }
  });
  return complaints;
}

/** Resolves when nothing moves by itself any more: colours have faded, panels have slid. */
export async function motionless(page: Page): Promise<void> {
  const moving = () =>
    document
      .getAnimations()
      .filter((one) => one.playState === "running" && one.effect?.getComputedTiming().endTime !== Infinity).length;
  await expect.poll(() => page.evaluate(moving)).toBe(0);
}

/** Copies the sample's imagery and polygons to a place the host may read. */
export function copySample(host: Host, name = "imagery"): string {
  const folder = join(host.folder, name);
  cpSync(sample, folder, { recursive: true });
  return folder;
}
