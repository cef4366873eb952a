import type { MetricRow } from "../../src-shared/domain/job.ts";
import type { Run } from "../../src-shared/domain/run.ts";
import { fromJsonOrNull, toJson } from "./json.ts";
import type { Sql } from "./sql.ts";

interface Row extends Omit<Run, "result"> {
  readonly result: string | null;
}

const columns =
  "id, job_id AS jobId, kind, model_id AS modelId, split_id AS splitId, result, name, created_at AS createdAt";

export function runTable(sql: Sql) {
  const read = (row: Row): Run => ({ ...row, result: fromJsonOrNull<unknown>(row.result) });

  return {
    list(): Run[] {
      return sql.all<Row>(`SELECT ${columns} FROM runs ORDER BY id`).map(read);
    },

    ofJob(jobId: number): Run | undefined {
      const row = sql.get<Row>(`SELECT ${columns} FROM runs WHERE job_id = ?`, jobId);
      return row && read(row);
    },

    add(run: Pick<Run, "jobId" | "kind" | "modelId" | "splitId">): number {
      return sql.run(
        "INSERT INTO runs (job_id, kind, model_id, split_id, created_at) VALUES (?, ?, ?, ?, ?)",
        run.jobId,
        run.kind,
        run.modelId,
        run.splitId,
        new Date().toISOString(),
      ).id;
    },

    rename(id: number, name: string | null): void {
      sql.run("UPDATE runs SET name = ? WHERE id = ?", name, id);
    },

    finish(id: number, result: unknown, modelId: number | null): void {
      sql.run("UPDATE runs SET result = ?, model_id = coalesce(?, model_id) WHERE id = ?", toJson(result), modelId, id);
    },

    /** A step that is measured again (after resuming from an earlier checkpoint) replaces what it measured before. */
    addMetrics(id: number, rows: readonly MetricRow[]): void {
      sql.transaction(() => {
        for (const { step, values } of rows) {
          for (const [name, value] of Object.entries(values)) {
            sql.run(
              `INSERT INTO run_metrics (run_id, step, name, value) VALUES (?, ?, ?, ?)
               ON CONFLICT (run_id, name, step) DO UPDATE SET value = excluded.value`,
              id,
              step,
              name,
              // SQLite has no NaN: a loss that is no number is stored as NULL.
              Number.isFinite(value) ? value : null,
            );
          }
        }
      });
    },

    metrics(id: number): MetricRow[] {
      const rows = sql.all<{ step: number; name: string; value: number | null }>(
        "SELECT step, name, value FROM run_metrics WHERE run_id = ? ORDER BY step, name",
        id,
      );
      return [...Map.groupBy(rows, ({ step }) => step)].map(([step, group]) => ({
        step,
        values: Object.fromEntries(group.map(({ name, value }) => [name, value ?? Number.NaN])),
      }));
    },
  };
}
