import { basename } from "node:path";
import { z } from "zod";
import { type Acquisition, bandNamesOf, pathsOf } from "../../../src-shared/eo/index.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Bounds, union } from "../../../src-shared/geo/bounds.ts";
import { boundsOf } from "../../../src-shared/geo/geobox.ts";
import type { LayerCommands, LayerFacts } from "../../../src-shared/ipc/layers.ts";
import type { Raster as RasterRow } from "../../catalog/index.ts";
import { geoboxOfPatches, PatchSet } from "../../cube/index.ts";
import type { Deps } from "../deps.ts";
import { edit } from "../edits.ts";
import { currentSplit } from "../labels/active.ts";
import { detailOf } from "../modalities/planned.ts";
import { filePath } from "../path-gate.ts";
import { planRemoval } from "../rasters/import/remove.ts";
import { validated } from "../validated.ts";
import { layerProperties } from "./properties.ts";
import { boundsIn, vectorFacts } from "./vectors.ts";

const layerId = z.string().min(1);

/** What the project shows: images by date, maps, labels, vector files, and what is drawn around them. */
export function layerService(deps: Deps) {
  const { catalog } = deps;
  const vectorBounds = new Map<string, Bounds | null>();
  const tooCostly = new Set<string>();

  const factsOfAcquisition = (
    acquisition: Acquisition,
    rasters: ReadonlyMap<string, RasterRow>,
    modalities: ReadonlyMap<string, readonly string[]>,
  ): LayerFacts => {
    const files = pathsOf(acquisition).flatMap((path) => rasters.get(path) ?? []);
    const missing = files.filter(({ state }) => state === "missing").map(({ path }) => path);
    const { id, name, sensor, date, time, shift, pieces } = acquisition;
    const places = files.flatMap((file) => projectBounds(file) ?? []);
    return {
      id: `acquisition:${id}`,
      kind: "acquisition",
      name: name ?? null,
      sensor,
      date,
      time: time ?? null,
      detail: detailOf(acquisition),
      bands: bandNamesOf(acquisition),
      pieces: pieces.length,
      bounds: places.length > 0 ? places.reduce(union) : null,
      state: missing.length > 0 ? "missing" : files.some(({ state }) => state === "changed") ? "changed" : "present",
      missing,
      modalities: modalities.get(id) ?? [],
      shifted: shift !== undefined && (shift.dx !== 0 || shift.dy !== 0),
    };
  };

  const projectBounds = ({ header }: RasterRow): Bounds | null => {
    const { crs } = catalog.project.get().grid.geobox;
    if (!header.affine || !header.crs) return null;
    const own = boundsOf({ crs: header.crs, affine: header.affine, width: header.width, height: header.height });
    return header.crs === crs ? own : (boundsIn(own, header.crs, crs) ?? null);
  };

  const plain = (
    id: string,
    kind: LayerFacts["kind"],
    name: string | null,
    bounds: Bounds | null = null,
  ): LayerFacts => ({
    id,
    kind,
    name,
    sensor: null,
    date: null,
    time: null,
    detail: null,
    bands: [],
    pieces: 1,
    bounds,
    state: "present",
    missing: [],
    modalities: [],
    shifted: false,
  });

  const vectorLayer = async ({
    id,
    path,
    layer,
    crs,
    name,
  }: ReturnType<typeof catalog.vectors.list>[number]): Promise<LayerFacts> => {
    const key = `${path}\n${layer}\n${crs}`;
    const missing = { state: "missing", missing: [path], detail: basename(path) } as const;
    // The list is requested often: a file that was too costly to read is not tried again while the project is open.
    if (tooCostly.has(key)) return { ...plain(`vector:${id}`, "vector", name), ...missing };
    if (!vectorBounds.has(key)) {
      try {
        const facts = await vectorFacts(path, { ...(layer ? { layer } : {}), ...(crs ? { crs } : {}) });
        const target = catalog.project.get().grid.geobox.crs;
        vectorBounds.set(key, boundsIn(facts.bounds, facts.crs, target) ?? null);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.code === "vector-too-costly") tooCostly.add(key);
        return { ...plain(`vector:${id}`, "vector", name), ...missing };
      }
    }
    return { ...plain(`vector:${id}`, "vector", name, vectorBounds.get(key)!), detail: basename(path) };
  };

  return {
    "layers.list": validated("layers.list", z.strictObject({}), async (): Promise<LayerFacts[]> => {
      const rasters = new Map(catalog.rasters.list().map((raster) => [raster.path, raster]));
      const feeds = new Map<string, string[]>();
      for (const { name, acquisitions } of catalog.modalities.list())
        for (const id of acquisitions) feeds.set(id, [...(feeds.get(id) ?? []), name]);
      const acquisitions = catalog.acquisitions.list();
      const used = new Set(acquisitions.flatMap(pathsOf));
      const { geobox, patchMeters, limit } = catalog.project.get().grid;
      const patchGrid = { crs: geobox.crs, patchMeters };
      const area = boundsOf(geobox);
      return [
        ...acquisitions.map((acquisition) => factsOfAcquisition(acquisition, rasters, feeds)),
        ...[...rasters.values()]
          .filter(({ path }) => !used.has(path))
          .map((raster) => ({
            ...plain(`raster:${raster.id}`, "raster", raster.name ?? basename(raster.path), projectBounds(raster)),
            state: raster.state,
            missing: raster.state === "missing" ? [raster.path] : [],
          })),
        ...catalog.maps
          .list()
          .flatMap(({ id, name, area: mapped, files: { sets } }) =>
            (["map", "confidence", ...(sets ? (["set-size", "uncertain"] as const) : [])] as const).map((kind) =>
              plain(`${kind}:${id}`, kind, name, boundsOf(mapped)),
            ),
          ),
        ...catalog.comparisons
          .list()
          .map(({ id, name, result }) => plain(`difference:${id}`, "difference", name, boundsOf(result.area))),
        ...catalog.surfaces
          .list()
          .map(({ id, name, result }) => plain(`surface:${id}`, "surface", name, boundsOf(result.area))),
        ...catalog.legends.list().map(({ id, name }) => plain(`labels:${id}`, "labels", name, area)),
        ...(await Promise.all(catalog.vectors.list().map(vectorLayer))),
        ...(currentSplit(catalog) ? [plain("split", "split", null, area)] : []),
        ...(limit
          ? [plain("limit", "limit", null, boundsOf(geoboxOfPatches(patchGrid, PatchSet.of(limit).bounds!)))]
          : []),
        plain("grid", "grid", null, area),
        plain("graticule", "graticule", null),
        plain("basemap", "basemap", null),
      ];
    }),

    "layers.properties": validated("layers.properties", z.strictObject({ id: layerId }), ({ id }) =>
      layerProperties(catalog, id),
    ),

    "layers.rename": validated(
      "layers.rename",
      z.strictObject({ id: layerId, name: z.string().trim().min(1).max(200).nullable() }),
      ({ id, name }) => {
        const [kind, key] = parts(id);
        edit(deps, { key: "layers.rename", params: { name: name ?? "" } }, () => {
          if (kind === "acquisition" && catalog.acquisitions.get(key)) catalog.acquisitions.rename(key, name);
          else if (kind === "raster" && catalog.rasters.get(Number(key))) catalog.rasters.rename(Number(key), name);
          else if (kind === "vector" && name !== null && hasVector(Number(key)))
            catalog.vectors.rename(Number(key), name);
          else throw new AppError("layer-not-found", { id });
        });
      },
    ),

    "layers.remove": validated("layers.remove", z.strictObject({ ids: z.array(layerId).min(1) }), async ({ ids }) => {
      const wanted = [...new Set(ids)];
      const acquisitions: string[] = [];
      const paths: string[] = [];
      const vectors: number[] = [];
      for (const id of wanted) {
        const [kind, key] = parts(id);
        const raster = kind === "raster" ? catalog.rasters.get(Number(key)) : undefined;
        if (kind === "acquisition" && catalog.acquisitions.get(key)) acquisitions.push(key);
        else if (raster) paths.push(raster.path);
        else if (kind === "vector" && hasVector(Number(key))) vectors.push(Number(key));
        else throw new AppError("layer-not-found", { id });
      }
      // Removes images as `rasters.remove` does: the rest is as if they had never been imported.
      const images =
        acquisitions.length + paths.length > 0 ? await planRemoval(catalog, { acquisitions, paths }) : undefined;
      edit(deps, { key: "layers.remove", params: { count: wanted.length } }, () => {
        images?.store();
        for (const id of vectors) catalog.vectors.remove(id);
        const stored = new Set(catalog.layers.list().map((layer) => layer.id));
        // Display rows belong to images: one that moved to another acquisition keeps its display settings.
        for (const id of wanted) if (stored.has(id) && !id.startsWith("acquisition:")) catalog.layers.remove(id);
      });
      return { removed: wanted.length };
    }),

    "vectors.list": validated("vectors.list", z.strictObject({}), () => catalog.vectors.list()),

    "vectors.add": validated(
      "vectors.add",
      z.strictObject({
        path: filePath,
        layer: z.string().min(1).optional(),
        crs: z.string().min(1).optional(),
        name: z.string().trim().min(1).max(200).optional(),
      }),
      async ({ path, layer, crs, name }) => {
        const facts = await vectorFacts(path, { ...(layer ? { layer } : {}), ...(crs ? { crs } : {}) });
        const called = name ?? (facts.layers.length > 1 ? `${facts.name} · ${facts.layer}` : facts.name);
        return edit(deps, { key: "vectors.add", params: { name: called } }, () => ({
          id: catalog.vectors.add({ path, layer: facts.layer, crs: crs ?? null, name: called }),
        }));
      },
    ),
  } satisfies LayerCommands;

  function hasVector(id: number): boolean {
    return catalog.vectors.list().some((vector) => vector.id === id);
  }
}

function parts(id: string): [kind: string, key: string] {
  const colon = id.indexOf(":");
  return colon < 0 ? [id, ""] : [id.slice(0, colon), id.slice(colon + 1)];
}
