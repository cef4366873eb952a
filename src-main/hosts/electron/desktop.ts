import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import type { Topics } from "../../../src-shared/ipc/contract.ts";
import { errorMessage } from "../../../src-shared/ipc/errors.ts";
import type { Reply } from "../../../src-shared/ipc/preload.ts";
import { Application, type ApplicationHost, unfinishedJobs } from "../../services/app/application.ts";
import { logUnexpectedError } from "../log-unexpected-error.ts";
import { DesktopWindow } from "./desktop-window.ts";
import { choosePaths } from "./dialogs.ts";
import type { Electron, ElectronApi } from "./electron-api.ts";
import { JobProgress } from "./job-progress.ts";
import { LastSession, type WindowMemory } from "./last-session.ts";
import { lockContents, lockSession, trusted } from "./lock-down.ts";
import { menuTemplate } from "./menu.ts";
import { channels } from "./names.ts";
import { projectFolderOf, projectsOf } from "./project-argument.ts";
import { appProtocol, rasterProtocol, registerSchemes } from "./protocols.ts";
import type { UpdateFeed } from "./update-trust.ts";
import { lookForUpdate, type Updater } from "./updates.ts";
import { type Words, wordsFor } from "./words.ts";

export interface DesktopOptions
  extends Pick<ApplicationHost, "appVersion" | "sampleFolder" | "shippedModels" | "runJob" | "device"> {
  readonly electron: ElectronApi;
  readonly renderer: string;
  readonly preload: string;
  readonly icon?: string;
  readonly settingsFolder: string;
  /** the words after the program's own name */
  readonly words: readonly string[];
  readonly folder: string;
  readonly platform?: NodeJS.Platform;
  /** looks for newer versions; only in packages that have an update channel */
  readonly updater?: () => Promise<Updater>;
  /** where they come from, and the key they are signed with */
  readonly updateFeed?: UpdateFeed;
  /** ends the job processes, after every job has stopped */
  readonly closeJobProcesses: () => Promise<void>;
}

const message = z.strictObject({ command: z.string().max(100), request: z.unknown() });

/** The desktop application: its windows, its menu, start and end. Everything else is done by the services. */
export class Desktop {
  readonly application: Application;
  readonly #options: DesktopOptions;
  readonly #electron: ElectronApi;
  readonly #platform: NodeJS.Platform;
  readonly #last: LastSession;
  readonly #progress = new JobProgress();
  readonly #windows = new Set<DesktopWindow>();
  /** projects that the system asked to open before the app was ready */
  readonly #wanted: string[] = [];
  #ready = false;
  #ending: "no" | "asking" | "ending" | "ended" = "no";

