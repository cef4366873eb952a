import type { LabelProblem } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";
import type { Labels } from "./labels.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";

/** What is the matter with labels: overlaps, tiny and invalid outlines. Looked for when asked, then again after changes. */
export class LabelProblems {
  readonly #client: Client;
  #list = $state.raw<readonly LabelProblem[] | null>(null);
  #looking = $state(false);
  #error = $state.raw<unknown>(null);
  #turn = 0;

  constructor({ client, session, labels }: { client: Client; session: ProjectSession; labels: Labels }) {
    this.#client = client;
    $effect.root(() => {
      // Images that come or go, and another split, change what is the matter with labels as well.
      $effect(() =>
        session.project ? client.whenChanged(() => this.#list && void this.look(), "labels.problems") : undefined,
      );
    });
    // Labels that were read anew are other labels.
    labels.listen((what) => {
      if (what === null) this.#forget();
    });
  }

  /** `null`: not checked yet */
  get list(): readonly LabelProblem[] | null {
    return this.#list;
  }
  get looking(): boolean {
    return this.#looking;
  }
  /** Why they could not be looked for; `null`: nothing is wrong. */
  get error(): unknown {
    return this.#error;
  }

  async look(): Promise<void> {
    const turn = ++this.#turn;
    this.#looking = true;
    try {
      const list = await this.#client.invoke("labels.problems", {});
      if (turn !== this.#turn) return;
      this.#list = list;
      this.#error = null;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#error = error;
    }
    this.#looking = false;
  }

  #forget(): void {
    this.#turn++;
    this.#list = null;
    this.#looking = false;
    this.#error = null;
  }
}
