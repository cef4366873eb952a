import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";

test.use({ begin: "sample" });

/** Squares over the sample, each with the shares of its classes, as data sets of tiles come: footprints with columns. */
function writeTiles(path: string, side: number): void {
  const squares = Array.from({ length: 36 }, (_, n) => {
    const [x, y] = [574_680 + (n % 6) * side, 5_622_440 - Math.floor(n / 6) * side];
    const ring = [
      [x, y],
      [x + side, y],
      [x + side, y - side],
      [x, y - side],
      [x, y],
    ];
    const share = (n % 5) / 5;
    return {
      type: "Feature",
      properties: { tile: `tile_${n}`, field: share, meadow: 1 - share, road: n % 3 === 0 ? 0.2 : 0 },
      geometry: { type: "Polygon", coordinates: [ring] },
    };
  });
  const crs = { type: "name", properties: { name: "urn:ogc:def:crs:EPSG::32631" } };
  writeFileSync(path, JSON.stringify({ type: "FeatureCollection", crs, features: squares }));
}

test("labels of tiles are imported with a class renamed, divided, taught, measured and inspected", async ({
  window,
  host,
}) => {
  await openSample(window, host);
  const panel = window.getByRole("region", { name: "Left dock" });
  await expect(async () => {
    await window.getByRole("tab", { name: "Tiles", exact: true }).click({ timeout: 5_000 });
    await expect(panel.getByText("No labelled tiles")).toBeVisible({ timeout: 4_000 });
  }).toPass();

  await test.step("the dialog says what becomes of every entry, and a class gets another name", async () => {
    writeTiles(join(host.folder, "tiles.geojson"), 60);
    await panel.getByRole("button", { name: "Import labels of tiles" }).click();
    const dialog = window.getByRole("dialog", { name: "Import labels of tiles" });
    await dialog.getByRole("button", { name: "Choose a file" }).click();
    await window.getByRole("dialog").last().getByText("tiles.geojson", { exact: true }).dblclick();
    await expect(dialog).toContainText("36 of 36 entries become labelled tiles.");
    await dialog.getByText("Fields, and other names for classes").click();
    const road = dialog.getByLabel("What road becomes");
    await road.fill("track");
    await road.press("Tab");
    await expect(dialog.getByRole("rowheader", { name: "track", exact: true })).toBeVisible();
    const field = dialog.getByLabel("Field with the tiles’ names");
    await field.fill("no such field");
    await field.press("Tab");
    await expect(dialog.getByRole("alert")).toBeVisible();
    await field.fill("tile");
    await field.press("Tab");
    await expect(dialog.getByRole("alert")).toBeHidden();
    await expect(dialog.getByRole("rowheader", { name: "road", exact: true }).first()).toBeVisible();
    await road.fill("track");
    await road.press("Tab");
    await expect(dialog.getByRole("rowheader", { name: "track", exact: true })).toBeVisible();
    await dialog.getByRole("button", { name: "Import 36 tiles" }).click();
    await expect(dialog).toBeHidden();
    await expect(panel.getByText("36 tiles of 60 m")).toBeVisible();
    await expect(panel.getByRole("rowheader", { name: "track" })).toBeVisible();
  });

  await test.step("the tiles are divided", async () => {
    await panel.getByRole("tab", { name: "Split", exact: true }).click();
    await panel.getByLabel("Divide", { exact: true }).selectOption({ label: "tile by tile, at random" });
    await panel.getByRole("button", { name: "Divide the tiles" }).click();
    await expect(panel.getByText("Neighbours of test tiles are trained on", { exact: false })).toBeVisible();
  });

  await test.step("a short training is estimated and taken", async () => {
    await window.getByRole("tab", { name: "Train", exact: true }).click();
    const train = window.getByRole("region", { name: "Right dock" });
    await train.getByText("Tiles", { exact: true }).click();
    await train.getByText("Quick", { exact: true }).click();
    await train.getByRole("checkbox", { name: /^s2/ }).uncheck();
    await train.getByLabel("Name", { exact: true }).fill("holdings");
    await train.locator("summary", { hasText: "Advanced" }).click();
    for (const [label, value] of [
      ["Steps", 6],
      ["Tiles per step", 4],
      ["Dates per tile", 3],
    ] as const) {
      await train.getByLabel(label, { exact: true }).fill(String(value));
      await train.getByLabel(label, { exact: true }).press("Tab");
    }
    const estimate = train.getByRole("region", { name: "What it will take" });
    await expect(estimate).toContainText("parameters");
    await expect(estimate).toContainText(/ s\b/);
    await window.getByRole("button", { name: "Start training" }).click();
    await expect(window.getByText(/Training on tiles “holdings” is done/)).toBeVisible();
  });

  await test.step("its scores stand beside what the commonest classes would get", async () => {
    await panel.getByRole("tab", { name: "Results", exact: true }).click();
    await panel.getByRole("button", { name: "Measure on the test tiles" }).click();
    await expect(panel.getByRole("columnheader", { name: "Micro F1" })).toBeVisible();
    await expect(panel.getByRole("rowheader", { name: /^Always / })).toBeVisible();
  });

  await test.step("the inspector tells the shares of the tile under a pin", async () => {
    await window.getByRole("tab", { name: "Inspector", exact: true }).click();
    await window.keyboard.press("Control+Shift+i");
    const map = (await window.getByRole("main", { name: "Map" }).boundingBox())!;
    await window.mouse.click(map.x + map.width / 2, map.y + map.height / 2);
    const tile = window.getByRole("region", { name: "Tile", exact: true });
    await expect(tile.getByText(/^tile_\d+$/)).toBeVisible();
    await expect(tile.getByRole("rowheader", { name: "meadow" })).toBeVisible();
  });
});
