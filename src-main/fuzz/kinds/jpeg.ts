import type { FuzzKind } from "../kind.ts";
import { damageBytes, joined } from "../mutate/bytes.ts";
import type { Random } from "../random.ts";
import { jpegSeeds, samplesOf, tiffOfJpeg } from "./jpeg-seeds.ts";
import { tiff } from "./tiff.ts";

/** The parts of a JPEG: one per segment, and the bits behind a scan's head as a part of their own. */
function segmentsOf(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [bytes.slice(0, 2)];
  for (let at = 2; at + 4 <= bytes.length; ) {
    const end = Math.min(bytes.length, at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!));
    parts.push(bytes.slice(at, end));
    const isScan = bytes[at + 1] === 0xda;
    at = end;
    if (!isScan) continue;
    const isMark = (i: number) => bytes[i] === 0xff && bytes[i + 1] !== 0 && !(bytes[i + 1]! >= 0xd0 && bytes[i + 1]! <= 0xd7); // biome-ignore format: one line
    let next = at;
    while (next + 1 < bytes.length && !isMark(next)) next++;
    parts.push(bytes.slice(at, next));
    at = next;
  }
  return parts;
}

/** Segments lost, doubled, exchanged or put together anew; bytes of a segment behind its length; the bits of scans. */
function damageJpeg(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const parts = segmentsOf(bytes);
  const theirs = segmentsOf(other);
  for (let i = 0; i < random.between(1, 4); i++) {
    const at = random.below(parts.length);
    const part = parts[at]!;
    switch (random.below(7)) {
      case 0:
        parts.splice(at, 1);
        break;
      case 1:
        parts.splice(random.below(parts.length + 1), 0, part);
        break;
      case 2:
        parts.splice(at, 0, random.pick(theirs));
        break;
      case 3:
        // The decoder's own numbers: sizes, factors, table numbers, spectral limits.
        for (let k = 0; k < random.between(1, 3) && part.length > 4; k++)
          part[4 + random.below(Math.min(20, part.length - 4))] = random.pick([0, 1, 2, 3, 4, 16, 17, 34, 63, 64, 128, 255]); // biome-ignore format: one line
        break;
      case 4:
        if (part.length > 4) parts[at] = joined([part.subarray(0, 4), damageBytes(part.slice(4), random, 3)]);
        break;
      case 5:
        if (part.length > 2 && part[0] === 0xff) part[1] = 0xc0 + random.below(32);
        break;
      default:
        parts[at] = damageBytes(part, random, 4);
    }
    if (parts.length === 0) break;
  }
  return joined(parts);
}

export const jpeg: FuzzKind = {
  name: "jpeg",
  seeds: async () => jpegSeeds(),
  mutate(seed, random, seeds) {
    const damaged = damageJpeg(seed.files["image.jpg"]!, random.pick(seeds).files["image.jpg"]!, random);
    return { "image.tif": tiffOfJpeg(damaged, samplesOf(seed)) };
  },
  read: tiff.read,
  close: async () => tiff.close?.(),
};
