import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { blockCache, pool } from "../../raster/index.ts";
import type { FuzzKind } from "../kind.ts";
import { damageBytes, joined, spliced } from "../mutate/bytes.ts";
import type { Random } from "../random.ts";
import { readImage } from "./read-image.ts";

/** Where the codestream begins: SOC and SIZ. */
function codestreamAt(bytes: Uint8Array): number {
  for (let i = 0; i + 4 <= bytes.length; i++)
    if (bytes[i] === 0xff && bytes[i + 1] === 0x4f && bytes[i + 2] === 0xff && bytes[i + 3] === 0x51) return i;
  return 0;
}

/** The boxes before the codestream, its main header's segments, and the rest: each a part of its own. */
function partsOf(bytes: Uint8Array): Uint8Array[] {
  const start = codestreamAt(bytes);
  const parts = [bytes.slice(0, start), bytes.slice(start, start + 2)];
  let at = start + 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0x90) {
    const end = Math.min(bytes.length, at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!));
    parts.push(bytes.slice(at, end));
    at = end;
  }
  return [...parts, bytes.slice(at)];
}

/** Sizes, numbers of tiles and depths that a header must not be believed. */
const odd = [0, 1, 2, 5, 15, 16, 31, 32, 64, 127, 128, 200, 255] as const;

function damageJp2(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const parts = partsOf(bytes);
  for (let i = 0; i < random.between(1, 3); i++) {
    const at = random.below(parts.length);
    const part = parts[at]!;
    switch (random.below(6)) {
      case 0:
        parts.splice(at, 1);
        break;
      case 1:
        parts.splice(random.below(parts.length + 1), 0, part);
        break;
      case 2:
        parts.splice(at, 0, random.pick(partsOf(other)));
        break;
      case 3:
        // Behind a segment's length, or in the head of a tile-part.
        for (let k = 0; k < random.between(1, 4) && part.length > 4; k++)
          part[4 + random.below(Math.min(40, part.length - 4))] = random.pick(odd);
        break;
      case 4:
        parts[at] = damageBytes(part, random, 3);
        break;
      default:
        parts[at] = part.slice(0, random.below(part.length + 1));
    }
    if (parts.length === 0) break;
  }
  return random.chance(0.1) ? spliced(joined(parts), other, random) : joined(parts);
}

/** JPEG 2000 files of GDAL's tests: boxes, main headers, lists of tile-parts and code, damaged. */
export const jp2: FuzzKind = {
  name: "jp2",

  async seeds() {
    blockCache.budget = 8 * 2 ** 20;
    const folder = join(import.meta.dirname, "../../raster/fixtures/jp2");
    return readdirSync(folder)
      .filter((name) => name.endsWith(".jp2"))
      .sort()
      .map((name) => ({ name, files: { "image.jp2": readFileSync(join(folder, name)) } }));
  },

  mutate(seed, random, seeds) {
    const other = random.pick(seeds).files["image.jp2"]!;
    return { "image.jp2": damageJp2(seed.files["image.jp2"]!, other, random) };
  },

  read: (folder) => readImage(join(folder, "image.jp2")),

  async close() {
    await pool.close();
  },
};
