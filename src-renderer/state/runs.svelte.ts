import { SvelteMap } from "svelte/reactivity";
import type { RunSummary } from "../../src-shared/domain/training.ts";
import type { Client } from "../client/index.ts";
import type { Jobs } from "./jobs.svelte.ts";
import { RunCurve } from "./run-curve.svelte.ts";

/** Trainings of the open project: their list, those looked at, and the picture of what one draws. */
export class Runs {
  readonly #client: Client;
  readonly #jobs: Jobs;
  list = $state.raw<readonly RunSummary[]>([]);
  loaded = $state(false);
  error = $state.raw<unknown>();
  selected = $state.raw<ReadonlySet<number>>(new Set());
  /** what is asked of the chosen runs */
  view = $state<"curves" | "review" | "compare" | "accuracy">("curves");
  /** the review whose tiles are shown on the map; `step: null` follows the newest */
  shown = $state.raw<{ readonly runId: number; readonly step: number | null } | null>(null);
  readonly curves = new SvelteMap<number, RunCurve>();
  #stops = new Map<number, () => void>();
  /** grows with every project that is followed, and when it is left */
  #visit = 0;
  #asked = 0;
  /** the newest question that was answered */
  #answered = 0;

  /** The training under way, if there is one. */
  readonly current = $derived.by(() => {
    const busy = new Set(this.#jobs.running.map(({ id }) => id));
    return this.list.find(({ jobId }) => busy.has(jobId)) ?? null;
  });
  readonly chosen = $derived(this.list.filter(({ id }) => this.selected.has(id)));

  constructor({ client, jobs }: { client: Client; jobs: Jobs }) {
    this.#client = client;
    this.#jobs = jobs;
  }

  /** Follows the runs of the open project; returns how to stop. Call it inside an effect. */
  follow(): () => void {
    this.#visit++;
    void this.#ask();
    let soon: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      soon ??= setTimeout(() => {
        soon = undefined;
        void this.#ask();
      }, 60);
    };
    const stops = [this.#client.whenChanged(again, "runs.summaries"), this.#client.subscribe("job.state", again)];
    return () => {
      clearTimeout(soon);
      this.#visit++;
      for (const stop of stops) stop();
      for (const stop of this.#stops.values()) stop();
      this.#stops.clear();
      this.curves.clear();
      this.list = [];
      this.loaded = false;
      this.selected = new Set();
      this.shown = null;
      this.error = undefined;
    };
  }

  /** The curve of a run, loaded and followed from the first time it is asked for. */
  watch(run: RunSummary): void {
    if (this.#stops.has(run.id)) return;
    const curve = new RunCurve(this.#client, run.id, run.jobId);
    this.curves.set(run.id, curve);
    this.#stops.set(run.id, curve.follow());
  }

  /** The list holds the run of a job that was just started. */
  async appeared(jobId: number): Promise<void> {
    if (!this.list.some((run) => run.jobId === jobId)) await this.#ask();
  }

  select(ids: Iterable<number>): void {
    this.selected = new Set(ids);
  }

  async #ask(): Promise<void> {
    const visit = this.#visit;
    const turn = ++this.#asked;
    const late = () => visit !== this.#visit || turn < this.#answered;
    try {
      const list = await this.#client.invoke("runs.summaries", {});
      if (late()) return;
      this.#answered = turn;
      this.list = list;
      this.loaded = true;
      this.error = undefined;
      const ids = new Set(list.map(({ id }) => id));
      for (const [id, stop] of this.#stops) {
        if (ids.has(id)) continue;
        stop();
        this.#stops.delete(id);
        this.curves.delete(id);
      }
      this.selected = new Set([...this.selected].filter((id) => ids.has(id)));
      if (this.shown && !ids.has(this.shown.runId)) this.shown = null;
    } catch (error) {
      if (!late()) this.error = error;
    }
  }
}
