import { join } from "node:path";
import { type Finding, findingSentence, inOrderOfSeverity } from "../../src-shared/domain/finding.ts";
import { architectures, type FinetuneSpec, type ModelResult, type SubsetScore } from "../../src-shared/domain/job.ts";
import { countedLabels } from "../../src-shared/domain/label-unit.ts";
import { type Method, methodNames } from "../../src-shared/domain/method.ts";
import { type LabelledTable, teachMethod } from "../classifiers/index.ts";
import { type Cube, type PatchWindow, planBlend } from "../cube/index.ts";
import { seededRandom } from "../files/index.ts";
import { type NewModel, writeModel } from "../learning/index.ts";
import type { JobContext } from "./context.ts";
import { coverageIn } from "./coverage-words.ts";
import { computeNormalizations, dayCountOf, projectArea } from "./imagery.ts";
import { labelFacts } from "./label-facts.ts";
import type { LabelPatches } from "./label-patches.ts";
import { tensorsOfMethod } from "./method-model.ts";
import { MethodPredictor } from "./method-predictor.ts";
import {
  columnsOf,
  limitsOf,
  type Months,
  monthOf,
  monthsOf,
  namesOfColumns,
  readPatchRows,
  withLimits,
} from "./monthly-values.ts";
import { networkFor } from "./network.ts";
import { PatchTargets } from "./patch-targets.ts";
import { scoreMap } from "./score.ts";
import { inputsFrom, loggedCoverage, modelToBe, secondsSince, type TrainingInputs, withCube } from "./teaching.ts";
import { findingsOfLabels, findingsOfValidation, storable } from "./training-findings.ts";

/** Rows that a method learns from at most; more of the same polygons teach nothing new and take minutes. */
const mostRows = 50_000;
/** Numbers of the table at most: 128 MiB. */
const mostNumbers = 2 ** 25;

/** Teaches a method that needs no network the classes of labelled polygons, on monthly values of each patch. Takes seconds; nothing of it is continued. */
export async function finetuneMethod(spec: FinetuneSpec, method: Method, context: JobContext): Promise<ModelResult> {
  const started = performance.now();
  const inputs = inputsFrom(undefined, spec, () => dayCountOf(spec.imagery));
  return withCube(spec, inputs, (cube) => teachOn(spec, method, context, inputs, cube, started));
}

async function teachOn(
  spec: FinetuneSpec,
  method: Method,
  context: JobContext,
  inputs: TrainingInputs,
  cube: Cube,
  started: number,
): Promise<ModelResult> {
  const { grid, seed, labels: given } = spec;
  const { modalities, names } = inputs;
  const area = projectArea(grid);
  const coverage = coverageIn((await cube.footprints())!, area, names);
  const targets = new PatchTargets(spec, coverage.all);
  const normalizations = await computeNormalizations(cube, area, seed, context);
  const aboutPlaces = loggedCoverage(coverage, context);
  const side = sideOfTiles(Math.max(...modalities.map(({ patchPixels }) => patchPixels)));
  const series = modalities.filter(({ kind }) => kind === "series");
  const months = monthsOf(series.flatMap(({ name }) => cube.dates(name).map(({ date }) => date)));
  const { train, codes } = targets;
  context.log(
    `Teaching ${targets.legend.map(({ name }) => name).join(", ")} from ${countedLabels(train.usable().length, given.unit)} by ${methodNames[method]}.`,
  );
  const tiles = train.tilesAround(planBlend(area, side, 0).tiles);
  const { table, groups } = await tableOf(cube, train, tiles, modalities, months, seed, context);
  const limits = limitsOf(table.values, table.columns);
  withLimits(table.values, limits);
  const { classifier, settings } = await teachMethod(method, table, {
    seed,
    groups,
    signal: context.signal,
    onProgress: (fraction) => context.phase("Learning", fraction),
  });
  const config = networkFor(modalities, architectures.tiny, side, inputs.days);
  const columns = namesOfColumns(modalities, months);
  const model: NewModel = {
    ...modelToBe(spec, inputs, {
      task: "dense",
      config,
      normalizations,
      side,
      legend: targets.legend,
      provider: "cpu",
      settings: {
        method,
        ...settings,
        rows: table.rows,
        columns: columns.length,
        firstColumn: columns[0],
        lastColumn: columns.at(-1),
      },
    }),
    method: { name: method, months: { ...months } },
  };
  const predictor = new MethodPredictor(cube, model, { classifier, limits, months }, names);
  const score = targets.validates
    ? await scoreOf(targets.validation, predictor, area, side, spec, names, context)
    : undefined;
  const facts = labelFacts(train);
  const findings = inOrderOfSeverity([
    ...findingsOfValidation(score),
    ...aboutPlaces,
    ...predictor.watch.findings(),
    ...findingsOfLabels(given, new Set(codes), facts, targets.validates),
  ] satisfies Finding[]);
  for (const finding of findings) context.log(findingSentence(finding));
  const seconds = secondsSince(started);
  const modelFolder = join(spec.folder, "model");
  const training = { ...model.training, steps: 0, seconds };
  await writeModel(
    modelFolder,
    { ...model, training, findings: storable(findings) },
    tensorsOfMethod({ classifier, limits }),
  );
  const metrics = { rows: table.rows, columns: table.columns, ...metricsOf(score) };
  return { modelFolder, steps: 0, seconds, provider: "cpu: needs no other", metrics, findings };
}

