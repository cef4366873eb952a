import { freeName } from "../../src-shared/domain/free-name.ts";
import type { CompareResult, MapResult } from "../../src-shared/domain/job.ts";
import { movedMapFiles } from "../../src-shared/domain/map-files.ts";
import type { MapComparison, MapProduct } from "../../src-shared/domain/map-product.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { fromJson, toJson } from "./json-columns.ts";
import type { ProjectPaths } from "./paths.ts";
import { renameRow } from "./rename.ts";
import type { Sql } from "./sql.ts";

interface Row {
  readonly id: number;
  readonly name: string;
  readonly modelId: number | null;
  readonly jobId: number | null;
  readonly modalities: string;
  readonly area: string;
  readonly files: string;
  readonly createdAt: string;
}

export function mapTable(sql: Sql, paths: ProjectPaths) {
  const withPaths = (files: MapResult, move: (path: string) => string): MapResult => ({
    ...movedMapFiles(files, move),
    ...(files.places
      ? { places: files.places.map((place) => ({ ...place, files: place.files && movedMapFiles(place.files, move) })) }
      : {}),
  });

  const table = {
    list(): MapProduct[] {
      return sql
        .all<Row>(
          `SELECT id, name, model_id AS modelId, job_id AS jobId, modalities, area, files, created_at AS createdAt
           FROM maps ORDER BY id`,
        )
        .map(({ modalities, area, files, ...row }) => ({
          ...row,
          modalities: fromJson<string[]>(sql, "maps.modalities", modalities),
          area: fromJson<GeoBox>(sql, "maps.area", area),
          files: withPaths(fromJson<MapResult>(sql, "maps.files", files), paths.fromStored),
        }));
    },

    has(name: string): boolean {
      return sql.get("SELECT 1 FROM maps WHERE name = ?", name) !== undefined;
    },

    add(map: Omit<MapProduct, "id" | "createdAt">): number {
      return sql.run(
        "INSERT INTO maps (name, model_id, job_id, modalities, area, files, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        map.name,
        map.modelId,
        map.jobId,
        toJson("maps.modalities", map.modalities),
        toJson("maps.area", map.area),
        toJson("maps.files", withPaths(map.files, paths.toStored)),
        new Date().toISOString(),
      ).id;
    },

    /** The map, or a sentence. */
    get(id: number): MapProduct {
      const map = table.list().find((other) => other.id === id);
      if (!map) throw new AppError("map-not-found", { id });
      return map;
    },

    rename(id: number, name: string): void {
      renameRow(sql, "maps", { id, name }, () => new AppError("map-exists", { name }));
    },

    remove(id: number): void {
      sql.run("DELETE FROM maps WHERE id = ?", id);
    },
  };
  return table;
}

interface ComparisonRow {
  readonly id: number;
  readonly name: string;
  readonly fromMap: number | null;
  readonly toMap: number | null;
  readonly jobId: number | null;
  readonly result: string;
  readonly createdAt: string;
}

export function comparisonTable(sql: Sql, paths: ProjectPaths) {
  const withPaths = (result: CompareResult, move: (path: string) => string): CompareResult => ({
    ...result,
    path: move(result.path),
    qmlPath: move(result.qmlPath),
    sldPath: move(result.sldPath),
    sidecarPaths: result.sidecarPaths.map(move),
  });

  const table = {
    list(): MapComparison[] {
      return sql
        .all<ComparisonRow>(
          `SELECT id, name, from_map AS fromMap, to_map AS toMap, job_id AS jobId, result, created_at AS createdAt
           FROM comparisons ORDER BY id`,
        )
        .map(({ result, ...row }) => ({
          ...row,
          result: withPaths(fromJson<CompareResult>(sql, "comparisons.result", result), paths.fromStored),
        }));
    },

    get(id: number): MapComparison {
      const comparison = table.list().find((other) => other.id === id);
      if (!comparison) throw new AppError("comparison-not-found", { id });
      return comparison;
    },

    /** `name`, or with a number behind when that is taken. */
    add(comparison: Omit<MapComparison, "id" | "createdAt">): number {
      return sql.transaction(() => {
        const taken = new Set(table.list().map(({ name }) => name));
        const name = freeName(comparison.name, (own) => taken.has(own));
        return sql.run(
          "INSERT INTO comparisons (name, from_map, to_map, job_id, result, created_at) VALUES (?, ?, ?, ?, ?, ?)",
          name,
          comparison.fromMap,
          comparison.toMap,
          comparison.jobId,
          toJson("comparisons.result", withPaths(comparison.result, paths.toStored)),
          new Date().toISOString(),
        ).id;
      });
    },

    rename(id: number, name: string): void {
      renameRow(sql, "comparisons", { id, name }, () => new AppError("map-exists", { name }));
    },

    remove(id: number): void {
      sql.run("DELETE FROM comparisons WHERE id = ?", id);
    },
  };
  return table;
}
