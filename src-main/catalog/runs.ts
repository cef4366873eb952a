import type { MetricRow } from "../../src-shared/domain/job.ts";
import type { Run } from "../../src-shared/domain/run.ts";
import type { RunReview, RunSettings, TilePreview, TrainingReview } from "../../src-shared/domain/training.ts";
import { fromJson, fromJsonOrNull, toJson } from "./json-columns.ts";
import type { Sql } from "./sql.ts";

interface Row extends Omit<Run, "result" | "settings"> {
  readonly result: string | null;
  readonly settings: string | null;
}

const columns =
  "id, job_id AS jobId, kind, model_id AS modelId, split_id AS splitId, result, settings, name, created_at AS createdAt";

/** Pictures are kept for this many reviews per run. */
const previewsKept = 20;

export function runTable(sql: Sql) {
  const read = (row: Row): Run => ({
    ...row,
    result: fromJsonOrNull<unknown>(sql, "runs.result", row.result),
    settings: fromJsonOrNull<RunSettings>(sql, "runs.settings", row.settings),
  });

  return {
    list(): Run[] {
      return sql.all<Row>(`SELECT ${columns} FROM runs ORDER BY id`).map(read);
    },

    ofJob(jobId: number): Run | undefined {
      const row = sql.get<Row>(`SELECT ${columns} FROM runs WHERE job_id = ?`, jobId);
      return row && read(row);
    },

    add(run: Pick<Run, "jobId" | "kind" | "modelId" | "splitId"> & Partial<Pick<Run, "settings">>): number {
      return sql.run(
        "INSERT INTO runs (job_id, kind, model_id, split_id, settings, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        run.jobId,
        run.kind,
        run.modelId,
        run.splitId,
        run.settings ? toJson("runs.settings", run.settings) : null,
        new Date().toISOString(),
      ).id;
    },

    get(id: number): Run | undefined {
      const row = sql.get<Row>(`SELECT ${columns} FROM runs WHERE id = ?`, id);
      return row && read(row);
    },

    remove(id: number): void {
      sql.run("DELETE FROM runs WHERE id = ?", id);
    },

    rename(id: number, name: string | null): void {
      sql.run("UPDATE runs SET name = ? WHERE id = ?", name, id);
    },

    finish(id: number, result: unknown, modelId: number | null): void {
      sql.run(
        "UPDATE runs SET result = ?, model_id = coalesce(?, model_id) WHERE id = ?",
        toJson("runs.result", result),
        modelId,
        id,
      );
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
              // SQLite has no NaN: a loss of NaN is stored as NULL.
              Number.isFinite(value) ? value : null,
            );
          }
        }
      });
    },

    /** Stores a review of the network; a repeated one replaces the earlier one. Pictures are kept for the last few only. */
    addReview(id: number, step: number, { preview, ...review }: TrainingReview): void {
      sql.transaction(() => {
        sql.run(
          `INSERT INTO run_reviews (run_id, step, review, preview) VALUES (?, ?, ?, ?)
           ON CONFLICT (run_id, step) DO UPDATE SET review = excluded.review, preview = excluded.preview`,
          id,
          step,
          toJson("run_reviews.review", review),
          preview && toJson("run_reviews.preview", preview),
        );
        sql.run(
          `UPDATE run_reviews SET preview = NULL WHERE run_id = ? AND step NOT IN
             (SELECT step FROM run_reviews WHERE run_id = ? AND preview IS NOT NULL ORDER BY step DESC LIMIT ?)`,
          id,
          id,
          previewsKept,
        );
      });
    },

    reviews(id: number): RunReview[] {
      return sql
        .all<{ step: number; review: string; hasPreview: number }>(
          `SELECT step, review, preview IS NOT NULL AS hasPreview FROM run_reviews WHERE run_id = ? ORDER BY step`,
          id,
        )
        .map(({ step, review, hasPreview }) => ({
          step,
          ...fromJson<Pick<RunReview, "part" | "score">>(sql, "run_reviews.review", review),
          hasPreview: hasPreview === 1,
        }));
    },

    preview(id: number, step: number): TilePreview | null {
      const row = sql.get<{ preview: string | null }>(
        "SELECT preview FROM run_reviews WHERE run_id = ? AND step = ?",
        id,
        step,
      );
      return fromJsonOrNull<TilePreview>(sql, "run_reviews.preview", row?.preview ?? null);
    },

    /** One curve alone, step by step. */
    curve(id: number, name: string): number[] {
      return sql
        .all<{ value: number }>(
          "SELECT value FROM run_metrics WHERE run_id = ? AND name = ? AND value IS NOT NULL ORDER BY step",
          id,
          name,
        )
        .map(({ value }) => value);
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
