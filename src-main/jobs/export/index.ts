import { stat } from "node:fs/promises";
import type { ExportResult, ExportSpec } from "../../../src-shared/domain/job.ts";
import type { JobContext } from "../context.ts";
import { exportFields } from "./fields.ts";
import { exportPolygons } from "./polygons.ts";
import { exportRaster } from "./raster.ts";

/** Writes a map for other programs; every file appears whole under its name, or not at all. */
export async function exportMap(spec: ExportSpec, context: JobContext): Promise<ExportResult> {
  const { task, outputPath, folder } = spec;
  const written =
    task.what === "raster"
      ? { paths: await exportRaster(task, outputPath, folder, context), polygons: null }
      : task.what === "fields"
        ? await exportFields(task, outputPath, context)
        : await exportPolygons(task, outputPath, folder, context);
  const sizes = await Promise.all(written.paths.map(async (path) => (await stat(path)).size));
  return { ...written, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
