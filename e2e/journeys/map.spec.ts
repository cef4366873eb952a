import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";

test.use({ begin: "sample" });

const date = "22 Nov 2019";
const file = "imagery/S2_L2A_10m/S2_L2A_10m_20191122T105656.tif";
const corner = { x: 574680, y: 5622440 };
const side = 640;

/** The position that the status bar shows for a place on screen. */
async function positionAt(window: Page, x: number, y: number): Promise<readonly [number, number]> {
  await window.mouse.move(x, y);
  await window.mouse.move(x + 1, y);
  await window.mouse.move(x, y);
  const text = await window.getByTestId("coordinates").locator(".figures").innerText();
  const [east, north] = text.trim().split(/\s+/).map(Number) as [number, number];
  return [east, north];
}

/** Colours of the map at places of the project's CRS, from one picture of the window. */
async function colorsAt(window: Page, places: readonly (readonly [number, number])[]): Promise<number[][]> {
  const box = (await window.getByRole("application").boundingBox())!;
  const [x0, y0] = [box.x + box.width * 0.3, box.y + box.height * 0.3];
  const [x1, y1] = [box.x + box.width * 0.7, box.y + box.height * 0.7];
  const [e0, n0] = await positionAt(window, x0, y0);
  const [e1, n1] = await positionAt(window, x1, y1);
  const pixels = places.map(([east, north]) => [
    Math.round(x0 + ((east - e0) / (e1 - e0)) * (x1 - x0)),
    Math.round(y0 + ((north - n0) / (n1 - n0)) * (y1 - y0)),
  ]);
  const picture = (await window.screenshot()).toString("base64");
  return window.evaluate(
    async ([data, spots]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data as string}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.width;
      canvas.height = image.height;
      const context = canvas.getContext("2d")!;
      context.drawImage(image, 0, 0);
      return (spots as number[][]).map(([x, y]) => [...context.getImageData(x!, y!, 1, 1).data.slice(0, 3)]);
    },
    [picture, pixels],
  );
}

/** What GDAL reads there, as natural colour between reflectance 0 and 0.22. */
function expectedColors(path: string, places: readonly (readonly [number, number])[]): number[][] {
  const input = places.map((place) => place.join(" ")).join("\n");
  const read = (band: number) =>
    execFileSync("gdallocationinfo", ["-valonly", "-geoloc", "-b", String(band), path], { input, encoding: "utf8" })
      .trim()
      .split("\n")
      .map(Number);
  const bands = [3, 2, 1].map(read);
  return places.map((_, i) =>
    bands.map((values) => Math.round(255 * Math.min(1, Math.max(0, (values[i]! * 0.0001) / 0.22)))),
  );
}

/** The sample without labels over it, and nothing on its way. */
async function bareSample(window: Page, folder: Promise<string>): Promise<string> {
  const opened = await folder;
  await expect(window.getByRole("slider", { name: "Date" })).toHaveAttribute("aria-valuetext", date);
  const labels = window.getByRole("treeitem", { name: /^Labels/ }).first();
  await labels.focus();
  await labels.press("Space");
  return opened;
}

test("the first view is the image to its edges, asked for once per tile, and dates and indices come the same way", async ({
  window,
  host,
}) => {
  const tiles: string[] = [];
  window.on("request", (request) => {
    if (request.url().includes("/tile/")) tiles.push(request.url());
  });
  const folder = await bareSample(window, openSample(window, host));
  // Centres of pixels all over the image, its corner pixels first.
  const places: [number, number][] = [];
  for (const row of [0, 7, 20, 33, 46, 63]) {
    for (const col of [0, 9, 23, 37, 51, 63]) places.push([corner.x + 10 * col + 5, corner.y - 10 * row - 5]);
  }
  const wanted = expectedColors(join(folder, file), places);
  const worst = async () => {
    const seen = await colorsAt(window, places);
    return Math.max(...seen.flatMap((color, i) => color.map((value, band) => Math.abs(value - wanted[i]![band]!))));
  };
  await expect.poll(worst).toBeLessThanOrEqual(4);
  // Just outside of it there is ground.
  const [outside] = await colorsAt(window, [[corner.x - 12, corner.y - side / 2]]);
  expect(Math.min(...outside!)).toBeGreaterThan(200);

  // No tile was asked for more than once per layer, and there are not more than four requests per tile on screen.
  const addresses = tiles.map((url) => /\/tile\/[^/]+\/(\d+\/-?\d+\/-?\d+)/.exec(url)![1]!);
  expect(new Set(tiles).size).toBe(tiles.length);
  expect(tiles.length / new Set(addresses).size).toBeLessThanOrEqual(4);

  // Styling: another combination asks for tiles, gamma does not.
  await window
    .getByRole("treeitem", { name: /^Sentinel-2/ })
    .first()
    .click({ button: "right" });
  await window.getByRole("menuitem", { name: /^Style/ }).click();
  // The style is beside the map and not over it, with the values of what is shown.
  await expect(window.getByRole("dialog")).toHaveCount(0);
  await expect(window.getByRole("img", { name: "Histogram of B04", exact: false })).toBeVisible();
  const before = tiles.length;
  await window.getByLabel("Gamma").focus();
  await window.keyboard.press("ArrowRight");
  await window.keyboard.press("ArrowRight");
  await expect(window.getByRole("radio", { name: "Usual" })).toBeChecked();
  await window.getByRole("combobox", { name: "Show", exact: true }).selectOption({ label: "NDVI – green vegetation" });
  await expect.poll(() => tiles.some((url) => url.includes("bands=B08,B04"))).toBe(true);
  expect(tiles.slice(before).filter((url) => !url.includes("bands=B08,B04"))).toEqual([]);
});

