import type { Client } from "../client/index.ts";

/** How far a piece of work of the program has come, between 0 and 1; `null` while it does not say. */
export class WorkProgress {
  readonly #client: Client;
  readonly #name: string;
  fraction = $state<number | null>(null);

  constructor(client: Client, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** Returns how to stop. */
  follow(): () => void {
    return this.#client.subscribe("work", ({ name, fraction }) => {
      if (name === this.#name) this.fraction = fraction;
    });
  }
}
