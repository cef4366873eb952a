// Which files an import is about: images that can be read, and everything else that lies beside them, each with its reason.
import { statSync } from "node:fs";
import { basename, extname, resolve } from "node:path";
import { imageEndings, endingOf as wordOf } from "../../src-shared/domain/file-endings.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { errorMessage } from "../../src-shared/ipc/errors.ts";
import type { UnusedFile } from "../../src-shared/ipc/rasters.ts";
import { filesBelow } from "./files-below.ts";

export interface ImportSources {
  /** GeoTIFF files, each once, in order of name; files that were named one by one are taken whatever their ending */
  readonly images: readonly string[];
  readonly unused: readonly UnusedFile[];
}

/** Files that go with an image of the same name and say nothing on their own. */
const sidecar =
  /\.(aux|aux\.xml|ovr|msk|tfw|tifw|tiffw|tfwx|wld|xml|rrd|ige|imd|rpb|eph|att|geo|til|stac-item\.json|md5|sha256)$|^(\.|~\$|thumbs\.db$|desktop\.ini$)/i;

interface Kind {
  readonly format: string;
  readonly help: string;
}

const toTiff = "Convert it first: gdal_translate -of COG input output.tif.";
const unpack = "Unpack it and import the folder.";
const labels = "If its shapes are labels, import it with omnisat labels import.";
const netcdf: Kind = {
  format: "a cube of many variables",
  help: 'Convert what you need first: gdal_translate "NETCDF:file.nc:variable" output.tif.',
};

const kinds: Readonly<Record<string, Kind>> = {
  ".jp2": { format: "a JPEG 2000 image", help: toTiff },
  ".j2k": { format: "a JPEG 2000 image", help: toTiff },
  ".img": { format: "an ERDAS or ENVI image", help: toTiff },
  ".hdr": { format: "the header of an ENVI image", help: toTiff },
  ".dat": { format: "raw data", help: toTiff },
  ".bil": { format: "a raw image", help: toTiff },
  ".bsq": { format: "a raw image", help: toTiff },
  ".vrt": { format: "a virtual raster", help: toTiff },
  ".asc": { format: "a text grid", help: toTiff },
  ".ecw": { format: "an ECW image", help: toTiff },
  ".sid": { format: "a MrSID image", help: toTiff },
  ".png": { format: "a picture without a place on Earth", help: toTiff },
  ".jpg": { format: "a picture without a place on Earth", help: toTiff },
  ".jpeg": { format: "a picture without a place on Earth", help: toTiff },
  ".webp": { format: "a picture without a place on Earth", help: toTiff },
  ".gif": { format: "a picture without a place on Earth", help: toTiff },
  ".nc": netcdf,
  ".nc4": netcdf,
  ".h5": netcdf,
  ".hdf": netcdf,
  ".hdf5": netcdf,
  ".he5": netcdf,
  ".grib": netcdf,
  ".grb2": netcdf,
  ".zip": { format: "an archive", help: unpack },
  ".tar": { format: "an archive", help: unpack },
  ".gz": { format: "an archive", help: unpack },
  ".tgz": { format: "an archive", help: unpack },
  ".7z": { format: "an archive", help: unpack },
  ".rar": { format: "an archive", help: unpack },
  ".shp": { format: "a vector file", help: labels },
  ".gpkg": { format: "a vector file", help: labels },
  ".geojson": { format: "a vector file", help: labels },
  ".kml": { format: "a vector file", help: labels },
  ".kmz": { format: "a vector file", help: labels },
  ".gml": { format: "a vector file", help: labels },
  ".fgb": { format: "a vector file", help: labels },
  ".parquet": { format: "a table", help: labels },
  ".csv": { format: "a table", help: labels },
  ".tsv": { format: "a table", help: labels },
  ".json": {
    format: "a JSON file",
    help: "Nothing in it is needed, unless it holds labels: then use omnisat labels import.",
  },
  ".txt": { format: "a text", help: "Nothing in it is needed." },
  ".md": { format: "a text", help: "Nothing in it is needed." },
  ".pdf": { format: "a document", help: "Nothing in it is needed." },
  ".npy": { format: "a bare array without a place on Earth", help: "Write it as a GeoTIFF first." },
  ".npz": { format: "a bare array without a place on Earth", help: "Write it as a GeoTIFF first." },
};
const other: Kind = { format: "a file of an unknown kind", help: "If it is an image, convert it to a GeoTIFF first." };

/** Nothing among the files could have been an image, in whatever format. */
export const isAllPaper = (unused: readonly UnusedFile[]): boolean =>
  unused.every(({ error }) => {
    const { format } = error.details as Kind;
    return [other.format, "a text", "a document", "a JSON file", "a table"].includes(format);
  });

/** Parts of a Shapefile beside its .shp: one line for all of them. */
const shapefileParts = new Set([".dbf", ".shx", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qpj", ".qmd"]);

/** @throws AppError "file-missing" */
export function importSources(paths: readonly string[]): ImportSources {
  const images: string[] = [];
  const unused: UnusedFile[] = [];
  const leave = (path: string, kind: Kind) =>
    unused.push({ path, error: errorMessage(new AppError("import-format", { path, ...kind })) });
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
      else leave(file, kinds[ending] ?? other);
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
