import type { DockId, PanelId } from "./panels.ts";
import type { ViewMemory } from "./view-memory.ts";

interface DockState {
  open: boolean;
  size: number;
  tab: string;
}

type Layout = Record<DockId, DockState>;

/** Height in which a curve, and the confusion matrix of ten classes, can be seen whole. */
const wholeCharts = 340;

const initial = (narrow: boolean): Layout => {
  return {
    left: { open: true, size: narrow ? 224 : 304, tab: "layers" },
    right: { open: !narrow, size: narrow ? 320 : 364, tab: "inspector" },
    bottom: { open: true, size: narrow ? 128 : 176, tab: "time" },
  };
};

/** Which docks are open, how large, and which panel each shows; kept with the project. */
export class Docks {
  readonly #memory: ViewMemory;
  /** the window is small: docks begin smaller */
  readonly #narrow: () => boolean;
  /** the window has no room for docks on both sides: 200 % of a usual screen */
  readonly #slim: () => boolean;
  layout = $state<Layout>(initial(false));
  #changes = 0;
  #hidden = $state.raw<Record<DockId, boolean> | null>(null);

  constructor({
    memory,
    narrow,
    slim = () => false,
  }: { memory: ViewMemory; narrow: () => boolean; slim?: () => boolean }) {
    this.#memory = memory;
    this.#narrow = narrow;
    this.#slim = slim;
    this.layout = initial(narrow());
  }

  async load(): Promise<void> {
    this.layout = initial(this.#narrow());
    this.#hidden = null;
    const changes = ++this.#changes;
    const kept = await this.#memory.recall<Partial<Layout>>("docks");
    // Changes that the user made meanwhile win over the stored layout.
    if (kept && changes === this.#changes) this.layout = { ...initial(this.#narrow()), ...kept };
    if (this.layout.left.open) this.#giveWay("left");
  }

  /** All docks were put away at once, for more map. */
  get away(): boolean {
    return this.#hidden !== null;
  }

  toggle(dock: DockId): void {
    this.#hidden = null;
    this.layout[dock].open = !this.layout[dock].open;
    if (this.layout[dock].open) this.#giveWay(dock);
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
    this.#giveWay(dock);
    // A chart or a table of errors is read whole; the time line needs less.
    if (panel === "charts") this.layout[dock].size = Math.max(this.layout[dock].size, wholeCharts);
    this.#keep();
  }

  /** In a slim window one side's dock opens in place of the other's, so that nothing lies over the map's tools. */
  #giveWay(dock: DockId): void {
    if (dock === "bottom" || !this.#slim()) return;
    this.layout[dock === "left" ? "right" : "left"].open = false;
  }

  changed(): void {
    this.#keep();
  }

  #keep(): void {
    this.#changes++;
    this.#memory.remember("docks", $state.snapshot(this.layout));
  }
}
