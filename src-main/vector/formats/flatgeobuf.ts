import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename, extname } from "node:path";
import type { KnownVectorFormat } from "../../../src-shared/domain/known-format.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Because, reason } from "../../../src-shared/errors/reasons/index.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import { crsFromWkt } from "../../raster/crs-from-wkt.ts";
import { type Geometry, isEmpty, type Polygon, type Position } from "../geometry/geometry.ts";
import type { Feature, FeatureLayer, Field, FieldType, PropertyValue, ReadOptions } from "./feature.ts";
import { record } from "./fields.ts";
import { FlatTable, type FlatVector } from "./flatbuffer.ts";
import { GeometryProblem, geometryTypes } from "./wkb.ts";

/** What is read of it. */
export const flatGeobufFormat: KnownVectorFormat = {
  kind: "labels",
  name: "FlatGeobuf",
  endings: ["fgb"],
  read: "version 3, with an index or without one",
  notRead: "curves, binary columns",
  crsFrom: "its header",
};

// FlatGeobuf 3: eight bytes that name the format, a header, a spatial index that is passed over, and features one behind the other, each
// with its length before it. Fields of the tables are those of the format's schemas (header.fbs, feature.fbs).
// See https://flatgeobuf.org and https://github.com/flatgeobuf/flatgeobuf/tree/master/src/fbs.

const magic = Buffer.from("fgb\x03fgb", "latin1");
const largestHeader = 16 * 2 ** 20;
const largestFeature = 256 * 2 ** 20;
const mostColumns = 2000;
const pieceBytes = 1 << 20;
/** Of one node of the spatial index: four corners and a place. */
const nodeBytes = 40;

interface Column {
  readonly name: string;
  readonly type: number;
}

interface Header {
  readonly layer: string;
  readonly geometryType: number;
  readonly columns: readonly Column[];
  readonly crs: Crs | undefined;
  /** `0`: not known */
  readonly count: number;
  /** where the first feature begins */
  readonly begin: number;
}

const damaged = (path: string, problem: Because, cause?: unknown) =>
  new AppError("vector-damaged", { path, problem }, { cause });

/**
 * A FlatGeobuf file, feature by feature; heights, measures and times are left behind.
 * @throws AppError "vector-damaged", "vector-not-read", "vector-layer-missing"
 */
export function readFlatGeobuf(path: string, options: ReadOptions = {}): FeatureLayer {
  const header = headerOf(path);
  const { layer, columns } = header;
  if (options.layer !== undefined && options.layer !== layer)
    throw new AppError("vector-layer-missing", { path, layer: options.layer, layers: [layer] });
  const own = geometryTypes[header.geometryType]?.toUpperCase() ?? "GEOMETRY";
  return {
    path,
    layer,
    layers: [{ name: layer, geometryType: own, crs: header.crs }],
    crs: options.crs ?? header.crs,
    fields: columns.map(({ name, type }): Field => ({ name, type: fieldTypes[type] ?? "binary" })),
    features: { [Symbol.iterator]: () => features(path, header) },
  };
}

function headerOf(path: string): Header {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const head = Buffer.alloc(12);
    if (readSync(file, head, 0, 12, 0) < 12 || !head.subarray(0, 3).equals(magic.subarray(0, 3)))
      throw damaged(path, reason("does-not-begin-like-flatgeobuf"));
    if (!head.subarray(0, magic.length).equals(magic))
      throw new AppError("vector-not-read", { path, kind: "flatGeobufVersion" });
    const length = head.readUInt32LE(8);
    if (length > largestHeader || 12 + length > size) throw damaged(path, reason("header-makes-no-sense"));
    const bytes = Buffer.alloc(length);
    readSync(file, bytes, 0, length, 12);
    const header = readHeader(bytes, path);
    const begin = 12 + length + header.indexBytes;
    // A feature has its length and a table at least.
    if (begin > size || header.count > (size - begin) / 12) throw damaged(path, reason("ends-too-early-copy-or"));
    return { ...header, begin };
  } finally {
    closeSync(file);
  }
}

function readHeader(bytes: Buffer, path: string): Omit<Header, "begin"> & { readonly indexBytes: number } {
  try {
    const table = FlatTable.root(bytes);
    const count = table.long(8, 0);
    const columns = columnsOf(table, 7);
    return {
      layer: table.text(0) || basename(path, extname(path)),
      geometryType: table.byte(2, 0),
      columns,
      crs: crsOf(table.table(10)),
      count,
      indexBytes: count === 0 ? 0 : indexBytes(count, table.short(9, 16)),
    };
  } catch (cause) {
    if (cause instanceof RangeError) throw damaged(path, reason("header-makes-no-sense"), cause);
    throw cause;
  }
}

