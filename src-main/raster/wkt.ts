// Well-known text of coordinate systems, in its three dialects (OGC's of 2001, ESRI's, ISO 19162), read into numbers.
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { CrsProblem, longLatText, type Method, type Parameters, projText } from "./projection.ts";
import { type GeographicSystem, geographicOf, geographicOfDatum, meridianOf } from "./register.ts";

export interface WktNode {
  readonly keyword: string;
  /** quoted words and bare numbers, in order */
  readonly values: readonly string[];
  readonly children: readonly WktNode[];
}

/** The longest text, the deepest nesting and the most words that are read: the longest systems of the register have a tenth. */
const longest = 64 * 1024;
const deepest = 32;

/**
 * `KEYWORD["word", number, CHILD[...]]`, with square or round brackets.
 * @throws CrsProblem when it is no such text
 */
export function parseWkt(text: string): WktNode {
  if (text.length > longest) throw new CrsProblem(reason("crs-text-far-too-long"));
  const tokens = text.match(/"[^"]*"|[A-Za-z_][A-Za-z0-9_]*|[-+.0-9][-+.0-9eE]*|[[\](),]/g) ?? [];
  let at = 0;
  const node = (depth: number): WktNode => {
    const keyword = (tokens[at++] ?? "").toUpperCase();
    const values: string[] = [];
    const children: WktNode[] = [];
    if (!/^[A-Z_]/.test(keyword) || (tokens[at] !== "[" && tokens[at] !== "("))
      throw new CrsProblem(reason("crs-no-well-known-text"));
    if (depth > deepest) throw new CrsProblem(reason("crs-text-nested-too-deeply"));
    do {
      at++;
      const token = tokens[at];
      if (token === undefined) throw new CrsProblem(reason("crs-text-ends-early"));
      if (token.startsWith('"')) {
        values.push(token.slice(1, -1));
        at++;
      } else if (tokens[at + 1] === "[" || tokens[at + 1] === "(") {
        children.push(node(depth + 1));
      } else {
        values.push(token);
        at++;
      }
    } while (tokens[at] === ",");
    at++;
    return { keyword, values, children };
  };
  return node(0);
}

export const childOf = (node: WktNode | undefined, ...keywords: readonly string[]): WktNode | undefined =>
  node?.children.find(({ keyword }) => keywords.includes(keyword));

/** The EPSG code that stands on the node itself. */
export function ownCode(node: WktNode | undefined): number | undefined {
  const own = childOf(node, "AUTHORITY", "ID");
  const code = own && /^EPSG$/i.test(own.values[0] ?? "") ? Number(own.values[1]) : Number.NaN;
  return Number.isInteger(code) && code > 0 ? code : undefined;
}

const projectedWords = ["PROJCS", "PROJCRS", "PROJECTEDCRS"];
const geographicWords = ["GEOGCS", "GEOGCRS", "GEODCRS", "GEODETICCRS", "GEOGRAPHICCRS", "BASEGEOGCRS", "BASEGEODCRS"];

/** The horizontal part of a system that may have heights too, or be bound to WGS 84 by a transformation. */
export function horizontalPart(root: WktNode): { readonly node: WktNode; readonly bound?: WktNode } {
  let node = root;
  let bound: WktNode | undefined;
  for (let step = 0; step < 6; step++) {
    if (node.keyword === "COMPD_CS" || node.keyword === "COMPOUNDCRS") {
      const part = node.children.find(({ keyword }) =>
        [...projectedWords, ...geographicWords, "BOUNDCRS"].includes(keyword),
      );
      if (!part) throw new CrsProblem(reason("crs-compound-system-no-horizontal-part"));
      node = part;
    } else if (node.keyword === "BOUNDCRS") {
      bound = childOf(node, "ABRIDGEDTRANSFORMATION");
      const part = childOf(node, "SOURCECRS")?.children[0];
      if (!part) throw new CrsProblem(reason("crs-bound-system-no-source"));
      node = part;
    } else break;
  }
  return bound ? { node, bound } : { node };
}

/**
 * The system as a PROJ text that holds every number of the WKT.
 * @throws CrsProblem with the words that cannot be honoured: nothing is guessed
 */
