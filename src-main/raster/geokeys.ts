import { toProj4 } from "geotiff-geokeys-to-proj4";
import type { Crs } from "../../src-shared/geo/crs.ts";
import { definitionOf, sameCrs } from "./crs.ts";

/** GeoKeys (OGC 19-008r4): what a GeoTIFF says about its coordinate system, as key number → value. */
export type GeoKeys = ReadonlyMap<number, number | string | readonly number[]>;

/** `directory` is tag 34735, `doubles` 34736, `ascii` 34737. */
export function parseGeoKeys(directory: ArrayLike<number>, doubles: ArrayLike<number>, ascii: string): GeoKeys {
  const keys = new Map<number, number | string | readonly number[]>();
  const count = Math.min(directory[3] ?? 0, Math.floor((directory.length - 4) / 4));
  for (let i = 1; i <= count; i++) {
    const key = directory[i * 4]!;
    const location = directory[i * 4 + 1]!;
    const length = directory[i * 4 + 2]!;
    const value = directory[i * 4 + 3]!;
    if (location === 0) keys.set(key, value);
    else if (location === 34736) {
      const numbers = Array.from({ length }, (_, k) => doubles[value + k] ?? Number.NaN);
      keys.set(key, length === 1 ? numbers[0]! : numbers);
    } else if (location === 34737) keys.set(key, ascii.slice(value, value + length).replace(/[|\0]+$/, ""));
  }
  return keys;
}

const userDefined = 32767;

/** The CRS of the keys: an EPSG code when there is one (also when a custom definition turns out to be the same), else a PROJ string or the WKT that ESRI software leaves in the citation. */
export function crsOfGeoKeys(keys: GeoKeys): Crs | undefined {
  const number = (key: number) => {
    const value = keys.get(key);
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  };
  const projected = number(3072);
  const geographic = number(2048);
  const model = number(1024);
  const coded = (code: number | undefined) =>
    code !== undefined && code > 0 && code !== userDefined ? code : undefined;

  for (const key of [1026, 3073, 2049]) {
    const citation = keys.get(key);
    const wkt = typeof citation === "string" ? /ESRI PE String = (.*)$/s.exec(citation)?.[1] : undefined;
    if (wkt) return wkt;
  }
  if (model !== 2 && coded(projected)) return known(`EPSG:${projected}`);
  const custom = model === 2 ? undefined : projectedDefinition(keys, number);
  if (custom) return named(custom, keys, number);
  if (model === 1 || projected !== undefined || number(3075) !== undefined) return fallback(keys);
  if (coded(geographic)) return known(`EPSG:${geographic}`);
  if (geographic === userDefined || model === 2) return `+proj=longlat ${ellipsoid(keys, number)} +no_defs`;
  return undefined;
}

/** A code the offline list does not know is kept all the same: it is what the file says, and the error names it when it is used. */
const known = (crs: Crs): Crs => crs;

/** UTM without its code is common (TreeSatAI's aerial photos): recognise it, so that grids in it are the same grid. */
function named(definition: string, keys: GeoKeys, number: (key: number) => number | undefined): Crs {
  const conversion = utmZone(number(3074));
  const meridian = number(3080) ?? number(3088) ?? Number.NaN;
  const zone = conversion?.zone ?? Math.round((meridian + 183) / 6);
  const transverse = number(3075) === 1 && number(3092) === 0.9996;
  if (!(conversion || transverse) || !(zone >= 1 && zone <= 60)) return definition;
  const south = conversion?.south ?? number(3083) === 10000000;
  const geographic = keys.get(2048);
  const grs80 = /\+ellps=GRS80/.test(definition);
  const wgs84 = /\+ellps=WGS84|\+datum=WGS84/.test(definition);
  const candidates: number[] = [];
  // An unnamed datum on GRS 1980 is read as ETRS89 where ETRS89's zones lie, as most European tools do.
  if (!south && (geographic === 4258 || (geographic === userDefined && grs80)) && zone >= 28 && zone <= 38) {
    candidates.push(25800 + zone);
  }
  if (geographic === 4326 || (geographic === userDefined && wgs84)) candidates.push((south ? 32700 : 32600) + zone);
  for (const code of candidates) {
    try {
      if (sameCrs(`EPSG:${code}`, definition)) return `EPSG:${code}`;
    } catch {
      // The offline list lacks the code: the definition itself serves.
    }
  }
  return definition;
}

const linearUnits: Readonly<Record<number, number>> = {
  9001: 1,
  9002: 0.3048,
  9003: 1200 / 3937,
  9036: 1000,
  9030: 1852,
};

