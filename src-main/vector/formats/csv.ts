// Tables with positions: which columns hold them, in which coordinate system. What is not certain is a question, with the evidence.

import { basename, extname } from "node:path";
import { tableEndings } from "../../../src-shared/domain/file-endings.ts";
import type { KnownVectorFormat } from "../../../src-shared/domain/known-format.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import type { TableReading } from "../../../src-shared/ipc/labels.ts";
import { transformer } from "../../raster/crs.ts";
import { type Geometry, type Transform, transformGeometry } from "../geometry/geometry.ts";
import { type CsvTable, decimalIn, numberIn, readCsvTable, scanTable } from "./csv-table.ts";
import type { Feature, FeatureLayer, Field, PropertyValue, ReadOptions } from "./feature.ts";
import { looksLikeShape, readShape } from "./shape-text.ts";
import { GeometryProblem } from "./wkb.ts";

/** What is read of it. */
export const tableFormat: KnownVectorFormat = {
  kind: "labels",
  name: "Table of text",
  endings: ["csv", "tsv", "tab", "txt"],
  read: "longitude and latitude, x and y with an EPSG code, or WKT, GeoJSON or WKB in a column; separator, decimal sign and encoding are found",
  notRead: "degrees with minutes, spreadsheets",
  crsFrom: "its columns",
};

/** Endings that are read as tables of text. */
export const tableExtensions: readonly string[] = tableEndings.map((ending) => `.${ending}`);

type WordPair = readonly [first: RegExp, second: RegExp];

/** Words for longitude and latitude, whole parts of a column's name. */
const degreeWords: WordPair = [
  /^(x?lon|x?long|longitude?|longitudine|lng|longit|londd|longdd|lond|lonc|declon|decimallongitude|gpslon|gpslong|gpslongitude|lonwgs84|longitudewgs84|wgs84lon|lonwgs|lange|laenge|langengrad|laengengrad|geolange|geolaenge|lengtegraad|lengte|dlugosc|xlongitude|longitud)$/,
  /^(y?lat|latitude?|latitudine|latit|latdd|latd|latc|declat|decimallatitude|gpslat|gpslatitude|latwgs84|latitudewgs84|wgs84lat|latwgs|breite|breitengrad|geobreite|breedtegraad|breedte|szerokosc|ylatitude|latitud)$/,
];
/** Words for coordinates of a plane; in which system is another question. */
const planeWords: WordPair = [
  /^(x|xcoord|xcoords|xcoordinate|xcoordinaat|xkoord|xkoordinate|coordx|xpos|pointx|xutm|utmx|utme|easting|eastings|east|este|est|ostwert|rechtswert|rechts|rw|xl93|xlambert|xrd|xcentroid|centroidx|xm|xgeo|cx)$/,
  /^(y|ycoord|ycoords|ycoordinate|ycoordinaat|ykoord|ykoordinate|coordy|ypos|pointy|yutm|utmy|utmn|northing|northings|north|norte|nord|nordwert|hochwert|hoch|hw|yl93|ylambert|yrd|ycentroid|centroidy|ym|ygeo|cy)$/,
];
const shapeWords =
  /^(wkt|geo|geojson|wktgeom|geomwkt|geometrywkt|wktgeometry|geometry|geom|thegeom|shape|shapewkt|wkb|geometrie|geometria|geometria_wkt)$/;
const crsWords = /^(epsg|epsgcode|codeepsg|crs|srid|srs|srscode|crscode|coordsys|projection|epsgcrs)$/;

const plain = (name: string): string =>
  name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");

/** A name in its parts: “x_utm31” → x, utm31; “startLon” → start, lon. */
const partsOf = (name: string): string[] =>
  name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== "");

interface Pair {
  readonly x: number;
  readonly y: number;
  readonly degrees: boolean;
}

/**
 * A table of text as a layer of points, or of the shapes in one column. Coordinates may be longitude and latitude, x and y
 * with a CRS (in a column, or given), or shapes as WKT, GeoJSON or hexadecimal WKB. A row without a usable position is kept with its problem.
 * @throws AppError "table-without-coordinates", "table-ambiguous", "table-column-missing", "table-unreadable"
 */