export function projOfWkt(root: WktNode): string {
  const { node, bound } = horizontalPart(root);
  if (geographicWords.includes(node.keyword)) {
    if (childOf(node, "CONVERSION", "DERIVINGCONVERSION"))
      throw new CrsProblem(reason("crs-system-derived-from-another-one"));
    const unit = angleOfGeographic(node);
    if (Math.abs(unit - 1) > 1e-9) throw new CrsProblem(reason("crs-longitudes-latitudes-not-degrees"));
    return longLatText(geographicSystem(node, bound));
  }
  if (projectedWords.includes(node.keyword)) return projectedText(node, bound);
  if (node.keyword === "LOCAL_CS" || node.keyword === "ENGCRS" || node.keyword === "ENGINEERINGCRS")
    throw new CrsProblem(reason("crs-local-system-not-tied-earth"));
  if (node.keyword === "GEOCCS") throw new CrsProblem(reason("crs-coordinates-geocentric-map-no-place"));
  throw new CrsProblem(reason("crs-system-kind-not-read", { keyword: node.keyword }));
}

const number = (text: string | undefined): number => {
  const value = Number(text);
  if (text === undefined || text.trim() === "" || !Number.isFinite(value))
    throw new CrsProblem(reason("crs-number-missing-text"));
  return value;
};

/** Degrees per unit of a geographic system's angles. */
function angleOfGeographic(node: WktNode): number {
  const direct = childOf(node, "UNIT", "ANGLEUNIT");
  const unit =
    direct ?? childOf(childOf(node, "CS"), "ANGLEUNIT") ?? childOf(childOf(node, "AXIS"), "ANGLEUNIT", "UNIT");
  return unit ? degreesOf(unit) : 1;
}

function degreesOf(unit: WktNode): number {
  const degrees = (number(unit.values[1]) * 180) / Math.PI;
  return Math.abs(degrees - 1) < 1e-8 ? 1 : degrees;
}

function geographicSystem(node: WktNode, bound: WktNode | undefined): GeographicSystem {
  const datum = childOf(node, "DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE");
  const ellipsoid = childOf(datum, "SPHEROID", "ELLIPSOID") ?? childOf(childOf(node, "ENSEMBLE"), "ELLIPSOID");
  if (!datum || !ellipsoid) throw new CrsProblem(reason("crs-datum-or-ellipsoid-missing"));
  const length = childOf(ellipsoid, "LENGTHUNIT", "UNIT");
  const a = number(ellipsoid.values[1]) * (length ? number(length.values[1]) : 1);
  const rf = number(ellipsoid.values[2]);
  const toWgs84 = childOf(datum, "TOWGS84");
  const code = ownCode(node);
  const datumCode = ownCode(datum);
  const known =
    (code === undefined ? undefined : geographicOf(code)) ??
    (datumCode === undefined ? undefined : geographicOfDatum(datumCode));
  const shift = bound ? shiftOf(bound) : toWgs84 ? toWgs84.values.map(number) : known?.shift;
  return { a, rf, meridian: meridianIn(node), shift };
}

/** Degrees east of Greenwich. */
function meridianIn(node: WktNode): number {
  const meridian = childOf(node, "PRIMEM", "PRIMEMERIDIAN");
  if (!meridian) return 0;
  const value = number(meridian.values[1]);
  if (value === 0) return 0;
  const code = ownCode(meridian);
  const known = code === undefined ? undefined : meridianOf(code);
  if (known !== undefined) return known;
  const unit = childOf(meridian, "ANGLEUNIT", "UNIT");
  if (unit) return value * degreesOf(unit);
  if (Math.abs(angleOfGeographic(node) - 1) > 1e-9) throw new CrsProblem(reason("crs-prime-meridian-no-unit-angles"));
  return value;
}

