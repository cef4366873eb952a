import { expect, test } from "../harness/journey.ts";

test("places like a clicked one light up and are listed, an unwanted click changes them, and an outline from a click becomes a label", async ({
  window,
}) => {
  /** Versions of the heat map whose tiles were answered. */
  const drawn = new Set<string>();
  window.on("response", (response) => {
    const url = decodeURIComponent(response.url());
    if (url.includes("/tile/similar/") && response.ok()) drawn.add(url.split("v=")[1]!);
  });
  const press = (name: string | RegExp) =>
    window.getByRole("button", typeof name === "string" ? { name, exact: true } : { name }).click();
  await press(/Try the sample/);
  await window
    .getByRole("toolbar", { name: "Map tools" })
    .getByRole("button", { name: "Find places like this" })
    .click();
  await press("Prepare the images");
  await expect(window.getByText("Click a place on the map.", { exact: false })).toBeVisible({ timeout: 110_000 });

  const map = window.locator(".map-view .target");
  const box = (await map.boundingBox())!;
  const at = (x: number, y: number) => ({ position: { x: x * box.width, y: y * box.height } });
  /** Milliseconds from each click to the answer to the last tile of its heat map. */
  const times: number[] = [];
  for (const [i, x] of [0.35, 0.42, 0.5, 0.58, 0.65].entries()) {
    const began = performance.now();
    await map.click(at(x, 0.45));
    await expect.poll(() => drawn.size, { intervals: [5] }).toBe(i + 1);
    times.push(performance.now() - began);
  }
  test.info().annotations.push({
    type: "milliseconds from a click to the heat map",
    description: times.map((time) => time.toFixed(0)).join(", "),
  });
  await expect(window.getByText("5: like this")).toBeVisible();
  await map.click({ ...at(0.5, 0.7), modifiers: ["Shift"] });
  await expect(window.getByText("6: not like this")).toBeVisible();
  await expect.poll(() => drawn.size).toBe(6);
  await press("Start again");
  await map.click(at(0.5, 0.45));
  await expect(window.getByRole("button", { name: /go to this place/ }).first()).toBeVisible();
  await press("Keep as layer");
  await expect(window.getByText("was kept", { exact: false })).toBeVisible();

  await window.getByRole("tab", { name: "Labels" }).click();
  await press("Outline from a click");
  const list = window.getByText(/^48 labels$/);
  await expect(list).toBeVisible();
  await map.click(at(0.45, 0.55));
  await expect(window.getByRole("status", { name: "Active tool" }).getByText(/patches/)).toBeVisible();
  await window.keyboard.press("Enter");
  await expect(window.getByText(/^49 labels$/)).toBeVisible();
  await window.keyboard.press("Control+z");
  await expect(list).toBeVisible();
});
