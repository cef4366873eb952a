import { join } from "node:path";
import { type Finding, findingSentence, inOrderOfSeverity } from "../../src-shared/domain/finding.ts";
import { architectures, type Months } from "../../src-shared/domain/job.ts";
import { usesEncoder } from "../../src-shared/domain/method.ts";
import { type NumbersResult, type NumbersSpec, numberMethodNames } from "../../src-shared/domain/numbers.ts";
import {
  arraysOfRegressor,
  foldsOfGroups,
  type NumberTable,
  predictHeldOut,
  type RegressorMethod,
  teachNumbers,
} from "../classifiers/index.ts";
import type { Cube } from "../cube/index.ts";
import type { Tensors } from "../engine/index.ts";
import { type NewModel, type NumberTask, writeModel } from "../learning/index.ts";
import type { JobContext } from "./context.ts";
import { coverageIn } from "./coverage-words.ts";
import { frozenEncoder, inputsOfMethod } from "./finetune-method.ts";
import { projectArea } from "./imagery.ts";
import { rowReader } from "./method-rows.ts";
import { monthsOfSeries, readLabelledRows } from "./method-table.ts";
import { limitsOf, methodTileSide, withLimits } from "./monthly-values.ts";
import { networkFor } from "./network.ts";
import { asFinetuning, heldTogether, NumberPatches, requirePlaces } from "./number-places.ts";
import { findingsOfScore, type HeldOut, scoreNumbers } from "./number-score.ts";
import { factsOf, meaningOf, numberPrefix } from "./number-task.ts";
import {
  loggedCoverage,
  modelToBe,
  networkFrom,
  secondsSince,
  statisticsFor,
  type TrainingInputs,
  withCube,
} from "./teaching.ts";
import { storable } from "./training-findings.ts";

/** Rows that numbers are learned from at most; of larger places the same number of patches. */
const mostRows = 20_000;

/**
 * Learns the numbers of places from the values of their patches, measured on places that nothing learned from: whole places or blocks of the
 * ground are held out in turn. What is kept has learned from all of them. A network is fine-tuned instead, and measured on one held-out part.
 * @throws AppError "numbers-too-few", "numbers-one-value", "encoder-missing", and what the images do not fit
 */
export async function numbers(spec: NumbersSpec, context: JobContext): Promise<NumbersResult> {
  if (spec.method === "network") return (await import("./number-network.ts")).teachNumberNetwork(spec, context);
  const { method } = spec;
  const started = performance.now();
  const inner = asFinetuning(spec);
  const inputs = await inputsOfMethod(inner);
  return withCube(inner, inputs, (cube) => teachOn(spec, method, context, inputs, cube, started));
}

