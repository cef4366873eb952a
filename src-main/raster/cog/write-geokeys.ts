import { AppError } from "../../../src-shared/errors/index.ts";
import { type Crs, epsgCode } from "../../../src-shared/geo/crs.ts";
import { definitionOf } from "../crs.ts";
import { tiffTag } from "../formats/tiff/tags.ts";
import { coordTrans, epsgValue, geoKey, modelType, pixelIsArea, userDefined } from "../geokey-ids.ts";
import { projWords } from "../proj-text.ts";
import { isRegistered } from "../register.ts";
import type { TagValue } from "./tiff-header.ts";

/**
 * The GeoKey tags for a CRS: its EPSG code, or all of its numbers (projection, ellipsoid, meridian, datum shift, unit).
 * @throws AppError "crs-unwritable" when GeoKeys cannot hold it: nothing is left out
 */
export function geoKeyTags(crs: Crs, geographic: boolean): TagValue[] {
  const code = epsgCode(crs);
  const keys = new Keys();
  keys.short(geoKey.GTModelType, geographic ? modelType.geographic : modelType.projected);
  keys.short(geoKey.GTRasterType, pixelIsArea);
  try {
    // Codes above are others' than EPSG's, whatever list they are in.
    if (code !== undefined && code <= userDefined && isRegistered(code))
      keys.short(geographic ? geoKey.GeographicType : geoKey.ProjectedCSType, code);
    else projKeys(crs, keys, geographic);
    return keys.tags();
  } catch (error) {
    if (!(error instanceof AppError && error.code === "crs-unwritable") || code !== undefined || /^\s*\+/.test(crs)) throw error; // biome-ignore format: one line
    return wktTags(crs);
  }
}

/** The pattern GDAL itself writes for what GeoKeys cannot say. */
function wktTags(wkt: string): TagValue[] {
  const keys = new Keys();
  keys.short(geoKey.GTModelType, userDefined);
  keys.short(geoKey.GTRasterType, pixelIsArea);
  keys.text(geoKey.GTCitation, "unnamed");
  keys.short(geoKey.GeographicType, userDefined);
  keys.text(geoKey.PCSCitation, `ESRI PE String = ${wkt.trim()}`);
  return keys.tags();
}

class Keys {
  readonly #entries: [key: number, location: number, count: number, value: number][] = [];
  readonly #doubles: number[] = [];
  #ascii = "";

  short(key: number, value: number): void {
    this.#entries.push([key, 0, 1, value]);
  }

  double(key: number, ...values: readonly number[]): void {
    this.#entries.push([key, tiffTag.GeoDoubleParams, values.length, this.#doubles.length]);
    this.#doubles.push(...values);
  }

  text(key: number, value: string): void {
    this.#entries.push([key, tiffTag.GeoAsciiParams, value.length + 1, this.#ascii.length]);
    this.#ascii += `${value}|`;
  }