function columnsOf(table: FlatTable, field: number): Column[] {
  if (table.vector(field, 4).length > mostColumns) throw new RangeError("Far too many columns");
  return [...table.tables(field)].map((column) => ({ name: column.text(0) ?? "", type: column.byte(1, 0) }));
}

/** An authority that is left out is EPSG, as the format says. */
function crsOf(table: FlatTable | undefined): Crs | undefined {
  if (!table) return undefined;
  const authority = (table.text(0) || "EPSG").toUpperCase();
  const code = table.int(1, 0);
  if (authority === "EPSG" && code > 0) return `EPSG:${code}`;
  if (authority === "OGC" && table.text(5) === "CRS84") return "EPSG:4326";
  const wkt = table.text(4)?.trim();
  return wkt ? crsFromWkt(wkt) : undefined;
}

/** Bytes of a packed Hilbert R-tree: every level has a node for so many of the level below, up to one. 0: there is no index. */
function indexBytes(count: number, nodeSize: number): number {
  if (nodeSize < 2) return 0;
  let nodes = count;
  for (let level = count; level > 1; nodes += level) level = Math.ceil(level / nodeSize);
  // One feature has a leaf and a root.
  return (count === 1 ? 2 : nodes) * nodeBytes;
}

function* features(path: string, header: Header): Generator<Feature> {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const bytesAt = piecewise(file, size);
    let at = header.begin;
    for (let id = 0; header.count === 0 ? at < size : id < header.count; id++) {
      if (at + 4 > size) throw damaged(path, reason("ends-too-early-copy-or"));
      const length = bytesAt(at, 4).readUInt32LE(0);
      if (length > largestFeature || at + 4 + length > size)
        throw damaged(path, reason("shape-cut-off", { id: id + 1 }));
      yield { id, ...featureOf(bytesAt(at + 4, length), header) };
      at += 4 + length;
    }
  } finally {
    closeSync(file);
  }
}

/** Bytes at a place of the file, which is read a piece at a time. */
function piecewise(file: number, size: number): (at: number, length: number) => Buffer {
  let begin = 0;
  let piece = Buffer.alloc(0);
  return (at, length) => {
    if (at < begin || at + length > begin + piece.length) {
      piece = Buffer.alloc(Math.min(size - at, Math.max(length, pieceBytes)));
      begin = at;
      readSync(file, piece, 0, piece.length, at);
    }
    return piece.subarray(at - begin, at - begin + length);
  };
}

function featureOf(bytes: Buffer, header: Header): Omit<Feature, "id"> {
  let properties: Feature["properties"] = {};
  try {
    const feature = FlatTable.root(bytes);
    const own = columnsOf(feature, 2);
    properties = propertiesOf(bytes, feature.vector(1, 1), own.length > 0 ? own : header.columns);
    const table = feature.table(0);
    if (!table) return { properties, geometry: null };
    const geometry = new ShapeReader(bytes).read(table, header.geometryType);
    return { properties, geometry: isEmpty(geometry) ? null : geometry };
  } catch (error) {
    if (error instanceof GeometryProblem) return { properties, geometry: null, problem: error.message };
    if (error instanceof RangeError) return { properties, geometry: null, problem: "its bytes make no sense" };
    throw error;
  }
}

/** Types of columns, by their number: Byte, UByte, Bool, Short … Binary. */
const fieldTypes: readonly FieldType[] = [
  ...(["integer", "integer", "boolean", "integer", "integer", "integer", "integer", "integer", "integer"] as const),
  ...(["number", "number", "text", "text", "date", "binary"] as const),
];

/** How many bytes a value has, and how it is read, by the number of its type. */
const numbers: readonly (readonly [size: number, read: (bytes: Buffer, at: number) => PropertyValue])[] = [
  [1, (bytes, at) => bytes.readInt8(at)],
  [1, (bytes, at) => bytes.readUInt8(at)],
  [1, (bytes, at) => bytes.readUInt8(at) !== 0],
  [2, (bytes, at) => bytes.readInt16LE(at)],
  [2, (bytes, at) => bytes.readUInt16LE(at)],
  [4, (bytes, at) => bytes.readInt32LE(at)],
  [4, (bytes, at) => bytes.readUInt32LE(at)],
  [8, (bytes, at) => Number(bytes.readBigInt64LE(at))],
  [8, (bytes, at) => Number(bytes.readBigUInt64LE(at))],
  [4, (bytes, at) => finite(bytes.readFloatLE(at))],
  [8, (bytes, at) => finite(bytes.readDoubleLE(at))],
];
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const binaryType = 14;

