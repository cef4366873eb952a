import type { Labels } from "./labels.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";
import type { ViewMemory } from "./view-memory.ts";

/** An outline that the program refused: it stays on the map until it is mended or given up. */
export interface Rejected {
  readonly error: unknown;
  retry(): void;
  discard(): void;
}

interface Kept {
  readonly code: number | null;
  readonly snapping: boolean;
  readonly names: boolean;
}

/** How labels are drawn: with which class, what the pointer is caught by, and which of them the map shows. */
export class LabelDrawing {
  readonly #session: ProjectSession;
  readonly #memory: ViewMemory;
  readonly #labels: Labels;
  #code = $state<number | null>(null);
  #snapping = $state(true);
  #names = $state(true);
  #rejected = $state.raw<Rejected | null>(null);
  #hovered = $state<number | null>(null);
  #shown = $state.raw<ReadonlySet<number> | null>(null);
  #splitShown = $state(false);
  /** the person has set something: what was kept comes too late */
  #touched = false;

  constructor({ session, memory, labels }: { session: ProjectSession; memory: ViewMemory; labels: Labels }) {
    this.#session = session;
    this.#memory = memory;
    this.#labels = labels;
    $effect.root(() => {
      $effect(() => void this.#enter(this.#session.folder));
      $effect(() => {
        void this.#session.folder;
        void this.#labels.active;
        this.#shown = null;
        this.#rejected = null;
        this.#hovered = null;
      });
      // A class that the legend no longer has cannot be drawn with.
      $effect(() => {
        const codes = this.#labels.classes.map(({ code }) => code);
        if (codes.length > 0 && (this.#code === null || !codes.includes(this.#code))) this.#code = codes[0]!;
      });
    });
  }

  /** The class that is drawn with; `null` without a legend. */
  get code(): number | null {
    return this.#code;
  }
  /** Corners and edges of labels catch the pointer. */
  get snapping(): boolean {
    return this.#snapping;
  }
  /** Labels show the names of their classes. */
  get names(): boolean {
    return this.#names;
  }
  get rejected(): Rejected | null {
    return this.#rejected;
  }
  /** The label under the pointer of the select tool. */
  get hovered(): number | null {
    return this.#hovered;
  }
  /** Labels that the table's filter lets through; `null` without a filter. */
  get shown(): ReadonlySet<number> | null {
    return this.#shown;
  }
  /** Blocks and sets are drawn on the map. */
  get splitShown(): boolean {
    return this.#splitShown;
  }

  /** Chooses the class to draw with; what is selected gets it. */
  choose(code: number): void {
    this.#code = code;
    this.#keep();
    void this.#labels.setClassOfSelected(code);
  }

  toggleSnapping(): void {
    this.#snapping = !this.#snapping;
    this.#keep();
  }

  toggleNames(): void {
    this.#names = !this.#names;
    this.#keep();
  }

  /** An outline was refused. */
  reject(rejected: Rejected): void {
    this.#rejected = rejected;
  }

  /** No refused outline waits any longer: it was mended or given up. */
  settle(): void {
    this.#rejected = null;
  }

  hover(id: number | null): void {
    this.#hovered = id;
  }

  /** Shows only these labels on the map, or all with `null`. */
  showOnly(ids: ReadonlySet<number> | null): void {
    this.#shown = ids;
  }

  /** Draws blocks and sets on the map, or no longer. */
  showSplit(on: boolean): void {
    this.#splitShown = on;
  }

  #keep(): void {
    this.#touched = true;
    const { code, snapping, names } = this;
    this.#memory.remember("labels.drawing", { code, snapping, names } satisfies Kept);
  }

  async #enter(folder: string | null): Promise<void> {
    this.#touched = false;
    this.#code = null;
    if (folder === null) return;
    const kept = await this.#memory.recall<Partial<Kept>>("labels.drawing");
    if (!kept || this.#session.folder !== folder || this.#touched) return;
    if (typeof kept.snapping === "boolean") this.#snapping = kept.snapping;
    if (typeof kept.names === "boolean") this.#names = kept.names;
    if (typeof kept.code === "number") this.#code = kept.code;
  }
}
