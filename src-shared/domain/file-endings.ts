/** Which files people choose, by their endings without the full stop. What is inside decides afterwards. */
export const imageEndings: readonly string[] = ["tif", "tiff", "jp2", "j2k", "jpx", "vrt"];
/** what stands for a product: its archive, or its metadata */
export const productEndings: readonly string[] = ["zip", "json", "xml", "safe", "dim", "txt"];
/** archives and JSON hold shapes or products: what is inside decides */
export const ambiguousEndings: readonly string[] = ["zip", "json"];
/** endings of bare numbers: an image where an ENVI header lies beside them */
export const rawEndings: readonly string[] = ["img", "dat", "bsq", "bil", "bip", "raw"];
export const vectorEndings: readonly string[] = [
  "gpkg",
  "shp",
  "geojson",
  "json",
  "kml",
  "kmz",
  "fgb",
  "parquet",
  "geoparquet",
  "zip",
];
/** tables of text: points, classes, shares */
export const tableEndings: readonly string[] = ["csv", "tsv", "tab", "txt"];

/** The ending of a path in small letters: “tif”; “” when it has none. */
export const endingOf = (path: string): string => /[^\\/.]\.([^\\/.]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
