/** Random draws that depend on nothing but their seed (sfc32 over a hash of the words). */
export interface Random {
  /** from 0 up to 1 */
  next(): number;
  /** a whole number from 0 up to `below`, which is not reached */
  below(below: number): number;
  /** a whole number from `first` to `last`, both included */
  between(first: number, last: number): number;
  pick<T>(list: readonly T[]): T;
  chance(probability: number): boolean;
  bytes(length: number): Uint8Array;
}

export function randomOf(...words: readonly (string | number)[]): Random {
  const [a0, b0, c0, d0] = hash(words.join("\n"));
  let [a, b, c, d] = [a0!, b0!, c0!, d0!];
  const next32 = () => {
    const t = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next32();
  const next = () => next32() / 4294967296;
  const below = (n: number) => Math.floor(next() * n);
  return {
    next,
    below,
    between: (first, last) => first + below(last - first + 1),
    pick: (list) => list[below(list.length)]!,
    chance: (probability) => next() < probability,
    bytes: (length) => Uint8Array.from({ length }, () => next32() & 255),
  };
}

/** cyrb128 (public domain): four words of a text. */
function hash(text: string): [number, number, number, number] {
  let [h1, h2, h3, h4] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    h1 = h2 ^ Math.imul(h1 ^ k, 597399067);
    h2 = h3 ^ Math.imul(h2 ^ k, 2869860233);
    h3 = h4 ^ Math.imul(h3 ^ k, 951274213);
    h4 = h1 ^ Math.imul(h4 ^ k, 2716044179);
  }
  return [h1 ^ h2, h2 ^ h3, h3 ^ h4, h4 ^ h1];
}
