import { z } from "zod";
import type { LabelShape } from "../../../src-shared/domain/chosen-settings.ts";
import {
  architectures,
  type FinetuneSpec,
  type Imagery,
  type LabelInput,
  type ModelUse,
  type PretrainSpec,
  type ProjectGrid,
} from "../../../src-shared/domain/job.ts";
import { methodFeatures, methods, usesEncoder } from "../../../src-shared/domain/method.ts";
import type { RunSettings } from "../../../src-shared/domain/training.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { patchGrid, projectArea } from "../../jobs/imagery.ts";
import { jointInputs } from "../../jobs/joint-inputs.ts";
import { LabelPatches } from "../../jobs/label-patches.ts";
import type { Deps } from "../deps.ts";
import type { NewRun, NewSpec } from "../jobs/jobs.ts";
import { labelInput } from "../labels/labels.ts";
import { chooseToStart, inputsToTeach, usualStartOf } from "../models/models.ts";
import { filePath } from "../path-gate.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { otherPlaces } from "./other-places.ts";
import { finetuneRecipe, pretrainRecipe, recipeFor } from "./recipes.ts";

export const name = z.string().min(1);
export const common = {
  seed: z.int().min(0).default(0),
  provider: z.enum(["auto", "cpu", "webgpu", "cuda"]).default("auto"),
};
const size = z.enum(["tiny", "small", "base"]);

export const useFields = {
  normalization: z.enum(["model", "place"]).optional(),
  season: z.int().min(1970).max(2100).optional(),
  shiftDays: z.int().min(-366).max(366).optional(),
};

export const pretrainSchema = z.strictObject({
  ...common,
  name,
  modalities: z.array(name).min(1).optional(),
  size: size.default("small"),
  /** folders of other projects to learn from in the same training */
  also: z.array(filePath).max(200).default([]),
  recipe: pretrainRecipe.prefault({}),
});

export const finetuneSchema = z.strictObject({
  ...common,
  name,
  /**
   * a pre-trained model: of the project, one that comes with the program, or a folder. `null`: random weights. Left out, what
   * `usualStart` says
   */
  from: name.nullable().optional(),
  modalities: z.array(name).min(1).optional(),
  /** of a network that starts at random; one that continues keeps its own */
  size: size.default("small"),
  recipe: finetuneRecipe.prefault({}),
  /** of the model that is gone on with */
  ...useFields,
  /** taught instead of a network; `size` and the recipe say nothing to it */
  method: z.enum(methods).optional(),
  /** what the method learns from; with an encoder `from` says whose */
  features: z.enum(methodFeatures).optional(),
});

/** How a model is used where it was not trained, as requests say it: see `ModelUse`. */
export const useOf = ({ normalization, season, shiftDays }: ModelUse): { readonly use?: ModelUse } =>
  [normalization, season, shiftDays].every((value) => value === undefined)
    ? {}
    : {
        use: {
          ...(normalization === undefined ? {} : { normalization }),
          ...(season === undefined ? {} : { season }),
          ...(shiftDays === undefined ? {} : { shiftDays }),
        },
      };

/** A training with everything it needs, before it has a job. */
export interface TrainingPlan<Spec extends PretrainSpec | FinetuneSpec> {
  readonly spec: NewSpec<Spec>;
  readonly run: NewRun;
}

type Where = Pick<Deps, "catalog" | "appVersion" | "shippedModels">;

export async function planPretrain(
  { catalog, appVersion }: Where,
  request: z.output<typeof pretrainSchema>,
): Promise<TrainingPlan<PretrainSpec>> {
  const { seed, provider, recipe, also } = request;
  const { grid, name: placeName } = catalog.project.get();
  const imagery = imageryOf(catalog, request.modalities);
  const others = await otherPlaces({ catalog, appVersion }, also, request.modalities);
  const spec: NewSpec<PretrainSpec> = {
    kind: "pretrain",
    seed,
    provider,
    appVersion,
    grid,
    imagery,
    recipe,
    architecture: architectures[request.size],
    modelName: request.name,
    ...(others.length > 0 ? { placeName, others } : {}),
  };
  // What cannot be learned together is said now, and not by a job.
  jointInputs(spec);
  return {
    spec,
    run: {
      splitId: null,
      modelId: null,
      settings: {
        ...settingsOf(request, imagery, null),
        ...(others.length > 0 ? { also: others.map(({ name: other }) => other) } : {}),
      },
    },
  };
}

/** Labels of an earlier moment, with the split that they were in. */
export interface GivenLabels {
  readonly labels: LabelInput;
  readonly splitId: number | null;
}

/** @param given labels to learn from; those of now when left out */
export async function planFinetune(
  { catalog, appVersion, shippedModels }: Where,
  request: z.output<typeof finetuneSchema>,
  given?: GivenLabels,
): Promise<TrainingPlan<FinetuneSpec>> {
  const { seed, provider, method } = request;
  const features = method && usesEncoder(request.features) ? request.features : undefined;
  const { grid } = catalog.project.get();
  const from = request.from === undefined && !method ? await usualStartOf(catalog, shippedModels) : request.from;
  const parent = from == null ? undefined : await chooseToStart(catalog, from, shippedModels, request.modalities);
  if (features && !parent) throw new AppError("encoder-missing", { name: request.name });
  if (parent && ((method && !features) || parent.method))
    throw new AppError("model-without-network", { name: parent.method ? parent.name : request.name });
  const modalities = parent
    ? inputsToTeach(catalog, parent, request.modalities, features !== undefined)
    : request.modalities;
  const imagery = imageryOf(catalog, modalities, parent?.standIns);
  const { labels, splitId } = given ?? labelInput(catalog);
  const { recipe, chosen } = recipeFor(request.recipe, shapeOf(labels, grid));
  const size = parent?.size ?? request.size;
  return {
    spec: {
      kind: "finetune",
      seed,
      provider,
      appVersion,
      grid,
      imagery,
      labels,
      recipe,
      modelFolder: parent?.folder ?? null,
      architecture: architectures[size],
      modelName: request.name,
      previews: true,
      ...(method ? { method } : { chosen }),
      ...(features ? { features } : {}),
      ...(parent ? useOf(request) : {}),
    },
    run: {
      splitId,
      modelId: null,
      settings: {
        ...settingsOf({ ...request, recipe: method ? null : recipe, size }, imagery, parent?.name ?? null),
        ...(method ? { method } : { chosen }),
        ...(features ? { features } : {}),
      },
    },
  };
}

/** The labels of a training: polygons that hold a patch, their patches, their classes. */
function shapeOf(labels: LabelInput, grid: ProjectGrid): LabelShape {
  const codes = labels.legend.map(({ code }) => code);
  const usable = new LabelPatches(labels, "train", codes, patchGrid(grid), projectArea(grid)).usable();
  const perClass = [...Map.groupBy(usable, ({ classCode }) => classCode).values()]
    .map(({ length }) => length)
    .sort((p, q) => p - q);
  return {
    polygons: usable.length,
    patches: usable.reduce((sum, { patches }) => sum + patches, 0),
    classes: perClass.length,
    perClass: perClass[Math.floor((perClass.length - 1) / 2)] ?? 0,
    ...(labels.unit === undefined ? {} : { unit: labels.unit }),
  };
}

/** What the table of runs compares. */
function settingsOf(
  { seed, provider, size, recipe }: Pick<RunSettings, "seed" | "provider" | "size" | "recipe">,
  { modalities }: Imagery,
  from: string | null,
): RunSettings {
  return { modalities: modalities.map((modality) => modality.name), size, from, seed, provider, recipe };
}
