import type { AlignmentEntry, Measurement } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import type { Layers } from "./layers.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";
import type { Timeline } from "./timeline.svelte.ts";

export interface Shift {
  readonly dx: number;
  readonly dy: number;
}

const nothing: Shift = { dx: 0, dy: 0 };
/** Presses closer together than this are one step of the history. */
const pause = 700;

/** Windows on one project do not stop each other's measuring. */
const token = `alignment.measure ${crypto.randomUUID()}`;

/** Corrections of position: which picture is moved, and by how much until the keys are released. */
export class Alignment {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #layers: Layers;
  readonly #timeline: Timeline;
  #report!: Live<readonly AlignmentEntry[]>;
  /** the acquisition that is moved */
  moving = $state<string | null>(null);
  /** the others of its sensor and pass go along */
  together = $state(false);
  /** what was pressed and is not yet kept, in map units */
  pending = $state.raw<Shift>(nothing);
  reference = $state<string | null>(null);
  measurement = $state.raw<Measurement | null>(null);
  measuring = $state(false);
  fraction = $state(0);
  error = $state.raw<unknown>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #folder: string | null = null;

  constructor({
    client,
    session,
    layers,
    timeline,
  }: { client: Client; session: ProjectSession; layers: Layers; timeline: Timeline }) {
    this.#client = client;
    this.#session = session;
    this.#layers = layers;
    this.#timeline = timeline;
    $effect.root(() => {
      this.#report = this.#client.live("alignment.report", () => (this.#session.project ? {} : null));
      $effect(() => {
        const folder = this.#session.project?.folder ?? null;
        if (folder === this.#folder) return;
        this.#folder = folder;
        clearTimeout(this.#timer);
        this.moving = null;
        this.reference = null;
        this.pending = nothing;
        this.measurement = null;
        this.error = null;
      });
    });
    this.#client.subscribe("work", ({ name, fraction }) => {
      if (name === token) this.fraction = fraction;
    });
  }

  get entries(): readonly AlignmentEntry[] {
    return this.#report.value ?? [];
  }
  get loaded(): boolean {
    return this.#report.value !== undefined;
  }
  get reportError(): unknown {
    return this.#report.error;
  }

  readonly current = $derived.by(
    (): AlignmentEntry | null =>
      (this.#report?.value ?? []).find(({ acquisition }) => acquisition === this.moving) ?? null,
  );

  /** All that is moved: the acquisition, or every date of its sensor and pass. */
  readonly targets = $derived.by((): readonly AlignmentEntry[] => {
    const { current } = this;
    if (!current) return [];
    if (!this.together) return [current];
    return (this.#report?.value ?? []).filter(({ sensor, pass }) => sensor === current.sensor && pass === current.pass);
  });

  /** Metres per pixel of what is moved: its finest file. */
  readonly resolution = $derived.by((): number => {
    const all = (this.current?.files ?? []).flatMap(({ resolution }) => resolution ?? []);
    return all.length > 0 ? Math.min(...all) : 10;
  });

  /** Where the picture is drawn now: what is kept and what was pressed since. */
  readonly shift = $derived.by(
    (): Shift => ({
      dx: (this.current?.shift?.dx ?? 0) + this.pending.dx,
      dy: (this.current?.shift?.dy ?? 0) + this.pending.dy,
    }),
  );

  choose(id: string | null): void {
    void this.commit();
    this.moving = id;
    const date = this.current?.date;
    if (date !== undefined && !this.onMap) this.#timeline.go(date);
    this.measurement = null;
    this.error = null;
  }

  /** Is the picture that is moved among those on the map? */
  readonly onMap = $derived.by((): boolean => this.#layers.drawn.some(({ id }) => id === `acquisition:${this.moving}`));

  /** Puts the picture on the map: its date, and its sensor where that is hidden. */
  async reveal(): Promise<void> {
    const { current } = this;
    if (!current) return;
    this.#timeline.go(current.date);
    const slot = this.#layers.slotOf(`acquisition:${current.acquisition}`);
    if (slot && !slot.visible) await this.#layers.setVisible([slot.id], true);
  }

  /** Moves by pixels, columns eastwards and rows northwards; kept when nothing is pressed for a while. */
  nudge(columns: number, rows: number): void {
    const { resolution, pending } = this;
    if (!this.current) return;
    this.pending = { dx: pending.dx + columns * resolution, dy: pending.dy + rows * resolution };
    this.#later();
  }

  /** Puts the picture to a shift, in map units. */
  set(shift: Shift): void {
    const kept = this.current?.shift ?? nothing;
    this.pending = { dx: shift.dx - kept.dx, dy: shift.dy - kept.dy };
    void this.commit();
  }

  /** Adds a measured shift. */
  add({ dx, dy }: Shift): void {
    this.pending = { dx: this.pending.dx + dx, dy: this.pending.dy + dy };
    void this.commit();
  }

  async commit(): Promise<void> {
    clearTimeout(this.#timer);
    const { pending, targets } = this;
    if (targets.length === 0 || (pending.dx === 0 && pending.dy === 0)) return;
    const shifts = targets.map(({ acquisition, shift }) => ({
      id: acquisition,
      shift: { dx: rounded((shift?.dx ?? 0) + pending.dx), dy: rounded((shift?.dy ?? 0) + pending.dy) },
    }));
    try {
      await this.#client.invoke("alignment.setShift", { shifts });
      await this.#report.refresh();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.pending = { dx: this.pending.dx - pending.dx, dy: this.pending.dy - pending.dy };
  }

  async reset(): Promise<void> {
    clearTimeout(this.#timer);
    this.pending = nothing;
    try {
      await this.#client.invoke("alignment.setShift", {
        shifts: this.targets.map(({ acquisition }) => ({ id: acquisition, shift: null })),
      });
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }

  async measure(): Promise<void> {
    const { moving, reference } = this;
    if (moving === null || reference === null) return;
    await this.commit();
    this.measuring = true;
    this.fraction = 0;
    this.measurement = null;
    this.error = null;
    try {
      this.measurement = await this.#client.invoke("alignment.measure", { moving, reference, token });
    } catch (error) {
      if (!(error instanceof Error && error.name === "AbortError")) this.error = error;
    }
    this.measuring = false;
  }

  stop(): void {
    void this.#client.invoke("alignment.stop", { token }).catch(() => undefined);
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.commit(), pause);
  }
}

/** A tenth of a millimetre is finer than any correction. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
