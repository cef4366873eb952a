import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "../harness/journey.ts";
import { openFolder } from "../harness/sample.ts";

const clicks = 20;

test("places like a clicked one light up and are listed, an unwanted click changes them, and an outline from a click becomes a label", async ({
  window,
}) => {
  /** Heat maps whose scores were answered. */
  const drawn = new Set<string>();
  window.on("response", (response) => {
    const url = decodeURIComponent(response.url());
    const epoch = /\/scores\/([^/]+)\//.exec(url)?.[1];
    if (epoch && response.ok()) drawn.add(epoch);
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
  for (const [i, x] of [0.35, 0.42, 0.5, 0.58, 0.65].entries()) {
    await map.click(at(x, 0.45));
    await expect.poll(() => drawn.size).toBe(i + 1);
  }
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

test("on a million patches of 256 values every click is answered by a heat map; how long that takes is noted", async ({
  host,
  page,
}) => {
  const project = join(host.folder, "million");
  execFileSync(process.execPath, [resolve(import.meta.dirname, "../../src-main/bench/made-up-project.ts"), project]);
  await page.goto(host.address);
  await openFolder(page, project);
  await page.getByRole("toolbar", { name: "Map tools" }).getByRole("button", { name: "Find places like this" }).click();
  const map = page.locator(".map-view .target");
  const box = (await map.boundingBox())!;
  /** [milliseconds to the answer, to the picture] since the clicks changed, and of which answer. */
  const told = (before: unknown) =>
    page.evaluate((earlier) => {
      const of = (name: string) => performance.getEntriesByName(name)[0] as PerformanceMeasure | undefined;
      const [answered, drawn] = [of("similar:answered"), of("similar:drawn")];
      return answered && drawn && drawn.detail === answered.detail && drawn.detail !== earlier
        ? { epoch: drawn.detail as string, answered: answered.duration, drawn: drawn.duration }
        : null;
    }, before);
  let last: unknown = null;
  const times: { readonly answered: number; readonly drawn: number }[] = [];
  for (let i = 0; i <= clicks; i++) {
    await map.click({ position: { x: box.width * (0.35 + (0.3 * i) / clicks), y: box.height * 0.45 } });
    let found: Awaited<ReturnType<typeof told>> = null;
    await expect.poll(async () => (found = await told(last)), { intervals: [20] }).not.toBeNull();
    ({ epoch: last } = found!);
    // The first one brings the patches into memory.
    if (i > 0) times.push(found!);
    // The list of places follows a click: people look at the map before they click again.
    await expect(page.getByRole("status").filter({ hasText: "are alike" })).toBeVisible();
  }
  const within = (share: number, of: "answered" | "drawn") =>
    times
      .map((one) => one[of])
      .sort((p, q) => p - q)
      [Math.ceil(share * times.length) - 1]!.toFixed(0);
  const line = `${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]!.toFixed(1)}: answered ${within(0.5, "answered")} ms (95 % within ${within(0.95, "answered")}), drawn ${within(0.5, "drawn")} ms (95 % within ${within(0.95, "drawn")})`;
  test.info().annotations.push({ type: "from a click to the heat map of a million patches", description: line });
  console.log(line);
});
