import { join } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import {
  adam,
  buildStep,
  type Scope,
  type Tensor,
  type Tensors,
  TrainingSession,
  type Value,
} from "../../engine/index.ts";
import type { OmniSatConfig } from "../config.ts";
import { declareInputs, type Inputs } from "../inputs.ts";
import { pretraining } from "../pretraining.ts";
import { fromFineTuning } from "../weight-names.ts";
import { architectureOf, type KnownShapes } from "./architecture.ts";
import { bars, compare, compareNumber, type Expected, type ParityLine, skipped } from "./compare.ts";
import { manifestOf, messageOf, openFolder, type ReferenceFolder } from "./folder.ts";
import {
  evaluation,
  finetuning,
  inputsOf,
  listChosen,
  pretrainOutputs,
  somePatches,
  subsetEvaluation,
} from "./forwards.ts";
import { compareNorms, type NormTable, normTableOf } from "./gradient-norms.ts";
import { learningRateOf, type Manifest, ownError } from "./manifest.ts";
import {
  closedFormWeights,
  type RunResult,
  runNetwork,
  storedWeights,
  type WeightSource,
  weightsFor,
} from "./network.ts";
import { comparePrimitives } from "./primitives.ts";

export interface ParityReport {
  readonly ok: boolean;
  readonly compared: number;
  readonly differing: number;
  readonly skipped: number;
  /** one sentence for the last line */
  readonly verdict: string;
}

export interface ParityOptions {
  /** called for every tensor as soon as it is compared */
  readonly report?: (line: ParityLine) => void;
  readonly signal?: AbortSignal;
}

/**
 * Compares the network with a folder of reference numbers. What the folder holds is compared: forwards, losses, gradients,
 * and what three steps of training leave.
 * @throws AppError "parity-folder"
 */
export async function parity(path: string, options: ParityOptions = {}): Promise<ParityReport> {
  const folder = await openFolder(path);
  const counts = { ok: 0, differs: 0, skipped: 0 };
  let worst: ParityLine | undefined;
  const say = (line: ParityLine) => {
    options.signal?.throwIfAborted();
    counts[line.status]++;
    if (line.status !== "skipped" && share(line) > (worst ? share(worst) : -1)) worst = line;
    options.report?.(line);
  };
  if (folder.files.has("primitives.safetensors")) await comparePrimitives(folder, say);
  else await compareNetwork(folder, say);
  const compared = counts.ok + counts.differs;
  if (compared === 0) {
    throw new AppError("parity-folder", { path, problem: "holds no reference numbers that can be compared" });
  }
  const ok = counts.differs === 0;
  const where = worst
    ? `; ${ok ? "closest to its bar" : "worst"}: ${worst.file} ${worst.tensor}, ${format(worst)}`
    : "";
  const left = counts.skipped ? `, ${counts.skipped} skipped` : "";
  const verdict = ok
    ? `parity: ok. ${compared} tensors agree${left}${where}`
    : `parity: failed. ${counts.differs} of ${compared} tensors differ${left}${where}`;
  return { ok, compared, differing: counts.differs, skipped: counts.skipped, verdict };
}

/** How much of the allowed difference is used up. */
function share({ difference, bar }: ParityLine): number {
  if (difference === null || bar === null) return Number.POSITIVE_INFINITY;
  return bar > 0 ? difference / bar : difference > 0 ? Number.POSITIVE_INFINITY : 0;
}

const format = ({ difference, bar }: ParityLine): string =>
  difference === null ? "another shape" : `${difference.toExponential(1)} of ${bar}`;

interface Study {
  readonly folder: ReferenceFolder;
  readonly manifest: Manifest;
  readonly config: OmniSatConfig;
  readonly inputs: Tensors;
  readonly weights: WeightSource;
  readonly classes: number | null;
  readonly norms: NormTable | null;
  readonly say: (line: ParityLine) => void;
}

async function compareNetwork(folder: ReferenceFolder, say: (line: ParityLine) => void): Promise<void> {
  const manifest = manifestOf(folder);
  const study = await prepare(folder, manifest, say);
  try {
    if (folder.files.has("eval.safetensors")) await compareEvaluation(study);
    await comparePretraining(study);
    await compareFinetuning(study);
  } catch (cause) {
    if (cause instanceof AppError || (cause instanceof Error && cause.name === "AbortError")) throw cause;
    throw new AppError("parity-file", { path: folder.path, problem: messageOf(cause) }, { cause });
  }
}

