// KML and KMZ: placemarks with their folder, name, description, times and extended data as fields. Styles are ignored, and so is
// what is no label: network links and their regions, overlays, tours, models.

import { readFileSync, statSync } from "node:fs";
import { basename, extname } from "node:path";
import type { KnownVectorFormat } from "../../../src-shared/domain/known-format.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Because, reason } from "../../../src-shared/errors/reasons/index.ts";
import { DamagedZip, openZip } from "../../files/index.ts";
import {
  decodeXml,
  localName,
  scanXml,
  textWithin,
  XmlBuilder,
  type XmlElement,
  XmlProblem,
} from "../../raster/xml.ts";
import type { Geometry, Position } from "../geometry/geometry.ts";
import type { Feature, FeatureLayer, PropertyValue, ReadOptions } from "./feature.ts";
import { fieldsOf, record } from "./fields.ts";
import { GeometryProblem } from "./wkb.ts";

/** What is read of it. */
export const kmlFormat: KnownVectorFormat = {
  kind: "labels",
  name: "KML, KMZ",
  endings: ["kml", "kmz"],
  read: "placemarks, folders as a field, tracks, extended data",
  notRead: "styles, network links, overlays, models",
  crsFrom: "the format: longitude and latitude",
};

/** The largest document that is read: its features are held in memory. */
const largest = 256 * 2 ** 20;
const limits = { length: largest, depth: 200, items: 8_000_000 };

/** KML's coordinates are longitude and latitude, always. */
export function readKml(path: string, options: ReadOptions = {}): FeatureLayer {
  return layerOf(path, options, () => {
    const { size } = statSync(path);
    if (size > largest)
      throw damaged(path, reason("mib-most-read", { size: Math.round(size / 2 ** 20), largest: largest / 2 ** 20 }));
    return placemarks(path, [readFileSync(path)]);
  });
}

/** A KMZ is a zip of documents: `doc.kml` first, and those that it links to, which other programs write one per layer. */
export async function readKmz(path: string, options: ReadOptions = {}): Promise<FeatureLayer> {
  const documents: Buffer[] = [];
  const archive = await openZip(path, { members: 5000, memberBytes: largest, totalBytes: largest }).catch(
    sentence(path),
  );
  try {
    const members = archive.members.filter(({ name }) => name.toLowerCase().endsWith(".kml"));
    if (members.length === 0) throw damaged(path, reason("no-kml-document"));
    const isMain = (name: string) => (name.toLowerCase() === "doc.kml" ? 0 : 1);
    for (const member of members.sort((p, q) => isMain(p.name) - isMain(q.name)))
      documents.push(await member.read().catch(sentence(path)));
  } finally {
    await archive.close();
  }
  return layerOf(path, options, () => placemarks(path, documents));
}

