import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { JobRunner } from "../../services/deps.ts";
import { Desktop, type DesktopOptions } from "./desktop.ts";
import { FakeElectron } from "./fake/electron.ts";
import type { FakeWindow } from "./fake/window.ts";
import { signatureOf, type UpdateInfo } from "./update-trust.ts";

const room = realpathSync(mkdtempSync(join(tmpdir(), "omnisat-desktop-")));
const renderer = join(room, "renderer");
mkdirSync(join(renderer, "assets"), { recursive: true });
writeFileSync(join(renderer, "index.html"), "<!doctype html><title>OmniSat</title>");
writeFileSync(join(renderer, "assets/app.js"), "export {};");
writeFileSync(join(room, "secret.txt"), "secret");
const running: Desktop[] = [];
afterAll(async () => {
  for (const { application } of running) await application.close();
  rmSync(room, { recursive: true, force: true });
});

interface Run {
  readonly fake: FakeElectron;
  readonly desktop: Desktop;
  readonly settings: string;
  readonly closedJobProcesses: () => number;
}

/** Starts the application on a fake; `settings` is where an earlier run left off. */
async function start(
  options: Partial<DesktopOptions> & {
    readonly settings?: string;
    readonly prepare?: (fake: FakeElectron) => void;
  } = {},
): Promise<Run> {
  const fake = new FakeElectron();
  options.prepare?.(fake);
  const settings = options.settings ?? mkdtempSync(join(room, "settings-"));
  let closed = 0;
  const desktop = new Desktop({
    electron: fake.api,
    appVersion: "0.2.0",
    renderer,
    preload: "/program/dist/electron/preload.cjs",
    settingsFolder: settings,
    sampleFolder: null,
    runJob: () => Promise.reject(new Error("no job runs here")),
    device: () => Promise.reject(new Error("no device here")),
    words: [],
    folder: room,
    platform: "linux",
    closeJobProcesses: async () => {
      closed++;
    },
    ...options,
  });
  running.push(desktop);
  const started = desktop.start();
  fake.app.becomeReady();
  await started;
  return { fake, desktop, settings, closedJobProcesses: () => closed };
}

const first = ({ fake }: Run): FakeWindow => fake.windows[0]!;
const invoke = (run: Run, command: string, request: unknown, window = first(run)) =>
  run.fake.ask(window, { command, request });

let projects = 0;
async function newProject(run: Run, window = first(run)): Promise<string> {
  const folder = join(room, `project ${++projects}`);
  const area = { crs: "EPSG:32631", bounds: { minX: 500000, minY: 5600000, maxX: 501000, maxY: 5601000 } };
  expect(await invoke(run, "project.create", { folder, area }, window)).toMatchObject({ answer: { folder } });
  return folder;
}

test("the window is a sandboxed page at app://, shown when it is painted", async () => {
  const run = await start();
  const { fake } = run;
  await expect.poll(() => first(run).visible).toBe(true);
  expect(first(run).webContents.mainFrame.url).toBe("app://omnisat/index.html");
  expect(fake.app.sandboxed).toBe(true);
  expect(first(run).options).toMatchObject({ show: false, minWidth: 900 });
  expect(first(run).webContents.preferences).toMatchObject({
    preload: "/program/dist/electron/preload.cjs",
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
    navigateOnDragDrop: false,
    allowRunningInsecureContent: false,
  });
  expect(fake.schemes.get("app")).toMatchObject({ standard: true, secure: true });
  expect(fake.schemes.get("app")).not.toHaveProperty("bypassCSP");
  expect(fake.schemes.get("raster")).toMatchObject({ corsEnabled: true, supportFetchAPI: true, stream: true });
  expect(fake.crashReporterOptions).toEqual({ uploadToServer: false });
});

