import { reason } from "../../../src-shared/errors/reasons/index.ts";
import { BlockProblem } from "./block-problem.ts";

/** TIFF's LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first, the width grows one code early. */
const clearCode = 256;
const endCode = 257;

// The string of a code is its prefix's string and one more byte; lengths let it be written backwards in place.
const prefix = new Uint16Array(4097);
const suffix = new Uint8Array(4097);
const lengths = new Uint16Array(4097);
for (let i = 0; i < 256; i++) {
  suffix[i] = i;
  lengths[i] = 1;
}

/** Decodes until `expected` bytes are there or the data end; returns what it got. */
export function decodeLzw(input: Uint8Array, expected: number): Uint8Array {
  const output = new Uint8Array(expected);
  let written = 0;
  let next = 258;
  let width = 9;
  let previous = -1;
  let bits = 0;
  let available = 0;
  let position = 0;
  const end = input.length;
  while (written < expected) {
    while (available < width) {
      if (position >= end) return output.subarray(0, written);
      bits = ((bits << 8) | input[position++]!) & 0xffffff;
      available += 8;
    }
    available -= width;
    const code = (bits >>> available) & ((1 << width) - 1);
    if (code === endCode) break;
    if (code === clearCode) {
      next = 258;
      width = 9;
      previous = -1;
      continue;
    }
    if (previous === -1) {
      if (code > 255) throw new BlockProblem(reason("lzw-data-begin-unknown-code"));
      output[written++] = code;
      previous = code;
      continue;
    }
    if (code > next) throw new BlockProblem(reason("lzw-data-hold-unknown-code"));
    // A code not yet in the table is the previous string and its own first byte.
    const known = code < next ? code : previous;
    const length = lengths[known]!;
    let at = written + length - 1;
    let walk = known;
    while (at >= written) {
      if (at < expected) output[at] = suffix[walk]!;
      at--;
      walk = prefix[walk]!;
    }
    const first = output[written]!;
    written += length;
    if (code === next) {
      if (written < expected) output[written] = first;
      written++;
    }
    if (next < 4096) {
      prefix[next] = previous;
      suffix[next] = first;
      lengths[next] = lengths[previous]! + 1;
      next++;
      if (next + 1 === 1 << width && width < 12) width++;
    }
    previous = code;
  }
  return output.subarray(0, Math.min(written, expected));
}
