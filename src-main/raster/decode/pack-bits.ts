/** PackBits (TIFF 6.0, section 9): runs of literal bytes and of repeated bytes. */
export function decodePackBits(input: Uint8Array, expected: number): Uint8Array {
  const output = new Uint8Array(expected);
  let written = 0;
  let position = 0;
  while (written < expected && position < input.length) {
    const header = (input[position++]! << 24) >> 24;
    if (header >= 0) {
      const count = Math.min(header + 1, expected - written, input.length - position);
      output.set(input.subarray(position, position + count), written);
      position += header + 1;
      written += count;
    } else if (header !== -128 && position < input.length) {
      const count = Math.min(1 - header, expected - written);
      output.fill(input[position++]!, written, written + count);
      written += count;
    }
  }
  return output.subarray(0, written);
}