async function prepare(folder: ReferenceFolder, manifest: Manifest, say: (line: ParityLine) => void): Promise<Study> {
  if (!folder.files.has("inputs.safetensors")) {
    throw new AppError("parity-folder", {
      path: folder.path,
      problem: "has no inputs.safetensors, so nothing can be computed",
    });
  }
  const inputs = await folder.tensors("inputs.safetensors");
  const stored = folder.files.has("weights.safetensors") ? await folder.tensors("weights.safetensors") : null;
  const norms = folder.files.has("grad_norms.json")
    ? normTableOf(await folder.json("grad_norms.json"), folder.path)
    : null;
  if (!stored && !norms && manifest.salt === undefined) {
    throw new AppError("parity-folder", {
      path: folder.path,
      problem: "has no weights.safetensors and names no formula for them",
    });
  }
  const shapes: KnownShapes = stored
    ? Object.fromEntries(Object.entries(stored).map(([name, tensor]) => [name, tensor.shape]))
    : (norms?.shapes ?? {});
  let config: OmniSatConfig;
  try {
    config = architectureOf(manifest, inputs, shapes);
  } catch (cause) {
    const problem = `the network cannot be told from it: ${messageOf(cause)}`;
    throw new AppError("parity-file", { path: join(folder.path, "manifest.json"), problem }, { cause });
  }
  return {
    folder,
    manifest,
    config: { ...config, temperature: (await hasContrast(folder, manifest)) ? config.temperature : null },
    inputs,
    weights: stored ? storedWeights(stored) : closedFormWeights(manifest.salt ?? ""),
    // A file of weights without a head leaves the logits out.
    classes: (stored ? shapes["head.0.weight"]?.[0] : (inputs.label?.shape[1] ?? manifest.n_class)) ?? null,
    norms,
    say,
  };
}

/** One published ablation leaves the contrastive loss out; the losses that a folder lists tell. */
async function hasContrast(folder: ReferenceFolder, manifest: Manifest): Promise<boolean> {
  const listed = [manifest.losses_pretrain_f32, manifest.losses_pretrain_f64, manifest.pretrain_trace_f32?.[0]].find(
    (losses) => losses !== undefined,
  );
  if (listed) return "contrastive_loss" in listed;
  for (const [file, prefix] of [
    ["pretrain.safetensors", "loss."],
    ["eval.safetensors", "loss_eval."],
  ] as const) {
    if (!folder.files.has(file)) continue;
    const names = Object.keys(await folder.tensors(file)).filter((name) => name.startsWith(prefix));
    if (names.length) return names.includes(`${prefix}contrastive_loss`);
  }
  return true;
}

const namesOf = (config: OmniSatConfig): string[] => config.modalities.map((modality) => modality.name);

/** The random numbers of a step, under the graph's name. */
function noiseOf(inputs: Tensors, step: number): Tensors {
  const noise = inputs[`mask_noise_step${step}`] ?? (step === 0 ? inputs.mask_noise : undefined);
  return noise ? { mask_noise: noise } : {};
}

async function compareEvaluation(study: Study): Promise<void> {
  const { folder, config, inputs, weights, classes, say } = study;
  const file = "eval.safetensors";
  const reference = await folder.tensors(file);
  const all = namesOf(config);
  const needsLoss = Object.keys(reference).some((name) => name.startsWith("loss_eval."));
  const { outputs } = await runNetwork({
    training: false,
    inputs: { ...inputsOf(inputs, all), ...(needsLoss && noiseOf(inputs, 0)) },
    weights,
    define: (scope, given) => only(evaluation(scope, config, given, classes), reference),
  });
  const groups = new Set(
    Object.keys(reference).flatMap((name) => /^(?:logits|transformer_out)\.(.+)$/.exec(name)?.[1] ?? []),
  );
  groups.delete(all.join("+"));
  const merged: Record<string, Tensor> = { ...outputs };
  for (const group of groups) {
    const names = group.split("+");
    if (!names.every((name) => all.includes(name))) continue;
    const result = await runNetwork({
      training: false,
      inputs: inputsOf(inputs, names),
      weights,
      define: (scope, given) => only(subsetEvaluation(scope, config, given, names, classes), reference),
    });
    Object.assign(merged, result.outputs);
  }
  compareAll(file, merged, reference, say);
}

