import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { copySample, expect, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";
import { trainRegression } from "../harness/training.ts";

test.use({ begin: "sample" });

test("a sample is drawn, answered without seeing what the map says, and says in words what it cannot say in figures; parcels get their class", async ({
  window,
  host,
}) => {
  copySample(host);
  const project = await openSample(window, host);
  await trainRegression(window);
  await window.getByRole("button", { name: "Make a map" }).last().click();
  await window.getByLabel("Name", { exact: true }).fill("crops");
  await window.getByRole("button", { name: "Draw the map" }).click();
  const tree = window.getByRole("tree", { name: "Layers" });
  await expect(tree.getByRole("treeitem", { name: "crops", exact: true })).toBeVisible();

  await test.step("places are drawn", async () => {
    await window.getByRole("button", { name: "Draw a sample…" }).click();
    await window.getByLabel("Places", { exact: true }).selectOption({ label: "All alike" });
    await window.getByRole("radiogroup", { name: "How many" }).getByText("By number").click();
    await window.getByLabel("Places in all").fill("20");
    await window.getByLabel("Places in all").press("Tab");
    await window.getByRole("button", { name: "Draw the places" }).click();
    await expect(window.getByText("0 of 20 answered")).toBeVisible();
  });

  const dock = window.getByRole("region", { name: "Right dock" });
  await test.step("while they are answered, tree, inspector, context menu and tools say nothing of the map", async () => {
    await window.getByRole("button", { name: "Answer places" }).click();
    await expect(window.getByText("Place 1 of 20")).toBeVisible();
    await expect(tree.getByRole("treeitem", { name: "crops", exact: true })).toHaveCount(0);
    await expect(tree.getByRole("treeitem", { name: "Sentinel-2" })).toBeVisible();
    await dock.getByRole("tab", { name: "Inspector" }).click();
    await expect(dock.getByText("Locked while you answer")).toBeVisible();
    await dock.getByRole("tab", { name: "Map", exact: true }).click();
    await window.locator(".map-view .target").click({ button: "right" });
    const menu = window.getByRole("menu");
    await expect(menu.getByRole("menuitem", { name: "Centre the map here" })).toBeVisible();
    await expect(menu.getByRole("menuitem", { name: /Inspect/ })).toHaveCount(0);
    await window.keyboard.press("Escape");
    await window.keyboard.press("Control+Shift+I");
    await expect(window.getByRole("button", { name: "Pan", exact: true })).toHaveAttribute("aria-pressed", "true");
  });

  await test.step("a key answers and goes on; some stay open", async () => {
    await dock.getByText("What is here?").click();
    for (let place = 2; place <= 16; place++) {
      await window.keyboard.press("1");
      await expect(window.getByText(`Place ${place} of 20`)).toBeVisible();
    }
    await window.keyboard.press("Space");
    await expect(window.getByText("Place 17 of 20")).toBeVisible();
    await window.getByRole("button", { name: "Stop and show maps" }).click();
    await expect(tree.getByRole("treeitem", { name: "crops", exact: true })).toBeVisible();
  });

  await test.step("the estimate: figures where answers differ, words where they do not", async () => {
    await expect(window.getByText("16 of 20 answered")).toBeVisible();
    const result = window.getByRole("region", { name: "Accuracy and areas" });
    await expect(result.getByText("From 15 answered places.", { exact: false })).toBeVisible();
    await expect(result).toContainText("4 places are open");
    await expect(result).toContainText("1 place could not be told");
    // Everything was called wheat, so that no place that is mapped as wheat is wrong.
    await expect(result).toContainText(/No error was found .+ winter wheat \d+% \(\d+ places?\)\. 59 places/);
    await expect(result.getByRole("table")).not.toContainText("± 0");
  });

  await test.step("one class per parcel, as a GeoPackage and as a table", async () => {
    await dock.getByRole("tab", { name: "Export", exact: true }).click();
    await dock.getByText("One class per parcel").click();
    await dock.getByRole("button", { name: "Choose a file of polygons…" }).click();
    const picker = window.getByRole("dialog").last();
    await picker.getByText("imagery", { exact: true }).dblclick();
    await expect(picker.getByText(/\/imagery$/)).toBeVisible();
    await picker.getByText("parcels.gpkg", { exact: true }).click();
    await picker.getByRole("button", { name: "Open", exact: true }).click();
    await dock.getByRole("button", { name: "Export", exact: true }).click();
    await expect(window.getByRole("region", { name: "Exported in this session" }).getByRole("listitem")).toHaveCount(1);
    const folder = join(project, "exports");
    const file = (ending: string) => join(folder, readdirSync(folder).find((name) => name.endsWith(ending))!);
    const about = execFileSync("ogrinfo", ["-so", "-al", file(".gpkg")], { encoding: "utf8" });
    expect(about).toContain("Feature Count: 48");
    for (const column of ["map_class", "map_share", "map_confidence", "field_ha"])
      expect(about).toMatch(new RegExp(`^${column}`, "m"));
    expect(readFileSync(file(".csv"), "utf8").trim().split("\n")).toHaveLength(49);
  });
});
