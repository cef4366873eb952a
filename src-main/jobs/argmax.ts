/** The position of the highest of `count` values; of equal ones the first. The map and its score choose classes with it. */
export function argmax(count: number, value: (position: number) => number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (value(k) > value(best)) best = k;
  return best;
}

/** Shares of classes that belong to logits, as the map's. */
export function softmax(logits: ArrayLike<number>): number[] {
  const best = argmax(logits.length, (k) => logits[k]!);
  const exponentials = Array.from(logits, (logit) => Math.exp(logit - logits[best]!));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}
