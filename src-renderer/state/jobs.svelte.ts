import { SvelteMap } from "svelte/reactivity";
import type { Job } from "../../src-shared/domain/job-row.ts";
import type { Topics } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";
import { t } from "../i18n/index.ts";
import { type Note, notices } from "../ui/notices.svelte.ts";
import { severeWords } from "./findings.ts";
import type { Notifier } from "./notify.ts";
import { type JobProgress, Pace } from "./pace.ts";

/** Causes after which a person did not decide to stop: going on is offered at once. */
const surprises = new Set(["crashed", "closed", "engine"]);

/** What the notice that a job did not finish is about. */
const stopOf = (id: number): string => `job ${id} stopped`;

/** Every job of the open project: how far, how fast, and what can be done about it. */
export class Jobs {
  readonly #client: Client;
  readonly #notifier: Notifier;
  list = $state.raw<readonly Job[]>([]);
  /** of jobs under way, by number */
  readonly progress = new SvelteMap<number, JobProgress>();
  /** interrupted jobs that the banner offers to resume */
  offered = $state.raw<readonly number[]>([]);
  #paces = new Map<number, Pace>();
  #dirty = new Set<number>();
  /** jobs whose end the person sees where they started them */
  readonly #quiet = new Set<number>();
  /** the button of what comes after a job */
  #next: (job: Job) => Note["action"] | null = () => null;
  #loaded = false;
  /** grows with every project that is followed, and when it is left */
  #visit = 0;
  #asked = 0;
  /** the newest question that was answered */
  #answered = 0;

  /** Running and waiting, in the order of the queue. */
  readonly active = $derived(this.list.filter(({ state }) => state === "running" || state === "queued"));
  readonly running = $derived(this.list.filter(({ state }) => state === "running"));
  readonly toResume = $derived(this.list.filter(({ id, state }) => state === "resumable" && this.offered.includes(id)));

  constructor({ client, notifier }: { client: Client; notifier: Notifier }) {
    this.#client = client;
    this.#notifier = notifier;
  }