export function readCsv(path: string, options: ReadOptions = {}): FeatureLayer {
  const layer = basename(path, extname(path));
  if (options.layer !== undefined && options.layer !== layer) {
    throw new AppError("vector-layer-missing", { path, layer: options.layer, layers: [layer] });
  }
  const table = readCsvTable(path, options);
  const source = coordinatesOf(table, path, options);
  const codes = codesOf(table);
  const placed = source.kind === "wkt" ? cellShapes(table, source.column) : points(table, source, path);
  const { crs, why, perRow } = crsOf(placed, source, codes, options.crs);
  const fields = table.header.map((name, i): Field => ({ name, type: typeOf(table, i) }));
  const transforms = new Map<Crs, Transform>();
  const features = table.rows.map(({ line, cells }, i): Feature => {
    const properties = Object.fromEntries(
      fields.map(({ name, type }, column): [string, PropertyValue] => [name, cellValue(cells[column]!, type)]),
    );
    const own = perRow?.[i];
    const { geometry, problem } =
      perRow && own === undefined && placed[i]!.geometry
        ? { geometry: null, problem: "its row names no coordinate system" }
        : placed[i]!;
    const moved = geometry && own && crs && own !== crs ? transformGeometry(geometry, toLayer(own, crs)) : geometry;
    return { id: `line ${line}`, properties, geometry: moved, ...(problem === undefined ? {} : { problem }) };
  });
  function toLayer(from: Crs, to: Crs) {
    const known = transforms.get(from) ?? transformer(from, to).forward;
    transforms.set(from, known);
    return known;
  }
  const types = new Set(features.flatMap(({ geometry }) => (geometry ? [geometry.type] : [])));
  const reading: TableReading = {
    delimiter: table.delimiter === "\t" ? "tab" : table.delimiter,
    decimal: source.kind === "wkt" ? "." : source.decimal,
    encoding: table.encoding,
    columns: table.header,
    x: source.kind === "wkt" ? null : table.header[source.x]!,
    y: source.kind === "wkt" ? null : table.header[source.y]!,
    wkt: source.kind === "wkt" ? table.header[source.column]! : null,
    crsFrom: why,
  };
  const geometryType = types.size === 1 ? [...types][0]!.toUpperCase() : "GEOMETRY";
  return { path, layer, layers: [{ name: layer, geometryType, crs }], crs, fields, features, table: reading };
}

/**
 * Looks through a large table before it is held, and at its first rows for positions; gives the MiB that it takes in memory.
 * @throws AppError as {@link readCsv}
 */
export function scanCsv(path: string, options: ReadOptions = {}): number {
  const looked = scanTable(path, options);
  if (looked) coordinatesOf(looked.head, path, options);
  return looked?.mebibytes ?? 0;
}

type Source =
  | { readonly kind: "wkt"; readonly column: number }
  | ({ readonly kind: "points"; readonly decimal: "." | "," } & Pair);

