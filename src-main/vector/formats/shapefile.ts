import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import RBush from "rbush";
import type { KnownVectorFormat } from "../../../src-shared/domain/known-format.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Because, reason } from "../../../src-shared/errors/reasons/index.ts";
import { crsFromWkt } from "../../raster/crs-from-wkt.ts";
import { type Geometry, type Position, type Ring, ringsContain, signedRingArea } from "../geometry/geometry.ts";
import { openDbf } from "./dbf.ts";
import type { Feature, FeatureLayer, ReadOptions } from "./feature.ts";
import { type Decode, decoderNamed } from "./text-encoding.ts";
import { GeometryProblem } from "./wkb.ts";

/** What is read of it. */
export const shapefileFormat: KnownVectorFormat = {
  kind: "labels",
  name: "Shapefile",
  endings: ["shp"],
  read: "all plain shapes and multipatches, texts in any code page; .dbf, .prj, .cpg and .shx where they are there",
  notRead: "heights and measures",
  crsFrom: "the .prj beside it",
};

const typeNames: Readonly<Record<number, string>> = {
  0: "NULL",
  1: "POINT",
  3: "LINESTRING",
  5: "POLYGON",
  8: "MULTIPOINT",
  31: "MULTIPOLYGON",
};
/** 11–18 carry heights, 21–28 measures; both lie behind x and y, so the plain reader fits. */
const plainType = (type: number): number =>
  type > 20 && type < 30 ? type - 20 : type > 10 && type < 20 ? type - 10 : type;

/** The largest shape that is read. */
const largestShape = 256 * 2 ** 20;

/**
 * A Shapefile: .shp with shapes, .shx with their places, .dbf with attributes, .prj with the CRS, .cpg with the text encoding.
 * Only the .shp is needed. Where there is a .shx it decides where shapes lie, as in other programs; what it says lies outside of
 * the file is kept as a feature without a shape.
 */
export function readShapefile(path: string, options: ReadOptions = {}): FeatureLayer {
  const layer = basename(path, extname(path));
  if (options.layer !== undefined && options.layer !== layer) {
    throw new AppError("vector-layer-missing", { path, layer: options.layer, layers: [layer] });
  }
  const shapeType = typeOfFile(path);
  const side = sideFiles(path);
  const decode = decoderOf(path, side, options.encoding);
  const prj = side(".prj");
  const crs = options.crs ?? (prj ? crsOfPrj(prj) : undefined);
  const dbfPath = side(".dbf");
  const dbf = dbfPath ? openDbf(dbfPath, decode) : undefined;
  dbf?.close();
  return {
    path,
    layer,
    layers: [{ name: layer, geometryType: typeNames[plainType(shapeType)]!, crs }],
    crs,
    fields: dbf?.fields ?? [],
    features: { [Symbol.iterator]: () => records(path, side(".shx"), dbfPath, decode) },
  };
}

/** `undefined` when the file is empty. */
function crsOfPrj(path: string): string | undefined {
  const text = smallText(path, 64 * 1024)
    .replace(/^\uFEFF/, "")
    .trim();
  return text === "" ? undefined : crsFromWkt(text);
}

/** The beginning of a side file. */
function smallText(path: string, most: number): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(Math.min(most, fstatSync(file).size));
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

const damaged = (path: string, problem: Because) => new AppError("vector-damaged", { path, problem });

function typeOfFile(path: string): number {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(100);
    if (readSync(file, header, 0, 100, 0) < 100 || header.readInt32BE(0) !== 9994) {
      throw damaged(path, reason("does-not-begin-like-shapefile"));
    }
    const type = header.readInt32LE(32);
    // The header's word on the type is not needed: every shape has its own.
    return plainType(type) in typeNames ? type : 0;
  } finally {
    closeSync(file);
  }
}

