import { z } from "zod";
import { architectures } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { boundsOf, type GeoBox, geoboxOfWindow, windowCovering } from "../../src-shared/geo/geobox.ts";
import { clip } from "../../src-shared/geo/window.ts";
import type { Catalog } from "../catalog/index.ts";
import type { Deps } from "./deps.ts";
import { door } from "./door.ts";
import { imageryOf } from "./imagery.ts";
import type { JobQueue } from "./jobs.ts";
import { labelInput } from "./labels.ts";
import { chooseModel, modalitiesFor } from "./models.ts";
import { finetuneRecipe, pretrainRecipe } from "./recipes.ts";

const name = z.string().min(1);
const common = {
  seed: z.int().min(0).default(0),
  provider: z.enum(["auto", "cpu", "webgpu", "cuda"]).default("auto"),
};
const size = z.enum(["tiny", "small", "base"]);

const pretrainSchema = z.strictObject({
  ...common,
  name,
  modalities: z.array(name).min(1).optional(),
  size: size.default("small"),
  recipe: pretrainRecipe.prefault({}),
});

const finetuneSchema = z.strictObject({
  ...common,
  name,
  /** a pre-trained model of the project or a folder; without it the weights start at random */
  from: name.optional(),
  modalities: z.array(name).min(1).optional(),
  /** of a network that starts at random; one that continues keeps its own */
  size: size.default("small"),
  recipe: finetuneRecipe.prefault({}),
});

const evaluateSchema = z.strictObject({
  ...common,
  model: name,
  part: z.enum(["train", "validation", "test"]).default("test"),
  subsets: z.array(z.array(name).min(1)).min(1).optional(),
  /** class codes to choose between, each list one table; an empty list stands for all */
  classSets: z.array(z.array(z.int().positive())).default([[]]),
  /** the same by name, for one table */
  classes: z.array(name).min(1).optional(),
  overlapPatches: z.int().min(0).optional(),
  batchSize: z.int().positive().default(4),
});

const bounds = z.strictObject({ minX: z.number(), minY: z.number(), maxX: z.number(), maxY: z.number() });

const mapSchema = z.strictObject({
  ...common,
  model: name,
  modalities: z.array(name).min(1).optional(),
  /** a part of the project, in its CRS */
  bounds: bounds.optional(),
  name: name.optional(),
  probabilities: z.boolean().default(false),
  overlapPatches: z.int().min(0).optional(),
  batchSize: z.int().positive().default(4),
});

/** Trainings, evaluations and maps: each gathers everything its job needs and starts it. `jobs.wait` says what came out. */
export function runService({ catalog, appVersion }: Deps, queue: JobQueue) {
  const { grid } = catalog.project.get();
  return {
    "runs.list": door("runs.list", z.strictObject({}), () => catalog.runs.list()),

    "runs.metrics": door("runs.metrics", z.strictObject({ id: z.int().positive() }), ({ id }) =>
      catalog.runs.metrics(id),
    ),

    "runs.pretrain": door("runs.pretrain", pretrainSchema, (request) => {
      requireFreeName(catalog, request.name);
      const { seed, provider, recipe } = request;
      const imagery = imageryOf(catalog, request.modalities);
      return queue.start(
        {
          kind: "pretrain",
          seed,
          provider,
          appVersion,
          grid,
          imagery,
          recipe,
          architecture: architectures[request.size],
          modelName: request.name,
        },
        { splitId: null, modelId: null },
      );
    }),

    "runs.finetune": door("runs.finetune", finetuneSchema, async (request) => {
      requireFreeName(catalog, request.name);
      const { seed, provider, recipe, from } = request;
      const parent = from === undefined ? undefined : await chooseModel(catalog, from);
      const modalities = parent ? modalitiesFor(catalog, parent, request.modalities) : request.modalities;
      const imagery = imageryOf(catalog, modalities);
      const { labels, splitId } = labelInput(catalog);
      return queue.start(
        {
          kind: "finetune",
          seed,
          provider,
          appVersion,
          grid,
          imagery,
          labels,
          recipe,
          modelFolder: parent?.folder ?? null,
          architecture: architectures[parent?.size ?? request.size],
          modelName: request.name,
        },
        { splitId, modelId: null },
      );
    }),

    "runs.evaluate": door("runs.evaluate", evaluateSchema, async (request) => {
      const { seed, provider, part, batchSize } = request;
      const overlapPatches = request.overlapPatches ?? usualOverlap(grid.tilePatches);
      const model = await chooseModel(catalog, request.model);
      if (!model.hasHead) throw new AppError("model-has-no-head", { name: model.name });
      const subsets = (request.subsets ?? [model.modalities]).map((subset) => modalitiesFor(catalog, model, subset));
      const imagery = imageryOf(catalog, [...new Set(subsets.flat())]);
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
        },
        { splitId, modelId: model.id },
      );
    }),
  };
}

/** Maps, and the windows of the project they are drawn on. */
export function mapService({ catalog, appVersion }: Deps, queue: JobQueue) {
  return {
    "maps.list": door("maps.list", z.strictObject({}), () => catalog.maps.list()),

    "maps.draw": door("maps.draw", mapSchema, async (request) => {
      const { seed, provider, probabilities, batchSize } = request;
      const { grid } = catalog.project.get();
      const overlapPatches = request.overlapPatches ?? usualOverlap(grid.tilePatches);
      const model = await chooseModel(catalog, request.model);
      if (!model.hasHead) throw new AppError("model-has-no-head", { name: model.name });
      const modalities = modalitiesFor(catalog, model, request.modalities);
      return queue.start({
        kind: "map",
        seed,
        provider,
        appVersion,
        grid,
        imagery: imageryOf(catalog, modalities),
        modelFolder: model.folder,
        modalities,
        area: request.bounds ? areaWithin(grid.geobox, request.bounds) : grid.geobox,
        overlapPatches,
        batchSize,
        probabilities,
        baseName: request.name ?? `${model.name}-${modalities.join("-")}`,
      });
    }),
  };
}

/** Half of the usual tile of 8 patches, and half of a smaller one that has no room for it. */
const usualOverlap = (tilePatches: number): number => (tilePatches > 4 ? 4 : Math.floor(tilePatches / 2));

function codesOf(legend: readonly LegendClass[], names: readonly string[]): number[] {
  return names.map((wanted) => {
    const found = legend.find((entry) => entry.name.toLowerCase() === wanted.toLowerCase());
    if (!found) throw new AppError("class-not-found", { name: wanted, available: legend.map((entry) => entry.name) });
    return found.code;
  });
}

function requireFreeName(catalog: Catalog, wanted: string): void {
  if (catalog.models.find(wanted)) throw new AppError("model-exists", { name: wanted });
}

/** The patches of the project that `wanted` touches. */
function areaWithin(grid: GeoBox, wanted: z.output<typeof bounds>): GeoBox {
  const window = clip(windowCovering(grid, wanted), grid.width, grid.height);
  if (window) return geoboxOfWindow(grid, window);
  const { minX, minY, maxX, maxY } = boundsOf(grid);
  throw new AppError("area-outside-project", { area: `${minX}, ${minY} to ${maxX}, ${maxY}`, crs: grid.crs });
}