/** Where the positions are: as the options say, or else the names of the columns. */
function coordinatesOf(table: CsvTable, path: string, { x, y, wkt }: ReadOptions): Source {
  const { header, rows } = table;
  const column = (name: string): number => {
    const found = header.findIndex((own) => own === name || plain(own) === plain(name));
    if (found < 0) throw new AppError("table-column-missing", { path, column: name, columns: header });
    return found;
  };
  const filled = (index: number) => rows.map(({ cells }) => cells[index]!).filter((cell) => cell.trim() !== "");
  if (wkt !== undefined) return { kind: "wkt", column: column(wkt) };
  if (x !== undefined || y !== undefined) {
    if (x === undefined || y === undefined) throw new AppError("table-one-coordinate", { path, columns: header });
    return withDecimal({
      x: column(x),
      y: column(y),
      degrees: matches(degreeWords, x, y) || matches(degreeWords, y, x),
    });
  }
  const shapes = header.flatMap((name, i) => {
    const cells = filled(i).slice(0, 50);
    return cells.length > 0 && cells.filter(looksLikeShape).length >= cells.length / 2 ? [{ name, i }] : [];
  });
  const named = shapes.filter(({ name }) => shapeWords.test(plain(name)));
  if (shapes.length === 1) return { kind: "wkt", column: shapes[0]!.i };
  if (named.length === 1) return { kind: "wkt", column: named[0]!.i };
  if (shapes.length > 1) {
    throw new AppError("table-ambiguous", { path, choices: shapes.map(({ name }) => ({ wkt: name })) });
  }
  const degrees = pairsOf(header, degreeWords, true);
  const plane = pairsOf(header, planeWords, false);
  for (const pairs of [degrees, plane]) {
    const usable = pairs.filter((pair) => [pair.x, pair.y].every((index) => isNumbers(filled(index))));
    // A name that is the word and nothing else comes before “start_lon”.
    const bare = usable.filter((pair) => partsOf(header[pair.x]!).length === 1);
    const [only, ...others] = bare.length === 1 ? bare : usable;
    if (only && others.length === 0) return withDecimal(only);
    if (only) {
      const choices = [only, ...others].map((pair) => ({ x: header[pair.x]!, y: header[pair.y]! }));
      throw new AppError("table-ambiguous", { path, choices });
    }
  }
  const sexagesimal = header.find((_, i) =>
    filled(i)
      .slice(0, 20)
      .some((cell) => /\d\s*°\s*\d/.test(cell)),
  );
  if (sexagesimal !== undefined) throw new AppError("table-degrees-minutes", { path, column: sexagesimal });
  throw new AppError("table-without-coordinates", { path, columns: header.slice(0, 40) });

  function withDecimal(pair: Pair): Source {
    return { kind: "points", ...pair, decimal: decimalIn([...filled(pair.x), ...filled(pair.y)]).sign };
  }
}

/** Most cells of the column are numbers. */
function isNumbers(cells: readonly string[]): boolean {
  const decimal = decimalIn(cells).sign;
  const numbers = cells.filter((cell) => numberIn(cell, decimal) !== undefined).length;
  return numbers > 0 && numbers >= cells.length / 2;
}

const matches = ([first, second]: WordPair, x: string, y: string): boolean =>
  (first.test(plain(x)) || partsOf(x).some((part) => first.test(part))) &&
  (second.test(plain(y)) || partsOf(y).some((part) => second.test(part)));

/** Columns whose names differ in nothing but the word for the axis. */
function pairsOf(header: readonly string[], [first, second]: WordPair, degrees: boolean): Pair[] {
  const keysOf = (name: string, word: RegExp): string[] => {
    const parts = partsOf(name);
    return [
      ...(word.test(plain(name)) ? [""] : []),
      ...parts.flatMap((part, i) => (word.test(part) ? [parts.with(i, "*").join(" ")] : [])),
    ].map((key) => (key === "*" ? "" : key));
  };
  const seconds = header.map((name) => keysOf(name, second));
  return header.flatMap((name, x): Pair[] => {
    for (const key of keysOf(name, first)) {
      const y = seconds.findIndex((keys, i) => i !== x && keys.includes(key));
      if (y >= 0) return [{ x, y, degrees }];
    }
    return [];
  });
}

interface Placed {
  readonly geometry: Geometry | null;
  readonly problem?: string;
  readonly srid?: number | undefined;
}

function points(table: CsvTable, source: Source & { readonly kind: "points" }, path: string): Placed[] {
  const { x, y, degrees, decimal } = source;
  const read = table.rows.map(({ cells }) => [numberIn(cells[x]!, decimal), numberIn(cells[y]!, decimal)] as const);
  const whole = read.filter((pair) => pair.every((value) => value !== undefined)) as [number, number][];
  if (degrees) expectDegrees(whole, table, source, path);
  return table.rows.map(({ cells }, i): Placed => {
    const [own, other] = read[i]!;
    for (const [index, value] of [
      [x, own],
      [y, other],
    ] as const) {
      if (value !== undefined) continue;
      const cell = cells[index]!.trim().slice(0, 40);
      if (cell === "") return { geometry: null };
      return { geometry: null, problem: `“${cell}” in column “${table.header[index]}” is no coordinate` };
    }
    if (degrees && (Math.abs(own!) > 360 || Math.abs(other!) > 90)) {
      return { geometry: null, problem: `(${own}, ${other}) is no longitude and latitude` };
    }
    if (own === 0 && other === 0 && whole.length > 1) {
      return { geometry: null, problem: "its position is (0, 0), which stands for none" };
    }
    return { geometry: { type: "Point", coordinates: [own!, other!] } };
  });
}

