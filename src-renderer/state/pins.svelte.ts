import type { ClassesAnswer, PatchClasses, Place, PlaceSeries } from "../../src-shared/ipc/index.ts";
import type { Client } from "../client/index.ts";
import type { ProjectSession } from "./session.svelte.ts";
import type { ViewMemory } from "./view-memory.ts";

/** Colours that most colour-blind eyes tell apart; each pin also has a sign of its own. */
const pinColors = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#b8860b", "#7b3fbf", "#56b4e9", "#5d5d5d"] as const;
export const pinSigns = ["circle", "square", "triangle", "diamond", "cross", "star", "hexagon", "down"] as const;
export type PinSign = (typeof pinSigns)[number];

/** A place whose pixels are looked at over all dates. */
export interface Pin {
  readonly id: string;
  /** its colour and sign */
  readonly slot: number;
  readonly name: string;
  readonly place: Place;
  readonly series: PlaceSeries | null;
  readonly error: unknown;
  readonly loading: boolean;
  /** 0 … 1 while a large polygon is read */
  readonly fraction: number;
  /** what the chosen model says here */
  readonly classes: PatchClasses | null;
}

type Kept = Pick<Pin, "slot" | "name" | "place">;

export const mostPins = pinColors.length;
export const colorOf = (pin: Pick<Pin, "slot">): string => pinColors[pin.slot % pinColors.length]!;
export const signOf = (pin: Pick<Pin, "slot">): PinSign => pinSigns[pin.slot % pinSigns.length]!;

/** Windows on one project do not stop each other's questions. */
const classesToken = `inspect.classes ${crypto.randomUUID()}`;

/** The places that are inspected. */
export class Pins {
  readonly #client: Client;
  readonly #session: ProjectSession;
  readonly #memory: ViewMemory;
  list = $state.raw<readonly Pin[]>([]);
  selected = $state<string | null>(null);
  /** A click adds a pin instead of moving the selected one. */
  keep = $state(false);
  problems = $state.raw<readonly string[]>([]);
  model = $state<string | null>(null);
  classes = $state.raw<Omit<ClassesAnswer, "patches"> | null>(null);
  classesError = $state.raw<unknown>(null);
  classesLoading = $state(false);
  #folder: string | null = null;
  #next = 1;
  /** the newest question about each pin */
  readonly #asked = new Map<string, number>();
  /** the answer to a superseded question to a model is ignored */
  #turn = 0;

