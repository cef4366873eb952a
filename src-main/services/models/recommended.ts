import type { Finding } from "../../../src-shared/domain/finding.ts";
import type { ModelResult } from "../../../src-shared/domain/job.ts";
import { isMethod } from "../../../src-shared/domain/method.ts";
import type { Model } from "../../../src-shared/domain/model.ts";
import type { Catalog } from "../../catalog/index.ts";
import { currentSplit } from "../labels/active.ts";

/** Scores that are closer are level: the patches of one polygon more or less decide so much. */
const level = 0.01;

/**
 * Macro F1 on the validation part of the present split; nothing of what was taught on another one, or without such a part, and nothing of
 * what was measured before the labels of that part changed.
 */
function scoresOf(
  catalog: Catalog,
): { readonly model: Model; readonly macroF1: number; readonly polygons: number | undefined }[] {
  const split = currentSplit(catalog);
  if (!split) return [];
  const runs = new Map(
    catalog.runs.list().flatMap((run) => (run.splitId === split.id ? [[run.jobId, run] as const] : [])),
  );
  const measured = catalog.models.list().flatMap((model) => {
    const { kind, state, jobId, summary } = model;
    const { bestValidationMacroF1: macroF1, validationPolygonsRight: polygons } = summary.metrics;
    const run = jobId === null ? undefined : runs.get(jobId);
    const counts = kind === "finetuned" && state === "present" && summary.task !== "tiles";
    if (!counts || !run || macroF1 === undefined) return [];
    const { reference, score } = (run.result as ModelResult | null)?.validation ?? {};
    const classes = score?.classes.filter(({ support }) => support > 0).length ?? 0;
    return [{ model, macroF1, polygons, reference, classes }];
  });
  // Results of earlier versions name no labels.
  const newest = measured.findLast(({ reference }) => reference !== undefined)?.reference;
  const same = measured.filter(({ reference }) => reference === newest);
  // A model that knows fewer of the classes has an easier question.
  const most = Math.max(...same.map(({ classes }) => classes));
  return same.filter(({ classes }) => classes === most);
}

/**
 * The model that wins on the validation part of the present split: by macro F1; of those that are level with the best, by the share of
 * polygons whose majority of patches is right, then by macro F1, then the older. `undefined` before any model was measured on it.
 */
export function recommendedModel(catalog: Catalog): Model | undefined {
  const scores = scoresOf(catalog);
  const best = Math.max(...scores.map(({ macroF1 }) => macroF1));
  const [first] = scores
    .filter(({ macroF1 }) => macroF1 >= best - level)
    .toSorted((p, q) => (q.polygons ?? 0) - (p.polygons ?? 0) || q.macroF1 - p.macroF1 || p.model.id - q.model.id);
  return first?.model;
}

/** That a method without a network does better than this network on the same validation part. */
export function methodWins(catalog: Catalog, { id, summary }: Pick<Model, "id" | "summary">): Finding[] {
  if (isMethod(summary.architecture)) return [];
  const scores = scoresOf(catalog);
  const own = scores.find(({ model }) => model.id === id);
  const winner = recommendedModel(catalog);
  const method = winner?.summary.architecture ?? "";
  if (!own || !winner || !isMethod(method)) return [];
  const theirs = scores.find(({ model }) => model.id === winner.id)!.macroF1;
  if (!(theirs > own.macroF1)) return [];
  return [{ code: "method-wins", details: { model: winner.name, theirs, ours: own.macroF1 } }];
}