/** Columns called longitude and latitude that hold something else: metres, or each other's values. */
function expectDegrees(
  whole: readonly (readonly [number, number])[],
  { header }: CsvTable,
  { x, y }: Pair,
  path: string,
): void {
  if (whole.length === 0) return;
  const wrong = whole.filter(([lon, lat]) => Math.abs(lon) > 360 || Math.abs(lat) > 90);
  if (wrong.length <= whole.length / 2) return;
  const [first, second] = wrong[0]!;
  const exchanged = whole.every(([lon, lat]) => Math.abs(lon) <= 90 && Math.abs(lat) <= 360);
  throw new AppError("table-not-degrees", {
    path,
    x: header[x]!,
    y: header[y]!,
    values: [first, second],
    exchanged,
  });
}

function cellShapes({ rows }: CsvTable, column: number): Placed[] {
  return rows.map(({ cells }): Placed => {
    const text = cells[column]!.trim();
    if (text === "") return { geometry: null };
    try {
      return readShape(text);
    } catch (error) {
      if (error instanceof GeometryProblem) return { geometry: null, problem: error.message };
      throw error;
    }
  });
}

/** The CRS of every row where a column says it. */
function codesOf({ header, rows }: CsvTable): readonly (Crs | undefined)[] | undefined {
  const column = header.findIndex((name) => crsWords.test(plain(name)));
  if (column < 0) return undefined;
  const codes = rows.map(({ cells }): Crs | undefined => {
    const code = /(?:^|EPSG\D{0,3})(\d{4,6})(?:\.0+)?$/i.exec(cells[column]!.trim())?.[1];
    return code && `EPSG:${code}`;
  });
  return codes.some((code) => code !== undefined) ? codes : undefined;
}

interface CrsChoice {
  readonly crs: Crs | undefined;
  readonly why: TableReading["crsFrom"];
  /** where rows have different ones */
  readonly perRow?: readonly (Crs | undefined)[];
}

function crsOf(
  placed: readonly Placed[],
  source: Source,
  codes: readonly (Crs | undefined)[] | undefined,
  given: Crs | undefined,
): CrsChoice {
  if (given !== undefined) return { crs: given, why: "given" };
  if (source.kind === "points" && source.degrees) return { crs: "EPSG:4326", why: "names" };
  const own =
    source.kind === "wkt" && placed.some(({ srid }) => srid !== undefined)
      ? placed.map(({ srid }) => (srid === undefined ? undefined : `EPSG:${srid}`))
      : codes;
  if (own) {
    const crs = own.find((code) => code !== undefined);
    return { crs, why: "column", perRow: own };
  }
  if (source.kind === "points") return { crs: undefined, why: "unknown" };
  // WKT without a word about it: like GeoJSON, longitude and latitude where they can be.
  const shapes = placed.flatMap(({ geometry }) => (geometry ? [geometry] : []));
  return shapes.length > 0 && shapes.every(couldBeDegrees)
    ? { crs: "EPSG:4326", why: "values" }
    : { crs: undefined, why: "unknown" };
}

function couldBeDegrees(geometry: Geometry): boolean {
  let fits = true;
  transformGeometry(geometry, (x, y) => {
    if (Math.abs(x) > 180.000001 || Math.abs(y) > 90.000001) fits = false;
    return [x, y];
  });
  return fits;
}

const looksWhole = /^\s*-?(0|[1-9]\d{0,14})\s*$/;

/** Numbers only where every cell is one as it is written: codes like 0110 stay text. */
function typeOf({ rows, delimiter }: CsvTable, column: number): Field["type"] {
  const cells = rows.map((row) => row.cells[column]!).filter((cell) => cell.trim() !== "");
  if (cells.length === 0) return "text";
  if (cells.every((cell) => looksWhole.test(cell))) return "integer";
  const comma = delimiter !== "," && cells.every((cell) => /^\s*-?\d+(,\d+)?\s*$/.test(cell));
  const point = cells.every((cell) => /^\s*-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(cell) && !/^\s*-?0\d/.test(cell));
  return comma || point ? "number" : "text";
}

function cellValue(cell: string, type: Field["type"]): PropertyValue {
  if (cell.trim() === "") return null;
  return type === "text" ? cell : Number(cell.replace(",", "."));
}
