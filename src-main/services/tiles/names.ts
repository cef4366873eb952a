import { basename } from "node:path";

/** Which image an entry of a label file means, by name. */

/** File name without folder and endings. */
export const stemOf = (name: string): string =>
  basename(name.trim().replaceAll("\\", "/"))
    .replace(/\.(tiff?|jp2|png|jpe?g|json|h5|nc|npy|vrt|img|gz|zip|safe|txt|csv)$/gi, "")
    .toLowerCase();

/**
 * Words at the end of a name that say which picture of a tile it is, not which tile: sensors, bands, products, cameras
 * (TreeSatAI: WEFL, NLF, BI), resolutions.
 */
const pictureWord =
  /^(wefl|nlf|bi|luft|aerial|ortho|orthophoto|dop|rgb|rgbi|rgbn|nir|cir|ndvi|evi|scl|s1|s2|s1a|s1b|s2a|s2b|asc|des|desc|descending|ascending|vv|vh|hh|hv|b\d{1,2}a?|ts|stack|series|sentinel|labels?|metadata|mask|image|img|\d{1,4}m)$/;

const tokensOf = (stem: string): string[] => stem.split(/(?=[_\-\s])/);

/** The name of the tile alone: words about the picture are taken off its end. */
export function tileIdOf(name: string): string {
  const tokens = tokensOf(stemOf(name));
  while (tokens.length > 1 && pictureWord.test(tokens.at(-1)!.slice(1))) tokens.pop();
  return tokens.join("");
}

/** Names under which entries are found: exactly as written, or by the tile's name where only one entry has it. */
export class NameIndex {
  readonly #exact = new Map<string, number>();
  readonly #ids = new Map<string, number>();
  readonly #twice = new Set<string>();

  constructor(names: readonly string[]) {
    for (const [i, name] of names.entries()) {
      const stem = stemOf(name);
      if (!this.#exact.has(stem)) this.#exact.set(stem, i);
      const id = tileIdOf(name);
      if (this.#ids.has(id) && this.#ids.get(id) !== this.#exact.get(stem)) this.#twice.add(id);
      else this.#ids.set(id, i);
    }
  }

  /** Is there more than one entry that this tile's name could mean? */
  isAmbiguous(name: string): boolean {
    return !this.#exact.has(stemOf(name)) && this.#twice.has(tileIdOf(name));
  }

  /** The entry that `name` means: its own name, its tile's name, or the longest entry that its name begins with. */
  find(name: string): number | undefined {
    const stem = stemOf(name);
    const exact = this.#exact.get(stem);
    if (exact !== undefined) return exact;
    const single = (id: string) => (this.#twice.has(id) ? undefined : this.#ids.get(id));
    const own = single(tileIdOf(name));
    if (own !== undefined) return own;
    const tokens = tokensOf(stem);
    for (let length = tokens.length - 1; length > 0; length--) {
      const start = tokens.slice(0, length).join("");
      const found = this.#exact.get(start) ?? single(start);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
