import { AppError } from "../../../src-shared/errors/index.ts";
import { type Bounds, boundsOfPoints, union } from "../../../src-shared/geo/bounds.ts";
import type { FeatureLayer } from "./feature.ts";

/** Which layer of a file is shown, in which CRS, where, with how many shapes. */
export interface LayerFacts {
  readonly layer: string;
  readonly layers: readonly string[];
  readonly crs: string;
  readonly bounds: Bounds;
  readonly count: number;
  readonly geometryType: string | null;
  readonly fields: readonly string[];
}

/**
 * Walks the layer once. A file without a CRS is refused, as is one without any place.
 * @throws AppError "labels-without-crs", "vector-without-shapes"
 */
export function layerFacts(layer: FeatureLayer): LayerFacts {
  const { path, crs } = layer;
  if (!crs) throw new AppError("labels-without-crs", { path });
  let bounds: Bounds | undefined;
  let count = 0;
  for (const { geometry } of layer.features) {
    count++;
    const own = geometry ? boundsOfPoints(positions((geometry as { coordinates?: unknown }).coordinates)) : undefined;
    if (own) bounds = bounds ? union(bounds, own) : own;
  }
  if (!bounds) throw new AppError("vector-without-shapes", { path });
  return {
    layer: layer.layer,
    layers: layer.layers.map(({ name }) => name),
    crs,
    bounds,
    count,
    geometryType: layer.layers.find(({ name }) => name === layer.layer)?.geometryType ?? null,
    fields: layer.fields.map(({ name }) => name),
  };
}

function* positions(coordinates: unknown): Generator<readonly [number, number]> {
  if (!Array.isArray(coordinates)) return;
  if (typeof coordinates[0] === "number") {
    yield [coordinates[0], coordinates[1] as number];
    return;
  }
  for (const part of coordinates) yield* positions(part);
}
