import { z } from "zod";
import type {
  CorrectedHectares,
  EvaluateResult,
  ReportTable,
  SampleDesign,
  UncorrectedAreas,
} from "../../../src-shared/domain/job.ts";
import type { MapProduct } from "../../../src-shared/domain/map-product.ts";
import type { Run } from "../../../src-shared/domain/run.ts";
import type { EvaluateTilesResult, TileScore } from "../../../src-shared/domain/tiles.ts";
import type { Catalog, Job } from "../../catalog/index.ts";
import type { Deps } from "../deps.ts";
import type { JobQueue } from "../jobs/jobs.ts";
import { activeLegend } from "../labels/active.ts";
import { correctedAreas, mappedAreas } from "../maps/accuracy.ts";
import { legendOfMap } from "../maps/maps.ts";
import { scoreTable } from "../models/scores.ts";
import { filePath } from "../path-gate.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { validated } from "../validated.ts";
import { writable } from "./exports.ts";
import { numberReportTables } from "./number-tables.ts";

const reportSchema = z.strictObject({
  to: filePath,
  title: z.string().min(1).optional(),
  overwrite: z.boolean().default(false),
  /** the last one when left out, none when `null` */
  map: z.int().positive().nullable().optional(),
  evaluations: z.array(z.int().positive()).optional(),
  /** trainings whose curves are drawn; all when left out */
  runs: z.array(z.int().positive()).optional(),
  notes: z.array(z.string().min(1)).default([]),
});

/** One HTML file about a project: its last map, what was measured, the curves, the data, the time it took. */
export function reportService({ catalog, appVersion }: Deps, queue: JobQueue) {
  return {
    "reports.write": validated("reports.write", reportSchema, async (request) => {
      const { title, notes } = request;
      const outputPath = writable(catalog, request.to, request.overwrite);
      const jobs = new Map(catalog.jobs.list().map((job) => [job.id, job]));
      const finished = catalog.runs.list().filter(({ jobId }) => jobs.get(jobId)?.state === "finished");
      const curves = finished
        .filter(({ kind }) => kind === "pretrain" || kind === "finetune" || kind === "finetune-tiles")
        .filter(({ id }) => request.runs?.includes(id) ?? true)
        .map((run) => ({ title: runTitle(catalog, run.kind, run.modelId), metrics: catalog.runs.metrics(run.id) }));
      const evaluations = finished.filter(({ kind, result }) => kind === "evaluate" && result !== null);
      const map =
        request.map === null
          ? null
          : typeof request.map === "number"
            ? catalog.maps.get(request.map)
            : catalog.maps.list().at(-1);
      // What was measured of another model says nothing of this map.
      const ofMap = evaluations.filter(({ modelId }) => map && modelId === map.modelId);
      const shown = request.evaluations
        ? evaluations.filter(({ id }) => request.evaluations!.includes(id))
        : (ofMap.length > 0 ? ofMap : evaluations).slice(-1);
      const legend = map ? await legendOfMap(map) : (activeLegend(catalog)?.classes ?? []);
      const areas = map ? mappedAreas(map, legend) : null;
      const design = designOf(catalog, shown);
      const { name } = catalog.project.get();
      return queue.start({
        kind: "report",
        seed: 0,
        provider: "cpu",
        appVersion,
        title: title ?? name,
        outputPath,
        legend,
        imagery: imageryOf(catalog),
        map: map?.files ?? null,
        evaluations: shown.map(({ result }) => result as EvaluateResult),
        curves,
        phases: [...jobs.values()].filter(({ state }) => state === "finished").map(phaseOf),
        tables: finished
          .filter(({ kind, result }) => kind === "evaluate-tiles" && result !== null)
          .slice(-1)
          .flatMap((run) => tileTables(runTitle(catalog, run.kind, run.modelId), run.result as EvaluateTilesResult)),
        scores: (["test", "validation"] as const)
          .map((part) => scoreTable(catalog, part))
          .filter(({ rows }) => rows.length > 0),
        numbers: numberReportTables(catalog),
        areas: null,
        ...(map && areas ? { corrected: correctedOf(catalog, map, areas) } : {}),
        ...(design ? { design } : {}),
        notes,
        attribution: [],
      });
    }),
  };
}

