// Which files an import is about: images that can be read, and everything else that lies beside them, each with its reason.
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { basename, extname, resolve } from "node:path";
import { imageEndings, rawEndings, endingOf as wordOf } from "../../../../src-shared/domain/file-endings.ts";
import type { ForeignKind } from "../../../../src-shared/domain/foreign-files.ts";
import type { StatedFile } from "../../../../src-shared/eo/index.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import { errorMessage } from "../../../../src-shared/ipc/errors.ts";
import type { UnusedFile } from "../../../../src-shared/ipc/rasters.ts";
import {
  archiveAbove,
  isArchiveName,
  marksProduct,
  type Product,
  ProductFinder,
  productsIn,
} from "../../../products/index.ts";
import { isWithinReach } from "../../path-gate.ts";

export interface ImportSources {
  /**
   * Image files, each once, in order of name, with what the metadata of their product say; files that were named one by one are taken
   * whatever their ending
   */
  readonly images: readonly { readonly path: string; readonly stated?: StatedFile }[];
  readonly products: readonly Product[];
  readonly unused: readonly UnusedFile[];
}

/** Side files of an image of the same name, which are not listed on their own. */
const sidecar =
  /\.(aux|aux\.xml|ovr|msk|tfw|j2w|jp2w|tifw|tiffw|tfwx|wld|xml|rrd|ige|imd|rpb|eph|att|geo|til|stac-item\.json|md5|sha256)$|^(\.|~\$|thumbs\.db$|desktop\.ini$)/i;

const kinds: Readonly<Record<string, ForeignKind>> = {
  ".img": "erdas",
  ".hdr": "enviHeader",
  ".dat": "rawData",
  ".bil": "rawImage",
  ".bsq": "rawImage",
  ".vrt": "virtualRaster",
  ".asc": "textGrid",
  ".ecw": "ecw",
  ".sid": "mrsid",
  ".png": "picture",
  ".jpg": "picture",
  ".jpeg": "picture",
  ".webp": "picture",
  ".gif": "picture",
  ".nc": "netcdf",
  ".nc4": "netcdf",
  ".h5": "netcdf",
  ".hdf": "netcdf",
  ".hdf5": "netcdf",
  ".he5": "netcdf",
  ".grib": "netcdf",
  ".grb2": "netcdf",
  ".zip": "archive",
  ".tar": "archive",
  ".gz": "archive",
  ".tgz": "archive",
  ".7z": "archive",
  ".rar": "archive",
  ".shp": "vectors",
  ".gpkg": "vectors",
  ".geojson": "vectors",
  ".kml": "vectors",
  ".kmz": "vectors",
  ".gml": "vectors",
  ".fgb": "vectors",
  ".parquet": "vectors",
  ".geoparquet": "vectors",
  ".csv": "table",
  ".tsv": "table",
  ".json": "json",
  ".txt": "text",
  ".md": "text",
  ".pdf": "document",
  ".npy": "array",
  ".npz": "array",
};

/** Nothing among the files could have been an image, in whatever format. */
export const isAllPaper = (unused: readonly UnusedFile[]): boolean =>
  unused.every(({ error }) => {
    const { kind } = error.details as { readonly kind: ForeignKind };
    return ["unknown", "text", "document", "json", "table"].includes(kind);
  });

