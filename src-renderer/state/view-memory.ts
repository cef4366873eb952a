import type { Client } from "../client/index.ts";
import type { ProjectSession } from "./session.svelte.ts";

/** What the window keeps with the open project of how it is looked at: docks, camera, pins … */
export class ViewMemory {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #pending = new Map<string, ReturnType<typeof setTimeout>>();

  constructor({ client, session }: { client: Client; session: ProjectSession }) {
    this.#client = client;
    this.#session = session;
  }

  /** Keeps a value of the open project's view, soon and once for many changes. */
  remember(key: string, value: unknown): void {
    const { folder } = this.#session;
    clearTimeout(this.#pending.get(key));
    this.#pending.set(
      key,
      setTimeout(() => {
        this.#pending.delete(key);
        // Another project has its own view.
        if (folder === null || folder !== this.#session.folder) return;
        // A view that could not be kept (a read-only project) is no loss worth a message.
        this.#client.invoke("view.put", { key, value }).catch(() => undefined);
      }, 400),
    );
  }

  /** What was kept under the key; `null` when nothing was, or another project is open by now. */
  async recall<Value>(key: string): Promise<Value | null> {
    const { folder } = this.#session;
    const kept = await this.#client.invoke("view.get", { key }).catch(() => null);
    return folder === this.#session.folder ? (kept as Value | null) : null;
  }
}
