// What a split amounts to on the patches that images of the project show.
import { createHash } from "node:crypto";
import type { SplitPart } from "../../../src-shared/domain/job.ts";
import type { SplitFacts, SplitNote } from "../../../src-shared/domain/split.ts";
import type { Catalog, Label, LabelPart, Legend, Split as SplitRow } from "../../catalog/index.ts";
import type { PatchSet } from "../../cube/index.ts";
import type { SplitCount } from "../../learning/split/index.ts";
import type { LabelArea } from "./area.ts";
import { runsOf } from "./input.ts";

type Place = Pick<Label, "id" | "classCode" | "patches">;

/** Labels and patches per class and set, and the labels that no image shows. */
export interface SplitSums {
  readonly counts: readonly SplitCount[];
  /** class codes of labels of the split of which no patch is seen */
  readonly unseen: readonly number[];
}

const known = new WeakMap<Catalog, { readonly key: string; readonly sums: SplitSums }>();

/** The sums of a split of the catalog; counted anew when labels, images or the split changed. */
export function sumsOfSplit(
  catalog: Catalog,
  legend: Pick<Legend, "id">,
  area: LabelArea,
  split: SplitRow,
  parts: ReadonlyMap<number, LabelPart>,
): SplitSums {
  const versions = [catalog.labels.version(), catalog.imageryVersion()];
  const key = [legend.id, ...versions, split.id, split.createdAt, parts.size, JSON.stringify(split.parameters)].join(
    " ",
  );
  const last = known.get(catalog);
  // A catalog that is only read does not hear what others change in it.
  if (last?.key === key && !catalog.readOnly) return last.sums;
  const sums = splitSums(catalog, legend, area, split, parts);
  known.set(catalog, { key, sums });
  return sums;
}

/**
 * Counts a split on the patches inside the project as it is now: labels and imagery may have come and gone since it was made.
 * A label of which no patch is seen neither trains nor tests: it is counted apart.
 */
function splitSums(
  catalog: Catalog,
  legend: Pick<Legend, "id">,
  area: LabelArea,
  { method }: Pick<SplitRow, "method">,
  parts: ReadonlyMap<number, LabelPart>,
): SplitSums {
  const sums = new Map<string, { classCode: number; part: SplitPart; items: number; weight: number }>();
  const unseen: number[] = [];
  const add = (classCode: number, part: SplitPart, items: number, weight: number) => {
    const sum = sums.get(`${classCode} ${part}`) ?? { classCode, part, items: 0, weight: 0 };
    sums.set(`${classCode} ${part}`, { ...sum, items: sum.items + items, weight: sum.weight + weight });
  };
  const count = ({ classCode, patches }: Place, own: LabelPart, inside: ReadonlyMap<SplitPart, number> | undefined) => {
    if (!own.patches) return add(classCode, own.part, 1, patches);
    // Patch by patch the labels of a random split are its patches.
    for (const [part, weight] of inside ?? tally(own.patches))
      add(classCode, part, method === "random" ? weight : 1, weight);
  };
  if (area.whole) {
    for (const place of catalog.labels.places(legend.id)) {
      const own = parts.get(place.id);
      if (own) count(place, own, undefined);
    }
  } else {
    const { geobox } = catalog.project.get().grid;
    for (const label of catalog.labels.find({ legendId: legend.id })) {
      const own = parts.get(label.id);
      if (!own) continue;
      const { id, classCode } = label;
      const patches = area.patches(label);
      if (!area.shows(label, patches)) unseen.push(classCode);
      else
        count(
          { id, classCode, patches },
          own,
          own.patches ? area.setsInside(runsOf(label, geobox), own.patches) : undefined,
        );
    }
  }
  return { counts: [...sums.values()].toSorted((p, q) => p.classCode - q.classCode), unseen };
}

function tally(parts: readonly SplitPart[]): Map<SplitPart, number> {
  const found = new Map<SplitPart, number>();
  for (const part of parts) found.set(part, (found.get(part) ?? 0) + 1);
  return found;
}

const scored = ["train", "validation", "test"] as const;

/**
 * Which class lacks which set, of the classes that have seen patches.
 * @param used the sets that the split gives to any label
 */
export function missingIn(counts: readonly SplitCount[], used: ReadonlySet<SplitPart>): SplitFacts["missing"] {
  return [...new Set(counts.map(({ classCode }) => classCode))].flatMap((classCode) =>
    scored
      .filter((part) => used.has(part) && !counts.some((count) => count.classCode === classCode && count.part === part))
      .map((part) => ({ classCode, part })),
  );
}

/** The labels that no image shows, and the classes that have no others. */
export function unseenNote(unseen: readonly number[], counts: readonly SplitCount[]): SplitNote[] {
  if (unseen.length === 0) return [];
  const seen = new Set(counts.map(({ classCode }) => classCode));
  const classCodes = [...new Set(unseen)].filter((code) => !seen.has(code)).sort((p, q) => p - q);
  return [{ kind: "without-images", labels: unseen.length, classCodes }];
}

/** Names the patches of a project: another name says that its images or its area changed. */
export const nameOfRegion = ({ bands }: PatchSet): string =>
  createHash("sha256").update(JSON.stringify(bands)).digest("hex").slice(0, 16);

/** The split counts otherwise than when it was made, because images came or went, or the area changed. */
export function regionNote(report: SplitRow["report"], region: PatchSet, counts: readonly SplitCount[]): SplitNote[] {
  if (report.region === undefined || report.region === nameOfRegion(region)) return [];
  const text = (list: readonly SplitCount[]) =>
    list
      .map(({ classCode, part, items, weight }) => `${classCode} ${part} ${items} ${weight}`)
      .sort()
      .join();
  return text(report.counts ?? []) === text(counts) ? [] : [{ kind: "images-changed" }];
}