/** Only what the reference holds is computed. */
function only(outputs: Readonly<Record<string, Value>>, reference: Tensors): Record<string, Value> {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => name in reference));
}

function compareAll(
  file: string,
  ours: Readonly<Record<string, Tensor>>,
  reference: Tensors,
  say: (line: ParityLine) => void,
): void {
  for (const [name, tensor] of Object.entries(reference)) {
    const found = ours[name];
    if (found) say(compare(found, tensor, { file, tensor: name, bar: barOf(name, tensor) }));
    else say(skipped(file, name, "not known here"));
  }
}

/**
 * Masks and whole numbers must be equal. Winners of max-pools are whole numbers too, but two values of a window may lie
 * closer than rounding: one, or one in a thousand, may differ, and what differs shows in the values.
 */
function barOf(name: string, reference: Tensor): number {
  if (/pool\d+[._]indices$/.test(name)) return Math.max(1e-3, 1 / reference.data.length);
  return name === "mask" || reference.type !== "float32" ? bars.equal : bars.forward;
}

async function comparePretraining(study: Study): Promise<void> {
  const { folder, manifest, config, inputs, weights, norms, say } = study;
  const noise = noiseOf(inputs, 0);
  const given = { ...inputsOf(inputs, namesOf(config)), ...noise };
  const file = "pretrain.safetensors";
  const gradientsFile = "pretrain_grads.safetensors";
  const losses = manifest.losses_pretrain_f32;
  const traced = manifest.pretrain_trace_f32 ?? manifest.pretrain_trace_f64;
  const after = ["pretrain_after3.safetensors", "pretrain_adam_after3.safetensors"].filter((name) =>
    folder.files.has(name),
  );
  const wantsForward = folder.files.has(file) || losses !== undefined;
  const wantsGradients = folder.files.has(gradientsFile) || norms?.pretrain !== undefined || after.length > 0;
  let slopes: Tensors = {};
  if ((wantsForward || wantsGradients) && noise.mask_noise) {
    const result = await runNetwork({
      training: true,
      inputs: given,
      weights,
      define: (scope, values) => pretrainOutputs(scope, pretraining(scope, config, values)),
      ...(wantsGradients && { gradientsOf: "loss.total" }),
    });
    if (folder.files.has(file)) comparePretrainOutputs(file, result, await folder.tensors(file), say);
    if (losses) compareLosses("manifest.json losses_pretrain_f32", lossesOf(result.outputs), losses, say);
    slopes = result.gradients;
    await compareGradients(study, gradientsFile, slopes, norms?.pretrain, manifest.zero_gradient_parameters_pretrain);
  }
  if (after.length || (traced && inputs.mask_noise_step1)) {
    await compareSteps(study, {
      kind: "pretrain",
      files: after,
      learningRate: 1e-4,
      trace: traced,
      gradients: slopes,
      zero: manifest.zero_gradient_parameters_pretrain ?? [],
      nameOf: (name) => name,
      define: (scope, values) => {
        const { loss, terms } = pretraining(scope, config, values);
        return { loss, outputs: { "loss.total": loss, ...prefixed("loss.", terms) } };
      },
      inputsOf: (step) => ({ ...inputsOf(inputs, namesOf(config)), ...noiseOf(inputs, step) }),
    });
  }
}

