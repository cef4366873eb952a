import { EventEmitter } from "node:events";
import type { Electron, ElectronApi } from "../electron-api.ts";
import { fakeUtilityProcess } from "./utility-process.ts";
import { FakeWindow } from "./window.ts";

type PermissionRequest = NonNullable<Parameters<Electron.Session["setPermissionRequestHandler"]>[0]>;
type PermissionCheck = NonNullable<Parameters<Electron.Session["setPermissionCheckHandler"]>[0]>;

export interface MessageBox {
  readonly parent: FakeWindow | undefined;
  readonly options: Electron.MessageBoxOptions;
}

/**
 * A stand-in for Electron: the parts this host uses, with the order of events, the preventable defaults and the refusals
 * that Electron's documentation describes. Calls of the host are kept in fields; actions of the user or the system
 * are methods. `answers` are given to message boxes and dialogs in turn.
 */
export class FakeElectron {
  readonly app = new FakeApp(this);
  readonly windows: FakeWindow[] = [];
  focused: FakeWindow | null = null;
  readonly schemes = new Map<string, Electron.Privileges>();
  readonly protocols = new Map<string, (request: Request) => Promise<Response>>();
  readonly handlers = new Map<string, (event: Electron.IpcMainInvokeEvent, what: unknown) => Promise<unknown>>();
  menu: Electron.MenuItemConstructorOptions[] = [];
  readonly messageBoxes: MessageBox[] = [];
  readonly openDialogs: Electron.OpenDialogOptions[] = [];
  readonly saveDialogs: Electron.SaveDialogOptions[] = [];
  readonly answers: number[] = [];
  readonly chosen: string[][] = [];
  readonly shown: string[] = [];
  permissionRequest: PermissionRequest | null = null;
  permissionCheck: PermissionCheck | null = null;
  requestFilter: ((url: string) => boolean) | undefined;
  readonly nativeTheme = { themeSource: "system", shouldUseDarkColors: false };
  readonly sessionEvents = new EventEmitter();
  crashReporterOptions: Electron.CrashReporterStartOptions | undefined;
  screens = [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }];
  /** job processes and probes, started with the options they were given */
  readonly forks: {
    readonly entry: string;
    readonly words: readonly string[];
    readonly options: Electron.ForkOptions;
  }[] = [];

  /** As the host gets it. */
  get api(): ElectronApi {
    const fake = this;
    const BrowserWindow = class extends FakeWindow {
      constructor(options: Electron.BrowserWindowConstructorOptions) {
        if (!fake.app.isReady()) throw new Error("Cannot create BrowserWindow before app is ready");
        super(fake, options);
      }
      static getFocusedWindow = () => fake.focused;
      static getAllWindows = () => fake.windows;
    };
    return {
      app: this.app,
      BrowserWindow,
      crashReporter: {
        start: (options: Electron.CrashReporterStartOptions) => {
          this.crashReporterOptions = options;
        },
      },
      dialog: {
        showMessageBox: async (...words: unknown[]) => {
          const [parent, options] = words.length === 2 ? words : [undefined, words[0]];
          this.messageBoxes.push({
            parent: parent as FakeWindow | undefined,
            options: options as Electron.MessageBoxOptions,
          });
          const response = this.answers.shift();
          // A message box without an answer stays open.
          return response === undefined ? new Promise(() => {}) : { response, checkboxChecked: false };
        },
        showOpenDialog: async (...words: unknown[]) => {
          this.openDialogs.push(words.at(-1) as Electron.OpenDialogOptions);
          const filePaths = this.chosen.shift() ?? [];
          return { canceled: filePaths.length === 0, filePaths };
        },
        showSaveDialog: async (...words: unknown[]) => {
          this.saveDialogs.push(words.at(-1) as Electron.SaveDialogOptions);
          const [filePath] = this.chosen.shift() ?? [];
          return { canceled: filePath === undefined, filePath: filePath ?? "" };
        },
      },
      ipcMain: {
        handle: (channel: string, handler: (event: Electron.IpcMainInvokeEvent, what: unknown) => Promise<unknown>) => {
          if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
          this.handlers.set(channel, handler);
        },
      },
      Menu: {
        buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template,
        setApplicationMenu: (menu: Electron.MenuItemConstructorOptions[]) => {
          this.menu = menu;
        },
      },
      nativeTheme: this.nativeTheme,
      protocol: {
        registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]) => {
          if (this.app.isReady())
            throw new Error("protocol.registerSchemesAsPrivileged should be called before app is ready");
          if (this.schemes.size) throw new Error("registerSchemesAsPrivileged can only be used once");
          for (const { scheme, privileges } of schemes) this.schemes.set(scheme, privileges ?? {});
        },
        handle: (scheme: string, handler: (request: Request) => Promise<Response>) => {
          if (!this.app.isReady()) throw new Error("protocol.handle needs a ready app");
          if (this.protocols.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
          this.protocols.set(scheme, handler);
        },
      },
      screen: { getAllDisplays: () => this.screens },
      session: {
        defaultSession: Object.assign(this.sessionEvents, {
          setPermissionRequestHandler: (handler: PermissionRequest) => {
            this.permissionRequest = handler;
          },
          setPermissionCheckHandler: (handler: PermissionCheck) => {
            this.permissionCheck = handler;
          },
          setDevicePermissionHandler: () => {},
          setSpellCheckerEnabled: () => {},
          webRequest: {
            onBeforeRequest: (
              listener: (details: { url: string }, answer: (verdict: { cancel?: boolean }) => void) => void,
            ) => {
              this.requestFilter = (url) => {
                let passes = true;
                listener({ url }, ({ cancel }) => {
                  passes = !cancel;
                });
                return passes;
              };
            },
          },
        }),
      },
      shell: { showItemInFolder: (path: string) => this.shown.push(path) },
      utilityProcess: fakeUtilityProcess(this.forks),
    } as unknown as ElectronApi;
  }

  /** The person asks for an address of ours, as a page would. */
  async fetch(address: string): Promise<Response> {
    const handler = this.protocols.get(new URL(address).protocol.slice(0, -1));
    if (!handler) throw new Error(`No protocol for ${address}`);
    return handler(new Request(address));
  }

  /** A message from the page of a window, or from a frame in it. */
  ask(
    window: FakeWindow,
    what: unknown,
    frame: { readonly url: string } | null = window.webContents.mainFrame,
  ): Promise<unknown> {
    const event = { sender: window.webContents, senderFrame: frame } as unknown as Electron.IpcMainInvokeEvent;
    return this.handlers.get("omnisat:invoke")!(event, what);
  }
}