/** ISO 19162's transformation to WGS 84. */
function shiftOf(bound: WktNode): readonly number[] {
  const method = (childOf(bound, "METHOD")?.values[0] ?? "").toLowerCase();
  const values = new Map(
    bound.children
      .filter(({ keyword }) => keyword === "PARAMETER")
      .map((parameter) => [(parameter.values[0] ?? "").toLowerCase(), scaled(parameter)] as const),
  );
  const value = (name: string) => values.get(name) ?? 0;
  const shift = ["x", "y", "z"].map((axis) => value(`${axis}-axis translation`));
  if (/^geocentric translations/.test(method)) return shift;
  const sign = /position vector/.test(method) ? 1 : /coordinate frame/.test(method) ? -1 : undefined;
  if (sign === undefined)
    throw new CrsProblem(reason("crs-transformation-wgs-84-not-computed", { method: method.slice(0, 60) }));
  return [...shift, ...["x", "y", "z"].map((axis) => sign * value(`${axis}-axis rotation`)), value("scale difference")];
}

/** Metres, arc seconds or parts per million. */
function scaled(parameter: WktNode): number {
  const value = number(parameter.values[1]);
  const angle = childOf(parameter, "ANGLEUNIT");
  const scale = childOf(parameter, "SCALEUNIT");
  const length = childOf(parameter, "LENGTHUNIT");
  if (angle) return value * ((number(angle.values[1]) * 180 * 3600) / Math.PI);
  // An abridged transformation gives its scale as a factor near 1, or as a difference in parts per million.
  if (scale)
    return number(scale.values[1]) === 1 && Math.abs(value - 1) < 0.1
      ? (value - 1) * 1e6
      : value * number(scale.values[1]) * 1e6;
  if (length) return value * number(length.values[1]);
  return /scale/i.test(parameter.values[0] ?? "") && Math.abs(value - 1) < 0.01 ? (value - 1) * 1e6 : value;
}

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Names of methods in all dialects, without blanks and signs. */
const methodNames: Readonly<Record<string, Method>> = {
  transversemercator: "tmerc",
  gausskruger: "tmerc",
  transversemercatorsouthoriented: "tmerc-south",
  transversemercatorsouthorientated: "tmerc-south",
  hotineobliquemercator: "hotine-a",
  hotineobliquemercatorvarianta: "hotine-a",
  hotineobliquemercatorazimuthnaturalorigin: "hotine-a",
  rectifiedskeworthomorphicnaturalorigin: "hotine-a",
  hotineobliquemercatorazimuthcenter: "hotine-b",
  hotineobliquemercatorvariantb: "hotine-b",
  obliquemercator: "hotine-b",
  rectifiedskeworthomorphiccenter: "hotine-b",
  swissobliquecylindrical: "swiss",
  swissobliquemercator: "swiss",
  mercator: "merc",
  mercator1sp: "merc",
  mercator2sp: "merc",
  mercatorvarianta: "merc",
  mercatorvariantb: "merc",
  mercatorauxiliarysphere: "webmerc",
  popularvisualisationpseudomercator: "webmerc",
  lambertconformalconic1sp: "lcc-1",
  lambertconicconformal1sp: "lcc-1",
  lambertconformalconic2sp: "lcc-2",
  lambertconicconformal2sp: "lcc-2",
  lambertconformalconic: "lcc-2",
  lambertazimuthalequalarea: "laea",
  albersconicequalarea: "aea",
  albersequalarea: "aea",
  albers: "aea",
  azimuthalequidistant: "aeqd",
  modifiedazimuthalequidistant: "aeqd",
  equidistantconic: "eqdc",
  stereographic: "stere",
  polarstereographic: "stere-polar",
  polarstereographicvarianta: "stere-polar",
  polarstereographicvariantb: "stere-polar",
  stereographicnorthpole: "stere-polar",
  stereographicsouthpole: "stere-polar",
  obliquestereographic: "sterea",
  doublestereographic: "sterea",
  equirectangular: "eqc",
  equidistantcylindrical: "eqc",
  platecarree: "eqc",
  cassinisoldner: "cass",
  cassini: "cass",
  gnomonic: "gnom",
  millercylindrical: "mill",
  orthographic: "ortho",
  polyconic: "poly",
  americanpolyconic: "poly",
  robinson: "robin",
  sinusoidal: "sinu",
  vandergrinten: "vandg",
  vandergrinteni: "vandg",
  newzealandmapgrid: "nzmg",
  cylindricalequalarea: "cea",
  lambertcylindricalequalarea: "cea",
  mollweide: "moll",
  krovak: "krovak",
  kroviaknorthorientated: "krovak",
  krovaknorthorientated: "krovak",
};

