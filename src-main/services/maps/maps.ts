import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { Finding } from "../../../src-shared/domain/finding.ts";
import type { LegendClass } from "../../../src-shared/domain/legend.ts";
import { pathsOfMapFiles } from "../../../src-shared/domain/map-files.ts";
import type { MapComparison, MapProduct } from "../../../src-shared/domain/map-product.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import { boundsOf, type GeoBox, geoboxOfWindow, windowCovering } from "../../../src-shared/geo/geobox.ts";
import { clip } from "../../../src-shared/geo/window.ts";
import type { MapCommands } from "../../../src-shared/ipc/maps.ts";
import { type Catalog, removeOwnIfEmpty } from "../../catalog/index.ts";
import { fileName } from "../../files/index.ts";
import { announceChanged, type Deps } from "../deps.ts";
import type { JobQueue } from "../jobs/jobs.ts";
import { chooseModel, modalitiesFor, requirePatchModel } from "../models/models.ts";
import { imageryOf } from "../rasters/imagery.ts";
import { calibrationsOf } from "../runs/calibrations.ts";
import { findingsForMap, findingsOfMap } from "../runs/findings.ts";
import { useFields, useOf } from "../runs/training-plan.ts";
import { validated } from "../validated.ts";
import { correctedAreas, expectedAccuracy, mappedAreas } from "./accuracy.ts";
import { estimateMap } from "./estimate.ts";
import { legendOfFile } from "./legend.ts";
import { partialMap } from "./partial.ts";
import { layerWindow } from "./window.ts";

const name = z.string().trim().min(1).max(200);
const byId = z.strictObject({ id: z.int().positive() });
export const boundsSchema = z.strictObject({ minX: z.number(), minY: z.number(), maxX: z.number(), maxY: z.number() });
const ring = z.array(z.tuple([z.number(), z.number()])).min(4);

const plan = {
  model: z.string().min(1),
  modalities: z.array(z.string().min(1)).min(1).optional(),
  /** a part of the project, in its CRS */
  bounds: boundsSchema.optional(),
  /** rings of a polygon in the project's CRS */
  outline: z.array(ring).min(1).optional(),
  overlapPatches: z.int().min(0).optional(),
};

const drawSchema = z.strictObject({
  ...plan,
  seed: z.int().min(0).default(0),
  provider: z.enum(["auto", "cpu", "webgpu", "cuda"]).default("auto"),
  name: name.optional(),
  probabilities: z.boolean().default(false),
  perPlace: z.boolean().default(false),
  /** promised share of labels whose class is among the possible ones */
  level: z.number().min(0.5).max(0.999).optional(),
  batchSize: z.int().positive().default(4),
  ...useFields,
});

