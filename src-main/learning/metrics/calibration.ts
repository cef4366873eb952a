/** Bins of equal width from 0 to 1 (Guo et al. 2017 use fifteen). */
const bins = 15;

/**
 * Collects how sure answers were and whether they were right, for the expected calibration error (Naeini et al. 2015; Guo et
 * al. 2017, “On Calibration of Modern Neural Networks”, eq. 3): the mean over bins of equal width, weighted by their samples,
 * of |share of right answers − mean confidence|.
 */
export class CalibrationCounter {
  readonly #samples = new Float64Array(bins);
  readonly #right = new Float64Array(bins);
  readonly #confidence = new Float64Array(bins);

  /** @param confidence probability of the answer, 0…1; a bin holds its upper border, the first one 0 too */
  add(confidence: number, right: boolean): void {
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    this.#samples[bin]!++;
    this.#confidence[bin]! += confidence;
    if (right) this.#right[bin]!++;
  }

  /** 0 (as often right as sure) … 1; `null` without a sample. */
  error(): number | null {
    const all = this.#samples.reduce((sum, count) => sum + count, 0);
    if (all === 0) return null;
    return this.#samples.reduce((sum, _, bin) => sum + Math.abs(this.#right[bin]! - this.#confidence[bin]!), 0) / all;
  }
}
