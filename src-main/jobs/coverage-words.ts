import type { Finding } from "../../src-shared/domain/finding.ts";
import { type Footprints, PatchSet, type PatchWindow } from "../cube/index.ts";

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

/** An input that has images on less than this share of the area is reported. */
const nearlyAll = 0.99;

/** Findings about inputs that lack images in a part of the area, and about areas where no two inputs see the same place. */
export function coverageFindings({ all, shared, places, modalities }: Coverage): Finding[] {
  const partial = modalities
    .filter(({ share, places: own }) => share < nearlyAll || own < places.length)
    .map(({ name, places: own, share }): Finding => {
      const details = { modality: name, seen: own, places: places.length, share };
      return { code: "modality-covers-part", details };
    });
  const apart = modalities.length > 1 && all.size > 0 && shared.size === 0;
  const names = modalities.map(({ name }) => name);
  return apart ? [...partial, { code: "no-shared-place", details: { modalities: names } }] : partial;
}
