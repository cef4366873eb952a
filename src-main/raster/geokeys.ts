import { reason } from "../../src-shared/errors/reasons/index.ts";
import type { Crs } from "../../src-shared/geo/crs.ts";
import { crsEntry, crsName, definitionOf, isGeographic, sameCrs, transformer } from "./crs.ts";
import { crsFromWkt } from "./crs-from-wkt.ts";
import { tiffTag } from "./formats/tiff/tags.ts";
import { coordTrans, epsgValue, geoKey, geoKeyName, modelType, userDefined } from "./geokey-ids.ts";
import { figureIn, projWords } from "./proj-text.ts";
import { CrsProblem, longLatText, type Method, type Parameters, type ProjectedSystem, projText } from "./projection.ts";
import {
  baseOf,
  type Ellipsoid,
  ellipsoidOf,
  type GeographicSystem,
  geographicOf,
  geographicOfDatum,
  isRegistered,
  lengthOf,
  meridianOf,
} from "./register.ts";

/** GeoKeys (OGC 19-008r4): what a GeoTIFF says about its coordinate system, as key number → value. */
export type GeoKeys = ReadonlyMap<number, number | string | readonly number[]>;

/** Directories with more keys than this are damaged: the standard has about 60. */
const mostKeys = 512;

/** The keys of the tags GeoKeyDirectory, GeoDoubleParams and GeoAsciiParams. */
export function parseGeoKeys(directory: ArrayLike<number>, doubles: ArrayLike<number>, ascii: string): GeoKeys {
  const keys = new Map<number, number | string | readonly number[]>();
  const count = Math.min(directory[3] ?? 0, Math.floor((directory.length - 4) / 4), mostKeys);
  for (let i = 1; i <= count; i++) {
    const key = directory[i * 4]!;
    const location = directory[i * 4 + 1]!;
    const length = directory[i * 4 + 2]!;
    const value = directory[i * 4 + 3]!;
    if (location === 0) keys.set(key, value);
    else if (location === tiffTag.GeoDoubleParams) {
      // A key may point past the numbers that are there: it then has fewer, or none.
      const there = Math.max(0, Math.min(length, mostKeys, doubles.length - value));
      const numbers = Array.from({ length: there }, (_, k) => doubles[value + k]!);
      keys.set(key, length === 1 ? (numbers[0] ?? Number.NaN) : numbers);
    } else if (location === tiffTag.GeoAsciiParams) keys.set(key, withoutEnd(ascii.slice(value, value + length)));
  }
  return keys;
}

/** Without the bars and zeros that end a text. By hand: a pattern tried at each of 100,000 bars takes seconds. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === "|" || text[end - 1] === "\0")) end--;
  return text.slice(0, end);
}

/** “ProjCoordTransGeoKey (3075) = 4”. */
const named = (key: number, value: number | string | readonly number[] | undefined): string =>
  `${geoKeyName(key)} (${key})${value === undefined || Number.isNaN(value) ? "" : ` = ${shown(value)}`}`;

/** A value in a sentence: a damaged key may hold thousands of numbers, or a text of many pages. */
function shown(value: number | string | readonly number[]): string {
  if (typeof value === "string") return value.length > 80 ? `${value.slice(0, 80)}…` : value;
  if (typeof value === "number") return String(value);
  return value.length > 8 ? `${value.slice(0, 8).join(", ")}, … (${value.length} numbers)` : value.join(", ");
}

/** What can be said of the keys: a system, or nothing because they name none. */
export interface KeysAsCrs {
  readonly crs: Crs | undefined;
  /** what the keys also say and this program does not use, in words */
  readonly note?: string;
}

/**
 * The CRS of the keys: an EPSG code when there is one (also when a custom definition turns out to be the same), else a PROJ text
 * that holds every number of theirs. `undefined` when they name no system, or one that is not tied to the Earth.
 * @throws CrsProblem with the names of the keys that cannot be honoured: nothing is guessed
 * @see OGC 19-008r4, §7 and annex C; where writers differ from it, GDAL's reading
 */
export function crsOfGeoKeys(keys: GeoKeys): KeysAsCrs {
  const crs = horizontal(new KeyReader(keys));
  const vertical = keys.get(geoKey.VerticalCSType);
  const note =
    typeof vertical === "number" && vertical > 0
      ? `heights (${named(geoKey.VerticalCSType, vertical)}) are not used`
      : undefined;
  return note ? { crs, note } : { crs };
}

class KeyReader {
  readonly keys: GeoKeys;

  constructor(keys: GeoKeys) {
    this.keys = keys;
  }

