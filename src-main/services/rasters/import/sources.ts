// Which files an import is about: images that can be read, and everything else that lies beside them, each with its reason.
import { statSync } from "node:fs";
import { basename, extname, resolve } from "node:path";
import { imageEndings, endingOf as wordOf } from "../../../../src-shared/domain/file-endings.ts";
import type { ForeignKind } from "../../../../src-shared/domain/foreign-files.ts";
import { AppError } from "../../../../src-shared/errors/index.ts";
import { errorMessage } from "../../../../src-shared/ipc/errors.ts";
import type { UnusedFile } from "../../../../src-shared/ipc/rasters.ts";
import { filesBelow } from "../files-below.ts";

export interface ImportSources {
  /** image files, each once, in order of name; files that were named one by one are taken whatever their ending */
  readonly images: readonly string[];
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

/** @throws AppError "file-missing" */
export function importSources(paths: readonly string[]): ImportSources {
  const images: string[] = [];
  const unused: UnusedFile[] = [];
  const leave = (path: string, kind: ForeignKind) =>
    unused.push({ path, error: errorMessage(new AppError("import-format", { path, kind })) });
  for (const path of paths) {
    const full = resolve(path);
    const stats = statSync(full, { throwIfNoEntry: false });
    if (!stats) throw new AppError("file-missing", { path });
    if (!stats.isDirectory()) {
      const kind = kinds[endingOf(full)];
      if (kind) leave(full, kind);
      else images.push(full);
      continue;
    }
    const files = filesBelow(full);
    const shapes = new Set(
      files.filter((file) => endingOf(file) === ".shp").map((file) => file.slice(0, -4).toLowerCase()),
    );
    for (const file of files) {
      const ending = endingOf(file);
      if (isImage(file)) images.push(file);
      else if (sidecar.test(basename(file))) continue;
      else if (
        shapefileParts.has(ending) &&
        (shapes.has(file.slice(0, -ending.length).toLowerCase()) || ending === ".prj")
      )
        continue;
      else leave(file, kinds[ending] ?? "unknown");
    }
  }
  const seen = new Set<string>();
  return {
    images: [...new Set(images)].sort(),
    unused: unused.filter(({ path }) => !seen.has(path) && seen.add(path)),
  };
}

const isImage = (path: string): boolean => imageEndings.includes(wordOf(path));
const endingOf = (path: string): string => extname(path).toLowerCase();
