import { existsSync } from "node:fs";
import { join } from "node:path";
import type { JobKind, JobState } from "../../src-shared/domain/job.ts";
import type { Job, JobCause, ProcessIdentity } from "../../src-shared/domain/job-row.ts";
import { fromJsonOrNull, toJson } from "./json-columns.ts";
import type { ProjectPaths } from "./paths.ts";
import { livenessOf, ownIdentity } from "./process-identity.ts";
import type { Sql } from "./sql.ts";

/** The spec of a job, in its folder: what a resumed job runs again. */
export const specFileName = "spec.json";

interface Row extends Omit<Job, "owner" | "cause"> {
  readonly owner: string | null;
  readonly cause: string | null;
}

const columns = `id, title, kind, state, folder, owner, phase, fraction, reason, cause, attempts, created_at AS createdAt,
                 started_at AS startedAt, finished_at AS finishedAt`;

export function jobTable(sql: Sql, paths: ProjectPaths) {
  const stored = (row: Row): Job => ({
    ...row,
    folder: paths.fromStored(row.folder),
    owner: fromJsonOrNull<ProcessIdentity>(sql, "jobs.owner", row.owner),
    cause: fromJsonOrNull<JobCause>(sql, "jobs.cause", row.cause),
  });
  /** A reader may open the project before `recover` has run: a job whose process is dead is shown in the state that `recover` will give it. */
  const read = (row: Row): Job => {
    const job = stored(row);
    const stranded = job.state === "running" && job.owner !== null && livenessOf(job.owner) === "dead";
    return stranded ? { ...job, state: "resumable", reason: interruption(job), cause: { kind: "crashed" } } : job;
  };
  const end = (id: number, state: JobState, reason: string | null, cause: JobCause | null) => {
    sql.run(
      "UPDATE jobs SET state = ?, reason = ?, cause = ?, owner = NULL, finished_at = ? WHERE id = ?",
      state,
      reason,
      cause && toJson("jobs.cause", cause),
      new Date().toISOString(),
      id,
    );
  };

  const table = {
    list(): Job[] {
      return sql.all<Row>(`SELECT ${columns} FROM jobs ORDER BY id`).map(read);
    },

    get(id: number): Job | undefined {
      const row = sql.get<Row>(`SELECT ${columns} FROM jobs WHERE id = ?`, id);
      return row && read(row);
    },

    /** The job gets its number first: the folder is named after it. */
    add(kind: JobKind, title = ""): Job {
      return sql.transaction(() => {
        const { id } = sql.run(
          "INSERT INTO jobs (kind, title, state, folder, created_at) VALUES (?, ?, 'queued', '', ?)",
          kind,
          title,
          new Date().toISOString(),
        );
        sql.run("UPDATE jobs SET folder = ? WHERE id = ?", `runs/${id}-${kind}`, id);
        return table.get(id)!;
      });
    },

    start(id: number): void {
      sql.run(
        `UPDATE jobs SET state = 'running', owner = ?, attempts = attempts + 1, reason = NULL, cause = NULL, finished_at = NULL,
                         started_at = coalesce(started_at, ?) WHERE id = ?`,
        toJson("jobs.owner", ownIdentity()),
        new Date().toISOString(),
        id,
      );
    },

    progress(id: number, phase: string, fraction: number): void {
      sql.run("UPDATE jobs SET phase = ?, fraction = ? WHERE id = ?", phase, fraction, id);
    },

    finish(id: number): void {
      sql.run("UPDATE jobs SET fraction = 1 WHERE id = ?", id);
      end(id, "finished", null, null);
    },

    /** Back in the queue: it waits for its turn again. */
    requeue(id: number): void {
      sql.run("UPDATE jobs SET state = 'queued', reason = NULL, cause = NULL, finished_at = NULL WHERE id = ?", id);
    },

    fail: (id: number, reason: string, cause: JobCause) => end(id, "failed", reason, cause),
    cancel: (id: number, reason: string) => end(id, "cancelled", reason, { kind: "discarded" }),
    interrupt: (id: number, reason: string, cause: JobCause) => end(id, "resumable", reason, cause),

    /** The row alone; its run goes with it. */
    remove(id: number): void {
      sql.run("DELETE FROM jobs WHERE id = ?", id);
    },

    /**
     * After a crash: a job whose state is running although its process is gone becomes resumable when its spec exists,
     * and failed when it is not. Called once when a project is opened for writing.
     */
    recover(): Job[] {
      const stranded = sql
        .all<Row>(`SELECT ${columns} FROM jobs ORDER BY id`)
        .map(stored)
        .filter(({ state }) => state === "running" || state === "queued")
        // Whoever opens the project for writing is its only writer: an owner on another computer has gone too.
        .filter(({ owner }) => owner === null || livenessOf(owner) !== "alive");
      return sql.transaction(() =>
        stranded.map((job) => {
          if (existsSync(join(job.folder, specFileName))) {
            end(job.id, "resumable", interruption(job), { kind: "crashed" });
          } else {
            const reason = `The program ended before the job could start, or “${job.folder}” was deleted.`;
            end(job.id, "failed", reason, { kind: "crashed" });
          }
          return table.get(job.id)!;
        }),
      );
    },
  };
  return table;
}

function interruption({ owner, phase, fraction }: Job): string {
  const where = phase ? ` in “${phase}” at ${Math.round(fraction * 100)} %` : "";
  return owner ? `Process ${owner.pid} on ${owner.host} ended${where}.` : `The program ended${where}.`;
}
