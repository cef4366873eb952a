import { createHash } from "node:crypto";
import { arch, platform, release } from "node:os";
import { join } from "node:path";
import type { CommonSpec, GoldenResult, GoldenSpec } from "../../src-shared/domain/job.ts";
import { usesEncoder } from "../../src-shared/domain/method.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { classify as classifyRows } from "../classifiers/index.ts";
import { normalizeInPlace } from "../cube/index.ts";
import { buildForward, ForwardSession, type Provider, type Tensor, type Tensors, type Value } from "../engine/index.ts"; // biome-ignore format: one line
import { readJsonFile, seededRandom, writeJsonFile } from "../files/index.ts";
import {
  type Golden,
  type GoldenOutput,
  type ModelDescription,
  newGolden,
  readGolden,
  type TrainedModel,
} from "../learning/index.ts";
import { type BatchShape, encode, graphInputs, subset } from "../omnisat/index.ts";
import { softmax } from "./argmax.ts";
import { frozenTensors, membersOf } from "./ensemble.ts";
import { methodOf, type WorkingMethod } from "./method-model.ts";
import { readWorkingModel } from "./model-tensors.ts";
import { withLimits } from "./monthly-values.ts";
import { classify, classifyTile } from "./predict.ts";
import { normalizationsOf } from "./training-parts.ts";

// Made-up inputs and a model's answers to them: written where it is exported, asked again where it is used. A wrong kernel, another
// version's arithmetic, or statistics that were changed in model.json give another answer.

/** Graphics cards multiply with 10 bits of mantissa; a wrong kernel is wrong by far more. */
const tolerance = 0.02;
const dates = 4;
/** Rows of an answer that are kept. */
const mostPatches = 16;
const methodRows = 12;
/** Inputs are drawn this many spreads around the mean. */
const spreads = 2;

/** Exact in float32, so that every machine draws the same: multiples of 2⁻²⁰ in [0, 1). */
const coarse = (random: () => number): number => Math.floor(random() * 2 ** 20) / 2 ** 20;

/** What a model answers to made-up inputs on this machine's processor, for a new golden.json. */
export async function makeGolden(model: TrainedModel): Promise<Golden> {
  const { description } = model;
  const rule = {
    seed: 20190610,
    dates,
    ranges: Object.fromEntries(
      description.modalities.map(({ name, normalization }) => [
        name,
        normalization.bands.map(({ mean, std }): [number, number] => [
          single(mean - spreads * std),
          single(mean + spreads * std),
        ]),
      ]),
    ),
  };
  const outputs = await answersOf(model, rule, questionsOf(model), "cpu");
  return newGolden({ weights: description.weights.sha256, ...rule, tolerance, outputs });
}

/** Seven digits name a float32. */
const single = (value: number): number => Number(Math.fround(value).toPrecision(7));

type Rule = Pick<Golden, "seed" | "dates" | "ranges">;
type Question = Pick<GoldenOutput, "modalities" | "member" | "frozen" | "what" | "rows">;

/** With all inputs and with each alone; each method once, and the encoder of a method or of those beside the network. */
function questionsOf({ description }: TrainedModel): Question[] {
  const { modalities, config, legend, tiles, method, ensemble } = description;
  const names = modalities.map(({ name }) => name);
  const what = legend ? "shares" : "embeddings";
  const rowsOf = (count: number) => Array.from({ length: count }, (_, at) => at);
  const patches = config.grid.rows * config.grid.columns;
  const kept = Math.min(mostPatches, patches);
  const spread = Array.from({ length: kept }, (_, at) => Math.floor(((at + 0.5) * patches) / kept));
  // Row 0 of embeddings is the tile's.
  const embedded = [0, ...spread.map((patch) => 1 + patch)];
  if (method)
    return [
      { modalities: names, member: -1, what, rows: rowsOf(methodRows) },
      ...(usesEncoder(method.features) ? [{ modalities: names, what: "embeddings", rows: embedded } as const] : []),
    ];
  const rows = legend ? (tiles ? [0] : spread) : embedded;
  const sets = names.length > 1 ? [names, ...names.map((name) => [name])] : [names];
  const frozen = ensemble?.members.some(({ features }) => usesEncoder(features));
  return [
    ...sets.map((own) => ({ modalities: own, what, rows }) as const),
    ...(frozen ? [{ modalities: names, frozen, what: "embeddings", rows: embedded } as const] : []),
    ...(ensemble?.members ?? []).map(
      (own, member) => ({ modalities: own.modalities, member, what, rows: rowsOf(methodRows) }) as const,
    ),
  ];
}

