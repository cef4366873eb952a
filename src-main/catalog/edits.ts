import type { Edit, EditName } from "../../src-shared/domain/edit.ts";
import type { TableName } from "../../src-shared/domain/tables.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Reason, reason } from "../../src-shared/errors/reasons/index.ts";
import { fromJson, toJson } from "./json-columns.ts";
import type { Sql } from "./sql.ts";

export type { Edit, EditName } from "../../src-shared/domain/edit.ts";

/** What people change by hand. What jobs make (runs, models, maps) is not undone: it is deleted. */
const undoableTables = [
  "project",
  "rasters",
  "acquisitions",
  "pieces",
  "piece_files",
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
  "number_targets",
  "number_places",
] as const satisfies readonly TableName[];
type UndoableTable = (typeof undoableTables)[number];

interface Change {
  readonly table: UndoableTable;
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
const read = (sql: Sql, { id, name, undone, madeAt }: Row): Edit => ({
  id,
  name: fromJson<EditName>(sql, "edits.name", name),
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
  /** @throws AppError "project-damaged" when a row of the history names a table that has none */
  const changesOf = (id: number) => {
    const changes = sql.all<Change>(
      'SELECT "table", before, after FROM edit_changes WHERE edit_id = ? ORDER BY id',
      id,
    );
    for (const { table } of changes)
      if (!shapes.has(table))
        throw new AppError("project-damaged", {
          path: sql.path,
          detail: reason("history-names-table-no-history"),
        });
    return changes;
  };

  const keyOf = (table: string, row: string): string => {
    const values = fromJson<Record<string, unknown>>(sql, "edit_changes.row", row);
    return JSON.stringify([table, ...shapes.get(table)!.key.map((column) => values[column] ?? null)]);
  };

  /** Every row that an edit touched, as it was before and as it became; `null` where there was none. */
  const netChanges = (changes: readonly Change[]): Map<string, Change> => {
    const rows = new Map<string, Change>();
    for (const { table, before, after } of changes) {
      const [from, to] = [before && keyOf(table, before), after && keyOf(table, after)];
      // A changed key is recorded as one deleted row and one new row.
      for (const [
        key,
        was,
        is,
      ] of from === to ? [[from, before, after] as const] : [[from, before, null] as const, [to, null, after] as const]) // biome-ignore format: one line per case
        if (key !== null) rows.set(key, { table, before: rows.has(key) ? rows.get(key)!.before : was, after: is });
    }
    return rows;
  };

  const storedRow = (table: string, like: string): string | null => {
    const { columns, key } = shapes.get(table)!;
    const values = fromJson<Record<string, string | number | null>>(sql, "edit_changes.row", like);
    const where = key.map((column) => `"${column}" = ?`).join(" AND ");
    const found = sql.get<{ row: string }>(
      `SELECT ${rowAsJson(columns)} AS row FROM "${table}" WHERE ${where}`,
      ...key.map((column) => values[column] ?? null),
    );
    return found?.row ?? null;
  };

  /** The first row that is not as this edit left it (to be undone) or found it (to be redone); `undefined` when all are. */
  const misfit = (changes: Iterable<Change>, direction: "undo" | "redo"): string | undefined => {
    for (const { table, before, after } of changes) {
      const expected = direction === "undo" ? after : before;
      if (!sameRow(sql, expected, storedRow(table, (before ?? after)!))) return table;
    }
    return undefined;
  };

  /** Replaces `present` by `row`; either may be `null`. */
  const replace = (table: string, present: string | null, row: string | null) => {
    if (table === "project" && (present === null || row === null))
      throw new AppError("project-damaged", { path: sql.path, detail: reason("history-removes-project-itself") });
    const { columns, key } = shapes.get(table)!;
    const value = (text: string, column: string) =>
      fromJson<Record<string, string | number | null>>(sql, "edit_changes.row", text)[column] ?? null;
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

  /**
   * Changes nothing, or exactly the rows of the edit: each must be as the edit left it, and no other row may be touched on
   * the way (one that was added later and goes with its parent).
   * @throws AppError `edit-not-possible`
   */
  const apply = (edit: Edit, direction: "undo" | "redo"): readonly UndoableTable[] => {
    const refuse = (detail: Reason, cause?: unknown) =>
      new AppError("edit-not-possible", { direction, detail }, cause === undefined ? undefined : { cause });
    const changes = changesOf(edit.id);
    const rows = netChanges(changes);
    const changed = misfit(rows.values(), direction);
    if (changed !== undefined) throw refuse(reason("edit-rows-of", { table: changed }));
    const watch = sql.run("INSERT INTO edits (name, made_at) VALUES ('{}', '')").id;
    switchTo(watch);
    try {
      sql.pragma("defer_foreign_keys = ON");
      if (direction === "undo")
        for (const { table, before, after } of changes.toReversed()) replace(table, after, before);
      else for (const { table, before, after } of changes) replace(table, before, after);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw refuse(reason("database-says", { message: String(error) }), error);
    } finally {
      switchTo(null);
    }
    for (const [key, { table }] of netChanges(changesOf(watch)))
      if (!rows.has(key)) throw refuse(reason("edit-rows-of", { table }));
    const missed = misfit(rows.values(), direction === "undo" ? "redo" : "undo");
    if (missed !== undefined) throw refuse(reason("edit-rows-of", { table: missed }));
    sql.run("DELETE FROM edits WHERE id = ?", watch);
    sql.run("UPDATE edits SET undone = ? WHERE id = ?", direction === "undo" ? 1 : 0, edit.id);
    return [...new Set(changes.map(({ table }) => table))];
  };

  /** Checked beforehand only where that is cheap: an import of 50,000 labels is checked when it is undone. */
  const marked = (row: Row | undefined, direction: "undo" | "redo"): Edit | null => {
    if (!row) return null;
    const count = sql.get<{ n: number }>("SELECT count(*) AS n FROM edit_changes WHERE edit_id = ?", row.id)!.n;
    const stale =
      refused.has(row.id) || (count <= 500 && misfit(netChanges(changesOf(row.id)).values(), direction) !== undefined);
    return stale ? { ...read(sql, row), stale: true } : read(sql, row);
  };
  /** Edits that were refused since the project was opened. */
  const refused = new Set<number>();
  const step = (edit: Edit | null, direction: "undo" | "redo") => {
    if (!edit) return undefined;
    try {
      return sql.transaction(() => ({ edit: read(sql, rowOf(edit.id)!), tables: apply(edit, direction) }));
    } catch (error) {
      if (error instanceof AppError && error.code === "edit-not-possible") refused.add(edit.id);
      throw error;
    }
  };
  const rowOf = (id: number): Row | undefined => sql.get<Row>(`SELECT ${columns} FROM edits WHERE id = ?`, id);
  const nextRow = (direction: "undo" | "redo"): Row | undefined =>
    sql.get<Row>(
      direction === "undo"
        ? `SELECT ${columns} FROM edits WHERE undone = 0 ORDER BY id DESC LIMIT 1`
        : `SELECT ${columns} FROM edits WHERE undone = 1 ORDER BY id LIMIT 1`,
    );

  return {
    /** Newest first. */
    list(limit = 100): Edit[] {
      return sql.all<Row>(`SELECT ${columns} FROM edits ORDER BY id DESC LIMIT ?`, limit).map((row) => read(sql, row));
    },

    /** What undo and redo would do next; `stale` where they would be refused. */
    next(): { readonly undo: Edit | null; readonly redo: Edit | null } {
      return { undo: marked(nextRow("undo"), "undo"), redo: marked(nextRow("redo"), "redo") };
    },

    record<T>(name: EditName, work: () => T): { readonly value: T; readonly tables: readonly TableName[] } {
      if (recording !== undefined) return { value: work(), tables: [] };
      return sql.transaction(() => {
        // What was undone is forgotten when something else is done instead.
        const { id } = sql.run(
          "INSERT INTO edits (name, made_at) VALUES (?, ?)",
          toJson("edits.name", name),
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

    /**
     * Takes back the newest step; with `only` the step of that number, or nothing when it is not the newest any more.
     * @throws AppError `edit-not-possible` when a row was changed or deleted since, `edit-not-newest`; then nothing is changed.
     */
    undo(only?: number): { readonly edit: Edit; readonly tables: readonly TableName[] } | undefined {
      const row = nextRow("undo");
      if (only !== undefined && row?.id !== only) {
        const own = rowOf(only);
        throw new AppError("edit-not-newest", { undone: own === undefined || own.undone === 1 });
      }
      return step(row ? read(sql, row) : null, "undo");
    },

    /** @throws AppError `edit-not-possible`, as `undo` */
    redo(): { readonly edit: Edit; readonly tables: readonly TableName[] } | undefined {
      const row = nextRow("redo");
      return step(row ? read(sql, row) : null, "redo");
    },
  };
}

/** Of the project's one row only what people change: a release that writes its version there changes nothing of theirs. */
const projectColumns: readonly string[] = ["id", "name", "area_limit"];

function shapeOf(sql: Sql, table: string): Shape {
  const info = sql
    .all<{ name: string; pk: number }>("SELECT name, pk FROM pragma_table_info(?)", table)
    .filter(({ name }) => table !== "project" || projectColumns.includes(name));
  const key = info.filter(({ pk }) => pk > 0).sort((p, q) => p.pk - q.pk);
  return { columns: info.map(({ name }) => name), key: key.map(({ name }) => name) };
}

const rowAsJson = (columns: readonly string[], of = ""): string =>
  `json_object(${columns.map((name) => `'${name}', ${of}"${name}"`).join(", ")})`;

/** A column that a later format added is not in a row recorded before it: it is not compared. */
function sameRow(sql: Sql, expected: string | null, found: string | null): boolean {
  if (expected === null || found === null) return expected === found;
  if (expected === found) return true;
  const values = fromJson<Record<string, unknown>>(sql, "edit_changes.row", found);
  return Object.entries(fromJson<Record<string, unknown>>(sql, "edit_changes.row", expected)).every(
    ([name, value]) => values[name] === value,
  );
}

function recorder(shapes: ReadonlyMap<string, Shape>): string {
  const triggers = [...shapes].flatMap(([table, { columns }]) => {
    const row = (of: "OLD" | "NEW") => rowAsJson(columns, `${of}.`);
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
