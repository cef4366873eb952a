import { existsSync, statSync } from "node:fs";
import { basename, extname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { AppError } from "../../../src-shared/errors/index.ts";
import { apply, northUp } from "../../../src-shared/geo/affine.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import type { GeoBox } from "../../../src-shared/geo/geobox.ts";
import type { GrownOutline, SimilarExport, WrittenOutlines } from "../../../src-shared/ipc/similar.ts";
import { noScore, scoreSteps } from "../../features/index.ts";
import { createCog } from "../../raster/index.ts";
import { areaOf, type FeatureSink, openFeatureSink, polygonize, squareMetersPerUnit } from "../../vector/index.ts";
import type { FoundField } from "./similar-project.ts";

/** Polygons after which other work has its turn. */
const polygonsAtOnce = 500;

const formats = { ".gpkg": "gpkg", ".geojson": "geojson", ".json": "geojson", ".shp": "shp" } as const;
const inHectares = (hectares: number): number => Math.round(hectares * 1e4) / 1e4;

/** @throws AppError "similar-format" */
function formatOf(path: string): "gpkg" | "geojson" | "shp" {
  const format = formats[extname(path).toLowerCase() as keyof typeof formats];
  if (!format) throw new AppError("similar-format", { path });
  return format;
}

/** Ends a file of polygons, and gives its size with all that belongs to it. */
const bytesOf = (sink: FeatureSink): number =>
  sink.finish().reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0);

/** What scores are of, for who finds their file later: places in the CRS of the file. */
export interface SimilarProvenance {
  readonly like: readonly (readonly number[])[];
  readonly unlike: readonly (readonly number[])[];
  readonly appVersion: string;
}

const placesIn = (places: SimilarProvenance["like"]): string =>
  places.map((place) => place.map((one) => one.toFixed(2)).join(" ")).join(", ") || "none";

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
  { like, unlike, appVersion }: SimilarProvenance,
): Promise<SimilarExport> {
  const extension = extname(to).toLowerCase();
  const geobox = geoboxOf(found, crs);
  if (extension === ".tif" || extension === ".tiff") {
    const { field } = found;
    const [left, top] = field.extent();
    const metadata = {
      DESCRIPTION: `Likeness to ${like.length} clicked places, unlike ${unlike.length}: cosine of standardised values, from -1 to 1.`,
      WANTED: placesIn(like),
      UNWANTED: placesIn(unlike),
      COMPARED: found.values.join("; "),
      SOFTWARE: `OmniSat Desktop ${appVersion}`,
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
  return writePolygons(found, geobox, to, threshold);
}

/**
 * Writes outlines that grew from places, with the place that each grew from.
 * @throws AppError "similar-format", "export-unwritable", "no-disk-space"
 */
export function writeOutlines(
  grown: readonly { readonly at: readonly [x: number, y: number]; readonly outline: GrownOutline }[],
  crs: Crs,
  to: string,
): WrittenOutlines {
  const sink = openFeatureSink(to, formatOf(to), {
    name: basename(to, extname(to)),
    crs,
    fields: [
      { name: "from_x", type: "number" },
      { name: "from_y", type: "number" },
      { name: "grow", type: "number" },
      { name: "area_ha", type: "number" },
      { name: "patches", type: "integer" },
    ],
    description: "Outlines that grew from places, by OmniSat Desktop: no labels yet.",
  });
  try {
    for (const { at, outline } of grown) {
      const { coordinates, grow, hectares, patches } = outline;
      sink.add({
        geometry: { type: "Polygon", coordinates: coordinates.map((ring) => ring.map(([x, y]) => [x, y])) },
        properties: { from_x: at[0], from_y: at[1], grow, area_ha: inHectares(hectares), patches },
      });
    }
    return {
      path: to,
      bytes: bytesOf(sink),
      outlines: grown.map(({ outline: { coordinates: _, ...facts } }) => facts),
    };
  } catch (error) {
    sink.discard();
    throw error;
  }
}

async function writePolygons(
  { field }: FoundField,
  geobox: GeoBox,
  to: string,
  threshold: number,
): Promise<SimilarExport> {
  const format = formatOf(to);
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
          area_ha: inHectares(hectares),
          patches: pixels,
        },
      });
      if (++count % polygonsAtOnce === 0) await setImmediate();
    }
    if (count === 0) throw new AppError("similar-none-above", { threshold });
    return { path: to, bytes: bytesOf(sink), polygons: count };
  } catch (error) {
    sink.discard();
    throw error;
  }
}
