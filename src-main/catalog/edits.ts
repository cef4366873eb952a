import type { Edit, EditName } from "../../src-shared/domain/edit.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { fromJson, toJson } from "./json.ts";
import type { Sql } from "./sql.ts";

export type { Edit, EditName } from "../../src-shared/domain/edit.ts";

/** What people change by hand. What jobs make (runs, models, maps) is not undone: it is deleted. */
export const undoableTables = [
  "rasters",
  "acquisitions",
  "acquisition_bands",
  "modalities",
  "modality_acquisitions",
  "legends",
  "classes",
  "label_imports",
  "labels",
  "splits",
  "split_parts",
  "layers",
  "vectors",
  "bookmarks",
  "tile_imports",
  "tile_labels",
  "tile_shares",
  "tile_splits",
  "tile_parts",
] as const;

interface Change {
  readonly table: string;
  readonly before: string | null;
  readonly after: string | null;
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly undone: number;
  readonly madeAt: string;
}

interface Shape {
  readonly columns: readonly string[];
  readonly key: readonly string[];
}

const columns = "id, name, undone, made_at AS madeAt";
const read = ({ id, name, undone, madeAt }: Row): Edit => ({
  id,
  name: fromJson<EditName>(name),
  undone: undone === 1,
  madeAt,
});

/**
 * Undo and redo of rows, after the technique of sqlite.org/undoredo.html: triggers of this connection write down every row
 * as it was and as it became while an edit is recorded. They are temporary, so the file holds no code.
 */
export function editTable(sql: Sql, readOnly: boolean) {
  const shapes = new Map<string, Shape>(undoableTables.map((table) => [table, shapeOf(sql, table)]));
  if (!readOnly) sql.script(recorder(shapes));
  let recording: number | undefined;

  const switchTo = (edit: number | null) => sql.run("UPDATE edit_recording SET edit = ?", edit);
  const changesOf = (id: number) =>
    sql.all<Change>('SELECT "table", before, after FROM edit_changes WHERE edit_id = ? ORDER BY id', id);

  /** Puts `row` in the place of `present`; either may be nothing. */
  const replace = (table: string, present: string | null, row: string | null) => {
    const { columns, key } = shapes.get(table)!;
    const value = (text: string, column: string) =>
      fromJson<Record<string, string | number | null>>(text)[column] ?? null;
    const where = key.map((column) => `"${column}" = ?`).join(" AND ");
    if (row === null) {
      const keys = key.map((column) => value(present!, column));
      sql.run(`DELETE FROM "${table}" WHERE ${where}`, ...keys);
    } else if (present === null) {
      const marks = columns.map(() => "?").join(", ");
      const names = columns.map((column) => `"${column}"`).join(", ");
      sql.run(`INSERT INTO "${table}" (${names}) VALUES (${marks})`, ...columns.map((column) => value(row, column)));
    } else {
      const sets = columns.map((column) => `"${column}" = ?`).join(", ");
      sql.run(
        `UPDATE "${table}" SET ${sets} WHERE ${where}`,
        ...columns.map((column) => value(row, column)),
        ...key.map((column) => value(present, column)),
      );
    }
  };

  const apply = (edit: Edit, direction: "undo" | "redo"): readonly string[] => {
    const changes = changesOf(edit.id);
    try {
      sql.pragma("defer_foreign_keys = ON");
      if (direction === "undo")
        for (const { table, before, after } of changes.toReversed()) replace(table, after, before);
      else for (const { table, before, after } of changes) replace(table, before, after);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError("edit-not-possible", { direction, detail: String(error) }, { cause: error });
    }
    sql.run("UPDATE edits SET undone = ? WHERE id = ?", direction === "undo" ? 1 : 0, edit.id);
    return [...new Set(changes.map(({ table }) => table))];
  };

  return {
    /** Newest first. */
    list(limit = 100): Edit[] {
      return sql.all<Row>(`SELECT ${columns} FROM edits ORDER BY id DESC LIMIT ?`, limit).map(read);
    },

    /** What undo and redo would do next. */
    next(): { readonly undo: Edit | null; readonly redo: Edit | null } {
      const undo = sql.get<Row>(`SELECT ${columns} FROM edits WHERE undone = 0 ORDER BY id DESC LIMIT 1`);
      const redo = sql.get<Row>(`SELECT ${columns} FROM edits WHERE undone = 1 ORDER BY id LIMIT 1`);
      return { undo: undo ? read(undo) : null, redo: redo ? read(redo) : null };
    },

    record<T>(name: EditName, work: () => T): { readonly value: T; readonly tables: readonly string[] } {
      if (recording !== undefined) return { value: work(), tables: [] };
      return sql.transaction(() => {
        // What was undone is forgotten when something else is done instead.
        const { id } = sql.run(
          "INSERT INTO edits (name, made_at) VALUES (?, ?)",
          toJson(name),
          new Date().toISOString(),
        );
        recording = id;
        switchTo(id);
        try {
          const value = work();
          const tables = [...new Set(changesOf(id).map(({ table }) => table))];
          if (tables.length === 0) sql.run("DELETE FROM edits WHERE id = ?", id);
          else sql.run("DELETE FROM edits WHERE undone = 1");
          return { value, tables };
        } finally {
          recording = undefined;
          switchTo(null);
        }
      });
    },

    /** What was done until now can no longer be undone: a project that was made in one go begins here. */
    forget(): void {
      sql.run("DELETE FROM edits");
    },

    undo(): { readonly edit: Edit; readonly tables: readonly string[] } | undefined {
      return sql.transaction(() => {
        const edit = this.next().undo;
        return edit ? { edit, tables: apply(edit, "undo") } : undefined;
      });
    },

    redo(): { readonly edit: Edit; readonly tables: readonly string[] } | undefined {
      return sql.transaction(() => {
        const edit = this.next().redo;
        return edit ? { edit, tables: apply(edit, "redo") } : undefined;
      });
    },
  };
}

function shapeOf(sql: Sql, table: string): Shape {
  const info = sql.all<{ name: string; pk: number }>("SELECT name, pk FROM pragma_table_info(?)", table);
  const key = info.filter(({ pk }) => pk > 0).sort((p, q) => p.pk - q.pk);
  return { columns: info.map(({ name }) => name), key: key.map(({ name }) => name) };
}

function recorder(shapes: ReadonlyMap<string, Shape>): string {
  const triggers = [...shapes].flatMap(([table, { columns }]) => {
    const row = (of: "OLD" | "NEW") => `json_object(${columns.map((name) => `'${name}', ${of}."${name}"`).join(", ")})`;
    const on = (event: string, before: string, after: string) =>
      `CREATE TEMP TRIGGER edit_${table}_${event} AFTER ${event} ON main."${table}"
       WHEN (SELECT edit FROM edit_recording) IS NOT NULL BEGIN
         INSERT INTO edit_changes (edit_id, "table", before, after)
         VALUES ((SELECT edit FROM edit_recording), '${table}', ${before}, ${after});
       END;`;
    return [on("insert", "NULL", row("NEW")), on("update", row("OLD"), row("NEW")), on("delete", row("OLD"), "NULL")];
  });
  return `CREATE TEMP TABLE edit_recording (edit INTEGER); INSERT INTO edit_recording VALUES (NULL);\n${triggers.join("\n")}`;
}
