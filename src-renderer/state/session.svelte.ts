import type { OpenedProject } from "../../src-shared/ipc/index.ts";
import { connection, invoke } from "../client/index.ts";

/** Under this key the tab remembers its project over a reload: a key of the browser's tab, not of the machine. */
const lastFolder = "omnisat.project";

/** Which project this window has open, and so which screen it shows. */
class Session {
  project = $state.raw<OpenedProject | null>(null);
  /** False until the program has said what is open. */
  ready = $state(false);
  /** Why the window could not go on where it was. */
  error = $state.raw<unknown>();
  #epoch = 0;

  get view(): "start" | "workspace" {
    return this.project ? "workspace" : "start";
  }

  /** Asks what is open: a reload or a new connection goes on there, whether or not the program still knows this window. */
  async resume(): Promise<void> {
    try {
      this.#enter(await invoke("project.current", {}));
      const before = sessionStorage.getItem(lastFolder);
      if (!this.project && before !== null) this.#enter(await invoke("project.open", { folder: before }));
      this.error = undefined;
    } catch (error) {
      sessionStorage.removeItem(lastFolder);
      this.error = error;
    }
    this.ready = true;
  }

  #enter(project: OpenedProject | null): void {
    this.project = project;
    if (project) sessionStorage.setItem(lastFolder, project.folder);
  }

  /** Its name or its area was changed, here or in another window. */
  async renew(): Promise<void> {
    const { folder } = this.project ?? {};
    const project = await invoke("project.current", {}).catch(() => null);
    // Another project may have been opened meanwhile.
    if (project && project.folder === folder && this.project?.folder === folder) this.project = project;
  }

  /** The start screen calls this with what `project.open`, `project.create` or `project.sample` answered. */
  entered(project: OpenedProject): void {
    this.#enter(project);
  }

  async open(folder: string, readOnly = false): Promise<void> {
    this.entered(await invoke("project.open", { folder, readOnly }));
  }

  async close(): Promise<void> {
    await invoke("project.close", {});
    sessionStorage.removeItem(lastFolder);
    this.project = null;
  }

  /** After the program was restarted it knows no project of ours: open it again. */
  async reopen(): Promise<void> {
    if (this.#epoch === connection.epoch) return;
    this.#epoch = connection.epoch;
    const folder = this.project?.folder;
    if (folder === undefined) return;
    try {
      this.project = await invoke("project.open", { folder });
    } catch (error) {
      this.project = null;
      this.error = error;
    }
  }
}

export const session = new Session();
