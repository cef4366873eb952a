import { expect, test } from "../harness/journey.ts";

test("what a model sees becomes a layer: the map learns from it and places are compared by it, until it is deleted", async ({
  window,
}) => {
  const press = (name: string | RegExp) =>
    window.getByRole("button", typeof name === "string" ? { name, exact: true } : { name }).click();
  await press(/Try the sample/);
  await window.getByRole("tab", { name: "Labels" }).click();
  await press("Prepare the instant map");
  const card = window.getByRole("region", { name: "Instant map" });
  await expect(card.getByText("Learned 8 classes from 17 labels, 2,662 patches.")).toBeVisible();

  await window.getByText("What the map knows").click();
  await press("Add a layer");
  await window.getByRole("menuitem", { name: /europe-10m/i }).click();
  const remove = window.getByRole("button", { name: "Delete europe-10m" });
  await expect(remove).toBeVisible();
  // The labels choose among the three; a person may choose instead.
  const learns = window.getByRole("combobox", { name: "Learns from" });
  await learns.selectOption({ label: "europe-10m" });
  await expect(card.getByText("Learned from: europe-10m (your choice).")).toBeVisible();
  await learns.selectOption({ label: "What the labels choose" });
  await expect(card.getByText(/^Learned from: .*(held back|labels)/)).toBeVisible();

  await window
    .getByRole("toolbar", { name: "Map tools" })
    .getByRole("button", { name: "Find places like this" })
    .click();
  const map = window.locator(".map-view .target");
  const box = (await map.boundingBox())!;
  const alike = window.getByRole("status").filter({ hasText: "are alike" });
  await map.click({ position: { x: 0.5 * box.width, y: 0.45 * box.height } });
  await expect(alike).toBeVisible();
  const compares = window.getByRole("combobox", { name: "Compares" });
  // Another layer, other places: two layers do not agree on the hectares that are alike.
  await compares.selectOption({ label: "Monthly values" });
  await expect(alike).toBeVisible();
  const before = await alike.textContent();
  await compares.selectOption({ label: "europe-10m" });
  await expect(alike).not.toHaveText(before!);

  await window.getByRole("tab", { name: "Labels" }).click();
  await remove.click();
  await expect(remove).toBeHidden();
  await expect(card.getByText("Learned 8 classes", { exact: false })).toBeVisible();
});