async function compareFinetuning(study: Study): Promise<void> {
  const { folder, manifest, config, inputs, weights, classes, norms, say } = study;
  const file = "finetune.safetensors";
  const gradientsFile = "finetune_grads.safetensors";
  const given = { ...inputsOf(inputs, namesOf(config)), ...(inputs.label && { label: inputs.label }) };
  if (!inputs.label || !classes) return;
  const losses = manifest.losses_finetune_f32;
  const traced = manifest.finetune_trace_f32 ?? manifest.finetune_trace_f64;
  const after = ["finetune_after3.safetensors", "finetune_adam_after3.safetensors"].filter((name) =>
    folder.files.has(name),
  );
  const wantsGradients = folder.files.has(gradientsFile) || norms?.finetune !== undefined || after.length > 0;
  let slopes: Tensors = {};
  if (folder.files.has(file) || losses || wantsGradients) {
    const result = await runNetwork({
      training: true,
      inputs: given,
      weights,
      nameOf: fromFineTuning,
      define: (scope, values) => {
        const { logits, loss } = finetuning(scope, config, values, classes);
        return { logits, "loss.bce": loss };
      },
      ...(wantsGradients && { gradientsOf: "loss.bce" }),
    });
    if (folder.files.has(file)) compareAll(file, result.outputs, await folder.tensors(file), say);
    const bce = result.outputs["loss.bce"]!;
    if (losses) {
      compareLosses("manifest.json losses_finetune_f32", { loss: bce, bce_loss: bce }, losses, say);
    }
    slopes = result.gradients;
    await compareGradients(study, gradientsFile, slopes, norms?.finetune, manifest.zero_gradient_parameters_finetune);
  }
  if (after.length || traced) {
    await compareSteps(study, {
      kind: "finetune",
      files: after,
      learningRate: 2e-4,
      trace: traced,
      gradients: slopes,
      zero: manifest.zero_gradient_parameters_finetune ?? [],
      nameOf: fromFineTuning,
      define: (scope, values) => {
        const { loss } = finetuning(scope, config, values, classes);
        return { loss, outputs: { "loss.total": loss, "loss.bce_loss": loss } };
      },
      inputsOf: () => given,
    });
  }
}

const prefixed = <T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));

function comparePretrainOutputs(
  file: string,
  { outputs }: RunResult,
  reference: Tensors,
  say: (line: ParityLine) => void,
): void {
  const ours: Record<string, Tensor> = { ...outputs };
  for (const name of Object.keys(outputs)) {
    const modality = /^positions_(.+)$/.exec(name)?.[1];
    if (!modality) continue;
    const key = `reconstruct_${modality}`;
    const { reconstruct, selected } = listChosen(outputs[key]!, outputs[name]!, outputs[`counted_${modality}`]!);
    ours[key] = reconstruct;
    ours[`selected_dates_${modality}`] = selected;
  }
  for (const name of Object.keys(reference)) {
    const part = /^(reconstruct_.+)_tile(\d+)_patches(\d+)_(\d+)$/.exec(name);
    const whole = part && outputs[part[1]!];
    if (part && whole) ours[name] = somePatches(whole, Number(part[2]), Number(part[3]), Number(part[4]));
  }
  compareAll(file, ours, reference, say);
}

/** Losses under the names that manifests use: `loss` for the total. */
function lossesOf(outputs: Tensors): Record<string, Tensor> {
  const losses: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    if (name === "loss.total") losses.loss = tensor;
    else if (name.startsWith("loss.")) losses[name.slice("loss.".length)] = tensor;
  }
  return losses;
}

function compareLosses(
  file: string,
  ours: Readonly<Record<string, Tensor>>,
  reference: Readonly<Record<string, number | null>>,
  say: (line: ParityLine) => void,
): void {
  for (const [name, value] of Object.entries(reference)) {
    const found = ours[name];
    const expected: Expected = { file, tensor: name, bar: bars.forward };
    if (value === null) say(skipped(file, name, "the reference is not finite"));
    else say(found ? compareNumber(Number(found.data[0]), value, expected) : skipped(file, name, "not known here"));
  }
}

const zeroNote = "its true gradient is zero";

async function compareGradients(
  study: Study,
  file: string,
  ours: Tensors,
  norms: NormTable["pretrain"],
  zero: readonly string[] = [],
): Promise<void> {
  const { folder, manifest, say } = study;
  const without = new Set([...zero, ...(manifest.no_gradient_parameters ?? [])]);
  if (folder.files.has(file)) {
    for (const [name, tensor] of Object.entries(await folder.tensors(file))) {
      const found = ours[name];
      if (without.has(name) || (ownError(manifest, file, name) ?? 0) >= 1) say(skipped(file, name, zeroNote));
      else if (found) say(compare(found, tensor, { file, tensor: name, bar: bars.gradient }));
      else say(skipped(file, name, "not known here"));
    }
  }
  if (norms) compareNorms(norms, ours, without, say);
}

interface Steps {
  readonly kind: "pretrain" | "finetune";
  readonly files: readonly string[];
  readonly learningRate: number;
  readonly trace: Manifest["pretrain_trace_f32"];
  /** at the first step */
  readonly gradients: Tensors;
  readonly zero: readonly string[];
  readonly nameOf: (name: string) => string;
  readonly define: (scope: Scope, inputs: Inputs) => { readonly loss: Value; readonly outputs: Record<string, Value> };
  readonly inputsOf: (step: number) => Tensors;
}