  /** Follows the jobs of the open project; returns how to stop. Call it while a component is being made. */
  follow(): () => void {
    this.#loaded = false;
    this.#visit++;
    void this.#ask();
    let soon: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      soon ??= setTimeout(() => {
        soon = undefined;
        void this.#ask();
      }, 40);
    };
    // A fast training reports a hundred times a second; the window shows four updates.
    const beat = setInterval(() => this.#show(), 250);
    const stops = [
      this.#client.whenChanged(again, "jobs.list"),
      this.#client.subscribe("job.state", (what) => {
        this.#told(what);
        again();
      }),
      this.#client.subscribe("job.event", ({ id, event }) => {
        const pace = this.#paceOf(id);
        if (event.type === "phase") pace.phase(event.name, event.fraction, performance.now());
        else if (event.type === "metric") pace.metric(event.step, event.values);
        this.#dirty.add(id);
      }),
    ];
    return () => {
      clearTimeout(soon);
      clearInterval(beat);
      for (const stop of stops) stop();
      this.#visit++;
      // Jobs of another project have the same numbers.
      for (const { id } of this.list) notices.settle(stopOf(id));
      this.list = [];
      this.offered = [];
      this.progress.clear();
      this.#paces.clear();
      this.#dirty.clear();
      this.#quiet.clear();
    };
  }

  byId(id: number): Job | undefined {
    return this.list.find((job) => job.id === id);
  }

  resume = (id: number): Promise<boolean> => this.#do(() => this.#client.invoke("jobs.resume", { id }), id);
  /** Stops at the next step; what is reached stays. */
  pause = (id: number): Promise<boolean> => this.#do(() => this.#client.invoke("jobs.stop", { id }));
  retry = (id: number): Promise<boolean> => this.#do(() => this.#client.invoke("jobs.retry", { id }));
  discard = (id: number): Promise<boolean> => this.#do(() => this.#client.invoke("jobs.discard", { id }), id);
  cancel = (id: number): Promise<boolean> => this.#do(() => this.#client.invoke("jobs.cancel", { id }), id);

  /** Says what comes after a job that went well: its notice gets the button. */
  offerNext(next: (job: Job) => Note["action"] | null): void {
    this.#next = next;
  }

  /** No notice when this job ends: a panel shows it. */
  hush(id: number): void {
    this.#quiet.add(id);
  }

  /** Not now: they stay in the tray. */
  later(): void {
    this.offered = [];
  }

  async #do(work: () => Promise<unknown>, settled?: number): Promise<boolean> {
    try {
      await work();
      if (settled !== undefined) this.offered = this.offered.filter((id) => id !== settled);
      return true;
    } catch (error) {
      notices.fail(error);
      return false;
    }
  }

  async #ask(): Promise<void> {
    const { epoch } = this.#client.connection;
    const visit = this.#visit;
    const turn = ++this.#asked;
    try {
      const list = await this.#client.invoke("jobs.list", {});
      // Of a project that was left, of a program that was restarted, or older than what is known.
      if (visit !== this.#visit || epoch !== this.#client.connection.epoch || turn < this.#answered) return;
      this.#answered = turn;
      this.list = list;
      if (!this.#loaded) {
        this.#loaded = true;
        this.offered = list
          .filter(({ state, cause }) => state === "resumable" && cause !== null && surprises.has(cause.kind))
          .map(({ id }) => id);
      }
      for (const { id, state } of list) {
        if (state === "running") continue;
        this.#paces.delete(id);
        this.progress.delete(id);
      }
    } catch {
      // The project was left meanwhile: it has no jobs to show.
    }
  }

  #paceOf(id: number): Pace {
    const known = this.#paces.get(id);
    if (known) return known;
    const job = this.byId(id);
    const made = new Pace(job?.phase, job?.fraction);
    this.#paces.set(id, made);
    return made;
  }

  #show(): void {
    for (const id of this.#dirty) {
      const pace = this.#paces.get(id);
      if (pace) this.progress.set(id, pace.state);
    }
    this.#dirty.clear();
  }

  /** Says what became of a job, in the window and, when nobody looks at it, through the system. */
  async #told({ id, state }: Topics["job.state"]): Promise<void> {
    // It goes on, was tried again or given up: that it had failed or stopped is said no longer.
    if (state !== "failed" && state !== "resumable") notices.settle(stopOf(id));
    if (state !== "finished" && state !== "failed" && state !== "resumable") return;
    const visit = this.#visit;
    await this.#ask();
    const job = this.byId(id);
    if (!job || visit !== this.#visit || job.kind === "inspect" || job.kind === "golden" || job.kind === "estimate")
      return;
    if (this.#quiet.delete(id)) return;
    const name = job.title;
    const kind = t(`jobs.kind.${job.kind}`);
    if (state === "finished") {
      const severe = await severeWords(this.#client, job);
      const said = t("jobs.told.finished", { kind, name });
      const text = severe === null ? said : `${said} ${t("findings.mark", { sentence: severe })}`;
      // What failed of this kind before is in the list of jobs; the newest one went well.
      for (const other of this.list) if (other.kind === job.kind && other.id < id) notices.settle(stopOf(other.id));
      notices.say(severe === null ? "success" : "danger", text, undefined, undefined, this.#next(job) ?? undefined);
      this.#notifier.notify(text);
    } else if (state === "failed") {
      notices.say("danger", t("jobs.told.failed", { kind, name }), undefined, stopOf(id));
      this.#notifier.notify(t("jobs.told.failed", { kind, name }));
    } else if (job.cause?.kind === "engine") {
      const run = () => void this.resume(id);
      const resume = { label: t("jobs.resume"), run };
      notices.say("warning", t("jobs.told.processEnded", { kind, name }), resume, stopOf(id));
      this.#notifier.notify(t("jobs.told.processEnded", { kind, name }));
    }
  }
}
