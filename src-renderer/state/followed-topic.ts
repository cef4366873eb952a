import type { Topics } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";

/** Something that the program announces while a component is shown. */
export class FollowedTopic<Name extends keyof Topics> {
  readonly #client: Client;
  readonly #topic: Name;
  readonly #heard: (what: Topics[Name]) => void;

  /** @param heard is called with every announcement */
  constructor(client: Client, topic: Name, heard: (what: Topics[Name]) => void) {
    this.#client = client;
    this.#topic = topic;
    this.#heard = heard;
  }

  /** Returns how to stop. */
  follow(): () => void {
    return this.#client.subscribe(this.#topic, this.#heard);
  }
}
