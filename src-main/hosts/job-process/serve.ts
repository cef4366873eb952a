import type { JobResult, JobSpec } from "../../../src-shared/domain/job.ts";
import { errorMessageWithStack } from "../../../src-shared/ipc/errors.ts";
import type { JobContext } from "../../jobs/context.ts";
import { contextOf } from "./in-process.ts";
import type { FromJobProcess } from "./messages.ts";
import { forkPort, type JobProcessPort } from "./port.ts";

/** The job process's side of the connection: runs the jobs that the app sends, one or several at a time, until the app is gone. */
export function serveJobs(
  runJob: (spec: JobSpec, context: JobContext) => Promise<JobResult>,
  port: JobProcessPort = forkPort,
): void {
  const running = new Map<number, AbortController>();
  const say = (message: FromJobProcess) => port.say(message);

  port.hear((message) => {
    if (message.type === "stop") {
      running.get(message.id)?.abort(new DOMException("Stopped on request.", "AbortError"));
      return;
    }
    const { id, spec } = message;
    const controller = new AbortController();
    running.set(id, controller);
    runJob(
      spec,
      contextOf((event) => say({ type: "event", id, event }), controller.signal),
    )
      .then(
        (result) => say({ type: "result", id, result }),
        (error: unknown) => say({ type: "error", id, error: errorMessageWithStack(error) }),
      )
      .finally(() => {
        running.delete(id);
        if (!port.connected && running.size === 0) process.exit(0);
      });
  });

  // The result has no receiver any more: stop at the next step (a checkpoint is on disk), and do not wait long for it.
  port.gone(() => {
    for (const controller of running.values()) controller.abort(new DOMException("The app ended.", "AbortError"));
    setTimeout(() => process.exit(0), running.size > 0 ? 5000 : 0);
  });
  // Ctrl+C, and Ctrl+Break on Windows, reach the whole terminal group: the app decides what stops.
  for (const signal of ["SIGINT", "SIGBREAK"]) process.on(signal, () => {});
}
