import { certain } from "../../../src-shared/domain/stored-shares.ts";

/**
 * How well a share tells right answers from wrong ones: the area under the receiver operating characteristic, that is the probability
 * that a right answer has a larger share than a wrong one, equal shares counting half (Mann and Whitney 1947; Hanley and McNeil 1982).
 */
export class SeparationCounter {
  readonly #right = new Float64Array(certain + 1);
  readonly #wrong = new Float64Array(certain + 1);

  /** @param share of 10,000 */
  add(share: number, right: boolean): void {
    const counts = right ? this.#right : this.#wrong;
    counts[Math.min(certain, Math.max(0, Math.round(share)))]!++;
  }

  /** 1: every right answer has a larger share than every wrong one; 0.5: the share tells nothing. `null` when all are right, or all wrong. */
  auroc(): number | null {
    let below = 0;
    let pairs = 0;
    let right = 0;
    for (let share = 0; share <= certain; share++) {
      pairs += this.#right[share]! * (below + this.#wrong[share]! / 2);
      below += this.#wrong[share]!;
      right += this.#right[share]!;
    }
    return right > 0 && below > 0 ? pairs / (right * below) : null;
  }
}
