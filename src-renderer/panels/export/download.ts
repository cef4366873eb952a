import { exportFilePath } from "../../../src-shared/ipc/pixels.ts";
import { bridge } from "../../client/index.ts";
import { session } from "../../state/index.ts";
import { type Exported, fileNameOf, folderOf } from "./exporting.svelte.ts";

/** Larger files are taken from the disk: an answer is held in memory as a whole. */
const most = 256 << 20;

/** Where a browser fetches an exported file; `null` for one outside of the project's own folder of exports, and for a large one. */
export function downloadAddress({ path, bytes }: Exported): string | null {
  const folder = session.project?.folder;
  if ((bytes ?? 0) > most) return null;
  if (!folder || folderOf(path) !== `${folder}/exports`.replaceAll("//", "/")) return null;
  return `${bridge.pixels}${exportFilePath(fileNameOf(path))}`;
}
