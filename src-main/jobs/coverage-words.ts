import { type Footprints, PatchSet, type PatchWindow } from "../cube/index.ts";

/** Names that are listed one by one in a sentence. */
const listed = (names: readonly string[]) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** Where each of some inputs has images, beside all places that any of them sees. */
export interface Coverage {
  /** patches that any of the inputs sees */
  readonly all: PatchSet;
  /** patches that at least two of them see */
  readonly shared: PatchSet;
  /** parts of `all` that do not touch each other */
  readonly places: readonly PatchSet[];
  readonly modalities: readonly { readonly name: string; readonly places: number; readonly share: number }[];
}

export function coverageIn(footprints: Footprints, area: PatchWindow, names: readonly string[]): Coverage {
  const sets = names.map((name) => footprints.modality(name).inside(area));
  const all = PatchSet.union(sets);
  const places = all.places();
  const modalities = names.map((name, index) => {
    const set = sets[index]!;
    const touched = places.filter((place) => place.within(set).size > 0).length;
    return { name, places: touched, share: all.size === 0 ? 0 : set.size / all.size };
  });
  return { all, shared: PatchSet.heldTwice(sets), places, modalities };
}

/** An input that has images on less than this share of the area is told of. */
const nearlyAll = 0.99;

/** One sentence for each input that lacks images in a part of the area, and one where no two inputs see the same place. */
export function coverageSentences({ all, shared, places, modalities }: Coverage): string[] {
  const sentences = modalities
    .filter(({ share, places: own }) => share < nearlyAll || own < places.length)
    .map(({ name, places: own, share }) => {
      const percent = share > 0 && share < 0.01 ? "less than 1" : String(Math.round(100 * share));
      const where = places.length > 1 ? `in ${own} of ${places.length} places, ` : "";
      return `“${name}” has images ${where}on ${percent} % of the area that the inputs see together.`;
    });
  if (modalities.length > 1 && all.size > 0 && shared.size === 0)
    sentences.push(
      `No place is seen by two of ${listed(modalities.map(({ name }) => name))}: nothing can be learned from holding one against the other.`,
    );
  return sentences;
}
