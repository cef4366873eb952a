import type { Project, ProjectSettings } from "../../src-shared/domain/project.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import { fromJson, toJson } from "./json.ts";
import type { Sql } from "./sql.ts";

interface Row {
  readonly name: string;
  readonly geobox: string;
  readonly patchMeters: number;
  readonly tilePatches: number;
  readonly createdAt: string;
  readonly appVersion: string;
}

export function projectTable(sql: Sql) {
  return {
    get(): Project {
      const row = sql.get<Row>(
        `SELECT name, geobox, patch_meters AS patchMeters, tile_patches AS tilePatches,
                created_at AS createdAt, app_version AS appVersion FROM project`,
      );
      if (!row) throw new Error(`Project without its row: ${sql.path}`);
      const { geobox, patchMeters, tilePatches, ...rest } = row;
      return { ...rest, grid: { geobox: fromJson<GeoBox>(geobox), patchMeters, tilePatches } };
    },

    create({ name, grid }: ProjectSettings, appVersion: string): void {
      sql.run(
        `INSERT INTO project (id, name, geobox, patch_meters, tile_patches, created_at, app_version)
         VALUES (1, ?, ?, ?, ?, ?, ?)`,
        name,
        toJson(grid.geobox),
        grid.patchMeters,
        grid.tilePatches,
        new Date().toISOString(),
        appVersion,
      );
    },

    rename(name: string): void {
      sql.run("UPDATE project SET name = ?", name);
    },
  };
}