function ellipsoid(keys: GeoKeys, number: (key: number) => number | undefined): string {
  const geographic = number(2048);
  if (geographic !== undefined && geographic !== userDefined && geographic > 0) {
    try {
      const words = definitionOf(`EPSG:${geographic}`).match(/\+(ellps|datum|towgs84|a|b|rf|R|pm|nadgrids)=\S+/g);
      if (words) return words.join(" ");
    } catch {
      // Not in the list: the ellipsoid's own numbers follow.
    }
  }
  const parts: string[] = [];
  const code = number(2056);
  const a = number(2057);
  const inverse = number(2059);
  const b = number(2058);
  if (code === 7019) parts.push("+ellps=GRS80");
  else if (code === 7030) parts.push("+ellps=WGS84");
  else if (a !== undefined && inverse !== undefined && inverse !== 0) {
    if (a === 6378137 && Math.abs(inverse - 298.257222101) < 1e-6) parts.push("+ellps=GRS80");
    else if (a === 6378137 && Math.abs(inverse - 298.257223563) < 1e-6) parts.push("+ellps=WGS84");
    else parts.push(`+a=${a} +rf=${inverse}`);
  } else if (a !== undefined) parts.push(`+a=${a} +b=${b ?? a}`);
  else parts.push("+ellps=WGS84");
  const meridian = number(2061);
  if (meridian) parts.push(`+pm=${meridian}`);
  const shift = keys.get(2062);
  if (Array.isArray(shift) && (shift.length === 3 || shift.length === 7)) parts.push(`+towgs84=${shift.join(",")}`);
  return parts.join(" ");
}

/** EPSG's conversions 16001–16060 and 16101–16160 are the UTM zones, north and south. */
function utmZone(conversion: number | undefined): { zone: number; south: boolean; definition: string } | undefined {
  if (conversion === undefined) return undefined;
  const south = conversion > 16100;
  const zone = conversion - (south ? 16100 : 16000);
  if (!(zone >= 1 && zone <= 60)) return undefined;
  const northing = south ? 10000000 : 0;
  const definition = `+proj=tmerc +lat_0=0 +lon_0=${zone * 6 - 183} +k=0.9996 +x_0=500000 +y_0=${northing}`;
  return { zone, south, definition };
}

/** Coordinate transformation code → PROJ parameters (GeoTIFF specification, annex on projection parameters). */
function projectedDefinition(keys: GeoKeys, number: (key: number) => number | undefined): string | undefined {
  const first = (...candidates: number[]) => candidates.map(number).find((value) => value !== undefined) ?? 0;
  const scale = first(3092, 3093) || 1;
  const lon = first(3080, 3088, 3084);
  const lat = first(3081, 3089, 3085);
  const easting = first(3082, 3086, 3090);
  const northing = first(3083, 3087, 3091);
  const method: Readonly<Record<number, () => string>> = {
    1: () => `+proj=tmerc +lat_0=${lat} +lon_0=${lon} +k=${scale}`,
    7: () =>
      number(3078) === undefined
        ? `+proj=merc +lon_0=${lon} +k=${scale}`
        : `+proj=merc +lon_0=${lon} +lat_ts=${number(3078)}`,
    8: () =>
      `+proj=lcc +lat_0=${first(3085, 3081)} +lon_0=${first(3084, 3080)} +lat_1=${first(3078)} +lat_2=${first(3079)}`,
    9: () => `+proj=lcc +lat_1=${lat} +lat_0=${lat} +lon_0=${lon} +k_0=${scale}`,
    10: () => `+proj=laea +lat_0=${first(3089, 3081)} +lon_0=${first(3088, 3080)}`,
    11: () =>
      `+proj=aea +lat_0=${first(3081, 3085)} +lon_0=${first(3080, 3084)} +lat_1=${first(3078)} +lat_2=${first(3079)}`,
    12: () => `+proj=aeqd +lat_0=${first(3089, 3081)} +lon_0=${first(3088, 3080)}`,
    13: () => `+proj=eqdc +lat_0=${lat} +lon_0=${lon} +lat_1=${first(3078)} +lat_2=${first(3079)}`,
    14: () => `+proj=stere +lat_0=${first(3089, 3081)} +lon_0=${first(3088, 3080)} +k=${scale}`,
    15: () => {
      const standard = number(3081) ?? number(3078) ?? 90;
      const pole = standard < 0 ? -90 : 90;
      const central = first(3095, 3080, 3088);
      // Variant A has a scale at the pole; variant B has its latitude of true scale in the same key.
      return Math.abs(standard) === 90
        ? `+proj=stere +lat_0=${pole} +lon_0=${central} +k=${scale}`
        : `+proj=stere +lat_0=${pole} +lat_ts=${standard} +lon_0=${central}`;
    },
    16: () => `+proj=sterea +lat_0=${lat} +lon_0=${lon} +k=${scale}`,
    17: () => `+proj=eqc +lat_ts=${first(3078)} +lat_0=${first(3089, 3081)} +lon_0=${first(3088, 3080)}`,
    18: () => `+proj=cass +lat_0=${lat} +lon_0=${lon}`,
    19: () => `+proj=gnom +lat_0=${lat} +lon_0=${lon}`,
    20: () => `+proj=mill +lon_0=${lon}`,
    21: () => `+proj=ortho +lat_0=${lat} +lon_0=${lon}`,
    22: () => `+proj=poly +lat_0=${lat} +lon_0=${lon}`,
    23: () => `+proj=robin +lon_0=${lon}`,
    24: () => `+proj=sinu +lon_0=${lon}`,
    25: () => `+proj=vandg +lon_0=${lon}`,
    27: () => `+proj=tmerc +axis=wsu +lat_0=${lat} +lon_0=${lon} +k=${scale}`,
    28: () => `+proj=cea +lat_ts=${first(3078)} +lon_0=${lon}`,
  };
  const code = number(3075);
  const zone = utmZone(number(3074));
  const projection = zone ? () => zone.definition : code === undefined ? undefined : method[code];
  if (!projection) return undefined;
  if (zone) return `${projection()} ${ellipsoid(keys, number)} +units=m +no_defs`;
  const unit = number(3076) === userDefined ? number(3077) : linearUnits[number(3076) ?? 9001];
  const toMetre = unit ?? 1;
  // The false origin is given in the file's unit, PROJ wants metres.
  const units = toMetre === 1 ? "+units=m" : `+to_meter=${toMetre}`;
  return `${projection()} +x_0=${easting * toMetre} +y_0=${northing * toMetre} ${ellipsoid(keys, number)} ${units} +no_defs`;
}

