/** A task that was ended from outside: it worked too long, took too much memory, or waited for a disk that never answered. */
export class TaskStopped extends Error {
  readonly why: "time" | "memory" | "waiting";

  constructor(why: TaskStopped["why"]) {
    super(`A raster worker was stopped: ${why}`);
    this.why = why;
  }
}
