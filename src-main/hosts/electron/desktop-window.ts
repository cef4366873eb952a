import { randomBytes } from "node:crypto";
import type { TopicName } from "../../../src-shared/ipc/contract.ts";
import type { Application, WindowSession } from "../../services/app/application.ts";
import type { Electron, ElectronApi } from "./electron-api.ts";
import type { WindowMemory } from "./last-session.ts";
import { channels, windowAddress } from "./names.ts";
import { placeOnScreen, windowOptions } from "./window-options.ts";
import type { Words } from "./words.ts";

export interface DesktopWindowOptions {
  readonly electron: ElectronApi;
  readonly application: Application;
  readonly preload: string;
  readonly icon: string | undefined;
  readonly memory: Partial<WindowMemory>;
  readonly words: () => Words;
  /** the window shows something else, or stands elsewhere */
  readonly onchanged: (window: DesktopWindow) => void;
  readonly ontold: (window: DesktopWindow, topic: TopicName, what: unknown) => void;
  /** may it close? */
  readonly onclose: (window: DesktopWindow) => boolean;
  readonly onclosed: (window: DesktopWindow) => void;
}

/** After this many crashes of a page within this time the user is asked. */
const crashes = { atMost: 3, withinMilliseconds: 120_000 };

/** One window: its page, its session of the services, and what becomes of it when the page crashes. */
export class DesktopWindow {
  /** the host of its pixels; nobody else knows it */
  readonly name = randomBytes(16).toString("hex");
  readonly session: WindowSession;
  readonly native: Electron.BrowserWindow;
  readonly #options: DesktopWindowOptions;
  #folder: string | null = null;
  #crashed: number[] = [];

  constructor(options: DesktopWindowOptions) {
    this.#options = options;
    const { electron, application, memory, preload, icon } = options;
    this.session = application.openSession((topic, what) => this.tell(topic, what));
    const screens = electron.screen.getAllDisplays().map(({ workArea }) => workArea);
    this.native = new electron.BrowserWindow(
      windowOptions(this.name, {
        preload,
        icon,
        place: placeOnScreen(memory.place, screens),
        dark: electron.nativeTheme.shouldUseDarkColors,
      }),
    );
    if (memory.maximized) this.native.maximize();
    this.#listen();
  }

  /** Opens the project first, so that the page finds it open; then shows the page. A project that cannot be opened leaves the start screen. */
  async load(folder: string | null): Promise<void> {
    if (folder !== null) await this.session.open(folder, false).catch(() => {});
    this.#look();
    await this.native.loadURL(windowAddress);
  }

  /** The folder of the project it shows. */
  get folder(): string | null {
    return this.#folder;
  }

  get memory(): WindowMemory {
    const maximized = this.native.isMaximized();
    return { folder: this.#folder, place: this.native.getNormalBounds(), maximized };
  }

  tell(topic: TopicName, what: unknown): void {
    if (!this.native.isDestroyed()) this.native.webContents.send(channels.tell, { topic, what });
    this.#options.ontold(this, topic, what);
  }

  async invoke(command: string, request: unknown): Promise<unknown> {
    try {
      return await this.session.invoke(command, request);
    } finally {
      this.#look();
    }
  }

  focus(): void {
    if (this.native.isMinimized()) this.native.restore();
    this.native.show();
    this.native.focus();
  }

  /** True when it shows another project. */
  #look(): void {
    const folder = this.session.project?.catalog.folder ?? null;
    if (folder === this.#folder) return;
    this.#folder = folder;
    if (this.native.isDestroyed()) return;
    this.native.setRepresentedFilename(folder ?? "");
    this.#options.onchanged(this);
  }

  #listen(): void {
    const { native } = this;
    native.once("ready-to-show", () => native.show());
    for (const event of ["resized", "moved", "maximize", "unmaximize"] as const) {
      native.on(event as "resized", () => this.#options.onchanged(this));
    }
    native.on("close", (event) => {
      if (!this.#options.onclose(this)) event.preventDefault();
    });
    native.on("closed", () => {
      this.session.close();
      this.#options.onclosed(this);
    });
    native.on("unresponsive", () => void this.#askAboutStuck());
    native.webContents.on("render-process-gone", (_event, { reason }) => {
      if (reason !== "clean-exit" && !native.isDestroyed()) void this.#recover();
    });
  }

  /** The page crashed but its session continues: the page is loaded again and finds the project open. */
  async #recover(): Promise<void> {
    const now = Date.now();
    this.#crashed = [...this.#crashed.filter((time) => now - time < crashes.withinMilliseconds), now];
    if (this.#crashed.length > crashes.atMost) {
      const words = this.#options.words();
      const { response } = await this.#options.electron.dialog.showMessageBox(this.native, {
        type: "error",
        title: words.goneTitle,
        message: words.goneQuestion,
        detail: words.goneDetail,
        buttons: [words.reloadNow, words.closeNow],
        defaultId: 0,
        cancelId: 1,
      });
      if (response === 1) return this.native.destroy();
      this.#crashed = [];
    }
    if (!this.native.isDestroyed()) this.native.webContents.reload();
  }

  async #askAboutStuck(): Promise<void> {
    const words = this.#options.words();
    const { response } = await this.#options.electron.dialog.showMessageBox(this.native, {
      type: "warning",
      message: words.stuckQuestion,
      detail: words.stuckDetail,
      buttons: [words.wait, words.reloadNow],
      defaultId: 0,
      cancelId: 0,
    });
    if (response === 1 && !this.native.isDestroyed()) {
      // A page that hangs does not reload by itself: it is ended, and recovery loads it again.
      this.native.webContents.forcefullyCrashRenderer();
    }
  }
}
