import type { DockId, PanelId } from "../panels/registry.ts";
import { recall, remember } from "./view-memory.ts";

interface DockState {
  open: boolean;
  size: number;
  tab: string;
}

type Layout = Record<DockId, DockState>;

const initial = (): Layout => {
  const narrow = innerWidth < 1180;
  return {
    left: { open: true, size: narrow ? 264 : 304, tab: "layers" },
    right: { open: !narrow, size: narrow ? 320 : 364, tab: "inspector" },
    bottom: { open: true, size: 176, tab: "time" },
  };
};

/** Which docks are open, how large, and which panel each shows; kept with the project. */
class Docks {
  layout = $state<Layout>(initial());
  #changes = 0;
  #hidden = $state.raw<Record<DockId, boolean> | null>(null);

  async load(): Promise<void> {
    this.layout = initial();
    this.#hidden = null;
    const changes = this.#changes;
    const kept = await recall<Partial<Layout>>("docks");
    // Who has moved something meanwhile knows better than what was kept.
    if (kept && changes === this.#changes) this.layout = { ...initial(), ...kept };
  }

  /** All docks were put away at once, for more map. */
  get away(): boolean {
    return this.#hidden !== null;
  }

  toggle(dock: DockId): void {
    this.#hidden = null;
    this.layout[dock].open = !this.layout[dock].open;
    this.#keep();
  }

  /** All docks away, or back as they were: more map. */
  toggleAll(): void {
    if (this.#hidden) {
      for (const dock of ["left", "right", "bottom"] as const) this.layout[dock].open = this.#hidden[dock];
      this.#hidden = null;
    } else {
      const { left, right, bottom } = this.layout;
      this.#hidden = { left: left.open, right: right.open, bottom: bottom.open };
      left.open = right.open = bottom.open = false;
    }
    this.#keep();
  }

  /** Opens the dock of a panel and shows it. */
  show(dock: DockId, panel: PanelId): void {
    this.#hidden = null;
    this.layout[dock].open = true;
    this.layout[dock].tab = panel;
    this.#keep();
  }

  changed(): void {
    this.#keep();
  }

  #keep(): void {
    this.#changes++;
    remember("docks", $state.snapshot(this.layout));
  }
}

export const docks = new Docks();
