import { AppError } from "../../../src-shared/errors/index.ts";
import { type Crs, epsgCode } from "../../../src-shared/geo/crs.ts";
import type { TagValue } from "./tiff-header.ts";

/** The GeoKey tags for a CRS: its EPSG code; a PROJ string as its parameters; a WKT in the citation, as ESRI software and GDAL do. */
export function geoKeyTags(crs: Crs, geographic: boolean): TagValue[] {
  const code = epsgCode(crs);
  const keys = new Keys();
  const wkt = code === undefined && !/^\s*\+/.test(crs);
  keys.short(1024, wkt ? userDefined : geographic ? 2 : 1);
  keys.short(1025, 1);
  if (code !== undefined) keys.short(geographic ? 2048 : 3072, code);
  else if (!wkt) projKeys(crs, keys, geographic);
  else {
    // The pattern GDAL itself writes for what GeoKeys cannot say.
    keys.text(1026, "unnamed");
    keys.short(2048, userDefined);
    keys.text(3073, `ESRI PE String = ${crs.trim()}`);
  }
  return keys.tags();
}

const userDefined = 32767;

class Keys {
  readonly #entries: [key: number, location: number, count: number, value: number][] = [];
  readonly #doubles: number[] = [];
  #ascii = "";

  short(key: number, value: number): void {
    this.#entries.push([key, 0, 1, value]);
  }

  double(key: number, value: number): void {
    this.#entries.push([key, 34736, 1, this.#doubles.length]);
    this.#doubles.push(value);
  }

  text(key: number, value: string): void {
    this.#entries.push([key, 34737, value.length + 1, this.#ascii.length]);
    this.#ascii += `${value}|`;
  }

  tags(): TagValue[] {
    const sorted = this.#entries.sort((p, q) => p[0] - q[0]);
    const tags: TagValue[] = [{ tag: 34735, type: "short", values: [1, 1, 0, sorted.length, ...sorted.flat()] }];
    if (this.#doubles.length > 0) tags.push({ tag: 34736, type: "double", values: this.#doubles });
    if (this.#ascii) tags.push({ tag: 34737, type: "ascii", values: this.#ascii });
    return tags;
  }
}

/** PROJ projection → coordinate transformation code and the keys its parameters go to. */
const projections: Readonly<
  Record<string, { readonly code: number; readonly keys: Readonly<Record<string, number>> }>
> = {
  tmerc: { code: 1, keys: { lat_0: 3081, lon_0: 3080, k: 3092, x_0: 3082, y_0: 3083 } },
  merc: { code: 7, keys: { lon_0: 3080, lat_ts: 3078, k: 3092, x_0: 3082, y_0: 3083 } },
  lcc: { code: 8, keys: { lat_0: 3085, lon_0: 3084, lat_1: 3078, lat_2: 3079, x_0: 3086, y_0: 3087 } },
  laea: { code: 10, keys: { lat_0: 3089, lon_0: 3088, x_0: 3082, y_0: 3083 } },
  aea: { code: 11, keys: { lat_0: 3081, lon_0: 3080, lat_1: 3078, lat_2: 3079, x_0: 3082, y_0: 3083 } },
  aeqd: { code: 12, keys: { lat_0: 3089, lon_0: 3088, x_0: 3082, y_0: 3083 } },
  eqdc: { code: 13, keys: { lat_0: 3081, lon_0: 3080, lat_1: 3078, lat_2: 3079, x_0: 3082, y_0: 3083 } },
  stere: { code: 15, keys: { lat_ts: 3081, lon_0: 3095, k: 3092, x_0: 3082, y_0: 3083 } },
  sterea: { code: 16, keys: { lat_0: 3081, lon_0: 3080, k: 3092, x_0: 3082, y_0: 3083 } },
  eqc: { code: 17, keys: { lat_ts: 3078, lat_0: 3089, lon_0: 3088, x_0: 3082, y_0: 3083 } },
  cass: { code: 18, keys: { lat_0: 3081, lon_0: 3080, x_0: 3082, y_0: 3083 } },
  sinu: { code: 24, keys: { lon_0: 3088, x_0: 3082, y_0: 3083 } },
};

const ellipsoids: Readonly<Record<string, readonly [a: number, inverseFlattening: number]>> = {
  WGS84: [6378137, 298.257223563],
  GRS80: [6378137, 298.257222101],
  intl: [6378388, 297],
  bessel: [6377397.155, 299.1528128],
  clrk66: [6378206.4, 294.978698213898],
  krass: [6378245, 298.3],
  aust_SA: [6378160, 298.25],
};

function projKeys(crs: Crs, keys: Keys, geographic: boolean): void {
  const words = new Map<string, string>();
  for (const [, name, value] of crs.matchAll(/\+(\w+)(?:=(\S+))?/g)) words.set(name!, value ?? "");
  const number = (name: string) => (words.has(name) ? Number(words.get(name)) : undefined);
  const unwritable = () => new AppError("crs-unwritable", { crs });

  const [a, inverse] =
    figure(words) ??
    (() => {
      throw unwritable();
    })();
  keys.short(2048, userDefined);
  keys.short(2050, userDefined);
  keys.short(2054, 9102);
  keys.short(2056, userDefined);
  keys.double(2057, a);
  if (inverse > 0) keys.double(2059, inverse);
  else keys.double(2058, a);
  keys.text(2049, "custom");
  const shift = words.get("towgs84")?.split(",").map(Number);
  void shift;
  if (geographic) return;

  const proj = words.get("proj") ?? "";
  if (proj === "utm") {
    const zone = number("zone") ?? 31;
    words
      .set("lat_0", "0")
      .set("lon_0", String(zone * 6 - 183))
      .set("k", "0.9996")
      .set("x_0", "500000");
    words.set("y_0", words.has("south") ? "10000000" : "0");
  }
  const row = projections[proj === "utm" ? "tmerc" : proj];
  if (!row || words.get("axis")?.match(/[ws]/)) throw unwritable();
  if (words.has("k_0") && !words.has("k")) words.set("k", words.get("k_0")!);
  // One standard parallel: its own method, with a scale instead of two parallels.
  const oneParallel = proj === "lcc" && !words.has("lat_2");
  const polar = proj === "stere";
  if (polar && Math.abs(number("lat_0") ?? 0) !== 90) throw unwritable();
  if (polar && !words.has("lat_ts")) words.set("lat_ts", words.get("lat_0")!);
  keys.short(3072, userDefined);
  keys.short(3074, userDefined);
  keys.short(3075, oneParallel ? 9 : row.code);
  const targets = oneParallel ? { lat_1: 3081, lon_0: 3080, k: 3092, x_0: 3082, y_0: 3083 } : row.keys;
  const toMetre = number("to_meter") ?? 1;
  for (const [name, key] of Object.entries(targets)) {
    if (name === "lat_ts" && !words.has(name)) continue;
    const value = number(name) ?? (name === "k" ? 1 : 0);
    keys.double(key, name === "x_0" || name === "y_0" ? value / toMetre : value);
  }
  if (toMetre === 1) keys.short(3076, 9001);
  else {
    keys.short(3076, userDefined);
    keys.double(3077, toMetre);
  }
  keys.text(1026, "custom");
}

function figure(words: ReadonlyMap<string, string>): readonly [a: number, inverseFlattening: number] | undefined {
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
  const datum = words.get("datum");
  const named =
    words.get("ellps") ??
    (datum === "WGS84" || datum === undefined
      ? "WGS84"
      : datum === "NAD83"
        ? "GRS80"
        : datum === "NAD27"
          ? "clrk66"
          : undefined);
  return named ? ellipsoids[named] : undefined;
}
