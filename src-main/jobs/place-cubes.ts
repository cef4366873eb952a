import type { Cube } from "../cube/index.ts";
import { cacheBytes, openCube } from "./imagery.ts";
import type { TrainingPlace } from "./joint-inputs.ts";

/** Cubes that are open at a time. More places than that are closed and opened again, the one that rested longest first. */
const mostOpen = 12;

interface Entry {
  readonly cube: Cube;
  users: number;
}

/**
 * The cubes of several places, each opened when it is first needed. Together their warped pixels take what one cube may take: every
 * open cube has an equal share of `cacheBytes()`.
 */
export class PlaceCubes {
  readonly #places: readonly TrainingPlace[];
  readonly #share: number;
  /** by place, in the order in which they were used */
  readonly #open = new Map<number, Entry>();

  constructor(places: readonly TrainingPlace[]) {
    this.#places = places;
    this.#share = Math.floor(cacheBytes() / Math.min(mostOpen, places.length));
  }

  /** Does `work` with the cube of a place, which stays open meanwhile. */
  async use<T>(index: number, work: (cube: Cube) => Promise<T>): Promise<T> {
    const entry = this.#take(index);
    entry.users++;
    try {
      await this.#closeOldest();
      return await work(entry.cube);
    } finally {
      entry.users--;
    }
  }

  #take(index: number): Entry {
    const { grid, imagery, modalities, days } = this.#places[index]!;
    const known = this.#open.get(index);
    const entry = known ?? { cube: openCube(grid, imagery, modalities, days, this.#share), users: 0 };
    // At the end of the order: used last.
    this.#open.delete(index);
    this.#open.set(index, entry);
    return entry;
  }

  async #closeOldest(): Promise<void> {
    for (const [index, { cube, users }] of [...this.#open]) {
      if (this.#open.size <= mostOpen) return;
      if (users > 0) continue;
      this.#open.delete(index);
      await cube.close();
    }
  }

  async close(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map(({ cube }) => cube.close()));
  }
}