/** Finds the files beside the .shp, whatever the case of their endings. */
function sideFiles(path: string): (extension: string) => string | undefined {
  const folder = dirname(path);
  const stem = basename(path, extname(path));
  // Opening a pipe would block.
  const names = readdirSync(folder)
    .filter((name) => basename(name, extname(name)) === stem)
    .filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile());
  return (extension) => {
    const name = names.find((candidate) => extname(candidate).toLowerCase() === extension);
    const found = name === undefined ? undefined : join(folder, name);
    return found !== undefined && statSync(found, { throwIfNoEntry: false })?.isFile() ? found : undefined;
  };
}

/** An encoding that a person names must be known. An invalid .cpg (such as an HTML error page of a web server) is ignored. */
function decoderOf(
  path: string,
  side: (extension: string) => string | undefined,
  wanted: string | undefined,
): Decode | undefined {
  if (wanted !== undefined) {
    const decode = decoderNamed(wanted);
    if (!decode) throw new AppError("vector-unknown-encoding", { path, encoding: wanted });
    return decode;
  }
  const cpg = side(".cpg");
  const named = cpg ? smallText(cpg, 256).trim() : "";
  return named === "" || named.length > 40 ? undefined : decoderNamed(named);
}

interface Place {
  readonly at: number;
  /** bytes behind the record's head */
  readonly length: number;
}

/** Records in file order; the n-th shape belongs to the n-th row of the table. Deleted rows are left out. */
function* records(
  path: string,
  shxPath: string | undefined,
  dbfPath: string | undefined,
  decode: Decode | undefined,
): Generator<Feature> {
  const dbf = dbfPath ? openDbf(dbfPath, decode) : undefined;
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    let id = 0;
    for (const place of (shxPath && placesIn(shxPath)) || placesAlong(file, size, path)) {
      const properties = dbf ? dbf.read(id) : {};
      if (properties) yield { id, properties, ...readShape(file, size, place) };
      id++;
    }
  } finally {
    closeSync(file);
    dbf?.close();
  }
}

/** The places in a .shx; `undefined` when it is no such file. */
function placesIn(path: string): Iterable<Place> | undefined {
  const bytes = readFileSync(path);
  if (bytes.length < 100 || bytes.readInt32BE(0) !== 9994) return undefined;
  const count = Math.floor((bytes.length - 100) / 8);
  return (function* () {
    for (let i = 0; i < count; i++) {
      yield { at: bytes.readUInt32BE(100 + 8 * i) * 2, length: bytes.readUInt32BE(104 + 8 * i) * 2 };
    }
  })();
}

/** Without a .shx: one record behind the other. */
function* placesAlong(file: number, size: number, path: string): Generator<Place> {
  const head = Buffer.alloc(8);
  let at = 100;
  for (let id = 0; at < size; id++) {
    if (readSync(file, head, 0, 8, at) < 8) throw damaged(path, reason("head-shape-cut-off", { id: id + 1 }));
    const length = head.readInt32BE(4) * 2;
    if (length < 4 || at + 8 + length > size) throw damaged(path, reason("shape-cut-off", { id: id + 1 }));
    yield { at, length };
    at += 8 + length;
  }
}

