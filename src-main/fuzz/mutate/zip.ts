import type { Random } from "../random.ts";
import { damageBytes } from "./bytes.ts";

/** Damage to an archive's own fields: sizes, sums, places, methods, names. */
export function damageZip(archive: Uint8Array, random: Random): Uint8Array {
  const out = archive.slice();
  const view = new DataView(out.buffer);
  const edges = [0, 1, 0xffff, 0x7fffffff, 0xfffffffe, 0xffffffff, out.length, random.below(out.length + 1)];
  const rows: number[] = [];
  for (let at = 0; at + 46 < out.length; at++) if (view.getUint32(at, true) === 0x02014b50) rows.push(at);
  for (let i = 0; i < random.between(1, 3); i++) {
    const row = rows.length > 0 && random.chance(0.7) ? random.pick(rows) : undefined;
    if (row === undefined) {
      const place = out.length - 22 + random.pick([8, 10, 12, 16, 20]);
      if (place >= 0 && place + 4 <= out.length) view.setUint32(place, random.pick(edges), true);
    } else if (random.chance(0.2)) {
      const name = row + 46;
      const words = ["../", "/etc", "C:\\a", "a/b", "\0\0", "__M"];
      out.set(new TextEncoder().encode(random.pick(words)).subarray(0, Math.max(0, out.length - name)), name);
    } else if (random.chance(0.1)) view.setUint32(row + 38, 0xa1ff0000, true);
    else view.setUint32(row + random.pick([8, 10, 16, 20, 24, 28, 30, 42]), random.pick(edges), true);
  }
  return random.chance(0.3) ? damageBytes(out, random, 3) : out;
}
