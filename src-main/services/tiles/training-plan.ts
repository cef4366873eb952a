import { z } from "zod";
import { architectures } from "../../../src-shared/domain/job.ts";
import { tilesPresets } from "../../../src-shared/domain/presets.ts";
import type { FinetuneTilesSpec, TileInput } from "../../../src-shared/domain/tiles.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Catalog, Legend } from "../../catalog/index.ts";
import type { Deps } from "../deps.ts";
import type { NewRun, NewSpec } from "../jobs/jobs.ts";
import { chooseToStart, inputsToTeach } from "../models/models.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { tilesRecipe } from "../runs/recipes.ts";
import { common, name } from "../runs/training-plan.ts";
import { requestProblems } from "../validated.ts";

/** The legend of the newest import: a project works with one set of labelled tiles at a time. */
export function tileLegend(catalog: Catalog): Legend | undefined {
  const last = catalog.tileLabels.imports().at(-1)?.legendId;
  return catalog.legends.list().find(({ id }) => id === last);
}

export function labelledTiles(catalog: Catalog): Legend {
  const legend = tileLegend(catalog);
  if (!legend || catalog.tileLabels.count(legend.id) === 0) throw new AppError("no-tile-labels", {});
  return legend;
}

/** Labelled tiles with their parts, as a job takes them. */
export function tileInput(catalog: Catalog): { readonly tiles: TileInput; readonly optimistic: boolean } {
  const legend = labelledTiles(catalog);
  const split = catalog.tileSplits.current();
  const parts = split ? catalog.tileSplits.parts(split.id) : undefined;
  if (!split || !parts || parts.size === 0) throw new AppError("no-tile-split", {});
  const tiles = catalog.tileLabels
    .list(legend.id)
    .map(({ id, key, x, y, shares }) => ({ id, key, x, y, shares, part: parts.get(id)?.part ?? "unused" }) as const);
  return { tiles: { legend: legend.classes, tiles }, optimistic: split.optimistic };
}

export const finetuneTilesSchema = z.strictObject({
  ...common,
  name,
  from: name.nullable().optional(),
  modalities: z.array(name).min(1).optional(),
  size: z.enum(["tiny", "small", "base"]).optional(),
  preset: z.enum(["quick", "balanced", "thorough", "treesat"]).default("balanced"),
  batchSize: z.int().positive().optional(),
  /** numbers that differ from the preset's */
  recipe: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null(), z.undefined()])).default({}),
});

/** A training on tiles with everything it needs, before it has a job. */
export async function planTiles(
  { catalog, appVersion, shippedModels }: Pick<Deps, "catalog" | "appVersion" | "shippedModels">,
  request: z.output<typeof finetuneTilesSchema>,
): Promise<{ readonly spec: NewSpec<FinetuneTilesSpec>; readonly run: NewRun }> {
  const { seed, provider, from } = request;
  const { grid } = catalog.project.get();
  const parent = from == null ? undefined : await chooseToStart(catalog, from, shippedModels, request.modalities);
  const modalities = parent ? inputsToTeach(catalog, parent, request.modalities) : request.modalities;
  const imagery = imageryOf(catalog, modalities, parent?.standIns);
  const { tiles, optimistic } = tileInput(catalog);
  const preset = tilesPresets[request.preset];
  const size = parent?.size ?? request.size ?? preset.size;
  const recipe = checkedRecipe({
    ...preset.recipe,
    ...(request.batchSize === undefined ? {} : { batchSize: request.batchSize }),
    ...Object.fromEntries(Object.entries(request.recipe).filter(([, value]) => value !== undefined)),
  });
  const settings = {
    modalities: imagery.modalities.map((modality) => modality.name),
    size,
    from: parent?.name ?? null,
    seed,
    provider,
    recipe,
    optimistic,
  };
  return {
    spec: {
      kind: "finetune-tiles",
      seed,
      provider,
      appVersion,
      grid,
      imagery,
      tiles,
      recipe,
      modelFolder: parent?.folder ?? null,
      architecture: architectures[size],
      modelName: request.name,
    },
    run: { splitId: null, modelId: null, settings },
  };
}

/** The recipe as a whole, or a sentence about the setting that cannot be. */
function checkedRecipe(values: Record<string, unknown>) {
  const checked = tilesRecipe.safeParse(values);
  if (checked.success) return checked.data;
  const problems = requestProblems(checked.error.issues, ["recipe"]);
  throw new AppError("request-invalid", { command: "tiles.finetune", problems });
}