test("the page can go nowhere, open nothing, and be given no device", async () => {
  const run = await start();
  const { webContents } = first(run);
  for (const way of ["will-navigate", "will-frame-navigate", "will-redirect", "will-attach-webview"] as const) {
    expect(webContents.tries(way)).toBe(false);
  }
  expect(webContents.opens("https://evil.example/")).toBe(false);
  const asked = (permission: string, requestingUrl = "app://omnisat/index.html") => {
    let verdict: boolean | undefined;
    run.fake.permissionRequest!(
      webContents as never,
      permission as never,
      (granted) => {
        verdict = granted;
      },
      { requestingUrl } as never,
    );
    const checked = run.fake.permissionCheck!(webContents as never, permission as never, requestingUrl, {} as never);
    expect(checked).toBe(verdict);
    return verdict;
  };
  for (const permission of [
    "media",
    "geolocation",
    "midi",
    "hid",
    "serial",
    "usb",
    "openExternal",
    "clipboard-read",
    "display-capture",
  ]) {
    expect(asked(permission)).toBe(false);
  }
  expect(asked("clipboard-sanitized-write")).toBe(true);
  expect(asked("clipboard-sanitized-write", "https://evil.example/")).toBe(false);
  expect(asked("notifications", "app://other/")).toBe(false);
  for (const address of [
    "https://evil.example/",
    "http://127.0.0.1:8000/",
    "file:///etc/passwd",
    "ws://evil.example/",
  ]) {
    expect(run.fake.requestFilter!(address)).toBe(false);
  }
  expect(run.fake.requestFilter!("app://omnisat/assets/app.js")).toBe(true);
  expect(run.fake.requestFilter!("raster://abc/tile")).toBe(true);
});

test("app:// serves the window's own files with a policy without exceptions, and nothing above them", async () => {
  const { fake } = await start();
  const page = await fake.fetch("app://omnisat/index.html");
  expect(await page.text()).toContain("OmniSat");
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const policy = page.headers.get("content-security-policy")!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("connect-src 'self' raster:");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect((await fake.fetch("app://omnisat/assets/app.js")).headers.get("content-type")).toContain("text/javascript");
  for (const address of [
    "app://omnisat/../secret.txt",
    "app://omnisat/..%2fsecret.txt",
    "app://omnisat/%2e%2e%2fsecret.txt",
    "app://omnisat/assets/..%5c..%5csecret.txt",
    "app://omnisat/%00",
    "app://other/index.html",
    "app://omnisat/nothing.js",
  ]) {
    const answer = await fake.fetch(address);
    expect([answer.status, await answer.text()]).toEqual([404, "There is no such page."]);
  }
});

test("raster:// belongs to one window, and answers in the contract's errors", async () => {
  const run = await start();
  const name = run.desktop.windows[0]!.name;
  expect(first(run).webContents.preferences.additionalArguments).toEqual([`--omnisat-window=${name}`]);
  const answer = await run.fake.fetch(`raster://${name}/layer/1`);
  expect(answer.status).toBe(422);
  expect(answer.headers.get("access-control-allow-origin")).toBe("app://omnisat");
  expect(await answer.json()).toMatchObject({ error: { code: "no-project-open" } });
  expect((await run.fake.fetch("raster://0123456789abcdef/layer/1")).status).toBe(404);
});

test("only the page of a window is answered, requests are checked, and errors keep their code", async () => {
  const run = await start();
  expect(await invoke(run, "app.info", {})).toMatchObject({ answer: { host: "electron", version: "0.2.0" } });
  expect(await invoke(run, "app.info", { more: 1 })).toMatchObject({ error: { code: "request-invalid" } });
  expect(await invoke(run, "labels.list", {})).toMatchObject({ error: { code: "no-project-open" } });
  for (const frame of [null, { url: "app://omnisat/index.html" }]) {
    await expect(run.fake.ask(first(run), { command: "app.info", request: {} }, frame)).rejects.toThrow("not a window");
  }
  const before = first(run).webContents.mainFrame.url;
  first(run).webContents.mainFrame.url = "https://evil.example/index.html";
  await expect(invoke(run, "app.info", {})).rejects.toThrow("not a window");
  first(run).webContents.mainFrame.url = before;
  for (const what of [{ command: 1 }, { command: "app.info", request: {}, extra: true }, null])
    expect(await run.fake.ask(first(run), what)).toMatchObject({ error: { code: "request-invalid" } });
});

test("a window is told a code, a sentence and plain details, and never a stack", async () => {
  const thrown = new RangeError(
    `Invalid array length\n    at widen (${import.meta.url}:3:7)\n    at async file:///b.ts:1:2`,
  );
  const run = await start({ device: () => Promise.reject(thrown) });
  const problem = "Invalid array length.";
  const internal = { code: "internal", message: expect.stringContaining(problem), details: { problem } };
  const places = /\bat (?:async|widen|Object)|\.ts:\d+:\d+|stack/;
  const answer = await invoke(run, "app.device", {});
  expect(answer).toMatchObject({ error: internal });
  expect(JSON.stringify(answer)).not.toMatch(places);
  // Structured clones would carry an error's stack where JSON drops it.
  expect((answer as { error: unknown }).error).not.toBeInstanceOf(Error);
  run.desktop.windows[0]!.session.pixels = () => Promise.reject(thrown);
  const pixels = await run.fake.fetch(`raster://${run.desktop.windows[0]!.name}/tile/1`);
  const text = await pixels.text();
  expect([pixels.status, JSON.parse(text)]).toMatchObject([500, { error: internal }]);
  expect(text).not.toMatch(places);
});

