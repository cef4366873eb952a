import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Clicks } from "../harness/clicks.ts";
import { expect, test } from "../harness/journey.ts";

const sample = resolve(import.meta.dirname, "../../resources/sample/flanders-crops-2019");
/** One acquisition in so many: the journey is about clicks, not about accuracy. */
const spacing = 6;

/** A folder as a person has it: a folder per product, fewer dates than the sample, and the parcels beside them. */
function ownFiles(folder: string): void {
  for (const product of ["S2_L2A_10m", "S2_L2A_20m", "S2_SCL_20m", "S1_GRD_ASC_20m"]) {
    mkdirSync(join(folder, product), { recursive: true });
    const names = readdirSync(join(sample, product)).filter((name) => name.includes("_2019"));
    for (const [index, name] of names.sort().entries())
      if (index % spacing === 0) cpSync(join(sample, product, name), join(folder, product, name));
  }
  cpSync(join(sample, "parcels.gpkg"), join(folder, "parcels.gpkg"));
}

test("from a folder of own images and parcels to four kinds of exports in at most 40 clicks, and nothing typed", async ({
  window,
  host,
}) => {
  ownFiles(join(host.folder, "Fields 2019"));
  const clicks = new Clicks(window);
  const typed: string[] = [];
  await window.exposeFunction("typed", (key: string) => typed.push(key));
  await window.evaluate(() =>
    addEventListener("keydown", ({ key }) => (globalThis as unknown as { typed(key: string): void }).typed(key), true),
  );
  const picker = window.getByRole("dialog").last();

  await test.step("a project around the images, named after their folder", async () => {
    await clicks.button(/New project/);
    await clicks.on(window.getByText("From files"));
    await clicks.button("Choose a folder…");
    await clicks.on(picker.getByText("Fields 2019", { exact: true }));
    await clicks.button("Use this folder");
    await expect(window.getByText("40.96 ha")).toBeVisible();
    await clicks.button("Continue");
    await clicks.button("Continue");
    await expect(window.getByLabel("Name", { exact: true })).toHaveValue("Fields 2019");
    await clicks.button("Create project");
    await clicks.button(/^Add \d+ images/);
    await expect(window.getByText(/images added/)).toBeVisible();
  });

  await test.step("labels from the parcels, split as their field says", async () => {
    await clicks.button("Add labels");
    await clicks.button("Import labels");
    await clicks.button("Choose a file");
    await clicks.twiceOn(picker.getByText("Fields 2019", { exact: true }));
    await expect(picker.getByText(/\/Fields 2019$/)).toBeVisible();
    await clicks.on(picker.getByText("parcels.gpkg", { exact: true }));
    await clicks.on(picker.getByRole("button", { name: "Open", exact: true }));
    await clicks.button("Next");
    await clicks.button("Next");
    await clicks.button("Import 48 labels");
    await clicks.button("Show on the map");
    await clicks.button("Split the labels");
    await clicks.button("Split by this field");
    await expect(window.getByText("Labels and patches per set")).toBeVisible();
  });

  await test.step("a training, its map, and how accurate it is", async () => {
    await clicks.button("Train a model");
    // In seconds; a network takes minutes.
    await clicks.choose(window.getByLabel("Method"), "Logistic regression");
    await clicks.button("Start training");
    await expect(window.getByText(/^Training “.+” is done/)).toBeVisible();
    await clicks.button("Make a map");
    await clicks.button("Draw the map");
    await expect(
      window.getByRole("region", { name: "Area per class" }).getByRole("row", { name: /Total/ }),
    ).toContainText("40.96");
    await expect(window.getByRole("button", { name: "Accuracy: done" })).toBeVisible();
  });

  const done = window.getByRole("region", { name: "Exported in this session" }).getByRole("listitem");
  await test.step("the map, its polygons, the table and the report as files", async () => {
    await clicks.button("Export the map");
    await clicks.button("Export");
    await expect(done).toHaveCount(1);
    for (const [index, kind] of ["Polygons", "Table", "Report"].entries()) {
      await clicks.on(window.getByRole("radiogroup").getByText(kind, { exact: true }));
      await clicks.button("Export");
      await expect(done).toHaveCount(index + 2);
    }
  });

  const folder = join(host.folder, "Fields-2019", "exports");
  const file = (ending: string) => join(folder, readdirSync(folder).find((name) => name.endsWith(ending))!);
  expect(execFileSync("gdalinfo", [file(".tif")], { encoding: "utf8" })).toContain("LAYOUT=COG");
  expect(execFileSync("ogrinfo", ["-so", "-al", file(".gpkg")], { encoding: "utf8" })).toMatch(/Feature Count: [1-9]/);
  expect(readFileSync(file(".csv"), "utf8")).toMatch(/^code,class,/);
  expect(readFileSync(file(".html"), "utf8")).toContain("winter wheat");
  console.log(`From own files to exports: ${clicks.count} clicks.`);
  expect(clicks.count).toBeLessThanOrEqual(40);
  expect(typed).toEqual([]);
});
