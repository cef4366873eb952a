import { join } from "node:path";
import type { ChoosePaths } from "../../../src-shared/ipc/app.ts";
import type { Electron, ElectronApi } from "./electron-api.ts";

/** The system's own dialog for files and folders, before the window that asks. `null`: cancelled. */
export async function choosePaths(
  dialog: ElectronApi["dialog"],
  parent: Electron.BrowserWindow | undefined,
  { kind, title, filters, multiple, folder, name }: ChoosePaths,
): Promise<readonly string[] | null> {
  const common = {
    title,
    ...(filters
      ? { filters: filters.map((filter) => ({ name: filter.name, extensions: [...filter.extensions] })) }
      : {}),
  };
  const start = folder && name ? join(folder, name) : (folder ?? name);
  const place = start === undefined ? {} : { defaultPath: start };
  if (kind === "save") {
    const options: Electron.SaveDialogOptions = {
      ...common,
      ...place,
      properties: ["createDirectory", "showOverwriteConfirmation"],
    };
    const { canceled, filePath } = await (parent
      ? dialog.showSaveDialog(parent, options)
      : dialog.showSaveDialog(options));
    return canceled || !filePath ? null : [filePath];
  }
  const properties: Electron.OpenDialogOptions["properties"] = [
    kind === "open" ? "openFile" : "openDirectory",
    "createDirectory",
    ...(multiple ? (["multiSelections"] as const) : []),
  ];
  const options: Electron.OpenDialogOptions = { ...common, ...place, properties };
  const { canceled, filePaths } = await (parent
    ? dialog.showOpenDialog(parent, options)
    : dialog.showOpenDialog(options));
  return canceled || filePaths.length === 0 ? null : filePaths;
}