  constructor({ client, session, memory }: { client: Client; session: ProjectSession; memory: ViewMemory }) {
    this.#client = client;
    this.#session = session;
    this.#memory = memory;
    $effect.root(() => {
      $effect(() => void this.#enter(this.#session.folder));
    });
    this.#client.whenChanged(() => {
      for (const pin of this.list) void this.#ask(pin.id);
    }, "inspect.series");
    this.#client.subscribe("work", ({ name, fraction }) => {
      if (this.list.some(({ id, loading }) => id === name && loading)) this.#change(name, { fraction });
    });
  }

  get current(): Pin | null {
    return this.list.find(({ id }) => id === this.selected) ?? this.list.at(-1) ?? null;
  }

  /** Looks at a place: the selected pin goes there, or a new one stays beside the others. */
  put(place: Place, { add = this.keep }: { readonly add?: boolean } = {}): void {
    const { current } = this;
    const movable = current && !add && current.place.kind === place.kind;
    if (movable) {
      this.#change(current.id, { place, series: null, error: null, classes: null });
      this.selected = current.id;
      void this.#ask(current.id);
    } else {
      if (this.list.length >= mostPins) return;
      const used = new Set(this.list.map(({ slot }) => slot));
      const slot = pinColors.findIndex((_, index) => !used.has(index));
      const pin = this.#pin({ slot, name: "", place });
      this.list = [...this.list, pin];
      this.selected = pin.id;
      void this.#ask(pin.id);
    }
    this.#keepPlaces();
    if (this.classes && this.model) void this.askModel(this.model);
  }

  select(id: string): void {
    this.selected = id;
  }

  rename(id: string, name: string): void {
    this.#change(id, { name: name.trim() });
    this.#keepPlaces();
  }

  remove(id: string): void {
    void this.#client.invoke("inspect.stop", { token: id }).catch(() => undefined);
    this.list = this.list.filter((pin) => pin.id !== id);
    if (this.selected === id) this.selected = this.list.at(-1)?.id ?? null;
    this.#keepPlaces();
  }

  clear(): void {
    for (const { id } of this.list) this.remove(id);
  }

  stop(id: string): void {
    void this.#client.invoke("inspect.stop", { token: id }).catch(() => undefined);
  }

  retry(id: string): void {
    void this.#ask(id);
  }

  /** Asks a model about the patches at all points. */
  async askModel(model: string): Promise<void> {
    const points = this.list.filter(({ place }) => place.kind === "point");
    this.model = model;
    if (points.length === 0) return;
    const turn = ++this.#turn;
    this.classesLoading = true;
    this.classesError = null;
    try {
      const { patches, ...rest } = await this.#client.invoke("inspect.classes", {
        model,
        points: points.map(({ place }) => (place.kind === "point" ? { x: place.x, y: place.y } : { x: 0, y: 0 })),
        token: classesToken,
      });
      if (turn !== this.#turn) return;
      this.classes = rest;
      for (const [at, { id }] of points.entries()) this.#change(id, { classes: patches[at] ?? null });
    } catch (error) {
      if (turn !== this.#turn) return;
      if (!isStop(error)) this.classesError = error;
    }
    this.classesLoading = false;
  }

  forgetModel(): void {
    this.#turn++;
    this.classesLoading = false;
    this.model = null;
    this.classes = null;
    this.classesError = null;
    for (const { id } of this.list) this.#change(id, { classes: null });
  }

  #pin(kept: Kept): Pin {
    const id = `pin-${this.#next++}-${crypto.randomUUID().slice(0, 8)}`;
    return { id, ...kept, series: null, error: null, loading: true, fraction: 0, classes: null };
  }

  #change(id: string, change: Partial<Pin>): void {
    this.list = this.list.map((pin) => (pin.id === id ? { ...pin, ...change } : pin));
  }

  async #ask(id: string): Promise<void> {
    const pin = this.list.find((other) => other.id === id);
    if (!pin) return;
    const { place } = pin;
    const turn = (this.#asked.get(id) ?? 0) + 1;
    this.#asked.set(id, turn);
    // The pin is still there, at this place, and was not asked about anew: images may have changed.
    const still = () => this.#asked.get(id) === turn && this.list.find((other) => other.id === id)?.place === place;
    this.#change(id, { loading: true, fraction: 0 });
    try {
      const { places, problems } = await this.#client.invoke("inspect.series", { places: [place], token: id });
      if (!still()) return;
      this.problems = problems;
      this.#change(id, { series: places[0] ?? null, error: null, loading: false });
    } catch (error) {
      if (!still()) return;
      this.#change(id, { error: isStop(error) ? null : error, loading: false });
    }
  }

  #keepPlaces(): void {
    this.#memory.remember(
      "pins",
      this.list.map(({ slot, name, place }): Kept => ({ slot, name, place })),
    );
  }

  async #enter(folder: string | null): Promise<void> {
    if (folder === this.#folder) return;
    this.#folder = folder;
    this.list = [];
    this.selected = null;
    this.forgetModel();
    if (folder === null) return;
    const kept = await this.#memory.recall<readonly Kept[]>("pins");
    if (!kept || this.#folder !== folder || this.list.length > 0) return;
    this.list = kept.slice(0, mostPins).map((entry) => this.#pin(entry));
    this.selected = this.list.at(-1)?.id ?? null;
    for (const { id } of this.list) void this.#ask(id);
  }
}

const isStop = (error: unknown): boolean => error instanceof Error && error.name === "AbortError";
