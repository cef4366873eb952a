import { usesEncoder } from "../../src-shared/domain/method.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Reason, reason } from "../../src-shared/errors/reasons/index.ts";
import { buildForward, type DataType, type Value } from "../engine/index.ts";
import { type ModelDescription, readModel, type TrainedModel } from "../learning/index.ts";
import { type BatchShape, encode, graphInputs } from "../omnisat/index.ts";
import { asFrozen, fitsEnsemble, membersOf } from "./ensemble.ts";
import { fitsMethod, methodOf } from "./method-model.ts";
import { classify, classifyTile, embed } from "./predict.ts";

export interface ExpectedTensor {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
}

/** The tensors that a model's network reads, as its description says: of the encoder, and of the head where it has one. A method has no head. */
export function expectedTensors({
  config,
  legend,
  tiles,
  method,
}: Pick<ModelDescription, "config" | "legend" | "tiles" | "method">): ExpectedTensor[] {
  const dates = Object.fromEntries(config.modalities.map(({ name }) => [name, 2]));
  const batch: BatchShape = { size: 1, dates, masks: "patches" };
  const { parameters, buffers } = buildForward({
    define: (scope): Record<string, Value> => {
      const inputs = graphInputs(scope.graph, config, batch);
      if (method) return { embeddings: embed(scope, config, inputs) };
      if (legend && tiles) return { logits: classifyTile(scope, config, inputs, legend.length, tiles.head) };
      if (legend) return { logits: classify(scope, config, inputs, legend.length) };
      return { embeddings: encode(scope.child("encoder"), config, inputs).output };
    },
  });
  return [...parameters, ...buffers].map(({ name, value: { type, shape } }) => ({ name, type, shape: [...shape] }));
}

/** Those of the encoder that learned nothing more, of a model that has one beside its network. */
function expectedOfFrozen({ config, ensemble }: Pick<ModelDescription, "config" | "ensemble">): ExpectedTensor[] {
  if (!ensemble?.members.some(({ features }) => usesEncoder(features))) return [];
  return expectedTensors({ config, legend: null }).map((own) => ({ ...own, name: asFrozen(own.name) }));
}

/**
 * Why a model cannot work although its files are whole: its inputs are not those of its network, or its weights are of
 * another network. `undefined` when it can. Tensors that the network does not read are left alone: a pre-trained model has
 * decoders.
 */
export function problemOfModel({
  description,
  weights,
}: {
  readonly description: ModelDescription;
  readonly weights: Readonly<Record<string, Pick<ExpectedTensor, "type" | "shape">>>;
}): Reason | undefined {
  const { config, modalities, grid, legend, task, tiles } = description;
  if (task === "numbers") return reason("model-of-numbers");
  const names = config.modalities.map(({ name }) => name);
  if (names.length !== modalities.length || modalities.some(({ name }) => !names.includes(name)))
    return reason("model-inputs-differ", {
      network: quoted(names),
      description: quoted(modalities.map(({ name }) => name)),
    });
  for (const { name, bands, patchPixels, kind, normalization } of modalities) {
    const own = config.modalities.find((modality) => modality.name === name)!;
    if (own.kind !== kind || own.channels !== bands.length || own.patchPixels !== patchPixels)
      return reason("model-input-differs", { name });
    if (normalization.bands.length !== bands.length)
      return reason("model-input-statistics", { name, bands: bands.length, statistics: normalization.bands.length });
  }
  if (config.grid.rows !== grid.tilePatches || config.grid.columns !== grid.tilePatches)
    return reason("model-patches-differ", {
      columns: config.grid.columns,
      rows: config.grid.rows,
      patches: grid.tilePatches,
    });
  if (
    (legend === null) !== (task === "pretrained") ||
    (task === "tiles") !== (tiles !== undefined) ||
    legend?.length === 0
  )
    return reason("model-classes-unfit");
  const { method } = description;
  if (method) {
    if (task !== "dense" || !fitsMethod(description, weights)) return reason("model-method-unfit");
    if (!usesEncoder(method.features)) return undefined;
  }
  if (description.ensemble && (task !== "dense" || !fitsEnsemble(description, weights)))
    return reason("model-method-unfit");
  let expected: ExpectedTensor[];
  try {
    expected = [...expectedTensors(description), ...expectedOfFrozen(description)];
  } catch {
    return reason("model-not-built");
  }
  for (const { name, type, shape } of expected) {
    const found = Object.hasOwn(weights, name) ? weights[name] : undefined;
    if (!found) return reason("model-tensor-missing", { name: name.slice(0, 80) });
    if (found.type !== type || String(found.shape) !== String(shape))
      return reason("model-tensor-differs", {
        name: name.slice(0, 80),
        found: inWords(found),
        needed: inWords({ type, shape }),
      });
  }
  return undefined;
}

const quoted = (names: readonly string[]): string =>
  names.length === 0
    ? "–"
    : names
        .slice(0, 8)
        .map((name) => `“${name.slice(0, 80)}”`)
        .join(", ");

const inWords = ({ type, shape }: Pick<ExpectedTensor, "type" | "shape">): string =>
  `${shape.join(" × ") || "1"} (${type})`;

/**
 * A model that can be worked with: read whole, and its weights are those of its network.
 * @throws AppError "model-unreadable", and what `readModel` throws
 */
export async function readWorkingModel(folder: string): Promise<TrainedModel> {
  const model = await readModel(folder);
  const problem = problemOfModel(model);
  if (problem !== undefined) throw new AppError("model-unreadable", { path: folder, reason: problem });
  const { description, weights } = model;
  if (!membersOf(description, weights) || (description.method && !methodOf(description, weights)))
    throw new AppError("model-unreadable", { path: folder, reason: reason("model-method-unfit") });
  return model;
}
