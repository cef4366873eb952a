import type { Imagery, ProjectGrid } from "../../src-shared/domain/job.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type BlendPlan, type PatchWindow, planBlend } from "../cube/index.ts";
import type { ModelDescription } from "../learning/index.ts";

/**
 * The project's imagery seen as the model's inputs: the model's bands, patches and clear classes, the project's
 * acquisitions. Throws an AppError for what does not fit.
 */
export function inputsOfModel(
  model: ModelDescription,
  grid: ProjectGrid,
  imagery: Imagery,
  wanted: readonly string[],
): Modality[] {
  if (model.grid.patchMeters !== grid.patchMeters)
    throw new AppError("model-grid-differs", { model: model.grid.patchMeters, project: grid.patchMeters });
  const available = imagery.modalities.map(({ name }) => name);
  const missing = wanted.filter((name) => !available.includes(name) || !model.modalities.some((m) => m.name === name));
  if (missing.length > 0 || wanted.length === 0) throw new AppError("model-modalities-missing", { missing, available });
  return wanted.map((name) => {
    const own = model.modalities.find((modality) => modality.name === name)!;
    const project = imagery.modalities.find((modality) => modality.name === name)!;
    if (own.bands.join() !== project.bands.join())
      throw new AppError("model-bands-differ", { modality: name, model: own.bands, project: project.bands });
    const { normalization: _, ...inputs } = own;
    return { ...inputs, acquisitions: project.acquisitions, duplicateDates: project.duplicateDates };
  });
}

/** The overlapping tiles with which a model looks at an area. A model for whole tiles has no answer for patches. */
export function blendFor(model: ModelDescription, area: PatchWindow, overlapPatches: number): BlendPlan {
  const { grid, task, name } = model;
  if (task === "tiles") throw new AppError("model-of-tiles", { name });
  if (overlapPatches >= grid.tilePatches)
    throw new AppError("overlap-too-large", { overlap: overlapPatches, tile: grid.tilePatches });
  return planBlend(area, grid.tilePatches, overlapPatches);
}
