// How much of a label lies inside the project: where its images are, within the area that was given.
import type { SplitPart } from "../../../src-shared/domain/job.ts";
import { type CellRun, countCells, type PatchCells, runsOfCells } from "../../../src-shared/domain/patch-cells.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { Catalog, Label } from "../../catalog/index.ts";
import {
  boundsOfPatches,
  commonPatches,
  type Grid,
  type PatchSet,
  type PatchWindow,
  patchesCovering,
  patchesOfGeobox,
} from "../../cube/index.ts";
import { areaWithin, boundsOfGeometry, rasterizePolygon } from "../../vector/index.ts";
import { projectRegion } from "../projects/places.ts";
import { hectaresOf, multi } from "./shape.ts";

type Shape = Pick<Label, "coordinates" | "cells" | "hectares">;

/** Hectares and patches of labels inside the project. */
export class LabelArea {
  readonly #grid: Grid;
  readonly #geobox: GeoBox;
  readonly #box: PatchWindow;
  readonly region: PatchSet;
  /** the project is its whole box: what the catalog keeps is right already */
  readonly whole: boolean;

  constructor(geobox: GeoBox, patchMeters: number, region: PatchSet) {
    this.#geobox = geobox;
    this.#grid = { crs: geobox.crs, patchMeters };
    this.#box = patchesOfGeobox(this.#grid, geobox);
    this.region = region;
    this.whole = region.holdsAll(this.#box);
  }

  static async of(catalog: Catalog): Promise<LabelArea> {
    const { geobox, patchMeters } = catalog.project.get().grid;
    return new LabelArea(geobox, patchMeters, await projectRegion(catalog));
  }

  /** The outline of a label is asked for only where it decides. */
  hectares(label: Shape): number {
    const inBox = label.hectares ?? hectaresOf(multi(label.coordinates), this.#geobox);
    if (this.whole || inBox === 0) return inBox;
    return inBox * (label.cells ? this.#shareOfCells(label.cells) : this.#shareOfOutline(label.coordinates));
  }

  /** Patches of a label that are the project's: those that can teach. */
  patches(label: Pick<Label, "coordinates" | "cells" | "patches">): number {
    const { patches, cells } = label;
    if (this.whole || patches === 0) return patches;
    if (cells) return Math.round(patches * this.#shareOfCells(cells));
    const { col, row } = this.#box;
    let all = 0;
    let inside = 0;
    rasterizePolygon(multi(label.coordinates), this.#geobox, (y, start, end) => {
      all += end - start;
      inside += this.region.countIn({ col: col + start, row: row + y, width: end - start, height: 1 });
    });
    // Labels whose patches were chosen by another rule than their centres keep the share.
    return all === 0 ? 0 : all === patches ? inside : Math.round((patches * inside) / all);
  }

  /** Does an image show a patch of the label? One that is smaller than a patch is shown where it touches one. */
  shows(label: Shape & Pick<Label, "patches">, inside = this.patches(label)): boolean {
    return this.whole || inside > 0 || (label.patches === 0 && this.hectares(label) > 0);
  }

  /** What of stretches of patches lies inside the project, in rows and columns of its box. */
  runsInside(runs: readonly CellRun[]): readonly CellRun[] {
    if (this.whole) return runs;
    const { col, row } = this.#box;
    return runs.flatMap((run): readonly CellRun[] => {
      const [y, start, end] = run;
      const window = { col: col + start, row: row + y, width: end - start, height: 1 };
      const inside = this.region.countIn(window);
      if (inside === 0) return [];
      if (inside === window.width) return [run];
      const parts = this.region.inside(window).stretches();
      return parts.map((own): CellRun => [y, own.col - col, own.col - col + own.width]);
    });
  }

  /** The set of every patch of `runs`, where `parts` has those inside the project: the others are unused. */
  withUnseen(runs: readonly CellRun[], parts: readonly SplitPart[]): readonly SplitPart[] {
    if (this.whole) return parts;
    let next = 0;
    return runs.flatMap((run) => {
      const [, first, last] = run;
      const own = new Array<SplitPart>(last - first).fill("unused");
      for (const [, start, end] of this.runsInside([run]))
        for (let col = start; col < end; col++) own[col - first] = parts[next++]!;
      return own;
    });
  }

  /** How many of the patches inside the project each set has; `parts` holds the set of every patch, in the order of `runs`. */
  setsInside(runs: readonly CellRun[], parts: readonly SplitPart[]): Map<SplitPart, number> {
    const found = new Map<SplitPart, number>();
    let at = 0;
    for (const run of runs) {
      const [, first, last] = run;
      for (const [, start, end] of this.runsInside([run])) {
        for (let col = start; col < end; col++) {
          const part = parts[at + col - first] ?? "unused";
          found.set(part, (found.get(part) ?? 0) + 1);
        }
      }
      at += last - first;
    }
    return found;
  }

  #shareOfCells(cells: PatchCells): number {
    const { col, row } = this.#box;
    const count = countCells(cells);
    const own = { col: col + cells.col, row: row + cells.row, width: cells.width, height: cells.height };
    if (count === 0 || this.region.holdsAll(own)) return 1;
    if (!this.region.touches(own)) return 0;
    const inside = runsOfCells(cells).reduce(
      (sum, [y, start, end]) =>
        sum + this.region.countIn({ col: col + start, row: row + y, width: end - start, height: 1 }),
      0,
    );
    return inside / count;
  }

  #shareOfOutline(coordinates: Label["coordinates"]): number {
    const polygon = multi(coordinates);
    const bounds = boundsOfGeometry(polygon);
    const around = bounds && commonPatches(patchesCovering(this.#grid, bounds), this.#box);
    if (!around) return 0;
    if (this.region.holdsAll(around)) return 1;
    const inBox = areaWithin(polygon, boundsOfPatches(this.#grid, this.#box));
    // Stretches have no common patches: the parts of the polygon in them add up.
    const parts = this.region.inside(around).stretches();
    const inside = parts.reduce((sum, part) => sum + areaWithin(polygon, boundsOfPatches(this.#grid, part)), 0);
    return inBox === 0 ? 0 : inside / inBox;
  }
}
