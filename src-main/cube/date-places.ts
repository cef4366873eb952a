import RBush from "rbush";
import type { PatchWindow } from "./grid.ts";
import type { SeriesDate } from "./modalities.ts";
import { PatchSet } from "./patch-set.ts";

/** Dates that have images on the same patches. */
interface Alike {
  readonly set: PatchSet;
  readonly dates: number[];
}

interface Entry {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly size: number;
  readonly of: Alike;
}

/** Which dates of a modality have images where. Dates of one footprint are looked at together. */
export class DatePlaces {
  readonly #footprint: (acquisition: string) => PatchSet;
  readonly #sets: readonly PatchSet[];
  /** a date has an entry for each of its separate places */
  readonly #entries: readonly Entry[];
  readonly #tree = new RBush<Entry>();
  readonly #most = new Map<number, number>();

  constructor(dates: readonly SeriesDate[], footprint: (acquisition: string) => PatchSet) {
    this.#footprint = footprint;
    this.#sets = dates.map(({ acquisitions }) =>
      PatchSet.union([...new Set(acquisitions.map(({ id }) => footprint(id)))]),
    );
    const bySet = new Map<PatchSet, Alike>();
    for (const [index, set] of this.#sets.entries()) {
      const alike = bySet.get(set);
      if (alike) alike.dates.push(index);
      else bySet.set(set, { set, dates: [index] });
    }
    this.#entries = [...bySet.values()].flatMap((of) =>
      of.set.windows().map(({ col, row, width, height }): Entry => {
        const size = width * height;
        return { minX: col, minY: row, maxX: col + width, maxY: row + height, size, of };
      }),
    );
    this.#tree.load([...this.#entries]);
  }

  /** The patches that a date's images reach. */
  of(index: number): PatchSet {
    return this.#sets[index]!;
  }

  /** The dates whose images touch `window`, in order of time. */
  touching(window: PatchWindow): number[] {
    return [...new Set(this.#near(window).map(({ of }) => of))]
      .filter(({ set }) => set.touches(window))
      .flatMap(({ dates }) => dates)
      .sort((p, q) => p - q);
  }

  /**
   * At least the number of dates that touch one tile of `side` patches, wherever it lies: of all windows that a tile
   * touches, one is the smallest, and the others lie near it.
   */
  mostAt(side: number): number {
    const known = this.#most.get(side);
    if (known !== undefined) return known;
    const looked = new Set<string>();
    let most = 0;
    for (const { minX, minY, maxX, maxY, size } of this.#entries) {
      const key = `${minX} ${minY} ${maxX} ${maxY}`;
      if (looked.has(key)) continue;
      looked.add(key);
      const reach = {
        col: minX - side,
        row: minY - side,
        width: maxX - minX + 2 * side,
        height: maxY - minY + 2 * side,
      };
      const near = new Set(
        this.#near(reach)
          .filter((entry) => entry.size >= size)
          .map(({ of }) => of),
      );
      let count = 0;
      for (const { dates } of near) count += dates.length;
      most = Math.max(most, count);
    }
    this.#most.set(side, most);
    return most;
  }

  /** A date with those of its images that touch `window`. */
  only(date: SeriesDate, window: PatchWindow): SeriesDate {
    if (date.acquisitions.length < 2) return date;
    const acquisitions = date.acquisitions.filter(({ id }) => this.#footprint(id).touches(window));
    return acquisitions.length === date.acquisitions.length ? date : { ...date, acquisitions };
  }

  #near({ col, row, width, height }: PatchWindow): Entry[] {
    // Windows that only share an edge do not overlap.
    const edge = 1e-6;
    return this.#tree.search({
      minX: col + edge,
      minY: row + edge,
      maxX: col + width - edge,
      maxY: row + height - edge,
    });
  }
}
