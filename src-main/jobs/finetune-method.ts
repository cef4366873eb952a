import { join } from "node:path";
import { type Finding, findingSentence, inOrderOfSeverity } from "../../src-shared/domain/finding.ts";
import { architectures, type FinetuneSpec, type ModelResult, type SubsetScore } from "../../src-shared/domain/job.ts";
import { countedLabels, hasPolygons } from "../../src-shared/domain/label-unit.ts";
import { type Method, methodNames } from "../../src-shared/domain/method.ts";
import { teachMethod } from "../classifiers/index.ts";
import type { Cube } from "../cube/index.ts";
import { CalibrationGroups, type NewModel, writeModel } from "../learning/index.ts";
import type { JobContext } from "./context.ts";
import { coverageIn } from "./coverage-words.ts";
import { computeNormalizations, dayCountOf, projectArea } from "./imagery.ts";
import { labelFacts } from "./label-facts.ts";
import type { LabelPatches } from "./label-patches.ts";
import { validationMetrics, validationOf } from "./label-reference.ts";
import { tensorsOfMethod } from "./method-model.ts";
import { answererOf, MethodPredictor } from "./method-predictor.ts";
import { methodTileSide, methodTiles, monthsOfSeries, readLabelledRows } from "./method-table.ts";
import { limitsOf, namesOfColumns, withLimits } from "./monthly-values.ts";
import { networkFor } from "./network.ts";
import { PatchTargets } from "./patch-targets.ts";
import { groupingOf } from "./possible-classes.ts";
import { type ScoreOptions, scoreMap } from "./score.ts";
import { inputsFrom, loggedCoverage, modelToBe, secondsSince, type TrainingInputs, withCube } from "./teaching.ts";
import { findingsOfLabels, findingsOfValidation, storable } from "./training-findings.ts";

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
  const months = monthsOfSeries(cube, modalities);
  const { train, codes } = targets;
  context.log(
    `Teaching ${targets.legend.map(({ name }) => name).join(", ")} from ${countedLabels(train.usable().length, given.unit)} by ${methodNames[method]}.`,
  );
  const { table, groups } = await readLabelledRows(cube, train, modalities, months, seed, context);
  const limits = limitsOf(table.values, table.columns);
  withLimits(table.values, limits);
  const { classifier, settings } = await teachMethod(method, table, {
    seed,
    groups,
    tempered: true,
    signal: context.signal,
    onProgress: (fraction) => context.phase("Learning", fraction),
  });
  const side = methodTileSide(modalities);
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
  const predictor = new MethodPredictor(cube, model, answererOf({ classifier, limits, months }), names);
  const grouping = groupingOf(given, grid);
  const said = new CalibrationGroups(codes);
  const onPatch: ScoreOptions["onPatch"] = (patch) => said.add(grouping.named(patch));
  const score = targets.validates
    ? await scoreOf(targets.validation, predictor, spec, modalities, context, onPatch)
    : undefined;
  const calibration = said.calibration({ ...grouping, modalities: names });
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
    { ...model, training, findings: storable(findings), ...(calibration ? { calibrations: [calibration] } : {}) },
    tensorsOfMethod({ classifier, limits }),
  );
  const metrics = { rows: table.rows, columns: table.columns, ...validationMetrics(score) };
  const provider = "cpu: needs no other";
  return { modelFolder, steps: 0, seconds, provider, metrics, findings, ...validationOf(score, spec) };
}

async function scoreOf(
  validation: LabelPatches,
  predictor: MethodPredictor,
  { labels }: FinetuneSpec,
  modalities: TrainingInputs["modalities"],
  { signal, phase }: JobContext,
  onPatch: ScoreOptions["onPatch"],
): Promise<SubsetScore | undefined> {
  const legend = labels.legend.filter(({ code }) => validation.codes.includes(code));
  const [score] = await scoreMap(validation, predictor, methodTiles(validation.area, modalities), {
    legend,
    classSets: [],
    modalities: modalities.map(({ name }) => name),
    votes: hasPolygons(labels.unit),
    onPatch,
    signal,
    onProgress: (fraction) => phase("Validation", fraction),
  });
  return score;
}
