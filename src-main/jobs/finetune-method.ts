import { join } from "node:path";
import { type Finding, findingSentence, inOrderOfSeverity } from "../../src-shared/domain/finding.ts";
import {
  architectures,
  type FinetuneSpec,
  type InstantColumns,
  type ModelResult,
  type Months,
  type SubsetScore,
} from "../../src-shared/domain/job.ts";
import { countedLabels, hasPolygons } from "../../src-shared/domain/label-unit.ts";
import { type Method, methodNames, usesEncoder } from "../../src-shared/domain/method.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type LabelledTable, teachMethod } from "../classifiers/index.ts";
import { type Cube, type Normalization, planBlend, type TileRows } from "../cube/index.ts";
import type { Tensors } from "../engine/index.ts";
import { instantPenalty, instantTemperature } from "../features/index.ts";
import { CalibrationGroups, type NewModel, type TrainedModel, writeModel } from "../learning/index.ts";
import type { JobContext } from "./context.ts";
import { coverageIn } from "./coverage-words.ts";
import { dayCountOf, projectArea } from "./imagery.ts";
import { heldBackLabels, mostRowsTaught } from "./instant-lesson.ts";
import { labelFacts } from "./label-facts.ts";
import type { LabelPatches } from "./label-patches.ts";
import { validationMetrics, validationOf } from "./label-reference.ts";
import { tensorsOfMethod } from "./method-model.ts";
import { answererOf, changesOf, type MethodEncoder, MethodPredictor } from "./method-predictor.ts";
import { rowReader } from "./method-rows.ts";
import { monthsOfSeries, readLabelledRows, tilesOfRows } from "./method-table.ts";
import { expectedTensors } from "./model-tensors.ts";
import { type ColumnLimits, limitsOf, methodTileSide, namesOfColumns, withLimits } from "./monthly-values.ts";
import { networkFor } from "./network.ts";
import { PatchTargets } from "./patch-targets.ts";
import { groupingOf } from "./possible-classes.ts";
import { encoderFor } from "./predictor-for.ts";
import type { Computing } from "./provider.ts";
import { rareClassesMissed } from "./rare-classes.ts";
import { type ScoreOptions, scoreMap } from "./score.ts";
import {
  baseOf,
  inputsFrom,
  loggedCoverage,
  loggedProvider,
  modelToBe,
  networkFrom,
  secondsSince,
  statisticsFor,
  type TrainingInputs,
  withCube,
} from "./teaching.ts";
import { findingsOfLabels, findingsOfValidation, storable } from "./training-findings.ts";
import { noWeights } from "./training-parts.ts";

/**
 * Teaches a method the classes of labelled polygons: on monthly values of each patch, on what the encoder of `modelFolder` makes of it, or
 * on both. Takes seconds, with an encoder as long as a map of the labelled places; nothing of it is continued.
 * @throws AppError "encoder-missing", "model-without-network", and what the model does not fit
 */
export async function finetuneMethod(spec: FinetuneSpec, method: Method, context: JobContext): Promise<ModelResult> {
  const started = performance.now();
  const inputs = await inputsOfMethod(spec);
  return withCube(spec, inputs, (cube) => teachOn(spec, method, context, inputs, cube, started));
}

/** What a method sees: the inputs of its encoder, or all of the project. */
export async function inputsOfMethod(spec: FinetuneSpec): Promise<TrainingInputs> {
  const { features, modelFolder, modelName, imagery } = spec;
  if (usesEncoder(features) && modelFolder === null) throw new AppError("encoder-missing", { name: modelName });
  const base = usesEncoder(features) ? await baseOf(spec) : undefined;
  return inputsFrom(base, spec, () => dayCountOf(imagery));
}

