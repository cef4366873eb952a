/** Numbers in [0, 1), or bytes: 1 where such a number is at least `dropped`. */
export type Drawn = Float32Array | Uint8Array;

/** 32 random bits at a time, or a whole array. */
interface Stream {
  bits(): number;
  fill(target: Drawn, dropped?: number): void;
}

/**
 * The stream of a seed, a step and a name: sfc32 (Doty-Humphrey, PractRand), begun by FNV-1a over the name and the finaliser of
 * MurmurHash3. Runs on a thread of its own as text too (`drawAhead`), so it names nothing from outside of itself.
 */
export function streamOf(seed: number, step: number, name: string): Stream {
  const hash = (start: number, salt: number): number => {
    let h = 0x811c9dc5 ^ start ^ Math.imul(salt, 0x85ebca6b);
    for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
    h ^= h >>> 16;
    h = Math.imul(h, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    return h ^ (h >>> 16);
  };
  let a = hash(seed | 0, Math.floor(seed / 2 ** 32));
  let b = hash(a ^ step, 0x9e3779b9);
  let c = hash(b, Math.floor(step / 2 ** 32));
  let counter = 1;
  const bits = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) bits();
  return {
    bits,
    fill(target, dropped) {
      // Compared as float32 numbers, of which they are whole multiples of 2⁻²⁴; without a branch, which would be guessed wrong each tenth time.
      const whole = dropped === undefined;
      const below = whole ? 0 : Math.ceil(Math.fround(dropped) * 2 ** 24) - 1;
      // The same with the state in variables of this function: a mask of dropout costs nanoseconds per element.
      let [p, q, r, n] = [a, b, c, counter];
      for (let i = 0; i < target.length; i++) {
        const sum = (p + q + n) | 0;
        n = (n + 1) | 0;
        p = q ^ (q >>> 9);
        q = (r + (r << 3)) | 0;
        r = (((r << 21) | (r >>> 11)) + sum) | 0;
        target[i] = whole ? (sum >>> 8) * 2 ** -24 : (below - (sum >>> 8)) >>> 31;
      }
      [a, b, c, counter] = [p, q, r, n];
    },
  };
}

/**
 * Random numbers from a seed, a step and a name: any draw can be repeated without repeating those before it,
 * so a resumed run sees what an unbroken one would have seen.
 */
export class Random {
  readonly #stream: Stream;

  constructor(seed: number, step: number, name: string) {
    this.#stream = streamOf(seed, step, name);
  }

  /** 32 random bits. */
  bits(): number {
    return this.#stream.bits();
  }

  /** U[0, 1), in steps of 2⁻²⁴: exact as float32. */
  uniform(): number {
    return (this.bits() >>> 8) * 2 ** -24;
  }

  /** N(0, 1), by Box and Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Fills a whole array with U[0, 1), or, where a chance to be `dropped` is given, with 1 where such a number is at least that and 0 elsewhere. */
  fill(target: Drawn, dropped?: number): void {
    this.#stream.fill(target, dropped);
  }
}
