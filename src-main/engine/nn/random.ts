/**
 * Random numbers from a seed, a step and a name: any draw can be repeated without repeating those before it,
 * so a resumed run sees what an unbroken one would have seen. The stream is sfc32 (Doty-Humphrey, PractRand).
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, step: number, name: string) {
    this.#a = hash(name, seed | 0, Math.floor(seed / 2 ** 32));
    this.#b = hash(name, this.#a ^ step, 0x9e3779b9);
    this.#c = hash(name, this.#b, Math.floor(step / 2 ** 32));
    for (let i = 0; i < 12; i++) this.bits();
  }

  /** 32 random bits. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
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

  /** Fills a whole array with U[0, 1): the stream above, written out so that a dropout mask costs nanoseconds per element. */
  fill(target: Float32Array): void {
    let a = this.#a;
    let b = this.#b;
    let c = this.#c;
    let counter = this.#counter;
    for (let i = 0; i < target.length; i++) {
      const sum = (a + b + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
      target[i] = (sum >>> 8) * 2 ** -24;
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = counter;
  }
}

/** FNV-1a over the name, then the finaliser of MurmurHash3. */
function hash(name: string, seed: number, salt: number): number {
  let h = 0x811c9dc5 ^ seed ^ Math.imul(salt, 0x85ebca6b);
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
