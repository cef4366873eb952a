import { expect, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";

test.use({ begin: "sample" });

test("one button leads from the instant map to a trained one; both lie side by side with their figures, and each input has a small map", async ({
  window,
  host,
}) => {
  test.setTimeout(600_000);
  await openSample(window, host);
  await window.getByRole("tab", { name: "Labels" }).click();
  await window.getByRole("button", { name: "Prepare the instant map" }).click();
  const card = window.getByRole("region", { name: "Instant map" });
  await card.getByRole("button", { name: "Train on these labels" }).click({ timeout: 110_000 });
  const dialog = window.getByRole("dialog", { name: "Train on these labels" });
  await expect(dialog.getByText("Both maps are measured on the 14 labels of the test part.")).toBeVisible();
  await expect(dialog.getByText("The trained map is also measured with each input alone (s2, s1-asc)", { exact: false })).toBeVisible(); // biome-ignore format: one line
  await dialog.getByText("Quick", { exact: true }).click();
  await dialog.getByLabel("Start from").selectOption({ label: "Nothing" });
  await dialog.getByRole("button", { name: "Start", exact: true }).click();

  // What is under way is told step by step, also to a window that comes later.
  const chain = window.getByRole("region", { name: "Train on these labels" });
  await expect(chain.getByText("“Trained map” is being made")).toBeVisible();
  await window.reload();
  await expect(chain.getByText("Draw the trained map")).toBeVisible();

  await card.getByRole("button", { name: "Compare both maps" }).click({ timeout: 500_000 });
  const figures = window.getByRole("region", { name: "On the same test labels" });
  await expect(figures.getByRole("columnheader")).toHaveText(["Figure", "Instant map", "Trained map", "Ahead"]);
  await expect(figures.getByRole("row", { name: /^Macro F1 0\.\d{3}/ })).toBeVisible();
  await expect(figures.getByRole("status")).toHaveText(/is better: macro F1|do not tell them apart: macro F1/);
  const inputs = window.getByRole("region", { name: "With each input" });
  for (const name of ["s2 + s1-asc", "s2", "s1-asc"])
    await expect(inputs.getByRole("img", { name: `Map with ${name}`, exact: true })).toBeVisible();
  // Both maps are on the map, divided by the swipe's edge.
  await expect(window.getByRole("slider", { name: "Edge between A and B" })).toBeVisible();
  await window.getByText("Side by side", { exact: true }).last().click();
  await expect(window.getByRole("slider", { name: "Edge between A and B" })).toBeHidden();
});
