import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { methods } from "../src-shared/domain/method.ts";
import { launchOptions } from "./harness/browser.ts";
import { startHost } from "./harness/host.ts";
import { openSample } from "./harness/sample.ts";

// Takes the pictures of the user guide and the README on a real host with the sample: `node e2e/pictures.ts`, after a
// build. It trains and maps for real, so it takes some minutes.
const folder = resolve(import.meta.dirname, "../resources/pictures/guide");
mkdirSync(folder, { recursive: true });

const host = await startHost();
const browser = await chromium.launch(launchOptions);
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "light", locale: "en-GB" });
  // The training takes the processor that the window is drawn with.
  page.setDefaultTimeout(300_000);
  await page.goto(host.address);
  await page.getByRole("main").waitFor();
  await openSample(page, host, "Flanders crops");
  await showSummer(page);
  await tab(page, "Layers");
  await take(page, "workspace");
  await inspect(page);
  await take(page, "inspector");
  await tab(page, "Labels");
  await page.getByRole("tab", { name: "Split", exact: true }).click();
  await splitWithValidation(page);
  await take(page, "labels");
  await train(page);
  await drawMap(page);
  await take(page, "map");
} finally {
  await browser.close();
  await host.close();
}

function tab(page: Page, name: string): Promise<void> {
  return page.getByRole("tab", { name, exact: true }).click();
}

async function take(page: Page, name: string): Promise<void> {
  await page.mouse.move(640, 1);
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(3000);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  console.log(path);
}

/** A clear day of June, when the fields differ most. */
async function showSummer(page: Page): Promise<void> {
  const slider = page.getByRole("slider", { name: "Date", exact: false }).first();
  const box = (await slider.boundingBox())!;
  await page.mouse.click(box.x + box.width * 0.72, box.y + box.height * 0.5);
  const date = async () => Date.parse((await slider.getAttribute("aria-valuetext")) ?? "");
  const wanted = Date.parse("20 Jun 2019");
  for (let step = 0; step < 60 && (await date()) !== wanted; step++) {
    await page.keyboard.press((await date()) > wanted ? "ArrowLeft" : "ArrowRight");
  }
}

/** One pin in a field of wheat, one in the grass. */
async function inspect(page: Page): Promise<void> {
  await tab(page, "Inspector");
  await page.keyboard.press("Control+Shift+i");
  const map = (await page.getByRole("main", { name: "Map" }).boundingBox())!;
  await page.mouse.click(map.x + map.width * 0.62, map.y + map.height * 0.4);
  await page.waitForTimeout(4000);
}

/** Parcels whole, some of them set aside for validation: the model that does best on them draws the map. */
async function splitWithValidation(page: Page): Promise<void> {
  await page.getByLabel("How to divide").selectOption("polygons");
  await page.getByText("Optimistic split").waitFor({ state: "hidden" });
}

/** A network as it is proposed, and the simple methods beside it. */
async function train(page: Page): Promise<void> {
  await tab(page, "Layers");
  await tab(page, "Train");
  await page.getByRole("button", { name: "Start training" }).click();
  await tab(page, "Charts");
  const edge = page.getByRole("separator", { name: "Bottom dock" });
  await edge.focus();
  for (let step = 0; step < 3; step++) await page.keyboard.press("Shift+ArrowUp");
  await page.getByText(/Training “.*” is done\./).waitFor({ timeout: 900_000 });
  await dismiss(page);
  await take(page, "train");
  for (const method of methods) {
    await page.getByLabel("Method", { exact: true }).selectOption(method);
    await page.getByRole("button", { name: "Start training" }).click();
    await page.getByText(/Training “.*” is done\./).waitFor({ timeout: 300_000 });
    await dismiss(page);
  }
  await page.getByLabel("Method", { exact: true }).selectOption("network");
}

/** The bottom dock about as low as it was before the charts. */
async function lowerDock(page: Page): Promise<void> {
  const usual = 190;
  const edge = page.getByRole("separator", { name: "Bottom dock" });
  await edge.focus();
  const height = async () => Number(await edge.getAttribute("aria-valuenow"));
  for (let step = 0; step < 30 && (await height()) > usual; step++) await page.keyboard.press("ArrowDown");
}

/** Notices that hide a part of the window are no part of the picture. */
async function dismiss(page: Page): Promise<void> {
  const crosses = page.getByRole("button", { name: "Dismiss" });
  // One may leave by itself meanwhile.
  for (let left = await crosses.count(); left > 0; left--)
    await crosses.first().click({ timeout: 2000 }).catch(() => undefined); // biome-ignore format: one line
}

/** With the model that is proposed: the one that wins on the validation part. */
async function drawMap(page: Page): Promise<void> {
  await tab(page, "Map");
  await page.getByRole("button", { name: "New map" }).first().click();
  await page.getByRole("button", { name: "Draw the map" }).click();
  await page.getByRole("region", { name: "Area per class" }).waitFor({ timeout: 600_000 });
  await tab(page, "Time");
  await lowerDock(page);
  // The accuracy measures itself now, and says over the map when it is done.
  await page.waitForTimeout(30_000);
  await dismiss(page);
}
