import type { Client } from "../client/index.ts";
import type { Jobs } from "./jobs.svelte.ts";

/** A job that a panel has begun and waits for: whether it is under way, why it could not begin, and when to ask anew. */
export class FollowedJob {
  readonly #client: Client;
  readonly #jobs: Jobs;
  #id = $state<number | null>(null);
  error = $state.raw<unknown>();
  readonly busy = $derived.by(() => this.#id !== null && this.#jobs.active.some(({ id }) => id === this.#id));

  constructor({ client, jobs }: { readonly client: Client; readonly jobs: Jobs }) {
    this.#client = client;
    this.#jobs = jobs;
  }

  async begin(ask: () => Promise<{ readonly id: number }>): Promise<void> {
    this.error = undefined;
    try {
      this.#id = (await ask()).id;
    } catch (problem) {
      this.error = problem;
    }
  }

  /** Calls `changed` with every state the job comes into; returns how to stop. */
  follow(changed: () => void): () => void {
    return this.#client.subscribe("job.state", ({ id }) => {
      if (id === this.#id) changed();
    });
  }
}
