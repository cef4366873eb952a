// Vector files that are shown as they are: which layer, which CRS, where, how many shapes.
import { basename } from "node:path";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Bounds, boundsOfPoints, union } from "../../src-shared/geo/bounds.ts";
import { transformer } from "../raster/index.ts";
import { type FeatureLayer, readFeatures } from "../vector/index.ts";
import { knownCrs } from "./raster-info.ts";

export interface VectorFacts {
  readonly layer: string;
  readonly layers: readonly string[];
  readonly crs: string;
  readonly bounds: Bounds;
  readonly count: number;
  readonly geometryType: string | null;
  readonly fields: readonly string[];
  readonly name: string;
}

/** Reads the file once, shape by shape. A file without a CRS is refused, as is one without any place. */
export function vectorFacts(
  path: string,
  options: { readonly layer?: string; readonly crs?: string } = {},
): VectorFacts {
  const crs = options.crs === undefined ? undefined : knownCrs(options.crs);
  const layer = readFeatures(path, { ...options, ...(crs ? { crs } : {}) });
  if (!layer.crs) throw new AppError("labels-without-crs", { path });
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
    crs: layer.crs,
    bounds,
    count,
    geometryType: geometryTypeOf(layer),
    fields: layer.fields.map(({ name }) => name),
    name: basename(path).replace(/\.[^.]+$/, ""),
  };
}

const geometryTypeOf = (layer: FeatureLayer): string | null =>
  layer.layers.find(({ name }) => name === layer.layer)?.geometryType ?? null;

function* positions(coordinates: unknown): Generator<readonly [number, number]> {
  if (!Array.isArray(coordinates)) return;
  if (typeof coordinates[0] === "number") {
    yield [coordinates[0], coordinates[1] as number];
    return;
  }
  for (const part of coordinates) yield* positions(part);
}

/** The rectangle in another CRS around `bounds`, whose edges are followed in 20 steps. */
export function boundsIn(bounds: Bounds, from: string, to: string): Bounds | undefined {
  const { forward } = transformer(from, to);
  return boundsOfPoints([...edgeOf(bounds)].map(([x, y]) => forward(x, y)));
}

/** Points along the edge of a rectangle, closed, clockwise from the north-west. */
export function* edgeOf({ minX, minY, maxX, maxY }: Bounds, steps = 20): Generator<[number, number]> {
  const corners = [
    [minX, maxY],
    [maxX, maxY],
    [maxX, minY],
    [minX, minY],
  ] as const;
  for (const [index, [x, y]] of corners.entries()) {
    const [nextX, nextY] = corners[(index + 1) % 4]!;
    for (let i = 0; i < steps; i++) yield [x + ((nextX - x) * i) / steps, y + ((nextY - y) * i) / steps];
  }
  yield [minX, maxY];
}
