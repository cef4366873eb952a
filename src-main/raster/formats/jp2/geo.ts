import type { Affine } from "../../../../src-shared/geo/affine.ts";
import { hasDefinition, isGeographic } from "../../crs.ts";
import { crsFromWkt } from "../../crs-from-wkt.ts";
import { geoKey, pixelIsPoint } from "../../geokey-ids.ts";
import { crsOfGeoKeys } from "../../geokeys.ts";
import { descendantsNamed, parseXml, textWithin, type XmlElement } from "../../xml.ts";
import { type NamedCrs, usableAffine } from "../place.ts";
import { readTiff } from "../tiff/directory.ts";
import { affineOfTags, geoKeysOf } from "../tiff/header.ts";

/** What a box says of the image's place. The system is asked for when it is needed: it may be one that cannot be honoured. */
export interface Jp2Place {
  readonly affine: Affine | undefined;
  readonly system: () => NamedCrs | undefined;
  readonly pointRegistered: boolean;
}

/** GeoJP2: a GeoTIFF of one pixel whose tags are those of the image. `undefined` when the box holds none that can be read. */
export async function placeOfGeoTiff(bytes: Uint8Array): Promise<Jp2Place | undefined> {
  try {
    const file = await readTiff(async (offset, length) => bytes.slice(offset, offset + length), bytes.length);
    const directory = file.directories[0]!;
    const keys = await geoKeysOf(file, directory);
    const pointRegistered = keys?.get(geoKey.GTRasterType) === pixelIsPoint;
    const affine = usableAffine(await affineOfTags(file, directory, pointRegistered));
    if (!affine && !keys) return undefined;
    return { affine, system: () => keys && crsOfGeoKeys(keys), pointRegistered };
  } catch {
    // The box is one of several that may say where the image lies.
    return undefined;
  }
}

/**
 * GML in JPEG 2000: a RectifiedGrid with the centre of its first pixel and the steps of a column and of a row.
 * @see OGC 08-085r8; where writers differ from it, GDAL's reading
 */
export function placeOfGml(text: string): Jp2Place | undefined {
  let root: XmlElement | undefined;
  try {
    root = parseXml(text);
  } catch {
    return undefined;
  }
  const grid = root && found(root, "RectifiedGrid");
  if (!root || !grid) return undefined;
  const origin = numbersIn(found(grid, "pos") ?? found(grid, "coordinates"));
  const [column, row] = all(grid, "offsetVector").map(numbersIn);
  if (origin.length < 2 || !column || !row || column.length < 2 || row.length < 2) return undefined;
  const crs = systemNamed(grid) ?? systemNamed(root);
  const turned = axesTurned(crs, grid, column, row);
  const [x, y] = turned ? [1, 0] : [0, 1];
  const [b, e, c, f] = [column[x]!, column[y]!, row[x]!, row[y]!];
  // The grid's points are pixel centres.
  const affine = { a: origin[x]! - (b + c) / 2, b, c, d: origin[y]! - (e + f) / 2, e, f };
  return { affine: usableAffine(affine), system: () => ({ crs: crs?.crs }), pointRegistered: true };
}

const all = (element: XmlElement, name: string): XmlElement[] => descendantsNamed(element, name);
const found = (element: XmlElement, name: string): XmlElement | undefined => all(element, name)[0];

const numbersIn = (element: XmlElement | undefined): number[] =>
  element
    ? textWithin(element)
        .split(/[\s,]+/)
        .filter((word) => word !== "")
        .map(Number)
        .filter(Number.isFinite)
    : [];

interface GmlSystem {
  readonly crs: string;
  /** the name is of a kind that promises the authority's order of axes */
  readonly authorityOrder: boolean;
}

/** The first srsName that names a code: “urn:ogc:def:crs:EPSG::32631”, “http://www.opengis.net/gml/srs/epsg.xml#32631”, “EPSG:32631”. */
function systemNamed(element: XmlElement): GmlSystem | undefined {
  for (const each of [element, ...everyElement(element)]) {
    const name = Object.entries(each.attributes).find(([key]) => /(^|:)srsName$/.test(key))?.[1];
    if (!name) continue;
    const code = /(?:epsg|crs84)?(?:[:/#]|\.xml#)(\d{4,6})$/i.exec(name)?.[1];
    if (/crs84$/i.test(name)) return { crs: "EPSG:4326", authorityOrder: false };
    if (code && /epsg/i.test(name) && hasDefinition(`EPSG:${code}`)) {
      return { crs: `EPSG:${code}`, authorityOrder: /^(urn:|http)/i.test(name) };
    }
    if (/^(PROJ|GEOG)/.test(name.trim())) return { crs: crsFromWkt(name), authorityOrder: false };
  }
  return undefined;
}

function* everyElement(element: XmlElement): Generator<XmlElement, void> {
  for (const child of element.children) {
    yield child;
    yield* everyElement(child);
  }
}

/**
 * Whether the numbers stand as northing, easting. The standard takes the authority's order, and the offline list does not say it
 * for projected systems: their vectors tell, since a column's step goes east and a row's goes south in nearly all images.
 */
function axesTurned(
  system: GmlSystem | undefined,
  grid: XmlElement,
  column: readonly number[],
  row: readonly number[],
): boolean {
  if (!system?.authorityOrder) return false;
  // Some writers name their axes, and mean that order.
  const names = all(grid, "axisName").map((element) => textWithin(element).trim().toLowerCase());
  if (names[0] === "easting" && names[1] === "northing") return false;
  if (isGeographic(system.crs)) return true;
  return Math.abs(column[1]!) > Math.abs(column[0]!) && Math.abs(row[0]!) > Math.abs(row[1]!);
}
