/** How far two models agree on the same patches. */
interface Agreement {
  /** from 0 to 1: patches that have another class */
  readonly changed: number;
  /** Cohen's kappa: agreement beyond that of chance; 1 where both give one class only */
  readonly kappa: number;
}

/** The agreement of two lists of classes of the same patches. */
function agreementOf(before: Uint8Array, after: Uint8Array): Agreement {
  const n = before.length;
  const counts = [new Map<number, number>(), new Map<number, number>()] as const;
  let same = 0;
  for (let i = 0; i < n; i++) {
    if (before[i] === after[i]) same++;
    counts[0].set(before[i]!, (counts[0].get(before[i]!) ?? 0) + 1);
    counts[1].set(after[i]!, (counts[1].get(after[i]!) ?? 0) + 1);
  }
  if (n === 0) return { changed: 0, kappa: 1 };
  const chance = [...counts[0]].reduce((sum, [code, count]) => sum + (count / n) * ((counts[1].get(code) ?? 0) / n), 0);
  return { changed: 1 - same / n, kappa: chance >= 1 ? 1 : (same / n - chance) / (1 - chance) };
}

/** As long as this agreement, on average of so many models one after the other, labels still change the map. */
const steady = { kappa: 0.99, models: 3 } as const;

/**
 * The models that were learned one after the other, by their classes on patches that are the same for all of them: when those stop
 * changing, further labels of this kind change little.
 * @see Bloodgood and Vijay-Shanker 2009, A Method for Stopping Active Learning Based on Stabilizing Predictions
 */
export class Stopping {
  #models: { readonly labels: number; readonly classes: Uint8Array }[] = [];

  /** A model that was learned from so many labels. After an undo those of more labels are forgotten. */
  add(labels: number, classes: Uint8Array): void {
    this.#models = this.#models.filter((model) => model.labels < labels);
    this.#models.push({ labels, classes });
    if (this.#models.length > steady.models + 1) this.#models.shift();
  }

  /** Nothing of what was learned before matters any more. */
  forget(): void {
    this.#models = [];
  }

  /** What the last label changed, and whether labels have stopped changing anything; `undefined` before there are two models. */
  get told(): (Agreement & { readonly steady: boolean }) | undefined {
    const steps = this.#models.slice(1).map(({ classes }, i) => agreementOf(this.#models[i]!.classes, classes));
    const last = steps.at(-1);
    if (!last) return undefined;
    const mean = steps.reduce((sum, { kappa }) => sum + kappa, 0) / steps.length;
    return { ...last, steady: steps.length >= steady.models && mean >= steady.kappa };
  }
}
