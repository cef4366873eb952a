import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import { boundsOf } from "../../../src-shared/geo/geobox.ts";
import type { ClassesAnswer } from "../../../src-shared/ipc/inspect.ts";
import { removeSync } from "../../files/index.ts";
import type { Deps } from "../deps.ts";
import { usualOverlap } from "../maps/maps.ts";
import { chooseModel, modalitiesFor } from "../models/models.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { calibrationsOf } from "../runs/calibrations.ts";

/**
 * Asks the job process what a model says of the patches at some points. A small job outside the queue: it neither
 * waits for a training nor appears among the jobs.
 */
export async function classesAt(
  { catalog, runJob, appVersion, shippedModels }: Pick<Deps, "catalog" | "runJob" | "appVersion" | "shippedModels">,
  request: {
    readonly model: string;
    readonly points: readonly { readonly x: number; readonly y: number }[];
    readonly modalities?: string[] | undefined;
  },
  progress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<ClassesAnswer> {
  const { grid } = catalog.project.get();
  const model = await chooseModel(catalog, request.model, shippedModels);
  if (!model.hasHead) throw new AppError("model-has-no-head", { name: model.name });
  const modalities = modalitiesFor(catalog, model, request.modalities);
  const area = boundsOf(grid.geobox);
  for (const { x, y } of request.points) {
    if (x >= area.minX && x < area.maxX && y > area.minY && y <= area.maxY) continue;
    const { minX, minY, maxX, maxY } = area;
    throw new AppError("area-outside-project", {
      area: reason("bounds-from-to", { minX, minY, maxX, maxY }),
      crs: grid.geobox.crs,
    });
  }
  const folder = mkdtempSync(join(tmpdir(), "omnisat-inspect-"));
  try {
    const { legend, patches, provider } = await runJob(
      {
        kind: "inspect",
        folder,
        seed: 0,
        provider: "auto",
        resume: false,
        appVersion,
        grid,
        imagery: imageryOf(catalog, modalities, model.standIns),
        modelFolder: model.folder,
        modalities,
        points: request.points,
        overlapPatches: usualOverlap(grid.tilePatches),
        batchSize: 4,
        ...calibrationsOf(catalog, model.id),
      },
      (event) => event.type === "phase" && progress(event.fraction),
      signal,
    );
    return { model: model.name, modalities, classes: legend, provider, patches };
  } finally {
    removeSync(folder);
  }
}
