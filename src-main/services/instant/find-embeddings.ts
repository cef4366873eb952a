import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, join, sep } from "node:path";
import type { EmbeddingFile } from "../../../src-shared/domain/job.ts";
import { AppError } from "../../../src-shared/errors/index.ts";
import { isWithinReach } from "../path-gate.ts";

/** Folders below one that a person names are looked through so deep, and no more than so many entries. */
const most = { depth: 6, entries: 50_000 } as const;
/** Where geotessera keeps the GeoTIFFs that say where tiles lie, some folders above the arrays. */
const gridsFolder = "global_0.1_degree_tiff_all";
const above = 4;

const productNames = { alphaearth: "AlphaEarth", tessera: "Tessera" } as const;

/** Tiles that a person chose, and what they are of. */
export interface FoundEmbeddings {
  readonly files: readonly EmbeddingFile[];
  readonly product: EmbeddingFile["product"];
  /** as the folders of the files say; `null` where none does */
  readonly year: number | null;
  readonly title: string;
}

/**
 * The tiles of embeddings among files and folders, by their names alone: arrays of Tessera with the files that belong to them, GeoTIFFs of AlphaEarth.
 * @throws AppError "embeddings-format", "embeddings-mixed"
 */
export function findEmbeddings(paths: readonly string[]): FoundEmbeddings {
  const files = paths.flatMap((path) => {
    const found = isFolder(path) ? inFolder(path) : tileOf(path);
    if (found.length === 0) throw new AppError("embeddings-format", { path });
    return found;
  });
  const kinds = new Set(files.map((file) => titleOf(file)));
  const [first] = files;
  if (kinds.size > 1) throw new AppError("embeddings-mixed", { found: [...kinds].sort() });
  const unique = [...new Map(files.map((file) => [file.path, file])).values()];
  return {
    files: unique.sort((p, q) => (p.path < q.path ? -1 : 1)),
    product: first!.product,
    year: yearOf(first!.path),
    title: titleOf(first!),
  };
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const isArray = (path: string): boolean => extname(path) === ".npy" && !path.endsWith("_scales.npy");
const isImage = (path: string): boolean => [".tif", ".tiff"].includes(extname(path).toLowerCase());

function tileOf(path: string): EmbeddingFile[] {
  if (isArray(path)) return [tesseraTile(path)];
  return isImage(path) ? [{ product: "alphaearth", path, scalesPath: null, gridPath: null }] : [];
}

/** In a folder of Tessera the GeoTIFFs say where tiles lie, and are none. */
function inFolder(folder: string): EmbeddingFile[] {
  const all = filesBelow(folder);
  const arrays = all.filter(isArray);
  return arrays.length > 0 ? arrays.map(tesseraTile) : all.filter(isImage).flatMap(tileOf);
}

function filesBelow(folder: string): string[] {
  const found: string[] = [];
  const walk = (at: string, depth: number) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (found.length >= most.entries) return;
      const path = join(at, entry.name);
      if (entry.isDirectory() && depth < most.depth) walk(path, depth + 1);
      else if (entry.isFile()) found.push(path);
    }
  };
  walk(folder, 0);
  return found;
}

function tesseraTile(path: string): EmbeddingFile {
  const name = basename(path, ".npy");
  const there = (candidate: string) => isWithinReach(candidate) && existsSync(candidate);
  const scales = join(dirname(path), `${name}_scales.npy`);
  const places = [dirname(path)];
  for (let up = 0, at = dirname(path); up < above; up++, at = dirname(at)) places.push(join(at, gridsFolder));
  const grids = places.flatMap((place) => [".tiff", ".tif"].map((ending) => join(place, `${name}${ending}`)));
  return {
    product: "tessera",
    path,
    scalesPath: there(scales) ? scales : null,
    gridPath: grids.find(there) ?? null,
  };
}

/** The nearest folder that is called after a year, or the year that a name begins with. */
function yearOf(path: string): number | null {
  const parts = path.split(sep).reverse();
  for (const part of parts) {
    const year = /^((?:19|20)\d\d)(?:_|$)/.exec(part)?.[1];
    if (year) return Number(year);
  }
  return null;
}

function titleOf({ product, path }: EmbeddingFile): string {
  const year = yearOf(path);
  return `${productNames[product]}${year === null ? "" : ` ${year}`}`;
}
