import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { _electron as electron, expect, test } from "@playwright/test";
import { electronBinary } from "../../src-main/hosts/electron-binary.ts";

// The application in the real Electron, where its program is installed; elsewhere the fake of src-main/hosts/electron and
// the journeys in Chromium stand for it.
const root = resolve(import.meta.dirname, "../..");
const executablePath = electronBinary(root);
test.skip(executablePath === undefined, "Electron's program is not installed (npx install-electron)");

async function launch(settings: string) {
  const words = [...(process.platform === "linux" ? ["--no-sandbox"] : []), join(root, "dist/electron/main.js")];
  return electron.launch({
    executablePath: executablePath!,
    args: words,
    cwd: root,
    env: { ...process.env, OMNISAT_SETTINGS: settings } as Record<string, string>,
  });
}

test("the application opens its sample, trains in its own job process, and after a kill is where it was", async () => {
  const settings = mkdtempSync(join(tmpdir(), "omnisat-electron-"));
  const folder = join(settings, "Flanders");
  let app = await launch(settings);
  let window = await app.firstWindow();
  await expect(window).toHaveURL("app://omnisat/index.html");
  await expect(window).toHaveTitle(/OmniSat/);
  // Nothing of Node.js or of Electron is within the page's reach.
  expect(await window.evaluate(() => ["require", "process", "module"].filter((name) => name in globalThis))).toEqual(
    [],
  );
  expect(
    await window.evaluate(() =>
      fetch("https://example.com").then(
        () => "answered",
        () => "refused",
      ),
    ),
  ).toBe("refused");
  expect(
    await window.evaluate(() =>
      fetch("raster://nobody/x").then(
        (answer) => answer.status,
        () => 0,
      ),
    ),
  ).not.toBe(200);
  const ask = (command: string, request: unknown) =>
    window.evaluate(
      ([name, what]) =>
        (
          globalThis as unknown as { omnisat: { invoke(name: unknown, what: unknown): Promise<unknown> } }
        ).omnisat.invoke(name, what),
      [command, request] as const,
    );
  expect(await ask("project.sample", { folder })).toMatchObject({ answer: { folder } });
  const recipe = { steps: 2, warmupSteps: 1, batchSize: 2, datesPerTile: 3 };
  const started = (await ask("runs.pretrain", { name: "encoder", size: "tiny", provider: "cpu", recipe })) as {
    answer: { id: number };
  };
  expect(await ask("jobs.wait", { id: started.answer.id })).toMatchObject({ answer: { job: { state: "finished" } } });

  app.process().kill("SIGKILL");
  await app.close().catch(() => {});
  app = await launch(settings);
  window = await app.firstWindow();
  await expect.poll(() => ask("project.current", {})).toMatchObject({ answer: { folder } });
  await app.close();
  rmSync(settings, { recursive: true, force: true });
});
