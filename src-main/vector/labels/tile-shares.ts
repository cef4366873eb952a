// What whole tiles hold, as people write it down: JSON, folders of JSON, CSV, footprints with columns of shares.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { AppError } from "../../../src-shared/errors/index.ts";
import { type Because, reason } from "../../../src-shared/errors/reasons/index.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import { crsFromWkt } from "../../raster/crs-from-wkt.ts";
import { tableExtensions } from "../formats/csv.ts";
import { type CsvTable, csvTableOf, numberIn, scanTable } from "../formats/csv-table.ts";
import type { FeatureLayer, PropertyValue } from "../formats/feature.ts";
import { openFeatures } from "../formats/read.ts";
import type { Geometry } from "../geometry/geometry.ts";

/** One labelled tile or image of a file. */
export interface TileEntry {
  readonly key: string;
  /** class → number as written; NaN where it is none */
  readonly shares: ReadonlyMap<string, number>;
  /** a class that was named twice; its numbers were added up */
  readonly repeated: boolean;
  /** `undefined`: the place is that of an image with this name; `null`: the file has no usable shape */
  readonly geometry: Geometry | null | undefined;
  readonly properties: Readonly<Record<string, PropertyValue>>;
}

export interface TileShares {
  readonly source: "json" | "folder" | "csv" | "vector";
  /** classes were listed without shares; each counts as 1 */
  readonly listed: boolean;
  /** of the geometries */
  readonly crs: Crs | undefined;
  readonly entries: readonly (TileEntry & { readonly crs?: Crs })[];
}

export interface TileSharesOptions {
  readonly layer?: string;
  readonly crs?: Crs;
  readonly key?: string;
  readonly columns?: readonly string[];
}

/** Larger text is no label file: TreeSatAI's 50,381 tiles take 5 MB. */
const mostBytes = 256 * 1024 ** 2;
const mostFiles = 1_000_000;

/**
 * Labels of whole tiles in any of the usual forms; which one is found from the file itself.
 * JSON: name → `{"Betula": 0.53}`, `[["Betula", 0.53], …]` or `["Betula", …]`; a list of records; one image's shares under
 * the image's name. A folder: one JSON per image (BigEarthNet). CSV: file, label, share, or a column per class. Vector files:
 * footprints with a column per class or one column of JSON.
 * @throws AppError "tile-shares-unreadable", "labels-without-field", "tile-shares-no-columns", "table-unreadable",
 * "vector-unknown-encoding", "vector-missing", "vector-damaged", "table-spreadsheet", "vector-unknown-format",
 * "vector-layer-missing", "vector-not-read", "labels-unknown-crs", "labels-not-lon-lat", "table-one-coordinate", "table-ambiguous",
 * "table-degrees-minutes", "table-without-coordinates", "table-not-degrees" with what was looked for
 * @throws AppError "file-missing"
 */
export async function readTileShares(path: string, options: TileSharesOptions = {}): Promise<TileShares> {
  if (!existsSync(path)) throw new AppError("file-missing", { path });
  if (statSync(path).isDirectory()) return fromFolder(path);
  const ending = extname(path.replace(/\.gz$/i, "")).toLowerCase();
  if (tableExtensions.includes(ending)) return fromCsv(path, options);
  if (ending !== ".json" && ending !== ".geojson") return fromVector(path, options);
  const root = parsed(path);
  if (isObject(root) && (root.type === "FeatureCollection" || root.type === "Feature"))
    return fromVector(path, options);
  return fromJson(path, root, options);
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function unreadable(path: string, problem: Because, cause?: unknown): AppError {
  return new AppError("tile-shares-unreadable", { path, problem }, { cause });
}

function bytesOf(path: string): Uint8Array {
  const tooLarge = () => unreadable(path, reason("larger-256-mb"));
  if (statSync(path).size > mostBytes) throw tooLarge();
  const bytes = readFileSync(path);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw unreadable(path, reason("compression-damaged"), cause);
  }
}

function parsed(path: string): Json {
  const bytes = bytesOf(path);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch (cause) {
    throw unreadable(path, reason("json-invalid"), cause);
  }
}

interface Shares {
  readonly shares: ReadonlyMap<string, number>;
  readonly repeated: boolean;
  readonly listed: boolean;
}

const classMembers = ["class", "label", "name", "genus", "species", "category"];
const shareMembers = ["share", "fraction", "proportion", "percent", "percentage", "cover", "area", "value"];

/** The number of a cell: also “0,53”; NaN for what is none; `undefined` for nothing at all. */
function numberOf(value: Json | undefined): number | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") return Number.NaN;
  const text = value.trim().replace(/\s*%$/, "");
  if (text === "") return undefined;
  return numberIn(text, /^[-+]?\d*,\d+$/.test(text) ? "," : ".") ?? Number.NaN;
}

