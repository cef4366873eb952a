import type { Labels } from "../../state/labels.svelte.ts";

/** What the dialog of legends shows: one of the project's legends, or the ready ones to begin with. */
export class LegendPage {
  readonly #labels: Pick<Labels, "active" | "legends" | "ready">;
  #page = $state<number | "ready">("ready");
  /** the page's legend was in the list; before that it is new, and the list is on its way */
  #listed = false;

  constructor(labels: Pick<Labels, "active" | "legends" | "ready">) {
    this.#labels = labels;
  }

  get page(): number | "ready" {
    return this.#page;
  }
  readonly legend = $derived.by(() => this.#labels.legends.find(({ id }) => id === this.#page) ?? null);

  /** Shows a legend by its id, also one that was made a moment ago, or the ready ones. */
  show(page: number | "ready"): void {
    this.#page = page;
    this.#listed = false;
  }

  /** Shows the active legend, or the ready ones where there is none. */
  showActive(): void {
    this.show(this.#labels.active ?? "ready");
  }

  /** Leaves a legend that was removed, here or in another window. Call it while a component is being made. */
  follow(): void {
    $effect(() => {
      if (this.#page === "ready" || !this.#labels.ready) return;
      if (this.legend) this.#listed = true;
      else if (this.#listed) this.showActive();
    });
  }
}
