import type { StackCheck, StackFinding } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";
import type { ProjectSession } from "./session.svelte.ts";

/** Windows on one project do not stop each other's checks. */
const token = `stack.check ${crypto.randomUUID()}`;

/** Whether the dates of the inputs belong together: asked for by a person, since every date is looked at. */
export class Stack {
  readonly #client: Client;
  readonly #session: ProjectSession;
  #turn = 0;
  #folder: string | null = null;
  check = $state.raw<StackCheck | null>(null);
  checking = $state(false);
  fraction = $state(0);
  error = $state.raw<unknown>(undefined);
  /** images or inputs changed since */
  stale = $state(false);

  constructor({ client, session }: { client: Client; session: ProjectSession }) {
    this.#client = client;
    this.#session = session;
    $effect.root(() => {
      $effect(() => {
        const { folder } = this.#session;
        if (folder === this.#folder) return;
        this.#folder = folder;
        this.#turn++;
        this.check = null;
        this.checking = false;
        this.stale = false;
        this.error = undefined;
      });
    });
    this.#client.subscribe("work", ({ name, fraction }) => {
      if (name === token) this.fraction = fraction;
    });
    this.#client.subscribe("catalog.changed", ({ table }) => {
      if (table === "acquisitions" || table === "modalities" || table === "pieces") this.stale = this.check !== null;
    });
  }

  async run(): Promise<void> {
    const turn = ++this.#turn;
    this.checking = true;
    this.fraction = 0;
    this.error = undefined;
    try {
      const check = await this.#client.invoke("stack.check", { token });
      if (turn !== this.#turn) return;
      this.check = check;
      this.stale = false;
    } catch (error) {
      if (turn === this.#turn && !(error instanceof Error && error.name === "AbortError")) this.error = error;
    }
    if (turn === this.#turn) this.checking = false;
  }

  stop(): void {
    this.#turn++;
    this.checking = false;
    void this.#client.invoke("stack.stop", { token }).catch(() => undefined);
  }

  /** Makes the repair that a finding proposes, and looks again. */
  async repair({ modality, repair }: StackFinding): Promise<void> {
    if (!repair) return;
    await this.#client.invoke("stack.repair", { modality, repair });
    void this.run();
  }
}
