import type { Client } from "../client/index.ts";

/** Cards of the start screen whose pictures are drawn after a project was closed. */
export class RecentPictures {
  readonly #client: Client;
  readonly #drawn: () => void;

  /** @param drawn a card has another picture */
  constructor(client: Client, drawn: () => void) {
    this.#client = client;
    this.#drawn = drawn;
  }

  /** Returns how to stop. */
  follow(): () => void {
    return this.#client.subscribe("recent.changed", this.#drawn);
  }
}
