import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";

test.use({ begin: "sample" });

const image = resolve(
  import.meta.dirname,
  "../../resources/sample/flanders-crops-2019/S2_L2A_10m/S2_L2A_10m_20190630T105704.tif",
);

/** Points with a number that one date shows: near infrared in per cent, read by GDAL. */
function plots(path: string): void {
  const places = Array.from({ length: 60 }, (_, i) => [
    574_685 + 10 * ((i * 37) % 64),
    5_622_435 - 10 * ((i * 23) % 64),
  ]);
  const told = execFileSync("gdallocationinfo", ["-valonly", "-geoloc", "-b", "4", image], {
    input: places.map((place) => place.join(" ")).join("\n"),
    encoding: "utf8",
  });
  const rows = told.trim().split("\n").map((value, i) => `${places[i]!.join(",")},${Number(value) / 100},32631`); // biome-ignore format: one chain
  writeFileSync(path, ["x,y,cover,epsg", ...rows].join("\n"));
}

test("numbers are imported, learned, measured, mapped and written as a table; two periods are compared", async ({
  window,
  host,
}) => {
  plots(join(host.folder, "plots.csv"));
  const project = await openSample(window, host);
  const dock = window.getByRole("region", { name: "Right dock" });
  await expect(async () => {
    await dock.getByRole("tab", { name: "Numbers" }).click();
    await expect(dock.getByText("No numbers yet")).toBeVisible({ timeout: 4_000 });
  }).toPass();

  await test.step("places with a number: checked, then imported", async () => {
    await dock.getByRole("button", { name: "Import numbers" }).click();
    const dialog = window.getByRole("dialog", { name: "Import numbers" });
    await dialog.getByRole("button", { name: "Choose a file" }).click();
    const picker = window.getByRole("dialog").last();
    await picker.getByText("plots.csv", { exact: true }).click();
    await picker.getByRole("button", { name: "Open", exact: true }).click();
    await dialog.getByLabel("Field with the number").selectOption("cover");
    await dialog.getByLabel("Unit").fill("%");
    await dialog.getByRole("button", { name: "Check" }).click();
    await expect(dialog).toContainText("60 of 60 shapes are used");
    await dialog.getByRole("button", { name: "Import numbers" }).click();
    await expect(dock.getByText(/60 places, .+ to .+%/)).toBeVisible();
  });

  const model = dock.getByRole("article", { name: "cover · ridge", exact: true });
  await test.step("learned and measured on held-out blocks, better than the mean", async () => {
    await dock.getByRole("button", { name: "Train", exact: true }).click();
    await expect(model).toContainText("Measured on 60 held-out places");
    await expect(model.getByRole("row", { name: /Always the mean/ })).toBeVisible();
  });

  await test.step("a table of known and predicted numbers", async () => {
    await model.getByRole("button", { name: "Export known and predicted numbers" }).click();
    await expect(dock.getByLabel("Table", { exact: true })).toHaveValue("numbers");
    await dock.getByRole("button", { name: "Export", exact: true }).click();
    await expect(window.getByRole("region", { name: "Exported in this session" }).getByRole("listitem")).toHaveCount(1);
    const exports = join(project, "exports");
    const [file] = readdirSync(exports);
    expect(file).toContain("cover");
    const lines = readFileSync(join(exports, file!), "utf8").trim().split("\r\n");
    expect([lines.length, lines[0]]).toEqual([61, "known,predicted,error"]);
  });

  await test.step("its map with the unit on the scale", async () => {
    await dock.getByRole("tab", { name: "Numbers" }).click();
    await model.getByRole("button", { name: "Map", exact: true }).click();
    await expect(dock.getByRole("img", { name: /^cover: .+ % – .+ %$/ })).toBeVisible();
  });

  await test.step("the same months of two years", async () => {
    await dock.locator("summary", { hasText: "Change between two periods" }).click();
    await dock.getByRole("button", { name: "Compare", exact: true }).click();
    await expect(dock.getByText(/above the threshold of .+ × usual/)).toBeVisible();
  });
});
