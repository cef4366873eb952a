/** The position of the highest of `count` values; of equal ones the first. The map and its score choose classes with it. */
export function argmax(count: number, value: (position: number) => number): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (value(k) > value(best)) best = k;
  return best;
}
