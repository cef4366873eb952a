// Vector files that are shown as they are: which layer, which CRS, where, how many shapes.
import { basename } from "node:path";
import { type Bounds, boundsOfPoints } from "../../../src-shared/geo/bounds.ts";
import { transformer } from "../../raster/index.ts";
import { type LayerFacts, readInSubprocess } from "../../vector/index.ts";
import { knownCrs } from "../rasters/info.ts";

export interface VectorFacts extends LayerFacts {
  readonly name: string;
}

/** Reads the file once, in a process of its own. A file without a CRS is refused, as is one without any place. */
export async function vectorFacts(
  path: string,
  options: { readonly layer?: string; readonly crs?: string } = {},
): Promise<VectorFacts> {
  const crs = options.crs === undefined ? undefined : knownCrs(options.crs);
  const facts = await readInSubprocess("facts", { path, options: { ...options, ...(crs ? { crs } : {}) } });
  return { ...facts, name: basename(path).replace(/\.[^.]+$/, "") };
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