/** What is asked for and the model has not is left out. */
async function answersOf(
  model: TrainedModel,
  rule: Rule,
  questions: readonly Question[],
  provider: Provider,
): Promise<GoldenOutput[]> {
  const { description, weights } = model;
  const members = description.method ? [] : (membersOf(description, weights) ?? []);
  const alone = description.method && methodOf(description, weights);
  const answers: GoldenOutput[] = [];
  for (const question of questions) {
    const { member, frozen, modalities, rows } = question;
    const method = member === undefined ? undefined : member === -1 ? alone : members[member]?.method;
    const all =
      member === undefined
        ? await networkAnswers(model, rule, modalities, provider, frozen)
        : methodAnswers(method!, rule.seed, member, Math.max(...rows) + 1);
    const columns = all.shape.at(-1)!;
    const values = rows.flatMap((row) => [...all.data.subarray(row * columns, (row + 1) * columns)].map(single));
    answers.push({ ...question, values });
  }
  return answers;
}

interface Answer {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Embeddings of the tile and its patches, or shares of classes. A method's encoder and a frozen one have no classes. */
async function networkAnswers(
  { description, weights }: TrainedModel,
  rule: Rule,
  modalities: readonly string[],
  provider: Provider,
  frozen?: true,
): Promise<Answer> {
  const { tiles } = description;
  const legend = description.method || frozen ? null : description.legend;
  const config = subset(description.config, modalities);
  const series = config.modalities.filter(({ kind }) => kind === "series");
  const batch: BatchShape = {
    size: 1,
    dates: Object.fromEntries(series.map(({ name }) => [name, rule.dates])),
    masks: "patches",
  };
  const forward = buildForward({
    name: "golden",
    define: (scope): Record<string, Value> => {
      const inputs = graphInputs(scope.graph, config, batch);
      if (legend && tiles) return { answer: classifyTile(scope, config, inputs, legend.length, tiles.head) };
      if (legend) return { answer: classify(scope, config, inputs, legend.length) };
      return { answer: encode(scope.child("encoder"), config, inputs).output };
    },
  });
  const session = await ForwardSession.create(forward, { provider, state: frozen ? frozenTensors(weights) : weights });
  try {
    const { answer } = await session.run(madeUpInputs(description, rule, modalities));
    const { shape } = answer!;
    const data = answer!.data as Float32Array;
    if (!legend) return { shape, data };
    return { shape, data: tiles ? data.map((logit) => 1 / (1 + Math.exp(-logit))) : sharesOf(data, legend.length) };
  } finally {
    await session.release();
  }
}

function sharesOf(logits: Float32Array, classes: number): Float32Array {
  const shares = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += classes) shares.set(softmax(logits.subarray(at, at + classes)), at);
  return shares;
}

/**
 * A tile that follows from the rule alone: values between those of the band, days in order, the last date padding, a fifth of
 * the patches unseen on dates after the first. Normalised by model.json's statistics, as images are.
 */
function madeUpInputs(
  { modalities, config, ...model }: ModelDescription,
  rule: Rule,
  names: readonly string[],
): Tensors {
  const normalizations = normalizationsOf({ modalities, config, ...model });
  const patches = config.grid.rows * config.grid.columns;
  const feeds: Record<string, Tensor> = {};
  for (const name of names) {
    const own = config.modalities.find((modality) => modality.name === name)!;
    const ranges = rule.ranges[name]!;
    const random = seededRandom("golden", rule.seed, name);
    const [height, width] = [config.grid.rows * own.patchPixels, config.grid.columns * own.patchPixels];
    const isSeries = own.kind === "series";
    const count = isSeries ? rule.dates : 1;
    const pixels = height * width;
    const data = new Float32Array(count * own.channels * pixels);
    for (let at = 0; at < data.length; at++) {
      const [low, high] = ranges[Math.floor(at / pixels) % own.channels]!;
      data[at] = low + coarse(random) * (high - low);
    }
    const normalization = normalizations.find(({ modality }) => modality === name)!;
    normalizeInPlace(data, new Uint8Array(count * pixels).fill(255), own.channels, pixels, normalization);
    if (!isSeries) {
      feeds[name] = { type: "float32", shape: [1, own.channels, height, width], data };
      continue;
    }
    data.fill(0, (count - 1) * own.channels * pixels);
    const days = Array.from({ length: count - 1 }, () => 1 + Math.floor(random() * 360)).sort((p, q) => p - q);
    const mask = new Float32Array(count * patches);
    for (let t = 0; t < count - 1; t++)
      for (let p = 0; p < patches; p++) mask[t * patches + p] = t === 0 || random() >= 0.2 ? 1 : 0;
    feeds[name] = { type: "float32", shape: [1, count, own.channels, height, width], data };
    feeds[`${name}_dates`] = { type: "int64", shape: [1, count], data: BigInt64Array.from([...days, 0], BigInt) };
    feeds[`${name}_mask`] = { type: "float32", shape: [1, count, patches], data: mask };
  }
  return feeds;
}

