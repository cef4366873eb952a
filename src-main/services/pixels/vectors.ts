import { stat } from "node:fs/promises";
import type { VectorRow } from "../../../src-shared/domain/display.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Bounds, union } from "../../../src-shared/geo/bounds.ts";
import type { VectorRequest } from "../../../src-shared/ipc/pixels.ts";
import type { Catalog } from "../../catalog/index.ts";
import { LoadingCache } from "../../files/index.ts";
import { contentKey, transformer } from "../../raster/index.ts";
import { boundsOfGeometry, eachFeatureInSubprocess, type Feature, type Geometry } from "../../vector/index.ts";
import { simplified, verticesOf } from "./simplify.ts";

interface Shown {
  readonly id: string | number;
  readonly bounds: Bounds;
  readonly geometry: Geometry;
  readonly properties: Feature["properties"];
}

/** A vector file in the project's CRS, ready to be cut to views. */
export interface VectorFile {
  readonly version: string;
  readonly features: readonly Shown[];
  readonly bounds: Bounds | null;
  /** the file holds more than is kept in memory */
  readonly partial: boolean;
}

/** Positions kept of one file: about 100 MB. */
const mostVertices = 2_000_000;
/** Shapes in one answer; more cannot be distinguished on a screen. */
const mostShapes = 20_000;
const filesKept = 4;

const kept = new WeakMap<Catalog, LoadingCache<VectorFile>>();

/** The vector file behind a layer id, `vector:<id>`. */
function vectorRow(catalog: Catalog, layer: string): VectorRow {
  const row = catalog.vectors.list().find(({ id }) => `vector:${id}` === layer);
  if (!row) throw new AppError("layer-not-found", { id: layer });
  return row;
}

/** Read once per state of the file, a little at a time so that other requests are answered meanwhile. */
export async function vectorFile(catalog: Catalog, layer: string): Promise<VectorFile> {
  const row = vectorRow(catalog, layer);
  const stats = await stat(row.path, { bigint: true }).catch((cause: unknown) => {
    throw new AppError("vector-missing", { path: row.path }, { cause });
  });
  const version = contentKey(stats);
  const files = kept.get(catalog) ?? LoadingCache.ofCount<VectorFile>(filesKept);
  kept.set(catalog, files);
  const key = `${layer}\n${version}\n${row.crs ?? ""}\n${row.layer ?? ""}`;
  return files.get(key, () => readWhole(row, catalog.project.get().grid.geobox.crs, version));
}

async function readWhole(row: VectorRow, crs: string, version: string): Promise<VectorFile> {
  const options = {
    ...(row.layer === null ? {} : { layer: row.layer }),
    ...(row.crs === null ? {} : { crs: row.crs }),
  };
  let place: ReturnType<typeof transformer> | undefined;
  const features: Shown[] = [];
  let vertices = 0;
  let partial = false;
  let all: Bounds | null = null;
  const opened = (file: { readonly crs: string | undefined }) => {
    if (file.crs === undefined) throw new AppError("labels-without-crs", { path: row.path });
    place = transformer(file.crs, crs);
  };
  await eachFeatureInSubprocess(row.path, options, opened, ({ id, geometry, properties }) => {
    const { forward, identity } = place!;
    if (!geometry) return true;
    const placed = identity ? geometry : simplified(geometry, { move: forward });
    const bounds = placed && boundsOfGeometry(placed);
    if (!placed || !bounds || !Number.isFinite(bounds.minX + bounds.maxY)) return true;
    vertices += verticesOf(placed);
    if (vertices > mostVertices) {
      partial = true;
      return false;
    }
    features.push({ id, bounds, geometry: placed, properties });
    all = all ? union(all, bounds) : bounds;
    return true;
  });
  return { version, features, bounds: all, partial };
}

/** The shapes of a view as GeoJSON, with no more detail than its pixels show. */
export async function readVectors(
  catalog: Catalog,
  { layer, bounds, resolution }: VectorRequest,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly version: string }> {
  const file = await vectorFile(catalog, layer);
  signal.throwIfAborted();
  const features: unknown[] = [];
  let more = file.partial;
  for (const { id, bounds: own, geometry, properties } of file.features) {
    if (own.maxX < bounds.minX || own.minX > bounds.maxX || own.maxY < bounds.minY || own.minY > bounds.maxY) continue;
    if (features.length >= mostShapes) {
      more = true;
      break;
    }
    const shape = simplified(geometry, { tolerance: resolution / 2, within: bounds });
    if (shape) features.push({ type: "Feature", id, geometry: shape, properties });
  }
  return { text: JSON.stringify({ type: "FeatureCollection", more, features }), version: file.version };
}