test("coordinates, scale, measuring, bookmarks and going somewhere agree with each other", async ({ window, host }) => {
  await bareSample(window, openSample(window, host));
  const map = window.getByRole("application");
  const box = (await map.boundingBox())!;

  // A length is what the coordinates of its ends say, on the ground instead of in the grid (scale 0.9996 near the meridian).
  const [a, b] = [
    [box.x + 250, box.y + 200],
    [box.x + 470, box.y + 340],
  ] as const;
  const from = await positionAt(window, ...a);
  const to = await positionAt(window, ...b);
  await window.keyboard.press("Control+Shift+M");
  await window.mouse.click(...a);
  await window.waitForTimeout(350);
  await window.mouse.dblclick(...b);
  const text = await window.getByTestId("measured").innerText();
  const measured = Number(/[\d.,]+/.exec(text)![0].replaceAll(",", ""));
  const grid = Math.hypot(to[0] - from[0], to[1] - from[1]);
  expect(Math.abs(measured / grid - 1)).toBeLessThan(0.005);
  await window.getByRole("button", { name: "End measuring" }).click();

  // A scale that is typed, a place that is typed.
  const scale = window.getByLabel("Scale", { exact: true });
  await scale.fill("1:10 000");
  await scale.press("Enter");
  await expect(scale).toHaveValue("1:10,000");
  await map.focus();
  await window.keyboard.press("Control+g");
  await window.getByLabel("Coordinates", { exact: true }).fill("574900 5622200");
  await expect(window.getByText(/Understood as/)).toBeVisible();
  await window.keyboard.press("Enter");
  const middle = [box.x + box.width / 2, box.y + box.height / 2] as const;
  await expect
    .poll(async () => {
      const [x, y] = await positionAt(window, ...middle);
      return Math.hypot(x - 574900, y - 5622200);
    })
    .toBeLessThan(6);

  // Notations: the project's, degrees, seconds, and the project's again.
  const coordinates = window.getByTestId("coordinates");
  await coordinates.click();
  await expect(coordinates).toContainText(/50\.7\d+° N\s+4\.0\d+° E/);
  await coordinates.click();
  await expect(coordinates).toContainText(/50° 4\d′ \d\d(\.\d)?″ N/);
  await coordinates.click();
  await expect(coordinates).not.toContainText("°");

  // A bookmark brings the view back; undo takes the bookmark away.
  await map.focus();
  await window.keyboard.press("Control+b");
  await window.getByLabel("Name", { exact: true }).fill("Farm yard");
  await window.keyboard.press("Enter");
  await expect(window.getByRole("dialog", { name: "Bookmarks" })).toBeHidden();
  await map.focus();
  await window.keyboard.press("Control+Shift+F");
  await expect(scale).not.toHaveValue("1:10,000");
  await window.getByRole("button", { name: "Bookmarks" }).click();
  await window.getByRole("menuitem", { name: "Farm yard" }).click();
  await expect(scale).toHaveValue("1:10,000");
  await map.focus();
  await window.keyboard.press("Alt+ArrowLeft");
  await expect(scale).not.toHaveValue("1:10,000");
  await map.focus();
  await window.keyboard.press("Control+z");
  await window.getByRole("button", { name: "Bookmarks" }).click();
  await expect(window.getByRole("menuitem", { name: "Farm yard" })).toBeHidden();
});
