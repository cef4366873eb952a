// Which labels the table shows: pure, so that it can be tested.
import type { Label } from "../../../src-shared/domain/label.ts";

export interface LabelFilter {
  text: string;
  code: number | null;
  part: string | null;
  season: "in" | "out" | null;
  problems: boolean;
}

export const noFilter: LabelFilter = { text: "", code: null, part: null, season: null, problems: false };

export const isFiltering = (filter: LabelFilter): boolean =>
  filter.text.trim() !== "" ||
  filter.code !== null ||
  filter.part !== null ||
  filter.season !== null ||
  filter.problems;

/** What the filter asks about. */
export interface LabelFacts {
  readonly classNameOf: (code: number) => string;
  readonly partOf: (id: number) => string;
  readonly season: { readonly from: string; readonly to: string } | null;
  readonly problematic: ReadonlySet<number>;
}

export function filtered(labels: Iterable<Label>, filter: LabelFilter, facts: LabelFacts): Label[] {
  const words = filter.text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const { season } = facts;
  return [...labels].filter((label) => {
    if (filter.code !== null && label.classCode !== filter.code) return false;
    if (filter.part !== null && facts.partOf(label.id) !== filter.part) return false;
    if (filter.problems && !facts.problematic.has(label.id)) return false;
    if (filter.season !== null && season) {
      const { validFrom, validTo } = label;
      const inside = (validFrom === null || validFrom <= season.to) && (validTo === null || validTo >= season.from);
      if (inside !== (filter.season === "in")) return false;
    }
    if (words.length === 0) return true;
    const text = [facts.classNameOf(label.classCode), label.id, label.feature ?? "", ...Object.values(label.properties)]
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
