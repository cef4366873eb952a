import type { LabelInput } from "../../../src-shared/domain/job.ts";
import type { Catalog, Label } from "../../catalog/index.ts";
import { activeLegend } from "../labels/active.ts";
import { labelsInParts } from "../labels/labels.ts";

export interface InstantLabels {
  readonly labels: LabelInput;
  readonly splitId: number | null;
}

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
  const teaching = { part: "train", patches: null } as const;
  if (split && parts) {
    const { labels, divided } = labelsInParts(catalog, ({ id }) => parts.get(id));
    if (divided && split.method !== "field") return { labels, splitId: split.id };
    if (divided) {
      const drawn = ({ id, importId }: Pick<Label, "id" | "importId">) =>
        importId === null && (parts.get(id)?.part ?? "unused") === "unused";
      return {
        labels: labelsInParts(catalog, (label) => (drawn(label) ? teaching : parts.get(label.id))).labels,
        splitId: split.id,
      };
    }
  }
  // Without a split, or with one of labels that are gone, all labels teach.
  return { labels: labelsInParts(catalog, () => teaching).labels, splitId: null };
}
