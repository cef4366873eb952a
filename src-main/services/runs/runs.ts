import { z } from "zod";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import { eachInputOf } from "../../../src-shared/domain/small-maps.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Catalog } from "../../catalog/index.ts";
import type { Deps } from "../deps.ts";
import type { JobQueue } from "../jobs/jobs.ts";
import { labelInput } from "../labels/labels.ts";
import { usualOverlap } from "../maps/maps.ts";
import { chooseModel, modalitiesFor, presentInputs, requirePatchModel } from "../models/models.ts";
import { requireOwnName } from "../models/shipped.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { validated } from "../validated.ts";
import { calibrationsOf } from "./calibrations.ts";
import { isOptimistic } from "./history.ts";
import {
  common,
  finetuneSchema,
  name,
  planFinetune,
  planPretrain,
  pretrainSchema,
  useFields,
  useOf,
} from "./training-plan.ts";

const evaluateSchema = z.strictObject({
  ...common,
  model: name,
  part: z.enum(["train", "validation", "test"]).default("test"),
  subsets: z.array(z.array(name).min(1)).min(1).optional(),
  /** in the place of `subsets`: all inputs, then each alone, with a small map of one place for each; of a method all of them */
  eachInput: z.boolean().default(false),
  /** class codes to choose between, each list one table; an empty list stands for all */
  classSets: z.array(z.array(z.int().positive())).default([[]]),
  /** the same by name, for one table */
  classes: z.array(name).min(1).optional(),
  overlapPatches: z.int().min(0).optional(),
  batchSize: z.int().positive().default(4),
  /** promised share of labels whose class is among the possible ones */
  level: z.number().min(0.5).max(0.999).optional(),
  ...useFields,
});

/** Trainings and evaluations: each gathers everything its job needs and starts it. `jobs.wait` says what came out. */
export function runService(deps: Deps, queue: JobQueue) {
  const { catalog, appVersion, shippedModels } = deps;
  const { grid } = catalog.project.get();
  return {
    "runs.list": validated("runs.list", z.strictObject({}), () => catalog.runs.list()),

    "runs.metrics": validated("runs.metrics", z.strictObject({ id: z.int().positive() }), ({ id }) =>
      catalog.runs.metrics(id),
    ),

    "runs.pretrain": validated("runs.pretrain", pretrainSchema, async (request) => {
      requireFreeName(catalog, request.name);
      const { spec, run } = await planPretrain(deps, request);
      return queue.start(spec, run);
    }),

    "runs.finetune": validated("runs.finetune", finetuneSchema, async (request) => {
      requireFreeName(catalog, request.name);
      const { spec, run } = await planFinetune(deps, request);
      return queue.start(spec, run);
    }),

    "runs.evaluate": validated("runs.evaluate", evaluateSchema, async (request) => {
      const { seed, provider, part, batchSize } = request;
      const overlapPatches = request.overlapPatches ?? usualOverlap(grid.tilePatches);
      const model = await chooseModel(catalog, request.model, shippedModels);
      requirePatchModel(model);
      const present = request.eachInput && !model.method ? presentInputs(catalog, model) : [];
      const each = present.length > 0 ? eachInputOf(present) : undefined;
      const subsets = (request.subsets ?? each ?? [model.modalities]).map((subset) =>
        modalitiesFor(catalog, model, subset),
      );
      const imagery = imageryOf(catalog, [...new Set(subsets.flat())], model.standIns);
      const { labels, splitId } = labelInput(catalog);
      const classSets = request.classes ? [codesOf(labels.legend, request.classes)] : request.classSets;
      return queue.start(
        {
          kind: "evaluate",
          seed,
          provider,
          appVersion,
          grid,
          imagery,
          labels,
          modelFolder: model.folder,
          part,
          subsets,
          classSets,
          overlapPatches,
          batchSize,
          optimistic: isOptimistic(catalog),
          ...(each && each.length > 1 && !request.subsets ? { smallMaps: true } : {}),
          ...calibrationsOf(catalog, model.id, splitId),
          ...(request.level === undefined ? {} : { level: request.level }),
          ...useOf(request),
        },
        { splitId, modelId: model.id },
      );
    }),
  };
}

function codesOf(legend: readonly LegendClass[], names: readonly string[]): number[] {
  return names.map((wanted) => {
    const found = legend.find((entry) => entry.name.toLowerCase() === wanted.toLowerCase());
    if (!found) throw new AppError("class-not-found", { name: wanted, available: legend.map((entry) => entry.name) });
    return found.code;
  });
}

function requireFreeName(catalog: Catalog, wanted: string): void {
  requireOwnName(wanted);
  if (catalog.models.find(wanted)) throw new AppError("model-exists", { name: wanted });
}
