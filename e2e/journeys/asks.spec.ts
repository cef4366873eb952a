import type { Page } from "@playwright/test";
import { expect, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";

test.use({ begin: "sample" });

const labels = (window: Page, count: number) =>
  expect(window.getByText(`${count} labels`, { exact: true })).toBeVisible();

test("where to label next: nowhere while labels cover everything, else place by place with single keys, on the image and not on the map", async ({
  window,
  host,
}) => {
  await openSample(window, host);
  await expect(async () => {
    await window.getByRole("tab", { name: "Labels", exact: true }).click();
    await expect(window.getByText("48 labels", { exact: true })).toBeVisible({ timeout: 4_000 });
  }).toPass();
  await window.getByRole("button", { name: "Prepare the instant map" }).click();
  const card = window.getByRole("region", { name: "Instant map" });
  await expect(card.getByText("Learned 8 classes from 17 labels", { exact: false })).toBeVisible();
  const ask = window.getByRole("button", { name: "Label here next" });
  const bar = window.getByRole("region", { name: "Label here next" });

  await test.step("the labels of the sample cover every patch, and that is said", async () => {
    await ask.click();
    await expect(bar).toContainText("no place is left to label");
    await window.keyboard.press("Escape");
    await expect(bar).toBeHidden();
  });

  await test.step("without one parcel its patches are asked about; one key each accepts, chooses another class, skips", async () => {
    await window.getByRole("button", { name: "Select labels" }).click();
    const box = (await window.locator(".map-view .target").boundingBox())!;
    await window.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await window.keyboard.press("Delete");
    await labels(window, 47);
    await expect(card.getByText("Learned 7 classes from 16 labels", { exact: false })).toBeVisible();
    await ask.click();
    await expect(bar).toContainText(/Is this “.+”\?/);
    await expect(card.getByText("Hidden while places are asked about", { exact: false })).toBeVisible();
    await window.keyboard.press("Enter");
    await labels(window, 48);
    await expect(bar.getByRole("button", { name: /Skip/ })).toBeEnabled();
    await window.keyboard.press("6");
    await labels(window, 49);
    await expect(bar.getByRole("button", { name: /Skip/ })).toBeEnabled();
    await window.keyboard.press("s");
    await expect(bar.getByRole("button", { name: /Skip/ })).toBeEnabled();
    await labels(window, 49);
    await window.keyboard.press("Escape");
    await expect(bar).toBeHidden();
    await expect(card.getByText(/The last label changed (less than 1|\d+)% of the map\./)).toBeVisible();
  });

  await test.step("a parcel of the wrong class is suspicious, and one key gives it the class that the others say", async () => {
    await window.keyboard.press("F6");
    const table = window.getByRole("tabpanel", { name: "Label table" });
    await table.getByRole("combobox", { name: "Class" }).first().selectOption({ label: "winter wheat" });
    await table.getByRole("combobox", { name: "Class" }).last().selectOption({ label: "maize" });
    await window.getByRole("button", { name: "Suspicious labels" }).click();
    const doubt = window.getByRole("region", { name: "Suspicious labels" });
    await expect(doubt).toContainText("it looks like");
    await window.keyboard.press("k");
    await expect(doubt.getByRole("status")).not.toContainText("Looking");
    await window.keyboard.press("Escape");
    await expect(doubt).toBeHidden();
  });
});