  /** A number; 0 (undefined in the standard) stays 0. @throws CrsProblem when the key holds something else */
  number(key: number): number | undefined {
    const value = this.keys.get(key);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new CrsProblem(reason("crs-not-number", { key: named(key, value) }));
  }

  /** A code of the register; neither 0 nor “user-defined”. */
  code(key: number): number | undefined {
    const value = this.number(key);
    return value === undefined || value === 0 || value === userDefined ? undefined : value;
  }

  first(...candidates: readonly number[]): number | undefined {
    for (const key of candidates) {
      const value = this.number(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  says(key: number): string {
    return named(key, this.keys.get(key));
  }
}

function horizontal(reader: KeyReader): Crs | undefined {
  const { keys } = reader;
  const model = reader.number(geoKey.GTModelType);
  if (model === modelType.geocentric)
    throw new CrsProblem(reason("crs-means-geocentric-coordinates-image-no", { key: reader.says(geoKey.GTModelType) }));
  const projected = reader.code(geoKey.ProjectedCSType);
  if (model !== modelType.geographic && projected !== undefined) return registeredProjected(reader, projected);
  for (const key of [geoKey.PCSCitation, geoKey.GTCitation, geoKey.GeogCitation]) {
    const citation = keys.get(key);
    const wkt = typeof citation === "string" ? /ESRI PE String = (.*)$/s.exec(citation)?.[1] : undefined;
    if (wkt) return crsFromWkt(wkt);
  }
  if (
    model !== modelType.geographic &&
    (reader.number(geoKey.ProjCoordTrans) || reader.code(geoKey.Projection) !== undefined)
  )
    return projectedCrs(reader);
  if (model === modelType.projected)
    throw new CrsProblem(
      reason("crs-means-projected-coordinates-yet-neither", {
        key: reader.says(geoKey.GTModelType),
        key2: named(geoKey.ProjectedCSType, undefined),
        key3: named(geoKey.ProjCoordTrans, undefined),
      }),
    );
  const geographic = reader.code(geoKey.GeographicType);
  if (model === modelType.geographic || (model === undefined && geographic !== undefined))
    return geographicCrs(reader, geographic);
  // Local coordinates without a place on Earth, as of a plan.
  return undefined;
}

/** Only EPSG's codes are accepted: 54009 is ESRI's Mollweide in some files and something else in others. */
function registered(reader: KeyReader, key: number, code: number): Crs {
  if (code > userDefined || !isRegistered(code))
    throw new CrsProblem(reason("crs-no-code-epsg-register-known", { key: reader.says(key) }));
  return `EPSG:${code}`;
}

/** A code with further keys that contradict it is refused, since either may be right. */
function registeredProjected(reader: KeyReader, code: number): Crs {
  const crs = registered(reader, geoKey.ProjectedCSType, code);
  const definition = definitionOf(crs);
  // The web's Mercator is drawn on a sphere and counted on an ellipsoid: its keys say either.
  if (isGeographic(crs) || definition.includes("+nadgrids=@null")) return crs;
  const contradicts = (...keys: readonly number[]) => {
    const said = keys.filter((key) => reader.keys.has(key)).map((key) => reader.says(key));
    return new CrsProblem(
      reason("crs-contradict-one-another", {
        key: reader.says(geoKey.ProjectedCSType),
        crs: crsName(crs),
        said: said.join(", "),
      }),
    );
  };
  const words = projWords(definition);
  const unit = Number(words.get("to_meter") ?? 1);
  if (Math.abs(unitOfKeys(reader, unit) / unit - 1) > 1e-7)
    throw contradicts(geoKey.ProjLinearUnits, geoKey.ProjLinearUnitSize);
  const figure = figureIn(words);
  const meridian = Number(words.get("pm") ?? 0);
  const base = baseOf(code);
  const given = reader.code(geoKey.GeographicType);
  if (given !== undefined && given !== base) {
    const other = geographicOf(given);
    const own = base === undefined ? undefined : geographicOf(base);
    if (other && figure && own && !samePlaces(other, own)) throw contradicts(geoKey.GeographicType);
  }
  const datum = reader.code(geoKey.GeogGeodeticDatum);
  const ofDatum = datum === undefined ? undefined : geographicOfDatum(datum);
  if (ofDatum && figure && !sameFigure(ofDatum, figure)) throw contradicts(geoKey.GeogGeodeticDatum);
  const ofKeys = figureOfKeys(reader, figure);
  if (ofKeys && figure && !sameFigure(ofKeys, figure))
    throw contradicts(
      geoKey.GeogEllipsoid,
      geoKey.GeogSemiMajorAxis,
      geoKey.GeogSemiMinorAxis,
      geoKey.GeogInvFlattening,
    );
  const inDegrees = !Number.isNaN(angularUnit(reader));
  const ofMeridian = inDegrees ? meridianOfKeys(reader) : undefined;
  if (ofMeridian !== undefined && Math.abs(ofMeridian - meridian) > 1e-6)
    throw contradicts(geoKey.GeogPrimeMeridian, geoKey.GeogPrimeMeridianLong);
  if (figure && inDegrees && !sameMap(reader, crs, { ...figure, meridian }, unit))
    throw contradicts(geoKey.Projection, geoKey.ProjCoordTrans, ...angles);
  return crs;
}

/** True when the keys name no projection beside their code, or one that puts the middle of its area where the code does. */
function sameMap(reader: KeyReader, crs: Crs, geographic: GeographicSystem, toMeter: number): boolean {
  const says =
    utmZone(reader.code(geoKey.Projection)) ||
    (recipes[reader.number(geoKey.ProjCoordTrans) ?? 0] &&
      reader.first(...lons, geoKey.ProjStraightVertPoleLong) !== undefined);
  const area = crsEntry(crs)?.lonLat;
  if (!says || !area) return true;
  const text = projText(projectionOfKeys(reader, geographic, toMeter));
  const bare = (definition: string) =>
    definition
      .replace(/ \+towgs84=\S+/, "")
      .replace("+datum=WGS84", "+ellps=WGS84")
      .replace(/ \+pm=\S+/, "");
  const [lon, lat] = [middle(area.minX, area.maxX) - geographic.meridian, middle(area.minY, area.maxY)];
  const places = [text, definitionOf(crs)].map((definition) =>
    transformer(longLatText({ ...geographic, meridian: 0 }), bare(definition)).forward(lon, lat),
  );
  const apart = Math.hypot(places[0]![0] - places[1]![0], places[0]![1] - places[1]![1]) * toMeter;
  return !(apart > 1);
}

const middle = (low: number, high: number): number => (low + (high < low ? high + 360 : high)) / 2;

/** Longitudes and latitudes that mean the same places, to a few metres. */
function samePlaces(p: GeographicSystem, q: GeographicSystem): boolean {
  const limits = [5, 5, 5, 0.2, 0.2, 0.2, 1];
  return (
    sameFigure(p, q) &&
    Math.abs(p.meridian - q.meridian) < 1e-6 &&
    limits.every((limit, i) => Math.abs((p.shift?.[i] ?? 0) - (q.shift?.[i] ?? 0)) <= limit)
  );
}

/** Degrees per unit of GeogAngularUnitsGeoKey. */
function angularUnit(reader: KeyReader): number {
  const unit = reader.number(geoKey.GeogAngularUnits);
  switch (unit) {
    case undefined:
    case 0:
    case epsgValue.degree:
    case epsgValue.degreeAsSupplied:
    case epsgValue.degreeMinuteSecond:
    case epsgValue.degreeMinuteSecondHemisphere:
      return 1;
    case userDefined: {
      const radians = reader.number(geoKey.GeogAngularUnitSize);
      if (radians && Math.abs((radians * 180) / Math.PI - 1) < 1e-9) return 1;
      throw new CrsProblem(
        reason("crs-angles-not-degrees", {
          key: reader.says(geoKey.GeogAngularUnits),
          key2: reader.says(geoKey.GeogAngularUnitSize),
        }),
      );
    }
    default:
      // Radians, grads, …: writers differ on whether projection parameters follow this unit, and GDAL's do not.
      return Number.NaN;
  }
}

function geographicCrs(reader: KeyReader, code: number | undefined): Crs {
  if (Number.isNaN(angularUnit(reader)))
    throw new CrsProblem(reason("crs-coordinates-not-degrees", { key: reader.says(geoKey.GeogAngularUnits) }));
  if (code !== undefined) {
    const crs = registered(reader, geoKey.GeographicType, code);
    agreesWithCode(reader, code);
    return crs;
  }
  return longLatText(geographicSystem(reader));
}

/** The ellipsoid, meridian and shift of the keys; a code brings what the register says, and the keys must not contradict it. */
function geographicSystem(reader: KeyReader): GeographicSystem {
  const code = reader.code(geoKey.GeographicType);
  if (code !== undefined) {
    registered(reader, geoKey.GeographicType, code);
    const known = agreesWithCode(reader, code);
    return { ...known, shift: shiftOfKeys(reader) ?? known.shift };
  }
  const datum = reader.code(geoKey.GeogGeodeticDatum);
  const ofDatum = datum === undefined ? undefined : geographicOfDatum(datum);
  if (datum !== undefined && !ofDatum)
    throw new CrsProblem(reason("crs-no-datum-epsg-register-known", { key: reader.says(geoKey.GeogGeodeticDatum) }));
  const figure = figureOfKeys(reader) ?? ofDatum;
  if (!figure)
    throw new CrsProblem(
      reason("crs-keys-name-no-ellipsoid-none", {
        value: [geoKey.GeographicType, geoKey.GeogGeodeticDatum, geoKey.GeogEllipsoid]
          .map((key) => named(key, undefined))
          .join(", "),
        key: named(geoKey.GeogSemiMajorAxis, undefined),
      }),
    );
  if (ofDatum && !sameFigure(figure, ofDatum))
    throw new CrsProblem(
      reason("crs-another-ellipsoid", {
        key: reader.says(geoKey.GeogGeodeticDatum),
        key2: reader.says(geoKey.GeogSemiMajorAxis),
        key3: reader.says(geoKey.GeogInvFlattening),
      }),
    );
  const meridian = meridianOfKeys(reader);
  if (ofDatum && meridian !== undefined && Math.abs(meridian - ofDatum.meridian) > 1e-6)
    throw new CrsProblem(
      reason("crs-another-prime-meridian", {
        key: reader.says(geoKey.GeogGeodeticDatum),
        key2: reader.says(geoKey.GeogPrimeMeridian),
        key3: reader.says(geoKey.GeogPrimeMeridianLong),
      }),
    );
  return {
    a: figure.a,
    rf: figure.rf,
    meridian: meridian ?? ofDatum?.meridian ?? 0,
    shift: shiftOfKeys(reader) ?? ofDatum?.shift,
  };
}

function agreesWithCode(reader: KeyReader, code: number): GeographicSystem {
  const known = geographicOf(code);
  if (!known)
    throw new CrsProblem(reason("crs-not-system-longitudes-latitudes", { key: reader.says(geoKey.GeographicType) }));
  const figure = figureOfKeys(reader, known);
  if (figure && !sameFigure(figure, known))
    throw new CrsProblem(
      reason("crs-another-ellipsoid", {
        key: reader.says(geoKey.GeographicType),
        key2: reader.says(geoKey.GeogSemiMajorAxis),
        key3: reader.says(
          reader.keys.has(geoKey.GeogInvFlattening) ? geoKey.GeogInvFlattening : geoKey.GeogSemiMinorAxis,
        ),
      }),
    );
  const datum = reader.code(geoKey.GeogGeodeticDatum);
  const ofDatum = datum === undefined ? undefined : geographicOfDatum(datum);
  if (ofDatum && !samePlaces(ofDatum, known))
    throw new CrsProblem(
      reason("crs-another-datum", {
        key: reader.says(geoKey.GeographicType),
        key2: reader.says(geoKey.GeogGeodeticDatum),
      }),
    );
  const meridian = Number.isNaN(angularUnit(reader)) ? undefined : meridianOfKeys(reader);
  if (meridian !== undefined && Math.abs(meridian - known.meridian) > 1e-6)
    throw new CrsProblem(
      reason("crs-another-prime-meridian", {
        key: reader.says(geoKey.GeographicType),
        key2: reader.says(geoKey.GeogPrimeMeridian),
        key3: reader.says(geoKey.GeogPrimeMeridianLong),
      }),
    );
  return known;
}

/** Ellipsoids that differ by less than millimetres. */
const sameFigure = (p: Ellipsoid, q: Ellipsoid): boolean =>
  Math.abs(p.a - q.a) < 0.01 && Math.abs((p.rf ? 1 / p.rf : 0) - (q.rf ? 1 / q.rf : 0)) < 1e-9;

/** `ofCode` is the figure of a whole system that the keys name as well: a semi-major axis alone is then enough. */
function figureOfKeys(reader: KeyReader, ofCode?: Ellipsoid): Ellipsoid | undefined {
  const code = reader.code(geoKey.GeogEllipsoid);
  const known = code === undefined ? ofCode : ellipsoidOf(code);
  if (code !== undefined && !known)
    throw new CrsProblem(reason("crs-no-ellipsoid-epsg-register-known", { key: reader.says(geoKey.GeogEllipsoid) }));
  // Axes are in metres unless GeogLinearUnitsGeoKey says otherwise; no known writer uses it.
  const unit = reader.code(geoKey.GeogLinearUnits);
  const a = reader.number(geoKey.GeogSemiMajorAxis);
  if (unit !== undefined && unit !== epsgValue.metre && a !== undefined)
    throw new CrsProblem(reason("crs-axes-ellipsoid-not-metres", { key: reader.says(geoKey.GeogLinearUnits) }));
  if (a === undefined) {
    if (!known && reader.number(geoKey.GeogEllipsoid) === userDefined)
      throw new CrsProblem(
        reason("crs-means-ellipsoid-own-yet-missing", {
          key: reader.says(geoKey.GeogEllipsoid),
          key2: named(geoKey.GeogSemiMajorAxis, undefined),
        }),
      );
    return known;
  }
  const rf = reader.number(geoKey.GeogInvFlattening);
  const b = reader.number(geoKey.GeogSemiMinorAxis);
  if (rf === undefined && b === undefined) {
    if (known && Math.abs(known.a - a) < 0.01) return known;
    throw new CrsProblem(
      reason("crs-alone-no-ellipsoid-or-missing", {
        key: reader.says(geoKey.GeogSemiMajorAxis),
        key2: named(geoKey.GeogInvFlattening, undefined),
        key3: named(geoKey.GeogSemiMinorAxis, undefined),
      }),
    );
  }
  const figure: Ellipsoid = { a, rf: rf ?? (b === a ? 0 : a / (a - b!)) };
  if (rf !== undefined && b !== undefined && !sameFigure(figure, { a, rf: b === a ? 0 : a / (a - b) }))
    throw new CrsProblem(
      reason("crs-contradict-one-another-6", {
        key: reader.says(geoKey.GeogInvFlattening),
        key2: reader.says(geoKey.GeogSemiMinorAxis),
      }),
    );
  if (known && !sameFigure(known, figure))
    throw new CrsProblem(
      reason("crs-contradict-one-another-7", {
        key: reader.says(geoKey.GeogEllipsoid),
        key2: reader.says(geoKey.GeogSemiMajorAxis),
        key3: reader.says(geoKey.GeogInvFlattening),
      }),
    );
  return figure;
}

/** Degrees east of Greenwich; `undefined` when the keys say nothing. */
function meridianOfKeys(reader: KeyReader): number | undefined {
  const code = reader.code(geoKey.GeogPrimeMeridian);
  const known = code === undefined ? undefined : meridianOf(code);
  if (code !== undefined && known === undefined)
    throw new CrsProblem(reason("crs-no-prime-meridian-epsg-register", { key: reader.says(geoKey.GeogPrimeMeridian) }));
  const given = reader.number(geoKey.GeogPrimeMeridianLong);
  if (given === undefined) {
    if (reader.number(geoKey.GeogPrimeMeridian) === userDefined)
      throw new CrsProblem(
        reason("crs-means-meridian-own-yet-missing", {
          key: reader.says(geoKey.GeogPrimeMeridian),
          key2: named(geoKey.GeogPrimeMeridianLong, undefined),
        }),
      );
    return known;
  }
  if (given !== 0 && Number.isNaN(angularUnit(reader)))
    throw new CrsProblem(
      reason("crs-unit-writers-understand-different-ways", {
        key: reader.says(geoKey.GeogPrimeMeridianLong),
        key2: reader.says(geoKey.GeogAngularUnits),
      }),
    );
  if (known !== undefined && Math.abs(known - given) > 1e-6)
    throw new CrsProblem(
      reason("crs-contradict-one-another-6", {
        key: reader.says(geoKey.GeogPrimeMeridian),
        key2: reader.says(geoKey.GeogPrimeMeridianLong),
      }),
    );
  return given;
}

function shiftOfKeys(reader: KeyReader): readonly number[] | undefined {
  const shift = reader.keys.get(geoKey.GeogTOWGS84);
  if (shift === undefined) return undefined;
  if (!Array.isArray(shift) || (shift.length !== 3 && shift.length !== 7) || !shift.every(Number.isFinite))
    throw new CrsProblem(reason("crs-not-three-or-seven-numbers", { key: reader.says(geoKey.GeogTOWGS84) }));
  return shift;
}

interface Recipe {
  readonly method: Method;
  /** the keys of its parameters, of which the first that a file has counts */
  readonly lat0?: readonly number[];
  readonly lon0?: readonly number[];
  readonly lat1?: readonly number[];
  readonly lat2?: readonly number[];
  readonly scale?: readonly number[];
  readonly azimuth?: readonly number[];
  readonly rectifiedAngle?: readonly number[];
}

const lats = [geoKey.ProjNatOriginLat, geoKey.ProjFalseOriginLat, geoKey.ProjCenterLat];
const lons = [geoKey.ProjNatOriginLong, geoKey.ProjFalseOriginLong, geoKey.ProjCenterLong];
const origin = { lat0: lats, lon0: lons };
const parallels = { ...origin, lat1: [geoKey.ProjStdParallel1], lat2: [geoKey.ProjStdParallel2] };
const hotine = {
  ...origin,
  scale: [geoKey.ProjScaleAtNatOrigin, geoKey.ProjScaleAtCenter],
  azimuth: [geoKey.ProjAzimuthAngle],
  rectifiedAngle: [geoKey.ProjRectifiedGridAngle],
};

/** Coordinate transformation codes of annex C; 9815 is what GDAL writes for the second oblique Mercator. */
const recipes: Readonly<Record<number, Recipe>> = {
  [coordTrans.TransverseMercator]: {
    method: "tmerc",
    ...origin,
    scale: [geoKey.ProjScaleAtNatOrigin, geoKey.ProjScaleAtCenter],
  },
  [coordTrans.ObliqueMercator]: { method: "hotine-a", ...hotine },
  [coordTrans.Mercator]: {
    method: "merc",
    ...origin,
    lat1: [geoKey.ProjStdParallel1],
    scale: [geoKey.ProjScaleAtNatOrigin, geoKey.ProjScaleAtCenter],
  },
  [coordTrans.LambertConfConic_2SP]: { method: "lcc-2", ...parallels },
  [coordTrans.LambertConfConic_1SP]: {
    method: "lcc-1",
    ...origin,
    scale: [geoKey.ProjScaleAtNatOrigin, geoKey.ProjScaleAtCenter],
  },
  [coordTrans.LambertAzimEqualArea]: { method: "laea", ...origin },
  [coordTrans.AlbersEqualArea]: { method: "aea", ...parallels },
  [coordTrans.AzimuthalEquidistant]: { method: "aeqd", ...origin },
  [coordTrans.EquidistantConic]: { method: "eqdc", ...parallels },
  [coordTrans.Stereographic]: {
    method: "stere",
    ...origin,
    scale: [geoKey.ProjScaleAtNatOrigin, geoKey.ProjScaleAtCenter],
  },
  [coordTrans.PolarStereographic]: {
    method: "stere-polar",
    lat0: lats,
    lon0: [geoKey.ProjStraightVertPoleLong, ...lons],
    scale: [geoKey.ProjScaleAtNatOrigin, geoKey.ProjScaleAtCenter],
  },
  [coordTrans.ObliqueStereographic]: {
    method: "sterea",
    ...origin,
    scale: [geoKey.ProjScaleAtNatOrigin, geoKey.ProjScaleAtCenter],
  },
  [coordTrans.Equirectangular]: { method: "eqc", ...origin, lat1: [geoKey.ProjStdParallel1] },
  [coordTrans.CassiniSoldner]: {
    method: "cass",
    ...origin,
    scale: [geoKey.ProjScaleAtNatOrigin, geoKey.ProjScaleAtCenter],
  },
  [coordTrans.Gnomonic]: { method: "gnom", ...origin },
  [coordTrans.MillerCylindrical]: { method: "mill", ...origin },
  [coordTrans.Orthographic]: { method: "ortho", ...origin },
  [coordTrans.Polyconic]: { method: "poly", ...origin, scale: [geoKey.ProjScaleAtNatOrigin, geoKey.ProjScaleAtCenter] },
  [coordTrans.Robinson]: { method: "robin", lon0: lons },
  [coordTrans.Sinusoidal]: { method: "sinu", lon0: lons },
  [coordTrans.VanDerGrinten]: { method: "vandg", lon0: lons },
  [coordTrans.NewZealandMapGrid]: { method: "nzmg", ...origin },
  [coordTrans.TransvMercator_SouthOriented]: {
    method: "tmerc-south",
    ...origin,
    scale: [geoKey.ProjScaleAtNatOrigin, geoKey.ProjScaleAtCenter],
  },
  [coordTrans.CylindricalEqualArea]: { method: "cea", lon0: lons, lat1: [geoKey.ProjStdParallel1] },
  [coordTrans.HotineObliqueMercator_B]: { method: "hotine-b", ...hotine },
};

/** Methods that are not defined without two standard parallels. */
const twoParallels: ReadonlySet<number> = new Set([
  coordTrans.LambertConfConic_2SP,
  coordTrans.AlbersEqualArea,
  coordTrans.EquidistantConic,
]);

const unread: Readonly<Record<number, string>> = {
  [coordTrans.TransvMercator_Modified_Alaska]: "transverse Mercator modified for Alaska",
  [coordTrans.ObliqueMercator_Laborde]: "oblique Mercator of Laborde",
  [coordTrans.ObliqueMercator_Rosenmund]: "oblique Mercator of Rosenmund",
  [coordTrans.ObliqueMercator_Spherical]: "oblique Mercator on the sphere",
};

/** Projection parameters that the standard counts in angles. */
const angles = [
  geoKey.ProjStdParallel1,
  geoKey.ProjStdParallel2,
  ...lats,
  ...lons,
  geoKey.ProjAzimuthAngle,
  geoKey.ProjStraightVertPoleLong,
  geoKey.ProjRectifiedGridAngle,
];
const lengths = {
  easting: [geoKey.ProjFalseEasting, geoKey.ProjFalseOriginEasting, geoKey.ProjCenterEasting],
  northing: [geoKey.ProjFalseNorthing, geoKey.ProjFalseOriginNorthing, geoKey.ProjCenterNorthing],
};

function projectedCrs(reader: KeyReader): Crs {
  const toMeter = unitOfKeys(reader, 1);
  const geographic = geographicSystem(reader);
  const text = projText(projectionOfKeys(reader, geographic, toMeter));
  const zone = utmZone(reader.code(geoKey.Projection));
  if (zone && reader.number(geoKey.ProjCoordTrans) && reader.first(...lons) !== undefined) {
    const method = projText({ ...ofMethod(reader, toMeter), geographic, toMeter });
    if (!sameCrs(method, text))
      throw new CrsProblem(
        reason("crs-contradict-one-another-6", {
          key: reader.says(geoKey.Projection),
          key2: reader.says(geoKey.ProjCoordTrans),
        }),
      );
  }
  return registeredUtm(text, reader);
}

/** The projection of the keys, by the code of a UTM zone or by its method. */
function projectionOfKeys(reader: KeyReader, geographic: GeographicSystem, toMeter: number): ProjectedSystem {
  const zone = utmZone(reader.code(geoKey.Projection));
  if (!zone) return { ...ofMethod(reader, toMeter), geographic, toMeter };
  const parameters: Parameters = { lat0: 0, lon0: zone.zone * 6 - 183, scale: 0.9996, falseEasting: 500000, falseNorthing: zone.south ? 10000000 : 0 }; // biome-ignore format: one line
  return { method: "tmerc", parameters, geographic, toMeter };
}

function ofMethod(reader: KeyReader, toMeter: number): Pick<ProjectedSystem, "method" | "parameters"> {
  const code = reader.number(geoKey.ProjCoordTrans);
  if (!code || code === userDefined)
    throw new CrsProblem(
      reason("crs-names-projection-code-not-known", {
        key: reader.says(geoKey.Projection),
        key2: reader.says(geoKey.ProjCoordTrans),
      }),
    );
  const recipe = recipes[code];
  if (!recipe)
    throw new CrsProblem(
      reason("crs-projection-not-computed", {
        key: reader.says(geoKey.ProjCoordTrans),
        value: unread[code] ? ` (${unread[code]})` : "",
      }),
    );
  const inOtherUnits = Number.isNaN(angularUnit(reader)) && angles.filter((key) => reader.number(key));
  if (inOtherUnits && inOtherUnits.length > 0)
    throw new CrsProblem(
      reason("crs-some-writers-count-unit-some", {
        key: reader.says(geoKey.GeogAngularUnits),
        inOtherUnits: inOtherUnits.map((key) => named(key, undefined)).join(", "),
      }),
    );
  const value = (candidates: readonly number[] | undefined) => candidates && reader.first(...candidates);
  // The false origin is given in the file's unit, PROJ wants metres.
  const length = (candidates: readonly number[]) => {
    const given = reader.first(...candidates);
    return given === undefined ? undefined : given * toMeter;
  };
  const parameters: Parameters = {
    lat0: value(recipe.lat0),
    lon0: value(recipe.lon0),
    lat1: value(recipe.lat1),
    lat2: value(recipe.lat2),
    scale: value(recipe.scale),
    azimuth: value(recipe.azimuth),
    rectifiedAngle: value(recipe.rectifiedAngle),
    falseEasting: length(lengths.easting),
    falseNorthing: length(lengths.northing),
  };
  if (twoParallels.has(code) && (parameters.lat1 === undefined || parameters.lat2 === undefined))
    throw new CrsProblem(
      reason("crs-needs", {
        key: reader.says(geoKey.ProjCoordTrans),
        key2: named(geoKey.ProjStdParallel1, undefined),
        key3: named(geoKey.ProjStdParallel2, undefined),
      }),
    );
  if (
    (code === coordTrans.ObliqueMercator || code === coordTrans.HotineObliqueMercator_B) &&
    parameters.azimuth === undefined
  )
    throw new CrsProblem(
      reason("crs-needs-6", {
        key: reader.says(geoKey.ProjCoordTrans),
        key2: named(geoKey.ProjAzimuthAngle, undefined),
      }),
    );
  nothingLeftOver(reader, recipe);
  return { method: recipe.method, parameters };
}

/** A parameter that the method does not have shows that the method was read wrongly. */
function nothingLeftOver(reader: KeyReader, recipe: Recipe): void {
  const used = new Set([...Object.values(recipe).flat(), ...lengths.easting, ...lengths.northing]);
  for (const key of [
    geoKey.ProjStdParallel1,
    geoKey.ProjStdParallel2,
    ...lats,
    ...lons,
    geoKey.ProjScaleAtNatOrigin,
    geoKey.ProjScaleAtCenter,
    geoKey.ProjAzimuthAngle,
    geoKey.ProjStraightVertPoleLong,
    geoKey.ProjRectifiedGridAngle,
  ]) {
    const value = reader.number(key);
    const isNeutral =
      value === undefined ||
      value === 0 ||
      ((key === geoKey.ProjScaleAtNatOrigin || key === geoKey.ProjScaleAtCenter) && value === 1);
    if (!isNeutral && !used.has(key))
      throw new CrsProblem(
        reason("crs-no-place-projection", { key: reader.says(key), key2: reader.says(geoKey.ProjCoordTrans) }),
      );
  }
}

/** Metres per unit of the coordinates; `unsaid` where no key says. */
function unitOfKeys(reader: KeyReader, unsaid: number): number {
  const unit = reader.number(geoKey.ProjLinearUnits);
  const size = reader.number(geoKey.ProjLinearUnitSize);
  if (unit === userDefined) {
    if (size === undefined || !(size > 0))
      throw new CrsProblem(
        reason("crs-means-unit-own-yet-does", {
          key: reader.says(geoKey.ProjLinearUnits),
          key2: named(geoKey.ProjLinearUnitSize, undefined),
        }),
      );
    return size;
  }
  const metres = unit ? lengthOf(unit) : unsaid;
  if (metres === undefined)
    throw new CrsProblem(reason("crs-no-unit-length-known", { key: reader.says(geoKey.ProjLinearUnits) }));
  // Without the word “user-defined” some programs take the size and others do not.
  if (size && Math.abs(size / metres - 1) > 1e-7)
    throw new CrsProblem(unit ? reason("crs-contradict-one-another-6", { key: reader.says(geoKey.ProjLinearUnits), key2: reader.says(geoKey.ProjLinearUnitSize) }) : reason("crs-without", { key: reader.says(geoKey.ProjLinearUnitSize), key2: named(geoKey.ProjLinearUnits, undefined) })); // biome-ignore format: one line
  return metres;
}

/** EPSG's conversions 16001–16060 and 16101–16160 are the UTM zones, north and south. */
function utmZone(conversion: number | undefined): { readonly zone: number; readonly south: boolean } | undefined {
  if (conversion === undefined) return undefined;
  const south = conversion > 16100;
  const zone = conversion - (south ? 16100 : 16000);
  return zone >= 1 && zone <= 60 ? { zone, south } : undefined;
}

/** UTM without its code is common (TreeSatAI's aerial photos): recognise it, so that grids in it are the same grid. */
function registeredUtm(definition: string, reader: KeyReader): Crs {
  const found = /\+proj=tmerc \+lat_0=0 \+lon_0=(-?\d+) \+k=0\.9996 \+x_0=500000 \+y_0=(0|10000000) /.exec(definition);
  const zone = found ? (Number(found[1]) + 183) / 6 : Number.NaN;
  if (!Number.isInteger(zone) || zone < 1 || zone > 60) return definition;
  const south = found![2] !== "0";
  const geographic = reader.number(geoKey.GeographicType);
  const datum = reader.code(geoKey.GeogGeodeticDatum);
  const unnamed =
    (geographic === userDefined || geographic === undefined) &&
    !reader.keys.has(geoKey.GeogTOWGS84) &&
    (datum === undefined || datum === 6258 || datum === 6326);
  const candidates: number[] = [];
  // An unnamed datum on GRS 1980 is read as ETRS89 where ETRS89's zones lie, as most European tools do.
  if (!south && (geographic === 4258 || (unnamed && definition.includes("+ellps=GRS80"))) && zone >= 28 && zone <= 38) {
    candidates.push(25800 + zone);
  }
  if (geographic === 4326 || (unnamed && definition.includes("+ellps=WGS84")))
    candidates.push((south ? 32700 : 32600) + zone);
  const plain = definition.replace(/ \+towgs84=[-\d.,]+/, "");
  for (const code of candidates) {
    try {
      if (sameCrs(`EPSG:${code}`, plain) || sameCrs(`EPSG:${code}`, definition)) return `EPSG:${code}`;
    } catch {
      // The offline list lacks the code: the definition itself serves.
    }
  }
  return definition;
}
