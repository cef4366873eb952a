import type { Project, ProjectSettings } from "../../src-shared/domain/project.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Because, reason } from "../../src-shared/errors/reasons/index.ts";
import type { GeoBox } from "../../src-shared/geo/geobox.ts";
import type { PixelWindow } from "../../src-shared/geo/window.ts";
import { fromJson, toJson } from "./json-columns.ts";
import type { Sql } from "./sql.ts";

interface Row {
  readonly name: string;
  readonly geobox: string;
  readonly patchMeters: number;
  readonly tilePatches: number;
  readonly areaLimit: string | null;
  readonly createdAt: string;
  readonly appVersion: string;
}

/** A grid that somebody else wrote: whole sizes, finite numbers, pixels that have an area. */
function isGrid(value: unknown): value is GeoBox {
  const { crs, affine, width, height } = (value ?? {}) as Record<string, unknown>;
  const count = (n: unknown) => Number.isSafeInteger(n) && (n as number) > 0 && (n as number) <= 2 ** 31;
  if (typeof crs !== "string" || crs.length > 65_536 || !count(width) || !count(height)) return false;
  const { a, b, c, d, e, f } = (affine ?? {}) as Record<string, unknown>;
  if (![a, b, c, d, e, f].every((n) => typeof n === "number" && Number.isFinite(n))) return false;
  const area = (b as number) * (f as number) - (c as number) * (e as number);
  return Number.isFinite(area) && area !== 0;
}

/** Whether a grid's pixels are patches of that size, counted from the origin of its coordinates. */
function isOnPatches({ affine: { a, b, d, f } }: GeoBox, patchMeters: number): boolean {
  const whole = (at: number) => Math.abs(at / patchMeters - Math.round(at / patchMeters)) <= 1e-3;
  return whole(a) && whole(d) && Math.abs(b - patchMeters) <= 1e-3 && Math.abs(f + patchMeters) <= 1e-3;
}

/** Windows of patches that somebody else wrote: whole numbers a box of patches can have. */
function isLimit(value: unknown): value is readonly PixelWindow[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 1 << 22) return false;
  const whole = (n: unknown) => Number.isSafeInteger(n) && Math.abs(n as number) <= 2 ** 32;
  return value.every((window) => {
    const { col, row, width, height } = (window ?? {}) as Record<string, unknown>;
    return whole(col) && whole(row) && whole(width) && whole(height) && Number(width) > 0 && Number(height) > 0;
  });
}

/** As the column holds it. A grid that could not be read back would make the project unreadable, so it is not written. */
function storedGrid(geobox: GeoBox): string {
  if (!isGrid(geobox)) throw new TypeError(`No grid of a project: ${JSON.stringify(geobox)}`);
  return toJson("project.geobox", geobox);
}

function storedLimit(limit: readonly PixelWindow[]): string {
  if (!isLimit(limit)) throw new TypeError(`No limit of a project's area: ${JSON.stringify(limit).slice(0, 300)}`);
  return toJson("project.area_limit", limit);
}

export function projectTable(sql: Sql) {
  return {
    get(): Project {
      const row = sql.get<Row>(
        `SELECT name, geobox, patch_meters AS patchMeters, tile_patches AS tilePatches, area_limit AS areaLimit,
                created_at AS createdAt, app_version AS appVersion FROM project`,
      );
      const damaged = (detail: Because) => new AppError("project-damaged", { path: sql.path, detail });
      if (!row) throw damaged(reason("row-project-name-grid-missing"));
      const { geobox, patchMeters, tilePatches, areaLimit, ...rest } = row;
      const grid = fromJson<GeoBox>(sql, "project.geobox", geobox);
      if (!isGrid(grid)) throw damaged(reason("project-grid"));
      if (!(patchMeters > 0 && patchMeters < 1e7) || !(tilePatches > 0 && tilePatches <= 4096))
        throw damaged(reason("patches-m-tile", { patchMeters, tilePatches }));
      if (!isOnPatches(grid, patchMeters)) throw damaged(reason("project-grid"));
      const limit =
        areaLimit === null ? undefined : fromJson<readonly PixelWindow[]>(sql, "project.area_limit", areaLimit);
      if (limit !== undefined && !isLimit(limit)) throw damaged(reason("limit-area-none"));
      return { ...rest, grid: { geobox: grid, patchMeters, tilePatches, ...(limit ? { limit } : {}) } };
    },

    create({ name, grid }: ProjectSettings, appVersion: string): void {
      sql.run(
        `INSERT INTO project (id, name, geobox, patch_meters, tile_patches, area_limit, created_at, app_version)
         VALUES (1, ?, ?, ?, ?, ?, ?, ?)`,
        name,
        storedGrid(grid.geobox),
        grid.patchMeters,
        grid.tilePatches,
        grid.limit ? storedLimit(grid.limit) : null,
        new Date().toISOString(),
        appVersion,
      );
    },

    /** The patches that the project ends at; `null`: all of its box. */
    setLimit(limit: readonly PixelWindow[] | null): void {
      sql.run("UPDATE project SET area_limit = ?", limit ? storedLimit(limit) : null);
    },

    rename(name: string): void {
      sql.run("UPDATE project SET name = ?", name);
    },
  };
}
