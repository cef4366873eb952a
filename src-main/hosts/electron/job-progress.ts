import type { JobEvent, JobState } from "../../../src-shared/domain/job.ts";

/** How far all running jobs are together, for the task bar: `null` when none runs, a fraction otherwise. */
export class JobProgress {
  /** by project and job */
  readonly #running = new Map<string, number>();

  state(folder: string, id: number, state: JobState): void {
    const key = `${folder}\n${id}`;
    if (state === "running") this.#running.set(key, this.#running.get(key) ?? 0);
    else this.#running.delete(key);
  }

  event(folder: string, id: number, event: JobEvent): void {
    const key = `${folder}\n${id}`;
    if (event.type === "phase" && this.#running.has(key)) this.#running.set(key, event.fraction);
  }

  /** The project's windows are closed and its jobs have ended with it. */
  forget(folder: string): void {
    for (const key of this.#running.keys()) if (key.startsWith(`${folder}\n`)) this.#running.delete(key);
  }

  get fraction(): number | null {
    const parts = [...this.#running.values()];
    return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0) / parts.length;
  }
}
