import { type Finding, inOrderOfSeverity, isFinding } from "../../../src-shared/domain/finding.ts";
import type { EvaluateResult, MapResult, ModelResult } from "../../../src-shared/domain/job.ts";
import type { MapProduct } from "../../../src-shared/domain/map-product.ts";
import type { Model } from "../../../src-shared/domain/model.ts";
import type { Catalog } from "../../catalog/index.ts";
import type { ModelDescription } from "../../learning/trained-model.ts";
import { methodWins } from "../models/recommended.ts";

/** What a result carries; nothing where it is of an earlier version. */
export const findingsOf = (result: unknown): readonly Finding[] => {
  const { findings } = (result ?? {}) as Partial<ModelResult | EvaluateResult | MapResult>;
  return Array.isArray(findings) ? findings.filter(isFinding) : [];
};

/** What `model.json` says; a model from elsewhere brings its own. */
export const findingsOfDescription = ({ findings = [] }: Pick<ModelDescription, "findings">): readonly Finding[] =>
  (findings as readonly unknown[]).filter(isFinding);

/** Of the newest measurement of a model on the part that says most: test before validation before training. */
export function measuredFindings(
  catalog: Catalog,
  modelId: number | null,
  modalities?: readonly string[],
): readonly Finding[] {
  if (modelId === null) return [];
  const evaluations = catalog.runs
    .list()
    .filter(
      (run) =>
        (run.kind === "evaluate" || run.kind === "evaluate-tiles") && run.modelId === modelId && run.result !== null,
    )
    .map(({ result }) => result as EvaluateResult);
  const newest = (["test", "validation", "train"] as const)
    .map((part) => evaluations.findLast((own) => own.part === part && (!modalities || measures(own, modalities))))
    .find((own) => own !== undefined);
  return newest ? findingsOf(newest).filter((finding) => !modalities || concerns(finding, modalities)) : [];
}

const measures = ({ subsets }: EvaluateResult, modalities: readonly string[]): boolean =>
  subsets.some((own) => sameNames(own.modalities, modalities));

/** A finding about another subset of the modalities is none about this map. */
const concerns = ({ details }: Finding, modalities: readonly string[]): boolean =>
  !("modalities" in details) || sameNames(details.modalities, modalities);

const sameNames = (p: readonly string[], q: readonly string[]): boolean =>
  p.length === q.length && p.every((name) => q.includes(name));

/** Of a model of the catalog: what its training said, what was measured since, and that another of the project does better. */
function findingsOfModel(catalog: Catalog, modelId: number | null, modalities?: readonly string[]): Finding[] {
  const model = modelId === null ? undefined : catalog.models.list().find(({ id }) => id === modelId);
  return inOrderOfSeverity([
    ...(model?.summary.findings ?? []).filter(isFinding),
    ...measuredFindings(catalog, modelId, modalities),
    ...(model ? methodWins(catalog, model) : []),
  ]);
}

/** What a new map of a model is told of it, beside what the model's own files say. */
export function findingsForMap(catalog: Catalog, modelId: number | null, modalities: readonly string[]): Finding[] {
  const model = modelId === null ? undefined : catalog.models.list().find(({ id }) => id === modelId);
  return [...measuredFindings(catalog, modelId, modalities), ...(model ? methodWins(catalog, model) : [])];
}

/** Of a model of the catalog, over all its inputs: what its training said and what was measured since. */
export const findingsOfListed = (catalog: Catalog, { id, summary }: Pick<Model, "id" | "summary">): Finding[] =>
  inOrderOfSeverity([...(summary.findings ?? []).filter(isFinding), ...measuredFindings(catalog, id)]);

/** Of a map: what it was drawn with, and what is known of its model by now. */
export function findingsOfMap(catalog: Catalog, { files, modelId, modalities }: MapProduct): Finding[] {
  const now = findingsOfModel(catalog, modelId, modalities);
  const measured = new Set(now.map(({ code }) => code));
  // Whether another model does better is known now, as long as there is this one.
  if (modelId !== null) measured.add("method-wins");
  // A newer measurement replaces what the map was drawn with.
  return inOrderOfSeverity([...now, ...findingsOf(files).filter(({ code }) => !measured.has(code))]);
}