/** The number of a column and its value, again and again; columns that a feature leaves out are empty. */
function propertiesOf(
  bytes: Buffer,
  { at: begin, length }: FlatVector,
  columns: readonly Column[],
): Feature["properties"] {
  const values = new Map<string, PropertyValue>(columns.map(({ name }) => [name, null]));
  const end = begin + length;
  for (let at = begin; at < end; ) {
    const column = columns[bytes.readUInt16LE(at)];
    if (!column) throw new RangeError("A value of a column that is not there");
    at += 2;
    const plain = numbers[column.type];
    if (plain) {
      values.set(column.name, plain[1](bytes, at));
      at += plain[0];
      continue;
    }
    const size = bytes.readUInt32LE(at);
    at += 4;
    if (at + size > end) throw new RangeError("A text reaches beyond its feature");
    if (column.type < binaryType) values.set(column.name, bytes.toString("utf8", at, at + size));
    at += size;
  }
  return record(values);
}

const polygonType = 3;
const deepest = 16;

/**
 * The geometry of one feature. Tables may refer to the same parts again and again, so that few bytes describe shapes without end:
 * no more parts and positions are read than the bytes could hold one by one.
 */
class ShapeReader {
  readonly #bytes: Buffer;
  #partsLeft: number;
  #positionsLeft: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#partsLeft = bytes.length / 8;
    this.#positionsLeft = bytes.length / 16;
  }

  /** @param usual the type where the geometry does not say its own */
  read(table: FlatTable, usual: number, depth = 0): Geometry {
    this.#partsLeft -= 1;
    if (this.#partsLeft < 0 || depth > deepest) throw new GeometryProblem("the geometry is nested too deeply");
    const code = table.byte(6, 0) || usual;
    const type = geometryTypes[code];
    const parts = (own: number) => [...table.tables(7)].map((part) => this.read(part, own, depth + 1));
    switch (type) {
      case "Point": {
        const [position] = this.#positions(table);
        return position ? { type, coordinates: position } : { type: "MultiPoint", coordinates: [] };
      }
      case "LineString":
      case "MultiPoint":
        return { type, coordinates: this.#positions(table) };
      case "Polygon":
      case "MultiLineString":
        return { type, coordinates: this.#lines(table) };
      case "MultiPolygon":
        return { type, coordinates: parts(polygonType).map(ringsOf) };
      case "GeometryCollection":
        return { type, geometries: parts(0) };
      default:
        throw new GeometryProblem(`shapes of type ${code} (curves or surfaces) are not supported`);
    }
  }

  #positions(table: FlatTable): Position[] {
    const { at, length } = table.vector(1, 8);
    const count = Math.floor(length / 2);
    this.#positionsLeft -= count;
    if (this.#positionsLeft < 0) throw new RangeError("More positions than bytes");
    return Array.from({ length: count }, (_, i): Position => {
      const x = this.#bytes.readDoubleLE(at + 16 * i);
      const y = this.#bytes.readDoubleLE(at + 16 * i + 8);
      if (!Number.isFinite(x) || !Number.isFinite(y)) throw new GeometryProblem("its coordinates are not numbers");
      return [x, y];
    });
  }

  /** Positions of all lines in one row, and where each line ends; without ends they are one line. */
  #lines(table: FlatTable): Position[][] {
    const positions = this.#positions(table);
    const { at, length } = table.vector(0, 4);
    if (length === 0) return positions.length === 0 ? [] : [positions];
    const lines: Position[][] = [];
    let begin = 0;
    for (let i = 0; i < length; i++) {
      const end = this.#bytes.readUInt32LE(at + 4 * i);
      if (end < begin || end > positions.length) throw new GeometryProblem("its lines end where none begins");
      lines.push(positions.slice(begin, end));
      begin = end;
    }
    return lines;
  }
}

function ringsOf(part: Geometry): Polygon["coordinates"] {
  if (part.type !== "Polygon") throw new GeometryProblem(`a MultiPolygon holds a ${part.type}`);
  return part.coordinates;
}