test("files are chosen in the system's dialogs, before the window that asks", async () => {
  const run = await start();
  run.fake.chosen.push(["/data/a.tif", "/data/b.tif"], ["/data/out.tif"], []);
  const filters = [{ name: "Images", extensions: ["tif", "tiff"] }];
  const open = { kind: "open", title: "Add images", filters, multiple: true, folder: "/data" };
  expect(await invoke(run, "files.choose", open)).toEqual({ answer: ["/data/a.tif", "/data/b.tif"] });
  expect(run.fake.openDialogs[0]).toMatchObject({
    title: "Add images",
    filters,
    defaultPath: "/data",
    properties: ["openFile", "createDirectory", "multiSelections"],
  });
  expect(await invoke(run, "files.choose", { kind: "save", title: "Save", folder: "/data", name: "out.tif" })).toEqual({
    answer: ["/data/out.tif"],
  });
  expect(run.fake.saveDialogs[0]).toMatchObject({ defaultPath: join("/data", "out.tif") });
  expect(await invoke(run, "files.choose", { kind: "open-folder", title: "Where" })).toEqual({ answer: null });
  expect(run.fake.openDialogs[1]!.properties).toContain("openDirectory");
  await invoke(run, "files.reveal", { path: "/data/out.tif" });
  expect(run.fake.shown).toEqual(["/data/out.tif"]);
});

test("the menu speaks the person's language, and does what the window's commands do", async () => {
  const run = await start({
    prepare: (fake) => {
      fake.app.locale = "fr-FR";
    },
  });
  expect(run.fake.menu.map(({ label }) => label)).toEqual(["Fichier", "Édition", "Affichage", "Fenêtre", "Aide"]);
  const item = (id: string) =>
    run.fake.menu
      .flatMap(({ submenu }) => submenu as Electron.MenuItemConstructorOptions[])
      .find((entry) => entry.id === id)!;
  (item("edit.undo").click as () => void)();
  expect(first(run).webContents.sent.at(-1)).toEqual({
    channel: "omnisat:tell",
    what: { topic: "window.command", what: { id: "edit.undo", argument: null } },
  });
  expect(item("edit.undo")).toMatchObject({ accelerator: "CmdOrCtrl+Z", registerAccelerator: false });
  await invoke(run, "app.saveSettings", { settings: { language: "en", theme: "dark" } });
  expect(run.fake.menu.map(({ label }) => label)).toEqual(["File", "Edit", "View", "Window", "Help"]);
  expect(run.fake.nativeTheme.themeSource).toBe("dark");
  (item("newWindow").click as () => void)();
  expect(run.fake.windows).toHaveLength(2);
});

test("every command of the menu is one that the window has", async () => {
  const { readdirSync } = await import("node:fs");
  const folder = join(import.meta.dirname, "../../../src-renderer/commands");
  const text = readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  const { fake } = await start();
  const ids = fake.menu
    .flatMap(({ submenu }) => submenu as Electron.MenuItemConstructorOptions[])
    .map(({ id }) => id)
    .filter((id) => id?.includes("."));
  expect(ids.length).toBeGreaterThan(10);
  expect(ids.filter((id) => !text.includes(`"${id}"`))).toEqual([]);
});

test("a project is opened by argument, by double click and by a second start; one that is shown is brought to the front", async () => {
  const before = await start();
  const one = await newProject(before);
  const two = await newProject(before);
  await before.desktop.application.close();

  const run = await start({ words: ["--inspect-nothing", join(one, "project.omniproj")] });
  await expect.poll(() => run.desktop.windows.map(({ folder }) => folder)).toEqual([one]);
  expect(run.fake.app.recent).toEqual([one]);
  expect(await invoke(run, "project.current", {})).toMatchObject({ answer: { folder: one } });

  run.fake.app.emit("second-instance", {}, ["/usr/bin/omnisat", two.slice(room.length + 1)], room);
  await expect.poll(() => run.desktop.windows.map(({ folder }) => folder)).toEqual([one, two]);
  run.fake.windows[0]!.minimized = true;
  run.fake.app.emit("second-instance", {}, ["/usr/bin/omnisat", one], room);
  expect([run.fake.windows.length, run.fake.focused, run.fake.windows[0]!.minimized]).toEqual([
    2,
    run.fake.windows[0],
    false,
  ]);

  let prevented = false;
  run.fake.app.emit(
    "open-file",
    {
      preventDefault: () => {
        prevented = true;
      },
    },
    join(two, "project.omniproj"),
  );
  expect([prevented, run.fake.focused]).toEqual([true, run.fake.windows[1]]);
  run.fake.app.emit("second-instance", {}, ["/usr/bin/omnisat"], room);
  expect(run.fake.windows).toHaveLength(2);
});