const parameterNames: Readonly<Record<string, keyof Parameters | "zero" | "rotation" | "xscale" | "yscale">> = {
  latitudeoforigin: "lat0",
  latitudeofcenter: "lat0",
  latitudeofcentre: "lat0",
  latitudeofnaturalorigin: "lat0",
  latitudeoffalseorigin: "lat0",
  latitudeofprojectioncentre: "lat0",
  centralparallel: "lat0",
  centralmeridian: "lon0",
  longitudeoforigin: "lon0",
  longitudeofcenter: "lon0",
  longitudeofcentre: "lon0",
  longitudeofnaturalorigin: "lon0",
  longitudeoffalseorigin: "lon0",
  longitudeofprojectioncentre: "lon0",
  standardparallel1: "lat1",
  latitudeof1ststandardparallel: "lat1",
  latitudeofstandardparallel: "lat1",
  pseudostandardparallel1: "lat1",
  latitudeofpseudostandardparallel: "lat1",
  standardparallel2: "lat2",
  latitudeof2ndstandardparallel: "lat2",
  scalefactor: "scale",
  scalefactoratnaturalorigin: "scale",
  scalefactoratprojectioncentre: "scale",
  scalefactoroninitialline: "scale",
  scalefactoronpseudostandardparallel: "scale",
  azimuth: "azimuth",
  azimuthofinitialline: "azimuth",
  azimuthatprojectioncentre: "azimuth",
  colatitudeofconeaxis: "azimuth",
  rectifiedgridangle: "rectifiedAngle",
  anglefromrectifiedtoskewgrid: "rectifiedAngle",
  falseeasting: "falseEasting",
  eastingatfalseorigin: "falseEasting",
  eastingatprojectioncentre: "falseEasting",
  falsenorthing: "falseNorthing",
  northingatfalseorigin: "falseNorthing",
  northingatprojectioncentre: "falseNorthing",
  auxiliaryspheretype: "zero",
  xyplanerotation: "rotation",
  xscale: "xscale",
  yscale: "yscale",
};

/** Parameters of the method, whatever it is, in degrees and metres. */
function projectedText(node: WktNode, bound: WktNode | undefined): string {
  const base = childOf(node, ...geographicWords);
  if (!base) throw new CrsProblem(reason("crs-geographic-system-missing"));
  const conversion = childOf(node, "CONVERSION") ?? node;
  const methodName = childOf(conversion, "PROJECTION", "METHOD", "PROJECTIONMETHOD")?.values[0] ?? "";
  let method = methodNames[plain(methodName)];
  if (!method) throw new CrsProblem(reason("crs-projection-not-computed-7", { methodName: methodName.slice(0, 60) }));
  const unitNode =
    childOf(node, "UNIT", "LENGTHUNIT") ??
    childOf(childOf(node, "CS"), "LENGTHUNIT", "UNIT") ??
    childOf(childOf(node, "AXIS"), "LENGTHUNIT", "UNIT");
  const toMeter = unitNode ? number(unitNode.values[1]) : 1;
  const degrees = angleOfGeographic(base);
  const found: Record<string, number> = {};
  for (const parameter of conversion.children.filter(({ keyword }) => keyword === "PARAMETER")) {
    const name = parameter.values[0] ?? "";
    const meaning = parameterNames[plain(name)];
    const value = number(parameter.values[1]);
    if (!meaning) throw new CrsProblem(reason("crs-parameter-projection-not-known", { name: name.slice(0, 60) }));
    const angle = childOf(parameter, "ANGLEUNIT");
    const length = childOf(parameter, "LENGTHUNIT");
    const isLength = meaning === "falseEasting" || meaning === "falseNorthing";
    const isAngle = /^(lat|lon|azimuth|rectified)/.test(meaning);
    const metric = isLength
      ? value * (length ? number(length.values[1]) : toMeter)
      : isAngle
        ? value * (angle ? degreesOf(angle) : degrees)
        : value;
    if (found[meaning] !== undefined && found[meaning] !== metric)
      throw new CrsProblem(reason("crs-projection-gives-twice", { meaning }));
    found[meaning] = metric;
  }
  const { zero = 0, rotation, xscale, yscale, ...parameters } = found;
  if (zero !== 0) throw new CrsProblem(reason("crs-auxiliary-sphere-type-not-computed", { zero }));
  if (method === "lcc-2" && parameters.lat2 === undefined) method = singleParallel(parameters);
  if (method === "stere-polar") polarLatitude(plain(methodName), parameters);
  if (method === "hotine-b" || method === "hotine-a")
    parameters.rectifiedAngle ??=
      /esri|rectifiedskew|azimuth(center|natural)/.test(plain(methodName)) && parameters.azimuth !== undefined
        ? parameters.azimuth
        : 90;
  if (method === "krovak") method = krovakAxes(rotation, xscale, yscale, node);
  else {
    if (rotation || (xscale ?? 1) !== 1 || (yscale ?? 1) !== 1)
      throw new CrsProblem(reason("crs-projection-turns-or-mirrors-coordinates"));
    if (method !== "tmerc-south") eastAndNorth(node, method);
  }
  return projText({ method, parameters, geographic: geographicSystem(base, bound), toMeter });
}

