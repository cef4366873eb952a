import type { Electron, ElectronApi } from "./electron-api.ts";
import { feedProblem, type UpdateFeed, type UpdateInfo, updateProblem } from "./update-trust.ts";
import type { Words } from "./words.ts";

/** The part of electron-updater that is used. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  checkForUpdates(): Promise<{
    readonly isUpdateAvailable: boolean;
    readonly updateInfo: UpdateInfo;
  } | null>;
  downloadUpdate(): Promise<unknown>;
}

/**
 * Looks for a newer version when the person asks, and never by itself. It comes over https and is signed with the key of this
 * package, or it is not offered. What they agree to is fetched, checked against the signed hashes, and put in place when the program ends: no job is ever interrupted by it.
 */
export async function lookForUpdate(
  updater: Updater,
  { dialog }: Pick<ElectronApi, "dialog">,
  window: Electron.BrowserWindow | undefined,
  words: Words,
  feed: UpdateFeed,
): Promise<void> {
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  const show = (options: Electron.MessageBoxOptions) =>
    window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options);
  const unsafe = (detail: string) =>
    show({ type: "warning", message: words.updateUnsafe, detail, buttons: [words.close] });
  const problem = feedProblem(feed, words.updateDoubts);
  if (problem !== undefined) return void (await unsafe(problem));
  if (busy.has(updater)) return void (await show({ type: "info", message: words.updateBusy, buttons: [words.close] }));
  busy.add(updater);
  // The library's own messages are English and technical: they go into the details.
  const failed = (message: string, error: unknown) => {
    const said = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    return show({ type: "warning", message, detail: words.updateDetails(said), buttons: [words.close] });
  };
  try {
    const found = await updater.checkForUpdates().catch(async (error: unknown) => {
      await failed(words.updateFailed, error);
      return undefined;
    });
    if (found === undefined) return;
    if (!found?.isUpdateAvailable) {
      await show({ type: "info", message: words.upToDate, buttons: [words.close] });
      return;
    }
    const doubt = updateProblem(found.updateInfo, feed, words.updateDoubts);
    if (doubt !== undefined) return void (await unsafe(doubt));
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
    try {
      await updater.downloadUpdate();
    } catch (error) {
      updater.autoInstallOnAppQuit = false;
      const other = (error as { code?: unknown } | null)?.code === "ERR_CHECKSUM_MISMATCH";
      return void (await (other ? unsafe(words.updateDoubts.otherFile) : failed(words.updateNotDownloaded, error)));
    }
    await show({ type: "info", message: words.updateReady, buttons: [words.close] });
  } finally {
    busy.delete(updater);
  }
}

/** Those that look or download at this moment: asking again does not start a second download. */
const busy = new WeakSet<Updater>();
