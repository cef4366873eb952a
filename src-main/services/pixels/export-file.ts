import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import { assertNoLinkOut, type Catalog, openRegularFile } from "../../catalog/index.ts";
import type { PixelAnswer } from "./answer.ts";

const types: Readonly<Record<string, string>> = {
  tif: "image/tiff",
  qml: "application/xml",
  sld: "application/xml",
  xml: "application/xml",
  csv: "text/csv; charset=utf-8",
  html: "text/html; charset=utf-8",
  pdf: "application/pdf",
  png: "image/png",
  gpkg: "application/geopackage+sqlite3",
  geojson: "application/geo+json",
  zip: "application/zip",
};
/** A file of the project's own folder of exports: what a browser elsewhere takes home. */
export async function readExportFile(catalog: Catalog, file: string): Promise<PixelAnswer> {
  const folder = join(catalog.folder, "exports");
  assertNoLinkOut(catalog.folder, folder);
  // A plain file name: it can neither contain `..` nor be a link.
  const known = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (!known.some((entry) => entry.name === file && entry.isFile()))
    throw new AppError("layer-not-found", { id: file });
  const path = join(folder, file);
  const open = await openRegularFile(path).catch((cause: unknown) => {
    throw new AppError("raster-missing", { path }, { cause });
  });
  const facts = await open.stat();
  const mark = createHash("sha256").update(`${facts.size}|${facts.mtimeMs}`).digest("hex").slice(0, 16);
  return {
    status: 200,
    headers: {
      "Content-Type": types[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? "application/octet-stream",
      "Content-Length": String(facts.size),
      "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file)}`,
      ETag: `"${mark}"`,
      "Cache-Control": "no-store",
    },
    body: { file: open, size: facts.size },
  };
}
