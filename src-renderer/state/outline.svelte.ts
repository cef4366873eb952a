import { untrack } from "svelte";
import type { GrownOutline } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";
import type { LabelDrawing } from "./label-drawing.svelte.ts";
import type { Labels } from "./labels.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";

type Position = readonly [x: number, y: number];

/** The outline that grew from a click and is no label yet. */
export class Outline {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #labels: Labels;
  readonly #labelDrawing: LabelDrawing;
  #at: Position | null = null;
  #grown = $state.raw<GrownOutline | null>(null);
  #failed = $state.raw<unknown>();
  /** only the answer to the newest question counts */
  #turn = 0;

  constructor(given: { client: Client; session: ProjectSession; labels: Labels; labelDrawing: LabelDrawing }) {
    this.#client = given.client;
    this.#session = given.session;
    this.#labels = given.labels;
    this.#labelDrawing = given.labelDrawing;
    $effect.root(() => {
      $effect(() => {
        void this.#session.folder;
        untrack(() => this.discard());
      });
    });
  }

  get grown(): GrownOutline | null {
    return this.#grown;
  }
  get failed(): unknown {
    return this.#failed;
  }

  /** Grows an outline from here, as far as the program proposes. */
  async from(at: Position): Promise<void> {
    this.#at = at;
    await this.#ask(undefined);
  }

  /** Lets it grow farther, or less far: 0 to 1. */
  async grow(grow: number): Promise<void> {
    if (this.#at) await this.#ask(grow);
  }

  discard(): void {
    this.#turn++;
    this.#at = null;
    this.#grown = null;
    this.#failed = undefined;
  }

  /** Makes it a label of the class in hand. */
  async add(): Promise<void> {
    const grown = this.#grown;
    const [legendId, classCode] = [this.#labels.active, this.#labelDrawing.code];
    if (!grown || legendId === null || classCode === null) return;
    try {
      const rings = grown.coordinates.map((ring) => ring.map(([x, y]): [number, number] => [x, y]));
      await this.#client.invoke("labels.add", {
        legendId,
        labels: [{ classCode, coordinates: [rings], drawn: "polygon" }],
      });
      this.discard();
    } catch (error) {
      this.#failed = error;
    }
  }

  async #ask(grow: number | undefined): Promise<void> {
    const turn = ++this.#turn;
    this.#failed = undefined;
    try {
      const grown = await this.#client.invoke("similar.outline", { at: this.#at!, grow });
      if (turn === this.#turn) this.#grown = grown;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#grown = null;
      this.#failed = error;
    }
  }
}