/** Parts of a Shapefile beside its .shp: one line for all of them. */
const shapefileParts = new Set([".dbf", ".shx", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qpj", ".qmd"]);

/**
 * Products, images outside of products, and what lies beside them. An image that was named by itself is read as its product says.
 * @throws AppError "file-missing", "product-folder-too-large"
 */
export async function importSources(paths: readonly string[]): Promise<ImportSources> {
  const images = new Map<string, StatedFile | undefined>();
  const products = new Map<string, Product>();
  const unused: UnusedFile[] = [];
  const finder = new ProductFinder(isWithinReach);
  const refuse = (path: string, error: AppError) => unused.push({ path, error: errorMessage(error) });
  const leave = (path: string, kind: ForeignKind) => refuse(path, new AppError("import-format", { path, kind }));
  const take = (product: Product) => {
    products.set(`${product.kind} ${product.path} ${product.name}`, product);
    const { refusal, foreign, path } = product;
    if (foreign) leave(path, foreign);
    else if (refusal) refuse(path, refusal);
    for (const file of product.files) images.set(file.path, file.stated);
  };
  const sort = (files: readonly string[]) => {
    const shapes = new Set(
      files.filter((file) => endingOf(file) === ".shp").map((file) => file.slice(0, -4).toLowerCase()),
    );
    for (const file of files) {
      const ending = endingOf(file);
      // Beside the images it is made of, a virtual raster would show them twice.
      if (isImage(file) && ending !== ".vrt") images.set(file, images.get(file));
      else if (sidecar.test(basename(file))) continue;
      else if (
        shapefileParts.has(ending) &&
        (shapes.has(file.slice(0, -ending.length).toLowerCase()) || ending === ".prj")
      )
        continue;
      else leave(file, kindOf(file));
    }
  };
  const lookInto = async (archive: string) => {
    const found = await productsIn(archive).catch(refusal);
    if (found instanceof AppError) refuse(archive, found);
    else if (found.products.length === 0 && !found.others.some(isImage)) leave(archive, "archive");
    else {
      found.products.forEach(take);
      // What else is inside of it is of no interest: the archive was chosen, and not its files.
      sort(found.others.filter(isImage));
    }
  };
  for (const path of new Set(paths)) {
    const full = resolve(path);
    const stats = statSync(full, { throwIfNoEntry: false });
    if (!stats && archiveAbove(full) === undefined) throw new AppError("file-missing", { path });
    if (stats?.isDirectory()) {
      const found = await productsIn(full);
      found.products.forEach(take);
      for (const archive of found.others.filter(isArchiveName)) await lookInto(archive);
      sort(found.others.filter((file) => !isArchiveName(file)));
      continue;
    }
    if (stats && isArchiveName(full)) {
      await lookInto(full);
      continue;
    }
    const marked = marksProduct(full) ? await productsIn(full) : undefined;
    if (marked && marked.products.length > 0) {
      marked.products.forEach(take);
      continue;
    }
    const product = await finder.of(full).catch(refusal);
    if (product instanceof AppError) {
      refuse(full, product);
      continue;
    }
    if (product) {
      products.set(`${product.kind} ${product.path} ${product.name}`, product);
      images.set(full, product.files.find((file) => file.path === full)!.stated);
      continue;
    }
    // A virtual raster that was named by itself is meant instead of the images it is made of.
    if (kinds[endingOf(full)] && !isImage(full)) leave(full, kindOf(full));
    else images.set(full, images.get(full));
  }
  const seen = new Set<string>();
  return {
    images: [...images]
      .map(([path, stated]) => ({ path, ...(stated ? { stated } : {}) }))
      .sort((p, q) => (p.path < q.path ? -1 : 1)),
    products: [...products.values()],
    unused: unused.filter(({ path }) => !seen.has(path) && seen.add(path)).sort((p, q) => (p.path < q.path ? -1 : 1)),
  };
}

const refusal = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  throw error;
};

/** HDF4 is told from HDF5 by its first bytes: names are the same. */
function kindOf(path: string): ForeignKind {
  if (/\.gdb(\.zip)?$/i.test(path)) return "fileGeodatabase";
  const kind = kinds[endingOf(path)] ?? "unknown";
  return kind === "netcdf" && startsWith(path, hdf4) ? "hdf4" : kind;
}

const hdf4 = Buffer.from([0x0e, 0x03, 0x13, 0x01]);

function startsWith(path: string, wanted: Buffer): boolean {
  try {
    const file = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(wanted.length);
      return readSync(file, bytes, 0, bytes.length, 0) === bytes.length && bytes.equals(wanted);
    } finally {
      closeSync(file);
    }
  } catch {
    // What cannot be read is refused where it is opened.
    return false;
  }
}

const isImage = (path: string): boolean =>
  imageEndings.includes(wordOf(path)) || (rawEndings.includes(wordOf(path)) && hasHeaderBeside(path));

/** An ENVI header beside bare numbers: `image.hdr`, or `image.dat.hdr`. */
const hasHeaderBeside = (path: string): boolean =>
  [path.slice(0, path.length - extname(path).length), path].some((stem) => existsSync(`${stem}.hdr`));
const endingOf = (path: string): string => extname(path).toLowerCase();
