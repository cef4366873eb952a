import { type AlignedDate, datesBeyond } from "../../src-shared/domain/alignment.ts";
import type { MeasuredDates } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import type { Jobs } from "./jobs.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";

export type MeasuredDate = MeasuredDates["dates"][number];

/** What the dates of a series are compared with, when no image is chosen. */
export const median = "median";
const usualThreshold = 0.25;

/** How far the dates of a series lie off a reference, and the corrections that follow. */
export class AlignedDates {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #jobs: Jobs;
  #found!: Live<MeasuredDates | null>;
  modality = $state<string | null>(null);
  /** an image's id, or `median` */
  reference = $state(median);
  /** pixels from which a date is corrected */
  threshold = $state(usualThreshold);
  error = $state.raw<unknown>(null);
  #folder: string | null = null;

  constructor({ client, session, jobs }: { client: Client; session: ProjectSession; jobs: Jobs }) {
    this.#client = client;
    this.#session = session;
    this.#jobs = jobs;
    $effect.root(() => {
      this.#found = this.#client.live("alignment.dates", () =>
        this.#session.project ? (this.modality === null ? {} : { modality: this.modality }) : null,
      );
      $effect(() => {
        const { folder } = this.#session;
        if (folder === this.#folder) return;
        this.#folder = folder;
        this.modality = null;
        this.reference = median;
        this.threshold = usualThreshold;
        this.error = null;
      });
    });
  }

  get found(): MeasuredDates | null {
    return this.#found.value ?? null;
  }

  /** The job that measures now. */
  readonly job = $derived.by(() => this.#jobs.active.find(({ kind }) => kind === "align") ?? null);

  get fraction(): number | null {
    const { job } = this;
    return job ? (this.#jobs.progress.get(job.id)?.fraction ?? job.fraction) : null;
  }

  /** Lie off by at least the threshold, for certain, and are not corrected yet. */
  readonly beyond = $derived.by((): readonly AlignedDate[] =>
    datesBeyond(
      (this.#found?.value?.dates ?? []).filter(({ applied }) => !applied),
      this.threshold,
    ),
  );

  choose(modality: string | null): void {
    this.modality = modality;
    this.reference = median;
  }

  measure(modality: string): Promise<void> {
    return this.#try(async () => {
      const { id } = await this.#client.invoke("alignment.align", { modality, reference: this.reference });
      this.#jobs.hush(id);
    });
  }

  stop(): Promise<void> {
    const { job } = this;
    return this.#try(async () => {
      if (job) await this.#client.invoke("jobs.cancel", { id: job.id });
    });
  }

  apply(): Promise<void> {
    const { found, threshold } = this;
    return this.#try(async () => {
      if (found) await this.#client.invoke("alignment.apply", { job: found.job, pixels: threshold });
    });
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }
}
