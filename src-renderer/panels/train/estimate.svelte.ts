import type { TrainingEstimate } from "../../../src-shared/domain/training.ts";
import type { RequestOf } from "../../../src-shared/ipc/index.ts";
import type { Client } from "../../client/index.ts";

/** How long the form must rest, in ms: trial steps take a while, and every key would ask for others. */
const rest = 900;

type Request = RequestOf<"runs.estimate">;

/** Time and memory of a training, measured by trial steps once what is asked has not changed for a while. */
export class Estimate {
  readonly #client: Client;
  /** the last answer; kept while another is on its way */
  value = $state.raw<TrainingEstimate | null>(null);
  error = $state.raw<unknown>();
  busy = $state(false);
  #answered: string | null = null;
  #turn = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Asks for an estimate of a request, written as JSON, or for none; returns how to give up what has not been asked yet. */
  want(key: string | null): (() => void) | undefined {
    const mine = ++this.#turn;
    if (key === null || (key === this.#answered && this.value)) {
      this.busy = false;
      return undefined;
    }
    this.busy = true;
    this.error = undefined;
    const soon = setTimeout(() => void this.#ask(key, mine), rest);
    return () => clearTimeout(soon);
  }

  async #ask(key: string, mine: number): Promise<void> {
    try {
      const answer = await this.#client.invoke("runs.estimate", JSON.parse(key) as Request);
      if (mine !== this.#turn) return;
      [this.value, this.#answered] = [answer, key];
    } catch (problem) {
      if (mine !== this.#turn) return;
      [this.value, this.error] = [null, problem];
    }
    this.busy = false;
  }
}