/** ESRI has one name for Lambert's projection with one parallel and with two. */
function singleParallel(parameters: Record<string, number>): Method {
  if (
    parameters.lat1 !== undefined &&
    parameters.lat0 !== undefined &&
    Math.abs(parameters.lat1 - parameters.lat0) > 1e-9
  )
    throw new CrsProblem(reason("crs-lambert-projection-one-standard-parallel"));
  parameters.lat0 ??= parameters.lat1 ?? 0;
  delete parameters.lat1;
  return "lcc-1";
}

function polarLatitude(name: string, parameters: Record<string, number>): void {
  if (name === "stereographicnorthpole" || name === "stereographicsouthpole") {
    if (parameters.lat1 === undefined) throw new CrsProblem(reason("crs-polar-stereographic-projection-no-standard"));
    const north = name.includes("north");
    if (parameters.lat1 > 0 !== north)
      throw new CrsProblem(reason("crs-polar-stereographic-projection-parallel-other"));
  }
  if (parameters.lat0 === undefined && parameters.lat1 === undefined)
    throw new CrsProblem(reason("crs-polar-stereographic-projection-no-latitude"));
}

/** ESRI turns Krovak's axes by parameters, others say so by the axes' names. */
function krovakAxes(
  rotation: number | undefined,
  xscale: number | undefined,
  yscale: number | undefined,
  node: WktNode,
): Method {
  if (rotation !== undefined || xscale !== undefined || yscale !== undefined) {
    if (rotation === 90 && xscale === -1 && (yscale ?? 1) === 1) return "krovak";
    // Without the turn its x runs south and its y west; files have been seen with both orders.
    throw new CrsProblem(reason("crs-krovak-projection-axes-south-west"));
  }
  const directions = axes(node);
  if (directions.length === 0 || (directions.includes("EAST") && directions.includes("NORTH"))) return "krovak";
  if (directions.includes("SOUTH") && directions.includes("WEST")) return "krovak-south";
  throw new CrsProblem(reason("crs-krovak-projection-axes-unknown-direction"));
}

const axes = (node: WktNode): string[] =>
  node.children.filter(({ keyword }) => keyword === "AXIS").map(({ values }) => (values[1] ?? "").toUpperCase());

/** Around a pole every axis runs north or south; elsewhere an axis to the west or south mirrors the map. */
function eastAndNorth(node: WktNode, method: Method): void {
  if (method === "stere-polar") return;
  const lat = method === "laea" || method === "stere" || method === "aeqd";
  const wrong = axes(node).filter((direction) => direction === "WEST" || (direction === "SOUTH" && !lat));
  if (wrong.length > 0) throw new CrsProblem(reason("crs-axes-run", { wrong: wrong.join(", ") }));
}
