import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expect, listenForComplaints, test } from "../harness/journey.ts";
import { startHostWithSample } from "../harness/sample-host.ts";

// Files and folders that cannot be used: a sentence where the person is, details in a fold, and nothing typed is lost.

const root = resolve(import.meta.dirname, "../..");
const sample = join(root, "resources/sample/flanders-crops-2019");
const image = join(sample, "S2_L2A_10m/S2_L2A_10m_20190416T105658.tif");

/** The sentence stands in `place`, and what lies behind it can be unfolded and copied. */
async function refusal(place: Locator, sentence: RegExp, code: string): Promise<void> {
  const alert = place.getByRole("alert").filter({ hasText: sentence });
  await expect(alert).toBeVisible();
  await alert.getByRole("button", { name: "Details" }).click();
  await expect(alert.locator("pre")).toContainText(`"code": "${code}"`);
  await expect(alert.getByRole("button", { name: "Copy" })).toBeVisible();
}

/** Chooses a file of the folder “bad” in the picker, wherever the picker is. */
async function pick(window: Page, name: string): Promise<void> {
  const picker = window.getByRole("dialog").last();
  const file = picker.getByText(name, { exact: true }).first();
  const folder = picker.getByText("bad", { exact: true }).first();
  await file.or(folder).first().waitFor();
  if (!(await file.isVisible())) await folder.dblclick();
  await file.dblclick();
}

test("files that cannot be used are refused where they were chosen", async ({ page: window }) => {
  const { host } = await startHostWithSample();
  const complaints = listenForComplaints(window);
  const bad = join(host.folder, "bad");
  mkdirSync(bad);
  const whole = readFileSync(image);
  writeFileSync(join(bad, "S2_L2A_20190416.tif"), whole.subarray(0, whole.length / 3));
  copyFileSync(image, join(bad, "S2_L2A_20190417.tif"));
  const elsewhere = [[3, 50], [3.001, 50], [3.001, 50.001], [3, 50.001], [3, 50]]; // biome-ignore format: one ring
  const field = { type: "Feature", properties: { crop: "wheat" }, geometry: { type: "Polygon", coordinates: [elsewhere] } }; // biome-ignore format: one line
  writeFileSync(join(bad, "fields.geojson"), JSON.stringify({ type: "FeatureCollection", features: [field] }));
  writeFileSync(join(bad, "model.zip"), whole.subarray(0, 3000));
  await window.goto(host.address);
  await window.getByRole("treeitem", { name: "Sentinel-2" }).waitFor();

  await test.step("an image that is cut off", async () => {
    await window.keyboard.press("Control+Shift+R");
    const dialog = window.getByRole("dialog", { name: "Add images" });
    await dialog.getByRole("button", { name: "Add folder…" }).click();
    const picker = window.getByRole("dialog").last();
    await picker.getByText("bad", { exact: true }).dblclick();
    await expect(picker.getByText("S2_L2A_20190416.tif")).toHaveCount(0);
    await picker.getByRole("button", { name: "Use this folder" }).click();
    await dialog.getByText("S2_L2A_20190416.tif", { exact: true }).first().click();
    await refusal(dialog, /is cut off: it ends before its pixels do/, "raster-truncated");
    // It blocks nothing: the file that is whole can be added without it.
    await expect(dialog.getByText("1 file cannot be added as it is.", { exact: false })).toBeVisible();
    // Closed and opened again, everything that was decided is there.
    await window.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await window.keyboard.press("Control+Shift+R");
    await dialog.getByRole("button", { name: "Leave them out" }).click();
    await expect(dialog.getByText("cannot be added as", { exact: false })).toBeHidden();
    await window.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
  });

  await test.step("polygons outside of the project", async () => {
    await window.getByRole("tab", { name: "Labels", exact: true }).click();
    await window.getByRole("button", { name: "Import labels" }).click();
    const wizard = window.getByRole("dialog", { name: "Import labels" });
    await wizard.getByRole("button", { name: "Choose a file" }).click();
    await pick(window, "fields.geojson");
    await expect(wizard).toContainText("1 polygon");
    await wizard.getByRole("button", { name: "Next" }).click();
    await wizard.getByRole("button", { name: "Next" }).click();
    await refusal(wizard, /None of the shapes of .* touches the project’s area/, "labels-outside");
    await wizard.getByRole("button", { name: "Back" }).click();
    await expect(wizard).toContainText("wheat");
    await window.keyboard.press("Escape");
    await expect(wizard).toBeHidden();
  });

  await test.step("a model package that is cut off", async () => {
    await window.getByRole("tab", { name: "Map", exact: true }).click();
    await window.getByRole("button", { name: "Import a model" }).click();
    await window.getByRole("menuitem", { name: /\.zip/ }).click();
    await pick(window, "model.zip");
    await refusal(window.getByRole("region", { name: "Notifications" }), /model\.zip/, "model-package-damaged");
  });

  await test.step("coordinates that are none", async () => {
    await window.keyboard.press("Control+g");
    const dialog = window.getByRole("dialog", { name: "Go to coordinates" });
    const where = dialog.getByRole("textbox").first();
    await where.fill("behind the church");
    await where.press("Enter");
    await expect(dialog).toContainText("These coordinates could not be read.");
    await expect(where).toHaveValue("behind the church");
  });
  expect(complaints).toEqual([]);
  await host.close();
});

