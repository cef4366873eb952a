// Local STAC items, and catalogues and collections of them: assets that lie beside the item. Nothing is ever fetched.
import {
  bandNamed,
  type ProductName,
  parseProduct,
  type Radiometry,
  type SensorId,
  type StatedBand,
  type StatedFile,
  statedProduct,
} from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { at, type Json, jsonOf, listAt, numberAt, textAt } from "./json.ts";
import type { Listing } from "./listing.ts";
import { momentOf } from "./metadata.ts";
import { folderOf, lastOf, type Product, type ProductFile, type ProductReader, placeOf } from "./product.ts";

/** Items have a few kilobytes; collections with many links some hundred. */
const largest = 4 * 1024 * 1024;
const mostItems = 20_000;
const mostLevels = 8;

/** @see STAC specification 1.0 and 1.1; extensions eo, raster, projection, sat, processing */
export const stac: ProductReader = {
  kind: "stac",
  mark: /\.json$/i,
  async read(listing, mark) {
    if (listing.sizeOf(mark) > largest) return [];
    const found: Product[] = [];
    await collect(listing, mark, [], found, new Set());
    return found;
  },
};

/** The items that a file is or leads to, by links that stay inside of the listing. */
async function collect(
  listing: Listing,
  name: string,
  trail: readonly string[],
  found: Product[],
  seen: Set<string>,
): Promise<void> {
  if (seen.has(name) || trail.length > mostLevels || found.length >= mostItems) return;
  seen.add(name);
  const json = await readQuietly(listing, name, trail);
  if (textAt(json, "stac_version") === undefined) return;
  const type = textAt(json, "type");
  if (type === "Feature") {
    found.push(itemOf(listing, name, json!, trail));
    return;
  }
  if (type !== "Catalog" && type !== "Collection") return;
  for (const link of listAt(json, "links")) {
    const rel = textAt(link, "rel");
    const target = rel === "item" || rel === "child" ? inside(listing, name, textAt(link, "href")) : undefined;
    if (target !== undefined) await collect(listing, target, [...trail, name], found, seen);
  }
}

/** Any JSON may lie in a folder: one that is none is not a damaged item, unless a catalogue leads to it. */
async function readQuietly(listing: Listing, name: string, trail: readonly string[]): Promise<Json | undefined> {
  try {
    return await jsonOf(listing, name);
  } catch (error) {
    if (error instanceof AppError && trail.length === 0) return undefined;
    throw error;
  }
}

const isRemote = (href: string): boolean => /^[a-z][a-z0-9+.-]+:|^\/vsi/i.test(href);

