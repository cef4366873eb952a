import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "../harness/journey.ts";

const sample = resolve(import.meta.dirname, "../../resources/sample/flanders-crops-2019");
const image = (date: string) => join(sample, "S2_L2A_10m", `S2_L2A_10m_${date}.tif`);

/** The same pixels in a file that names no coordinate system. */
function withoutCrs(from: string, to: string): void {
  const code = [
    "import sys; from osgeo import gdal; s = gdal.Open(sys.argv[1])",
    "d = gdal.GetDriverByName('GTiff').Create(sys.argv[2], s.RasterXSize, s.RasterYSize, s.RasterCount, s.GetRasterBand(1).DataType)",
    "d.SetGeoTransform(s.GetGeoTransform()); d.WriteArray(s.ReadAsArray()); d = None",
  ].join("\n");
  execFileSync("/usr/bin/python3", ["-c", code, from, to]);
}

async function chooseFolder(window: Page, name: string): Promise<void> {
  const picker = window.getByRole("dialog").last();
  await picker.getByText(name, { exact: true }).dblclick();
  await expect(picker.getByText(new RegExp(`/${name}$`))).toBeVisible();
  // Ctrl+A is for the list of files, and marks no words of the window.
  await window.keyboard.press("Control+A");
  expect(await window.evaluate(() => getSelection()?.toString())).toBe("");
  await picker.getByRole("button", { name: "Use this folder" }).click();
}

test("own images with an awkward name, another system and no system become a project, and the layers can be taken back", async ({
  window,
  host,
}) => {
  const folder = join(host.folder, "my images");
  mkdirSync(folder);
  const lost = "S2_L2A_20190620 no crs.tif";
  execFileSync("gdalwarp", [
    ...["-q", "-t_srs", "EPSG:4326", "-r", "near"],
    image("20190610T105703"),
    join(folder, "Écran S2_L2A (copie) 20190610.tif"),
  ]);
  withoutCrs(image("20190620T105703"), join(folder, lost));

  await test.step("a new project around the first image", async () => {
    await window.getByRole("button", { name: /New project/ }).click();
    await window.getByText("By coordinates").click();
    for (const [side, value] of [
      ["West", "4.0585"],
      ["East", "4.0675"],
      ["South", "50.7432"],
      ["North", "50.7488"],
    ] as const) {
      await window.getByLabel(new RegExp(`^${side}`)).fill(value);
      await window.getByLabel(new RegExp(`^${side}`)).blur();
    }
    await expect(window.getByText("WGS 84 / UTM zone 31N")).toBeVisible();
    await window.getByRole("button", { name: "Continue" }).click();
    await expect(window.getByText("EPSG:32631 – WGS 84 / UTM zone 31N").first()).toBeVisible();
    await window.getByRole("button", { name: "Continue" }).click();
    // Nothing is typed yet: it is said at the field, and nothing is lost.
    await window.getByRole("button", { name: "Create project" }).click();
    await expect(window.getByText("Give the project a name.")).toBeVisible();
    await window.getByLabel("Name", { exact: true }).fill("My fields");
    await expect(window.getByLabel("Folder", { exact: true })).toHaveValue(/My-fields$/);
    await window.getByRole("button", { name: "Create project" }).click();
    await expect(window.getByText("No imagery yet")).toBeVisible();
  });

  await test.step("the dry look names what is missing, and asks for it there", async () => {
    await window.keyboard.press("Control+Shift+R");
    await window.getByRole("button", { name: "Add folder…" }).click();
    await chooseFolder(window, "my images");
    await expect(window.getByText("1 file cannot be added as it is.", { exact: false })).toBeVisible();
    await expect(window.getByRole("button", { name: "Add 1 image" })).toBeEnabled();
    await window.getByText(lost, { exact: true }).click();
    await expect(window.getByText("This file names no coordinate system.", { exact: false })).toBeVisible();
    await window.getByRole("button", { name: "Use the project’s system, EPSG:32631" }).click();
    await expect(window.getByText("cannot be added as it is", { exact: false })).toBeHidden();
    await expect(window.getByText("series of 2 dates", { exact: false })).toBeVisible();
    await window.getByRole("button", { name: "Add 2 images" }).click();
    await expect(window.getByText("2 images added.")).toBeVisible();
  });

  const group = window.getByRole("treeitem", { name: "Sentinel-2" });
  await test.step("the layers stand in the tree; one is removed and comes back", async () => {
    await expect(group).toContainText("2 dates");
    await group.focus();
    await window.keyboard.press("ArrowRight");
    await window.getByRole("treeitem", { name: "20 Jun 2019" }).click();
    await window.keyboard.press("Delete");
    await expect(window.getByText("1 layer removed.", { exact: false })).toBeVisible();
    await expect(window.getByRole("treeitem", { name: "20 Jun 2019" })).toHaveCount(0);
    await window.keyboard.press("Control+z");
    await expect(window.getByRole("treeitem", { name: "20 Jun 2019" })).toBeVisible();
  });

  await test.step("its properties are those of the file", async () => {
    await window.getByRole("treeitem", { name: "20 Jun 2019" }).click();
    await window.keyboard.press("Enter");
    await window.getByRole("tab", { name: "Files" }).click();
    await expect(window.getByText("(chosen by you)", { exact: false })).toBeVisible();
    await expect(window.getByText("64 × 64").first()).toBeVisible();
    await window.keyboard.press("Escape");
  });

  await test.step("the modality says what is doubtful, and follows a change and its undo", async () => {
    await window.getByRole("tab", { name: "Modalities" }).click();
    await expect(window.getByText("2 dates have no cloud mask", { exact: false })).toBeVisible();
    await expect(window.getByText(/covers \d+% of the area/)).toBeVisible();
    await window.getByRole("button", { name: /^s2/ }).click();
    await window.getByLabel("Resampling").selectOption("nearest");
    await expect(window.getByText("changed by you").first()).toBeVisible();
    await window.keyboard.press("Control+z");
    await expect(window.getByText("changed by you")).toHaveCount(0);
  });
});

test("the sample is one click away, and waits with its picture on the start screen afterwards", async ({ window }) => {
  await window.getByRole("button", { name: /Try the sample/ }).click();
  const group = window.getByRole("treeitem", { name: "Sentinel-2" });
  await expect(group).toContainText("72 dates");
  await expect(window.getByRole("treeitem", { name: "Sentinel-1" })).toContainText("80 dates");
  await window.keyboard.press("Control+Shift+W");
  const card = window.getByRole("article").filter({ hasText: "Flanders crops 2019" });
  await expect(card.locator("img")).toBeVisible();
  await expect(card).toContainText("152 images");
  await card.getByRole("button", { name: /^Open/ }).click();
  await expect(group).toBeVisible();
});
