import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";
import { startTiny } from "../harness/training.ts";

test.use({ begin: "sample" });

const panel = (window: Page, name: string) => window.getByRole("tab", { name, exact: true }).click();

async function draw(window: Page, name: string, overlap: number): Promise<void> {
  await window.getByRole("button", { name: "New map" }).first().click();
  await window.getByLabel("Name", { exact: true }).fill(name);
  const advanced = window.locator("summary", { hasText: "Advanced" });
  await advanced.click();
  await window.getByLabel("Overlap of tiles (patches)").fill(String(overlap));
  await window.getByLabel("Overlap of tiles (patches)").press("Tab");
  await window.getByRole("button", { name: "Draw the map" }).click();
}

/** In the tree of layers: the newer map above the older, and under it its classes by their names. */
async function aboveAndNamed(window: Page, newer: string, older: string): Promise<void> {
  const tree = window.getByRole("tree", { name: "Layers" });
  const names = tree.getByRole("treeitem");
  const at = async (name: string) => (await names.allInnerTexts()).findIndex((text) => text.trim() === name);
  await expect.poll(async () => (await at(newer)) >= 0 && (await at(newer)) < (await at(older))).toBe(true);
  await tree.getByRole("treeitem", { name: newer, exact: true }).click();
  await window.keyboard.press("ArrowRight");
  for (const name of ["winter wheat", "maize"]) await expect(names.getByText(name, { exact: true })).toBeVisible();
  await window.keyboard.press("ArrowLeft");
}

/** Writes what the panel of exports is set to; answers the file's name as the panel shows it. */
async function exported(window: Page): Promise<string> {
  const done = window.getByRole("region", { name: "Exported in this session" }).getByRole("listitem");
  const before = await done.count();
  await window.getByRole("button", { name: "Export", exact: true }).last().click();
  await expect(done).toHaveCount(before + 1);
  return (await done.first().locator("span").nth(1).locator("span").first().textContent())!.trim();
}