/** What one entry says, in any of the usual notations; `undefined` when it is no statement about classes. */
function sharesOf(value: Json | undefined): Shares | undefined {
  const shares = new Map<string, number>();
  let repeated = false;
  const put = (name: string, share: number) => {
    const own = name.trim();
    if (own === "") return;
    if (shares.has(own)) repeated = true;
    shares.set(own, (shares.get(own) ?? 0) + share);
  };
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    if (items.every((item) => typeof item === "string")) {
      for (const name of new Set(items as readonly string[])) put(name, 1);
      return { shares, repeated: false, listed: items.length > 0 };
    }
    for (const item of items) {
      if (Array.isArray(item) && item.length >= 2 && typeof item[0] === "string") {
        put(item[0], numberOf(item[1] as Json) ?? Number.NaN);
        continue;
      }
      if (!isObject(item)) return undefined;
      const name = classMembers.map((member) => item[member]).find((own) => typeof own === "string");
      const share = shareMembers.find((member) => item[member] !== undefined);
      if (typeof name !== "string" || share === undefined) return undefined;
      put(name, numberOf(item[share]) ?? Number.NaN);
    }
    return { shares, repeated, listed: false };
  }
  if (!isObject(value)) return undefined;
  const numbers = Object.entries(value).map(([name, own]) => [name, own, numberOf(own)] as const);
  // A record with other things in it is no list of shares; a share that is no number is a reported problem.
  if (numbers.some(([, own]) => typeof own === "object" && own !== null)) return undefined;
  if (numbers.length > 0 && numbers.every(([, own, number]) => typeof own === "string" && Number.isNaN(number)))
    return undefined;
  for (const [name, , share] of numbers) if (share !== undefined) put(name, share);
  return { shares, repeated, listed: false };
}

const labelMembers = ["labels", "shares", "fractions", "classes", "label"];
const keyNames = ["file", "filename", "file_name", "image", "img", "tile", "tile_id", "tileid", "patch", "patch_id", "key", "id", "name"]; // biome-ignore format: one list

const stemOf = (path: string): string =>
  basename(path)
    .replace(/\.gz$/i, "")
    .replace(/\.[^.]*$/, "");

function fromJson(path: string, root: Json, { key }: TileSharesOptions): TileShares {
  const one = recordOf(stemOf(path), root);
  if (one) return { source: "json", listed: one.listed, crs: undefined, entries: [one] };
  const entries: (TileEntry & { readonly listed: boolean })[] = [];
  const members: (readonly [string | undefined, Json])[] = Array.isArray(root)
    ? root.map((record) => [keyOf(record as Json, key), record as Json] as const)
    : isObject(root)
      ? Object.entries(root)
      : [];
  for (const [name, value] of members) {
    const record = name === undefined ? undefined : recordOf(name, value);
    if (record) entries.push(record);
  }
  if (entries.length === 0)
    throw unreadable(path, reason("no-member-says-classes-tile", { example: "{\"tile\": {\"class\": share}} | [[\"class\", share], …]" })); // biome-ignore format: one line
  return { source: "json", listed: entries.every(({ listed }) => listed), crs: undefined, entries };
}

