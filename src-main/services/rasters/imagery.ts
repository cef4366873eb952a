import type { Imagery } from "../../../src-shared/domain/job.ts";
import type { Raster } from "../../../src-shared/domain/raster.ts";
import { datedForUse, pathsOf } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { Catalog } from "../../catalog/index.ts";

/**
 * The imagery of a project as a job takes it: the named modalities in the project's order (all of them when none is named)
 * and their acquisitions. `standIns`: by inputs of a model that the project has not, the input that is used instead. Every file has to be in its place before a job starts.
 */
export function imageryOf(
  catalog: Catalog,
  names?: readonly string[],
  standIns: Readonly<Record<string, string>> = {},
): Imagery {
  const own = catalog.modalities.list();
  // Under the name of the input it stands for.
  const others = Object.entries(standIns).flatMap(([name, from]) => {
    const found = names?.includes(name) && own.find((modality) => modality.name === from);
    return found ? [{ ...found, name }] : [];
  });
  const all = [...own, ...others];
  if (all.length === 0) throw new AppError("no-imagery", { folder: catalog.folder });
  const available = all.map(({ name }) => name);
  for (const name of names ?? []) {
    if (!available.includes(name)) throw new AppError("modality-not-found", { name, available });
  }
  const modalities = all.filter(({ name }) => names === undefined || names.includes(name));
  const wanted = new Set(modalities.flatMap((modality) => modality.acquisitions));
  const acquisitions = catalog.acquisitions.list().filter(({ id }) => wanted.has(id));
  const used = new Set(acquisitions.flatMap(pathsOf));
  const rasters = catalog.rasters.list().filter(({ path }) => used.has(path));
  const paths = rasters.filter(({ state }) => state === "missing").map(({ path }) => path);
  if (paths.length) throw new AppError("project-rasters-missing", { paths });
  return { modalities, acquisitions: datedForUse(acquisitions), placements: placementsOf(rasters) };
}

/** Which classes of a scene classification count as clear, by acquisition: as its modality says; of others the usual ones do. */
export const clearClassesOf = (catalog: Catalog): Map<string, readonly number[]> =>
  new Map(
    catalog.modalities
      .list()
      .filter((modality) => modality.clearClasses.length > 0)
      .flatMap((modality) => modality.acquisitions.map((id) => [id, modality.clearClasses] as const)),
  );

/** Where rasters lie, as their headers said: so no job has to open ten thousand files to know. */
export function placementsOf(rasters: readonly Raster[]): Record<string, GeoBox> {
  const placed = rasters.flatMap(({ path, header: { crs, affine, width, height } }): [string, GeoBox][] =>
    crs && affine ? [[path, { crs, affine, width, height }]] : [],
  );
  return Object.fromEntries(placed);
}