test("a double click before the program is ready is not lost", async () => {
  const before = await start();
  const folder = await newProject(before);
  await before.desktop.application.close();
  const run = await start({
    prepare: (fake) => queueMicrotask(() => fake.app.emit("open-file", { preventDefault() {} }, folder)),
  });
  await expect.poll(() => run.desktop.windows.map((window) => window.folder)).toEqual([folder]);
});

test("a second instance leaves at once and opens nothing", async () => {
  const fake = new FakeElectron();
  fake.app.lockTaken = true;
  const desktop = new Desktop({
    electron: fake.api,
    appVersion: "0",
    renderer,
    preload: "",
    settingsFolder: mkdtempSync(join(room, "s-")),
    sampleFolder: null,
    runJob: () => Promise.reject(new Error()),
    device: () => Promise.reject(new Error()),
    words: [],
    folder: room,
    closeJobProcesses: async () => {},
  });
  expect(await desktop.start()).toBe(false);
  expect([fake.windows.length, fake.app.exited]).toEqual([0, true]);
});

test("after kill -9 the next start opens the same project, but a start that keeps crashing is not repeated for ever", async () => {
  const killed = await start();
  const folder = await newProject(killed);
  first(killed).moveTo({ x: 40, y: 50, width: 1000, height: 700 });
  // The lock of a killed process is taken over; here the process lives, so its catalog is closed by hand.
  await killed.desktop.application.close();
  const { settings } = killed;
  const again = await start({ settings });
  await expect.poll(() => again.desktop.windows.map((window) => window.folder)).toEqual([folder]);
  expect(first(again).bounds).toEqual({ x: 40, y: 50, width: 1000, height: 700 });
  await again.desktop.application.close();

  const memory = JSON.parse(readFileSync(join(settings, "windows.json"), "utf8")) as object;
  writeFileSync(join(settings, "windows.json"), JSON.stringify({ ...memory, crashes: 2, ended: false }));
  const third = await start({ settings });
  expect(third.desktop.windows.map((window) => window.folder)).toEqual([null]);
  await third.desktop.application.close();
  writeFileSync(join(settings, "windows.json"), "{ not json");
  const fourth = await start({ settings });
  expect(fourth.fake.windows).toHaveLength(1);
});

test("a window that was on a screen that is gone opens where it can be seen", async () => {
  const run = await start();
  first(run).moveTo({ x: 5000, y: 0, width: 1000, height: 700 });
  run.fake.app.quit();
  await expect.poll(() => run.fake.app.exited).toBe(true);
  const again = await start({ settings: run.settings });
  expect(first(again).options.x).toBeUndefined();
});

test("a page that crashes is loaded again with its project; one that keeps crashing asks", async () => {
  const run = await start();
  const folder = await newProject(run);
  const { webContents } = first(run);
  webContents.crash("clean-exit");
  expect(webContents.reloads).toBe(0);
  for (let i = 0; i < 3; i++) webContents.crash("crashed");
  await expect.poll(() => webContents.reloads).toBe(3);
  expect(await invoke(run, "project.current", {})).toMatchObject({ answer: { folder } });
  run.fake.answers.push(0);
  webContents.crash("oom");
  await expect.poll(() => webContents.reloads).toBe(4);
  expect(run.fake.messageBoxes.at(-1)!.options.buttons).toEqual(["Reload", "Close"]);
});