/** Of a tile, in patches: small enough that one date of it is no more than a chunk of the cube. */
function sideOfTiles(patchPixels: number): number {
  let side = 32;
  while (side > 1 && side * patchPixels > 400) side /= 2;
  return side;
}

/** One row per labelled patch that is seen, and the polygon of each. Of polygons too large for the table the same number of patches, at random. */
async function tableOf(
  cube: Cube,
  labels: LabelPatches,
  tiles: readonly PatchWindow[],
  modalities: TrainingInputs["modalities"],
  months: Months,
  seed: number,
  { signal, phase }: JobContext,
): Promise<{ readonly table: LabelledTable; readonly groups: Int32Array }> {
  const columns = columnsOf(modalities, months);
  const monthIn = (date: string) => monthOf(months, date);
  const shares = sharesOfPolygons(labels, Math.min(mostRows, Math.max(1, Math.floor(mostNumbers / columns))));
  const rows: Float32Array[] = [];
  const classes: number[] = [];
  const groups: number[] = [];
  for (const [index, tile] of tiles.entries()) {
    signal.throwIfAborted();
    phase("Reading", index / tiles.length);
    const told = labels.labels(tile);
    const wanted = Uint8Array.from(told.classes, (own, p) => {
      if (own < 0) return 0;
      const share = shares.get(told.polygons[p]!) ?? 1;
      if (share >= 1) return 1;
      const place = seededRandom("rows", seed, tile.col + (p % tile.width), tile.row + Math.floor(p / tile.width));
      return place() < share ? 1 : 0;
    });
    if (!wanted.includes(1)) continue;
    const { values, seen } = await readPatchRows(cube, tile, modalities, months, monthIn, signal, wanted);
    for (let p = 0; p < wanted.length; p++) {
      if (wanted[p] !== 1 || seen[p] !== 1) continue;
      rows.push(values.slice(p * columns, (p + 1) * columns));
      classes.push(told.classes[p]!);
      groups.push(told.polygons[p]!);
    }
  }
  phase("Reading", 1);
  const values = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) values.set(row, i * columns);
  const table = {
    values,
    rows: rows.length,
    columns,
    classes: Int32Array.from(classes),
    classCount: labels.codes.length,
  };
  return { table, groups: Int32Array.from(groups) };
}

/** The share of each polygon's patches that are taken, so that about `most` are taken in all: small polygons whole. */
function sharesOfPolygons(labels: LabelPatches, most: number): Map<number, number> {
  const usable = labels.usable();
  const taken = (cap: number) => usable.reduce((sum, { patches }) => sum + Math.min(patches, cap), 0);
  let [low, high] = [1, Math.max(1, ...usable.map(({ patches }) => patches))];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (taken(middle) <= most) low = middle;
    else high = middle - 1;
  }
  return new Map(usable.map(({ id, patches }) => [id, Math.min(1, low / patches)]));
}

async function scoreOf(
  validation: LabelPatches,
  predictor: MethodPredictor,
  area: PatchWindow,
  side: number,
  { labels }: FinetuneSpec,
  modalities: readonly string[],
  { signal, phase }: JobContext,
): Promise<SubsetScore | undefined> {
  const legend = labels.legend.filter(({ code }) => validation.codes.includes(code));
  const [score] = await scoreMap(validation, predictor, planBlend(area, side, 0).tiles, {
    legend,
    classSets: [],
    modalities,
    votes: true,
    signal,
    onProgress: (fraction) => phase("Validation", fraction),
  });
  return score;
}

/** As a network's training tells them, so that the table of models compares like with like. */
function metricsOf(score: SubsetScore | undefined): Record<string, number> {
  if (!score || score.macroF1 === null || score.overallAccuracy === null) return {};
  const polygons = score.perPolygon?.overallAccuracy ?? null;
  return {
    bestValidationMacroF1: score.macroF1,
    validationAccuracy: score.overallAccuracy,
    ...(polygons === null ? {} : { validationPolygonsRight: polygons }),
  };
}
