// Taking images out of a project: by file, by acquisition or by date. What stays is what it would be had they never come.
import { resolve } from "node:path";
import { type Acquisition, pathsOf } from "../../../../src-shared/eo/index.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import type { RemovedImages } from "../../../../src-shared/ipc/rasters.ts";
import { nativeMeters, withoutFiles } from "../../../cube/index.ts";
import { rasterReader } from "../../../imagery/index.ts";
import type { Deps } from "../../deps.ts";
import { edit } from "../../edits.ts";
import { planModalities } from "../../modalities/planned.ts";
import { placementsOf } from "../imagery.ts";
import { storeAcquisitions } from "./store.ts";

export interface RemoveRequest {
  readonly paths?: readonly string[] | undefined;
  readonly acquisitions?: readonly string[] | undefined;
  readonly dates?: readonly string[] | undefined;
  readonly sensor?: string | undefined;
}

/** What a removal would do, and how to do it: `store` is called inside one step of the history. */
export interface Removal extends RemovedImages {
  store(): void;
}

/**
 * One step of the history; files stay on the disk. A second product of a place moves up when the first one goes.
 * @throws AppError "raster-not-in-project", "acquisition-not-found" when something that was named is not there
 */
export async function removeImages(
  deps: Pick<Deps, "catalog" | "announce">,
  request: RemoveRequest,
): Promise<RemovedImages> {
  const { store, ...removed } = await planRemoval(deps.catalog, request);
  edit(deps, { key: "rasters.remove", params: { count: Math.max(1, removed.rasters) } }, store);
  return removed;
}

/**
 * What is left without some images, worked out before anything is written, so that other things can go in the same step.
 * @throws AppError as {@link removeImages}
 */
export async function planRemoval(catalog: Deps["catalog"], request: RemoveRequest): Promise<Removal> {
  const before = catalog.acquisitions.list();
  const rows = catalog.rasters.list();
  const paths = new Set<string>();
  const rowOf = new Map(rows.map((raster) => [raster.path, raster]));
  for (const path of request.paths ?? []) {
    const row = rowOf.get(path) ?? catalog.rasters.find(resolve(path));
    if (!row) throw new AppError("raster-not-in-project", { path });
    paths.add(row.path);
  }
  const ids = new Set(request.acquisitions ?? []);
  const dates = new Set(request.dates ?? []);
  for (const id of ids)
    if (!before.some((one) => one.id === id)) throw new AppError("acquisition-not-found", { name: id });
  for (const date of dates)
    if (!before.some((one) => one.date === date)) throw new AppError("acquisition-not-found", { name: date });
  const joined = withoutFiles(before, (file, of) => {
    if (paths.has(file.path)) return true;
    if (ids.has(of.id)) return true;
    return dates.has(of.date) && (request.sensor === undefined || of.sensor === request.sensor);
  });
  const { geobox, patchMeters } = catalog.project.get().grid;
  const left = new Set(joined.acquisitions.flatMap(pathsOf));
  const placements = placementsOf(rows);
  // The catalog knows where files lie: what stays may be missing, and can still be left alone.
  const placed = (acquisition: Acquisition): Acquisition => ({
    ...acquisition,
    pieces: acquisition.pieces.map((piece) => ({
      ...piece,
      files: piece.files.map((file) => {
        const grid = file.grid ?? placements[file.path];
        return grid && (file.grid || (file.crs ?? grid.crs) === grid.crs) ? { ...file, grid } : file;
      }),
    })),
  });
  const reader = rasterReader();
  try {
    const planned = planModalities({
      before,
      after: joined.acquisitions,
      changed: joined.changed,
      renamed: joined.renamed,
      modalities: catalog.modalities.list(),
      patchMeters,
      nativeMeters: await nativeMeters(reader, joined.acquisitions.map(placed), geobox.crs),
    });
    // A layer of a file that belongs to no acquisition goes by its path too.
    const used = new Set(before.flatMap(pathsOf));
    const plain = [...paths].filter((path) => !used.has(path));
    const removed = new Set([...[...used].filter((path) => !left.has(path)), ...plain]);
    if (removed.size === 0 && joined.changed.length === 0 && joined.gone.length === 0)
      throw new AppError("acquisition-not-found", { name: [...dates, ...ids].join(", ") });
    return {
      rasters: removed.size,
      acquisitions: joined.gone,
      changed: joined.changed.map(({ id }) => id),
      store() {
        storeAcquisitions(
          catalog,
          before,
          joined,
          planned.map(({ modality }) => modality),
        );
        for (const path of plain) {
          const raster = catalog.rasters.find(path);
          if (raster) catalog.rasters.remove(raster.id);
        }
      },
    };
  } finally {
    await reader.close();
  }
}
