import { usesEncoder } from "../../src-shared/domain/method.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import type { Tensors } from "../engine/index.ts";
import { type EnsembleMember, frozenTensors, membersOf } from "./ensemble.ts";
import { EnsemblePredictor } from "./ensemble-predictor.ts";
import { methodOf } from "./method-model.ts";
import { answererOf, type MethodEncoder, MethodPredictor, requireInputs } from "./method-predictor.ts";
import { embeddingColumns, type PatchPredictor, Predictor, type PredictorOptions } from "./predict.ts";

/**
 * What answers for a model of patches: its method, or its network with the methods beside it.
 * @throws AppError "method-needs-inputs", "model-unreadable"
 */
export async function predictorFor(options: PredictorOptions): Promise<PatchPredictor> {
  const { cube, model, weights, modalities, normalizations } = options;
  if (!model.method) {
    const members = membersOf(model, weights);
    if (!members) throw unfit(model.name);
    return besideNetwork(await Predictor.create(options), members, frozenTensors(weights), options);
  }
  const method = methodOf(model, weights);
  if (!method) throw unfit(model.name);
  requireInputs(model, modalities);
  const encoder = usesEncoder(method.features) ? await encoderFor(options) : undefined;
  return new MethodPredictor(cube, model, answererOf(method), modalities, normalizations, encoder);
}

/** What gives the embeddings of a model's encoder. */
export async function encoderFor(options: PredictorOptions): Promise<MethodEncoder> {
  const { config, grid } = options.model;
  const predictor = await Predictor.create({ ...options, embeddings: true });
  return { predictor, side: grid.tilePatches, columns: embeddingColumns(config) };
}

const unfit = (name: string): AppError =>
  new AppError("model-unreadable", { path: name, reason: reason("model-method-unfit") });

/**
 * A network with those of `members` that take exactly the inputs that are used; the network alone where there is none.
 * @param frozen of the encoder that some members read
 */
export async function besideNetwork(
  network: PatchPredictor,
  members: readonly EnsembleMember[],
  frozen: Tensors,
  options: Omit<PredictorOptions, "weights">,
): Promise<PatchPredictor> {
  const { cube, model, modalities, normalizations } = options;
  const own = members.filter(
    (member) =>
      member.modalities.length === modalities.length && member.modalities.every((name) => modalities.includes(name)),
  );
  if (own.length === 0) return network;
  const encodes = own.some(({ method }) => usesEncoder(method.features));
  const encoder = encodes ? await encoderFor({ ...options, weights: frozen, replaceable: false }) : undefined;
  return new EnsemblePredictor(network, own, cube, model, normalizations, encoder);
}
