import { AppError } from "../../src-shared/errors/index.ts";
import { type Because, reason } from "../../src-shared/errors/reasons/index.ts";
import { Sql } from "./sql.ts";

interface Item {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

const known = new Map<number, ReadonlyMap<string, string | null>>();

/**
 * Compares the tables, indexes, triggers and views of a project from elsewhere with those that the program's own steps make: a
 * trigger or a view that somebody added would run with the next edit, and a table without its constraints can hold anything.
 * @throws AppError "project-damaged" with the first that differs
 */
export function checkSchema(sql: Sql, steps: readonly string[]): void {
  const expected = schemaOf(steps);
  const found = itemsOf(sql);
  for (const [key, text] of expected) {
    if (found.get(key) !== text)
      throw damaged(sql, found.has(key) ? reason("not-one-program-makes", { key }) : reason("schema-missing", { key }));
  }
  for (const key of found.keys()) {
    if (!expected.has(key)) throw damaged(sql, reason("holds-program-did-not-make", { key }));
  }
}

const damaged = (sql: Sql, detail: Because) => new AppError("project-damaged", { path: sql.path, detail });

function schemaOf(steps: readonly string[]): ReadonlyMap<string, string | null> {
  let items = known.get(steps.length);
  if (!items) {
    const empty = Sql.open(":memory:", { readOnly: false });
    try {
      for (const step of steps) empty.script(step);
      items = itemsOf(empty);
    } finally {
      empty.close();
    }
    known.set(steps.length, items);
  }
  return items;
}

/** SQLite's own tables (statistics, sequences) are left out. */
function itemsOf(sql: Sql): ReadonlyMap<string, string | null> {
  const items = sql.all<Item>(
    "SELECT type, name, sql FROM main.sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name LIMIT 2000",
  );
  return new Map(items.map(({ type, name, sql: text }) => [`${String(type)} “${String(name).slice(0, 60)}”`, text]));
}