/** Shares of classes for rows between the limits of the method's columns. */
function methodAnswers({ classifier, limits }: WorkingMethod, seed: number, member: number, rows: number): Answer {
  const columns = limits.missing.length;
  const random = seededRandom("golden", seed, "rows", member);
  const values = new Float32Array(rows * columns);
  for (let at = 0; at < values.length; at++) {
    const [low, high] = [limits.low[at % columns]!, limits.high[at % columns]!];
    const known = Number.isFinite(low) && Number.isFinite(high);
    // One number in eight is missing, as months without a clear image are.
    const drawn = coarse(random);
    values[at] = random() < 0.125 ? Number.NaN : known ? low + drawn * (high - low) : 2 * drawn - 1;
  }
  withLimits(values, limits);
  const data = classifyRows(classifier, { values, rows, columns });
  return { shape: [rows, data.length / rows], data };
}

/** Where a model's answer is further from golden.json than it allows. */
interface Difference {
  readonly output: GoldenOutput;
  readonly by: number;
}

/** The largest difference of a model's answers from `golden` where one is larger than its tolerance. */
async function differenceFrom(
  model: TrainedModel,
  golden: Golden,
  provider: Provider,
): Promise<Difference | undefined> {
  const answers = await answersOf(model, golden, golden.outputs, provider);
  const differences = golden.outputs.map((output, at): Difference => {
    const found = answers[at]!.values;
    if (found.length !== output.values.length) return { output, by: Number.POSITIVE_INFINITY };
    const squares = output.values.reduce((sum, value) => sum + value * value, 0);
    const unit = output.what === "shares" ? 1 : Math.max(1e-6, Math.sqrt(squares / output.values.length));
    let by = 0;
    for (const [i, value] of output.values.entries()) {
      const away = Math.abs(found[i]! - value) / unit;
      by = Math.max(by, Number.isNaN(away) ? Number.POSITIVE_INFINITY : away);
    }
    return { output, by };
  });
  const worst = differences.reduce((most, own) => (own.by > most.by ? own : most));
  return worst.by > golden.tolerance ? worst : undefined;
}

/** Where jobs keep in mind which models they have asked: once per model, provider, version and machine. */
const checkedFile = "checked-models.json";
const mostRemembered = 200;
/** Of this process, where there is no folder to keep it in. */
const checked = new Set<string>();

/**
 * Asks a model the questions of its golden.json, on the processor and on the provider that is to be used, unless this machine did so
 * before with this version. A model without golden.json is not asked: its answers are known to nobody else.
 * @throws AppError "model-golden-differs", "model-golden-damaged"
 */
export async function requireGolden(
  {
    modelFolder,
    machineFolder,
    appVersion,
  }: Pick<CommonSpec, "machineFolder" | "appVersion"> & { readonly modelFolder: string },
  model: TrainedModel,
  provider: Provider,
): Promise<number> {
  const { description } = model;
  const stored = await readGolden(modelFolder, description);
  if (!stored) return 0;
  const { golden, sha256 } = stored;
  const path = machineFolder === undefined ? undefined : join(machineFolder, checkedFile);
  const remembered = path === undefined ? [] : namesIn(path);
  const described = JSON.stringify([
    description.config,
    description.modalities,
    description.ensemble,
    description.method,
  ]);
  for (const on of new Set<Provider>(["cpu", provider])) {
    const machine = [appVersion, on, platform(), arch(), release(), process.versions.node];
    const key = createHash("sha256").update(JSON.stringify([sha256, description.weights.sha256, described, machine])).digest("hex"); // biome-ignore format: one line
    if (checked.has(key) || remembered.includes(key)) continue;
    const difference = await differenceFrom(model, golden, on);
    if (difference) throw differs(description, modelFolder, difference, golden.tolerance, on);
    checked.add(key);
    remembered.push(key);
    if (path !== undefined) remember(path, remembered);
  }
  return golden.outputs.length;
}

function namesIn(path: string): string[] {
  const found = readJsonFile(path);
  return Array.isArray(found) ? found.filter((entry): entry is string => typeof entry === "string") : [];
}

/** What cannot be written is asked again next time. */
function remember(path: string, keys: readonly string[]): void {
  try {
    writeJsonFile(path, keys.slice(-mostRemembered));
  } catch {}
}

function differs(
  { name, method, ensemble }: ModelDescription,
  path: string,
  { output: { what, modalities, member }, by }: Difference,
  allowed: number,
  provider: Provider,
): AppError {
  const own = member === undefined ? undefined : (method?.name ?? ensemble?.members[member]?.method);
  return new AppError("model-golden-differs", {
    name,
    path,
    what,
    inputs: modalities.map((input) => input.slice(0, 80)).join(" + "),
    method: own ?? null,
    by: Number.isFinite(by) ? by : null,
    allowed,
    provider,
  });
}

/** What is asked for in a job of its own: the answers of a model that is exported, or whether those of a new package are right. */
export async function goldenJob(spec: GoldenSpec): Promise<GoldenResult> {
  const model = await readWorkingModel(spec.modelFolder);
  if (spec.task === "check") return { text: null, outputs: await requireGolden(spec, model, "cpu") };
  // A package that came with answers is passed on only while it gives them.
  await requireGolden(spec, model, "cpu");
  const golden = await makeGolden(model);
  return { text: `${JSON.stringify(golden)}\n`, outputs: golden.outputs.length };
}
