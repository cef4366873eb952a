import { confirmedField } from "../../src-shared/domain/label.ts";
import type { Bounds } from "../../src-shared/geo/bounds.ts";
import type { SuspiciousLabels } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";
import type { Labels } from "./labels.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";

/** One place that a person is asked about. */
export interface LabelAsk {
  /** where it lies, in the project's CRS */
  readonly bounds: Bounds;
  /** the class that the program proposes; `null`: it knows none yet */
  readonly proposed: number | null;
  /** from 0 to 1 */
  readonly confidence: number;
  /** the label that is doubted; `null`: a place without a label */
  readonly label: { readonly id: number; readonly classCode: number; readonly ownShare: number } | null;
}

/** What is asked for, place by place: where to label next, or which labels the others contradict. */
export class LabelAsks {
  readonly #client: Client;
  readonly #labels: Labels;
  #mode = $state<"next" | "suspicious" | null>(null);
  #ask = $state.raw<LabelAsk | null>(null);
  #busy = $state(false);
  #answered = $state(0);
  #left = $state(0);
  #none = $state(false);
  #skipped: [number, number][] = [];
  #patch: [number, number] | null = null;
  #waiting: SuspiciousLabels["labels"] = [];
  #found = $state.raw<SuspiciousLabels | null>(null);
  /** what could not be done */
  failed = $state.raw<unknown>();
  #turn = 0;

  constructor({ client, session, labels }: { client: Client; session: ProjectSession; labels: Labels }) {
    this.#client = client;
    this.#labels = labels;
    $effect.root(() => {
      $effect(() => {
        void session.folder;
        void labels.active;
        this.stop();
      });
    });
  }

  get mode(): "next" | "suspicious" | null {
    return this.#mode;
  }
  /** The place that is asked about; `null` while the next one is looked for, and when there is none. */
  get ask(): LabelAsk | null {
    return this.#ask;
  }
  get busy(): boolean {
    return this.#busy;
  }
  /** Places that were labelled, or labels that were judged, since it began. */
  get answered(): number {
    return this.#answered;
  }
  /** Labels that wait behind this one. */
  get left(): number {
    return this.#left;
  }
  /** There is no place left, or no label that is contradicted. */
  get none(): boolean {
    return this.#none;
  }
  /** What was found of contradicted labels the last time; `null`: not looked for yet */
  get found(): SuspiciousLabels | null {
    return this.#found;
  }

  /** Begins with places to label, the most useful one first. */
  async next(): Promise<void> {
    this.#begin("next");
    await this.#propose();
  }

  /** Begins with the labels that the others contradict. */
  async suspicious(): Promise<void> {
    this.#begin("suspicious");
    await this.#do(async (still) => {
      const found = await this.#client.invoke("instant.suspicious", {});
      if (!still()) return;
      this.#found = found;
      this.#waiting = found.labels;
      this.#show();
    });
  }

  /** Takes the class that the program proposes. */
  async accept(): Promise<void> {
    const proposed = this.#ask?.proposed ?? null;
    if (proposed !== null) await this.choose(proposed);
  }

  /** Gives the place this class. */
  async choose(classCode: number): Promise<void> {
    const ask = this.#ask;
    if (!ask || this.#busy) return;
    const { label, bounds } = ask;
    await this.#do(async (still) => {
      if (label && label.classCode === classCode)
        await this.#client.invoke("labels.setProperties", { ids: [label.id], properties: { [confirmedField]: true } });
      else if (label) await this.#client.invoke("labels.setClass", { ids: [label.id], classCode });
      else {
        const point = [(bounds.minX + bounds.maxX) / 2, (bounds.minY + bounds.maxY) / 2] as const;
        await this.#client.invoke("labels.add", { labels: [{ classCode, point, drawn: "point" }], teaching: true });
      }
      if (!still()) return;
      this.#answered++;
      await this.#advance(still);
    });
  }

  /** Keeps a label that is contradicted; the person looked at it. */
  async keep(): Promise<void> {
    const own = this.#ask?.label?.classCode;
    if (own !== undefined) await this.choose(own);
  }

  /** Leaves this place alone, and asks about another. */
  async skip(): Promise<void> {
    if (!this.#ask || this.#busy) return;
    if (this.#patch) this.#skipped.push(this.#patch);
    await this.#do((still) => this.#advance(still));
  }

  stop(): void {
    this.#turn++;
    this.#mode = null;
    this.#ask = null;
    this.#patch = null;
    this.#busy = false;
    this.#none = false;
    this.#skipped = [];
    this.#waiting = [];
    this.failed = undefined;
  }

  #begin(mode: "next" | "suspicious"): void {
    this.stop();
    this.#mode = mode;
    this.#answered = 0;
    this.#left = 0;
  }

  #propose(): Promise<void> {
    return this.#do((still) => this.#advance(still));
  }

  async #advance(still: () => boolean): Promise<void> {
    if (this.#mode === "suspicious") {
      this.#waiting = this.#waiting.slice(1);
      this.#show();
      return;
    }
    const [place] = await this.#client.invoke("instant.next", { count: 1, skipped: this.#skipped });
    if (!still()) return;
    this.#patch = place ? [...place.patch] : null;
    this.#none = place === undefined;
    this.#ask = place
      ? { bounds: place.bounds, proposed: place.classCode, confidence: place.confidence, label: null }
      : null;
  }

  /** The first label that waits and is still there as it was judged. */
  #show(): void {
    for (; this.#waiting.length > 0; this.#waiting = this.#waiting.slice(1)) {
      const { id, classCode, proposed, proposedShare, ownShare } = this.#waiting[0]!;
      const label = this.#labels.byId.get(id);
      const bounds = label && this.#labels.boundsOf([label]);
      if (!bounds || label.classCode !== classCode) continue;
      this.#left = this.#waiting.length - 1;
      this.#ask = { bounds, proposed, confidence: proposedShare, label: { id, classCode, ownShare } };
      return;
    }
    this.#left = 0;
    this.#ask = null;
    this.#none = true;
  }

  async #do(work: (still: () => boolean) => Promise<void>): Promise<void> {
    const turn = ++this.#turn;
    const still = () => turn === this.#turn;
    this.failed = undefined;
    this.#busy = true;
    try {
      await work(still);
    } catch (error) {
      if (still()) this.failed = error;
    } finally {
      if (still()) this.#busy = false;
    }
  }
}
