// Well-known text of coordinate systems, written: OGC's of 2001 as GDAL writes it. The inverse of wkt.ts.
import { AppError } from "../../src-shared/errors/index.ts";
import { type Crs, epsgCode } from "../../src-shared/geo/crs.ts";
import { crsName, definitionOf } from "./crs.ts";
import { listRow } from "./epsg-list.ts";
import { figureIn, projWords } from "./proj-text.ts";

/**
 * The system as well-known text for files that hold nothing else (`.prj`, `gpkg_spatial_ref_sys`): the EPSG list's text for a code, a
 * WKT as it is, a PROJ text in WKT 1 with its figure, meridian, datum shift and unit. What WKT 1 has no words for becomes
 * GDAL's `PROJECTION["custom_proj4"]` with the PROJ text in an EXTENSION node: GDAL and QGIS honour it, and programs
 * that do not know it refuse it instead of taking it for another system.
 * @throws AppError "crs-unknown", "crs-unusable" as `definitionOf` does; "crs-unwritable" for a transverse Mercator to the west and
 * south with a false origin, which PROJ reads from no text
 */
export function wktOf(crs: Crs): string {
  const code = epsgCode(crs);
  const listed = code === undefined ? undefined : listRow(code)?.wkt;
  if (listed) return listed;
  if (code === undefined && !crs.trim().startsWith("+")) return crs.trim();
  const checked = projWords(definitionOf(crs));
  const given = code === undefined ? projWords(crs.trim()) : checked;
  const name = quoted(code === undefined ? (given.get("title") ?? crsName(crs)) : crsName(crs));
  const base = geographicNode(given, checked);
  const plain = nodesOf(checked);
  if (checked.get("proj") === "longlat") {
    if (plain) return `GEOGCS[${name},${base}]`;
    return `GEOGCS[${name},${base},${extension(given)}]`;
  }
  if (!plain && /^e?tmerc$/.test(checked.get("proj")!) && checked.get("axis") === "wsu")
    throw new AppError("crs-unwritable", { crs: crs.slice(0, 120) });
  const own = plain ?? [`PROJECTION["custom_proj4"]`];
  const toMeter = Number(checked.get("to_meter") ?? 1);
  const parts = [
    `GEOGCS["custom",${base}]`,
    ...own,
    toMeter === 1 ? `UNIT["metre",1,AUTHORITY["EPSG","9001"]]` : `UNIT["custom",${toMeter}]`,
    ...(plain ? axesOf(checked) : [extension(given)]),
  ];
  return `PROJCS[${name},${parts.join(",")}]`;
}

const quoted = (text: string): string => `"${text.replace(/["\s]+/g, " ").trim()}"`;

type Words = ReadonlyMap<string, string | undefined>;

/** The datums that PROJ knows by name (`proj -ld`) are EPSG's, which transforms look up by their codes. */
const datums: Readonly<Record<string, readonly [name: string, code: number]>> = {
  WGS84: ["WGS_1984", 6326],
  NAD83: ["North_American_Datum_1983", 6269],
  NAD27: ["North_American_Datum_1927", 6267],
  GGRS87: ["Greek_Geodetic_Reference_System_1987", 6121],
  potsdam: ["Deutsches_Hauptdreiecksnetz", 6314],
  carthage: ["Carthage", 6223],
  hermannskogel: ["Militar-Geographische_Institut", 6312],
  ire65: ["TM65", 6299],
  nzgd49: ["New_Zealand_Geodetic_Datum_1949", 6272],
  OSGB36: ["OSGB_1936", 6277],
};

function geographicNode(given: Words, checked: Words): string {
  const { a, rf } = figureIn(checked)!;
  const meridian = Number(checked.get("pm") ?? 0);
  const named = given.has("towgs84") || meridian !== 0 ? undefined : datums[given.get("datum") ?? ""];
  const shift = named ? undefined : (given.get("towgs84") ?? checked.get("towgs84"))?.split(",").map(Number);
  const datum = [
    quoted(named?.[0] ?? "unknown"),
    `SPHEROID[${quoted(given.get("ellps") ?? "unknown")},${a},${rf}]`,
    ...(shift ? [`TOWGS84[${Array.from({ length: 7 }, (_, i) => shift[i] ?? 0).join(",")}]`] : []),
    ...(named ? [`AUTHORITY["EPSG","${named[1]}"]`] : []),
  ];
  return [
    `DATUM[${datum.join(",")}]`,
    meridian === 0 ? `PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]]` : `PRIMEM["custom",${meridian}]`,
    `UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]]`,
  ].join(",");
}

