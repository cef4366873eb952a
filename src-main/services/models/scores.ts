import type { EvaluateResult, ModelResult, SubsetScore } from "../../../src-shared/domain/job.ts";
import type { LabelUnit } from "../../../src-shared/domain/label-unit.ts";
import { isMethod } from "../../../src-shared/domain/method.ts";
import type { Model } from "../../../src-shared/domain/model.ts";
import type { Run } from "../../../src-shared/domain/run.ts";
import type { ScoreApart, ScoreFigure, ScoreRow, ScoreTable } from "../../../src-shared/domain/score-table.ts";
import type { Catalog } from "../../catalog/index.ts";
import { referenceOf } from "../../jobs/label-reference.ts";
import { presentLabels } from "../labels/input.ts";
import { gapsBetween } from "./gaps.ts";
import { recommendedModel } from "./recommended.ts";

/** Scores of one model on a part of one split, of labels that have a name when they are known. */
interface Measured {
  readonly splitId: number | null;
  readonly reference: string | undefined;
  readonly unit?: LabelUnit | undefined;
  readonly subsets: readonly SubsetScore[];
}

/** A model with the score that a table shows of it. */
interface Shown {
  readonly model: Model;
  readonly elsewhere: boolean;
  readonly score: SubsetScore;
}

/**
 * The models of patches side by side on the test or the validation part of the present split. Only scores of the same labels and classes
 * are compared, of models that learned from the same split; the others are named, with the reason.
 * @param only of these models, by name; they are compared on the labels that all of them were asked last, also where these have changed since
 */
export function scoreTable(catalog: Catalog, part: ScoreTable["part"], only?: readonly string[]): ScoreTable {
  const present = askedNow(catalog, part);
  const runs = catalog.runs.list();
  const all = catalog.models.list();
  const models = only ? all.filter(({ name }) => only.includes(name)) : all;
  const common = only && commonLabels(models, part, runs);
  const now = common ?? present;
  if (!now) return { part, classes: [], commonest: null, rows: [], apart: [] };
  const outdated = common !== undefined && common.reference !== present?.reference;
  const shown: Shown[] = [];
  const apart: ScoreApart[] = [];
  const leaveOut = ({ name, summary }: Model, why: ScoreApart["why"]) =>
    apart.push({ model: name, method: methodOf(summary.architecture), why });
  for (const model of models) {
    const { kind, state, summary } = model;
    if (kind !== "finetuned" || state !== "present" || summary.task === "tiles") continue;
    const taught = runs.find(({ jobId }) => jobId === model.jobId);
    const found = measuredOf(model, part, runs, taught).filter(({ splitId }) => splitId === now.splitId);
    const usable = found.filter(({ reference }) => reference === now.reference);
    const scores = usable.flatMap(({ subsets }) => subsets).filter(({ macroF1 }) => macroF1 !== null);
    if (taught && taught.splitId !== now.splitId) leaveOut(model, "other-split");
    else if (found.length === 0) leaveOut(model, "not-measured");
    else if (usable.length === 0)
      leaveOut(model, found.some(({ reference }) => reference !== undefined) ? "other-labels" : "unknown-labels");
    else if (scores.length === 0) leaveOut(model, "other-classes");
    else shown.push({ model, elsewhere: !taught, score: widest(scores) });
  }
  // What most classes were asked for; a model that knows fewer of them has an easier question.
  const classes = shown.map(({ score }) => askedClasses(score)).reduce<readonly string[]>((p, q) => (q.length > p.length ? q : p), []); // biome-ignore format: one choice
  const same = ({ score }: Shown): boolean => {
    const own = askedClasses(score);
    return own.length === classes.length && own.every((name) => classes.includes(name));
  };
  for (const { model } of shown.filter((own) => !same(own))) leaveOut(model, "other-classes");
  const best = recommendedModel(catalog)?.id;
  const alike = shown.filter(same).toSorted((p, q) => q.score.macroF1! - p.score.macroF1!);
  const rows = alike.map((own) => ({
    ...rowOf(own, own.model.id === best, secondsBefore(own.model, all)),
    behind: behindOf(own, alike),
  }));
  const { commonest } = shown.find(same)?.score ?? {};
  return {
    part,
    ...(now.unit ? { unit: now.unit } : {}),
    classes,
    commonest: commonest ? { name: commonest.name, share: commonest.share } : null,
    rows,
    apart,
    ...(outdated ? { outdated } : {}),
  };
}

/** The newest labels that all of these models were measured on. */
function commonLabels(models: readonly Model[], part: ScoreTable["part"], runs: readonly Run[]) {
  const [first = [], ...others] = models.map((model) =>
    measuredOf(
      model,
      part,
      runs,
      runs.find(({ jobId }) => jobId === model.jobId),
    ),
  );
  const found = first.find(
    ({ reference, splitId }) =>
      reference !== undefined &&
      others.every((own) => own.some((each) => each.reference === reference && each.splitId === splitId)),
  );
  return found && { splitId: found.splitId, reference: found.reference, unit: found.unit };
}

