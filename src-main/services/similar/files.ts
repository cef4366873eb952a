import { existsSync, statSync } from "node:fs";
import { basename, extname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply, northUp } from "../../../src-shared/geo/affine.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { SimilarExport } from "../../../src-shared/ipc/similar.ts";
import { noScore, scoreSteps } from "../../features/index.ts";
import { createCog } from "../../raster/index.ts";
import { areaOf, openFeatureSink, polygonize, squareMetersPerUnit } from "../../vector/index.ts";
import type { FoundField } from "./similar-project.ts";

/** Polygons after which other work has its turn. */
const polygonsAtOnce = 500;

const formats = { ".gpkg": "gpkg", ".geojson": "geojson", ".json": "geojson", ".shp": "shp" } as const;

/** The grid of what was compared. */
function geoboxOf({ field, meters }: FoundField, crs: Crs): GeoBox {
  const [col, row, width, height] = field.extent();
  return { crs, affine: northUp(col * meters, -row * meters, meters, meters), width, height };
}

/**
 * Writes scores as a GeoTIFF (−1 to 1 as int16 with a scale), or what lies above a threshold as polygons, by the extension.
 * @throws AppError "similar-format", "similar-none-above", "export-unwritable", "no-disk-space"
 */
export async function writeSimilar(
  found: FoundField,
  crs: Crs,
  to: string,
  threshold: number,
  clicks: { readonly like: number; readonly unlike: number },
): Promise<SimilarExport> {
  const extension = extname(to).toLowerCase();
  const geobox = geoboxOf(found, crs);
  if (extension === ".tif" || extension === ".tiff") {
    const { field } = found;
    const [left, top] = field.extent();
    const metadata = {
      DESCRIPTION: `Likeness to ${clicks.like} clicked places, unlike ${clicks.unlike}: cosine of standardised values, from -1 to 1. OmniSat Desktop.`,
    };
    await createCog(
      to,
      {
        geobox,
        bandCount: 1,
        dataType: "int16",
        nodata: noScore,
        scale: 1 / scoreSteps,
        offset: 0,
        bandNames: ["similarity"],
        overviewMethod: "average",
        metadata,
      },
      async ({ col, row, width, height }) => {
        const values = new Int16Array(width * height);
        for (let y = 0; y < height; y++)
          field.row(left + col, top + row + y, values.subarray(y * width, (y + 1) * width));
        return [values];
      },
    );
    return { path: to, bytes: statSync(to).size, polygons: null };
  }
  const format = formats[extension as keyof typeof formats];
  if (!format) throw new AppError("similar-format", { path: to });
  return writePolygons(found, geobox, to, format, threshold);
}

async function writePolygons(
  { field }: FoundField,
  geobox: GeoBox,
  to: string,
  format: "gpkg" | "geojson" | "shp",
  threshold: number,
): Promise<SimilarExport> {
  const [left, top, width, height] = field.extent();
  const limit = Math.round(threshold * scoreSteps);
  const scores = new Int16Array(width);
  const above = (row: number) =>
    field.row(left, top + row, scores).map((score) => (score !== noScore && score >= limit ? 1 : 0));
  const [x, y] = apply(geobox.affine, width / 2, height / 2);
  const squareMeters = squareMetersPerUnit(geobox.crs, x, y);
  const sink = openFeatureSink(to, format, {
    name: basename(to, extname(to)),
    crs: geobox.crs,
    fields: [
      { name: "score", type: "number" },
      { name: "area_ha", type: "number" },
      { name: "patches", type: "integer" },
    ],
    description: `Places with a likeness of at least ${threshold} to clicked ones, by OmniSat Desktop.`,
  });
  try {
    let count = 0;
    const own = new Int16Array(width);
    const areas = polygonize(above, geobox, {
      skip: [0],
      measure: (row) => field.row(left, top + row, own),
      smoothing: 1,
    });
    for (const { geometry, mean, pixels } of areas) {
      const hectares = (areaOf(geometry) * squareMeters) / 10_000;
      sink.add({
        geometry,
        properties: {
          score: Math.round(mean) / scoreSteps,
          area_ha: Math.round(hectares * 1e4) / 1e4,
          patches: pixels,
        },
      });
      if (++count % polygonsAtOnce === 0) await setImmediate();
    }
    if (count === 0) throw new AppError("similar-none-above", { threshold });
    const paths = sink.finish();
    const bytes = paths.reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0);
    return { path: to, bytes, polygons: count };
  } catch (error) {
    sink.discard();
    throw error;
  }
}
