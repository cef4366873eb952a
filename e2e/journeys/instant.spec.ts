import { Clicks } from "../harness/clicks.ts";
import { expect, test } from "../harness/journey.ts";

test("from the sample to an instant map in three clicks; a label changes it at once, undo takes it back, and it is kept as a map", async ({
  window,
}) => {
  const clicks = new Clicks(window);
  /** Versions of the tiles of the map that were answered. */
  const drawn = new Set<string>();
  window.on("response", (response) => {
    const url = decodeURIComponent(response.url());
    if (url.includes("/tile/instant:class/") && response.ok()) drawn.add(url.split("v=")[1]!);
  });
  await clicks.button(/Try the sample/);
  await clicks.tab("Labels");
  await clicks.button("Prepare the instant map");
  const card = window.getByRole("region", { name: "Instant map" });
  await expect(card.getByText("Learned 8 classes from 17 labels, 2,662 patches.")).toBeVisible({ timeout: 110_000 });
  await expect.poll(() => drawn.size).toBe(1);
  expect(clicks.count).toBeLessThanOrEqual(12);
  await expect(card.getByText("14 labels for validation or test do not teach it.")).toBeVisible();

  // Without the parcel in the middle one class less is learned, and the map is drawn anew; undo brings both back.
  await clicks.button("Select labels");
  const map = window.locator(".map-view .target");
  const box = (await map.boundingBox())!;
  await map.click({ position: { x: box.width / 2, y: box.height / 2 } });
  await window.keyboard.press("Delete");
  await expect(card.getByText("Learned 7 classes from 16 labels", { exact: false })).toBeVisible();
  await expect.poll(() => drawn.size).toBe(2);
  await window.keyboard.press("Control+z");
  await expect(card.getByText("Learned 8 classes from 17 labels", { exact: false })).toBeVisible();
  await expect.poll(() => drawn.size).toBe(3);

  await card.getByText("Margin", { exact: true }).click();
  await expect(card.getByText("Dark: the second class is nearly as likely. Label there.")).toBeVisible();
  await card.getByText("Instant map", { exact: true }).click();
  await expect(card.getByText("Learned 8 classes", { exact: false })).toBeHidden();
  await card.getByText("Instant map", { exact: true }).click();

  await clicks.button("Keep this map");
  await expect(window.getByText("Map “Instant map” is done.", { exact: false })).toBeVisible();
});