function keyOf(record: Json, wanted: string | undefined): string | undefined {
  if (!isObject(record)) return undefined;
  const name = wanted ?? Object.keys(record).find((member) => keyNames.includes(member.toLowerCase()));
  const value = name === undefined ? undefined : record[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** One tile's record: bare shares, or an object that holds them among other things. */
function recordOf(
  key: string,
  value: Json,
): (TileEntry & { readonly listed: boolean; readonly crs?: Crs }) | undefined {
  if (!isObject(value)) {
    const own = sharesOf(value);
    return own && { key, ...own, geometry: undefined, properties: {} };
  }
  const member = Object.keys(value).find(
    (name) => labelMembers.includes(name.toLowerCase()) && typeof value[name] === "object",
  );
  const own = member === undefined ? sharesOf(value) : sharesOf(value[member]);
  if (!own) return undefined;
  const properties = Object.fromEntries(
    member === undefined
      ? []
      : Object.entries(value).filter(([, other]) => typeof other !== "object" && String(other).length < 200),
  ) as Record<string, PropertyValue>;
  return { key, ...own, properties, ...placeOf(value) };
}

/** BigEarthNet gives each image's corners and its coordinate system. */
function placeOf(value: JsonObject): { readonly geometry: Geometry | undefined; readonly crs?: Crs } {
  const { coordinates: corners, projection } = value;
  if (!isObject(corners) || typeof projection !== "string") return { geometry: undefined };
  const [left, top, right, bottom] = ["ulx", "uly", "lrx", "lry"].map((name) => numberOf(corners[name]));
  if ([left, top, right, bottom].some((side) => side === undefined || !Number.isFinite(side)))
    return { geometry: undefined };
  const [x1, y1, x2, y2] = [left!, top!, right!, bottom!];
  const ring = [[x1, y1], [x2, y1], [x2, y2], [x1, y2], [x1, y1]] as [number, number][]; // biome-ignore format: one ring
  const code = /^EPSG:\d+$/i.test(projection) ? projection.toUpperCase() : crsFromWkt(projection);
  return { geometry: { type: "Polygon", coordinates: [ring] }, crs: code };
}

/** Every JSON below a folder that names classes is one image's label. */
function fromFolder(folder: string): TileShares {
  const entries: (TileEntry & { readonly listed: boolean; readonly crs?: Crs })[] = [];
  let files = 0;
  const walk = (path: string, depth: number) => {
    for (const child of readdirSync(path, { withFileTypes: true }).toSorted((p, q) => (p.name < q.name ? -1 : 1))) {
      const own = join(path, child.name);
      if (child.isDirectory() && depth < 4) walk(own, depth + 1);
      if (!child.isFile() || !/\.json$/i.test(child.name)) continue;
      if (++files > mostFiles) throw unreadable(folder, reason("holds-more-files", { mostFiles }));
      let root: Json;
      try {
        root = parsed(own);
      } catch (error) {
        // A damaged file is reported and does not stop the rest of its folder.
        if (!(error instanceof AppError)) throw error;
        entries.push({ key: stemOf(own), shares: new Map([["?", Number.NaN]]), repeated: false, listed: false, geometry: undefined, properties: {} }); // biome-ignore format: one line
        continue;
      }
      const record = isObject(root) && root.type === undefined ? recordOf(tileName(own), root) : undefined;
      if (record) entries.push(record);
    }
  };
  walk(folder, 0);
  if (entries.length === 0) throw unreadable(folder, reason("no-json-file-names-classes"));
  const readable = entries.filter(({ shares }) => !shares.has("?"));
  return {
    source: "folder",
    listed: readable.length > 0 && readable.every(({ listed }) => listed),
    crs: undefined,
    entries,
  };
}

const tileName = (path: string): string => stemOf(path).replace(/_labels(_metadata)?$/i, "");

/**
 * Looks through a large table of shares before it is held, and at its first rows for classes; gives the MiB that it takes in memory.
 * @throws AppError as {@link readTileShares}
 */
export function scanTileShares(path: string, options: TileSharesOptions): number {
  const looked = scanTable(path);
  if (looked) sharesInTable(path, options, looked.head);
  // Every row is also held as a record of its columns.
  return (looked?.mebibytes ?? 0) * 2;
}

const fromCsv = (path: string, options: TileSharesOptions): TileShares =>
  sharesInTable(path, options, csvTableOf(bytesOf(path), path));

function sharesInTable(path: string, options: TileSharesOptions, { header, rows }: CsvTable): TileShares {
  if (rows.length === 0) throw unreadable(path, reason("no-rows-below-heading"));
  const records = rows.map(({ cells }) => Object.fromEntries(header.map((name, i) => [name, cells[i]!.trim()])));
  const key = options.key ?? header.find((name) => keyNames.includes(name.toLowerCase())) ?? header[0]!;
  if (!header.includes(key)) throw unreadable(path, reason("column-missing", { key }));
  const classColumn = header.find((name) => name !== key && classMembers.includes(name.toLowerCase()));
  const long = classColumn !== undefined && options.columns === undefined ? classColumn : undefined;
  if (long === undefined) return columnsOf(path, "csv", options, key, header, records.map((record) => ({ record, geometry: undefined }))); // biome-ignore format: one call
  const shareColumn = header.find((name) => name !== key && shareMembers.includes(name.toLowerCase()));
  const entries = [...Map.groupBy(records, (record) => record[key] ?? "")].map(([name, own]): TileEntry => {
    const shares = new Map<string, number>();
    let repeated = false;
    for (const record of own) {
      const title = (record[long] ?? "").trim();
      if (title === "") continue;
      if (shares.has(title)) repeated = true;
      const share = shareColumn === undefined ? 1 : (numberOf(record[shareColumn]) ?? Number.NaN);
      shares.set(title, shareColumn === undefined ? 1 : (shares.get(title) ?? 0) + share);
    }
    const { [long]: _, [shareColumn ?? long]: __, ...properties } = own[0]!;
    return { key: name, shares, repeated, geometry: undefined, properties };
  });
  return { source: "csv", listed: shareColumn === undefined, crs: undefined, entries };
}

async function fromVector(path: string, options: TileSharesOptions): Promise<TileShares> {
  const { layer, crs, key } = options;
  const own = { ...(layer === undefined ? {} : { layer }), ...(crs ? { crs } : {}) };
  const read: FeatureLayer = await openFeatures(path, own);
  const names = read.fields.map(({ name }) => name);
  const rows = [...read.features].map(({ id, properties, geometry }) => ({
    record: { ...properties, [ownId]: String(id) },
    geometry,
  }));
  if (key !== undefined && !names.includes(key)) throw new AppError("labels-without-field", { path, field: key, fields: names }); // biome-ignore format: one line
  // Names of tiles differ, names of classes repeat. A tile that is listed twice is left out; the others stay.
  const tellsApart = (name: string) => {
    const values = rows.map(({ record }) => (record as Record<string, PropertyValue>)[name]);
    return values.every((value) => value !== null && value !== "") && new Set(values).size >= 0.9 * values.length;
  };
  const named = key ?? names.find((name) => keyNames.includes(name.toLowerCase()) && tellsApart(name)) ?? ownId;
  return { ...columnsOf(path, "vector", options, named, names, rows), crs: read.crs };
}

/** The name by which a feature's own number is chosen among its fields. */
const ownId = "\0id";

type Row = {
  readonly record: Readonly<Record<string, PropertyValue>>;
  readonly geometry: Geometry | null | undefined;
};

const sharePrefix = /^(frac|fraction|share|pct|percent|perc|prop|cover|area|p)[_ .:-]/i;
const notShares = /^(x|y|lon|lat|long|longitude|latitude|easting|northing|fold|split|year|date|row|col|id|fid|area|epsg|zone|n|count|.*_id)$/i; // biome-ignore format: one line

/** One column of JSON, or a column per class. */
function columnsOf(
  path: string,
  source: "csv" | "vector",
  { columns }: TileSharesOptions,
  key: string,
  names: readonly string[],
  rows: readonly Row[],
): TileShares {
  const textShares = (value: PropertyValue | undefined) => {
    if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return undefined;
    try {
      return sharesOf(JSON.parse(value) as Json);
    } catch {
      return undefined;
    }
  };
  for (const name of columns ?? []) if (!names.includes(name)) throw new AppError("labels-without-field", { path, field: name, fields: names }); // biome-ignore format: one line
  const candidates = columns ?? names.filter((name) => name !== key);
  const ofJson = candidates.find((name) => {
    const filled = rows.filter(({ record }) => record[name] !== null && record[name] !== "");
    return filled.length > 0 && filled.slice(0, 100).every(({ record }) => textShares(record[name]) !== undefined);
  });
  const propertiesOf = ({ record }: Row, used: ReadonlySet<string>) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => name !== ownId && !used.has(name)));
  if (ofJson !== undefined && (columns === undefined || columns.length === 1)) {
    let listed = true;
    const entries = rows.map((row): TileEntry => {
      const { record, geometry } = row;
      const own = textShares(record[ofJson]);
      if (own && !own.listed && own.shares.size > 0) listed = false;
      const shares = own?.shares ?? (record[ofJson] ? new Map([["?", Number.NaN]]) : new Map());
      return { key: String(record[key] ?? ""), shares, repeated: own?.repeated ?? false, geometry, properties: propertiesOf(row, new Set([ofJson, ...names.filter((name) => sharePrefix.test(name))])) }; // biome-ignore format: one line
    });
    return { source, listed, crs: undefined, entries };
  }
  const numeric = (name: string) => {
    const values = rows.map(({ record }) => numberOf(record[name] as Json)).filter((value) => value !== undefined);
    // Mostly numbers: a cell that is none is reported with its tile.
    return values.length > 0 && values.filter((value) => Number.isNaN(value)).length <= values.length / 10;
  };
  const prefixed = candidates.filter((name) => sharePrefix.test(name) && numeric(name));
  const chosen =
    columns ?? (prefixed.length >= 2 ? prefixed : candidates.filter((name) => !notShares.test(name) && numeric(name)));
  if (chosen.length === 0) throw new AppError("tile-shares-no-columns", { path, fields: names });
  const prefixes = new Set(chosen.map((name) => sharePrefix.exec(name)?.[0]));
  const common = chosen.length > 1 && prefixes.size === 1 ? [...prefixes][0] : undefined;
  const used = new Set(chosen);
  const entries = rows.map((row): TileEntry => {
    const { record, geometry } = row;
    const shares = new Map<string, number>();
    for (const name of chosen) {
      const share = numberOf(record[name] as Json);
      // A share of 0 means the same as a missing one.
      if (share !== undefined && share !== 0) shares.set(common ? name.slice(common.length) : name, share);
    }
    return { key: String(record[key] ?? ""), shares, repeated: false, geometry, properties: propertiesOf(row, used) };
  });
  return { source, listed: false, crs: undefined, entries };
}
