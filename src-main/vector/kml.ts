// KML and KMZ through @tmcw/togeojson: placemarks with their folder, name, description and extended data as fields.
import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { kml } from "@tmcw/togeojson";
import { DOMParser } from "@xmldom/xmldom";
import { AppError } from "../../src-shared/errors/index.ts";
import type { Feature, FeatureLayer, PropertyValue, ReadOptions } from "./feature.ts";
import { fieldsOf } from "./fields.ts";
import type { Geometry, Position } from "./geometry.ts";
import { unzipped } from "./zip-read.ts";

/** The styles that togeojson writes into properties; they are looks, not knowledge. */
const looks =
  /^(stroke|fill|marker|icon|label|styleUrl|styleHash|styleMapHash|visibility|tessellate|extrude|altitudeMode)/;

/** KML's coordinates are longitude and latitude, always. */
export function readKml(path: string, options: ReadOptions = {}): FeatureLayer {
  const layer = basename(path, extname(path));
  if (options.layer !== undefined && options.layer !== layer) {
    throw new AppError("vector-layer-missing", { path, layer: options.layer, layers: [layer] });
  }
  const features = placemarks(path).map(({ properties, geometry, id }, index): Feature => {
    const kept = Object.entries(properties ?? {})
      .filter(([name]) => !looks.test(name))
      .map(([name, value]): [string, PropertyValue] => [name, plain(value)]);
    return { id: id ?? index, properties: Object.fromEntries(kept), geometry: geometry ? flat(geometry) : null };
  });
  const crs = "EPSG:4326";
  return {
    path,
    layer,
    layers: [{ name: layer, geometryType: "GEOMETRY", crs }],
    crs: options.crs ?? crs,
    fields: fieldsOf(features),
    features,
  };
}

function placemarks(path: string) {
  const problems: string[] = [];
  try {
    const document = new DOMParser({
      onError: (level, message) => {
        if (level !== "warning") problems.push(message);
      },
    }).parseFromString(textOf(path), "text/xml");
    if (document.documentElement?.localName !== "kml") throw new AppError("vector-unknown-format", { path });
    return kml(document as unknown as Parameters<typeof kml>[0]).features;
  } catch (error) {
    if (error instanceof AppError) throw error;
    const problem = (problems[0] ?? String(error)).replace(/\s+/g, " ").slice(0, 160);
    throw new AppError("vector-damaged", { path, problem: `it is not valid KML (${problem})` }, { cause: error });
  }
}

/** A KMZ is a zip whose first .kml is the document. */
function textOf(path: string): string {
  const bytes = readFileSync(path);
  if (bytes.subarray(0, 2).toString("latin1") !== "PK") return new TextDecoder().decode(bytes);
  const inner = unzipped(bytes, (name) => name.toLowerCase().endsWith(".kml"));
  if (!inner) throw new AppError("vector-damaged", { path, problem: "there is no KML document in it" });
  return new TextDecoder().decode(inner);
}

function plain(value: unknown): PropertyValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "object" && "value" in value && typeof value.value === "string") return value.value;
  return JSON.stringify(value);
}

type AnyPosition = readonly number[];

/** Heights are left behind. */
function flat(geometry: GeoJSON.Geometry): Geometry {
  const position = (p: AnyPosition): Position => [p[0] ?? Number.NaN, p[1] ?? Number.NaN];
  const line = (l: readonly AnyPosition[]) => l.map(position);
  switch (geometry.type) {
    case "Point":
      return { type: "Point", coordinates: position(geometry.coordinates) };
    case "MultiPoint":
    case "LineString":
      return { type: geometry.type, coordinates: line(geometry.coordinates) };
    case "MultiLineString":
    case "Polygon":
      return { type: geometry.type, coordinates: geometry.coordinates.map(line) };
    case "MultiPolygon":
      return { type: "MultiPolygon", coordinates: geometry.coordinates.map((part) => part.map(line)) };
    case "GeometryCollection":
      return collected(geometry.geometries.map(flat));
  }
}

/** KML writes several polygons of one place as a collection: that is a multipolygon. */
function collected(geometries: readonly Geometry[]): Geometry {
  if (geometries.length > 0 && geometries.every((geometry) => geometry.type === "Polygon")) {
    return { type: "MultiPolygon", coordinates: geometries.map(({ coordinates }) => coordinates) };
  }
  return { type: "GeometryCollection", geometries };
}
