/** Numbers of 64 bits have no more bytes. */
const longestNumber = 10;
const deepest = 16;
/** Fields and members of lists: a million columns' chunks have fewer. */
const mostParts = 4_000_000;

/**
 * Walks through one structure of Thrift's compact protocol, as footers and page heads of Parquet are, without keeping anything of it: numbers have
 * to end, lengths to lie inside the bytes, and depth and count are limited. Afterwards it may be parsed.
 * @param at where it begins
 * @throws RangeError at the first byte that makes no sense
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export function checkThrift(bytes: Uint8Array, at: number): void {
  let place = at;
  let parts = 0;
  const byte = (): number => bytes[place++] ?? broken();
  const number = (): number => {
    let value = 0;
    for (let i = 0; i < longestNumber; i++) {
      const own = byte();
      value += (own & 127) * 2 ** (7 * i);
      if (own < 128) return value;
    }
    return broken();
  };
  const skip = (count: number): void => {
    if (count > bytes.length - place) broken();
    place += count;
  };
  const value = (type: number, depth: number, inList: boolean): void => {
    if (++parts > mostParts || depth > deepest) broken();
    if (type === 1 || type === 2) skip(inList ? 1 : 0);
    else if (type === 3) skip(1);
    else if (type >= 4 && type <= 6) number();
    else if (type === 7) skip(8);
    else if (type === 8) skip(number());
    else if (type === 9) {
      const head = byte();
      const count = head >> 4 === 15 ? number() : head >> 4;
      // A member has a byte at least.
      if (count > bytes.length - place) broken();
      for (let i = 0; i < count; i++) value(head & 15, depth + 1, true);
    } else if (type === 12) structure(depth + 1);
    else broken();
  };
  const structure = (depth: number): void => {
    for (let head = byte(); (head & 15) !== 0; head = byte()) {
      if (head >> 4 === 0) number();
      value(head & 15, depth, false);
    }
  };
  structure(0);
}

function broken(): never {
  throw new RangeError("The bytes are no structure of Thrift");
}