/** The application: `quit()` closes window by window, and every step can be prevented. */
class FakeApp extends EventEmitter {
  readonly isPackaged = true;
  readonly recent: string[] = [];
  sandboxed = false;
  locale = "en-GB";
  /** another instance has it already */
  lockTaken = false;
  exited = false;
  #ready = false;
  #becomeReady = (): void => {};
  readonly #whenReady = new Promise<void>((resolve) => {
    this.#becomeReady = resolve;
  });
  readonly #fake: FakeElectron;

  constructor(fake: FakeElectron) {
    super();
    this.#fake = fake;
  }

  isReady = (): boolean => this.#ready;
  whenReady = (): Promise<void> => this.#whenReady;
  getLocale = (): string => this.locale;
  requestSingleInstanceLock = (): boolean => !this.lockTaken;
  setAppUserModelId = (): void => {};
  addRecentDocument = (path: string): void => void this.recent.push(path);
  clearRecentDocuments = (): void => void this.recent.splice(0);

  enableSandbox = (): void => {
    if (this.#ready) throw new Error("enableSandbox can only be called before app is ready");
    this.sandboxed = true;
  };

  /** The system has started the program. */
  becomeReady(): void {
    this.#ready = true;
    this.#becomeReady();
    this.emit("ready");
  }

  quit = (): void => {
    if (!this.#emitPreventable("before-quit")) return;
    for (const window of [...this.#fake.windows]) {
      window.close();
      if (!window.isDestroyed()) return;
    }
    if (!this.#emitPreventable("will-quit")) return;
    this.exited = true;
    this.emit("quit", {}, 0);
  };

  #emitPreventable(name: string): boolean {
    let prevented = false;
    this.emit(name, {
      preventDefault: () => {
        prevented = true;
      },
    });
    return !prevented;
  }
}
