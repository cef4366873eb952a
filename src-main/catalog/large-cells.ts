import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";
import { Sql } from "./sql.ts";

/** Cells from here on are looked at one by one. */
const largeCell = 65_536;
/** The largest cell that is read: the limit of an area of a hundred thousand stretches has a tenth. */
const largestCell = 64 * 2 ** 20;

/**
 * Looks through the tables of a project's database, opened for reading alone, for cells that would grow beyond their memory when
 * they are read: `look` gets every large one that begins like JSON and throws what is wrong with it.
 * @throws AppError "project-damaged"
 */
export function checkLargeCells(path: string, look: (cell: Uint8Array) => void): void {
  const sql = Sql.open(path, { readOnly: true });
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  try {
    sql.pragma("trusted_schema = OFF");
    sql.pragma("cell_size_check = ON");
    const tables = sql.all<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND upper(substr(ltrim(sql), 1, 12)) = 'CREATE TABLE' LIMIT 1000",
    );
    for (const { name: table } of tables) {
      const columns = sql.all<{ name: string }>("SELECT name FROM pragma_table_info(?) LIMIT 1000", table);
      for (const { name } of columns) {
        const [column, from] = [quoted(name), quoted(table)];
        const { largest, count } = sql.get<{ largest: number | null; count: number }>(
          `SELECT max(length(${column})) AS largest, sum(length(${column}) > ${largeCell}) AS count FROM ${from}`,
        )!;
        if ((largest ?? 0) > largestCell)
          throw new AppError("project-damaged", {
            path,
            detail: reason("cell-table-mib", { table: table.slice(0, 40), largest: Math.round(largest! / 2 ** 20) }),
          });
        for (let i = 0; i < (count ?? 0); i++) {
          const row = sql.get<{ cell: Uint8Array }>(
            `SELECT CAST(${column} AS BLOB) AS cell FROM ${from} WHERE length(${column}) > ${largeCell} LIMIT 1 OFFSET ?`,
            i,
          );
          const cell = row?.cell;
          if (cell && (cell[0] === 91 || cell[0] === 123)) look(cell);
        }
      }
    }
  } finally {
    sql.close();
  }
}
