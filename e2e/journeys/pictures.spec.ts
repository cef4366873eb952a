import { execFileSync } from "node:child_process";
import type { Page } from "@playwright/test";
import { expect, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";

/** The pictures were taken with this font; with another one every word would differ. */
function hasFont(): boolean {
  try {
    return execFileSync("fc-match", ["sans-serif"], { encoding: "utf8" }).includes("DejaVu Sans");
  } catch {
    return false;
  }
}

test.skip(
  !hasFont(),
  "the pictures were taken with DejaVu Sans as the system's font (apt-get install fonts-dejavu-core)",
);

/** As it should look, to a fiftieth of its pixels; what names this machine is covered. */
async function looksAs(window: Page, name: string): Promise<void> {
  await window.mouse.move(720, 1);
  await mapIsDrawn(window);
  await expect(window).toHaveScreenshot(`${name}.png`, {
    mask: [window.getByRole("button", { name: /Computes on|Calcule sur/ }), window.getByText(/Version \d/)],
  });
}

/** No tile is on its way; the start screen has no map. */
async function mapIsDrawn(window: Page): Promise<void> {
  await expect(window.locator('.map-view .target[aria-busy="true"]')).toHaveCount(0);
}

const tab = (window: Page, name: string) => window.getByRole("tab", { name, exact: true }).click();

test("screens look as they did: start, layers, labels, training, export, light and dark", async ({ window, host }) => {
  await expect(window.getByText("Nothing opened yet")).toBeVisible();
  await looksAs(window, "start");
  await openSample(window, host);
  const date = window.getByRole("slider", { name: "Date" });
  await expect(date).toHaveAttribute("aria-valuetext", "22 Nov 2019");
  await expect(window.getByRole("button", { name: /Computes on/ })).toBeVisible();
  await looksAs(window, "layers");
  await window.emulateMedia({ colorScheme: "dark" });
  await looksAs(window, "layers-dark");
  await window.emulateMedia({ colorScheme: "light" });
  await tab(window, "Labels");
  await tab(window, "Export");
  await looksAs(window, "labels-export");
  await tab(window, "Modalities");
  await tab(window, "Train");
  await looksAs(window, "modalities-train");
});
