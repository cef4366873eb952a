import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { methodOf } from "./method-model.ts";
import { MethodPredictor } from "./method-predictor.ts";
import { type PatchPredictor, Predictor, type PredictorOptions } from "./predict.ts";

/**
 * What answers for a model of patches: its network, or its method.
 * @throws AppError "method-needs-inputs", "model-unreadable"
 */
export async function predictorFor(options: PredictorOptions): Promise<PatchPredictor> {
  const { cube, model, weights, modalities, normalizations } = options;
  if (!model.method) return Predictor.create(options);
  const method = methodOf(model, weights);
  if (!method) throw new AppError("model-unreadable", { path: model.name, reason: reason("model-method-unfit") });
  return new MethodPredictor(cube, model, method, modalities, normalizations);
}
