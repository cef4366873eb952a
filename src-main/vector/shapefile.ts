import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { AppError } from "../../src-shared/errors/index.ts";
import { crsFromWkt } from "../raster/crs-from-wkt.ts";
import { openDbf } from "./dbf.ts";
import type { Feature, FeatureLayer, ReadOptions } from "./feature.ts";
import { type Geometry, type Position, type Ring, ringsContain, signedRingArea } from "./geometry.ts";
import { type Decode, decoderNamed } from "./text-encoding.ts";
import { GeometryProblem } from "./wkb.ts";

const typeNames: Readonly<Record<number, string>> = {
  0: "NULL",
  1: "POINT",
  3: "LINESTRING",
  5: "POLYGON",
  8: "MULTIPOINT",
};
/** 11–18 carry heights, 21–28 measures; both lie behind x and y, so the plain reader fits. */
const plainType = (type: number): number => (type > 20 ? type - 20 : type > 10 ? type - 10 : type);

/** A Shapefile: .shp with shapes, .dbf with attributes, .prj with the CRS, .cpg with the text encoding. .shx is not needed. */
export function readShapefile(path: string, options: ReadOptions = {}): FeatureLayer {
  const layer = basename(path, extname(path));
  if (options.layer !== undefined && options.layer !== layer) {
    throw new AppError("vector-layer-missing", { path, layer: options.layer, layers: [layer] });
  }
  const shapeType = typeOfFile(path);
  const side = sideFiles(path);
  const decode = decoderOf(path, side, options.encoding);
  const prj = side(".prj");
  const crs = options.crs ?? (prj ? crsFromWkt(readFileSync(prj, "utf8").replace(/^\uFEFF/, "")) : undefined);
  const dbfPath = side(".dbf");
  const dbf = dbfPath ? openDbf(dbfPath, decode) : undefined;
  dbf?.close();
  return {
    path,
    layer,
    layers: [{ name: layer, geometryType: typeNames[plainType(shapeType)]!, crs }],
    crs,
    fields: dbf?.fields ?? [],
    features: { [Symbol.iterator]: () => records(path, dbfPath, decode) },
  };
}

const damaged = (path: string, problem: string) => new AppError("vector-damaged", { path, problem });

function typeOfFile(path: string): number {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(100);
    if (readSync(file, header, 0, 100, 0) < 100 || header.readInt32BE(0) !== 9994) {
      throw damaged(path, "it does not begin like a Shapefile");
    }
    const type = header.readInt32LE(32);
    if (!(plainType(type) in typeNames)) throw damaged(path, `shapes of type ${type} are not supported`);
    return type;
  } finally {
    closeSync(file);
  }
}

/** Finds the files beside the .shp, whatever the case of their endings. */
function sideFiles(path: string): (extension: string) => string | undefined {
  const folder = dirname(path);
  const stem = basename(path, extname(path));
  const names = readdirSync(folder).filter((name) => basename(name, extname(name)) === stem);
  return (extension) => {
    const name = names.find((candidate) => extname(candidate).toLowerCase() === extension);
    return name === undefined ? undefined : join(folder, name);
  };
}

function decoderOf(
  path: string,
  side: (extension: string) => string | undefined,
  wanted: string | undefined,
): Decode | undefined {
  const cpg = side(".cpg");
  const encoding = wanted ?? (cpg ? readFileSync(cpg, "latin1").trim() : "");
  if (encoding === "") return undefined;
  const decode = decoderNamed(encoding);
  if (!decode) throw new AppError("vector-unknown-encoding", { path, encoding });
  return decode;
}

