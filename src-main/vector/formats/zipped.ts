// Vector files inside a ZIP archive, as agencies hand them out: one or several Shapefiles, a GeoPackage, GeoJSON, KML, FlatGeobuf, GeoParquet.

import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { vectorEndings } from "../../../src-shared/domain/file-endings.ts";
import { freeName } from "../../../src-shared/domain/free-name.ts";
import type { KnownVectorFormat } from "../../../src-shared/domain/known-format.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import { DamagedZip, openZip, removeSync } from "../../files/index.ts";
import type { FeatureLayer, ReadOptions } from "./feature.ts";
import { foreignKindOf } from "./foreign.ts";

/** What is read of it. */
export const zippedFormat: KnownVectorFormat = {
  kind: "labels",
  name: "ZIP of these",
  endings: ["zip"],
  read: "one or several vector files, up to 2 GiB unpacked",
  notRead: "encryption, archives in archives",
  crsFrom: "the file inside",
};

type Read = (path: string, options: ReadOptions) => FeatureLayer;
type ReadLater = (path: string, options: ReadOptions) => Promise<FeatureLayer>;

const mains = new Set(vectorEndings.filter((ending) => ending !== "zip").map((ending) => `.${ending}`));
const parts = new Set([".shx", ".dbf", ".prj", ".cpg"]);
const mostFiles = 200;
const limits = { members: 5000, memberBytes: 2 ** 30, totalBytes: 2 ** 31 };

/** Layers of everything in the archive; the archive is unpacked into a folder that is deleted when the program ends. */
export async function readZipped(
  path: string,
  options: ReadOptions,
  readPlain: Read,
  readKmz: ReadLater,
): Promise<FeatureLayer> {
  const read = async (file: string, own: ReadOptions) =>
    /\.kmz$/i.test(file) ? readKmz(file, own) : readPlain(file, own);
  const inside: { readonly file: string; readonly layers: FeatureLayer["layers"] }[] = [];
  for (const file of await unpacked(path)) inside.push({ file, layers: (await read(file, {})).layers });
  const layers = inside.flatMap(({ layers: own }) => own);
  const home = options.layer === undefined ? inside[0] : inside.find(({ layers: own }) => own.some(({ name }) => name === options.layer)); // biome-ignore format: one line
  if (!home) throw new AppError("vector-layer-missing", { path, layer: options.layer ?? "", layers: layers.map(({ name }) => name) }); // biome-ignore format: one line
  return { ...(await read(home.file, options)), path, layers };
}

function nothingToRead(path: string, names: readonly string[]): AppError {
  const kind = names.map(foreignKindOf).find((one) => one !== undefined);
  return kind
    ? new AppError("vector-not-read", { path, kind, inside: true })
    : new AppError("vector-damaged", { path, problem: reason("no-shapefile-geopackage-geojson-or") });
}

const kept = new Map<string, readonly string[]>();

/** Looks through a file of an archive while it unfolds. */
export type MemberChecks = (name: string) => { push(piece: Uint8Array): void; end(): void } | undefined;

/**
 * The vector files of an archive, unpacked once for this process. Names inside it never become paths: only their last word does,
 * without signs. `looking` gives what sees every piece of a file before it is written.
 * @throws AppError "vector-damaged", "vector-not-read", and what looking throws
 */
export async function unpacked(path: string, looking: MemberChecks = () => undefined): Promise<readonly string[]> {
  const { size, mtimeMs, ino, dev } = statSync(path);
  const key = [path, size, mtimeMs, ino, dev].join("|");
  const known = kept.get(key);
  if (known) return known;
  const folder = mkdtempSync(join(tmpdir(), "omnisat-zip-"));
  process.once("exit", () => removeSync(folder));
  try {
    const archive = await openZip(path, limits);
    try {
      const files = archive.members.flatMap(({ name }) => {
        const ending = extname(name).toLowerCase();
        // Resource forks of macOS are no layers.
        return mains.has(ending) && !/(^|\/)__MACOSX\/|(^|\/)\.[^/]*$/.test(name) ? [{ name, ending }] : [];
      });
      // A .json beside other files is as a rule their description.
      const real = files.filter(({ ending }) => ending !== ".json");
      if (real.length > 0) files.splice(0, files.length, ...real);
      if (files.length === 0) throw nothingToRead(path, archive.members.map(({ name }) => name)); // biome-ignore format: one line
      // The user chose the whole archive, so reading a part of it would be wrong.
      if (files.length > mostFiles) throw new AppError("vector-damaged", { path, problem: reason("holds-vector-files-most-read", { length: files.length, mostFiles }) }); // biome-ignore format: one line
      const taken = new Set<string>();
      const written: string[] = [];
      for (const { name, ending } of files) {
        const stem = name.slice(0, -ending.length);
        const last = stem.slice(stem.lastIndexOf("/") + 1).replace(/[^\p{L}\p{N} ._()-]/gu, "_").replace(/^\.+/, "_").slice(0, 120) || "layer"; // biome-ignore format: one line
        const own = freeName(last, (one) => taken.has(one.toLowerCase()));
        taken.add(own.toLowerCase());
        for (const member of archive.members) {
          const part = extname(member.name).toLowerCase();
          const belongs = member.name.slice(0, -part.length || undefined) === stem && (part === ending || (ending === ".shp" && parts.has(part))); // biome-ignore format: one line
          if (!belongs) continue;
          const look = looking(member.name);
          await member.copyTo(join(folder, own + part), (piece) => look?.push(piece));
          look?.end();
        }
        written.push(join(folder, own + ending));
      }
      kept.set(key, written);
      return written;
    } finally {
      await archive.close();
    }
  } catch (error) {
    removeSync(folder);
    if (error instanceof DamagedZip)
      throw new AppError("vector-damaged", { path, problem: error.reason }, { cause: error });
    throw error;
  }
}
