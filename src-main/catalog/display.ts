import type { BookmarkRow, LayerRow, VectorRow } from "../../src-shared/domain/display.ts";
import type { Bounds } from "../../src-shared/geo/bounds.ts";
import { fromJson, toJson } from "./json-columns.ts";
import type { ProjectPaths } from "./paths.ts";
import type { Sql } from "./sql.ts";

export type { BookmarkRow, LayerRow, VectorRow } from "../../src-shared/domain/display.ts";

/** How layers are shown; a layer without a row has the defaults of its kind. */
export function layerTable(sql: Sql) {
  return {
    /** The lowest first; those that nobody has moved before the others. */
    list(): LayerRow[] {
      return sql
        .all<Pick<LayerRow, "id" | "position" | "opacity"> & { visible: number | null; style: string }>(
          "SELECT id, position, visible, opacity, style FROM layers ORDER BY position, id",
        )
        .map((row) => ({
          ...row,
          visible: row.visible === null ? null : row.visible === 1,
          style: fromJson<LayerRow["style"]>(sql, "layers.style", row.style),
        }));
    },

    put({ id, position, visible, opacity, style }: LayerRow): void {
      sql.run(
        `INSERT INTO layers (id, position, visible, opacity, style) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET position = excluded.position, visible = excluded.visible,
           opacity = excluded.opacity, style = excluded.style`,
        id,
        position,
        visible === null ? null : Number(visible),
        opacity,
        toJson("layers.style", style),
      );
    },

    remove(id: string): void {
      sql.run("DELETE FROM layers WHERE id = ?", id);
    },
  };
}

/** Vector files that are only shown. */
export function vectorTable(sql: Sql, paths: ProjectPaths) {
  const columns = "id, path, layer, crs, name, added_at AS addedAt";
  return {
    list(): VectorRow[] {
      return sql
        .all<VectorRow>(`SELECT ${columns} FROM vectors ORDER BY id`)
        .map((row) => ({ ...row, path: paths.fromStored(row.path) }));
    },

    add({ path, layer, crs, name }: Omit<VectorRow, "id" | "addedAt">): number {
      return sql.run(
        "INSERT INTO vectors (path, layer, crs, name, added_at) VALUES (?, ?, ?, ?, ?)",
        paths.toStored(path),
        layer,
        crs,
        name,
        new Date().toISOString(),
      ).id;
    },

    rename(id: number, name: string): void {
      sql.run("UPDATE vectors SET name = ? WHERE id = ?", name, id);
    },

    remove(id: number): void {
      sql.run("DELETE FROM vectors WHERE id = ?", id);
    },
  };
}

/** Places to come back to. */
export function bookmarkTable(sql: Sql) {
  return {
    list(): BookmarkRow[] {
      return sql
        .all<{ id: number; name: string; bounds: string; createdAt: string }>(
          "SELECT id, name, bounds, created_at AS createdAt FROM bookmarks ORDER BY name, id",
        )
        .map((row) => ({ ...row, bounds: fromJson<Bounds>(sql, "bookmarks.bounds", row.bounds) }));
    },

    add(name: string, bounds: Bounds): number {
      return sql.run(
        "INSERT INTO bookmarks (name, bounds, created_at) VALUES (?, ?, ?)",
        name,
        toJson("bookmarks.bounds", bounds),
        new Date().toISOString(),
      ).id;
    },

    rename(id: number, name: string): void {
      sql.run("UPDATE bookmarks SET name = ? WHERE id = ?", name, id);
    },

    remove(id: number): void {
      sql.run("DELETE FROM bookmarks WHERE id = ?", id);
    },
  };
}

/** Where the person was: place of the map, open panels, slider. Small values by key; not undone. */
export function viewTable(sql: Sql) {
  return {
    get(key: string): unknown {
      const row = sql.get<{ value: string }>("SELECT value FROM view_state WHERE key = ?", key);
      return row ? fromJson<unknown>(sql, "view_state.value", row.value) : null;
    },

    put(key: string, value: unknown): void {
      sql.run(
        "INSERT INTO view_state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        toJson("view_state.value", value),
      );
    },
  };
}
