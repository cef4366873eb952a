/** F1 of tile-level labels, where a tile can have several classes at once (SPEC 16). */
export interface MultilabelScores {
  readonly macroF1: number;
  readonly microF1: number;
  readonly weightedF1: number;
  readonly classes: readonly {
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
    readonly support: number;
  }[];
}

/** Counts over an epoch; scores come from the sums, not from means over batches. */
export class MultilabelCounter {
  readonly #truePositive: Float64Array;
  readonly #falsePositive: Float64Array;
  readonly #falseNegative: Float64Array;

  constructor(classes: number) {
    this.#truePositive = new Float64Array(classes);
    this.#falsePositive = new Float64Array(classes);
    this.#falseNegative = new Float64Array(classes);
  }

  /**
   * `predictions` and `targets` (0 or 1) are [samples, classes]. When a value of the batch lies outside 0 to 1 the batch
   * holds logits and goes through the sigmoid, as the reference does; a class is predicted above 0.5.
   */
  add(predictions: ArrayLike<number>, targets: ArrayLike<number>): void {
    const classes = this.#truePositive.length;
    if (predictions.length !== targets.length || predictions.length % classes !== 0) {
      throw new Error(`Multilabel: ${predictions.length} predictions, ${targets.length} targets, ${classes} classes`);
    }
    let logits = false;
    for (let i = 0; i < predictions.length; i++) if (predictions[i]! < 0 || predictions[i]! > 1) logits = true;
    // In single precision, as the reference computes it: a logit of 1e-8 gives exactly 0.5, which is not above.
    const probability = (value: number): number => (logits ? Math.fround(1 / (1 + Math.exp(-value))) : value);
    for (let i = 0; i < predictions.length; i++) {
      const predicted = probability(predictions[i]!) > 0.5;
      const target = targets[i]! > 0.5;
      if (predicted && target) this.#truePositive[i % classes]!++;
      else if (predicted) this.#falsePositive[i % classes]!++;
      else if (target) this.#falseNegative[i % classes]!++;
    }
  }

  scores(): MultilabelScores {
    const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
    const sum = (values: Iterable<number>): number => [...values].reduce((p, q) => p + q, 0);
    const f1 = (tp: number, fp: number, fn: number): number => ratio(2 * tp, 2 * tp + fp + fn);
    const classes = Array.from(this.#truePositive, (tp, i) => {
      const fp = this.#falsePositive[i]!;
      const fn = this.#falseNegative[i]!;
      return { precision: ratio(tp, tp + fp), recall: ratio(tp, tp + fn), f1: f1(tp, fp, fn), support: tp + fn };
    });
    return {
      macroF1: ratio(sum(classes.map((own) => own.f1)), classes.length),
      microF1: f1(sum(this.#truePositive), sum(this.#falsePositive), sum(this.#falseNegative)),
      weightedF1: ratio(sum(classes.map((own) => own.f1 * own.support)), sum(classes.map((own) => own.support))),
      classes,
    };
  }
}
