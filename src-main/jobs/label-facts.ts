import type { PatchWindow } from "../cube/index.ts";
import type { LabelPatches } from "./label-patches.ts";

/** What the labels of one part amount to on the project's patches. */
export interface LabelFacts {
  /** polygons that hold the centre of a patch */
  readonly polygons: number;
  /** patches with a class */
  readonly patches: number;
  /** patches on which polygons of several classes meet: they have none */
  readonly contested: number;
  /** in the order of the labels' codes */
  readonly classes: readonly { readonly code: number; readonly polygons: number; readonly patches: number }[];
}

/** Side of the places that are looked at together, in patches. */
const side = 64;

/** Counts what there is to learn or to measure. Only places around polygons are looked at, one after another. */
export function labelFacts(labels: LabelPatches): LabelFacts {
  const usable = labels.usable();
  const { area, codes } = labels;
  const places = new Map<string, PatchWindow>();
  for (const { id } of usable) {
    for (const { col, row, width } of labels.patchesOf(id)) {
      for (let x = Math.floor(col / side); x <= Math.floor((col + width - 1) / side); x++) {
        const [left, top] = [Math.max(x * side, area.col), Math.max(Math.floor(row / side) * side, area.row)];
        const right = Math.min((x + 1) * side, area.col + area.width);
        const bottom = Math.min((Math.floor(row / side) + 1) * side, area.row + area.height);
        places.set(`${left} ${top}`, { col: left, row: top, width: right - left, height: bottom - top });
      }
    }
  }
  const patches = codes.map(() => 0);
  let contested = 0;
  for (const place of places.values()) {
    const found = labels.labels(place);
    contested += found.contested;
    for (const index of found.classes) if (index >= 0) patches[index]!++;
  }
  const classes = codes.map((code, i) => ({
    code,
    polygons: usable.filter(({ classCode }) => classCode === code).length,
    patches: patches[i]!,
  }));
  return { polygons: usable.length, patches: patches.reduce((sum, count) => sum + count, 0), contested, classes };
}
