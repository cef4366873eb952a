/** What the map says of the patches of one polygon. */
export class PolygonVote {
  readonly #votes: Float64Array;
  readonly #sums: Float64Array;

  /** @param classes how many there are to choose between */
  constructor(classes: number) {
    this.#votes = new Float64Array(classes);
    this.#sums = new Float64Array(classes);
  }

  /**
   * One patch.
   * @param best position of its class
   * @param probabilities of all classes; length `classes`
   */
  add(best: number, probabilities: ArrayLike<number>): void {
    this.#votes[best]!++;
    for (let k = 0; k < this.#sums.length; k++) this.#sums[k]! += probabilities[k]!;
  }

  /** The position of the class that most patches have; of several the one with the largest sum of probabilities. */
  winner(): number {
    let best = 0;
    for (let k = 1; k < this.#votes.length; k++) {
      const more = this.#votes[k]! - this.#votes[best]!;
      if (more > 0 || (more === 0 && this.#sums[k]! > this.#sums[best]!)) best = k;
    }
    return best;
  }
}
