import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";
import { openSecondWindow } from "../harness/second-window.ts";

test.use({ begin: "sample" });

const slider = (window: Page) => window.getByRole("slider", { name: "Date" });

/** Clicks the map at a share of its width and height. */
async function clickMap(window: Page, x: number, y: number, options: { modifiers?: "Shift"[] } = {}): Promise<void> {
  const map = window.locator(".map-view .target");
  const box = (await map.boundingBox())!;
  await map.click({ position: { x: box.width * x, y: box.height * y }, ...options });
}

test("the time slider steps, plays and shows its date on the map", async ({ window, host }) => {
  await openSample(window, host);
  const time = slider(window);
  // The latest clear picture stands there once the clouds are known.
  await expect(time).toHaveAttribute("aria-valuetext", "22 Nov 2019");
  const stamp = window.locator(".stamp");
  await expect(stamp).toContainText("22 Nov 2019");
  await expect(stamp).toContainText("Sentinel-2");
  await time.focus();
  // Sentinel-1 saw the place on 19 November, but is hidden.
  await window.keyboard.press("ArrowLeft");
  await expect(time).toHaveAttribute("aria-valuetext", "17 Nov 2019");
  await expect(stamp).toContainText("17 Nov 2019");
  await window.keyboard.press("Home");
  await expect(time).toHaveAttribute("aria-valuetext", "4 Aug 2018");
  await window.keyboard.press("Space");
  await expect(window.getByRole("button", { name: "Pause" })).toBeVisible();
  await expect(time).not.toHaveAttribute("aria-valuetext", "4 Aug 2018");
  await window.keyboard.press("Space");
  await expect(window.getByRole("button", { name: "Play" })).toBeVisible();
  // Along one sensor only its own dates are stops.
  await window.getByRole("combobox", { name: "Step along" }).selectOption({ label: "Sentinel-1 · ascending" });
  await window.keyboard.press("Control+k");
  await window.getByRole("combobox", { name: "Command palette" }).fill("first date");
  await window.keyboard.press("Enter");
  await expect(time).toHaveAttribute("aria-valuetext", "2 Aug 2018");
});

test("pins and a polygon show curves, a table, and a CSV that agrees with GDAL", async ({ window, host }) => {
  const project = await openSample(window, host);
  await expect(slider(window)).toHaveAttribute("aria-valuetext", "22 Nov 2019");
  await window.keyboard.press("Control+Shift+I");
  await clickMap(window, 0.45, 0.5);
  const optical = window.getByRole("region", { name: "Sentinel-2", exact: true });
  await expect(optical.locator("canvas")).toBeVisible();
  await expect(window.getByRole("region", { name: "Sentinel-1 · ascending" }).locator("canvas")).toBeVisible();
  await expect(optical.getByRole("button", { name: /^NDVI/ })).toHaveAttribute("aria-pressed", "true");
  await expect(optical.getByRole("button", { name: /^NDVI/ })).toContainText(/0\.\d{3}/);
  await optical.getByText("Bands", { exact: true }).click();
  await expect(optical.getByRole("button", { name: /^B08/ })).toHaveAttribute("aria-pressed", "true");
  await optical.getByRole("button", { name: /^B08/ }).click();
  await expect(optical.getByRole("button", { name: /^B08/ })).toHaveAttribute("aria-pressed", "false");

  // A second pin beside the first, and a polygon.
  await clickMap(window, 0.55, 0.6, { modifiers: ["Shift"] });
  const pins = window.getByRole("list", { name: "Pins" });
  await expect(pins.getByRole("listitem")).toHaveCount(2);
  await window.getByRole("button", { name: "Inspect a polygon" }).click();
  for (const [x, y] of [
    [0.3, 0.3],
    [0.4, 0.3],
    [0.4, 0.45],
  ] as const) {
    await clickMap(window, x, y);
    await window.waitForTimeout(350);
  }
  await window.keyboard.press("Enter");
  await expect(pins.getByRole("listitem")).toHaveCount(3);
  await expect(pins).toContainText("polygon, mean ± sd");
  await expect(optical.getByRole("button", { name: /^B02/ })).toContainText("±");

  // The same numbers as a table; choosing a row goes to its date.
  await pins.getByRole("button", { name: /Pin 1/ }).click();
  await window.getByRole("radio", { name: "Table" }).check({ force: true });
  const table = window.getByRole("grid", { name: "Values of Pin 1" });
  await expect(table.getByRole("row")).toHaveCount(73);
  await expect(table.getByRole("row").nth(1)).toContainText("4 Aug 2018");
  await table.getByRole("row").nth(1).click();
  await expect(slider(window)).toHaveAttribute("aria-valuetext", "4 Aug 2018");

  const file = join(host.folder, "curves.csv");
  await window.getByRole("button", { name: "Export as CSV" }).click();
  const dialog = window.getByRole("dialog", { name: "Export as CSV" });
  await dialog.getByRole("button", { name: /^files$/ }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill("curves.csv");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => existsSync(file)).toBe(true);
  await expect(window.getByText("Wrote 456 rows to curves.csv.")).toBeVisible();
  const [head, ...rows] = readFileSync(file, "utf8").trim().split("\r\n");
  const columns = head!.split(",");
  const at = (row: string, name: string) => row.split(",")[columns.indexOf(name)]!;
  expect(rows).toHaveLength(3 * 152);
  const row = rows.find((line) => line.startsWith("Pin 1,") && line.includes("s2-20190630"))!;
  const [x, y] = [at(row, "x (EPSG:32631)"), at(row, "y (EPSG:32631)")];
  const image = join(project, "imagery/S2_L2A_10m/S2_L2A_10m_20190630T105704.tif");
  const stored = execFileSync("gdallocationinfo", ["-valonly", "-geoloc", "-b", "4", image, x, y], {
    encoding: "utf8",
  });
  expect(Number(at(row, "B08 (reflectance)"))).toBeCloseTo(Number(stored) / 10_000, 6);

  // Pins are there again after a reload.
  const other = await openSecondWindow(host.address);
  await expect.poll(async () => (await other.invoke("view.get", { key: "pins" })) as unknown[]).toHaveLength(3);
  other.close();
  await window.reload();
  await expect(pins.getByRole("listitem")).toHaveCount(3);
});