/** Hectares of the map as its test corrects them, or why they cannot be corrected. */
function correctedOf(
  catalog: Catalog,
  map: MapProduct,
  { areas, hectares }: ReturnType<typeof mappedAreas>,
): CorrectedHectares | UncorrectedAreas {
  const { corrected, uncorrected } = correctedAreas(catalog, map, areas, hectares);
  if (!corrected) return uncorrected ?? { reason: "no-evaluation", classes: [] };
  const { runId: _run, part: _part, measuredAt: _at, ...hectaresOf } = corrected;
  return hectaresOf;
}

/** The split that the last of these measurements was made with. */
function designOf(catalog: Catalog, measured: readonly Pick<Run, "splitId" | "result">[]): SampleDesign | undefined {
  const last = measured.at(-1);
  const split = catalog.splits.list().find(({ id }) => id === last?.splitId);
  if (!last || !split?.report.counts) return undefined;
  const unit = (last.result as EvaluateResult).unit;
  const legend = catalog.legends.list().find(({ id }) => id === split.legendId);
  return {
    method: split.method,
    parameters: split.parameters,
    optimistic: split.optimistic,
    ...(unit === undefined ? {} : { unit }),
    counts: split.report.counts,
    classes: (legend?.classes ?? []).map(({ code, name }) => ({ code, name })),
  };
}

/** Scores of tiles as tables of a report: every subset beside the commonest classes, then class by class. */
function tileTables(
  title: string,
  { part, subsets, baseline, shareThreshold, decision }: EvaluateTilesResult,
): ReportTable[] {
  const row = (inputs: string, threshold: string, score: TileScore) => [
    inputs,
    threshold,
    score.microF1,
    score.macroF1,
    score.weightedF1,
    score.microPrecision,
    score.microRecall,
    score.meanAveragePrecision,
  ];
  const first = subsets[0]!;
  const best = first.tuned ?? first.plain;
  return [
    {
      title: `${title}: ${part} tiles`,
      columns: ["inputs", "threshold", "micro F1", "macro F1", "weighted F1", "precision", "recall", "mAP"],
      rows: [
        ...subsets.flatMap(({ modalities, plain, tuned }) => [
          row(modalities.join(" + "), String(decision), plain),
          ...(tuned ? [row(modalities.join(" + "), "by validation", tuned)] : []),
        ]),
        ...(baseline ? [row(`always ${baseline.classes.join(", ")}`, "–", baseline.score)] : []),
      ],
      note: `${best.samples} tiles; a class is present above a share of ${shareThreshold}. Macro scores are over the ${best.occurring} of ${best.classes.length} classes that occur.`,
      bestPerColumn: [null, null, "highest", "highest", "highest", null, null, "highest"],
    },
    {
      title: `${title}: class by class (${first.modalities.join(" + ")})`,
      columns: ["class", "threshold", "precision", "recall", "F1", "average precision", "tiles", "given"],
      rows: best.classes.map((own) => [
        own.name,
        own.threshold,
        own.precision,
        own.recall,
        own.f1,
        own.averagePrecision,
        own.support,
        own.predicted,
      ]),
    },
  ];
}

const words = {
  pretrain: "Pre-training",
  finetune: "Fine-tuning",
  "finetune-tiles": "Fine-tuning on tiles",
  "evaluate-tiles": "Evaluation of tiles",
  "map-tiles": "Answers for tiles",
  evaluate: "Evaluation",
  map: "Map",
  report: "Report",
  export: "Export",
  compare: "Comparison",
  estimate: "Estimate",
  inspect: "Inspection",
  golden: "Check of a model",
  features: "Values for the instant map",
  embed: "Embeddings",
  "embed-files": "Import of embeddings",
  numbers: "Learning numbers",
  "number-map": "Map of numbers",
  change: "Change between two periods",
  align: "Alignment of dates",
};

function runTitle(catalog: Catalog, kind: Job["kind"], modelId: number | null): string {
  const model = catalog.models.list().find(({ id }) => id === modelId);
  return model ? `${words[kind]} of “${model.name}”` : words[kind];
}

/** From the first start to the end: an interruption counts in. */
function phaseOf({ kind, id, startedAt, finishedAt }: Job): { readonly name: string; readonly seconds: number } {
  const seconds = startedAt && finishedAt ? (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000 : 0;
  return { name: `${words[kind]} (job ${id})`, seconds };
}
