/**
 * Unpacks Snappy. Every length is compared with the bytes that are left on both sides before anything is copied.
 * @param size bytes that come out
 * @throws RangeError when the bytes are no Snappy, or come out as more or fewer
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */
export function unpackSnappy(packed: Uint8Array, size: number): Uint8Array {
  const byteAt = (place: number): number => packed[place] ?? broken();
  let at = 0;
  const little = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) value += byteAt(at++) * 2 ** (8 * i);
    return value;
  };
  let stated = 0;
  for (let shift = 0, byte = 128; byte >= 128; shift += 7) {
    byte = byteAt(at++);
    stated += (byte & 127) * 2 ** shift;
    if (shift > 28) broken();
  }
  // No element of three bytes stands for more than 64.
  if (stated !== size || size > packed.length * 22) broken();
  const out = new Uint8Array(size);
  let to = 0;
  while (at < packed.length) {
    const tag = byteAt(at++);
    const high = tag >> 2;
    if ((tag & 3) === 0) {
      const length = 1 + (high < 60 ? high : little(high - 59));
      if (length > packed.length - at || length > size - to) broken();
      out.set(packed.subarray(at, at + length), to);
      at += length;
      to += length;
      continue;
    }
    const isShort = (tag & 3) === 1;
    const length = isShort ? 4 + (high & 7) : 1 + high;
    const back = isShort ? ((tag >> 5) << 8) + little(1) : little((tag & 3) === 2 ? 2 : 4);
    if (back === 0 || back > to || length > size - to) broken();
    // What is copied may reach into itself, and repeats then.
    if (back >= length) out.copyWithin(to, to - back, to - back + length);
    else for (let i = 0; i < length; i++) out[to + i] = out[to + i - back]!;
    to += length;
  }
  return to === size ? out : broken();
}

function broken(): never {
  throw new RangeError("The bytes are no Snappy");
}
