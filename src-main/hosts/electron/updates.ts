import type { Electron, ElectronApi } from "./electron-api.ts";
import type { Words } from "./words.ts";

/** The part of electron-updater that is used. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  checkForUpdates(): Promise<{
    readonly isUpdateAvailable: boolean;
    readonly updateInfo: { readonly version: string };
  } | null>;
  downloadUpdate(): Promise<unknown>;
}

/**
 * Looks for a newer version when the person asks, and never by itself. What they agree to is fetched, checked by its
 * signature, and put in place when the program ends: no job is ever interrupted by it.
 */
export async function lookForUpdate(
  updater: Updater,
  { dialog }: Pick<ElectronApi, "dialog">,
  window: Electron.BrowserWindow | undefined,
  words: Words,
): Promise<void> {
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  const show = (options: Electron.MessageBoxOptions) =>
    window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options);
  try {
    const found = await updater.checkForUpdates();
    if (!found?.isUpdateAvailable) {
      await show({ type: "info", message: words.upToDate, buttons: [words.close] });
      return;
    }
    const { response } = await show({
      type: "question",
      message: words.updateFound(found.updateInfo.version),
      detail: words.updateDetail,
      buttons: [words.updateNow, words.cancel],
      defaultId: 0,
      cancelId: 1,
    });
    if (response !== 0) return;
    updater.autoInstallOnAppQuit = true;
    await updater.downloadUpdate();
    await show({ type: "info", message: words.updateReady, buttons: [words.close] });
  } catch (error) {
    const detail = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    await show({ type: "warning", message: words.updateFailed, detail, buttons: [words.close] });
  }
}
