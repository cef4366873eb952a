import { z } from "zod";
import { inOrderOfSeverity } from "../../../src-shared/domain/finding.ts";
import type { EvaluateResult, EvaluateSpec, ModelResult } from "../../../src-shared/domain/job.ts";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import type { Run } from "../../../src-shared/domain/run.ts";
import { type ModelAccuracy, type RunSummary, subsetsToMeasure } from "../../../src-shared/domain/training.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Catalog } from "../../catalog/index.ts";
import { announceChanged, type Deps } from "../deps.ts";
import { type JobQueue, readJobSpec } from "../jobs/jobs.ts";
import { currentSplit } from "../labels/active.ts";
import { labelInput } from "../labels/labels.ts";
import { usualOverlap } from "../maps/maps.ts";
import { chooseModel, modalitiesFor, requirePatchModel } from "../models/models.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { finetuneTilesSchema, planTiles } from "../tiles/training-plan.ts";
import { validated } from "../validated.ts";
import { calibrationsOf } from "./calibrations.ts";
import { findingsOf, measuredFindings } from "./findings.ts";
import { finetuneSchema, type GivenLabels, name, planFinetune, planPretrain, pretrainSchema } from "./training-plan.ts";

const byId = z.strictObject({ id: z.int().positive() });

const estimateSchema = z.discriminatedUnion("kind", [
  pretrainSchema.extend({ kind: z.literal("pretrain") }),
  finetuneSchema.extend({ kind: z.literal("finetune") }),
  finetuneTilesSchema.extend({ kind: z.literal("tiles") }),
]);

/** Trainings as they are looked at: their list, their looks, their accuracy; what a new one would take. */
export function runHistoryService(deps: Deps, queue: JobQueue) {
  const { catalog, announce } = deps;
  const runOf = (id: number): Run => {
    const run = catalog.runs.get(id);
    if (!run) throw new AppError("run-not-found", { id });
    return run;
  };
  return {
    "runs.summaries": validated("runs.summaries", z.strictObject({}), () => summaries(catalog)),

    "runs.reviews": validated("runs.reviews", byId, ({ id }) => catalog.runs.reviews(id)),

    "runs.preview": validated(
      "runs.preview",
      z.strictObject({ id: z.int().positive(), step: z.int().min(0) }),
      ({ id, step }) => catalog.runs.preview(id, step),
    ),

    "runs.rename": validated("runs.rename", z.strictObject({ id: z.int().positive(), name }), (request) => {
      const { id } = runOf(request.id);
      catalog.runs.rename(id, request.name.trim() || null);
      announceChanged(announce, "runs");
    }),

    /** The run, its curve and its job's folder; the model only when asked for. */
    "runs.delete": validated(
      "runs.delete",
      z.strictObject({ id: z.int().positive(), model: z.boolean().default(false) }),
      ({ id, model }) => {
        const run = runOf(id);
        const job = catalog.jobs.get(run.jobId);
        if (job && (job.state === "running" || job.state === "queued"))
          throw new AppError("job-not-resumable", { id: job.id, state: job.state });
        const made = model ? catalog.models.list().find((entry) => entry.id === run.modelId) : undefined;
        catalog.transaction(() => {
          catalog.runs.remove(id);
          if (job) catalog.jobs.remove(job.id);
          if (made) catalog.models.remove(made.id);
        });
        if (job) catalog.removeOwn(job.folder, ["runs"]);
        if (made) catalog.removeOwn(made.folder, ["models"]);
        announceChanged(announce, "runs", "jobs", ...(made ? (["models"] as const) : []));
      },
    ),

    /** Scores the model on the test part with every subset of its modalities worth knowing. */
    "runs.evaluateAll": validated("runs.evaluateAll", z.strictObject({ model: name }), async (request) => {
      const model = await chooseModel(catalog, request.model, deps.shippedModels);
      requirePatchModel(model);
      const present = new Set(catalog.modalities.list().map((modality) => modality.name));
      const names = model.modalities.filter((modality) => present.has(modality));
      // A method's rows have columns for all of its inputs.
      const subsets = model.method ? [modalitiesFor(catalog, model)] : subsetsToMeasure(names);
      return queue.start(evaluationOf(deps, model, subsets), {
        splitId: labelInput(catalog).splitId,
        modelId: model.id,
      });
    }),

    "runs.accuracy": validated("runs.accuracy", z.strictObject({ model: name }), ({ model }) =>
      accuracyOf(catalog, catalog.models.named(model).id),
    ),

    /** Takes a few seconds: some steps are really taken. */
    "runs.estimate": validated("runs.estimate", estimateSchema, async (request) => {
      const { spec } =
        request.kind === "pretrain"
          ? await planPretrain(deps, request)
          : request.kind === "tiles"
            ? await planTiles(deps, request)
            : await planFinetune(deps, request);
      const { folder } = catalog;
      const training = { ...spec, folder, resume: false };
      const { seed, provider, appVersion } = spec;
      const signal = deps.signal ?? new AbortController().signal;
      const estimate = await deps.runJob(
        { kind: "estimate", folder, resume: false, seed, provider, appVersion, training },
        () => {},
        signal,
      );
      return "chosen" in spec && spec.chosen ? { ...estimate, chosen: spec.chosen } : estimate;
    }),
  };
}