async function teachOn(
  spec: NumbersSpec,
  method: RegressorMethod,
  context: JobContext,
  inputs: TrainingInputs,
  cube: Cube,
  started: number,
): Promise<NumbersResult> {
  const { grid, seed, features, numbers: given, level } = spec;
  const { unit } = given;
  const inner = asFinetuning(spec);
  const { modalities, names, base } = inputs;
  const coverage = coverageIn((await cube.footprints())!, projectArea(grid), names);
  const patches = new NumberPatches(spec, coverage.all);
  const normalizations = await statisticsFor(inner, context, inputs, cube);
  const aboutPlaces = loggedCoverage(coverage, context);
  const months: Months = { ...monthsOfSeries(cube, modalities), indices: true };
  const frozen =
    base && usesEncoder(features) ? await frozenEncoder(inner, context, inputs, cube, base, normalizations) : undefined;
  const encoder = frozen?.encoder;
  try {
    context.log(`Learning “${given.name}” from ${patches.places.length} places by ${numberMethodNames[method]}.`);
    const reader = rowReader({ cube, modalities, months, changes: frozen?.changes, features, encoder });
    const read = await readLabelledRows(reader, patches.labels, seed, context, { most: mostRows });
    const limits = limitsOf(read.table.values, read.table.columns);
    withLimits(read.table.values, limits);
    const table = numberTable(read.table, read.groups, patches.values);
    const learned = new Set(read.groups);
    const places = patches.places.filter(({ id }) => learned.has(id));
    // Images may cover a place and show nothing of it: clouds on every date.
    requirePlaces(given.name, places.map(({ value }) => value)); // biome-ignore format: one call
    const together = heldTogether(places, spec);
    const groups = read.groups.map((id) => together.groupOf.get(id)!);
    const folds = foldsOfGroups(groups, together.folds, seed);
    const { signal } = context;
    const told = await predictHeldOut(method, table, folds, {
      seed,
      groups,
      signal,
      onProgress: (fraction) => context.phase("Measuring", fraction),
    });
    const score = scoreNumbers(patches.values, heldOutOf(told, folds, read.groups, patches.values), together, spec);
    const { regressor, settings } = await teachNumbers(method, table, {
      seed,
      groups,
      signal,
      onProgress: (fraction) => context.phase("Learning", fraction),
    });
    const unseen = given.places.length - places.length;
    const findings = inOrderOfSeverity([
      ...findingsOfScore(score, together, { level, unit }),
      ...(unseen > 0 ? [{ code: "numbers-unseen", details: { unseen, places: given.places.length } } as const] : []),
      ...aboutPlaces,
      ...(inputs.applied?.findings ?? []),
    ] satisfies Finding[]);
    for (const finding of findings) context.log(findingSentence(finding));
    const facts = factsOf(places.map(({ value }) => value));
    const side = encoder?.side ?? methodTileSide(modalities);
    const config = base ? networkFrom(inputs, inner) : networkFor(modalities, architectures.tiny, side, inputs.days);
    const seconds = secondsSince(started);
    const task: NumberTask = { ...meaningOf(spec), method, months: { ...months }, features, ...facts, interval: score.interval }; // biome-ignore format: one task
    const own = modelToBe(inner, inputs, {
      task: "numbers",
      config,
      normalizations,
      side,
      legend: null,
      provider: frozen?.computing.provider ?? "cpu",
      settings: { method, ...settings, rows: table.rows, columns: table.columns },
    });
    const model: NewModel = {
      ...own,
      numbers: task,
      training: { ...own.training, steps: 0, seconds },
      findings: storable(findings),
    };
    const modelFolder = join(spec.folder, "model");
    const tensors: Tensors = {
      ...frozen?.tensors,
      ...prefixed({ ...arraysOfRegressor(regressor), ...limitTensors(limits) }),
    };
    await writeModel(modelFolder, model, tensors);
    return { modelFolder, seconds, method, rows: table.rows, columns: table.columns, low: facts.low, high: facts.high, mean: facts.mean, settings, score, findings }; // biome-ignore format: one result
  } finally {
    await encoder?.predictor.release();
  }
}

const prefixed = (tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [numberPrefix + name, tensor]));

const limitTensors = (limits: ReturnType<typeof limitsOf>): Tensors =>
  Object.fromEntries(
    (["missing", "low", "high"] as const).map((name) => [
      `limit.${name}`,
      { type: "float32", shape: [limits[name].length], data: limits[name] },
    ]),
  );

/** Rows with the number of their place; the rows of a place count as one together. */
function numberTable(
  { values, rows, columns }: Omit<NumberTable, "targets" | "weights">,
  groups: Int32Array,
  numbers: ReadonlyMap<number, number>,
): NumberTable {
  const sizes = new Map<number, number>();
  for (const id of groups) sizes.set(id, (sizes.get(id) ?? 0) + 1);
  return {
    values,
    rows,
    columns,
    targets: Float64Array.from(groups, (id) => numbers.get(id)!),
    weights: Float64Array.from(groups, (id) => 1 / sizes.get(id)!),
  };
}

/** What was told of each row, by place. */
function heldOutOf(
  told: Float64Array,
  folds: Int32Array,
  groups: Int32Array,
  values: ReadonlyMap<number, number>,
): HeldOut {
  const byPlace = new Map<number, number[]>();
  const foldOf = new Map<number, number>();
  for (const [row, id] of groups.entries()) {
    byPlace.set(id, [...(byPlace.get(id) ?? []), told[row]!]);
    foldOf.set(id, folds[row]!);
  }
  const means = new Map<number, number>();
  for (const fold of new Set(folds)) {
    const others = [...foldOf].flatMap(([id, own]) => (own === fold ? [] : [values.get(id)!]));
    means.set(fold, others.reduce((sum, value) => sum + value, 0) / others.length);
  }
  return { told: byPlace, foldOf, means };
}
