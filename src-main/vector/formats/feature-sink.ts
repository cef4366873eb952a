import { closeSync, existsSync, openSync } from "node:fs";
import { dirname, extname } from "node:path";
import { AppError } from "../../../src-shared/errors/index.ts";
import { reason } from "../../../src-shared/errors/reasons/index.ts";
import type { Crs } from "../../../src-shared/geo/crs.ts";
import { discard, onDiskSync, placeTogetherSync, temporaryBeside, writeAllSync } from "../../files/index.ts";
import { transformer } from "../../raster/crs.ts";
import { wktOf } from "../../raster/wkt-write.ts";
import {
  isPolygonal,
  type Polygonal,
  type Transform,
  transformGeometry,
  withStandardWinding,
} from "../geometry/geometry.ts";
import type { Field } from "./feature.ts";
import { FeatureTable, type LayerStyle, type NewFeature, openGeoPackage } from "./geopackage-write.ts";
import { ShapefileWriter, shapefileParts } from "./shapefile-write.ts";

/** A vector file that is filled polygon by polygon. It appears under its name when it is finished, and not before. */
export interface FeatureSink {
  add(feature: NewFeature & { readonly geometry: Polygonal }): void;
  /** Gives the file its name; returns all files that were written. */
  finish(): readonly string[];
  /** Deletes everything that was written; does nothing after `finish`. */
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

/**
 * Opens a GeoPackage, a GeoJSON file or a Shapefile for polygons.
 * @throws AppError "export-unwritable"
 */
export function openFeatureSink(path: string, format: SinkFormat, layer: SinkLayer): FeatureSink {
  const temporary = temporaryBeside(path);
  const open = { gpkg: openGeoPackageSink, geojson: openGeoJsonSink, shp: openShapefileSink }[format];
  if (!existsSync(dirname(path)))
    throw new AppError("export-unwritable", { path, reason: reason("folder-does-not-exist") });
  return onDiskSync(
    path,
    () => {
      const sink = open(path, temporary, layer);
      return {
        add: (feature) => onDiskSync(path, () => sink.add(feature), unwritable),
        finish: () => onDiskSync(path, () => sink.finish(), unwritable),
        discard: () => sink.discard(),
      };
    },
    unwritable,
  );
}

const unwritable = "export-unwritable";

function openGeoPackageSink(path: string, temporary: string, layer: SinkLayer): FeatureSink {
  const database = openGeoPackage(temporary);
  database.exec("BEGIN");
  const table = new FeatureTable(database, { ...layer, geometryType: "POLYGON" });
  return {
    add: (feature) => table.add(feature),
    finish() {
      table.finish(layer.style);
      database.exec("COMMIT");
      database.close();
      placeTogetherSync([[temporary, path]]);
      return [path];
    },
    discard() {
      database.close();
      discard(temporary);
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
  const write = (text: string) => writeAllSync(file, Buffer.from(text));
  write(`{"type":"FeatureCollection","name":${JSON.stringify(layer.name)},"features":[`);
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
      write(`${separator}${JSON.stringify({ type: "Feature", properties, geometry: standard })}`);
      separator = ",\n";
    },
    finish() {
      write("\n]}\n");
      close();
      placeTogetherSync([[temporary, path]]);
      return [path];
    },
    discard() {
      close();
      discard(temporary);
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
      // The .shp gets its name last, since the other files need it.
      const parts = [...shapefileParts, ".shp"];
      placeTogetherSync(parts.map((part) => [`${from}${part}`, `${to}${part}`]));
      return parts.map((part) => `${to}${part}`).reverse();
    },
    discard() {
      writer.close();
      for (const part of [...shapefileParts, ".shp"]) discard(`${from}${part}`);
    },
  };
}