/** What the table above lacks (oblique Mercators, EPSG conversion codes) goes through the geokeys package. */
function fallback(keys: GeoKeys): Crs | undefined {
  const names: Readonly<Record<number, string>> = {
    1024: "GTModelTypeGeoKey",
    2048: "GeographicTypeGeoKey",
    2050: "GeogGeodeticDatumGeoKey",
    2051: "GeogPrimeMeridianGeoKey",
    2052: "GeogLinearUnitsGeoKey",
    2054: "GeogAngularUnitsGeoKey",
    2056: "GeogEllipsoidGeoKey",
    2057: "GeogSemiMajorAxisGeoKey",
    2058: "GeogSemiMinorAxisGeoKey",
    2059: "GeogInvFlatteningGeoKey",
    2061: "GeogPrimeMeridianLongGeoKey",
    3072: "ProjectedCSTypeGeoKey",
    3074: "ProjectionGeoKey",
    3075: "ProjCoordTransGeoKey",
    3076: "ProjLinearUnitsGeoKey",
    3077: "ProjLinearUnitSizeGeoKey",
    3078: "ProjStdParallel1GeoKey",
    3079: "ProjStdParallel2GeoKey",
    3080: "ProjNatOriginLongGeoKey",
    3081: "ProjNatOriginLatGeoKey",
    3082: "ProjFalseEastingGeoKey",
    3083: "ProjFalseNorthingGeoKey",
    3084: "ProjFalseOriginLongGeoKey",
    3085: "ProjFalseOriginLatGeoKey",
    3086: "ProjFalseOriginEastingGeoKey",
    3087: "ProjFalseOriginNorthingGeoKey",
    3088: "ProjCenterLongGeoKey",
    3089: "ProjCenterLatGeoKey",
    3090: "ProjCenterEastingGeoKey",
    3091: "ProjCenterNorthingGeoKey",
    3092: "ProjScaleAtNatOriginGeoKey",
    3093: "ProjScaleAtCenterGeoKey",
    3094: "ProjAzimuthAngleGeoKey",
    3095: "ProjStraightVertPoleLongGeoKey",
  };
  const object: Record<string, unknown> = {};
  for (const [key, value] of keys) if (names[key]) object[names[key]] = value;
  try {
    const { proj4: definition } = toProj4(object as unknown as Parameters<typeof toProj4>[0]);
    const plain = definition.replace(/\s*\+axis=\w+/, "").trim();
    return plain === "" ? undefined : plain;
  } catch {
    return undefined;
  }
}
