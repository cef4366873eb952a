import type { Finding } from "../../../src-shared/domain/finding.ts";
import { isMethod } from "../../../src-shared/domain/method.ts";
import type { Model } from "../../../src-shared/domain/model.ts";
import type { Catalog } from "../../catalog/index.ts";

/** Macro F1 on the validation part of the present split; `undefined` for what was taught on another one, or without such a part. */
function scoresOf(
  catalog: Catalog,
): { readonly model: Model; readonly macroF1: number; readonly polygons: number | undefined }[] {
  const split = catalog.splits.current();
  if (!split) return [];
  const ofSplit = new Set(catalog.runs.list().flatMap((run) => (run.splitId === split.id ? [run.jobId] : [])));
  return catalog.models.list().flatMap((model) => {
    const { kind, state, jobId, summary } = model;
    const { bestValidationMacroF1: macroF1, validationPolygonsRight: polygons } = summary.metrics;
    const counts = kind === "finetuned" && state === "present" && summary.task !== "tiles";
    return counts && jobId !== null && ofSplit.has(jobId) && macroF1 !== undefined
      ? [{ model, macroF1, polygons }]
      : [];
  });
}

/**
 * The model that wins on the validation part of the present split: by macro F1, of equal ones by the share of polygons whose majority of
 * patches is right, then the older. `undefined` before any model was measured on it.
 */
export function recommendedModel(catalog: Catalog): Model | undefined {
  const [first, ...others] = scoresOf(catalog);
  return others.reduce(
    (best, own) =>
      !best ||
      own.macroF1 > best.macroF1 ||
      (own.macroF1 === best.macroF1 && (own.polygons ?? 0) > (best.polygons ?? 0))
        ? own
        : best,
    first,
  )?.model;
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
