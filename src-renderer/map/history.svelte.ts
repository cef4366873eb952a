import type { Camera } from "./map-state.svelte.ts";

const most = 50;

/** Views the person has rested at, to go back and forth between. */
export class ViewHistory {
  #views = $state.raw<readonly Camera[]>([]);
  #at = $state(-1);

  get canGoBack(): boolean {
    return this.#at > 0;
  }

  get canGoForward(): boolean {
    return this.#at < this.#views.length - 1;
  }

  /** A view came to rest. The one that going back or forth brought is known already; one that was stopped on its way is new. */
  note(camera: Camera): void {
    const last = this.#views[this.#at];
    if (last && same(last, camera)) return;
    this.#views = [...this.#views.slice(0, this.#at + 1), camera].slice(-most);
    this.#at = this.#views.length - 1;
  }

  step(by: -1 | 1): Camera | null {
    const camera = this.#views[this.#at + by];
    if (!camera) return null;
    this.#at += by;
    return camera;
  }

  clear(): void {
    this.#views = [];
    this.#at = -1;
  }
}

const same = (p: Camera, q: Camera): boolean =>
  Math.hypot(p.center[0] - q.center[0], p.center[1] - q.center[1]) < p.resolution &&
  Math.abs(p.resolution / q.resolution - 1) < 1e-6 &&
  Math.abs(Math.sin((p.rotation - q.rotation) / 2)) < 1e-6;
