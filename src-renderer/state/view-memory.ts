import type { Client } from "../client/index.ts";

/** What the window keeps with the open project of how it is looked at: docks, camera, pins … */
export class ViewMemory {
  readonly #client: Client;
  readonly #pending = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** Keeps a value of the open project's view, soon and once for many changes. */
  remember(key: string, value: unknown): void {
    clearTimeout(this.#pending.get(key));
    this.#pending.set(
      key,
      setTimeout(() => {
        this.#pending.delete(key);
        // A view that could not be kept (a read-only project) is no loss worth a message.
        this.#client.invoke("view.put", { key, value }).catch(() => undefined);
      }, 400),
    );
  }

  /** What was kept under the key; `null` when nothing was. */
  async recall<Value>(key: string): Promise<Value | null> {
    return (await this.#client.invoke("view.get", { key }).catch(() => null)) as Value | null;
  }
}
