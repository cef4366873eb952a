import { untrack } from "svelte";
import type { Layers } from "./layers.svelte.ts";
import type { ProjectSession } from "./session.svelte.ts";
import type { Timeline } from "./timeline.svelte.ts";
import type { ViewMemory } from "./view-memory.ts";

export type CompareMode = "off" | "swipe" | "spyglass" | "blink" | "side";

interface Kept {
  readonly mode: CompareMode;
  readonly a: string | null;
  readonly b: string | null;
  readonly position: number;
  readonly vertical: boolean;
  readonly radius: number;
  readonly interval: number;
}

/** Two layers or dates beside, over or after each other. Ids are those of layer rows. */
export class Compare {
  readonly #session: ProjectSession;
  readonly #memory: ViewMemory;
  readonly #layers: Layers;
  readonly #timeline: Timeline;
  mode = $state<CompareMode>("off");
  a = $state<string | null>(null);
  b = $state<string | null>(null);
  /** share of the map that shows A */
  position = $state(0.5);
  /** the edge runs from top to bottom; otherwise from left to right */
  vertical = $state(true);
  /** of the spyglass, in pixels on screen */
  radius = $state(130);
  /** milliseconds that each picture of a blink stays; 0: by hand */
  interval = $state(800);
  /** which one a blink shows now */
  shown = $state<"a" | "b">("a");
  #folder: string | null = null;
  /** B as it was proposed, perhaps before the clouds were known */
  #proposed: string | null = null;

  constructor({
    session,
    memory,
    layers,
    timeline,
  }: { session: ProjectSession; memory: ViewMemory; layers: Layers; timeline: Timeline }) {
    this.#session = session;
    this.#memory = memory;
    this.#layers = layers;
    this.#timeline = timeline;
    $effect.root(() => {
      $effect(() => void this.#enter(this.#session.folder));
      // What was proposed before the clouds were known is proposed anew when they are, unless a person has chosen.
      $effect(() => {
        if (!this.#timeline.settled || this.mode === "off") return;
        untrack(() => {
          if (this.#proposed === null || this.b !== this.#proposed) return;
          this.b = this.#beside(this.a);
          this.#proposed = null;
          this.keep();
        });
      });
    });
  }

  /** Layers that can be compared, those of imagery and of results. */
  readonly choices = $derived.by(() =>
    [...this.#layers.byId.values()].filter(
      ({ kind, state }) =>
        ["acquisition", "raster", "map", "confidence", "set-size", "surface"].includes(kind) && state !== "missing",
    ),
  );

  toggle(mode: Exclude<CompareMode, "off">): void {
    this.set(this.mode === mode ? "off" : mode);
  }

  set(mode: CompareMode): void {
    if (mode !== "off") this.#fill();
    this.mode = mode;
    this.shown = "a";
    this.keep();
  }

  show(which: "a" | "b"): void {
    if (this.mode !== "blink") this.set("blink");
    this.interval = 0;
    this.shown = which;
  }

  swap(): void {
    [this.a, this.b] = [this.b, this.a];
    this.keep();
  }

  keep(): void {
    const { mode, a, b, position, vertical, radius, interval } = this;
    this.#memory.remember("compare", { mode, a, b, position, vertical, radius, interval } satisfies Kept);
  }

  /** Without a choice yet: what the map shows, and the clear date of the same sensor before it. */
  #fill(): void {
    const known = (id: string | null) => id !== null && this.choices.some((choice) => choice.id === id);
    const drawn = this.#layers.drawn.findLast(({ id }) => known(id))?.id ?? this.choices.at(-1)?.id ?? null;
    if (!known(this.a)) this.a = drawn;
    if (known(this.b)) return;
    this.b = this.#beside(this.a);
    this.#proposed = this.b;
  }

  /**
   * What is compared with a layer: the clear date of its sensor before it, else the first after it, else the least cloudy one. Beside a map,
   * another one, else what the map lies on.
   */
  #beside(a: string | null): string | null {
    const own = this.choices.find(({ id }) => id === a);
    const same = this.choices.filter(({ kind, sensor }) => kind === own?.kind && sensor === own?.sensor);
    const at = same.findIndex(({ id }) => id === a);
    const [before, after] = [same.slice(0, Math.max(0, at)), same.slice(at + 1)];
    const clear = ({ id }: { readonly id: string }) => this.#hiddenShare(id) < 0.1;
    const below = this.#layers.drawn.findLast(({ id }) => id !== a && this.choices.some((each) => each.id === id));
    const clearest = (some: readonly { readonly id: string }[]) =>
      some.length === 0
        ? undefined
        : some.reduce((best, each) => (this.#hiddenShare(each.id) <= this.#hiddenShare(best.id) ? each : best));
    return (
      (
        before.findLast(clear) ??
        after.find(clear) ??
        clearest([...after.toReversed(), ...before]) ??
        below ??
        clearest(this.choices.filter(({ id }) => id !== a))
      )?.id ?? null
    );
  }

  /** Share of the area that a layer does not show, under clouds or without data; 0.5 where that is not known yet. */
  #hiddenShare(id: string): number {
    const acquisition = id.replace(/^acquisition:/, "");
    const entry = this.#timeline.entries.find((each) => each.id === acquisition);
    if (!entry?.hasQuality) return 0;
    const share = this.#timeline.clouds.get(acquisition);
    if (!share) return 0.5;
    return share.cloud === null ? 1 : 1 - share.data * (1 - share.cloud);
  }

  async #enter(folder: string | null): Promise<void> {
    if (folder === this.#folder) return;
    this.#folder = folder;
    this.mode = "off";
    this.a = null;
    this.b = null;
    this.#proposed = null;
    if (folder === null) return;
    const kept = await this.#memory.recall<Kept>("compare");
    if (!kept || this.#folder !== folder) return;
    const { a, b, position, vertical, radius, interval } = kept;
    Object.assign(this, { a, b, position, vertical, radius, interval });
  }
}
