import { usesEncoder } from "../../src-shared/domain/method.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { predictNumbers, type Regressor, regressorOf } from "../classifiers/index.ts";
import type { Tensors } from "../engine/index.ts";
import { type ModelDescription, type NumberTask, readModel, type TrainedModel } from "../learning/index.ts";
import { MethodPredictor } from "./method-predictor.ts";
import { expectedTensors } from "./model-tensors.ts";
import { type ColumnLimits, columnsOf, type RowModality } from "./monthly-values.ts";
import { numberPrefix } from "./number-task.ts";
import { embeddingColumns, type PatchPredictor, Predictor, type PredictorOptions } from "./predict.ts";
import { encoderFor } from "./predictor-for.ts";

/** A model of numbers that can be asked. */
export interface WorkingNumbers {
  readonly model: TrainedModel;
  readonly task: NumberTask;
  /** `undefined` of a network */
  readonly method: { readonly regressor: Regressor; readonly limits: ColumnLimits } | undefined;
}

/**
 * A model of numbers, read whole: its numbers are those of its method, or its weights those of its network.
 * @throws AppError "number-model-damaged", and what `readModel` throws
 */
export async function readNumberModel(folder: string): Promise<WorkingNumbers> {
  const model = await readModel(folder);
  const { description, weights } = model;
  const task = description.numbers;
  const damaged = () => new AppError("number-model-damaged", { path: folder });
  if (description.task !== "numbers" || !task || !(task.low <= task.high)) throw damaged();
  const needsNetwork = task.method === "network" || usesEncoder(task.features);
  if (needsNetwork && !hasTensors(asNetwork(description), weights, task.method !== "network")) throw damaged();
  if (task.method === "network") return { model, task, method: undefined };
  const columns = columnsOfNumbers(description, task);
  const own: Record<string, Tensors[string]> = {};
  for (const [name, tensor] of Object.entries(weights))
    if (name.startsWith(numberPrefix)) own[name.slice(numberPrefix.length)] = tensor;
  const regressor = regressorOf({ method: task.method, columns }, own);
  const limits = (["missing", "low", "high"] as const).map((name) => own[`limit.${name}`]?.data);
  if (!regressor || !limits.every((data) => data instanceof Float32Array && data.length === columns)) throw damaged();
  const [missing, low, high] = limits as [Float32Array, Float32Array, Float32Array];
  return { model, task, method: { regressor, limits: { missing, low, high } } };
}

/** A network of one number is built as one of one class: what it says is that number. */
export const asNetwork = (description: ModelDescription): ModelDescription => ({
  ...description,
  task: "dense",
  legend: [{ code: 1, name: description.numbers?.name ?? "", color: "#808080" }],
});

function hasTensors(description: ModelDescription, weights: Tensors, encoderOnly: boolean): boolean {
  try {
    const { config, legend } = description;
    return expectedTensors({ config, legend: encoderOnly ? null : legend }).every(({ name, type, shape }) => {
      const found = Object.hasOwn(weights, name) ? weights[name] : undefined;
      return found?.type === type && String(found.shape) === String(shape);
    });
  } catch {
    return false;
  }
}

function columnsOfNumbers({ modalities, config }: ModelDescription, { features, months }: NumberTask): number {
  const monthly = features === "encoder" ? 0 : columnsOf(modalities as readonly RowModality[], months);
  return monthly + (usesEncoder(features) ? embeddingColumns(config) : 0);
}

/** What tells numbers, tile by tile: one channel, in the unit of the target. */
export async function numberPredictor(
  { model: { description, weights }, task, method }: WorkingNumbers,
  options: Omit<PredictorOptions, "model" | "weights">,
): Promise<PatchPredictor> {
  const { cube, modalities, normalizations } = options;
  const network = asNetwork(description);
  if (!method) {
    const predictor = await Predictor.create({ ...options, model: network, weights });
    const { mean, spread } = task;
    return {
      watch: predictor.watch,
      release: () => predictor.release(),
      async *run(tiles, signal) {
        for await (const tile of predictor.run(tiles, signal))
          yield { ...tile, logits: tile.logits.map((value) => mean + spread * value) };
      },
    };
  }
  const encoder = usesEncoder(task.features)
    ? await encoderFor({ ...options, model: { ...network, legend: null }, weights })
    : undefined;
  const answer = {
    limits: method.limits,
    months: task.months,
    ...(task.features === "monthly" ? {} : { features: task.features }),
    answer: (table: Parameters<typeof predictNumbers>[1]) => Float32Array.from(predictNumbers(method.regressor, table)),
  };
  return new MethodPredictor(cube, description, answer, modalities, normalizations, encoder);
}
