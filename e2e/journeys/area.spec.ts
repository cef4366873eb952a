import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "../harness/journey.ts";
import { openFolder, openSample } from "../harness/sample.ts";
import { openSecondWindow } from "../harness/second-window.ts";

const image = resolve(
  import.meta.dirname,
  "../../resources/sample/flanders-crops-2019/S2_L2A_10m/S2_L2A_10m_20190426T105659.tif",
);
const [west, north] = [574_680, 5_622_440];

/** Metres from the middle of the view, as the status bar shows it while the pointer is elsewhere. */
async function away(window: Page, [east, north]: readonly [number, number]): Promise<number> {
  await window.mouse.move(700, 2);
  const text = await window.getByTestId("coordinates").locator(".figures").innerText();
  const [x, y] = text.trim().split(/\s+/).map(Number) as [number, number];
  return Math.hypot(x - east, y - north);
}

test("the area of a project is drawn, shown with its figures, hidden, and taken back by undo", async ({
  window,
  host,
}) => {
  await openSample(window, host);
  const properties = async () => {
    await window
      .getByRole("banner")
      .getByRole("button", { name: /Flanders/ })
      .click();
    await window.getByRole("menuitem", { name: "Project properties…" }).click();
    return window.getByRole("dialog", { name: "Project properties" });
  };
  const dialog = await properties();
  await expect(dialog).toContainText("40.96 ha 4,096 patches");
  await expect(dialog.getByRole("button", { name: "Use the whole box" })).toHaveCount(0);
  await dialog.getByRole("button", { name: "Draw a polygon" }).click();
  await expect(dialog).toBeHidden();
  const map = (await window.getByRole("main", { name: "Map" }).boundingBox())!;
  const corners = [[0.35, 0.3], [0.6, 0.3], [0.6, 0.6]] as const; // biome-ignore format: a ring
  for (const [x, y] of corners) await window.mouse.click(map.x + map.width * x, map.y + map.height * y);
  await window.mouse.dblclick(map.x + map.width * 0.35, map.y + map.height * 0.6);
  await expect(dialog).toContainText("the project ends at polygons");
  const patches = Number(/(\d[\d,]*) patches/.exec((await dialog.textContent()) ?? "")![1]!.replace(",", ""));
  expect(patches).toBeGreaterThan(20);
  expect(patches).toBeLessThan(4096);
  await dialog.getByRole("button", { name: "Close" }).last().click();
  const layer = window.getByRole("treeitem", { name: /Area of the project/ });
  await expect(layer).toBeVisible();
  await layer.getByRole("button", { name: "Hide" }).click();
  await expect(layer.getByRole("button", { name: "Show" })).toBeVisible();
  await window.keyboard.press("Control+z");
  await expect(layer.getByRole("button", { name: "Hide" })).toBeVisible();
  await window.keyboard.press("Control+z");
  await expect(layer).toBeHidden();
  await expect(await properties()).toContainText("40.96 ha 4,096 patches");
});

test("of many places one is found by its number, and a layer of them is zoomed to", async ({ window, host }) => {
  const folder = join(mkdtempSync(join(host.folder, "tiles-")), "project");
  const images = join(host.folder, "tiles");
  mkdirSync(images);
  // 16 squares of 80 m, 160 m apart.
  for (let row = 0; row < 4; row++)
    for (let column = 0; column < 4; column++)
      execFileSync("gdal_translate", ["-q", "-srcwin", String(column * 16), String(row * 16), "8", "8", image, join(images, `S2_L2A_10m_20190426T105659_${row}${column}.tif`)]); // biome-ignore format: one call
  const maker = await openSecondWindow(host.address);
  await maker.invoke("project.create", { folder, area: { like: [images] } });
  await maker.invoke("rasters.import", { paths: [images] });
  maker.close();
  await openFolder(window, folder);
  await window.getByRole("button", { name: "Go to a place with images" }).click();
  const search = window.getByRole("searchbox", { name: "Number of the place" });
  await expect(search).toBeFocused();
  await search.fill("7");
  await expect(window.getByRole("menuitem")).toHaveText([/Place 7 · 6,400 m²/]);
  await search.fill("77");
  await expect(window.getByText("Nothing matches “77”.")).toBeVisible();
  await search.fill("7");
  await window.keyboard.press("Enter");
  // The second row's third square, from the north-west.
  const seventh = [west + 2 * 160 + 40, north - 160 - 40] as const;
  await expect.poll(() => away(window, seventh)).toBeLessThan(5);

  // All of the layer's images, to their edges. A menu that keys opened begins on its first line.
  await window
    .getByRole("treeitem", { name: /Sentinel-2/ })
    .first()
    .press("ContextMenu");
  await expect(window.getByRole("menuitem").first()).toBeFocused();
  await window.getByRole("menuitem", { name: "Zoom to layer" }).click();
  await expect.poll(() => away(window, [west + 280, north - 280])).toBeLessThan(5);
});
