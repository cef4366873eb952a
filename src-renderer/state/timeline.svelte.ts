import type { SensorId } from "../../src-shared/eo/sensors.ts";
import { sensors } from "../../src-shared/eo/sensors.ts";
import type { CloudShare, TimelineEntry } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import { timeOf } from "./days.ts";
import type { Layers } from "./layers.svelte.ts";
import type { MapActivity } from "./map-activity.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";
import type { ViewMemory } from "./view-memory.ts";

/** One sensor (and pass): a row of ticks. */
export interface TimelineRow {
  readonly key: string;
  readonly sensor: SensorId;
  readonly pass: TimelineEntry["pass"];
  /** in order of time */
  readonly entries: readonly TimelineEntry[];
}

/** Dates per second while playing. */
export const speeds = [0.5, 1, 2, 4] as const;

/** How long the first date waits for the clouds: afterwards the latest is shown until they are known. */
const patience = 5000;

const daysOf = (entries: readonly TimelineEntry[]): readonly string[] => [...new Set(entries.map(({ date }) => date))];

/** The date that is looked at, and all dates there are. */
export class Timeline {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #memory: ViewMemory;
  readonly #layers: Layers;
  readonly #activity: MapActivity;
  #entries!: Live<readonly TimelineEntry[]>;
  #clouds!: Live<readonly CloudShare[]>;
  /** `2019-04-10`; `null` without any acquisition, and until it is known which one is shown first */
  date = $state<string | null>(null);
  playing = $state(false);
  speed = $state<number>(1);
  /** the row that stepping goes along; `all`: every date */
  along = $state("all");
  #chosen = false;
  /** what was kept with the project is known */
  #recalled = $state(false);
  /** the acquisitions that the date was found among */
  #settledFor = "";
  #folder: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({
    client,
    session,
    memory,
    layers,
    activity,
  }: { activity: MapActivity; client: Client; session: ProjectSession; memory: ViewMemory; layers: Layers }) {
    this.#client = client;
    this.#session = session;
    this.#memory = memory;
    this.#layers = layers;
    this.#activity = activity;
    $effect.root(() => {
      this.#entries = this.#client.live("timeline.list", () => (this.#session.project ? {} : null));
      const clouded = () => (this.entries.some(({ hasQuality }) => hasQuality) ? {} : null);
      this.#clouds = this.#client.live("timeline.clouds", clouded);
      this.#layers.followTime((sensor) => (this.#waiting ? null : this.visibleAcquisition(sensor)?.id));
      $effect(() => void this.#enter(this.#session.folder));
      $effect(() => this.#settle());
    });
  }

  get entries(): readonly TimelineEntry[] {
    return this.#entries.value ?? [];
  }
  get loaded(): boolean {
    return this.#entries.value !== undefined;
  }
  /** The clouds are known, or there is nothing to know: the date will not change by itself any more. */
  get settled(): boolean {
    return this.loaded && !this.#waiting && !(this.#clouds.loading && this.#clouds.value === undefined);
  }
  get #waiting(): boolean {
    const none = this.loaded && this.entries.length === 0;
    return this.#session.project !== null && this.date === null && !none && this.error === undefined;
  }
  get error(): unknown {
    return this.#entries.error;
  }

  readonly clouds = $derived.by(
    (): ReadonlyMap<string, CloudShare> => new Map((this.#clouds?.value ?? []).map((share) => [share.id, share])),
  );

  readonly rows = $derived.by((): readonly TimelineRow[] => {
    const order = Object.keys(sensors);
    const groups = Map.groupBy(this.#entries?.value ?? [], ({ sensor, pass }) => (pass ? `${sensor} ${pass}` : sensor));
    return [...groups]
      .map(([key, entries]) => ({ key, sensor: entries[0]!.sensor, pass: entries[0]!.pass, entries }))
      .sort((p, q) => order.indexOf(p.sensor) - order.indexOf(q.sensor) || (p.key < q.key ? -1 : 1));
  });

  /** Each day once, in order. */
  readonly dates = $derived.by((): readonly string[] => daysOf(this.#entries?.value ?? []));

  /** The days that stepping stops at: those of the chosen row, else of the sensors that are seen; where none is seen, all. */
  readonly stops = $derived.by((): readonly string[] => {
    const row = this.rows.find(({ key }) => key === this.along);
    if (row) return daysOf(row.entries);
    const seen = this.entries.filter(({ sensor }) => this.#layers.slot(`group:${sensor}`)?.visible);
    return seen.length > 0 ? daysOf(seen) : this.dates;
  });

  /** What a sensor shows on the date: the acquisition of the day, else the last before it, else its first. */
  visibleAcquisition(sensor: SensorId): TimelineEntry | null {
    const own = this.entries.filter((entry) => entry.sensor === sensor);
    const { date } = this;
    return (date === null ? null : (own.findLast((entry) => entry.date <= date) ?? own[0])) ?? null;
  }

  /** Goes to a date; what the person chose is kept with the project. */
  go(date: string): void {
    this.#chosen = true;
    this.date = date;
    this.#memory.remember("timeline", { date, speed: this.speed, along: this.along });
  }

  keep(): void {
    this.#memory.remember("timeline", { date: this.date, speed: this.speed, along: this.along });
  }

  /** So many stops on, or back; at an end it stays. */
  step(count: number): void {
    const { stops, date } = this;
    if (stops.length === 0) return;
    const before = stops.findLastIndex((stop) => date !== null && stop <= date);
    const exact = before >= 0 && stops[before] === date;
    const next = count > 0 ? before + count : (exact ? before : before + 1) + count;
    this.go(stops[Math.max(0, Math.min(stops.length - 1, next))]!);
  }

  first(): void {
    const [stop] = this.stops;
    if (stop) this.go(stop);
  }
  last(): void {
    const stop = this.stops.at(-1);
    if (stop) this.go(stop);
  }

  /** The acquisition day nearest to a moment, among `dates` or all. */
  nearest(milliseconds: number, dates: readonly string[] = this.dates): string | null {
    let best: string | null = null;
    for (const date of dates) {
      const away = Math.abs(timeOf(date) - milliseconds);
      if (best === null || away < Math.abs(timeOf(best) - milliseconds)) best = date;
    }
    return best;
  }

  play(): void {
    if (this.playing) {
      this.pause();
      return;
    }
    if (this.stops.length < 2) return;
    this.playing = true;
    if (this.date === this.stops.at(-1)) this.first();
    this.#schedule(performance.now());
  }

  pause(): void {
    this.playing = false;
    clearTimeout(this.#timer);
  }

  #schedule(shown: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.playing) return;
      // Waits until a picture is complete before showing the next, up to a limit.
      if (this.#activity.loading > 0 && performance.now() - shown < 4000) this.#schedule(shown);
      else if (this.date === this.stops.at(-1)) this.pause();
      else {
        this.step(1);
        this.#schedule(performance.now());
      }
    }, 1000 / this.speed);
  }

  async #enter(folder: string | null): Promise<void> {
    if (folder === this.#folder) return;
    this.#folder = folder;
    this.#chosen = false;
    this.#recalled = false;
    this.#settledFor = "";
    this.speed = 1;
    this.along = "all";
    this.pause();
    this.date = null;
    if (folder === null) return;
    const kept = await this.#memory.recall<{ date: string | null; speed: number; along: string }>("timeline");
    if (this.#folder !== folder) return;
    this.#recalled = true;
    if (!kept || this.#chosen) return;
    this.speed = kept.speed ?? 1;
    this.along = kept.along ?? "all";
    if (kept.date) {
      this.date = kept.date;
      this.#chosen = true;
    }
  }

  /**
   * Until the person chooses: the latest clear picture. No date is shown before the clouds are known, so that nothing is
   * requested for nothing; where counting them takes long, the latest date is shown meanwhile.
   */
  #settle(): (() => void) | undefined {
    const { entries, clouds } = this;
    const among = entries.map(({ id }) => id).join();
    if (!this.#recalled || this.#chosen || entries.length === 0 || among === this.#settledFor) return undefined;
    if (this.#entries.loading) return undefined;
    const settle = () => {
      if (this.#chosen) return;
      const clear = entries.findLast(({ id }) => {
        const share = clouds.get(id);
        return share !== undefined && share.cloud !== null && share.cloud < 0.1 && share.data > 0.99;
      });
      this.date = (clear ?? entries.at(-1)!).date;
    };
    if (!this.#clouds.loading) {
      this.#settledFor = among;
      settle();
      return undefined;
    }
    const timer = setTimeout(settle, patience);
    return () => clearTimeout(timer);
  }
}