  tags(): TagValue[] {
    const sorted = this.#entries.sort((p, q) => p[0] - q[0]);
    const tags: TagValue[] = [
      { tag: tiffTag.GeoKeyDirectory, type: "short", values: [1, 1, 0, sorted.length, ...sorted.flat()] },
    ];
    if (this.#doubles.length > 0) tags.push({ tag: tiffTag.GeoDoubleParams, type: "double", values: this.#doubles });
    if (this.#ascii) tags.push({ tag: tiffTag.GeoAsciiParams, type: "ascii", values: this.#ascii });
    return tags;
  }
}

interface Target {
  readonly code: number;
  /** words of the PROJ text → keys; every other word that is not neutral cannot be written */
  readonly keys: Readonly<Record<string, number>>;
  /** words whose value the method has built in */
  readonly fixed?: Readonly<Record<string, number>>;
}

const origin = { lat_0: geoKey.ProjNatOriginLat, lon_0: geoKey.ProjNatOriginLong };
const center = { lat_0: geoKey.ProjCenterLat, lon_0: geoKey.ProjCenterLong };
const falseOrigin = { x_0: geoKey.ProjFalseEasting, y_0: geoKey.ProjFalseNorthing };
const hotine = {
  lat_0: geoKey.ProjCenterLat,
  lonc: geoKey.ProjCenterLong,
  alpha: geoKey.ProjAzimuthAngle,
  gamma: geoKey.ProjRectifiedGridAngle,
  k: geoKey.ProjScaleAtCenter,
  ...falseOrigin,
};

/** PROJ projection → coordinate transformation code and the keys its parameters go to. */
const projections: Readonly<Record<string, Target>> = {
  tmerc: { code: coordTrans.TransverseMercator, keys: { ...origin, k: geoKey.ProjScaleAtNatOrigin, ...falseOrigin } },
  merc: {
    code: coordTrans.Mercator,
    keys: {
      lon_0: geoKey.ProjNatOriginLong,
      lat_ts: geoKey.ProjStdParallel1,
      k: geoKey.ProjScaleAtNatOrigin,
      ...falseOrigin,
    },
  },
  lcc: {
    code: coordTrans.LambertConfConic_2SP,
    keys: {
      lat_0: geoKey.ProjFalseOriginLat,
      lon_0: geoKey.ProjFalseOriginLong,
      lat_1: geoKey.ProjStdParallel1,
      lat_2: geoKey.ProjStdParallel2,
      x_0: geoKey.ProjFalseOriginEasting,
      y_0: geoKey.ProjFalseOriginNorthing,
    },
  },
  laea: { code: coordTrans.LambertAzimEqualArea, keys: { ...center, ...falseOrigin } },
  aea: {
    code: coordTrans.AlbersEqualArea,
    keys: { ...origin, lat_1: geoKey.ProjStdParallel1, lat_2: geoKey.ProjStdParallel2, ...falseOrigin },
  },
  aeqd: { code: coordTrans.AzimuthalEquidistant, keys: { ...center, ...falseOrigin } },
  eqdc: {
    code: coordTrans.EquidistantConic,
    keys: { ...origin, lat_1: geoKey.ProjStdParallel1, lat_2: geoKey.ProjStdParallel2, ...falseOrigin },
  },
  sterea: {
    code: coordTrans.ObliqueStereographic,
    keys: { ...origin, k: geoKey.ProjScaleAtNatOrigin, ...falseOrigin },
  },
  eqc: { code: coordTrans.Equirectangular, keys: { ...center, lat_ts: geoKey.ProjStdParallel1, ...falseOrigin } },
  cass: { code: coordTrans.CassiniSoldner, keys: { ...origin, ...falseOrigin } },
  gnom: { code: coordTrans.Gnomonic, keys: { ...center, ...falseOrigin } },
  ortho: { code: coordTrans.Orthographic, keys: { ...center, ...falseOrigin } },
  poly: { code: coordTrans.Polyconic, keys: { ...origin, ...falseOrigin } },
  robin: { code: coordTrans.Robinson, keys: { lon_0: geoKey.ProjCenterLong, ...falseOrigin } },
  sinu: { code: coordTrans.Sinusoidal, keys: { lon_0: geoKey.ProjCenterLong, ...falseOrigin } },
  nzmg: { code: coordTrans.NewZealandMapGrid, keys: { ...origin, ...falseOrigin } },
  cea: {
    code: coordTrans.CylindricalEqualArea,
    keys: { lon_0: geoKey.ProjNatOriginLong, lat_ts: geoKey.ProjStdParallel1, ...falseOrigin },
  },
  omerc: { code: coordTrans.HotineObliqueMercator_B, keys: hotine },
  somerc: {
    code: coordTrans.HotineObliqueMercator_B,
    keys: { lat_0: geoKey.ProjCenterLat, lon_0: geoKey.ProjCenterLong, k: geoKey.ProjScaleAtCenter, ...falseOrigin },
  },
};

/** Words that say nothing of a projection's parameters, and those about the figure of the Earth. */
const apart = new Set(["proj", "units", "to_meter", "no_defs", "type", "wktext", "over", "ellps", "a", "b", "rf", "R", "datum", "towgs84", "pm", "zone", "south"]); // biome-ignore format: one line

const ellipsoids: Readonly<Record<string, readonly [a: number, inverseFlattening: number]>> = {
  WGS84: [6378137, 298.257223563],
  GRS80: [6378137, 298.257222101],
  intl: [6378388, 297],
  bessel: [6377397.155, 299.1528128],
  clrk66: [6378206.4, 294.978698213898],
  krass: [6378245, 298.3],
};

function projKeys(crs: Crs, keys: Keys, geographic: boolean): void {
  const words = projWords(definitionOf(crs));
  const number = (name: string) => (words.has(name) ? Number(words.get(name)) : undefined);
  const unwritable = () => new AppError("crs-unwritable", { crs: crs.slice(0, 120) });
  if (words.has("nadgrids")) throw unwritable();

  const known = figure(words);
  if (!known) throw unwritable();
  const [a, inverse] = known;
  const isWgs84 = words.get("datum") === "WGS84";
  keys.short(geoKey.GeographicType, userDefined);
  keys.short(geoKey.GeogGeodeticDatum, isWgs84 ? epsgValue.wgs84Datum : userDefined);
  keys.short(geoKey.GeogAngularUnits, epsgValue.degree);
  keys.short(geoKey.GeogEllipsoid, userDefined);
  keys.double(geoKey.GeogSemiMajorAxis, a);
  if (inverse > 0) keys.double(geoKey.GeogInvFlattening, inverse);
  else keys.double(geoKey.GeogSemiMinorAxis, a);
  keys.text(geoKey.GeogCitation, "custom");
  const meridian = number("pm") ?? 0;
  keys.short(geoKey.GeogPrimeMeridian, meridian === 0 ? epsgValue.greenwich : userDefined);
  if (meridian !== 0) keys.double(geoKey.GeogPrimeMeridianLong, meridian);
  const shift = words.get("towgs84")?.split(",").map(Number);
  if (shift) keys.double(geoKey.GeogTOWGS84, ...shift);
  if (geographic) return;

  const proj = words.get("proj") ?? "";
  if (proj === "utm") {
    const zone = number("zone")!;
    words
      .set("lat_0", "0")
      .set("lon_0", String(zone * 6 - 183))
      .set("k", "0.9996")
      .set("x_0", "500000");
    words.set("y_0", words.has("south") ? "10000000" : "0");
  }
  if (words.has("k_0") && !words.has("k")) words.set("k", words.get("k_0")!);
  words.delete("k_0");
  const target = targetOf(proj === "utm" || proj === "etmerc" ? "tmerc" : proj, words);
  if (!target) throw unwritable();
  for (const [name, value] of words) {
    if (apart.has(name) || name in target.keys) continue;
    if (!(Number(value) === (target.fixed?.[name] ?? (name === "k" ? 1 : 0)))) throw unwritable();
  }
  keys.short(geoKey.ProjectedCSType, userDefined);
  keys.short(geoKey.Projection, userDefined);
  keys.short(geoKey.ProjCoordTrans, target.code);
  const toMetre = number("to_meter") ?? 1;
  for (const [name, key] of Object.entries(target.keys)) {
    // Mercator has a standard parallel or a scale.
    if (target.code === coordTrans.Mercator && name === "lat_ts" && !number(name)) continue;
    if (target.code === coordTrans.Mercator && name === "k" && number("lat_ts")) continue;
    const value = number(name) ?? (name === "k" ? 1 : 0);
    keys.double(key, name === "x_0" || name === "y_0" ? value / toMetre : value);
  }
  if (proj === "somerc") {
    // Along the parallel: the oblique Mercator's second variant with both angles at 90°.
    keys.double(geoKey.ProjAzimuthAngle, 90);
    keys.double(geoKey.ProjRectifiedGridAngle, 90);
  }
  if (toMetre === 1) keys.short(geoKey.ProjLinearUnits, epsgValue.metre);
  else {
    keys.short(geoKey.ProjLinearUnits, userDefined);
    keys.double(geoKey.ProjLinearUnitSize, toMetre);
  }
  keys.text(geoKey.GTCitation, "custom");
}

/** Where a method's parameters go; `undefined` for what GeoKeys have no place for. */
function targetOf(proj: string, words: Map<string, string | undefined>): Target | undefined {
  const number = (name: string) => (words.has(name) ? Number(words.get(name)) : undefined);
  const row = projections[proj];
  if (words.has("axis")) {
    // South-oriented: x to the west, y to the south.
    if (proj !== "tmerc" || words.get("axis") !== "wsu" || number("x_0") || number("y_0")) return undefined;
    words.delete("axis");
    return { ...row!, code: coordTrans.TransvMercator_SouthOriented };
  }
  if (proj === "omerc") {
    const variantA = words.has("no_uoff") || words.has("no_off");
    words.delete("no_uoff");
    words.delete("no_off");
    if (!words.has("gamma")) words.set("gamma", words.get("alpha") ?? "0");
    return variantA ? { code: coordTrans.ObliqueMercator, keys: hotine } : row;
  }
  if (proj === "stere") {
    const lat = number("lat_0") ?? 0;
    if (Math.abs(lat) !== 90)
      return words.has("lat_ts")
        ? undefined
        : { code: coordTrans.Stereographic, keys: { ...center, k: geoKey.ProjScaleAtNatOrigin, ...falseOrigin } };
    const keys = { lon_0: geoKey.ProjStraightVertPoleLong, k: geoKey.ProjScaleAtNatOrigin, ...falseOrigin };
    if (!number("lat_ts") || Math.abs(number("lat_ts")!) === 90) {
      words.delete("lat_ts");
      return { code: coordTrans.PolarStereographic, keys: { ...keys, lat_0: geoKey.ProjNatOriginLat } };
    }
    if ((number("k") ?? 1) !== 1 || Math.sign(number("lat_ts")!) !== Math.sign(lat)) return undefined;
    return {
      code: coordTrans.PolarStereographic,
      keys: { ...keys, lat_ts: geoKey.ProjNatOriginLat },
      fixed: { lat_0: lat },
    };
  }
  if (proj === "lcc" && (!words.has("lat_2") || number("lat_2") === number("lat_1"))) {
    // One standard parallel: its own method, with a scale instead of two parallels.
    if ((number("lat_1") ?? number("lat_0")) !== number("lat_0")) return undefined;
    return {
      code: coordTrans.LambertConfConic_1SP,
      keys: {
        lat_0: geoKey.ProjNatOriginLat,
        lon_0: geoKey.ProjNatOriginLong,
        k: geoKey.ProjScaleAtNatOrigin,
        ...falseOrigin,
      },
      fixed: { lat_1: number("lat_0")!, lat_2: number("lat_0")! },
    };
  }
  if (proj === "merc" && number("lat_ts") && (number("k") ?? 1) !== 1) return undefined;
  return row;
}

function figure(
  words: ReadonlyMap<string, string | undefined>,
): readonly [a: number, inverseFlattening: number] | undefined {
  const number = (name: string) => (words.has(name) ? Number(words.get(name)) : undefined);
  const radius = number("R");
  if (radius) return [radius, 0];
  const a = number("a");
  if (a) {
    const rf = number("rf");
    if (rf) return [a, rf];
    const b = number("b") ?? a;
    return [a, a === b ? 0 : a / (a - b)];
  }
  return ellipsoids[words.get("ellps") ?? "WGS84"];
}
