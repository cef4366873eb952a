import type { ProjectSession } from "./session.svelte.ts";

/** What is selected in the window. Layers by the ids of `LayerRow`; labels by their numbers. */
export class Selection {
  layers = $state.raw<ReadonlySet<string>>(new Set());
  labels = $state.raw<ReadonlySet<number>>(new Set());

  constructor(session: ProjectSession) {
    // Another project has labels and layers of the same numbers.
    $effect.root(() => {
      $effect(() => {
        void session.folder;
        this.clear();
      });
    });
  }

  /** The one selected layer, when there is exactly one. */
  get layer(): string | null {
    return this.layers.size === 1 ? ([...this.layers][0] ?? null) : null;
  }

  clear(): void {
    this.layers = new Set();
    this.labels = new Set();
  }
}
