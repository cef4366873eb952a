import { basename, resolve } from "node:path";
import { z } from "zod";
import { presetKey } from "../../../src-shared/domain/preset.ts";
import { isUndated } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { AreaLimit, ProjectArea } from "../../../src-shared/ipc/project.ts";
import { type Catalog, createCatalog, type OutsideAccess, openCatalog } from "../../catalog/index.ts";
import { geoboxOfPatches, PatchSet, patchesOfGeobox } from "../../cube/index.ts";
import { isGeographic } from "../../raster/index.ts";
import { announceChanged, type Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import { currentSplit } from "../labels/active.ts";
import { filePath } from "../path-gate.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { knownCrs } from "../rasters/rasters.ts";
import { validated } from "../validated.ts";
import { areaOfFiles, projectOfPlaces, projectPatches } from "./area.ts";
import { checkForeignProject } from "./check.ts";
import { limitOfOutline, limitOfPlaces, reachBeyond } from "./limit.ts";
import { placesOfProject } from "./places.ts";

/** At most so many places are sent to a window, as maps list them. */
const mostPlaces = 5000;

export const boundsSchema = z
  .strictObject({ minX: z.number(), minY: z.number(), maxX: z.number(), maxY: z.number() })
  .refine(({ minX, maxX, minY, maxY }) => minX < maxX && minY < maxY, "the bounds are empty");

export const createSchema = z.strictObject({
  folder: filePath,
  name: z.string().min(1).optional(),
  /** an area by its bounds, or the box around images, folders of images and vector files */
  area: z.union([
    z.strictObject({ crs: z.string().min(1), bounds: boundsSchema, within: z.array(filePath).min(1).optional() }),
    z.strictObject({
      like: z.union([filePath, z.array(filePath).min(1)]),
      /** those of them that the area ends at, with polygons as their outlines: what lies between belongs to the box alone */
      within: z.array(filePath).min(1).optional(),
      /** instead of what the files have in common */
      crs: z.string().min(1).optional(),
    }),
  ]),
  patchMeters: z.number().positive().default(10),
  tilePatches: z.int().min(2).max(64).default(8),
  preset: z.string().min(1).max(40).optional(),
});

/** Where a project comes from. The catalog stays open until its `close()`. */
export function projectFolders({
  appVersion,
  outside,
}: Pick<Deps, "appVersion"> & {
  /** remembers which folders outside of itself each project may reach; left out: until the process ends */
  readonly outside?: OutsideAccess | undefined;
}) {
  const remembering = outside === undefined ? {} : { outside };
  return {
    "project.create": validated("project.create", createSchema, async (request): Promise<Catalog> => {
      const { folder, area, patchMeters, tilePatches } = request;
      const places =
        "like" in area ? await projectOfPlaces([...new Set([area.like, area.within ?? []].flat())], area.crs) : null;
      const { crs, bounds } = "like" in area ? places! : { crs: knownCrs(area.crs), bounds: area.bounds };
      // Patches are squares of metres.
      if (isGeographic(crs)) throw new AppError("project-crs-geographic", { crs });
      const grid = { crs, patchMeters };
      const box = projectPatches(grid, bounds);
      const ending = area.within && (places ?? (await projectOfPlaces(area.within, crs))).places;
      const limit = ending && (await limitOfPlaces(ending, grid, box));
      // The box around outlines in another system is larger than they are.
      const around = (places && limit?.bounds) ?? box;
      const limited = limit && !limit.holdsAll(around) ? { limit: limit.stretches() } : {};
      const catalog = createCatalog(
        folder,
        {
          name: request.name ?? basename(resolve(folder)),
          grid: { geobox: geoboxOfPatches(grid, around), patchMeters, tilePatches, ...limited },
        },
        { purpose: "omnisat project create", appVersion, ...remembering },
      );
      if (request.preset !== undefined) catalog.view.put(presetKey, request.preset);
      outside?.noteKnown?.(folder);
      return catalog;
    }),

    "project.open": validated(
      "project.open",
      z.strictObject({ folder: filePath, purpose: z.string().min(1), readOnly: z.boolean().default(false) }),
      async ({ folder, purpose, readOnly }): Promise<Catalog> => {
        // Without a memory of allowed folders: for tests and scripts that create the projects they open.
        if (outside?.knows?.(folder) === false) await checkForeignProject(folder);
        const catalog = openCatalog(folder, { purpose, readOnly, appVersion, ...remembering });
        outside?.noteKnown?.(folder);
        return catalog;
      },
    ),
  };
}

/** What a project holds, in short. */
export function projectService(deps: Deps) {
  const { catalog, announce } = deps;
  return {
    /** The imagery as jobs and reports take it: every modality with its acquisitions. */
    "project.imagery": validated("project.imagery", z.strictObject({}), () => imageryOf(catalog)),

    "project.describe": validated("project.describe", z.strictObject({}), async () => {
      const legends = catalog.legends.list();
      const places = await placesOfProject(catalog);
      return {
        folder: catalog.folder,
        ...catalog.project.get(),
        rasters: catalog.rasters.list().length,
        missing: catalog.rasters.missing().map(({ id, path }) => ({ id, path })),
        places: places && { count: places.count, squareKilometers: places.squareKilometers, boxShare: places.boxShare },
        modalities: catalog.modalities.list().map((modality) => ({
          ...modalityLine(catalog, modality.name),
          /** separate places of the project that it has images of */
          places: places?.seen.get(modality.name) ?? null,
        })),
        legends: legends.map((legend) => {
          const counts = catalog.labels.countByClass(legend.id);
          return {
            name: legend.name,
            classes: legend.classes.map((entry) => ({ ...entry, polygons: counts.get(entry.code) ?? 0 })),
          };
        }),
        split: currentSplit(catalog) ?? null,
        models: catalog.models.list(),
        maps: catalog.maps.list(),
        jobs: catalog.jobs.list(),
      };
    }),

    "project.places": validated("project.places", z.strictObject({}), async () => {
      const found = await placesOfProject(catalog);
      return found?.places.slice(0, mostPlaces) ?? [];
    }),

    "project.withheld": validated("project.withheld", z.strictObject({}), () => catalog.withheld()),

    "project.allow": validated(
      "project.allow",
      z.strictObject({ folders: z.array(filePath).min(1).max(100) }),
      ({ folders }) => {
        for (const folder of folders) catalog.allowOutside(resolve(folder));
        announceChanged(announce, "rasters", "acquisitions", "vectors", "labels", "maps", "comparisons", "models", "jobs"); // biome-ignore format: one line
      },
    ),

    "project.area": validated("project.area", z.strictObject({}), () => areaOf(catalog)),

    "project.setArea": validated("project.setArea", z.strictObject({ limit: limitSchema }), async ({ limit }) => {
      const { set, beyond } = await newLimit(catalog, limit);
      edit(deps, { key: set ? "project.setArea" : "project.wholeArea" }, () =>
        catalog.project.setLimit(set?.stretches() ?? null),
      );
      return { ...areaOf(catalog), beyond };
    }),

    "project.rename": validated(
      "project.rename",
      z.strictObject({ name: z.string().trim().min(1).max(200) }),
      ({ name }) => edit(deps, { key: "project.rename", params: { name } }, () => catalog.project.rename(name)),
    ),
  };
}

const limitSchema = z.union([
  z.null(),
  z.strictObject({ files: z.array(filePath).min(1).max(100), crs: z.string().min(1).optional() }),
  z.strictObject({
    outline: z
      .array(
        z
          .array(z.tuple([z.number(), z.number()]))
          .min(3)
          .max(100_000),
      )
      .min(1)
      .max(1000),
  }),
]);

/** @throws AppError "project-area-empty" when nothing of it lies in the project's box */
async function newLimit(catalog: Catalog, limit: AreaLimit): Promise<{ set: PatchSet | null; beyond: boolean }> {
  const { geobox, patchMeters } = catalog.project.get().grid;
  const grid = { crs: geobox.crs, patchMeters };
  const box = patchesOfGeobox(grid, geobox);
  if (limit === null) return { set: null, beyond: false };
  const found = async () => {
    if ("files" in limit) {
      const places = await areaOfFiles(limit.files, limit.crs);
      return { set: await limitOfPlaces(places, grid, box), beyond: reachBeyond(places, grid, box) };
    }
    const [edge = []] = limit.outline;
    const [xs, ys] = [edge.map(([x]) => x), edge.map(([, y]) => y)];
    const bounds = {
      minX: least(xs),
      minY: least(ys),
      maxX: -least(xs.map((x) => -x)),
      maxY: -least(ys.map((y) => -y)),
    };
    const set = limitOfOutline(limit.outline, grid, box);
    if (set.size === 0) throw new AppError("project-area-empty", { paths: [] });
    return { set, beyond: reachBeyond([{ crs: geobox.crs, bounds }], grid, box) };
  };
  const { set, beyond } = await found();
  return { set: set.holdsAll(box) ? null : set, beyond };
}

const least = (values: readonly number[]): number => values.reduce((p, q) => Math.min(p, q), Number.POSITIVE_INFINITY);

function areaOf(catalog: Catalog): ProjectArea {
  const { geobox, patchMeters, limit } = catalog.project.get().grid;
  const boxPatches = geobox.width * geobox.height;
  const patches = limit ? PatchSet.of(limit).size : boxPatches;
  const kilometers = patchMeters ** 2 / 1e6;
  return {
    limited: limit !== undefined,
    patches,
    squareKilometers: patches * kilometers,
    boxPatches,
    boxSquareKilometers: boxPatches * kilometers,
  };
}

function modalityLine(catalog: Catalog, name: string) {
  const modality = catalog.modalities.list().find((other) => other.name === name)!;
  const members = new Set(modality.acquisitions);
  const own = catalog.acquisitions.list().filter(({ id }) => members.has(id));
  const dates = own.flatMap((one) => (isUndated(one) ? [] : [one.date]));
  const { kind, sensor, bands, resolutionMeters, patchPixels } = modality;
  return {
    name,
    kind,
    sensor,
    bands,
    resolutionMeters,
    patchPixels,
    dates: new Set(own.map(({ date }) => date)).size,
    pieces: own.reduce((sum, { pieces }) => sum + pieces.length, 0),
    first: dates[0] ?? null,
    last: dates.at(-1) ?? null,
  };
}
