/** Patches of which some are to be labelled next. */
export interface NextCandidates {
  /** [n, columns] standardised values */
  readonly values: Float32Array;
  readonly columns: number;
  /** [n] from 0, where two classes are equally likely, to 1 */
  readonly margins: Float32Array;
  /** [n] place, in patches */
  readonly cols: Int32Array;
  readonly rows: Int32Array;
}

export interface NextOptions {
  readonly count: number;
  /** [m, columns] standardised values of what was labelled, or proposed and skipped: nothing like it is proposed */
  readonly known: Float32Array;
  /** no two proposals lie nearer to each other than so many patches */
  readonly apart: number;
}

/** The share of the candidates, the least certain ones, among which proposals are spread. */
const uncertain = 0.25;

/**
 * The candidates to label next, the most useful first: among the least certain quarter the one that is farthest from everything that was labelled
 * or chosen before, by the distance of its values, then the next. So no two are alike.
 * @returns positions in the candidates; fewer than `count` where there are no more places far enough apart
 * @see Sener and Savarese 2018, Active Learning for Convolutional Neural Networks: A Core-Set Approach (greedy k-centre); Scheffer et al. 2001,
 * Active Hidden Markov Models (margin)
 */
export function nextPlaces(candidates: NextCandidates, { count, known, apart }: NextOptions): number[] {
  const { values, columns, margins, cols, rows } = candidates;
  const order = [...margins.keys()].sort((p, q) => margins[p]! - margins[q]! || p - q);
  const pool = order.slice(0, Math.max(Math.ceil(uncertain * order.length), 20 * count));
  const nearest = new Float64Array(pool.length).fill(Number.POSITIVE_INFINITY);
  const see = (from: Float32Array, at: number) => {
    for (const [i, p] of pool.entries()) {
      let sum = 0;
      for (let j = 0, a = p * columns, b = at; j < columns && sum < nearest[i]!; j++) {
        const difference = values[a++]! - from[b++]!;
        sum += difference * difference;
      }
      if (sum < nearest[i]!) nearest[i] = sum;
    }
  };
  for (let at = 0; at < known.length; at += columns) see(known, at);
  const chosen: number[] = [];
  while (chosen.length < count) {
    let best = -1;
    for (const [i, p] of pool.entries()) {
      if (!(nearest[i]! > 0) || (best >= 0 && nearest[i]! <= nearest[best]!)) continue;
      const beside = chosen.some((q) => Math.max(Math.abs(cols[p]! - cols[q]!), Math.abs(rows[p]! - rows[q]!)) < apart);
      if (!beside) best = i;
    }
    if (best < 0) break;
    const p = pool[best]!;
    chosen.push(p);
    see(values, p * columns);
    nearest[best] = 0;
  }
  return chosen;
}
