import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, type Page } from "@playwright/test";

/** Sets up a training of the smallest network on radar alone, which is quickly read, in the Train panel. */
export async function setUpTiny(window: Page, { name, steps }: { readonly name: string; readonly steps: number }) {
  // A click before the stored layout of the docks was read is undone by that layout.
  await expect(async () => {
    await window.getByRole("tab", { name: "Train" }).click();
    await window.getByText("Quick", { exact: true }).click({ timeout: 5_000 });
  }).toPass();
  await window.getByLabel("Name", { exact: true }).fill(name);
  await window.getByRole("checkbox", { name: /^s2/ }).uncheck();
  const advanced = window.locator("summary", { hasText: "Advanced" });
  await advanced.click();
  const set = async (label: string, value: number) => {
    const field = window.getByLabel(label, { exact: true });
    await field.fill(String(value));
    await field.press("Tab");
  };
  await set("Steps", steps);
  await set("Tiles per step", 2);
  await set("Dates per tile", 3);
  await set("Steps between checkpoints", 10);
  await advanced.click();
}

/** The same, and starts it. */
export async function startTiny(window: Page, what: { readonly name: string; readonly steps: number }) {
  await setUpTiny(window, what);
  await start(window, what.name);
}

export async function start(window: Page, name: string): Promise<void> {
  await window.getByRole("button", { name: /^(Start training|Add to the queue)$/ }).click();
  await expect(window.getByRole("region", { name: `Training ${name}` })).toBeVisible();
}

/** Waits until a training has taken at least so many steps, by its card. */
export async function reachStep(window: Page, name: string, step: number): Promise<void> {
  const card = window.getByRole("region", { name: `Training ${name}` });
  await expect
    .poll(async () => Number(/step (\d+) of/.exec((await card.textContent()) ?? "")?.[1] ?? 0))
    .toBeGreaterThanOrEqual(step);
}

/** The steps whose loss is stored in the project, read from its database without the program. */
export function storedSteps(project: string): number[] {
  const database = new DatabaseSync(join(project, "project.omniproj"), { readOnly: true });
  try {
    const rows = database.prepare("SELECT step FROM run_metrics WHERE name = 'loss' ORDER BY step").all();
    return rows.map(({ step }) => Number(step));
  } finally {
    database.close();
  }
}

/** The job processes of a host: its children that run `hosts/job-process/main`. Linux. */
export function jobProcessesOf(hostPid: number): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
        return parent === hostPid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("hosts/job-process/main");
      } catch {
        return false;
      }
    });
}

/** Trains a regression with all inputs in the Train panel, which takes seconds. */
export async function trainRegression(window: Page): Promise<void> {
  await expect(async () => {
    await window.getByRole("tab", { name: "Train" }).click();
    await window.getByLabel("Method").selectOption({ label: "Logistic regression" }, { timeout: 5_000 });
  }).toPass();
  await window.getByRole("button", { name: "Start training" }).click();
  await expect(window.getByText(/^Training “.+” is done/)).toBeVisible();
}
