import type { TileSplitFacts, TileSplitParameters } from "../../src-shared/domain/split.ts";
import type {
  NewTile,
  StoredTile,
  TileImport,
  TileMap,
  TilePart,
  TileSplit,
} from "../../src-shared/domain/tile-label.ts";
import type { MapTilesResult } from "../../src-shared/domain/tiles.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { fromJson, toJson } from "./json-columns.ts";
import type { ProjectPaths } from "./paths.ts";
import type { Sql } from "./sql.ts";

interface TileRow {
  readonly id: number;
  readonly importId: number;
  readonly legendId: number;
  readonly key: string;
  readonly geometry: string;
  readonly x: number;
  readonly y: number;
  readonly properties: string;
  readonly shares: string;
}

/** Labels of whole tiles: a footprint, its window, and a share per class. */
export function tileLabelTable(sql: Sql, paths: ProjectPaths) {
  const columns = `t.id, t.import_id AS importId, t.legend_id AS legendId, t.key, t.geometry, t.x, t.y, t.properties,
    (SELECT json_group_object(s.class_code, s.share) FROM tile_shares s WHERE s.tile_id = t.id) AS shares`;
  const read = ({ geometry, properties, shares, ...row }: TileRow): StoredTile => ({
    ...row,
    coordinates: fromJson<StoredTile["coordinates"]>(sql, "tile_labels.geometry", geometry),
    properties: fromJson<StoredTile["properties"]>(sql, "tile_labels.properties", properties),
    shares: fromJson<Record<string, number>>(sql, "tile_shares", shares),
  });

  return {
    list(legendId: number): StoredTile[] {
      return sql
        .all<TileRow>(`SELECT ${columns} FROM tile_labels t WHERE t.legend_id = ? ORDER BY t.id`, legendId)
        .map(read);
    },

    count(legendId: number): number {
      return sql.get<{ n: number }>("SELECT count(*) AS n FROM tile_labels WHERE legend_id = ?", legendId)!.n;
    },

    /** How many tiles name a class, whatever its share. */
    countOfClass(legendId: number, code: number): number {
      return sql.get<{ n: number }>(
        "SELECT count(*) AS n FROM tile_shares WHERE legend_id = ? AND class_code = ?",
        legendId,
        code,
      )!.n;
    },

    /** Adds tiles of an import. A tile with the same key is replaced; returns how many were. */
    add(importId: number, legendId: number, tiles: readonly NewTile[]): number {
      return sql.transaction(() => {
        let replaced = 0;
        for (const { key, coordinates, x, y, properties, shares } of tiles) {
          replaced += sql.run("DELETE FROM tile_labels WHERE legend_id = ? AND key = ?", legendId, key).changes;
          const { id } = sql.run(
            "INSERT INTO tile_labels (import_id, legend_id, key, geometry, x, y, properties) VALUES (?, ?, ?, ?, ?, ?, ?)",
            importId,
            legendId,
            key,
            toJson("tile_labels.geometry", coordinates),
            x,
            y,
            toJson("tile_labels.properties", properties),
          );
          for (const [code, share] of Object.entries(shares)) {
            sql.run(
              "INSERT INTO tile_shares (tile_id, legend_id, class_code, share) VALUES (?, ?, ?, ?)",
              id,
              legendId,
              Number(code),
              share,
            );
          }
        }
        return replaced;
      });
    },

    remove(ids: readonly number[]): void {
      sql.transaction(() => {
        for (const id of ids) sql.run("DELETE FROM tile_labels WHERE id = ?", id);
      });
    },

    imports(): TileImport[] {
      return sql
        .all<{ id: number; path: string; legendId: number; report: string; importedAt: string }>(
          "SELECT id, path, legend_id AS legendId, report, imported_at AS importedAt FROM tile_imports ORDER BY id",
        )
        .map((row) => ({
          ...row,
          path: paths.fromStored(row.path),
          report: fromJson<unknown>(sql, "tile_imports.report", row.report),
        }));
    },

    addImport({ path, legendId, report }: Pick<TileImport, "path" | "legendId" | "report">): number {
      return sql.run(
        "INSERT INTO tile_imports (path, legend_id, report, imported_at) VALUES (?, ?, ?, ?)",
        paths.toStored(path),
        legendId,
        toJson("tile_imports.report", report),
        new Date().toISOString(),
      ).id;
    },

    /** Forgets an import with every tile that came from it. */
    removeImport(id: number): void {
      sql.run("DELETE FROM tile_imports WHERE id = ?", id);
    },
  };
}

