import type { AlignmentEntry, Measurement } from "../../src-shared/ipc/index.ts";
import type { Client, Live } from "../client/index.ts";
import type { Layers } from "./layers.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";
import type { Timeline } from "./timeline.svelte.ts";

export interface Shift {
  readonly dx: number;
  readonly dy: number;
}

/** A step that is being kept: of which pictures, and by how much it moves them. */
interface Sending {
  readonly ids: ReadonlySet<string>;
  readonly by: Shift;
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
  /** what was pressed and is not yet on its way */
  #pressed = $state.raw<Shift>(nothing);
  reference = $state<string | null>(null);
  measurement = $state.raw<Measurement | null>(null);
  measuring = $state(false);
  fraction = $state(0);
  error = $state.raw<unknown>(null);
  /** what was taken from `pending` and is on its way, the oldest first */
  #sending = $state.raw<readonly Sending[]>([]);
  #queue: Promise<void> = Promise.resolve();
  #measureTurn = 0;
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
        const { folder } = this.#session;
        if (folder === this.#folder) return;
        this.#folder = folder;
        clearTimeout(this.#timer);
        this.moving = null;
        this.reference = null;
        this.#pressed = nothing;
        this.measurement = null;
        this.error = null;
        this.#sending = [];
        this.#measureTurn++;
        this.measuring = false;
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

  /** By how much the picture is drawn off what is kept: what was pressed, and what is on its way. In map units. */
  readonly pending = $derived.by((): Shift => {
    const { acquisition } = this.current ?? {};
    const on = this.#sending.filter(({ ids }) => acquisition !== undefined && ids.has(acquisition));
    return on.reduce((sum, { by }) => ({ dx: sum.dx + by.dx, dy: sum.dy + by.dy }), this.#pressed);
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
    this.#forgetMeasurement();
    this.moving = id;
    const date = this.current?.date;
    if (date !== undefined && !this.onMap) this.#timeline.go(date);
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
    if (!this.current) return;
    this.#press({ dx: columns * this.resolution, dy: rows * this.resolution });
    this.#later();
  }

  /** Puts the picture to a shift, in map units. */
  set(shift: Shift): void {
    this.#press({ dx: shift.dx - this.shift.dx, dy: shift.dy - this.shift.dy });
    void this.commit();
  }

  /** Adds a measured shift. */
  add(shift: Shift): void {
    this.#press(shift);
    void this.commit();
  }

  #press({ dx, dy }: Shift): void {
    this.#pressed = { dx: this.#pressed.dx + dx, dy: this.#pressed.dy + dy };
  }

  /** Keeps what was pressed. Several go one after another, each on top of what the one before has made of it. */
  commit(): Promise<void> {
    clearTimeout(this.#timer);
    const { targets } = this;
    const pending = this.#pressed;
    if (targets.length === 0 || (pending.dx === 0 && pending.dy === 0)) return this.#queue;
    const ids = targets.map(({ acquisition }) => acquisition);
    const sending: Sending = { ids: new Set(ids), by: pending };
    this.#pressed = nothing;
    this.#sending = [...this.#sending, sending];
    return this.#inTurn(
      () =>
        this.entries
          .filter(({ acquisition }) => sending.ids.has(acquisition))
          .map(({ acquisition, shift }) => ({
            id: acquisition,
            shift: { dx: rounded((shift?.dx ?? 0) + pending.dx), dy: rounded((shift?.dy ?? 0) + pending.dy) },
          })),
      () => {
        this.#sending = this.#sending.filter((one) => one !== sending);
      },
    );
  }

  reset(): Promise<void> {
    clearTimeout(this.#timer);
    this.#pressed = nothing;
    const ids = this.targets.map(({ acquisition }) => acquisition);
    if (ids.length === 0) return this.#queue;
    return this.#inTurn(() => ids.map((id) => ({ id, shift: null })));
  }

  #inTurn(shifts: () => readonly { id: string; shift: Shift | null }[], done?: () => void): Promise<void> {
    const folder = this.#folder;
    const work = async () => {
      if (folder !== this.#folder) return;
      try {
        await this.#client.invoke("alignment.setShift", { shifts: shifts() });
        await this.#report.refresh();
        if (folder === this.#folder) this.error = null;
      } catch (error) {
        if (folder === this.#folder) this.error = error;
      }
      done?.();
    };
    this.#queue = this.#queue.then(work);
    return this.#queue;
  }

  async measure(): Promise<void> {
    const { moving, reference } = this;
    if (moving === null || reference === null) return;
    await this.commit();
    // Measured is what was asked for: nothing, if another picture was chosen meanwhile.
    if (moving !== this.moving || reference !== this.reference) return;
    const turn = ++this.#measureTurn;
    this.measuring = true;
    this.fraction = 0;
    this.measurement = null;
    this.error = null;
    try {
      const measurement = await this.#client.invoke("alignment.measure", { moving, reference, token });
      if (turn === this.#measureTurn && reference === this.reference) this.measurement = measurement;
    } catch (error) {
      if (turn === this.#measureTurn && !(error instanceof Error && error.name === "AbortError")) this.error = error;
    }
    if (turn === this.#measureTurn) this.measuring = false;
  }

  /** A measurement holds for the picture that it was made of. */
  #forgetMeasurement(): void {
    if (this.measuring) this.stop();
    this.#measureTurn++;
    this.measuring = false;
    this.measurement = null;
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