/** The whole text for programs that read it; titles and heights say nothing about places on a map. */
function extension(given: Words): string {
  const words = [...given]
    .filter(([name]) => !/^(title|type|wktext|no_defs|vunits|vto_meter|geoidgrids|geoid_crs)$/.test(name))
    .map(([name, value]) => (value === undefined ? `+${name}` : `+${name}=${value}`));
  return `EXTENSION["PROJ4",${quoted([...words, "+no_defs"].join(" "))}]`;
}

/** Only systems that run to the west or south say so: all programs take the others for east and north. */
function axesOf(words: Words): string[] {
  const axis = words.get("axis");
  if (axis === "wsu") return [`AXIS["Westing",WEST]`, `AXIS["Southing",SOUTH]`];
  if (axis === "swu") return [`AXIS["Southing",SOUTH]`, `AXIS["Westing",WEST]`];
  return [];
}

interface Target {
  readonly projection: string;
  /** parameters of the WKT → words of the PROJ text, or numbers that the method has built in */
  readonly parameters: Readonly<Record<string, string | number>>;
}

const origin = { latitude_of_origin: "lat_0", central_meridian: "lon_0" };
const center = { latitude_of_center: "lat_0", longitude_of_center: "lon_0" };
const scaled = { scale_factor: "k" };
const parallels = { standard_parallel_1: "lat_1", standard_parallel_2: "lat_2" };
const row = (projection: string, parameters: Target["parameters"]): Target => ({ projection, parameters });

/** Methods whose words all become parameters of one projection. */
const targets: Readonly<Record<string, Target>> = {
  tmerc: row("Transverse_Mercator", { ...origin, ...scaled }),
  etmerc: row("Transverse_Mercator", { ...origin, ...scaled }),
  laea: row("Lambert_Azimuthal_Equal_Area", center),
  aea: row("Albers_Conic_Equal_Area", { ...center, ...parallels }),
  aeqd: row("Azimuthal_Equidistant", center),
  eqdc: row("Equidistant_Conic", { ...center, ...parallels }),
  sterea: row("Oblique_Stereographic", { ...origin, ...scaled }),
  eqc: row("Equirectangular", { standard_parallel_1: "lat_ts", ...origin }),
  cass: row("Cassini_Soldner", origin),
  cea: row("Cylindrical_Equal_Area", { standard_parallel_1: "lat_ts", central_meridian: "lon_0" }),
  gnom: row("Gnomonic", origin),
  mill: row("Miller_Cylindrical", { longitude_of_center: "lon_0" }),
  moll: row("Mollweide", { central_meridian: "lon_0" }),
  nzmg: row("New_Zealand_Map_Grid", origin),
  ortho: row("Orthographic", origin),
  poly: row("Polyconic", origin),
  sinu: row("Sinusoidal", { longitude_of_center: "lon_0" }),
};

/** Along the parallel: the oblique Mercator's second variant with both angles at 90°. */
const swiss = row("Hotine_Oblique_Mercator_Azimuth_Center", { ...center, azimuth: 90, rectified_grid_angle: 90, ...scaled }); // biome-ignore format: one line
const oblique = {
  latitude_of_center: "lat_0",
  longitude_of_center: "lonc",
  azimuth: "alpha",
  rectified_grid_angle: "gamma",
  ...scaled,
};
/** Of Krovak's constants PROJ and the formulas here read the meridian and the scale. */
const cone = { lat_0: 49.5, lon_0: 24.833333333333332, alpha: 30.28813975277778, k: 0.9999 };
const krovak = row("Krovak", {
  ...center,
  azimuth: "alpha",
  pseudo_standard_parallel_1: 78.5,
  ...scaled,
});

/** Words about everything but the projection's own numbers. */
const apart = new Set(["proj", "x_0", "y_0", "units", "to_meter", "no_defs", "wktext", "ellps", "a", "b", "rf", "R", "datum", "towgs84", "pm", "zone", "south", "axis", "no_uoff", "no_off"]); // biome-ignore format: one line