/** Splits of labelled tiles; the newest is in force. */
export function tileSplitTable(sql: Sql) {
  interface Row {
    readonly id: number;
    readonly method: TileSplit["method"];
    readonly parameters: string;
    readonly optimistic: number;
    readonly report: string;
    readonly createdAt: string;
  }
  return {
    current(): TileSplit | undefined {
      const row = sql.get<Row>(
        "SELECT id, method, parameters, optimistic, report, created_at AS createdAt FROM tile_splits ORDER BY id DESC LIMIT 1",
      );
      return (
        row && {
          ...row,
          parameters: fromJson<TileSplitParameters>(sql, "tile_splits.parameters", row.parameters),
          report: fromJson<Partial<TileSplitFacts>>(sql, "tile_splits.report", row.report),
          optimistic: row.optimistic === 1,
        }
      );
    },

    parts(splitId: number): ReadonlyMap<number, TilePart> {
      const rows = sql.all<TilePart & { tileId: number }>(
        "SELECT tile_id AS tileId, part, fold FROM tile_parts WHERE split_id = ?",
        splitId,
      );
      return new Map(rows.map(({ tileId, part, fold }) => [tileId, { part, fold }]));
    },

    /** Replaces the split there is: runs keep the parts they were made with in their own spec. */
    put(split: Omit<TileSplit, "id" | "createdAt">, parts: ReadonlyMap<number, TilePart>): number {
      return sql.transaction(() => {
        sql.run("DELETE FROM tile_splits");
        const { id } = sql.run(
          "INSERT INTO tile_splits (method, parameters, optimistic, report, created_at) VALUES (?, ?, ?, ?, ?)",
          split.method,
          toJson("tile_splits.parameters", split.parameters),
          split.optimistic ? 1 : 0,
          toJson("tile_splits.report", split.report),
          new Date().toISOString(),
        );
        for (const [tile, { part, fold }] of parts)
          sql.run("INSERT INTO tile_parts (split_id, tile_id, part, fold) VALUES (?, ?, ?, ?)", id, tile, part, fold);
        return id;
      });
    },
  };
}

/** What models said about tiles. */
export function tileMapTable(sql: Sql, paths: ProjectPaths) {
  const withPaths = (files: MapTilesResult, move: (path: string) => string): MapTilesResult => ({
    ...files,
    gpkgPath: move(files.gpkgPath),
    csvPath: move(files.csvPath),
    cogPath: files.cogPath === null ? null : move(files.cogPath),
    sidecarPaths: files.sidecarPaths.map(move),
  });
  const table = {
    list(): TileMap[] {
      return sql
        .all<Omit<TileMap, "modalities" | "files"> & { modalities: string; files: string }>(
          `SELECT id, name, model_id AS modelId, job_id AS jobId, modalities, files, created_at AS createdAt
           FROM tile_maps ORDER BY id`,
        )
        .map(({ modalities, files, ...row }) => ({
          ...row,
          modalities: fromJson<string[]>(sql, "tile_maps.modalities", modalities),
          files: withPaths(fromJson<MapTilesResult>(sql, "tile_maps.files", files), paths.fromStored),
        }));
    },

    get(id: number): TileMap {
      const map = table.list().find((other) => other.id === id);
      if (!map) throw new AppError("map-not-found", { id });
      return map;
    },

    has(name: string): boolean {
      return sql.get("SELECT 1 FROM tile_maps WHERE name = ?", name) !== undefined;
    },

    add({ name, modelId, jobId, modalities, files }: Omit<TileMap, "id" | "createdAt">): number {
      return sql.run(
        "INSERT INTO tile_maps (name, model_id, job_id, modalities, files, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        name,
        modelId,
        jobId,
        toJson("tile_maps.modalities", modalities),
        toJson("tile_maps.files", withPaths(files, paths.toStored)),
        new Date().toISOString(),
      ).id;
    },

    remove(id: number): void {
      sql.run("DELETE FROM tile_maps WHERE id = ?", id);
    },
  };
  return table;
}