function summaries(catalog: Catalog): RunSummary[] {
  const jobs = new Map(catalog.jobs.list().map((job) => [job.id, job]));
  const models = new Map(catalog.models.list().map((model) => [model.id, model]));
  return catalog.runs.list().flatMap((run): RunSummary[] => {
    const { kind } = run;
    const job = jobs.get(run.jobId);
    if ((kind !== "pretrain" && kind !== "finetune" && kind !== "finetune-tiles") || !job) return [];
    const tiles = kind === "finetune-tiles";
    const result = run.result as ModelResult | null;
    // Tiles are judged by the micro F1 of all their classes, patches by the macro F1.
    const sparklineOf = tiles ? "validationMicroF1" : "validationMacroF1";
    const curve = catalog.runs.curve(run.id, sparklineOf);
    const losses = catalog.runs.curve(run.id, "loss");
    const model = run.modelId === null ? undefined : models.get(run.modelId);
    // A method has no curve: what it reached stands in its result.
    const reached = run.settings?.method ? (result?.metrics.bestValidationMacroF1 ?? null) : null;
    const f1 = curve.length > 0 ? Math.max(...curve) : reached;
    return [
      {
        id: run.id,
        jobId: job.id,
        kind: tiles ? "finetune" : kind,
        ...(tiles ? { task: "tiles" as const } : {}),
        name: run.name ?? (job.title || `${kind} ${run.id}`),
        state: job.state,
        settings: run.settings,
        createdAt: run.createdAt,
        seconds: result?.seconds ?? null,
        provider: result?.provider ?? null,
        steps: losses.length,
        bestF1: f1,
        lastLoss: losses.at(-1) ?? null,
        sparkline: thinned(curve.length > 1 ? curve : losses, 48),
        sparklineOf: curve.length > 1 ? sparklineOf : "loss",
        optimistic: run.settings?.optimistic ?? (run.splitId !== null && catalog.splits.isOptimistic(run.splitId)),
        model: model ? { id: model.id, name: model.name } : null,
        findings: inOrderOfSeverity([...findingsOf(result), ...measuredFindings(catalog, run.modelId)]),
      },
    ];
  });
}

/** At most `count` of the values: means of equal parts, so that noise does not decide what is seen. */
function thinned(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  return Array.from({ length: count }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

function accuracyOf(catalog: Catalog, modelId: number): ModelAccuracy | null {
  const run = catalog.runs
    .list()
    .filter(({ kind, result, ...other }) => kind === "evaluate" && result !== null && other.modelId === modelId)
    .at(-1);
  if (!run) return null;
  const { part, subsets, untaught = [] } = run.result as EvaluateResult;
  const job = catalog.jobs.get(run.jobId);
  const spec = job && (readJobSpec(catalog, job) as EvaluateSpec | undefined);
  const codes = new Set(subsets[0]?.classSet);
  const scored = spec?.labels.polygons.filter((polygon) => polygon.part === part && codes.has(polygon.classCode)) ?? [];
  return {
    runId: run.id,
    part,
    subsets,
    untaught,
    polygons: new Set(scored.map(({ id }) => id)).size,
    optimistic: run.splitId !== null && catalog.splits.isOptimistic(run.splitId),
    outdated: run.splitId === null || !catalog.splits.isCurrent(run.splitId),
    measuredAt: job?.finishedAt ?? run.createdAt,
    overlapPatches: (run.result as EvaluateResult).overlapPatches ?? null,
    findings: findingsOf(run.result),
    smallMaps: (run.result as EvaluateResult).smallMaps ?? null,
    legend: legendOf(spec?.labels.legend ?? [], subsets),
  };
}

/** The classes of a score, with the colours of the labels that it asked. */
function legendOf(asked: readonly LegendClass[], subsets: EvaluateResult["subsets"]): LegendClass[] {
  const known = new Map(asked.map((one) => [one.name, one]));
  return (subsets[0]?.classes ?? []).map(({ code, name }) => ({
    code,
    name,
    color: known.get(name)?.color ?? "#808080",
  }));
}

/** The project's split of now lets neighbours of training labels into the other parts. */
export const isOptimistic = (catalog: Catalog): boolean => {
  const split = currentSplit(catalog);
  return split !== undefined && catalog.splits.isOptimistic(split.id);
};

/** @param given labels to measure on; those of now when left out */
export function evaluationOf(
  { catalog, appVersion }: Pick<Deps, "catalog" | "appVersion">,
  model: Awaited<ReturnType<typeof chooseModel>>,
  subsets: string[][],
  given?: GivenLabels,
) {
  const { grid } = catalog.project.get();
  const checked = subsets.map((subset) => modalitiesFor(catalog, model, subset));
  const { labels, splitId } = given ?? labelInput(catalog);
  return {
    kind: "evaluate",
    seed: 0,
    provider: "auto",
    appVersion,
    grid,
    imagery: imageryOf(catalog, [...new Set(checked.flat())], model.standIns),
    labels,
    modelFolder: model.folder,
    part: "test",
    subsets: checked,
    classSets: [[]],
    overlapPatches: usualOverlap(grid.tilePatches),
    batchSize: 4,
    optimistic: isOptimistic(catalog),
    // Of one set of inputs there is nothing to look at side by side.
    ...(checked.length > 1 ? { smallMaps: true } : {}),
    ...calibrationsOf(catalog, model.id, splitId ?? undefined),
  } as const;
}
