import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Model, ModelSummary, NewModel } from "../../src-shared/domain/model.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { fromJson, toJson } from "./json-columns.ts";
import type { ProjectPaths } from "./paths.ts";
import { renameRow } from "./rename.ts";
import type { Sql } from "./sql.ts";

interface Row {
  readonly id: number;
  readonly name: string;
  readonly kind: Model["kind"];
  readonly folder: string;
  readonly parentId: number | null;
  readonly jobId: number | null;
  readonly modalities: string;
  readonly summary: string;
  readonly createdAt: string;
}

const columns = `id, name, kind, folder, parent_id AS parentId, job_id AS jobId, modalities, summary,
                 created_at AS createdAt`;

export function modelTable(sql: Sql, paths: ProjectPaths) {
  const read = ({ modalities, summary, ...row }: Row): Model => {
    const folder = paths.fromStored(row.folder);
    return {
      ...row,
      folder,
      modalities: fromJson<string[]>(sql, "models.modalities", modalities),
      summary: fromJson<ModelSummary>(sql, "models.summary", summary),
      state: existsSync(join(folder, "model.json")) ? "present" : "missing",
    };
  };

  const table = {
    list(): Model[] {
      return sql.all<Row>(`SELECT ${columns} FROM models ORDER BY id`).map(read);
    },

    find(name: string): Model | undefined {
      const row = sql.get<Row>(`SELECT ${columns} FROM models WHERE name = ?`, name);
      return row && read(row);
    },

    /** The model of that name, or a sentence that names those there are. */
    named(name: string): Model {
      const model = table.find(name);
      if (!model) throw new AppError("model-not-found", { name, available: table.list().map((other) => other.name) });
      return model;
    },

    add({ name, kind, folder, parentId, jobId, modalities, summary }: NewModel): number {
      return sql.transaction(() => {
        if (sql.get("SELECT 1 FROM models WHERE name = ?", name)) throw new AppError("model-exists", { name });
        return sql.run(
          `INSERT INTO models (name, kind, folder, parent_id, job_id, modalities, summary, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          name,
          kind,
          paths.toStored(folder),
          parentId,
          jobId,
          toJson("models.modalities", modalities),
          toJson("models.summary", summary),
          new Date().toISOString(),
        ).id;
      });
    },

    rename(id: number, name: string): void {
      renameRow(sql, "models", { id, name }, () => new AppError("model-exists", { name }));
    },

    remove(id: number): void {
      sql.run("DELETE FROM models WHERE id = ?", id);
    },
  };
  return table;
}
