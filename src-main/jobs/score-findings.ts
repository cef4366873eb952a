import type { Finding } from "../../src-shared/domain/finding.ts";
import type { EvaluateResult, LabelInput, SubsetScore } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";

/** Fewer polygons than this depend on single places. */
const fewPolygons = 20;

/** What a score with one set of modalities gives reason to doubt, apart from what its part of the split does. */
export function findingsOfScore(score: SubsetScore, part: EvaluateResult["part"] = "test"): Finding[] {
  const { modalities, overallAccuracy: accuracy, overallAccuracyInterval, commonest, samples, unseen = 0 } = score;
  const findings: Finding[] = [];
  if (accuracy === null || !commonest) return [{ code: "nothing-scored", details: { modalities } }];
  const { share, name } = commonest;
  if (share < 1) {
    const [low] = overallAccuracyInterval;
    if (accuracy < share)
      findings.push({ code: "score-below-commonest", details: { modalities, accuracy, commonest: name, share } });
    else if (low < share)
      findings.push({ code: "score-not-above-commonest", details: { modalities, accuracy, low, share } });
  }
  const missed = score.classes.filter(({ support, recall }) => support > 0 && recall === 0);
  if (missed.length > 0) {
    const classes = missed.map(({ name: own, support }) => ({ name: own, patches: support }));
    findings.push({ code: "classes-never-found", details: { part, modalities, classes } });
  }
  if (unseen > 0)
    findings.push({ code: "patches-not-seen", details: { modalities, unseen, labelled: samples + unseen } });
  return findings;
}

/** Where the sets of possible classes hold less than they promise, or rule out nothing since too few groups were there to calibrate on. */
export function findingsOfUncertainty({ modalities, uncertainty }: SubsetScore): Finding[] {
  if (!uncertainty) return [];
  const { level, groups, unit, calibratedOn, needed, perGroup } = uncertainty;
  if (calibratedOn < needed)
    return [{ code: "sets-all-classes", details: { level, calibrated: calibratedOn, needed, groups, unit } }];
  const { covered, count, interval } = perGroup;
  return interval[1] < level
    ? [{ code: "sets-cover-less", details: { modalities, level, covered, high: interval[1], count, groups, unit } }]
    : [];
}

/**
 * What the part that was measured gives reason to doubt: the warnings of its split, repeated where the score is read.
 * @param score of the widest set of classes
 */
export function findingsOfPart(
  { part, untaught = [], subsets }: Pick<EvaluateResult, "part" | "untaught" | "subsets">,
  { legend, polygons, unit: named }: LabelInput,
  model: readonly LegendClass[],
  optimistic: boolean,
): Finding[] {
  const findings: Finding[] = [];
  const unit = named === undefined ? {} : { unit: named };
  const widest = subsets.reduce<SubsetScore | undefined>(
    (best, own) => (own.classSet.length > (best?.classSet.length ?? 0) ? own : best),
    undefined,
  );
  if (!widest) return findings;
  if (part === "train") findings.push({ code: "scored-on-training", details: {} });
  if (optimistic) findings.push({ code: "split-optimistic", details: {} });
  if (untaught.length > 0) findings.push({ code: "classes-untaught", details: { part, classes: untaught, ...unit } });
  // Of all that was asked, not of one subset: what one cannot see another may.
  const support = (code: number) =>
    Math.max(...subsets.map(({ classes }) => classes.find((own) => own.code === code)?.support ?? 0));
  const untested = widest.classes.filter(({ code }) => support(code) === 0).map(({ name }) => name);
  if (untested.length > 0) findings.push({ code: "classes-untested", details: { part, names: untested } });
  const measured = widest.classes.filter(({ code }) => support(code) > 0);
  if (model.length === 1) findings.push({ code: "one-class-taught", details: { name: model[0]!.name } });
  else if (measured.length === 1)
    findings.push({ code: "one-class-measured", details: { part, name: measured[0]!.name } });
  const single = widest.classes.filter((own) => own.polygons === 1).map(({ name }) => name);
  if (single.length > 0) findings.push({ code: "split-one-polygon", details: { names: single, ...unit } });
  const count = widest.polygons ?? 0;
  if (count > 0 && count < fewPolygons)
    findings.push({ code: "few-polygons-measured", details: { part, polygons: count, ...unit } });
  const partsOf = (code: number) =>
    new Set(polygons.flatMap((own) => (own.classCode === code && own.part !== "unused" ? [own.part] : [])));
  const known = new Set(model.map(({ code }) => code));
  const missing = legend
    .filter(({ code, name }) => !known.has(code) && partsOf(code).size > 0 && !partsOf(code).has(part) && name !== "")
    .map(({ name }) => name);
  if (missing.length > 0) findings.push({ code: "split-class-missing", details: { part, names: missing } });
  return findings;
}
