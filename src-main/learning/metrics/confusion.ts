/** What the two axes of a matrix mean. Rows are what the map says, columns what is true on the ground. */
export interface ConfusionAxes {
  readonly rows: "map";
  readonly columns: "reference";
}

/**
 * Counts of samples by what the map says (row) and what the reference says (column). The axes travel with the numbers,
 * so that nobody has to guess which way round a table is.
 */
export interface ConfusionMatrix {
  readonly axes: ConfusionAxes;
  /** class codes, in the order of rows and columns */
  readonly codes: readonly number[];
  /** counts[row][column] */
  readonly counts: readonly (readonly number[])[];
}

const axes: ConfusionAxes = { rows: "map", columns: "reference" };

/** A matrix of zeros: a row and a column per class code. */
export function emptyConfusion(codes: readonly number[]): ConfusionMatrix {
  if (new Set(codes).size !== codes.length) throw new Error(`Confusion: repeated class in [${codes.join(", ")}]`);
  return { axes, codes: [...codes], counts: codes.map(() => codes.map(() => 0)) };
}

/** Collects samples batch by batch. */
export class ConfusionCounter {
  readonly codes: readonly number[];
  readonly #position: ReadonlyMap<number, number>;
  readonly #counts: Float64Array;

  constructor(codes: readonly number[]) {
    this.codes = emptyConfusion(codes).codes;
    this.#position = new Map(codes.map((code, index) => [code, index]));
    this.#counts = new Float64Array(codes.length ** 2);
  }

  /** One value of `map` and of `reference` per sample. Samples whose reference is no class of the matrix (0: not labelled) do not count. */
  add(map: ArrayLike<number>, reference: ArrayLike<number>): void {
    if (map.length !== reference.length)
      throw new Error(`Confusion: ${map.length} map values, ${reference.length} reference values`);
    for (let i = 0; i < map.length; i++) {
      const column = this.#position.get(reference[i]!);
      if (column === undefined) continue;
      const row = this.#position.get(map[i]!);
      if (row === undefined)
        throw new Error(`Confusion: the map says ${map[i]}, which is none of [${this.codes.join(", ")}]`);
      this.#counts[row * this.codes.length + column]!++;
    }
  }

  matrix(): ConfusionMatrix {
    const n = this.codes.length;
    return {
      axes,
      codes: this.codes,
      counts: this.codes.map((_, row) => Array.from(this.#counts.subarray(row * n, (row + 1) * n))),
    };
  }
}

/** The sum of two matrices over the same classes, for folds and tiles. */
export function addConfusions(p: ConfusionMatrix, q: ConfusionMatrix): ConfusionMatrix {
  if (p.codes.length !== q.codes.length || p.codes.some((code, i) => code !== q.codes[i])) {
    throw new Error(`Confusion: classes [${p.codes.join(", ")}] and [${q.codes.join(", ")}]`);
  }
  return { ...p, counts: p.counts.map((row, i) => row.map((count, j) => count + q.counts[i]![j]!)) };
}
