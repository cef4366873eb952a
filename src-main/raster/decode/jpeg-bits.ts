import { reason } from "../../../src-shared/errors/reasons/index.ts";
import { BlockProblem } from "./block-problem.ts";

/** Codes of a Huffman table: those of up to 9 bits by one look, longer ones by their length. */
export interface HuffmanTable {
  /** by the next 9 bits: length · 256 + symbol; 0 where the code is longer */
  readonly short: Uint16Array;
  /** by length: the largest code (−1: none of this length), and what leads from a code to the place of its symbol */
  readonly largest: Int32Array;
  readonly shift: Int32Array;
  readonly symbols: Uint8Array;
}

const shortBits = 9;

/** @param counts codes of 1 to 16 bits; `symbols` in the order of the codes (T.81, annex C) */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const short = new Uint16Array(1 << shortBits);
  const largest = new Int32Array(18).fill(-1);
  const shift = new Int32Array(18);
  let code = 0;
  let at = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1]!;
    if (code + count > 1 << length) throw new BlockProblem(reason("table-jpeg-data-damaged"));
    shift[length] = at - code;
    for (let i = 0; i < count; i++, code++, at++) {
      if (length > shortBits) continue;
      const from = code << (shortBits - length);
      short.fill((length << 8) | symbols[at]!, from, from + (1 << (shortBits - length)));
    }
    if (count > 0) largest[length] = code - 1;
    code <<= 1;
  }
  return { short, largest, shift, symbols: symbols.slice() };
}

/** The bits of a scan, without the zero bytes that follow 0xFF in it. A scan that ends too early is an error; it is not filled with grey. */
export class JpegBits {
  readonly #bytes: Uint8Array;
  #at: number;
  #held = 0;
  #count = 0;
  /** of the held bits, those that were made up behind the end of the scan */
  #made = 0;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#at = start;
  }

  /** Holds at least 25 bits; behind a marker they are zeros, of which none may be used. */
  #fill(): void {
    const bytes = this.#bytes;
    while (this.#count <= 24) {
      const byte = bytes[this.#at];
      if (byte === undefined || (byte === 0xff && bytes[this.#at + 1] !== 0)) {
        this.#held <<= 8;
        this.#made += 8;
      } else {
        this.#held = (this.#held << 8) | byte;
        this.#at += byte === 0xff ? 2 : 1;
      }
      this.#count += 8;
    }
  }

  #used(): void {
    if (this.#count < this.#made) throw new BlockProblem(reason("jpeg-data-end-too-early"));
  }

  symbol(table: HuffmanTable): number {
    if (this.#count < 16) this.#fill();
    const found = table.short[(this.#held >>> (this.#count - shortBits)) & ((1 << shortBits) - 1)]!;
    if (found !== 0) {
      this.#count -= found >> 8;
      if (this.#made !== 0) this.#used();
      return found & 255;
    }
    for (let length = shortBits + 1; length <= 16; length++) {
      const code = (this.#held >>> (this.#count - length)) & ((1 << length) - 1);
      if (code <= table.largest[length]!) {
        this.#count -= length;
        this.#used();
        return table.symbols[code + table.shift[length]!]!;
      }
    }
    throw new BlockProblem(this.#made > 0 ? reason("jpeg-data-end-too-early") : reason("jpeg-data-damaged"));
  }

  /** The next `count` (1 to 16) bits as they are. */
  take(count: number): number {
    if (this.#count < count) this.#fill();
    this.#count -= count;
    if (this.#made !== 0) this.#used();
    return (this.#held >>> this.#count) & ((1 << count) - 1);
  }

  bit(): number {
    return this.take(1);
  }

  /** A number of `size` (1 to 15) bits, negative when its first bit is 0 (T.81, F.2.2.1). */
  extended(size: number): number {
    const value = this.take(size);
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  /** Goes over the restart marker that must come next. */
  restart(): void {
    this.#held = 0;
    this.#count = 0;
    this.#made = 0;
    const bytes = this.#bytes;
    while (bytes[this.#at] === 0xff && bytes[this.#at + 1] === 0xff) this.#at++;
    const marker = bytes[this.#at + 1];
    if (bytes[this.#at] !== 0xff || marker === undefined || marker < 0xd0 || marker > 0xd7) {
      throw new BlockProblem(reason("restart-mark-jpeg-data-missing"));
    }
    this.#at += 2;
  }

  /** Where the next marker is. */
  end(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    while (at + 1 < bytes.length && !(bytes[at] === 0xff && bytes[at + 1] !== 0)) at++;
    return at;
  }
}