function readShape(file: number, size: number, { at, length }: Place): { geometry: Geometry | null; problem?: string } {
  if (length === 0) return { geometry: null };
  if (at < 100 || at + 8 + length > size) return { geometry: null, problem: "the shape lies outside of the file" };
  if (length > largestShape) return { geometry: null, problem: `the shape has ${Math.round(length / 2 ** 20)} MiB, more than is read` }; // biome-ignore format: one line
  const body = Buffer.alloc(length);
  readSync(file, body, 0, length, at + 8);
  return shapeOf(body);
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
    return Array.from({ length: count }, (_, i): Position => {
      const [x, y] = [body.readDoubleLE(start + 16 * i), body.readDoubleLE(start + 16 * i + 8)];
      if (!Number.isFinite(x) || !Number.isFinite(y)) throw new GeometryProblem("its coordinates are not numbers");
      return [x, y];
    });
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
    case 5:
    case 31: {
      const partCount = body.readInt32LE(36);
      const pointCount = body.readInt32LE(40);
      const perPart = type === 31 ? 8 : 4;
      if (partCount < 0 || 44 + perPart * partCount > body.length)
        throw new GeometryProblem("the shape ends too early");
      const all = positions(44 + perPart * partCount, pointCount);
      const starts = Array.from({ length: partCount }, (_, i) => body.readInt32LE(44 + 4 * i));
      if (starts.some((start, i) => start < 0 || start > (starts[i + 1] ?? pointCount)))
        throw new GeometryProblem("the parts of the shape do not follow one another");
      const parts = starts.map((start, i) => all.slice(start, starts[i + 1] ?? pointCount));
      if (type === 31) return patchesOf(parts, (i) => body.readInt32LE(44 + 4 * partCount + 4 * i));
      const lines = parts.filter((line) => line.length > 0);
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

/** A multipatch seen from above: triangles of strips and fans, and rings with their holes (ESRI's white paper, table 15). */
function patchesOf(parts: readonly Ring[], kindOf: (part: number) => number): Geometry | null {
  const polygons: Ring[][] = [];
  parts.forEach((points, i) => {
    const kind = kindOf(i);
    if (kind === 0 || kind === 1) {
      for (let k = 2; k < points.length; k++) {
        const [a, b, c] = [points[kind === 0 ? k - 2 : 0]!, points[k - 1]!, points[k]!];
        polygons.push([[a, b, c, a]]);
      }
    } else if (kind < 0 || kind > 5) throw new GeometryProblem(`a part of a multipatch is of the unknown kind ${kind}`);
    else if (points.length > 0) {
      // An inner ring, or one behind a first ring, belongs to the polygon before it.
      if ((kind === 3 || kind === 5) && polygons.length > 0) polygons.at(-1)!.push(points);
      else polygons.push([points]);
    }
  });
  return polygons.length === 0 ? null : { type: "MultiPolygon", coordinates: polygons };
}

/**
 * A Shapefile lists rings without saying which hole belongs where: outsides run clockwise, holes the other way.
 * A hole goes to the smallest outside around it. A “hole” that lies in none is an outside drawn the wrong way round.
 */
function polygonsOf(rings: readonly Ring[]): Geometry {
  const parts: Ring[][] = [];
  const holes: Ring[] = [];
  for (const ring of rings) {
    if (signedRingArea(ring) > 0) holes.push(ring);
    else parts.push([ring]);
  }
  if (holes.length > 0) {
    const index = new RBush<Box & { readonly part: Ring[]; readonly area: number }>();
    index.load(parts.map((part) => ({ ...boxOf(part[0]!), part, area: Math.abs(signedRingArea(part[0]!)) })));
    for (const hole of holes) {
      const around = index.search(boxOf(hole)).sort((p, q) => p.area - q.area);
      const home = around.slice(0, 1000).find(({ part }) => isInside(hole, part[0]!));
      if (home) home.part.push(hole);
      else parts.push([hole]);
    }
  }
  return parts.length === 1
    ? { type: "Polygon", coordinates: parts[0]! }
    : { type: "MultiPolygon", coordinates: parts };
}

interface Box {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

function boxOf(ring: Ring): Box {
  let [minX, minY, maxX, maxY] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]; // biome-ignore format: one line
  for (const [x, y] of ring) {
    minX = Math.min(minX, x);
    minY = Math.min(minY, y);
    maxX = Math.max(maxX, x);
    maxY = Math.max(maxY, y);
  }
  return { minX, minY, maxX, maxY };
}

/** Most corners of a ring inside another: a corner on the shared edge may fall on either side. Of long rings some corners are asked. */
function isInside(ring: Ring, outside: Ring): boolean {
  const step = Math.max(1, Math.floor((ring.length - 1) / 50));
  const corners = ring.slice(1).filter((_, i) => i % step === 0);
  const inside = corners.filter(([x, y]) => ringsContain([outside], x, y)).length;
  return inside * 2 > corners.length;
}