/** Maps: plan them, draw them, look at them, compare them, delete them. */
export function mapService({ catalog, announce, appVersion, shippedModels }: Deps, queue: JobQueue): MapCommands {
  const changed = (table: "maps" | "comparisons") => announceChanged(announce, table);

  return {
    "maps.list": validated("maps.list", z.strictObject({}), () =>
      catalog.maps.list().map((map) => ({ ...map, findings: findingsOfMap(catalog, map) })),
    ),

    "maps.draw": validated("maps.draw", drawSchema, async (request) => {
      const { seed, provider, probabilities, perPlace, batchSize, outline, level } = request;
      const { grid } = catalog.project.get();
      const overlapPatches = request.overlapPatches ?? usualOverlap(grid.tilePatches);
      const model = await chooseModel(catalog, request.model, shippedModels);
      requirePatchModel(model);
      const modalities = modalitiesFor(catalog, model, request.modalities);
      return queue.start({
        kind: "map",
        seed,
        provider,
        appVersion,
        grid,
        imagery: imageryOf(catalog, modalities, model.standIns),
        modelFolder: model.folder,
        modalities,
        area: areaOf(grid.geobox, request),
        ...(outline ? { outline } : {}),
        overlapPatches,
        batchSize,
        probabilities,
        findings: findingsForMap(catalog, model.id, modalities),
        ...calibrationsOf(catalog, model.id),
        ...(level === undefined ? {} : { level }),
        ...useOf(request),
        ...(perPlace ? { perPlace } : {}),
        baseName: fileName(request.name ?? `${model.name}-${modalities.join("-")}`),
        ...(request.name === undefined ? {} : { title: request.name }),
      });
    }),

    "maps.estimate": validated("maps.estimate", z.strictObject(plan), async (request) => {
      const { grid } = catalog.project.get();
      const model = await chooseModel(catalog, request.model, shippedModels);
      requirePatchModel(model);
      const modalities = modalitiesFor(catalog, model, request.modalities);
      const overlap = request.overlapPatches ?? usualOverlap(grid.tilePatches);
      return estimateMap(catalog, model, modalities, areaOf(grid.geobox, request), overlap);
    }),

    "maps.expected": validated("maps.expected", z.strictObject({ model: z.string().min(1) }), ({ model }) =>
      expectedAccuracy(catalog, model),
    ),

    "maps.partial": validated("maps.partial", z.strictObject({ job: z.int().positive() }), ({ job }) =>
      partialMap(catalog, job),
    ),

    "maps.describe": validated("maps.describe", byId, async ({ id }) => {
      const map = catalog.maps.get(id);
      const legend = await legendOfMap(map);
      const { areas, hectares } = mappedAreas(map, legend);
      const pixels = areas.reduce((sum, each) => sum + each.pixels, 0);
      const paths = filesOf(map);
      return {
        map,
        model: catalog.models.list().find((model) => model.id === map.modelId)?.name ?? null,
        legend,
        areas,
        hectares,
        findings: findingsOfMap(catalog, map),
        emptyPixels: patchesWithImages(map) - pixels,
        bytes: paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0),
        ...correctedAreas(catalog, map, areas, hectares),
      };
    }),

    "maps.rename": validated("maps.rename", byId.extend({ name }), (request) => {
      catalog.maps.get(request.id);
      catalog.maps.rename(request.id, request.name);
      changed("maps");
    }),

    "maps.remove": validated("maps.remove", byId, ({ id }) => {
      const map = catalog.maps.get(id);
      catalog.transaction(() => {
        catalog.maps.remove(id);
        catalog.layers.remove(`map:${id}`);
        for (const kind of ["confidence", "set-size", "uncertain"]) catalog.layers.remove(`${kind}:${id}`);
      });
      const deleted = deleteFiles(catalog, filesOf(map));
      changed("maps");
      changed("comparisons");
      return { deleted };
    }),

    "maps.compare": validated(
      "maps.compare",
      z.strictObject({ from: z.int().positive(), to: z.int().positive(), name: name.optional() }),
      async ({ from, to, name: wanted }) => {
        const [first, second] = [catalog.maps.get(from), catalog.maps.get(to)];
        if (from === to) throw new AppError("same-map-twice", { name: first.name });
        const compared = async (map: MapProduct) => ({
          id: map.id,
          name: map.name,
          classPath: map.files.classPath,
          legend: await legendOfMap(map),
        });
        return queue.start({
          kind: "compare",
          seed: 0,
          provider: "cpu",
          appVersion,
          from: await compared(first),
          to: await compared(second),
          baseName: wanted ?? `${first.name} → ${second.name}`,
        });
      },
    ),

    "maps.comparisons": validated("maps.comparisons", z.strictObject({}), () =>
      catalog.comparisons.list().map((one) => ({ ...one, findings: unlikeMaps(catalog, one) })),
    ),

    "maps.renameComparison": validated("maps.renameComparison", byId.extend({ name }), (request) => {
      catalog.comparisons.get(request.id);
      catalog.comparisons.rename(request.id, request.name);
      changed("comparisons");
    }),

    "maps.removeComparison": validated("maps.removeComparison", byId, ({ id }) => {
      const { result } = catalog.comparisons.get(id);
      catalog.comparisons.remove(id);
      const deleted = deleteFiles(catalog, [result.path, result.qmlPath, result.sldPath, ...result.sidecarPaths]);
      changed("comparisons");
      return { deleted };
    }),

    "maps.window": validated(
      "maps.window",
      z.strictObject({
        layer: z.string().min(1),
        bounds: boundsSchema,
        width: z.int().min(1).max(2048),
        height: z.int().min(1).max(2048),
      }),
      ({ layer, bounds, width, height }) => layerWindow(catalog, layer, bounds, width, height),
    ),
  };
}