/** PROJECTION and PARAMETER nodes; `undefined` for what WKT 1 has no place for. */
function nodesOf(checked: Words): string[] | undefined {
  const words = new Map(checked);
  if (words.has("k_0")) words.set("k", words.get("k_0")!);
  words.delete("k_0");
  const proj = words.get("proj");
  if (proj === "utm") utm(words);
  const target = proj === "longlat" ? row("", {}) : targetOf(proj!, words);
  if (!target) return undefined;
  const taken = new Set(Object.values(target.parameters));
  for (const name of words.keys()) if (!apart.has(name) && !taken.has(name)) return undefined;
  const number = (name: string) => Number(words.get(name) ?? (name === "k" ? 1 : 0));
  if (proj === "longlat") return words.has("axis") || number("x_0") || number("y_0") ? undefined : [];
  const toMeter = Number(words.get("to_meter") ?? 1);
  const parameters = {
    ...target.parameters,
    false_easting: number("x_0") / toMeter,
    false_northing: number("y_0") / toMeter,
  };
  return [
    `PROJECTION["${target.projection}"]`,
    ...Object.entries(parameters).map(
      ([name, value]) => `PARAMETER["${name}",${typeof value === "number" ? value : number(value)}]`,
    ),
  ];
}

function utm(words: Map<string, string | undefined>): void {
  words
    .set("lat_0", "0")
    .set("lon_0", String(Number(words.get("zone")) * 6 - 183))
    .set("k", "0.9996");
  words.set("x_0", "500000").set("y_0", words.has("south") ? "10000000" : "0");
}

function targetOf(proj: string, words: Map<string, string | undefined>): Target | undefined {
  const number = (name: string) => (words.has(name) ? Number(words.get(name)) : undefined);
  const scale = number("k") ?? 1;
  const latTs = number("lat_ts");
  const lat0 = number("lat_0") ?? 0;
  if (words.has("axis")) return turned(proj, words, number);
  switch (proj) {
    case "utm":
      return targets.tmerc;
    case "somerc":
      return swiss;
    case "merc":
      if (latTs === undefined || latTs === 0) {
        words.delete("lat_ts");
        return row("Mercator_1SP", { central_meridian: "lon_0", ...scaled });
      }
      if (scale !== 1) return undefined;
      words.delete("k");
      return row("Mercator_2SP", { standard_parallel_1: "lat_ts", central_meridian: "lon_0" });
    case "lcc":
      if (words.has("lat_2")) {
        if (scale !== 1) return undefined;
        words.delete("k");
        return row("Lambert_Conformal_Conic_2SP", { ...origin, ...parallels });
      }
      words.delete("lat_1"); // its origin
      return row("Lambert_Conformal_Conic_1SP", { ...origin, ...scaled });
    case "stere":
      if (Math.abs(lat0) !== 90)
        return words.has("lat_ts") ? undefined : row("Stereographic", { ...origin, ...scaled });
      words.delete("lat_ts");
      if (latTs === undefined || Math.abs(latTs) === 90) return row("Polar_Stereographic", { ...origin, ...scaled });
      if (scale !== 1 || Math.sign(latTs) !== Math.sign(lat0)) return undefined;
      words.delete("lat_0");
      return row("Polar_Stereographic", { latitude_of_origin: latTs, central_meridian: "lon_0", ...scaled });
    case "omerc": {
      if (!words.has("gamma")) words.set("gamma", words.get("alpha"));
      const natural = words.has("no_uoff") || words.has("no_off");
      return row(`Hotine_Oblique_Mercator${natural ? "" : "_Azimuth_Center"}`, oblique);
    }
    case "mill":
      // On a sphere there is no datum to shift: WKT's readers refuse both together.
      return words.has("towgs84") ? undefined : targets.mill;
    case "krovak":
      return ofCone(words, number) ? krovak : undefined;
    default:
      return Object.hasOwn(targets, proj) ? targets[proj] : undefined;
  }
}

/** Two methods have axes to the west and south of their own; their false origins are read in two ways. */
function turned(
  proj: string,
  words: Map<string, string | undefined>,
  number: (name: string) => number | undefined,
): Target | undefined {
  if (number("x_0") || number("y_0")) return undefined;
  const axis = words.get("axis");
  if ((proj === "tmerc" || proj === "etmerc") && axis === "wsu")
    return row("Transverse_Mercator_South_Orientated", { ...origin, ...scaled });
  return proj === "krovak" && axis === "swu" && ofCone(words, number) ? krovak : undefined;
}

/** Fills in the constants that a text leaves out; false when it has others. */
function ofCone(words: Map<string, string | undefined>, number: (name: string) => number | undefined): boolean {
  for (const [name, value] of Object.entries(cone)) if (!words.has(name)) words.set(name, String(value));
  return number("lat_0") === cone.lat_0 && Math.abs(number("alpha")! - cone.alpha) < 1e-5;
}
