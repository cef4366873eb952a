import type * as Electron from "electron";

/** The part of Electron that this host stands on. It is handed in, so that tests can hand in a faithful fake. */
export type ElectronApi = Pick<
  typeof Electron,
  | "app"
  | "BrowserWindow"
  | "crashReporter"
  | "dialog"
  | "ipcMain"
  | "Menu"
  | "nativeTheme"
  | "protocol"
  | "screen"
  | "session"
  | "shell"
  | "utilityProcess"
>;

export type { Electron };
