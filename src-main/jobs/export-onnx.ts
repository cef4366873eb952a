import { AppError } from "../../src-shared/errors/index.ts";
import { buildForward, encodeModel, type Value } from "../engine/index.ts";
import { writeWhole } from "../files/index.ts";
import { type BatchShape, encode, graphInputs } from "../omnisat/index.ts";
import { readWorkingModel } from "./model-tensors.ts";
import { classify, classifyTile } from "./predict.ts";

/**
 * Writes a model as one ONNX graph for a tile, weights inside: `logits` [1, P, classes] ([1, classes] of a model for whole
 * tiles), or, of a model without classes, `embeddings` [1, 1 + P, width] of the tile and its patches. Inputs are normalised values, days (0 is padding) and masks
 * per date and patch. Shapes are fixed: each series has `dates` dates, padded where there are fewer.
 * @throws AppError "model-without-network" for a method
 */
export async function exportOnnx(folder: string, path: string, dates: number): Promise<void> {
  const { description, weights } = await readWorkingModel(folder);
  const { config, legend, name } = description;
  if (description.method) throw new AppError("model-without-network", { name });
  const batch: BatchShape = {
    size: 1,
    dates: Object.fromEntries(config.modalities.map((modality) => [modality.name, dates])),
    masks: "patches",
  };
  const { model, parameters, buffers } = buildForward({
    name,
    define: (scope): Record<string, Value> => {
      const inputs = graphInputs(scope.graph, config, batch);
      if (legend && description.tiles)
        return { logits: classifyTile(scope, config, inputs, legend.length, description.tiles.head) };
      return legend
        ? { logits: classify(scope, config, inputs, legend.length) }
        : { embeddings: encode(scope.child("encoder"), config, inputs).output };
    },
  });
  const constants = new Map(model.constants);
  // Counters of training steps are state that nothing here reads.
  const read = new Set(model.nodes.flatMap((node) => node.inputs.map((input) => input?.name)));
  for (const entry of [...parameters, ...buffers].filter((candidate) => read.has(candidate.name))) {
    const tensor = weights[entry.name];
    if (!tensor) throw new Error(`exportOnnx: the weights lack ${entry.name}`);
    constants.set(entry.name, tensor);
  }
  const inputs = model.inputs.filter((input) => !(input.name in weights));
  await writeWhole(path, encodeModel({ ...model, constants, inputs }));
}
