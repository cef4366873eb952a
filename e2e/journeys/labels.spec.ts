import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { copySample, expect, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";

test.use({ begin: "sample" });

/** Where a share of the map's width and height lies on the page. */
async function placesOn(window: Page) {
  const box = (await window.locator(".ol-viewport").first().boundingBox())!;
  return (x: number, y: number): [number, number] => [box.x + box.width * x, box.y + box.height * y];
}

async function drawPolygon(window: Page, corners: readonly (readonly [number, number])[]): Promise<void> {
  const at = await placesOn(window);
  for (const [x, y] of corners) {
    await window.mouse.move(...at(x, y));
    await window.mouse.click(...at(x, y));
    // Two clicks at once would be a double click, which ends.
    await window.waitForTimeout(80);
  }
  await window.keyboard.press("Enter");
}

const triangle = [
  [0.6, 0.7],
  [0.7, 0.7],
  [0.7, 0.8],
] as const;
const bowTie = [
  [0.3, 0.3],
  [0.45, 0.45],
  [0.45, 0.3],
  [0.3, 0.45],
] as const;

const classRow = (window: Page, name: string) => window.getByRole("radio", { name: new RegExp(name) });
const total = (window: Page, count: number) =>
  expect(window.getByText(`${count} labels`, { exact: true })).toBeVisible();

/** The docks come back as they were a moment after the project opened: an earlier click may be undone by that. */
const showLabels = (window: Page, count: number) =>
  expect(async () => {
    await window.getByRole("tab", { name: "Labels", exact: true }).click();
    await expect(window.getByText(`${count} labels`, { exact: true })).toBeVisible({ timeout: 4_000 });
  }).toPass();

test("a label is drawn, stored at once, reshaped by keys and by undo, and is there after a reload", async ({
  window,
  host,
}) => {
  await openSample(window, host);
  await showLabels(window, 48);
  await window.getByRole("button", { name: "Draw a polygon" }).click();
  await window.keyboard.press("2");
  await expect(classRow(window, "maize")).toHaveAttribute("aria-checked", "true");
  await drawPolygon(window, triangle);
  await total(window, 49);
  await expect(classRow(window, "maize")).toContainText("5");

  // An outline that crosses itself is refused with its sentence; it stays until it is given up.
  await drawPolygon(window, bowTie);
  const bar = window.getByRole("status", { name: "Active tool" });
  await expect(bar).toContainText("crosses itself");
  await bar.getByRole("button", { name: "Discard" }).click();
  await expect(bar).toContainText("Click corner by corner");
  await total(window, 49);

  // The select tool takes it, a number key changes its class, undo takes that back.
  await window.getByRole("button", { name: "Select labels" }).click();
  const at = await placesOn(window);
  await window.mouse.click(...at(0.68, 0.73));
  const selected = window.getByRole("region", { name: "Selection" });
  await expect(selected.getByRole("combobox", { name: "Class" })).toHaveValue(/.+/);
  await window.keyboard.press("1");
  await expect(classRow(window, "winter wheat")).toContainText("5");
  await window.keyboard.press("Control+z");
  await expect(classRow(window, "winter wheat")).toContainText("4");
  await selected.getByLabel("Valid from").fill("2019-01-01");
  await selected.getByLabel("Valid from").press("Tab");

  await window.reload();
  await showLabels(window, 49);
  await window.getByRole("button", { name: "Select labels" }).click();
  const again = await placesOn(window);
  await window.mouse.click(...again(0.68, 0.73));
  await expect(window.getByRole("region", { name: "Selection" }).getByLabel("Valid from")).toHaveValue("2019-01-01");
  await window.keyboard.press("Delete");
  await total(window, 48);
  // All of it can be taken back, also what was done before the reload.
  for (let step = 0; step < 3; step++) await window.keyboard.press("Control+z");
  await total(window, 48);
  await expect(classRow(window, "maize")).toContainText("4");
});

test("a Shapefile with an awkward name and no CRS is imported step by step, and one undo takes it back", async ({
  window,
  host,
}) => {
  const folder = copySample(host, "my data");
  const path = join(folder, "Été – parcelles (2019).shp");
  execFileSync("ogr2ogr", [
    "-f",
    "ESRI Shapefile",
    path,
    join(folder, "parcels_wgs84.geojson"),
    "-t_srs",
    "EPSG:3035",
    "-lco",
    "ENCODING=UTF-8",
  ]);
  rmSync(path.replace(/\.shp$/, ".prj"));
  await openSample(window, host);
  await showLabels(window, 48);
  await window.getByRole("button", { name: "Import labels" }).click();
  const wizard = window.getByRole("dialog", { name: "Import labels" });
  await wizard.getByRole("button", { name: "Choose a file" }).click();
  const picker = window.getByRole("dialog").last();
  await picker.getByText("my data", { exact: true }).first().dblclick();
  await picker.getByText("Été – parcelles (2019).shp").first().dblclick();
  await expect(wizard).toContainText("names no coordinate system");
  await expect(wizard.getByRole("button", { name: "Next" })).toBeDisabled();
  await wizard.getByRole("combobox", { name: "Coordinate system" }).fill("3035");
  await wizard
    .getByRole("option", { name: /EPSG:3035$/ })
    .first()
    .click();
  await wizard.getByLabel("Field that holds the class").selectOption("class_name");
  await wizard.getByRole("button", { name: "Next" }).click();
  await wizard.getByLabel("Class for not a crop (LC 60/99)").selectOption({ label: "ignored" });
  await wizard.getByRole("button", { name: "Next" }).click();
  await expect(wizard).toContainText("48 polygons in, 19 used");
  await expect(wizard).toContainText("29: their value is ignored");
  await wizard.getByRole("button", { name: "Import 19 labels" }).click();
  await expect(wizard).toContainText("19 labels imported");
  await wizard.getByRole("button", { name: "Show on the map" }).click();
  await expect(window.getByRole("button", { name: "See an instant map" })).toBeVisible();
  await total(window, 67);
  await window.keyboard.press("Control+z");
  await total(window, 48);
});

test("labels are split into squares on the map, and the split follows its settings and undo", async ({
  window,
  host,
}) => {
  await openSample(window, host);
  await showLabels(window, 48);
  await window.getByRole("tab", { name: "Split", exact: true }).click();
  const method = window.getByLabel("How to divide");
  await expect(method).toHaveValue("field");
  await method.selectOption("blocks");
  await expect(window.getByLabel("Side of a square")).toHaveValue("120");
  await method.selectOption("random");
  await expect(window.getByText("Optimistic split")).toBeVisible();
  // A list has no undo of its own: the keys mean the last step also while it has the focus.
  await method.press("Control+z");
  await expect(method).toHaveValue("blocks");
  await expect(window.getByText("Optimistic split")).toBeHidden();
});

test("the table filters and changes classes; a ready legend is taken and edited", async ({ window, host }) => {
  await openSample(window, host);
  await showLabels(window, 48);
  await window.keyboard.press("F6");
  const table = window.getByRole("tabpanel", { name: "Label table" });
  await table.getByRole("searchbox").fill("maize");
  await expect(table).toContainText("4 of 48");
  await table.getByRole("searchbox").fill("");
  await table.getByRole("combobox", { name: "Class" }).first().selectOption({ label: "maize" });
  await expect(table).toContainText("4 of 48");
  await table.getByRole("combobox", { name: "Class" }).last().selectOption({ label: "potatoes" });
  await expect(table).toContainText("3 of 48");
  await expect(classRow(window, "potatoes")).toContainText("2");

  await window.getByRole("button", { name: "Edit the legend" }).click();
  const legends = window.getByRole("dialog", { name: "Legends" });
  await legends.getByRole("button", { name: "Ready legends" }).click();
  await legends.getByRole("button", { name: "Use these classes: CORINE Land Cover" }).click();
  await expect(legends.getByLabel("Name of 111 Continuous urban fabric")).toBeVisible();
  await legends.getByLabel("Code of 111 Continuous urban fabric").fill("2");
  await legends.getByLabel("Code of 111 Continuous urban fabric").press("Tab");
  await expect(legends).toContainText("The code 2 belongs to “112 Discontinuous urban fabric”");
  await window.keyboard.press("Escape");
  await expect(legends).toBeHidden();
  await expect(classRow(window, "523 Sea and ocean")).toBeVisible();
});
