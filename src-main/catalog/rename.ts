import type { AppError } from "../../src-shared/errors/index.ts";
import type { Sql } from "./sql.ts";

/** Gives a row a name that no other row of its table has. @throws what `taken` makes where one has it */
export function renameRow(
  sql: Sql,
  table: "maps" | "comparisons" | "models" | "surfaces" | "area_samples",
  { id, name }: { readonly id: number; readonly name: string },
  taken: () => AppError,
): void {
  sql.transaction(() => {
    if (sql.get(`SELECT 1 FROM ${table} WHERE name = ? AND id <> ?`, name, id)) throw taken();
    sql.run(`UPDATE ${table} SET name = ? WHERE id = ?`, name, id);
  });
}
