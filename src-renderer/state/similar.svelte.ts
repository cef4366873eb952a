import { untrack } from "svelte";
import type { LearnedFrom } from "../../src-shared/domain/learned-from.ts";
import type { SimilarClicks, SimilarFound, SimilarPlaces } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";
import type { ProjectSession } from "./session.svelte.ts";

export type Position = readonly [x: number, y: number];

/** A place that was clicked: wanted, or unwanted. */
export interface SimilarClick {
  readonly point: Position;
  readonly wanted: boolean;
}

/** Milliseconds that the slider rests before the list of places follows. */
const rest = 200;
const usualThreshold = 0.5;

/** Notes how long something took since clicks changed, for who looks at the window's timings; only the last one is kept. */
function measured(name: string, start: number, detail: string): void {
  performance.clearMeasures(name);
  performance.measure(name, { start, detail });
}

/** Places like those that were clicked: the clicks, how alike every place is, and the best places. */
export class Similar {
  readonly #client: Client;
  readonly #session: ProjectSession;
  #clicks = $state.raw<readonly SimilarClick[]>([]);
  #threshold = $state(usualThreshold);
  #found = $state.raw<SimilarFound | null>(null);
  #places = $state.raw<SimilarPlaces | null>(null);
  #busy = $state(false);
  /** what the next click means */
  wanted = $state(true);
  opacity = $state(0.8);
  #from = $state.raw<LearnedFrom | null>(null);
  failed = $state.raw<unknown>();
  /** only the answer to the newest question counts */
  #turn = 0;
  #listTurn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #changedAt = 0;
  #lost = "";

  constructor({ client, session }: { client: Client; session: ProjectSession }) {
    this.#client = client;
    this.#session = session;
    $effect.root(() => {
      $effect(() => {
        void this.#session.folder;
        untrack(() => {
          this.#from = null;
          this.clear();
        });
      });
    });
  }

  get clicks(): readonly SimilarClick[] {
    return this.#clicks;
  }
  /** −1 to 1: from here on a place is alike */
  get threshold(): number {
    return this.#threshold;
  }
  get found(): SimilarFound | null {
    return this.#found;
  }
  /** `null` until it is known for this threshold */
  get places(): SimilarPlaces | null {
    return this.#places;
  }
  /** side of a patch of the project */
  get patchMeters(): number {
    return this.#session.project?.grid.patchMeters ?? Number.POSITIVE_INFINITY;
  }
  /** what is compared; `null`: what the instant map learns from */
  get from(): LearnedFrom | null {
    return this.#from;
  }
  get busy(): boolean {
    return this.#busy;
  }

  click(point: Position, wanted = this.wanted): void {
    this.#set([...this.#clicks, { point, wanted }]);
  }

  remove(index: number): void {
    this.#set(this.#clicks.filter((_, i) => i !== index));
  }

  /** Compares something else by the same clicks. */
  compareBy(from: LearnedFrom | null): void {
    this.#from = from;
    this.#set(this.#clicks);
  }

  clear(): void {
    this.wanted = true;
    this.#set([]);
  }

  /** The map shows all of an answer: the list of places may follow. */
  drawn(epoch: string): void {
    if (epoch !== this.#found?.epoch) return;
    measured("similar:drawn", this.#changedAt, epoch);
    if (this.#places === null && this.#timer !== undefined) void this.#list();
  }

  /** The program has these scores no more, as after a restart: it finds them again from the clicks, once. */
  lost(epoch: string): void {
    if (epoch !== this.#found?.epoch || epoch === this.#lost) return;
    this.#lost = epoch;
    void this.#find();
  }

  /** Moves the threshold; the list follows when it rests. */
  look(threshold: number): void {
    this.#threshold = threshold;
    this.#forgetPlaces();
    this.#listLater();
  }

  /** Writes scores or polygons. */
  async export(to: string, overwrite: boolean): Promise<string | undefined> {
    return this.#do(async () => {
      const { threshold } = this;
      return (await this.#client.invoke("similar.export", { ...this.#asked, to, threshold, overwrite })).path;
    });
  }

  /** Keeps what lies above the threshold as a layer; gives how many polygons. */
  async keep(name: string): Promise<number | undefined> {
    return this.#do(async () => {
      const { threshold } = this;
      return (await this.#client.invoke("similar.keep", { ...this.#asked, threshold, name })).polygons;
    });
  }

  get #asked(): SimilarClicks {
    const of = (wanted: boolean) => this.#clicks.filter((one) => one.wanted === wanted).map(({ point }) => point);
    return { like: of(true), unlike: of(false), ...(this.#from ? { from: this.#from } : {}) };
  }

  #set(clicks: readonly SimilarClick[]): void {
    this.#changedAt = performance.now();
    this.#clicks = clicks;
    this.failed = undefined;
    void this.#find();
  }

  async #find(): Promise<void> {
    const turn = ++this.#turn;
    this.#forgetPlaces();
    if (this.#asked.like.length === 0) {
      this.#found = null;
      this.#busy = false;
      return;
    }
    this.#busy = true;
    try {
      const found = await this.#client.invoke("similar.find", this.#asked);
      if (turn !== this.#turn) return;
      this.#found = found;
      measured("similar:answered", this.#changedAt, found.epoch);
      // Listing keeps the program from answering tiles: they come first.
      this.#listLater();
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#found = null;
      this.failed = error;
    } finally {
      if (turn === this.#turn) this.#busy = false;
    }
  }

  /** A list that is asked for already belongs to other clicks, or to another threshold. */
  #forgetPlaces(): void {
    this.#places = null;
    this.#listTurn++;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #listLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#list(), rest);
  }

  async #list(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const turn = ++this.#listTurn;
    const { threshold } = this;
    if (this.#found === null) return;
    await this.#do(async () => {
      const places = await this.#client.invoke("similar.places", { ...this.#asked, threshold });
      if (turn === this.#listTurn) this.#places = places;
    });
  }

  async #do<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    this.failed = undefined;
    try {
      return await work();
    } catch (error) {
      this.failed = error;
      return undefined;
    }
  }
}