async function teachOn(
  spec: FinetuneSpec,
  method: Method,
  context: JobContext,
  inputs: TrainingInputs,
  cube: Cube,
  started: number,
): Promise<ModelResult> {
  const { grid, seed, labels: given, features } = spec;
  const { modalities, names, base } = inputs;
  const coverage = coverageIn((await cube.footprints())!, projectArea(grid), names);
  const targets = new PatchTargets(spec, coverage.all);
  const normalizations = await statisticsFor(spec, context, inputs, cube);
  const aboutPlaces = loggedCoverage(coverage, context);
  const months: Months = { ...monthsOfSeries(cube, modalities), ...(spec.instant ? { indices: true } : {}) };
  const { train, codes } = targets;
  const frozen = base && (await frozenEncoder(spec, context, inputs, cube, base, normalizations));
  const encoder = frozen?.encoder;
  try {
    const from = base ? `, on ${features === "both" ? "monthly values and " : ""}what “${base.description.name}” makes of the images` : ""; // biome-ignore format: one sentence
    context.log(
      `Teaching ${targets.legend.map(({ name }) => name).join(", ")} from ${countedLabels(train.usable().length, given.unit)} by ${spec.instant ? "the instant map" : methodNames[method]}${from}.`,
    );
    const side = encoder?.side ?? methodTileSide(modalities);
    const inside = { task: "dense", normalizations, side, legend: targets.legend } as const;
    const config = base ? networkFrom(inputs, spec) : networkFor(modalities, architectures.tiny, side, inputs.days);
    const reader = rowReader({
      cube,
      modalities,
      months,
      changes: frozen?.changes,
      features,
      encoder,
    });
    const columns = [
      ...(features === "encoder" ? [] : namesOfColumns(modalities, months)),
      ...Array.from({ length: encoder?.columns ?? 0 }, (_, at) => `embedding ${at + 1}`),
    ];
    const instant = spec.instant && columnsOfLayer(spec.instant, columns);
    const penalised = spec.instant?.means.length ?? 0;
    const { table, groups } = await readLabelledRows(
      reader,
      train,
      seed,
      context,
      instant ? { most: mostRowsTaught(train.usable(), penalised), without: heldBackLabels(given, grid) } : {},
    );
    if (instant && instant.means.length !== table.columns)
      throw new Error(`Instant map: ${instant.means.length} columns for ${table.columns}`);
    const limits = instant ? limitsOfLayer(instant) : limitsOf(table.values, table.columns);
    withLimits(table.values, limits);
    const { classifier, settings } = await teachMethod(method, table, {
      seed,
      groups,
      ...(instant
        ? {
            penalty: instantPenalty({ rows: table.rows, columns: penalised }),
            scaling: scalingOfLayer(instant),
            temperature: await instantTemperature(standardised(table, instant), { groups, signal: context.signal }),
          }
        : { tempered: true }),
      signal: context.signal,
      onProgress: (fraction) => context.phase("Learning", fraction),
    });
    const model: NewModel = {
      ...modelToBe(spec, inputs, {
        ...inside,
        config,
        provider: frozen?.computing.provider ?? "cpu",
        settings: {
          method,
          ...settings,
          ...(base ? { features } : {}),
          ...(instant ? { instant: true } : {}),
          rows: table.rows,
          columns: columns.length,
          firstColumn: columns[0],
          lastColumn: columns.at(-1),
        },
      }),
      method: { name: method, months: { ...months }, ...(base && features ? { features } : {}) },
    };
    const working = { classifier, limits, months, ...(features === undefined ? {} : { features }) };
    const predictor = new MethodPredictor(cube, model, answererOf(working), names, frozen && normalizations, encoder);
    const grouping = groupingOf(given, grid);
    const said = new CalibrationGroups(codes);
    const tiles = encoder
      ? planBlend(targets.validation.area, side).tiles
      : tilesOfRows(targets.validation.area, { side });
    const score = targets.validates
      ? await scoreOf(targets.validation, predictor, tiles, spec, names, context, (patch) =>
          said.add(grouping.named(patch)),
        )
      : undefined;
    const calibration = said.calibration({ ...grouping, modalities: names });
    const facts = labelFacts(train);
    const measured = new Set(score?.classes.filter(({ support }) => support > 0).map(({ code }) => code));
    const missed = instant
      ? []
      : await rareClassesMissed(train, targets.legend, predictor, tiles, measured, names, context.signal);
    const findings = inOrderOfSeverity([
      ...findingsOfValidation(score),
      ...missed,
      ...aboutPlaces,
      ...(inputs.applied?.findings ?? []),
      ...(base?.description.legend
        ? [{ code: "encoder-taught" as const, details: { model: base.description.name } }]
        : []),
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
      { ...frozen?.tensors, ...tensorsOfMethod({ classifier, limits }) },
    );
    const metrics = { rows: table.rows, columns: table.columns, ...validationMetrics(score) };
    const provider = frozen ? `${frozen.computing.provider}: ${frozen.computing.reason}` : "cpu: needs no other";
    return { modelFolder, steps: 0, seconds, provider, metrics, findings, ...validationOf(score, spec) };
  } finally {
    await encoder?.predictor.release();
  }
}

/** A network's encoder that learns nothing more. */
interface FrozenEncoder {
  readonly encoder: MethodEncoder;
  /** of the encoder, for the method's own model */
  readonly tensors: Tensors;
  /** what becomes of the values of bands: those that nothing shows have none */
  readonly changes: ReturnType<typeof changesOf>;
  readonly computing: Computing;
}

/** The encoder of the model that a method starts from, and what the method's own model keeps of it. */
export async function frozenEncoder(
  spec: FinetuneSpec,
  context: JobContext,
  inputs: TrainingInputs,
  cube: Cube,
  { description, weights }: TrainedModel,
  normalizations: readonly Normalization[],
): Promise<FrozenEncoder> {
  const computing = await loggedProvider(spec, context);
  const { provider } = computing;
  const config = networkFrom(inputs, spec);
  const side = description.grid.tilePatches;
  const about = modelToBe(spec, inputs, { task: "pretrained", config, normalizations, side, legend: null, provider, settings: {} }); // biome-ignore format: one call
  const model = { ...about, format: "omnisat-model/1", weights: noWeights } as const;
  const tensors = Object.fromEntries(
    expectedTensors({ config, legend: null }).map(({ name }) => [name, weights[name]!]),
  );
  const { names: modalities } = inputs;
  const batchSize = spec.recipe.batchSize;
  const encoder = await encoderFor({ cube, model, weights: tensors, modalities, batchSize, provider, normalizations });
  return { encoder, tensors, changes: changesOf(model.modalities, normalizations), computing };
}

/**
 * A layer's columns in the order of a row's. Bands that the model of an encoder knows and the images have not are no columns of the layer: they are
 * held at one value and say nothing.
 */
function columnsOfLayer(layer: InstantColumns, columns: readonly string[]): InstantColumns {
  const { names } = layer;
  if (!names) return layer;
  const places = new Map(names.map((name, at) => [name, at]));
  const found = columns.map((name) => places.get(name));
  if (found.filter((at) => at !== undefined).length !== names.length)
    throw new Error(`Instant map: some of ${names.length} columns are none of ${columns.length}`);
  const pick = (values: readonly number[], none: number) => found.map((at) => (at === undefined ? none : values[at]!));
  const { means, spreads, low, high } = layer;
  return { means: pick(means, 0), spreads: pick(spreads, 1), low: pick(low, 0), high: pick(high, 0) };
}

const limitsOfLayer = ({ means, low, high }: InstantColumns): ColumnLimits => ({
  missing: Float32Array.from(means),
  low: Float32Array.from(low),
  high: Float32Array.from(high),
});

/** Rows as the layer has them. */
const standardised = (table: LabelledTable, { means, spreads }: InstantColumns): LabelledTable => ({
  ...table,
  values: table.values.map((value, at) => (value - means[at % table.columns]!) / spreads[at % table.columns]!),
});

const scalingOfLayer = ({ means, spreads }: InstantColumns) => ({
  means: Float32Array.from(means),
  spreads: Float32Array.from(spreads),
});

async function scoreOf(
  validation: LabelPatches,
  predictor: MethodPredictor,
  tiles: TileRows,
  { labels }: FinetuneSpec,
  modalities: readonly string[],
  { signal, phase }: JobContext,
  onPatch: ScoreOptions["onPatch"],
): Promise<SubsetScore | undefined> {
  const legend = labels.legend.filter(({ code }) => validation.codes.includes(code));
  const [score] = await scoreMap(validation, predictor, tiles, {
    legend,
    classSets: [],
    modalities,
    votes: hasPolygons(labels.unit),
    onPatch,
    signal,
    onProgress: (fraction) => phase("Validation", fraction),
  });
  return score;
}