function layerOf(path: string, options: ReadOptions, read: () => Feature[]): FeatureLayer {
  const layer = basename(path, extname(path));
  if (options.layer !== undefined && options.layer !== layer) {
    throw new AppError("vector-layer-missing", { path, layer: options.layer, layers: [layer] });
  }
  const features = read();
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

const damaged = (path: string, problem: Because, cause?: unknown) =>
  new AppError("vector-damaged", { path, problem }, { cause });

const sentence = (path: string) => (error: unknown) => {
  throw error instanceof DamagedZip ? damaged(path, error.reason, error) : error;
};

function placemarks(path: string, documents: readonly Buffer[]): Feature[] {
  try {
    const features: Feature[] = [];
    for (const document of documents) {
      for (const feature of featuresIn(decodeXml(document))) {
        features.push(typeof feature.id === "number" ? { ...feature, id: features.length } : feature);
      }
    }
    return features;
  } catch (error) {
    if (error instanceof NotKml) throw new AppError("vector-unknown-format", { path }, { cause: error });
    if (error instanceof XmlProblem) throw damaged(path, reason("not-valid-kml", { message: error.reason }), error);
    throw error;
  }
}

class NotKml extends Error {}

/** Walks the document once; only one placemark is held as elements. */
function featuresIn(text: string): Feature[] {
  const features: Feature[] = [];
  const folders: (string | undefined)[] = [];
  const path: string[] = [];
  const types = new Map<string, string>();
  let builder: XmlBuilder | undefined;
  let name: string | undefined;
  let isRoot = true;
  scanXml(
    text,
    {
      open(full, attributes) {
        const element = localName(full);
        if (isRoot && element !== "kml") throw new NotKml(`the root element is <${full.slice(0, 40)}>`);
        isRoot = false;
        if (builder) builder.open(full, attributes);
        // Elements inside an update or a tour are not placemarks.
        else if (element === "Placemark" && !path.includes("Update")) {
          builder = new XmlBuilder();
          builder.open(full, attributes);
        } else if (element === "Folder") folders.push(undefined);
        else if (element === "name" && path.at(-1) === "Folder") name = "";
        else if (element === "SimpleField" && attributes.name) types.set(attributes.name, attributes.type ?? "");
        if (!builder) path.push(element);
      },
      text(part) {
        if (builder) builder.text(part);
        else if (name !== undefined) name += part;
      },
      close(full) {
        if (builder) {
          builder.close();
          if (builder.building) return;
          features.push(featureOf(builder.root!, features.length, folders, types));
          builder = undefined;
          return;
        }
        const element = localName(full);
        path.pop();
        if (element === "name" && name !== undefined) {
          folders[folders.length - 1] = name.trim();
          name = undefined;
        } else if (element === "Folder") folders.pop();
      },
    },
    { limits, strict: true },
  );
  return features;
}

const named = (element: XmlElement, ...names: readonly string[]): readonly XmlElement[] =>
  element.children.filter((child) => names.includes(localName(child.name)));
const textOf = (element: XmlElement, name: string): string | undefined => {
  const child = named(element, name)[0];
  const text = child && textWithin(child).trim();
  return text === "" ? undefined : text;
};

function featureOf(
  placemark: XmlElement,
  index: number,
  folders: readonly (string | undefined)[],
  types: ReadonlyMap<string, string>,
): Feature {
  const id = placemark.attributes.id ?? index;
  const properties = record(propertiesOf(placemark, folders, types));
  try {
    const shapes = geometriesIn(placemark, 0);
    return { id, properties, geometry: shapes.length > 1 ? collected(shapes) : (shapes[0] ?? null) };
  } catch (error) {
    if (error instanceof GeometryProblem) return { id, properties, geometry: null, problem: error.message };
    throw error;
  }
}

function* propertiesOf(
  placemark: XmlElement,
  folders: readonly (string | undefined)[],
  types: ReadonlyMap<string, string>,
): Generator<[string, PropertyValue]> {
  for (const name of ["name", "address", "phoneNumber", "description", "snippet", "Snippet"]) {
    const text = textOf(placemark, name);
    if (text !== undefined) yield [name, text];
  }
  const folder = folders.filter(Boolean).join(" / ");
  if (folder) yield ["folder", folder];
  for (const span of named(placemark, "TimeSpan")) {
    for (const end of ["begin", "end"]) {
      const text = textOf(span, end);
      if (text !== undefined) yield [end, text];
    }
  }
  for (const stamp of named(placemark, "TimeStamp")) {
    const when = textOf(stamp, "when");
    if (when !== undefined) yield ["timestamp", when];
  }
  for (const extended of named(placemark, "ExtendedData")) {
    for (const data of named(extended, "Data")) {
      if (data.attributes.name) yield [data.attributes.name, textOf(data, "value") ?? null];
    }
    for (const schema of named(extended, "SchemaData")) {
      for (const data of named(schema, "SimpleData")) {
        const { name } = data.attributes;
        if (name) yield [name, typed(textWithin(data).trim(), types.get(name))];
      }
    }
  }
}

/** A schema's numbers and truths; text where the text is no such thing. */
function typed(text: string, type: string | undefined): PropertyValue {
  if (text === "") return null;
  if (type && /^(u?int|u?short|float|double)$/.test(type)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : text;
  }
  if (type === "bool") return /^(1|true)$/i.test(text) ? true : /^(0|false)$/i.test(text) ? false : text;
  return text;
}

function geometriesIn(element: XmlElement, depth: number): Geometry[] {
  if (depth > 32) throw new GeometryProblem("the geometry is nested too deeply");
  return element.children.flatMap((child): Geometry[] => {
    switch (localName(child.name)) {
      case "Point": {
        const [first] = coordinatesIn(child);
        return first ? [{ type: "Point", coordinates: first }] : [];
      }
      case "LineString":
      case "LinearRing":
        return lineOf(coordinatesIn(child));
      case "Track":
        return lineOf(trackOf(child));
      case "Polygon": {
        const rings = [...ringsOf(child, "outerBoundaryIs").slice(0, 1), ...ringsOf(child, "innerBoundaryIs")];
        return rings.length > 0 && rings[0]!.length > 0 ? [{ type: "Polygon", coordinates: rings.filter((ring) => ring.length > 0) }] : []; // biome-ignore format: one line
      }
      case "MultiGeometry":
      case "MultiTrack": {
        const members = geometriesIn(child, depth + 1);
        return members.length > 0 ? [collected(members)] : [];
      }
      default:
        return [];
    }
  });
}

const lineOf = (coordinates: Position[]): Geometry[] =>
  coordinates.length > 0 ? [{ type: "LineString", coordinates }] : [];

function ringsOf(polygon: XmlElement, boundary: string): Position[][] {
  return named(polygon, boundary).flatMap((side) =>
    named(side, "LinearRing").map((ring) => {
      const positions = coordinatesIn(ring);
      const [first, last] = [positions[0], positions.at(-1)];
      // Rings of some writers are left open.
      if (first && last && (first[0] !== last[0] || first[1] !== last[1])) positions.push(first);
      return positions;
    }),
  );
}

const coordinatesIn = (element: XmlElement): Position[] =>
  named(element, "coordinates").flatMap((text) => tuples(textWithin(text)));

/** gx:Track: one “longitude latitude height” per element. */
const trackOf = (track: XmlElement): Position[] =>
  named(track, "coord").map((element) => positionOf(textWithin(element).trim().split(/\s+/)));

/** “lon,lat,height lon,lat”; blanks around commas are let pass, as OGR does. Heights are left behind. */
function tuples(text: string): Position[] {
  const positions: Position[] = [];
  let tuple: string[] = [];
  let afterComma = false;
  // Each match is a number's text or a comma: the pass is linear however many blanks there are.
  for (const [word] of text.matchAll(/,|[^\s,]+/g)) {
    if (word === ",") {
      afterComma = true;
      continue;
    }
    if (tuple.length > 0 && !afterComma) {
      positions.push(positionOf(tuple));
      tuple = [];
    }
    tuple.push(word);
    afterComma = false;
  }
  if (tuple.length > 0) positions.push(positionOf(tuple));
  return positions;
}

function positionOf(words: readonly string[]): Position {
  const [x, y] = [Number(words[0]), Number(words[1])];
  if (words.length < 2 || !Number.isFinite(x) || !Number.isFinite(y))
    throw new GeometryProblem("its coordinates are not numbers");
  return [x, y];
}

/** KML writes several shapes of one place as a collection: of one kind they are a multi-shape. */
function collected(geometries: readonly Geometry[]): Geometry {
  const all = <T extends Geometry["type"]>(type: T) =>
    geometries.every((geometry) => geometry.type === type)
      ? (geometries as readonly Extract<Geometry, { type: T }>[])
      : undefined;
  const [polygons, lines, points] = [all("Polygon"), all("LineString"), all("Point")];
  if (polygons) return { type: "MultiPolygon", coordinates: polygons.map(({ coordinates }) => coordinates) };
  if (lines) return { type: "MultiLineString", coordinates: lines.map(({ coordinates }) => coordinates) };
  if (points) return { type: "MultiPoint", coordinates: points.map(({ coordinates }) => coordinates) };
  return { type: "GeometryCollection", geometries };
}
