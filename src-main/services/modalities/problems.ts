// What is wrong or doubtful about a modality, from its rows alone.
import { type Acquisition, hasQuality, type Modality } from "../../../src-shared/eo/index.ts";
import type { ModalityProblem } from "../../../src-shared/ipc/modalities.ts";
import { duplicateDays, incompleteMembers } from "./planned.ts";

/** Growing seasons are followed by dates that are no further apart. */
const longestGapDays = 60;
/** Dates count from the first of January of the first year, and models of ours count a year. */
const longestSeriesDays = 366;

const dayOf = (date: string): number => Date.parse(date) / 86_400_000;

export interface ProblemFacts {
  readonly patchMeters: number;
  readonly nativeMeters: number | null;
  readonly missingFiles: number;
}

export function problemsOf(
  modality: Modality,
  acquisitions: readonly Acquisition[],
  { patchMeters, nativeMeters, missingFiles }: ProblemFacts,
): ModalityProblem[] {
  const problems: ModalityProblem[] = [];
  const ids = new Set(modality.acquisitions);
  const members = acquisitions.filter(({ id }) => ids.has(id));
  if (members.length === 0) return [{ kind: "no-members" }];
  if (missingFiles > 0) problems.push({ kind: "files-missing", files: missingFiles });
  const { resolutionMeters } = modality;
  const pixels = patchMeters / resolutionMeters;
  if (Math.abs(pixels - Math.round(pixels)) > 1e-6 || pixels < 1 - 1e-6)
    problems.push({ kind: "resolution-does-not-divide", resolution: resolutionMeters, patch: patchMeters });
  const incomplete = incompleteMembers(modality, acquisitions);
  if (incomplete.length > 0)
    problems.push({
      kind: "missing-bands",
      dates: [...new Set(incomplete.map(({ date }) => date))],
      bands: [...new Set(incomplete.flatMap(({ missing }) => missing))],
    });
  const duplicates = duplicateDays(modality, acquisitions);
  if (duplicates.length > 0 && modality.duplicateDates === "error")
    problems.push({ kind: "duplicate-dates", dates: duplicates.map(({ date }) => date) });
  const dates = [...new Set(members.map(({ date }) => date))].sort();
  if (modality.kind === "series") {
    if (dates.length === 1) problems.push({ kind: "one-date" });
    else if (dates.length < 3) problems.push({ kind: "few-dates", dates: dates.length });
    const masked = members.filter(hasQuality).length;
    if (modality.sensor === "sentinel-2" && (masked < members.length || modality.clearClasses.length === 0))
      problems.push({
        kind: "no-cloud-mask",
        dates: modality.clearClasses.length === 0 ? members.length : members.length - masked,
      });
    for (let i = 1; i < dates.length; i++) {
      const days = dayOf(dates[i]!) - dayOf(dates[i - 1]!);
      if (days > longestGapDays) problems.push({ kind: "gap", from: dates[i - 1]!, to: dates[i]!, days });
    }
    const length = dates.length > 1 ? dayOf(dates.at(-1)!) - dayOf(dates[0]!) + 1 : 1;
    if (length > longestSeriesDays) problems.push({ kind: "longer-than-a-year", days: length });
    const passes = new Set(members.map(({ pass }) => pass ?? ""));
    if (modality.sensor === "sentinel-1" && passes.size > 1) problems.push({ kind: "mixed-passes" });
  }
  if (nativeMeters !== null && resolutionMeters < nativeMeters * 0.49)
    problems.push({ kind: "finer-than-files", resolution: resolutionMeters, native: nativeMeters });
  return problems;
}

/** Pixel sizes that divide a patch into whole pixels, coarsest first, down to the size of the files. */
export function resolutionsFor(patchMeters: number, nativeMeters: number | null): number[] {
  const finest = Math.min(patchMeters, (nativeMeters ?? patchMeters / 10) * 0.5);
  const most = Math.min(200, Math.max(1, Math.floor(patchMeters / finest)));
  const counts = Array.from({ length: most }, (_, i) => i + 1);
  // Sizes that can be written down: 10, 5, 3.333… is left out.
  return counts
    .map((count) => patchMeters / count)
    .filter((size) => Math.abs(size * 1000 - Math.round(size * 1000)) < 1e-6);
}