/** The name in the listing that a relative address leads to; `undefined` when it is absolute, leads out, or leads to nothing. */
function inside(listing: Listing, from: string, href: string | undefined): string | undefined {
  if (href === undefined || isRemote(href) || href.startsWith("/")) return undefined;
  const parts: string[] = [];
  for (const part of (folderOf(from) + decodeQuietly(href.split(/[?#]/)[0]!)).split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  const name = parts.join("/");
  // Only what is listed is asked about: an address may hold what no system takes for a name.
  return listing.names.includes(name) && listing.sizeOf(name) > 0 ? name : undefined;
}

function decodeQuietly(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

/** Assets that are pictures for people, or texts. */
const notData = /thumbnail|overview|visual|metadata|preview|browse|index|rendered|tilejson/i;

function itemOf(listing: Listing, name: string, item: Json, trail: readonly string[]): Product {
  const source = lastOf(name);
  const facts = factsOf(item);
  const files: ProductFile[] = [];
  const missing: string[] = [];
  const leftOut: string[] = [];
  let remote = 0;
  for (const [key, asset] of Object.entries(objectAt(item, "assets"))) {
    const href = textAt(asset, "href");
    if (href === undefined) continue;
    const media = textAt(asset, "type") ?? "";
    const isImage = /tiff|jp2|jpeg2000/i.test(media) || /\.(?:tiff?|jp2)(?:$|\?)/i.test(href);
    const roles = listAt(asset, "roles").map(String);
    if (!isImage || notData.test(key) || roles.some((role) => notData.test(role))) continue;
    // What was downloaded lies beside the item under its own name, whatever its address was.
    const beside = isRemote(href) ? inside(listing, name, `./${lastOf(href.split(/[?#]/)[0]!)}`) : undefined;
    const file = beside ?? inside(listing, name, href);
    const bands = bandsOf(asset, key, lastOf(href), facts.sensor ?? "other");
    if (bands === undefined) {
      if (file !== undefined) leftOut.push(key);
      continue;
    }
    if (file !== undefined)
      files.push({ path: listing.pathOf(file), stated: statedAsset(asset, bands, facts, source) });
    else if (isRemote(href)) remote++;
    else missing.push(...bands.map((band) => band.name));
  }
  const path = listing.pathOf(name);
  return {
    kind: "stac",
    name: textAt(item, "id") ?? source,
    path: files.length > 0 ? placeOf(listing, folderOf(name)) : path,
    files,
    parts: [name, ...trail].map((one) => listing.pathOf(one)),
    missing,
    leftOut: leftOut.sort(),
    ...(files.length > 0
      ? {}
      : remote > 0
        ? { foreign: "remoteStac" as const }
        : { refusal: new AppError("product-without-bands", { path }) }),
  };
}

function objectAt(value: Json, name: string): Readonly<Record<string, Json>> {
  const found = at(value, name);
  return typeof found === "object" && found !== null && !Array.isArray(found)
    ? (found as Readonly<Record<string, Json>>)
    : {};
}

type Facts = Omit<ProductName, "evidence">;

const landsatPlatforms: Readonly<Record<string, string>> = {
  "landsat-4": "LT04",
  "landsat-5": "LT05",
  "landsat-7": "LE07",
  "landsat-8": "LC08",
  "landsat-9": "LC09",
};

function factsOf(item: Json): Facts {
  const { evidence: _, bands: __, quality: ___, ...named } = parseProduct(textAt(item, "id") ?? "");
  const properties = at(item, "properties");
  const platform = textAt(properties, "platform")?.toLowerCase() ?? "";
  const words = `${platform} ${textAt(properties, "constellation")?.toLowerCase() ?? ""} ${textAt(item, "collection")?.toLowerCase() ?? ""}`;
  const sentinel = /sentinel-?([12])/.exec(words)?.[1];
  const harmonised = named.provider === "hls";
  const sensor: SensorId | undefined = harmonised
    ? named.sensor
    : sentinel === "1"
      ? "sentinel-1"
      : sentinel === "2"
        ? "sentinel-2"
        : /landsat/.test(words)
          ? "landsat"
          : named.sensor;
  const unit = /^sentinel-?([12])([a-d])$/.exec(platform);
  const level = /(l1c|l2a)/.exec(words)?.[1]?.toUpperCase();
  const tile = /^(?:MGRS-)?(\d{2}[A-Z]{3})$/.exec(
    textAt(properties, "s2:mgrs_tile") ?? textAt(properties, "grid:code") ?? "",
  )?.[1];
  const baseline = textAt(properties, "s2:processing_baseline");
  const orbit = numberAt(properties, "sat:relative_orbit");
  const pass = textAt(properties, "sat:orbit_state");
  const moment = momentOf(textAt(properties, "datetime") ?? textAt(properties, "start_datetime"));
  return {
    ...named,
    sensor: sensor ?? "other",
    ...(unit ? { platform: `S${unit[1]}${unit[2]!.toUpperCase()}` } : {}),
    ...(landsatPlatforms[platform] ? { platform: landsatPlatforms[platform] } : {}),
    ...(level && sensor === "sentinel-2" ? { level } : {}),
    ...(moment.date ? moment : {}),
    ...(tile ? { tile } : {}),
    ...(baseline && /^\d{2}\.\d{2}$/.test(baseline) ? { processingBaseline: baseline } : {}),
    ...(orbit !== undefined && Number.isInteger(orbit) ? { relativeOrbit: orbit } : {}),
    ...((pass === "ascending" || pass === "descending") && sensor === "sentinel-1" ? { pass } : {}),
  };
}

/** The bands of an asset as the program calls them; `undefined` of a layer that is no band of a known sensor. */
function bandsOf(asset: Json, key: string, file: string, sensor: SensorId): readonly StatedBand[] | undefined {
  const described = [
    ...listAt(asset, "eo:bands"),
    ...(at(asset, "eo:bands") === undefined ? listAt(asset, "bands") : []),
  ];
  const rasters = listAt(asset, "raster:bands");
  const byFile = parseProduct(file);
  if (/^scl$/i.test(key) || byFile.quality === "scl") return [{ name: "SCL", bandIndex: 1 }];
  const names = described.map((band) => {
    const words = [textAt(band, "name"), textAt(band, "common_name"), textAt(band, "eo:common_name")];
    if (sensor === "other") return words.find((word) => word !== undefined);
    return words.flatMap((word) => (word === undefined ? [] : (bandNamed(sensor, word)?.name ?? []))).at(0);
  });
  if (names.length === 0) {
    const name = sensor === "other" ? key : bandNamed(sensor, key)?.name;
    if (name === undefined) return /^(?:fmask|qa_pixel)$/i.test(key) ? [] : undefined;
    names.push(name);
  }
  const bands = names.flatMap((name, index): StatedBand[] => {
    if (name === undefined) return [];
    const own = [rasters[index], described[index], asset];
    const scale = firstOf(own, "scale", "raster:scale");
    const offset = firstOf(own, "offset", "raster:offset");
    const nodata = firstOf(own, "nodata");
    // A scale of 1 is what writers put where they know none.
    const says = (scale !== undefined && scale !== 1 && scale > 0) || (offset !== undefined && offset !== 0);
    return [
      {
        name,
        bandIndex: index + 1,
        ...(nodata === undefined ? {} : { nodata }),
        ...(says ? { scale: scale ?? 1, offset: offset ?? 0 } : {}),
      },
    ];
  });
  return bands.length > 0 ? bands : undefined;
}

const firstOf = (places: readonly (Json | undefined)[], ...names: readonly string[]): number | undefined =>
  places.flatMap((place) => names.flatMap((name) => numberAt(place, name) ?? [])).at(0);

function statedAsset(asset: Json, bands: readonly StatedBand[], facts: Facts, source: string): StatedFile {
  const meters = numberAt(listAt(asset, "raster:bands")[0], "spatial_resolution") ?? numberAt(asset, "gsd");
  const product = statedProduct(source, { ...facts, resolutionMeters: meters });
  // A mask whose file name says what it is: its meaning is in the table of masks.
  if (bands.length === 0) return { product, source };
  const { scale, offset = 0 } = bands[0]!;
  if (scale === undefined || bands.some((band) => band.scale === undefined)) return { product, source, bands };
  const decidedBy = { code: "metadata-scale", file: source, scale, offset } as const;
  return { product, source, bands, radiometry: { quantity: quantityOf(facts.sensor), decidedBy } };
}

const quantityOf = (sensor: SensorId | undefined): Radiometry["quantity"] =>
  sensor === "sentinel-2" || sensor === "landsat" ? "reflectance" : "unknown";
