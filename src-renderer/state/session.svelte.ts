import type { OpenedProject } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";

/** Under this key the tab remembers its project over a reload: a key of the browser's tab, not of the machine. */
const lastFolder = "omnisat.project";

/** What outlives a reload of this window, and no more. */
export type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Which project this window has open, and so which screen it shows. */
export class ProjectSession {
  readonly #client: Client;
  readonly #storage: TabStorage;
  project = $state.raw<OpenedProject | null>(null);
  /** False until the program has said what is open. */
  ready = $state(false);
  /** Why the window could not go on where it was. */
  error = $state.raw<unknown>();
  #epoch = 0;

  constructor({ client, storage }: { client: Client; storage: TabStorage }) {
    this.#client = client;
    this.#storage = storage;
  }

  /** Where the open project lies. It stays the same when the project is renamed or its area changes. */
  readonly folder = $derived.by((): string | null => this.project?.folder ?? null);

  get view(): "start" | "workspace" {
    return this.project ? "workspace" : "start";
  }

  /** Asks what is open: a reload or a new connection goes on there, whether or not the program still knows this window. */
  async resume(): Promise<void> {
    try {
      this.#enter(await this.#client.invoke("project.current", {}));
      const before = this.#storage.getItem(lastFolder);
      if (!this.project && before !== null) this.#enter(await this.#client.invoke("project.open", { folder: before }));
      this.error = undefined;
    } catch (error) {
      this.#storage.removeItem(lastFolder);
      this.error = error;
    }
    this.ready = true;
  }

  #enter(project: OpenedProject | null): void {
    this.project = project;
    if (project) this.#storage.setItem(lastFolder, project.folder);
  }

  /** Its name or its area was changed, here or in another window. */
  async renew(): Promise<void> {
    const { folder } = this.project ?? {};
    const project = await this.#client.invoke("project.current", {}).catch(() => null);
    // Another project may have been opened meanwhile.
    if (project && project.folder === folder && this.project?.folder === folder) this.project = project;
  }

  /** The start screen calls this with what `project.open`, `project.create` or `project.sample` answered. */
  entered(project: OpenedProject): void {
    this.#enter(project);
  }

  async open(folder: string, readOnly = false): Promise<void> {
    this.entered(await this.#client.invoke("project.open", { folder, readOnly }));
  }

  async close(): Promise<void> {
    await this.#client.invoke("project.close", {});
    this.#storage.removeItem(lastFolder);
    this.project = null;
  }

  /** After the program was restarted it knows no project of ours: open it again. */
  async reopen(): Promise<void> {
    if (this.#epoch === this.#client.connection.epoch) return;
    this.#epoch = this.#client.connection.epoch;
    const folder = this.project?.folder;
    if (folder === undefined) return;
    // It may be left, or another one opened, meanwhile.
    const still = () => this.folder === folder;
    try {
      const project = await this.#client.invoke("project.open", { folder });
      if (still()) this.project = project;
    } catch (error) {
      if (!still()) return;
      this.project = null;
      this.error = error;
    }
  }
}
