import { join } from "node:path";
import { type Host, startHost } from "../harness/host.ts";
import { expect, test } from "../harness/journey.ts";
import { openSample } from "../harness/sample.ts";
import { jobProcessesOf, reachStep, startTiny, storedSteps } from "../harness/training.ts";

test.use({ begin: "sample" });

const steps = 60;
const whole = Array.from({ length: steps }, (_, i) => i + 1);

test("kill -9 of the job process during a training costs nothing but a moment", async ({ window, host }) => {
  test.skip(process.platform !== "linux", "finds the process in /proc");
  const project = await openSample(window, host);
  await startTiny(window, { name: "tough", steps });
  await reachStep(window, "tough", 12);
  for (const pid of jobProcessesOf(host.child.pid!)) process.kill(pid, "SIGKILL");
  // The window lives, says what happened, and offers to go on.
  const told = window.getByText("Resume the job to continue from its last checkpoint.");
  await expect(told).toBeVisible();
  const card = window.getByRole("region", { name: "Training tough" });
  await expect(card.getByText(/process of this job ended unexpectedly \(signal SIGKILL\)/)).toBeVisible();
  await card.getByRole("button", { name: "Resume" }).click();
  await expect(window.getByText("Training “tough” is done.")).toBeVisible();
  expect(storedSteps(project)).toEqual(whole);
});

test("kill -9 of the whole program during a training: reopened, it offers to go on, and the curve is whole", async ({
  window,
  host,
}) => {
  const project = await openSample(window, host);
  await startTiny(window, { name: "tough", steps });
  await reachStep(window, "tough", 12);
  host.child.kill("SIGKILL");
  await new Promise((resolve) => host.child.once("exit", resolve));

  const { room } = host as Host & { readonly room: string };
  const again = await startHost({ room });
  try {
    await window.unrouteAll();
    await window.goto(again.address);
    // A window that was closed opens at the start screen; the project is among the recent ones.
    await window
      .getByRole("button", { name: /Flanders crops 2019/ })
      .first()
      .click();
    const banner = window.getByRole("status", { name: "Interrupted work" });
    await expect(banner.getByText(/Training · tough was interrupted at/)).toBeVisible();
    await banner.getByRole("button", { name: "Resume" }).click();
    await expect(banner).toBeHidden();
    await expect(window.getByText("Training “tough” is done.")).toBeVisible();
    expect(storedSteps(join(project))).toEqual(whole);
  } finally {
    await again.close();
  }
});