const methodOf = (architecture: string) => (isMethod(architecture) ? architecture : null);

/** The labels of a part as they are now; `undefined` without a split, or without labels in it. */
function askedNow(catalog: Catalog, part: ScoreTable["part"]) {
  const found = presentLabels(catalog);
  return found && { splitId: found.splitId, reference: referenceOf(found.labels, part), unit: found.labels.unit };
}

/** What is known of a model on a part, the newest first: what its training told of it, and evaluations since. */
function measuredOf(
  { id }: Model,
  part: ScoreTable["part"],
  runs: readonly Run[],
  taught: Run | undefined,
): readonly Measured[] {
  const evaluations = runs.flatMap((run): Measured[] => {
    const { kind, modelId, result, splitId } = run;
    if (kind !== "evaluate" || modelId !== id || result === null) return [];
    const { part: own, subsets, reference, unit } = result as EvaluateResult;
    return own === part && Array.isArray(subsets) ? [{ splitId, reference, unit, subsets }] : [];
  });
  const result = taught?.result as ModelResult | null | undefined;
  const told = part === "validation" ? result?.validation : undefined;
  const known = told ? [{ splitId: taught!.splitId, reference: told.reference, subsets: [told.score] }] : [];
  // What earlier versions wrote of their validation part names no labels.
  const older: Measured[] =
    part === "validation" && !told && result?.metrics?.bestValidationMacroF1 !== undefined
      ? [{ splitId: taught!.splitId, reference: undefined, subsets: [] }]
      : [];
  return [...known, ...evaluations.toReversed(), ...older];
}

/** The classes that have patches in a score. */
const askedClasses = ({ classes }: SubsetScore): readonly string[] =>
  classes.filter(({ support }) => support > 0).map(({ name }) => name);

/** The score of most classes, of these the one with most inputs, of these the newest. */
function widest(scores: readonly SubsetScore[]): SubsetScore {
  return scores.reduce((best, own) => {
    const more = own.classSet.length - best.classSet.length || own.modalities.length - best.modalities.length;
    return more > 0 ? own : best;
  });
}

/** Of all trainings that a model went on from. */
function secondsBefore({ parentId }: Model, models: readonly Model[]): number {
  const seen = new Set<number>();
  let sum = 0;
  for (let id = parentId; id !== null && !seen.has(id); ) {
    seen.add(id);
    const parent = models.find((model) => model.id === id);
    sum += parent?.summary.seconds ?? 0;
    id = parent?.parentId ?? null;
  }
  return sum;
}

const figures: Readonly<Record<ScoreFigure, (score: SubsetScore) => number | null>> = {
  macroF1: ({ macroF1 }) => macroF1,
  overallAccuracy: ({ overallAccuracy }) => overallAccuracy,
  polygonsRight: ({ perPolygon }) => perPolygon?.overallAccuracy ?? null,
};

/** How far the best by each figure is ahead of a model. */
function behindOf(own: Shown, all: readonly Shown[]): NonNullable<ScoreRow["behind"]> {
  return Object.fromEntries(
    Object.entries(figures).flatMap(([figure, figureOf]) => {
      const value = (one: Shown) => figureOf(one.score) ?? -1;
      const best = all.reduce((first, one) => (value(one) > value(first) ? one : first));
      const gap = best === own ? undefined : gapsBetween(best.score, own.score)[figure as ScoreFigure];
      return gap ? [[figure, gap]] : [];
    }),
  );
}

function rowOf({ model, elsewhere, score }: Shown, recommended: boolean, before: number): ScoreRow {
  const { perPolygon } = score;
  return {
    model: model.name,
    method: methodOf(model.summary.architecture),
    ...(model.summary.features ? { features: model.summary.features } : {}),
    ...(model.summary.instant ? { instant: true } : {}),
    modalities: score.modalities,
    recommended,
    elsewhere,
    macroF1: score.macroF1,
    overallAccuracy: score.overallAccuracy,
    polygonsRight: perPolygon?.overallAccuracy ?? null,
    polygonsMacroF1: perPolygon?.macroF1 ?? null,
    calibrationError: score.calibrationError ?? null,
    intervals: {
      overallAccuracy: score.overallAccuracyInterval,
      ...(score.macroF1Interval ? { macroF1: score.macroF1Interval } : {}),
      ...(perPolygon ? { polygonsRight: perPolygon.overallAccuracyInterval } : {}),
    },
    samples: score.samples,
    polygons: score.polygons ?? 0,
    seconds: model.summary.seconds,
    secondsBefore: before,
  };
}
