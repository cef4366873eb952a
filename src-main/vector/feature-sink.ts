import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Crs, epsgCode } from "../../src-shared/geo/crs.ts";
import { transformer } from "../raster/crs.ts";
import type { Field } from "./feature.ts";
import { isPolygonal, type Polygonal, type Transform, transformGeometry, withStandardWinding } from "./geometry.ts";
import { FeatureTable, type LayerStyle, type NewFeature, openGeoPackage } from "./geopackage-write.ts";
import { ShapefileWriter, shapefileParts } from "./shapefile-write.ts";

/** A vector file that is filled polygon by polygon. It appears under its name when it is finished, and not before. */
export interface FeatureSink {
  add(feature: NewFeature & { readonly geometry: Polygonal }): void;
  /** Gives the file its name; returns all files that were written. */
  finish(): readonly string[];
  /** Leaves nothing behind. Harmless after `finish`. */
  discard(): void;
}

export interface SinkLayer {
  readonly name: string;
  readonly crs: Crs;
  readonly fields: readonly Field[];
  readonly description?: string;
  readonly style?: LayerStyle;
}

export type SinkFormat = "gpkg" | "geojson" | "shp";

/** Opens a GeoPackage, a GeoJSON file or a Shapefile for polygons. */
export function openFeatureSink(path: string, format: SinkFormat, layer: SinkLayer): FeatureSink {
  const temporary = join(dirname(path), `.${basename(path, extname(path))}.${process.pid}.partial${extname(path)}`);
  const open = { gpkg: openGeoPackageSink, geojson: openGeoJsonSink, shp: openShapefileSink }[format];
  if (!existsSync(dirname(path)))
    throw new AppError("export-unwritable", { path, reason: "the folder does not exist" });
  return guarded(path, () => {
    const sink = open(path, temporary, layer);
    return {
      add: (feature) => guarded(path, () => sink.add(feature)),
      finish: () => guarded(path, () => sink.finish()),
      discard: () => sink.discard(),
    };
  });
}

/** What the disk refuses is a sentence. */
function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOSPC" || code === "SQLITE_FULL") throw new AppError("no-disk-space", { path }, { cause: error });
    if (/^E[A-Z]+$|^SQLITE_(CANTOPEN|READONLY|IOERR|PERM)/.test(code))
      throw new AppError("export-unwritable", { path, reason: code }, { cause: error });
    throw error;
  }
}

function openGeoPackageSink(path: string, temporary: string, layer: SinkLayer): FeatureSink {
  rmSync(temporary, { force: true });
  const database = openGeoPackage(temporary);
  database.exec("BEGIN");
  const table = new FeatureTable(database, { ...layer, geometryType: "POLYGON" });
  return {
    add: (feature) => table.add(feature),
    finish() {
      table.finish(layer.style);
      database.exec("COMMIT");
      database.close();
      place(temporary, path);
      return [path];
    },
    discard() {
      database.close();
      for (const leftover of [temporary, `${temporary}-journal`]) rmSync(leftover, { force: true });
    },
  };
}

function openGeoJsonSink(path: string, temporary: string, layer: SinkLayer): FeatureSink {
  const { forward } = transformer(layer.crs, "EPSG:4326");
  const rounded: Transform = (x, y) => {
    const [longitude, latitude] = forward(x, y);
    return [Number(longitude.toFixed(9)), Number(latitude.toFixed(9))];
  };
  const file = openSync(temporary, "w");
  writeSync(file, `{"type":"FeatureCollection","name":${JSON.stringify(layer.name)},"features":[`);
  let separator = "\n";
  let closed = false;
  const close = () => {
    if (!closed) closeSync(file);
    closed = true;
  };
  return {
    add({ geometry, properties }) {
      const moved = transformGeometry(geometry, rounded);
      const standard = isPolygonal(moved) ? withStandardWinding(moved) : moved;
      writeSync(file, `${separator}${JSON.stringify({ type: "Feature", properties, geometry: standard })}`);
      separator = ",\n";
    },
    finish() {
      writeSync(file, "\n]}\n");
      close();
      place(temporary, path);
      return [path];
    },
    discard() {
      close();
      rmSync(temporary, { force: true });
    },
  };
}

function openShapefileSink(path: string, temporary: string, layer: SinkLayer): FeatureSink {
  const [from, to] = [temporary, path].map((file) => file.slice(0, -extname(file).length));
  const writer = new ShapefileWriter(from!, layer.fields, wktOf(layer.crs));
  return {
    add: ({ geometry, properties }) => writer.add(geometry, properties),
    finish() {
      writer.finish();
      // The .shp last: without it the others are nothing.
      const parts = [...shapefileParts, ".shp"];
      for (const part of parts) place(`${from}${part}`, `${to}${part}`);
      return parts.map((part) => `${to}${part}`).reverse();
    },
    discard() {
      writer.close();
      for (const part of [...shapefileParts, ".shp"]) rmSync(`${from}${part}`, { force: true });
    },
  };
}

function wktOf(crs: Crs): string {
  const code = epsgCode(crs);
  if (code === undefined) return crs;
  const { resolve } = createRequire(import.meta.url);
  const row = createRequire(import.meta.url)(resolve(`epsg-index/s/${code}.json`)) as { readonly wkt: string | null };
  return row.wkt ?? "";
}

/** Makes sure that the file is on the disk, then gives it its name. */
function place(temporary: string, path: string): void {
  const file = openSync(temporary, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}
