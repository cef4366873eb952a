import { expect, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";
import { reachStep, setUpTiny, start, startTiny } from "../harness/training.ts";

test.use({ begin: "sample" });

test("a training is estimated, started, watched, measured, renamed and deleted", async ({ window, host }) => {
  await openSample(window, host);
  await expect(window.getByRole("button", { name: /Computes on/ })).toBeVisible();
  await setUpTiny(window, { name: "first", steps: 20 });
  const estimate = window.getByRole("region", { name: "What it will take" });
  await expect(estimate.getByText("Memory", { exact: true })).toBeVisible();
  await start(window, "first");
  await expect(window.getByText("Training “first” is done.")).toBeVisible();

  await window.getByRole("button", { name: "All runs" }).click();
  const row = window.getByRole("row", { name: /first/ });
  await row.click();
  await expect(window.getByRole("img", { name: /Loss over steps\. Last values: Loss: \d/ })).toBeVisible();
  await window.getByRole("tab", { name: "Accuracy" }).click();
  await window.getByRole("button", { name: "Measure accuracy" }).click();
  const subsets = window.getByRole("grid", { name: "Accuracy by modalities used" });
  await expect(subsets.getByRole("row")).toHaveCount(2);
  await expect(window.getByRole("img", { name: /Confusion matrix of [\d,]+ patches/ })).toBeVisible();
  await expect(window.getByText("Small sample")).toBeVisible();

  await window.getByRole("tab", { name: "Compare" }).click();
  const scores = window.getByRole("region", { name: "Models on the same labels" });
  await expect(scores.getByRole("row", { name: /first network · s1-asc 0\.\d{3}/ })).toBeVisible();
  await scores.getByText("Validation", { exact: true }).click();
  await expect(scores.getByText("“first”: not measured on this part.")).toBeVisible();
  await window.getByRole("combobox", { name: "Method" }).selectOption("random-forest");
  await expect(estimate.getByText(/^[\d,]+ rows of \d+ values$/)).toBeVisible();
  await window.getByRole("combobox", { name: "Method" }).selectOption("network");
  await window.getByRole("tab", { name: "Curves" }).click();

  await window.getByRole("button", { name: "Rename" }).first().click();
  const dialog = window.getByRole("dialog", { name: "Rename" });
  await dialog.getByLabel("Name").fill("trial of June");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await expect(window.getByRole("row", { name: /trial of June/ })).toBeVisible();
  await window.getByRole("button", { name: "Delete" }).first().click();
  const sure = window.getByRole("dialog", { name: "Delete this run?" });
  await sure.getByRole("button", { name: "Delete" }).click();
  await expect(window.getByRole("row", { name: /trial of June/ })).toBeHidden();
});

test("a training is paused, goes on, and is cancelled only after a question", async ({ window, host }) => {
  await openSample(window, host);
  await startTiny(window, { name: "long", steps: 5000 });
  await reachStep(window, "long", 5);
  const card = window.getByRole("region", { name: "Training long" });
  await card.getByRole("button", { name: "Pause" }).click();
  await expect(card.getByText("You paused it.")).toBeVisible();
  await card.getByRole("button", { name: "Resume" }).click();
  await expect(card.getByRole("button", { name: "Pause" })).toBeVisible();
  await window.getByRole("tab", { name: "Jobs" }).click();
  await window.getByRole("list", { name: "Jobs" }).getByRole("button", { name: "Log" }).click();
  const log = window.getByRole("dialog", { name: "Log of Training · long" });
  await expect(log.getByText(/Resumed\./)).toBeVisible();
  await window.keyboard.press("Escape");
  await card.getByRole("button", { name: "Cancel" }).click();
  const sure = window.getByRole("dialog", { name: "Cancel this job?" });
  await expect(sure.getByText("This cannot be undone.")).toBeVisible();
  await sure.getByRole("button", { name: "Cancel and delete" }).click();
  await expect(card).toBeHidden();
});
