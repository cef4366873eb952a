import type { LearnedFrom } from "../../src-shared/domain/learned-from.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { InstantLearned, InstantState } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import type { ProjectSession } from "./session.svelte.ts";
import type { ViewMemory } from "./view-memory.ts";

/** What of the instant map is drawn. */
export type InstantView = "class" | "confidence" | "margin";

/** What the map draws of it now. */
export interface ShownInstant {
  readonly layer: InstantView | "similarity";
  /** another after every change */
  readonly epoch: string;
  readonly legend: readonly LegendClass[];
}

interface Kept {
  readonly on: boolean;
  readonly view: InstantView;
  readonly opacity: number;
}

const usual: Kept = { on: true, view: "class", opacity: 0.75 };
/** Names that are tried before it is given up. */
const mostNames = 100;

/** The map that answers while one labels: whether it is prepared, what it has learned, and how it is shown. */
export class Instant {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #memory: ViewMemory;
  #state!: Live<InstantState>;
  #look = $state.raw<Kept>(usual);
  /** what a button here could not do */
  failed = $state.raw<unknown>();

  constructor({ client, session, memory }: { client: Client; session: ProjectSession; memory: ViewMemory }) {
    this.#client = client;
    this.#session = session;
    this.#memory = memory;
    $effect.root(() => {
      this.#state = this.#client.live("instant.state", () => (this.#session.project ? { learn: this.#look.on } : null));
      $effect(() => {
        this.#look = usual;
        this.failed = undefined;
        if (this.#session.folder === null) return;
        void this.#memory.recall<Partial<Kept>>("instant").then((kept) => {
          if (kept && typeof kept === "object") this.#look = { ...usual, ...kept };
        });
      });
    });
  }

  /** `undefined` until the program has answered */
  get state(): InstantState | undefined {
    return this.#state.value;
  }

  get error(): unknown {
    return this.#state.error;
  }

  get learned(): InstantLearned | null {
    return this.state?.learned ?? null;
  }

  get on(): boolean {
    return this.#look.on;
  }
  get view(): InstantView {
    return this.#look.view;
  }
  get opacity(): number {
    return this.#look.opacity;
  }

  /** Shows it otherwise; kept with the project. */
  look(change: Partial<Kept>): void {
    this.#look = { ...this.#look, ...change };
    this.#memory.remember("instant", this.#look);
  }

  /** What is drawn; `null` while it is off or has nothing to show. */
  readonly shown = $derived.by((): ShownInstant | null => {
    const learned = this.#state?.value?.learned;
    if (!this.#look.on || !learned || learned.kind === "nothing") return null;
    const layer = learned.kind === "similarity" ? "similarity" : this.#look.view;
    return { layer, epoch: learned.epoch, legend: learned.classes };
  });

  /** Shows the instant map, and prepares it first where it has to be; `show` opens its place in the window. */
  async see(show: () => void): Promise<void> {
    show();
    if (!this.on) this.look({ on: true });
    const { ready, job } = this.state ?? {};
    if (ready === false && (job === null || job?.state === "failed")) await this.prepare();
  }

  /** Computes the values that it is made of. */
  async prepare(): Promise<void> {
    await this.#do(() => this.#client.invoke("instant.prepare", {}));
  }

  /** Computes what a model makes of every patch. */
  async embed(model: string): Promise<void> {
    await this.#do(() => this.#client.invoke("instant.embed", { model }));
  }

  /** Reads embeddings that others made. */
  async importEmbeddings(paths: readonly string[]): Promise<void> {
    await this.#do(() => this.#client.invoke("instant.importEmbeddings", { paths }));
  }

  async removeLayer(name: string): Promise<void> {
    await this.#do(() => this.#client.invoke("instant.removeLayer", { name }));
  }

  /** What it learns from, from now on; `null`: what the labels choose. */
  async learnFrom(from: LearnedFrom | null): Promise<void> {
    await this.#do(() => this.#client.invoke("instant.learnFrom", { from }));
  }

  /** Makes a model and a map of it; names that are taken get a number. Gives the name, or nothing where that failed. */
  async keep(title: string): Promise<string | undefined> {
    let name: string | undefined;
    await this.#do(async () => {
      for (let n = 1; name === undefined; n++) {
        const wanted = n === 1 ? title : `${title} (${n})`;
        try {
          await this.#client.invoke("instant.keep", { name: wanted });
          name = wanted;
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== "model-exists" || n === mostNames) throw error;
        }
      }
    });
    return name;
  }

  async #do(work: () => Promise<unknown>): Promise<void> {
    this.failed = undefined;
    try {
      await work();
    } catch (error) {
      this.failed = error;
    }
  }
}