/** A job that runs until it is told to stop. */
function endlessJob(): { readonly runJob: JobRunner; readonly started: () => number; readonly stopped: () => number } {
  let started = 0;
  let stopped = 0;
  const runJob: JobRunner = (_spec, on, signal) =>
    new Promise((_resolve, reject) => {
      started++;
      on({ type: "phase", name: "Training", fraction: 0.25 });
      signal.addEventListener(
        "abort",
        () => {
          stopped++;
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
  return { runJob, started: () => started, stopped: () => stopped };
}

/** Puts a job into the project's queue as a service would, with a spec by value. */
async function startJob(run: Run): Promise<void> {
  const sample = join(import.meta.dirname, "../../../resources/sample/flanders-crops-2019/S2_L2A_10m");
  const { readdirSync } = await import("node:fs");
  const paths = readdirSync(sample)
    .slice(0, 4)
    .map((name) => join(sample, name));
  expect(await invoke(run, "rasters.import", { paths })).toMatchObject({ answer: expect.anything() });
  expect(
    await invoke(run, "runs.pretrain", { name: "encoder", size: "tiny", provider: "cpu", recipe: { steps: 5 } }),
  ).toMatchObject({ answer: expect.anything() });
}

async function sampleProject(run: Run): Promise<string> {
  const folder = join(room, `sample ${++projects}`);
  const like = join(
    import.meta.dirname,
    "../../../resources/sample/flanders-crops-2019/S2_L2A_10m/S2_L2A_10m_20190416T105658.tif",
  );
  await invoke(run, "project.create", { folder, area: { like }, tilePatches: 4 });
  return folder;
}

test("quitting while a job runs asks; no leaves everything as it was; yes stops the job resumably, and the next start goes on with it", async () => {
  const job = endlessJob();
  const run = await start({ runJob: job.runJob });
  const folder = await sampleProject(run);
  await startJob(run);
  await expect.poll(job.started).toBe(1);
  await expect.poll(() => first(run).progress).toBe(0.25);

  run.fake.answers.push(1);
  first(run).close();
  await expect.poll(() => run.fake.messageBoxes.length).toBe(1);
  expect(run.fake.messageBoxes[0]!.options).toMatchObject({
    message: "A job is running.",
    buttons: ["Quit, Go On Next Time", "Cancel"],
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([run.fake.windows.length, job.stopped(), run.fake.app.exited]).toEqual([1, 0, false]);

  run.fake.answers.push(0);
  run.fake.app.quit();
  await expect.poll(() => run.fake.app.exited).toBe(true);
  expect([job.stopped(), run.closedJobProcesses()]).toEqual([1, 1]);

  const later = endlessJob();
  const again = await start({ settings: run.settings, runJob: later.runJob });
  await expect.poll(() => again.desktop.windows.map((window) => window.folder)).toEqual([folder]);
  await expect.poll(later.started).toBe(1);
  again.fake.answers.push(0);
  again.fake.app.quit();
  await expect.poll(() => again.fake.app.exited).toBe(true);
}, 30_000);

test("without a job it ends without a question, when its last window closes; on a Mac it stays", async () => {
  const run = await start();
  first(run).close();
  await expect.poll(() => run.fake.app.exited).toBe(true);
  expect(run.fake.messageBoxes).toEqual([]);
  const mac = await start({ platform: "darwin" });
  first(mac).close();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(mac.fake.app.exited).toBe(false);
  mac.fake.app.emit("activate");
  expect(mac.fake.windows).toHaveLength(1);
  expect(mac.fake.menu[0]!.label).toBe("OmniSat Desktop");
});

test("a check or a download of an update that fails says which, in the person's language, and installs nothing", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = Buffer.from(publicKey.export({ format: "jwk" }).x!, "base64url").toString("base64");
  const info = { version: "9.0.0", files: [{ url: "a.exe", sha512: "abc" }] };
  const updateInfo = { ...info, omnisatSignature: signatureOf(info, privateKey) };
  let check: () => Promise<{ isUpdateAvailable: boolean; updateInfo: UpdateInfo }> = () =>
    Promise.reject(new Error("net::ERR_NAME_NOT_RESOLVED\n  at somewhere"));
  let download = (): Promise<unknown> => Promise.reject(new Error("socket hang up"));
  const updater = {
    autoDownload: true,
    autoInstallOnAppQuit: true,
    checkForUpdates: () => check(),
    downloadUpdate: () => download(),
  };
  const updateFeed = { url: "https://updates.example", publicKey: key };
  const run = await start({ updater: async () => updater, updateFeed });
  const shown = () => run.fake.messageBoxes.at(-1)?.options;
  const click = () => {
    const items = run.fake.menu.at(-1)!.submenu as Electron.MenuItemConstructorOptions[];
    (items.find(({ id }) => id === "updates")!.click as () => void)();
  };
  run.fake.answers.push(0);
  click();
  await expect.poll(() => shown()?.message).toContain("could not be found out");
  expect(shown()!.detail).toBe("Details for support: net::ERR_NAME_NOT_RESOLVED");

  check = () => Promise.resolve({ isUpdateAvailable: true, updateInfo });
  run.fake.answers.push(0, 0);
  click();
  await expect.poll(() => shown()?.message).toContain("could not be downloaded");
  expect(updater.autoInstallOnAppQuit).toBe(false);

  download = () =>
    Promise.reject(Object.assign(new Error("sha512 checksum mismatch"), { code: "ERR_CHECKSUM_MISMATCH" }));
  run.fake.answers.push(0, 0);
  click();
  await expect.poll(() => shown()?.detail).toBe("The file that came is not the one that was signed. It is not installed."); // biome-ignore format: one line
  expect(updater.autoInstallOnAppQuit).toBe(false);

  let end = (): void => {};
  download = () => new Promise<void>((done) => (end = done)); // biome-ignore format: one line
  run.fake.answers.push(0, 0, 0);
  click();
  await expect.poll(() => updater.autoInstallOnAppQuit).toBe(true);
  click();
  await expect.poll(() => shown()?.message).toContain("already being looked for");
  end();
  await expect.poll(() => shown()?.message).toContain("is ready. It is installed when you quit");

  await invoke(run, "app.saveSettings", { settings: { language: "fr" } });
  check = () => Promise.resolve({ isUpdateAvailable: true, updateInfo: info });
  run.fake.answers.push(0);
  click();
  await expect.poll(() => shown()?.detail).toBe("La nouvelle version n’est pas signée.");
});

test("a package looks for no update by itself, and not at all without a channel", async () => {
  const without = await start();
  const help = (run: Run) => run.fake.menu.at(-1)!.submenu as Electron.MenuItemConstructorOptions[];
  expect(help(without).some(({ id }) => id === "updates")).toBe(false);

  const asked: string[] = [];
  let available = true;
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const updateFeed = {
    url: "https://updates.example/omnisat",
    publicKey: Buffer.from(publicKey.export({ format: "jwk" }).x!, "base64url").toString("base64"),
  };
  const info = { version: "9.0.0", files: [{ url: "a.exe", sha512: "abc" }] };
  let updateInfo: UpdateInfo = { ...info, omnisatSignature: signatureOf(info, privateKey) };
  const updater = {
    autoDownload: true,
    autoInstallOnAppQuit: true,
    checkForUpdates: async () => {
      asked.push("check");
      return { isUpdateAvailable: available, updateInfo };
    },
    downloadUpdate: async () => void asked.push("download"),
  };
  const run = await start({ updater: async () => updater, updateFeed });
  expect(asked).toEqual([]);
  const click = () => (help(run).find(({ id }) => id === "updates")!.click as () => void)();
  run.fake.answers.push(1);
  click();
  await expect.poll(() => run.fake.messageBoxes.at(-1)?.options.message).toBe("Version 9.0.0 is available.");
  expect([asked, updater.autoDownload, updater.autoInstallOnAppQuit]).toEqual([["check"], false, false]);
  run.fake.answers.push(0, 0);
  click();
  await expect.poll(() => asked).toEqual(["check", "check", "download"]);
  expect(updater.autoInstallOnAppQuit).toBe(true);
  const unsafe = "Updates cannot be trusted here, so nothing is downloaded.";
  updateInfo = { ...updateInfo, files: [{ url: "a.exe", sha512: "of something else" }] };
  run.fake.answers.push(0);
  click();
  await expect.poll(() => run.fake.messageBoxes.at(-1)?.options.message).toBe(unsafe);
  expect(asked).toEqual(["check", "check", "download", "check"]);
  available = false;
  run.fake.answers.push(0);
  click();
  await expect.poll(() => run.fake.messageBoxes.at(-1)?.options.message).toBe("This is the newest version.");

  const plain = await start({
    updater: async () => updater,
    updateFeed: { ...updateFeed, url: "http://updates.example" },
  });
  asked.length = 0;
  plain.fake.answers.push(0);
  (help(plain).find(({ id }) => id === "updates")!.click as () => void)();
  await expect.poll(() => plain.fake.messageBoxes.at(-1)?.options).toMatchObject({ message: unsafe, detail: expect.stringContaining("https") }); // biome-ignore format: one line
  expect(asked).toEqual([]);
});