test("a model draws a map that grows, is read, compared, exported and deleted", async ({ window, host }) => {
  const project = await openSample(window, host);
  await startTiny(window, { name: "tiny", steps: 4 });
  await expect(window.getByText("Training “tiny” is done.")).toBeVisible();

  await panel(window, "Map");
  await window.getByRole("button", { name: "New map" }).first().click();
  const expected = window.getByRole("region", { name: "Expected accuracy" });
  await expect(expected.getByText("This combination has not been measured yet.")).toBeVisible();
  await expect(window.getByText(/40\.96 ha, \d/)).toBeVisible();
  await window.getByRole("button", { name: "All maps" }).click();

  await draw(window, "first map", 1);
  const areas = window.getByRole("region", { name: "Area per class" });
  // A small map may be done before anybody sees it grow.
  await expect(window.getByRole("progressbar", { name: "Progress of “first map”" }).or(areas).first()).toBeVisible();
  await expect(areas).toBeVisible();
  await expect(areas.getByText("Counted pixels are not an area estimate", { exact: false })).toBeVisible();
  await expect(areas.getByRole("row", { name: /Total/ })).toContainText("40.96");

  // A class is hidden and shown again; the confidence takes the place of the classes.
  const box = window.getByRole("checkbox", { name: "Show “winter wheat”" });
  await box.uncheck();
  await window.getByRole("button", { name: "All", exact: true }).click();
  await expect(box).toBeChecked();
  await window.getByRole("radiogroup", { name: "Show" }).getByText("Confidence").click();
  await expect(window.getByRole("img", { name: /Confidence: 0/ })).toBeVisible();
  await window.getByRole("radiogroup", { name: "Show" }).getByText("Classes").click();

  await window.getByRole("button", { name: "All maps" }).click();
  await draw(window, "second map", 0);
  await expect(areas).toBeVisible();
  await aboveAndNamed(window, "second map", "first map");
  await window.getByRole("button", { name: "All maps" }).click();
  await window.getByRole("button", { name: "Compare…" }).click();
  await window.getByRole("dialog").getByRole("button", { name: "Compare", exact: true }).click();
  const matrix = window.getByRole("region", { name: "Change matrix (ha)" });
  await expect(matrix.getByRole("row").last()).toContainText("40.96");

  await panel(window, "Export");
  const of = window.getByLabel("Of", { exact: true });
  await of.selectOption({ label: "first map" });
  const tif = await exported(window);
  expect(tif).toMatch(/^Flanders-crops-2019_first-map_class_\d{8}_32631\.tif$/);
  const folder = join(project, "exports");
  const bytes = readFileSync(join(project, "maps/first-map/first-map_class.tif"));
  expect(execFileSync("gdalinfo", [join(folder, tif)], { encoding: "utf8" })).toContain("LAYOUT=COG");
  const sums = [join(folder, tif), join(project, "maps/first-map/first-map_class.tif")].map(
    (path) => /Checksum=\d+/.exec(execFileSync("gdalinfo", ["-checksum", path], { encoding: "utf8" }))?.[0],
  );
  expect(sums[0]).toBe(sums[1]);
  expect(readFileSync(join(project, "maps/first-map/first-map_class.tif")).equals(bytes)).toBe(true);

  // The same name again is asked about, and not replaced without a yes.
  await window.getByRole("button", { name: "Export", exact: true }).last().click();
  await window
    .getByRole("dialog", { name: /^Replace/ })
    .getByRole("button", { name: "Cancel" })
    .click();

  await window.getByText("GeoPackage, Shapefile, GeoJSON").click();
  const gpkg = await exported(window);
  const summary = execFileSync("ogrinfo", ["-so", "-al", join(folder, gpkg)], { encoding: "utf8" });
  expect(summary).toMatch(/Feature Count: [1-9]/);
  expect(summary).toMatch(/confidence: Real/);
  await window.getByText("CSV of areas and accuracy").click();
  const csv = await exported(window);
  expect(readFileSync(join(folder, csv), "utf8")).toMatch(/^code,class,pixels,mapped_ha,percent/);

  await window.getByText("PNG or PDF with legend").click();
  await window.getByRole("button", { name: "Lay out the picture…" }).click();
  const page = window.getByRole("dialog", { name: "Picture of the map" });
  await expect(page.getByLabel("Preview of the page")).toBeVisible();
  await page.getByLabel("Scale", { exact: true }).fill("1:5 000");
  await page.getByLabel("Scale", { exact: true }).press("Tab");
  await expect(page.getByText("1:5,000")).toBeVisible();
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await expect.poll(() => readdirSync(folder).filter((name) => name.endsWith(".pdf"))).toHaveLength(1);
  await page.getByText("PNG", { exact: true }).click();
  await expect(page.getByText(/picture_\d{8}_32631\.png/)).toBeVisible();
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await expect.poll(() => readdirSync(folder).filter((name) => name.endsWith(".png"))).toHaveLength(1);
  const [png, pdf] = [".png", ".pdf"].map((end) => readFileSync(join(folder, readdirSync(folder).find((name) => name.endsWith(end))!))); // biome-ignore format: one line
  expect([png!.readUInt32BE(16), png!.readUInt32BE(20)]).toEqual([2339, 1654]);
  expect(pdf!.toString("latin1", 0, 8)).toBe("%PDF-1.4");
  await window.keyboard.press("Escape");

  await panel(window, "Map");
  await window.getByRole("button", { name: "All maps" }).click();
  await window.getByRole("button", { name: /^second map/ }).click();
  await window.getByRole("button", { name: "More" }).last().click();
  await window.getByRole("menuitem", { name: "Delete…" }).click();
  const sure = window.getByRole("dialog", { name: "Delete “second map”?" });
  await expect(sure.getByText("second-map_class.tif", { exact: true })).toBeVisible();
  await sure.getByRole("button", { name: "Delete", exact: true }).click();
  // Behind a modal dialog nothing is found by its role: the list is counted after the deletion.
  await expect(sure).toBeHidden();
  await expect(window.getByRole("button", { name: /^second map/ })).toBeHidden();
  expect(existsSync(join(project, "maps/second-map"))).toBe(false);
});