/** Maps of other models or other inputs differ by more than what changed on the ground. */
function unlikeMaps(catalog: Catalog, { fromMap, toMap }: MapComparison): Finding[] {
  const maps = catalog.maps.list();
  const [from, to] = [fromMap, toMap].map((id) => maps.find((map) => map.id === id));
  if (!from || !to) return [];
  const models = catalog.models.list();
  const made = ({ modelId, modalities }: MapProduct) => [
    models.find(({ id }) => id === modelId)?.name ?? "–",
    modalities.join(" + "),
  ];
  const [first, second] = [made(from), made(to)];
  const unlike = first.some((own, i) => own !== second[i]);
  return unlike ? [{ code: "compared-unlike", details: { from: from.name, to: to.name, first, second } }] : [];
}

/** The classes as the file itself names and paints them: a map outlives its model. */
export async function legendOfMap(map: MapProduct): Promise<readonly LegendClass[]> {
  const { classPath } = map.files;
  if (!existsSync(classPath)) throw new AppError("map-files-missing", { name: map.name, path: classPath });
  return legendOfFile(classPath);
}

/** A map of several places knows how many patches they have; another is its whole rectangle. */
const patchesWithImages = ({ area, files: { places } }: MapProduct): number =>
  places ? places.reduce((sum, { patches }) => sum + patches, 0) : area.width * area.height;

/** Every file of a map and of its places. */
function filesOf({ files }: MapProduct): string[] {
  const sets = [files, ...(files.places ?? []).flatMap((place) => place.files ?? [])];
  return [...new Set(sets.flatMap(pathsOfMapFiles))];
}

/** Deletes files below the project's `maps`, and their folder when nothing else is in it. What lies elsewhere is only forgotten. */
function deleteFiles(catalog: Catalog, paths: readonly string[]): string[] {
  const deleted = paths.filter((path) => catalog.removeOwn(path, ["maps"]));
  for (const folder of new Set(deleted.map((path) => dirname(path)))) removeOwnIfEmpty(catalog.folder, folder);
  return deleted;
}

/** Half of the usual tile of 8 patches, and half of a smaller one that has no room for it. */
export const usualOverlap = (tilePatches: number): number => (tilePatches > 4 ? 4 : Math.floor(tilePatches / 2));

type Bounds = z.output<typeof boundsSchema>;

/** The patches of the project that the wanted place touches. */
function areaOf(
  grid: GeoBox,
  { bounds, outline }: { readonly bounds?: Bounds | undefined; readonly outline?: [number, number][][] | undefined },
): GeoBox {
  const wanted = outline ? boundsOfRings(outline) : bounds;
  if (!wanted) return grid;
  const window = clip(windowCovering(grid, wanted), grid.width, grid.height);
  if (window) return geoboxOfWindow(grid, window);
  const { minX, minY, maxX, maxY } = boundsOf(grid);
  throw new AppError("area-outside-project", {
    area: reason("bounds-from-to", { minX, minY, maxX, maxY }),
    crs: grid.crs,
  });
}

function boundsOfRings(rings: readonly (readonly [number, number])[][]): Bounds {
  const bounds = {
    minX: Number.POSITIVE_INFINITY,
    minY: Number.POSITIVE_INFINITY,
    maxX: Number.NEGATIVE_INFINITY,
    maxY: Number.NEGATIVE_INFINITY,
  };
  for (const [x, y] of rings.flat()) {
    bounds.minX = Math.min(bounds.minX, x);
    bounds.minY = Math.min(bounds.minY, y);
    bounds.maxX = Math.max(bounds.maxX, x);
    bounds.maxY = Math.max(bounds.maxY, y);
  }
  return bounds;
}