  constructor(options: DesktopOptions) {
    const { electron, platform = process.platform } = options;
    this.#options = options;
    this.#electron = electron;
    this.#platform = platform;
    this.#last = new LastSession(join(options.settingsFolder, "windows.json"));
    this.application = new Application({
      kind: "electron",
      appVersion: options.appVersion,
      settingsFolder: options.settingsFolder,
      sampleFolder: options.sampleFolder,
      shippedModels: options.shippedModels,
      runJob: options.runJob,
      device: options.device,
      roots: [],
      choosePaths: (request) => choosePaths(electron.dialog, this.#front()?.native, request),
      reveal: (path) => electron.shell.showItemInFolder(path),
    });
  }

  get windows(): readonly DesktopWindow[] {
    return [...this.#windows];
  }

  /** False when the program runs already: that process opens the projects that were named, and this one ends. */
  async start(): Promise<boolean> {
    const { app, protocol, crashReporter } = this.#electron;
    app.enableSandbox();
    registerSchemes(protocol);
    if (!app.requestSingleInstanceLock()) {
      app.quit();
      return false;
    }
    // Crash dumps stay on this machine.
    crashReporter.start({ uploadToServer: false });
    app.setAppUserModelId?.("org.omnisat.desktop");
    lockContents(this.#electron);
    app.on("second-instance", (_event, words, folder) => this.#openAll(projectsOf(words.slice(1), folder)));
    app.on("open-file", (event, path) => {
      event.preventDefault();
      const folder = projectFolderOf(path);
      if (folder) this.#openAll([folder]);
    });
    app.on("activate", () => {
      if (this.#ready && this.#windows.size === 0) this.#open(null);
    });
    app.on("window-all-closed", () => {
      if (this.#platform !== "darwin") app.quit();
    });
    app.on("before-quit", (event) => this.#beforeQuit(event));
    await app.whenReady();
    this.#whenReady();
    return true;
  }

  #whenReady(): void {
    const { protocol, session, ipcMain, nativeTheme } = this.#electron;
    lockSession(session.defaultSession);
    protocol.handle("app", appProtocol(this.#options.renderer));
    protocol.handle(
      "raster",
      rasterProtocol((name) => this.windows.find((window) => window.name === name)?.session),
    );
    ipcMain.handle(channels.invoke, (event, what) => this.#answer(event, what));
    nativeTheme.themeSource = this.application.settings.get().theme;
    this.#ready = true;
    const { windows, resume } = this.#last.begin();
    const named = [...projectsOf(this.#options.words, this.#options.folder), ...this.#wanted.splice(0)];
    const before = windows.filter(({ folder }) => folder !== null && !named.includes(folder));
    const opened = [
      ...before.map((memory) => this.#open(memory.folder, memory)),
      ...named.map((folder) => this.#open(folder)),
    ];
    if (opened.length === 0) opened.push(this.#open(null, windows[0]));
    this.#setMenu();
    void Promise.all(opened.map(({ loaded }) => loaded)).then(() => {
      this.#last.stands();
      this.#resume(resume);
    });
  }

  /** A project that a window shows already is brought to the front; two windows on one project are made in the window's menu. */
  #openAll(folders: readonly string[]): void {
    if (!this.#ready) {
      this.#wanted.push(...folders);
      return;
    }
    for (const folder of folders) {
      const shown = this.windows.find((window) => window.folder === folder);
      if (shown) shown.focus();
      else this.#open(folder);
    }
    if (folders.length === 0) (this.#front() ?? this.#open(null).window).focus();
  }

  #open(
    folder: string | null,
    memory: Partial<WindowMemory> = {},
  ): { readonly window: DesktopWindow; readonly loaded: Promise<void> } {
    const window = new DesktopWindow({
      electron: this.#electron,
      application: this.application,
      preload: this.#options.preload,
      icon: this.#options.icon,
      memory,
      words: () => this.#words(),
      onchanged: (changed) => this.#changed(changed),
      ontold: (told, topic, what) => this.#told(told, topic, what),
      onclose: (closing) => this.#mayClose(closing),
      onclosed: (closed) => this.#closed(closed),
    });
    this.#windows.add(window);
    return { window, loaded: window.load(folder) };
  }

  async #answer(event: Electron.IpcMainInvokeEvent, what: unknown): Promise<Reply> {
    const window = this.windows.find(({ native }) => native.webContents === event.sender);
    if (!window || !trusted(event)) throw new Error("This page is not a window of the program.");
    try {
      const asked = message.safeParse(what);
      if (!asked.success)
        throw new AppError("request-invalid", { command: "invoke", problems: [reason("request-none")] });
      const { command, request } = asked.data;
      return { answer: await window.invoke(command, request) };
    } catch (error) {
      logUnexpectedError(error);
      return { error: errorMessage(error) };
    }
  }

  #changed(window: DesktopWindow): void {
    if (window.folder !== null) this.#electron.app.addRecentDocument(window.folder);
    this.#note();
    this.#setMenu();
  }

  #note(): void {
    if (this.#ending === "no" || this.#ending === "asking") this.#last.note(this.windows.map(({ memory }) => memory));
  }

  #told(window: DesktopWindow, topic: string, what: unknown): void {
    if (topic === "settings.changed") {
      this.#electron.nativeTheme.themeSource = this.application.settings.get().theme;
      this.#setMenu();
    }
    const folder = window.session.project?.catalog.folder;
    if (folder === undefined) return;
    if (topic === "job.state") {
      const { id, state } = what as Topics["job.state"];
      this.#progress.state(folder, id, state);
    } else if (topic === "job.event") {
      const { id, event } = what as Topics["job.event"];
      this.#progress.event(folder, id, event);
    } else return;
    const { fraction } = this.#progress;
    for (const { native } of this.#windows) if (!native.isDestroyed()) native.setProgressBar(fraction ?? -1);
  }

  /** Closing the last window ends the program (but on a Mac), so it asks first what quitting would ask. */
  #mayClose(_window: DesktopWindow): boolean {
    const last = this.#windows.size === 1 && this.#platform !== "darwin";
    if (this.#ending === "ending" || this.#ending === "ended" || !last || this.#busy().length === 0) return true;
    this.#electron.app.quit();
    return false;
  }

  #closed(window: DesktopWindow): void {
    // The last window of a session is where the next one begins.
    if (this.#windows.size > 1) {
      this.#windows.delete(window);
      this.#note();
    }
    this.#windows.delete(window);
    this.#setMenu();
  }

  #busy(): { readonly folder: string; readonly jobs: number[] }[] {
    return [...this.application.projects]
      .map(([folder, project]) => ({ folder, jobs: unfinishedJobs(project) }))
      .filter(({ jobs }) => jobs.length > 0);
  }

  #beforeQuit(event: Electron.Event): void {
    if (this.#ending === "ended") return;
    event.preventDefault();
    if (this.#ending === "no") void this.#quit();
  }

  async #quit(): Promise<void> {
    this.#ending = "asking";
    const busy = this.#busy();
    if (busy.length > 0 && !(await this.#askToQuit(busy.reduce((sum, { jobs }) => sum + jobs.length, 0)))) {
      this.#ending = "no";
      return;
    }
    this.#note();
    this.#ending = "ending";
    // Jobs stop at their next step, which may take some seconds: the windows are hidden meanwhile.
    for (const { native } of this.#windows) if (!native.isDestroyed()) native.hide();
    await this.application.close().catch(() => {});
    await this.#options.closeJobProcesses().catch(() => {});
    this.#last.end(busy);
    this.#ending = "ended";
    this.#electron.app.quit();
  }

  async #askToQuit(jobs: number): Promise<boolean> {
    const words = this.#words();
    const options: Electron.MessageBoxOptions = {
      type: "question",
      title: words.quitTitle,
      message: words.quitQuestion(jobs),
      detail: words.quitDetail,
      buttons: [words.quitNow, words.cancel],
      defaultId: 0,
      cancelId: 1,
      noLink: true,
    };
    const front = this.#front()?.native;
    const { dialog } = this.#electron;
    const { response } = await (front ? dialog.showMessageBox(front, options) : dialog.showMessageBox(options));
    return response === 0;
  }

  /** Goes on with the jobs that quitting stopped, in the projects that are open again. What cannot go on stays in the list, resumable. */
  #resume(stopped: readonly { readonly folder: string; readonly jobs: readonly number[] }[]): void {
    for (const { folder, jobs } of stopped) {
      const window = this.windows.find((candidate) => candidate.folder === folder);
      for (const id of jobs) window?.session.invoke("jobs.resume", { id }).catch(() => {});
    }
  }

  #setMenu(): void {
    const { app, Menu } = this.#electron;
    const { application } = this;
    const template = menuTemplate(
      {
        words: this.#words(),
        recent: application.recent.list(),
        platform: this.#platform,
        hasWindow: this.#windows.size > 0,
        packaged: app.isPackaged,
      },
      {
        command: (id) => this.#front()?.tell("window.command", { id, argument: null }),
        openFolder: (folder) => this.#openAll([folder]),
        clearRecent: () => {
          for (const { folder } of application.recent.list()) application.recent.forget(folder);
          app.clearRecentDocuments();
          this.#setMenu();
        },
        newWindow: () => void this.#open(null),
        checkForUpdates: this.#options.updater && (() => void this.#lookForUpdate()),
        reload: () => this.#front()?.native.webContents.reload(),
      },
    );
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  async #lookForUpdate(): Promise<void> {
    const updater = await this.#options.updater?.();
    const feed = this.#options.updateFeed ?? { url: "", publicKey: "" };
    if (updater) await lookForUpdate(updater, this.#electron, this.#front()?.native, this.#words(), feed);
  }

  #words(): Words {
    return wordsFor(this.application.settings.get().language, this.#electron.app.getLocale());
  }

  /** The window that the person looks at, or looked at last. */
  #front(): DesktopWindow | undefined {
    const focused = this.#electron.BrowserWindow.getFocusedWindow();
    return this.windows.find(({ native }) => native === focused) ?? this.windows.at(-1);
  }
}
