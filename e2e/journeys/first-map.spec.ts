import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "../harness/journey.ts";
import { startTiny } from "../harness/training.ts";

/** The one project below `folder`. */
function projectIn(folder: string): string {
  const file = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((path) => path.endsWith(".omniproj"))!;
  return dirname(join(folder, file));
}

test("from the first start to an exported map: sample, inspection, label, training, map, export", async ({
  window,
  host,
}) => {
  // Nothing was opened on this machine before.
  await expect(window.getByText("Nothing opened yet")).toBeVisible();
  await window.getByRole("button", { name: /Try the sample/ }).click();
  await expect(window.getByRole("slider", { name: "Date" })).toHaveAttribute("aria-valuetext", "22 Nov 2019");

  // Inspection: the values of one place in every band over the year.
  await window.keyboard.press("Control+Shift+I");
  const map = window.locator(".map-view .target");
  const box = (await map.boundingBox())!;
  const at = (x: number, y: number) => ({ x: box.x + box.width * x, y: box.y + box.height * y });
  await map.click({ position: { x: box.width * 0.6, y: box.height * 0.6 } });
  const optical = window.getByRole("region", { name: "Sentinel-2", exact: true });
  await expect(optical.getByRole("button", { name: /^NDVI/ })).toContainText(/0\.\d{3}/);

  // A label: drawn, counted, and part of a new split.
  await window.getByRole("tab", { name: "Labels", exact: true }).click();
  await window.getByRole("button", { name: "Draw a polygon" }).click();
  await window.keyboard.press("2");
  for (const [x, y] of [
    [0.6, 0.7],
    [0.7, 0.7],
    [0.7, 0.8],
  ] as const) {
    const { x: left, y: top } = at(x, y);
    await window.mouse.move(left, top);
    await window.mouse.click(left, top);
    await window.waitForTimeout(80);
  }
  await window.keyboard.press("Enter");
  await expect(window.getByText("49 labels", { exact: true })).toBeVisible();
  await window.keyboard.press("Escape");

  // A training of a few steps, and the map it draws.
  await startTiny(window, { name: "tiny", steps: 4 });
  await expect(window.getByText("Training “tiny” is done.")).toBeVisible();
  await window.getByRole("tab", { name: "Map", exact: true }).click();
  await window.getByRole("button", { name: "New map" }).first().click();
  await window.getByLabel("Name", { exact: true }).fill("first map");
  await window.getByRole("button", { name: "Draw the map" }).click();
  const areas = window.getByRole("region", { name: "Area per class" });
  await expect(areas.getByRole("row", { name: /Total/ })).toContainText("40.96");

  // Export of files for other programs.
  await window.getByRole("tab", { name: "Export", exact: true }).click();
  await window.getByRole("button", { name: "Export", exact: true }).last().click();
  const done = window.getByRole("region", { name: "Exported in this session" }).getByRole("listitem");
  await expect(done).toHaveCount(1);
  const folder = join(projectIn(host.folder), "exports");
  const tif = readdirSync(folder).find((name) => name.endsWith(".tif"))!;
  const info = execFileSync("gdalinfo", [join(folder, tif)], { encoding: "utf8" });
  expect(info).toContain("LAYOUT=COG");
  expect(info).toContain("winter wheat");
  expect(existsSync(join(folder, tif.replace(/\.tif$/, ".qml")))).toBe(true);
});
