import type { LabelInput, LabelPolygon, ProjectGrid } from "../../../src-shared/domain/job.ts";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import type { Catalog, Label, LabelPart, Split } from "../../catalog/index.ts";
import { activeLegend } from "../labels/active.ts";
import { isInSeason, labelPolygons, labelsInParts, seasonOf, wouldTeach } from "../labels/labels.ts";

export interface InstantLabels {
  readonly labels: LabelInput;
  readonly splitId: number | null;
}

const teaching = { part: "train", patches: null } as const;

/** Whether a label that the split's field says nothing of was drawn by hand: it teaches all the same. */
const isDrawn = ({ importId }: Pick<Label, "importId">, part: LabelPart | undefined): boolean =>
  importId === null && (part?.part ?? "unused") === "unused";

/**
 * The labels as the instant map learns them: those of the training part. Without a split all labels teach. Labels drawn by hand in a project that is
 * divided by a field have no word in it and belong to no part: they teach too, except on patches of the parts held back.
 * @returns `undefined` when there are no labels
 */
export function instantLabels(catalog: Catalog): InstantLabels | undefined {
  const legend = activeLegend(catalog);
  if (!legend || catalog.labels.countByClass(legend.id).size === 0) return undefined;
  const split = catalog.splits.current(legend.id);
  const parts = split && catalog.splits.parts(split.id);
  if (split && parts) {
    const { labels, divided } = labelsInParts(catalog, ({ id }) => parts.get(id));
    if (divided && split.method !== "field") return { labels, splitId: split.id };
    if (divided)
      return {
        labels: labelsInParts(catalog, (label) =>
          isDrawn(label, parts.get(label.id)) ? teaching : parts.get(label.id),
        ).labels,
        splitId: split.id,
      };
  }
  // Without a split, or with one of labels that are gone, all labels teach.
  return { labels: labelsInParts(catalog, () => teaching).labels, splitId: null };
}

/** What is kept of a label between two edits. */
interface KeptLabel {
  readonly divided: boolean;
  readonly pieces: readonly LabelPolygon[];
  /** as it teaches where no label is divided */
  readonly whole: readonly LabelPolygon[];
}

/**
 * The labels of a project as `instantLabels` gives them, kept between edits: a project of a hundred thousand labels is read once, and then only
 * what changed. The legend is whole, so that a first label of a class changes nothing else. Labels that stay are the same objects, so that what is known of their patches stays too.
 */
export class KeptLabels {
  #key = "";
  #kept = new Map<number, KeptLabel>();
  #split: Split | undefined;

  /**
   * @param changed labels that were added, changed or removed since this was asked last; `null`: anything may have
   * @returns `undefined` when no label is valid in the imagery's season
   */
  read(catalog: Catalog, changed: readonly number[] | null): LabelInput | undefined {
    const legend = activeLegend(catalog);
    if (!legend) return undefined;
    const { grid } = catalog.project.get();
    const season = seasonOf(catalog);
    const split = catalog.splits.current(legend.id);
    this.#split = split;
    const key = JSON.stringify([legend.id, season, grid, split?.id, split?.createdAt]);
    const all = changed === null || key !== this.#key;
    if (all) this.#kept.clear();
    this.#key = key;
    const parts = split && catalog.splits.parts(split.id, all ? undefined : changed);
    if (!all) for (const id of changed) this.#kept.delete(id);
    let last = [...this.#kept.keys()].at(-1) ?? 0;
    let inOrder = true;
    const labels = all ? catalog.labels.list(legend.id) : catalog.labels.find({ legendId: legend.id, ids: changed });
    for (const label of labels) {
      if (!isInSeason(label, season)) continue;
      const part = parts?.get(label.id);
      const own = split?.method === "field" && isDrawn(label, part) ? teaching : part;
      const whole = labelPolygons(label, teaching, grid);
      const pieces =
        own === undefined ? [] : own.part === "train" && !own.patches ? whole : labelPolygons(label, own, grid);
      this.#kept.set(label.id, { divided: part !== undefined, pieces, whole });
      inOrder &&= label.id > last;
      last = Math.max(last, label.id);
    }
    if (!inOrder) this.#kept = new Map([...this.#kept].sort(([p], [q]) => p - q));
    return this.#input(legend.classes, grid.geobox.crs);
  }

  /** Whether a label on this patch would teach, and not test; counted from the corner of the project. */
  wouldTeach(grid: ProjectGrid, col: number, row: number): boolean {
    return wouldTeach(this.#split, grid.geobox, col, row);
  }

  #input(classes: readonly LegendClass[], crs: string): LabelInput | undefined {
    const kept = [...this.#kept.values()];
    if (kept.length === 0) return undefined;
    const divided = kept.some((label) => label.divided);
    const polygons = kept.flatMap((label) => (divided ? label.pieces : label.whole));
    return { crs, legend: classes, polygons };
  }
}
