import { EventEmitter } from "node:events";
import type { Electron } from "../electron-api.ts";
import type { FakeElectron } from "./electron.ts";

type OpenHandler = Parameters<Electron.WebContents["setWindowOpenHandler"]>[0];

/** A window of the fake: closing can be prevented, destroying cannot. */
export class FakeWindow extends EventEmitter {
  readonly options: Electron.BrowserWindowConstructorOptions;
  readonly webContents: FakeContents;
  progress = -1;
  visible = false;
  maximized = false;
  minimized = false;
  represented = "";
  bounds: Electron.Rectangle;
  readonly #fake: FakeElectron;
  #destroyed = false;

  constructor(fake: FakeElectron, options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.#fake = fake;
    this.options = options;
    const { x = 100, y = 100, width = 800, height = 600 } = options;
    this.bounds = { x, y, width, height };
    this.webContents = new FakeContents(options.webPreferences ?? {});
    fake.windows.push(this);
    fake.focused = this;
    fake.app.emit("web-contents-created", {}, this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url;
    await Promise.resolve();
    this.emit("ready-to-show");
  }

  show = (): void => {
    this.visible = true;
  };
  hide = (): void => {
    this.visible = false;
  };
  focus = (): void => {
    this.#fake.focused = this;
  };
  restore = (): void => {
    this.minimized = false;
  };
  isMinimized = (): boolean => this.minimized;
  isMaximized = (): boolean => this.maximized;
  maximize = (): void => {
    this.maximized = true;
    this.emit("maximize");
  };
  isDestroyed = (): boolean => this.#destroyed;
  getNormalBounds = (): Electron.Rectangle => this.#alive(this.bounds);
  setProgressBar = (fraction: number): void => {
    this.#alive(0);
    this.progress = fraction;
  };
  setRepresentedFilename = (path: string): void => {
    this.represented = path;
  };

  /** The person moves it. */
  moveTo(bounds: Electron.Rectangle): void {
    this.bounds = bounds;
    this.emit("moved");
  }

  close(): void {
    let prevented = false;
    this.emit("close", {
      preventDefault: () => {
        prevented = true;
      },
    });
    if (!prevented) this.destroy();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#fake.windows.splice(this.#fake.windows.indexOf(this), 1);
    if (this.#fake.focused === this) this.#fake.focused = this.#fake.windows.at(-1) ?? null;
    this.emit("closed");
    if (this.#fake.windows.length === 0) this.#fake.app.emit("window-all-closed");
  }

  #alive<Value>(value: Value): Value {
    if (this.#destroyed) throw new TypeError("Object has been destroyed");
    return value;
  }
}

/** A page of the fake: what it was sent, how often it was loaded again, and what it would be allowed to do. */
class FakeContents extends EventEmitter {
  readonly mainFrame = { url: "" };
  readonly preferences: Electron.WebPreferences;
  readonly sent: { readonly channel: string; readonly what: unknown }[] = [];
  reloads = 0;
  #open: OpenHandler | undefined;

  constructor(preferences: Electron.WebPreferences) {
    super();
    this.preferences = preferences;
  }

  send = (channel: string, what: unknown): void => void this.sent.push({ channel, what: structuredClone(what) });
  reload = (): void => {
    this.reloads++;
  };
  setWindowOpenHandler = (handler: OpenHandler): void => {
    this.#open = handler;
  };
  forcefullyCrashRenderer = (): void => this.crash("killed");

  /** The page dies. */
  crash(reason: string): void {
    this.emit("render-process-gone", {}, { reason, exitCode: 139 });
  }

  /** The page tries to go elsewhere; true when it got there. */
  tries(event: "will-navigate" | "will-frame-navigate" | "will-redirect" | "will-attach-webview"): boolean {
    let prevented = false;
    this.emit(
      event,
      {
        preventDefault: () => {
          prevented = true;
        },
      },
      "https://evil.example/",
    );
    return !prevented;
  }

  /** The page tries to open another window; true when there is one. */
  opens(url: string): boolean {
    return this.#open?.({ url } as Electron.HandlerDetails).action !== "deny";
  }
}
