import type { Random } from "../random.ts";

/** Damage that needs no knowledge of the format. */
const edges = [
  0, 1, 2, 3, 7, 8, 15, 16, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff,
];

/** One to `most` small damages, each at a place of its own. */
export function damageBytes(bytes: Uint8Array, random: Random, most = 4): Uint8Array {
  let out: Uint8Array = bytes.slice();
  const times = random.between(1, most);
  for (let i = 0; i < times; i++) out = damageOnce(out, random);
  return out;
}

function damageOnce(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return random.bytes(random.between(1, 16));
  const at = random.below(bytes.length);
  switch (random.below(9)) {
    case 0:
      bytes[at] = bytes[at]! ^ (1 << random.below(8));
      return bytes;
    case 1:
      bytes[at] = random.below(256);
      return bytes;
    case 2: {
      const size = random.pick([1, 2, 4, 8]);
      if (at + size > bytes.length) return bytes;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const value = random.pick(edges);
      const little = random.chance(0.5);
      if (size === 1) view.setUint8(at, value & 255);
      else if (size === 2) view.setUint16(at, value & 0xffff, little);
      else if (size === 4) view.setUint32(at, value >>> 0, little);
      else view.setBigUint64(at, random.chance(0.5) ? 0xffffffffffffffffn : BigInt(value), little);
      return bytes;
    }
    case 3:
      return bytes.slice(0, at);
    case 4: {
      const end = Math.min(bytes.length, at + random.between(1, 64));
      bytes.fill(random.pick([0, 255, random.below(256)]), at, end);
      return bytes;
    }
    case 5: {
      // a part is left out
      const end = Math.min(bytes.length, at + random.between(1, 32));
      return joined([bytes.subarray(0, at), bytes.subarray(end)]);
    }
    case 6: {
      // a part comes twice
      const end = Math.min(bytes.length, at + random.between(1, 256));
      return joined([bytes.subarray(0, end), bytes.subarray(at)]);
    }
    case 7: {
      // a part is copied over another
      const to = random.below(bytes.length);
      bytes.copyWithin(to, at, Math.min(bytes.length, at + random.between(1, 128)));
      return bytes;
    }
    default:
      return joined([bytes.subarray(0, at), random.bytes(random.between(1, 32)), bytes.subarray(at)]);
  }
}

/** The first part of one and the last part of another. */
export function spliced(first: Uint8Array, second: Uint8Array, random: Random): Uint8Array {
  return joined([first.subarray(0, random.below(first.length + 1)), second.subarray(random.below(second.length + 1))]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
