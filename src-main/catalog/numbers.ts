import type { NumberModel, NumberPlace, NumberTarget, Surface } from "../../src-shared/domain/numbers.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { fromJson, fromJsonOrNull, toJson } from "./json-columns.ts";
import type { ProjectPaths } from "./paths.ts";
import { renameRow } from "./rename.ts";
import type { Sql } from "./sql.ts";

/** Targets of numbers and their places. */
export function numberTargetTable(sql: Sql, paths: ProjectPaths) {
  interface Row extends Omit<NumberTarget, "report"> {
    readonly report: string;
  }
  const table = {
    list(): NumberTarget[] {
      return sql
        .all<Row>(
          `SELECT id, name, unit, minimum, maximum, path, field, report, imported_at AS importedAt
           FROM number_targets ORDER BY id`,
        )
        .map((row) => ({
          ...row,
          path: paths.fromStored(row.path),
          report: fromJson<NumberTarget["report"]>(sql, "number_targets.report", row.report),
        }));
    },

    /** The target of that name, or a sentence that names those there are. */
    named(name: string): NumberTarget {
      const all = table.list();
      const target = all.find((one) => one.name === name);
      if (!target) throw new AppError("number-target-not-found", { name, available: all.map((one) => one.name) });
      return target;
    },

    add(
      { name, unit, minimum, maximum, path, field, report }: Omit<NumberTarget, "id" | "importedAt">,
      places: readonly Omit<NumberPlace, "id">[],
    ): number {
      return sql.transaction(() => {
        if (sql.get("SELECT 1 FROM number_targets WHERE name = ?", name))
          throw new AppError("number-target-exists", { name });
        const { id } = sql.run(
          `INSERT INTO number_targets (name, unit, minimum, maximum, path, field, report, imported_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          name,
          unit,
          minimum,
          maximum,
          paths.toStored(path),
          field,
          toJson("number_targets.report", report),
          new Date().toISOString(),
        );
        for (const place of places)
          sql.run(
            `INSERT INTO number_places (target_id, value, geometry, cells, x, y, patches, feature)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
            id,
            place.value,
            toJson("number_places.geometry", place.coordinates),
            place.cells === null ? null : toJson("number_places.cells", place.cells),
            place.x,
            place.y,
            place.patches,
            place.feature,
          );
        return id;
      });
    },

    places(targetId: number): NumberPlace[] {
      return sql
        .all<Omit<NumberPlace, "coordinates" | "cells"> & { readonly geometry: string; readonly cells: string | null }>(
          `SELECT id, value, geometry, cells, x, y, patches, feature FROM number_places WHERE target_id = ? ORDER BY id`,
          targetId,
        )
        .map(({ geometry, cells, ...row }) => ({
          ...row,
          coordinates: fromJson<NumberPlace["coordinates"]>(sql, "number_places.geometry", geometry),
          cells: fromJsonOrNull<NonNullable<NumberPlace["cells"]>>(sql, "number_places.cells", cells),
        }));
    },

    /** With its places, row by row, so that each can be put back. */
    remove(id: number): void {
      sql.transaction(() => {
        sql.run("DELETE FROM number_places WHERE target_id = ?", id);
        sql.run("DELETE FROM number_targets WHERE id = ?", id);
      });
    },
  };
  return table;
}

/** Models that tell numbers. */
export function numberModelTable(sql: Sql, paths: ProjectPaths) {
  interface Row extends Pick<NumberModel, "id" | "name" | "targetId" | "jobId" | "createdAt"> {
    readonly facts: string;
    readonly result: string;
  }
  const table = {
    list(): NumberModel[] {
      return sql
        .all<Row>(
          `SELECT id, name, target_id AS targetId, job_id AS jobId, facts, result, created_at AS createdAt
           FROM number_models ORDER BY id`,
        )
        .map(({ facts, result, ...row }) => {
          const own = fromJson<NumberModel["result"]>(sql, "number_models.result", result);
          return {
            ...row,
            ...fromJson<Pick<NumberModel, "meaning" | "features" | "modalities">>(sql, "number_models.facts", facts),
            result: { ...own, modelFolder: paths.fromStored(own.modelFolder) },
          };
        });
    },

    named(name: string): NumberModel {
      const all = table.list();
      const model = all.find((one) => one.name === name);
      if (!model) throw new AppError("number-model-not-found", { name, available: all.map((one) => one.name) });
      return model;
    },

    has(name: string): boolean {
      return sql.get("SELECT 1 FROM number_models WHERE name = ?", name) !== undefined;
    },

    add({
      name,
      targetId,
      jobId,
      meaning,
      features,
      modalities,
      result,
    }: Omit<NumberModel, "id" | "createdAt">): number {
      return sql.run(
        "INSERT INTO number_models (name, target_id, job_id, facts, result, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        name,
        targetId,
        jobId,
        toJson("number_models.facts", { meaning, features, modalities }),
        toJson("number_models.result", { ...result, modelFolder: paths.toStored(result.modelFolder) }),
        new Date().toISOString(),
      ).id;
    },

    remove(id: number): void {
      sql.run("DELETE FROM number_models WHERE id = ?", id);
    },
  };
  return table;
}

/** Rasters of numbers that jobs drew: maps of a target, scores of change. */
export function surfaceTable(sql: Sql, paths: ProjectPaths) {
  const withPaths = (result: Surface["result"], move: (path: string) => string): Surface["result"] => ({
    ...result,
    path: move(result.path),
    qmlPath: move(result.qmlPath),
    sldPath: move(result.sldPath),
    sidecarPaths: result.sidecarPaths.map(move),
  });
  const table = {
    list(): Surface[] {
      return sql
        .all<Omit<Surface, "result"> & { readonly result: string }>(
          `SELECT id, name, model_id AS modelId, job_id AS jobId, result, created_at AS createdAt
           FROM surfaces ORDER BY id`,
        )
        .map(({ result, ...row }) => ({
          ...row,
          result: withPaths(fromJson<Surface["result"]>(sql, "surfaces.result", result), paths.fromStored),
        }));
    },

    get(id: number): Surface {
      const surface = table.list().find((one) => one.id === id);
      if (!surface) throw new AppError("surface-not-found", { id });
      return surface;
    },

    has(name: string): boolean {
      return sql.get("SELECT 1 FROM surfaces WHERE name = ?", name) !== undefined;
    },

    add({ name, modelId, jobId, result }: Omit<Surface, "id" | "createdAt">): number {
      return sql.run(
        "INSERT INTO surfaces (name, model_id, job_id, result, created_at) VALUES (?, ?, ?, ?, ?)",
        name,
        modelId,
        jobId,
        toJson("surfaces.result", withPaths(result, paths.toStored)),
        new Date().toISOString(),
      ).id;
    },

    rename(id: number, name: string): void {
      renameRow(sql, "surfaces", { id, name }, () => new AppError("surface-exists", { name }));
    },

    remove(id: number): void {
      sql.run("DELETE FROM surfaces WHERE id = ?", id);
    },
  };
  return table;
}