/** Records in file order; the n-th shape belongs to the n-th row of the table. Deleted rows are left out. */
function* records(path: string, dbfPath: string | undefined, decode: Decode | undefined): Generator<Feature> {
  const dbf = dbfPath ? openDbf(dbfPath, decode) : undefined;
  const file = openSync(path, "r");
  try {
    const size = fstatSync(file).size;
    const head = Buffer.alloc(8);
    let at = 100;
    for (let id = 0; at < size; id++) {
      if (readSync(file, head, 0, 8, at) < 8) throw damaged(path, `the head of shape ${id + 1} is cut off`);
      const length = head.readInt32BE(4) * 2;
      if (length < 4 || at + 8 + length > size) throw damaged(path, `shape ${id + 1} is cut off`);
      const body = Buffer.alloc(length);
      readSync(file, body, 0, length, at + 8);
      at += 8 + length;
      const properties = dbf ? dbf.read(id) : {};
      if (!properties && id < dbf!.records) continue;
      yield { id, properties: properties ?? {}, ...shapeOf(body) };
    }
  } finally {
    closeSync(file);
    dbf?.close();
  }
}

function shapeOf(body: Buffer): { geometry: Geometry | null; problem?: string } {
  try {
    return { geometry: geometryOf(body) };
  } catch (error) {
    if (error instanceof GeometryProblem || error instanceof RangeError) {
      return { geometry: null, problem: error instanceof GeometryProblem ? error.message : "the shape ends too early" };
    }
    throw error;
  }
}

function geometryOf(body: Buffer): Geometry | null {
  const positions = (start: number, count: number): Position[] => {
    if (count < 0 || start + 16 * count > body.length) throw new GeometryProblem("the shape ends too early");
    return Array.from({ length: count }, (_, i) => [
      body.readDoubleLE(start + 16 * i),
      body.readDoubleLE(start + 16 * i + 8),
    ]);
  };
  const type = plainType(body.readInt32LE(0));
  switch (type) {
    case 0:
      return null;
    case 1:
      return { type: "Point", coordinates: positions(4, 1)[0]! };
    case 8: {
      const coordinates = positions(40, body.readInt32LE(36));
      return coordinates.length === 0 ? null : { type: "MultiPoint", coordinates };
    }
    case 3:
    case 5: {
      const partCount = body.readInt32LE(36);
      const pointCount = body.readInt32LE(40);
      if (partCount < 0 || 44 + 4 * partCount > body.length) throw new GeometryProblem("the shape ends too early");
      const all = positions(44 + 4 * partCount, pointCount);
      const starts = Array.from({ length: partCount }, (_, i) => body.readInt32LE(44 + 4 * i));
      const lines = starts
        .map((start, i) => all.slice(start, starts[i + 1] ?? pointCount))
        .filter((line) => line.length > 0);
      if (lines.length === 0) return null;
      if (type === 5) return polygonsOf(lines);
      return lines.length === 1
        ? { type: "LineString", coordinates: lines[0]! }
        : { type: "MultiLineString", coordinates: lines };
    }
    default:
      throw new GeometryProblem(`shapes of type ${type} are not supported`);
  }
}

/**
 * A Shapefile lists rings without saying which hole belongs where: outsides run clockwise, holes the other way.
 * A hole goes to the smallest outside around it. A “hole” that lies in none is an outside drawn the wrong way round.
 */
function polygonsOf(rings: readonly Ring[]): Geometry {
  const outsides = rings.filter((ring) => signedRingArea(ring) <= 0);
  const holes = rings.filter((ring) => signedRingArea(ring) > 0);
  const parts: Ring[][] = outsides.map((ring) => [ring]);
  const bySize = [...parts].sort((p, q) => Math.abs(signedRingArea(p[0]!)) - Math.abs(signedRingArea(q[0]!)));
  for (const hole of holes) {
    const home = bySize.find(([outside]) => isInside(hole, outside!));
    if (home) home.push(hole);
    else parts.push([hole]);
  }
  return parts.length === 1
    ? { type: "Polygon", coordinates: parts[0]! }
    : { type: "MultiPolygon", coordinates: parts };
}

/** Most corners of a ring inside another: a corner on the shared edge may fall on either side. */
function isInside(ring: Ring, outside: Ring): boolean {
  const corners = ring.slice(1);
  const inside = corners.filter(([x, y]) => ringsContain([outside], x, y)).length;
  return inside * 2 > corners.length;
}
