import { dirname } from "node:path";
import Database from "better-sqlite3";
import { AppError } from "../../src-shared/errors/index.ts";
import { reason } from "../../src-shared/errors/reasons/index.ts";

export type SqlValue = string | number | bigint | Uint8Array | null;

/** A SQLite connection with a cache of prepared statements, whose failures are sentences for people. */
export class Sql {
  readonly path: string;
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement<SqlValue[], unknown>>();

  private constructor(path: string, database: Database.Database) {
    this.path = path;
    this.#database = database;
  }

  /** `source` is the file, or its bytes for a copy in memory that only reads. */
  static open(path: string, options: { readonly readOnly: boolean; readonly bytes?: Buffer }): Sql {
    return translating(path, () => {
      const database = new Database(options.bytes ?? path, { readonly: options.readOnly, timeout: 2000 });
      return new Sql(path, database);
    });
  }

  /** `Row` is what the statement's columns are called and hold; the statement is the one place that knows. */
  all<Row>(text: string, ...values: SqlValue[]): Row[] {
    return translating(this.path, () => this.#prepare(text).all(...values) as Row[]);
  }

  get<Row>(text: string, ...values: SqlValue[]): Row | undefined {
    return translating(this.path, () => this.#prepare(text).get(...values) as Row | undefined);
  }

  /** @throws TypeError of an infinite number: undo keeps rows as JSON, which has none, so the history could not be read back */
  run(text: string, ...values: SqlValue[]): { readonly changes: number; readonly id: number } {
    if (values.some((value) => typeof value === "number" && Math.abs(value) === Number.POSITIVE_INFINITY))
      throw new TypeError(`An infinite number is not stored: ${text}`);
    return translating(this.path, () => {
      const { changes, lastInsertRowid } = this.#prepare(text).run(...values);
      return { changes, id: Number(lastInsertRowid) };
    });
  }

  /** Several statements without parameters, such as a migration. */
  script(text: string): void {
    translating(this.path, () => this.#database.exec(text));
  }

  /** The first column of a pragma's first row. */
  pragma(text: string): unknown {
    return translating(this.path, () => this.#database.pragma(text, { simple: true }));
  }

  /** All of `work` or nothing. A transaction inside another one is part of it. */
  transaction<T>(work: () => T): T {
    if (this.#database.inTransaction) return work();
    return translating(this.path, () => this.#database.transaction(work).immediate());
  }

  /**
   * Commits that may be lost with the power, though never by a crash of this program: for what a running job reports many
   * times a second. With the write-ahead log such a commit waits for no disk.
   */
  relaxed<T>(work: () => T): T {
    if (this.#database.inTransaction) return work();
    this.pragma("synchronous = NORMAL");
    try {
      return this.transaction(work);
    } finally {
      this.pragma("synchronous = FULL");
    }
  }

  close(): void {
    this.#database.close();
  }

  #prepare(text: string): Database.Statement<SqlValue[], unknown> {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#database.prepare<SqlValue[], unknown>(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

/** SQLite's result codes, in our words; what only a programmer can cause passes through. */
function translating<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    const { code, message } = error;
    const options = { cause: error };
    // A write past a file-size limit or on a full disk may also come back as an I/O error.
    if (code === "SQLITE_FULL" || code === "SQLITE_IOERR_WRITE") throw new AppError("no-disk-space", { path }, options);
    if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB" || code === "SQLITE_IOERR_SHORT_READ") {
      throw new AppError("project-damaged", { path, detail: reason("database-says", { message }) }, options);
    }
    if (code.startsWith("SQLITE_BUSY") || code === "SQLITE_LOCKED")
      throw new AppError("project-busy", { path }, options);
    if (code.startsWith("SQLITE_READONLY")) throw new AppError("project-read-only", { folder: dirname(path) }, options);
    if (code.startsWith("SQLITE_CANTOPEN") || code.startsWith("SQLITE_IOERR") || code === "SQLITE_PERM") {
      throw new AppError("project-unreadable", { path, detail: reason("database-says", { message }) }, options);
    }
    throw error;
  }
}

/** The version of SQLite inside; asking for it loads the native module. */
export function sqliteVersion(): string {
  const database = new Database(":memory:");
  const row = database.prepare<[], { readonly version: string }>("SELECT sqlite_version() AS version").get();
  database.close();
  return row?.version ?? "unknown";
}
