import { mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ElectronApi } from "../electron-api.ts";
import { FakeElectron } from "./electron.ts";

// The module `electron` of a built main process under test, with a simulated user: they make a project of the sample,
// look at a pixel, train two steps, and quit. What they saw is printed as one line of JSON.
const fake = new FakeElectron();
const settings = process.env.OMNISAT_SETTINGS!;
const { api } = fake;
export const app = Object.assign(fake.app, {
  getPath: () => settings,
  setPath() {},
  setName() {},
}) as unknown as ElectronApi["app"];
export const { BrowserWindow, crashReporter, dialog, ipcMain, Menu, nativeTheme, protocol } = api;
export const { screen, session, shell, utilityProcess } = api;

async function work(): Promise<void> {
  fake.app.becomeReady();
  while (!fake.windows[0]?.visible) await new Promise((resolve) => setTimeout(resolve, 20));
  const window = fake.windows[0];
  const ask = async (command: string, request: unknown): Promise<unknown> => {
    const reply = (await fake.ask(window, { command, request })) as { answer?: unknown; error?: unknown };
    if (reply.error) throw new Error(`${command}: ${JSON.stringify(reply.error)}`);
    return reply.answer;
  };
  const root = resolve(import.meta.dirname, "../../../..");
  const images = join(root, "resources/sample/flanders-crops-2019/S2_L2A_10m");
  const names = readdirSync(images)
    .filter((name) => name.includes("_2019"))
    .slice(0, 4);
  const folder = join(settings, "project");
  mkdirSync(folder);
  await ask("project.create", { folder, area: { like: join(images, names[0]!) }, tilePatches: 4 });
  await ask("rasters.import", { paths: names.map((name) => join(images, name)) });
  const info = await ask("raster.info", { path: join(images, names[0]!), statistics: true }).catch(
    (error: Error) => error.message,
  );
  const device = await ask("app.device", {});
  const run = (await ask("runs.pretrain", {
    name: "encoder",
    size: "tiny",
    provider: "auto",

    recipe: { steps: 2, warmupSteps: 1, batchSize: 2, datesPerTile: 3 },
  })) as { id: number };
  const ended = await ask("jobs.wait", { id: run.id });
  const page = await fake.fetch("app://omnisat/index.html").then((answer) => answer.text());
  fake.app.on("quit", () => {
    process.stdout.write(
      `${JSON.stringify({ device, ended, info, page: page.includes("<script"), forks: fake.forks.map(({ entry }) => entry) })}\n`,
      () => process.exit(0),
    );
  });
  fake.app.quit();
}

setTimeout(
  () =>
    void work().catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    }),
  50,
);
