import { type Calibration, isCalibration, type SetRule, usualLevel } from "../../src-shared/domain/calibration.ts";
import type { Finding } from "../../src-shared/domain/finding.ts";
import type { LabelInput, MapSpec, ModelUse, ProjectGrid } from "../../src-shared/domain/job.ts";
import { hasPolygons } from "../../src-shared/domain/label-unit.ts";
import { certain, noShare } from "../../src-shared/domain/stored-shares.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { blockKey, isPossible, type ModelDescription, type ObservedPatch, setRule } from "../learning/index.ts";
import { lonLatBounds } from "../raster/index.ts";

import type { AppliedModel } from "./applied-model.ts";

// Which classes a patch may have and which patches are uncertain: what jobs make of a calibration. The mathematics is in `learning`.

/** A labelled patch as it was scored. Shares and `best` are valid while it is told. */
export interface ScoredPatch extends Omit<ObservedPatch, "group"> {
  readonly polygon: number;
  readonly col: number;
  readonly row: number;
}

/** Which labelled patches belong together, and what such a group is. */
export interface Grouping extends Pick<Calibration, "groups" | "unit"> {
  readonly named: (patch: ScoredPatch) => ObservedPatch;
}

/** A label with all its patches is one group; single points and patches of a class raster are grouped by class in blocks of two tiles, the blocks of a split. */
export function groupingOf({ unit = "polygons" }: Pick<LabelInput, "unit">, { tilePatches }: ProjectGrid): Grouping {
  const groups = hasPolygons(unit) ? "labels" : "blocks";
  const nameOf = ({ polygon, col, row, truth }: ScoredPatch) =>
    groups === "labels" ? String(polygon) : `${truth}:${blockKey(col, row, 2 * tilePatches)}`;
  return { groups, unit, named: (patch) => ({ ...patch, group: nameOf(patch) }) };
}

const sameNames = (p: readonly string[], q: readonly string[]): boolean =>
  p.length === q.length && p.every((name) => q.includes(name));

/** Those with these inputs, over classes of this legend. */
const fitting = (
  calibrations: readonly Calibration[] | undefined,
  modalities: readonly string[],
  codes: readonly number[],
): Calibration[] =>
  (calibrations ?? []).filter(
    (own) =>
      isCalibration(own) && sameNames(own.modalities, modalities) && own.codes.every((code) => codes.includes(code)),
  );

/** How a model is used, as a calibration names it: nothing where it is used as it was trained. */
export function usedAs({ normalization, season, shiftDays }: ModelUse = {}): Pick<Calibration, "use"> {
  const chosen = [normalization === "place" && "statistics of the place", season && `season ${season}`, shiftDays && `${shiftDays} days later`]; // biome-ignore format: one list
  const use = chosen.filter(Boolean).join(", ");
  return use === "" ? {} : { use };
}

/**
 * What a map or a score follows, and what should be known of it: what was measured here comes before what the model says itself, and
 * what was measured of this use before that of another. Without a calibration with these inputs there is no rule, and a finding says so.
 * @param applied what the model reads here
 */
export function ruleFor(
  description: Pick<ModelDescription, "legend" | "calibrations" | "training" | "grid">,
  {
    modalities,
    calibrations,
    level = usualLevel,
    grid,
    use,
  }: Pick<MapSpec, "modalities" | "calibrations" | "level" | "grid" | "use">,
  applied: Pick<AppliedModel, "findings">,
): { readonly rule?: SetRule; readonly findings: readonly Finding[] } {
  const codes = description.legend!.map(({ code }) => code);
  const measured = fitting(calibrations, modalities, codes);
  const own = fitting(description.calibrations, modalities, codes);
  const isOfThisUse = (known: Calibration) => known.use === usedAs(use).use;
  const exact = measured.find(isOfThisUse);
  const calibration = exact ?? own.find(isOfThisUse) ?? measured[0] ?? own[0];
  if (!calibration) {
    const other = description.calibrations?.[0]?.modalities ?? null;
    return { findings: [{ code: "not-calibrated", details: { modalities, calibrated: other } }] };
  }
  const rule = setRule(calibration, codes, level);
  const { groups, unit, calibratedOn, needed, margins } = rule;
  const findings: Finding[] = [];
  if (calibratedOn < needed)
    findings.push({ code: "sets-all-classes", details: { level, calibrated: calibratedOn, needed, groups, unit } });
  else if (margins.every((margin) => margin === certain) && codes.length > 1)
    findings.push({ code: "sets-rule-out-nothing", details: { level, calibrated: calibratedOn, groups, unit } });
  // Other years, dates or bands than it has learned are findings of their own.
  const travelled = applied.findings.length > 0 || isElsewhere(description, grid.geobox);
  const isStrange = !isOfThisUse(calibration) || (!exact && travelled);
  if (isStrange) findings.push({ code: "calibrated-elsewhere", details: {} });
  return { rule, findings };
}

/** Whether the project's area has nothing in common with that of the model's training. What cannot be placed is elsewhere. */
function isElsewhere({ training, grid }: Pick<ModelDescription, "training" | "grid">, here: GeoBox): boolean {
  const { minX, minY, maxX, maxY } = training.bounds;
  const there = { crs: grid.crs, affine: { a: minX, b: maxX - minX, c: 0, d: maxY, e: 0, f: minY - maxY }, width: 1, height: 1 }; // biome-ignore format: one box
  const [p, q] = [placed(there), placed(here)];
  return !p || !q || p.minX > q.maxX || q.minX > p.maxX || p.minY > q.maxY || q.minY > p.maxY;
}

function placed(box: GeoBox) {
  try {
    return lonLatBounds(box);
  } catch {
    // A coordinate system of a model from elsewhere that this program cannot place.
    return undefined;
  }
}

/** [P] how many classes cannot be ruled out; 0 where nothing is known. @param shares by class [P], of 10,000 */
export function possibleCounts(shares: readonly Uint16Array[], { margins }: Pick<SetRule, "margins">): Uint8Array {
  return Uint8Array.from(shares[0]!, (first, at) => {
    if (first === noShare) return 0;
    const largest = largestAt(shares, at);
    let count = 0;
    for (let k = 0; k < shares.length; k++) if (isPossible(shares[k]![at]!, largest, margins[k]!)) count++;
    return count;
  });
}

/** Nothing is known of the patch: the stored value of `possibleClasses`. */
export const noSet = 255;

/** By class [P]: 1 where it is possible, 0 where it is ruled out. */
export function possibleClasses(shares: readonly Uint16Array[], { margins }: Pick<SetRule, "margins">): Uint8Array[] {
  const largest = Uint16Array.from(shares[0]!, (_, at) => largestAt(shares, at));
  return shares.map((own, k) =>
    Uint8Array.from(own, (share, at) =>
      share === noShare ? noSet : isPossible(share, largest[at]!, margins[k]!) ? 1 : 0,
    ),
  );
}

function largestAt(shares: readonly Uint16Array[], at: number): number {
  let largest = 0;
  for (const own of shares) if (own[at]! > largest) largest = own[at]!;
  return largest;
}

/** A patch whose class is not sure enough to be believed. @param confidence of 10,000 */
export const isUncertain = (confidence: number, { threshold }: Pick<SetRule, "threshold">): boolean =>
  confidence !== noShare && confidence < threshold;