test("a project that is held, one that is gone, and a disk that is full", async ({ page: window }) => {
  const { host, folder } = await startHostWithSample();
  await window.goto(host.address);
  await window.getByRole("treeitem", { name: "Sentinel-2" }).waitFor();
  await window.keyboard.press("Control+Shift+W");
  const card = window.getByRole("article").filter({ hasText: "Flanders crops 2019" });
  await card.waitFor();

  await test.step("another process writes in it: it is opened for reading", async () => {
    const words = ["pretrain", folder, "encoder", "--steps", "5000", "--json"];
    const writer = spawn(process.execPath, [join(root, "src-main/hosts/cli/main.ts"), ...words], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise((said) => writer.stdout.once("data", said));
    await card.getByRole("button", { name: /^Open/ }).click();
    const welcome = window.getByRole("main");
    await refusal(welcome, /is open for writing in “omnisat pretrain”/, "project-in-use");
    await welcome.getByRole("alert").getByRole("button", { name: "Open for reading only" }).click();
    await expect(window.getByText("Read only", { exact: true })).toBeVisible();
    await window.getByRole("treeitem", { name: "Sentinel-2" }).waitFor();
    await window.keyboard.press("Control+Shift+W");
    await card.waitFor();
    const ended = new Promise((gone) => writer.once("exit", gone));
    writer.kill("SIGKILL");
    await ended;
  });

  await test.step("its folder was moved: the list says so", async () => {
    renameSync(folder, `${folder} moved`);
    await card.getByRole("button", { name: /^Open/ }).click();
    await refusal(window.getByRole("main"), /there is no project\.omniproj in it/, "project-not-found");
    await expect(card).toContainText("Folder not found");
  });

  await test.step("a new project on a full disk: the form keeps what was typed", async () => {
    const disk = join(host.folder, "small disk");
    mkdirSync(disk);
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk]).status === 0;
    try {
      await window.getByRole("button", { name: /New project/ }).click();
      await window.getByRole("button", { name: "Continue" }).click();
      await expect(window.getByRole("alert")).toContainText("Draw a rectangle on the map");
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
      await window.getByRole("button", { name: "Continue" }).click();
      await window.getByLabel("Name", { exact: true }).fill("Hedges 2024");
      const where = window.getByLabel("Folder", { exact: true });
      await expect(where).toHaveValue(/Hedges-2024$/);
      // Where no disk can be mounted, a folder that is not allowed is used instead.
      const to = mounted ? join(disk, "hedges") : "/proc/hedges";
      await where.fill(to);
      await window.getByRole("button", { name: "Create project" }).click();
      const form = window.locator("form");
      await refusal(form, mounted ? /disk|space/ : /not|allow/, mounted ? "no-disk-space" : "path-not-allowed");
      await expect(window.getByLabel("Name", { exact: true })).toHaveValue("Hedges 2024");
      await expect(where).toHaveValue(to);
    } finally {
      if (mounted) spawnSync("umount", [disk]);
    }
  });
  await host.close();
});
