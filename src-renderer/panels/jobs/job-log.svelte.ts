import type { Client } from "../../client/index.ts";

/** What a job said, as long as it is looked at: read anew when it says more or comes into another state. */
export class JobLogText {
  readonly #client: Client;
  text = $state("");
  path = $state("");
  error = $state.raw<unknown>();
  /** the newest question; older answers are ignored, also those about another job */
  #asked = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** @param read called after each new text; returns how to stop */
  follow(job: number, read: () => void): () => void {
    [this.text, this.path, this.error] = ["", "", undefined];
    void this.#read(job, read);
    const stops = [
      this.#client.subscribe("job.event", ({ id, event }) => {
        // Figures and phases are no lines of the log.
        if (id === job && event.type !== "metric" && event.type !== "phase") void this.#read(job, read);
      }),
      this.#client.subscribe("job.state", ({ id }) => {
        if (id === job) void this.#read(job, read);
      }),
    ];
    return () => {
      this.#asked++;
      for (const stop of stops) stop();
    };
  }

  async #read(id: number, read: () => void): Promise<void> {
    const mine = ++this.#asked;
    try {
      const { text, path } = await this.#client.invoke("jobs.log", { id });
      if (mine !== this.#asked) return;
      [this.text, this.path, this.error] = [text, path, undefined];
      read();
    } catch (problem) {
      if (mine === this.#asked) this.error = problem;
    }
  }
}
