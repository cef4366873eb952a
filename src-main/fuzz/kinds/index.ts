import { pathToFileURL } from "node:url";
import type { FuzzKind } from "../kind.ts";

/**
 * Every kind of file that is fuzzed, by the name that `--kind` takes. A new kind is a file of its own here and one line in this table;
 * it is loaded only in the process that runs it.
 */
export const kinds: Readonly<Record<string, () => Promise<FuzzKind>>> = {
  tiff: async () => (await import("./tiff.ts")).tiff,
  jp2: async () => (await import("./jp2.ts")).jp2,
  vrt: async () => (await import("./vrt.ts")).vrt,
  jpeg: async () => (await import("./jpeg.ts")).jpeg,
  gpkg: async () => (await import("./vector.ts")).gpkg,
  shp: async () => (await import("./vector.ts")).shapefile,
  "shp-zip": async () => (await import("./vector.ts")).zipped,
  fgb: async () => (await import("./vector.ts")).flatGeobuf,
  parquet: async () => (await import("./vector.ts")).geoParquet,
  geojson: async () => (await import("./vector.ts")).geojson,
  kml: async () => (await import("./vector.ts")).kml,
  csv: async () => (await import("./vector.ts")).csv,
  legend: async () => (await import("./vector.ts")).legend,
  tiles: async () => (await import("./vector.ts")).tiles,
  safetensors: async () => (await import("./model.ts")).safetensors,
  "model-package": async () => (await import("./model.ts")).modelPackage,
  product: async () => (await import("./product.ts")).product,
  project: async () => (await import("./project.ts")).project,
};

/** A kind by its name; a test's own kind by the absolute path of the file that exports it as `kind`. */
export async function loadKind(name: string): Promise<FuzzKind> {
  const listed = kinds[name];
  return listed ? listed() : ((await import(pathToFileURL(name).href)) as { readonly kind: FuzzKind }).kind;
}