/** Three steps of Adam, the losses on the way, and what is left: parameters, running statistics, moments. */
async function compareSteps(study: Study, steps: Steps): Promise<void> {
  const { manifest, weights, say } = study;
  const step = buildStep({
    name: steps.kind,
    define: (scope) => steps.define(scope, declareInputs(scope.graph, steps.inputsOf(0))),
    optimizer: adam(),
  });
  const about = steps.files.find((file) => file.includes("after3"));
  const learningRate = about ? learningRateOf(manifest, about, steps.learningRate) : steps.learningRate;
  const initial = weightsFor(step, weights, steps.nameOf);
  const session = await TrainingSession.create(step, { state: initial, seed: 0 });
  let state: Tensors;
  try {
    for (let s = 0; s < 3; s++) {
      const { outputs } = await session.step(steps.inputsOf(s), { learningRate });
      compareTrace(steps, s, outputs, say);
    }
    state = await session.state();
  } finally {
    await session.release();
  }
  if ((steps.trace?.length ?? 0) > 3) {
    const source: WeightSource = (name) => state[name]!;
    const { outputs } = await runNetwork({
      training: true,
      inputs: steps.inputsOf(0),
      weights: source,
      define: (scope, values) => steps.define(scope, values).outputs,
    });
    compareTrace(steps, 3, outputs, say);
  }
  for (const file of steps.files) await compareState(study, steps, { file, state, learningRate });
}

function compareTrace(steps: Steps, s: number, outputs: Tensors, say: (line: ParityLine) => void): void {
  const expected = steps.trace?.[s];
  if (expected) compareLosses(`manifest.json ${steps.kind}_trace step ${s}`, lossesOf(outputs), expected, say);
}

/**
 * Adam divides a gradient by its own size, so where an element's true gradient is next to nothing, rounding decides the
 * direction of whole steps. Parameters are held to the gradients' bar; elements whose gradient drowns in its tensor's
 * rounding, and the keys' third of a qkv bias (the softmax cancels it), may be as far apart as opposite steps lead.
 */
async function compareState(
  { folder, say }: Study,
  steps: Steps,
  { file, state, learningRate }: { readonly file: string; readonly state: Tensors; readonly learningRate: number },
): Promise<void> {
  const zero = new Set(steps.zero);
  // Three steps in opposite directions; one step of Adam is at most slightly longer than the rate.
  const within = 2 * 3 * 1.01 * learningRate;
  // A mean follows biases without a true gradient: 2 and 4 steps apart in the last two of three forwards, the bias right
  // before it, and those further back through the weights between.
  const drift = 4 * (0.9 * 0.1 * 2 + 0.1 * 4) * learningRate;
  for (const [key, reference] of Object.entries(await folder.tensors(file))) {
    const moment = /^(exp_avg|exp_avg_sq)\.(.+)$/.exec(key);
    const name = moment ? moment[2]! : key;
    if (zero.has(name)) {
      say(skipped(file, key, zeroNote));
      continue;
    }
    const ours = state[moment ? momentName(moment[1]!, name) : name];
    if (!ours) {
      say(skipped(file, key, "not known here"));
      continue;
    }
    const bar = reference.type === "float32" ? bars.gradient : bars.equal;
    const drowned = moment ? undefined : drownedElements(name, steps.gradients[name]);
    const loose = name.endsWith("running_mean")
      ? { at: () => true, within: drift }
      : drowned && { at: drowned, within };
    say(compare(ours, reference, { file, tensor: key, bar, ...(loose && { loose }) }));
  }
}

/** Rounding moves gradients by this much of their tensor's largest magnitude (the reference's README says 5e-5). */
const rounding = 5e-5;

/** Which elements of a parameter have no gradient to speak of. */
function drownedElements(name: string, gradient: Tensor | undefined): ((index: number) => boolean) | undefined {
  if (!gradient) return undefined;
  const values = gradient.data as Float32Array;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const third = name.endsWith("attn.qkv.bias") ? values.length / 3 : 0;
  return (index) => Math.abs(values[index]!) <= rounding * largest || (index >= third && index < 2 * third);
}

/** What the engine calls the moments of a parameter. */
const momentName = (moment: string, parameter: string): string =>
  `optimizer.${moment === "exp_avg" ? "first" : "second"}.${parameter}`;
