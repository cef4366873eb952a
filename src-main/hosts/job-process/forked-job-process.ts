import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Because, reason } from "../../../src-shared/errors/reasons/index.ts";
import type { FromJobProcess, ToJobProcess } from "./messages.ts";

/** A running job process, as its owner controls it. */
export interface JobProcessHandle {
  readonly pid: number | undefined;
  /** whether it still takes messages */
  readonly alive: boolean;
  tell(message: ToJobProcess): void;
  /** Whether jobs run. While none run, the waiting process does not keep the app from ending. */
  hold(busy: boolean): void;
  /** Asks it to end: jobs stop at their next step. */
  leave(): void;
  kill(): void;
}

export interface JobProcessEvents {
  readonly message: (message: FromJobProcess) => void;
  /** with what is known of the reason: `exit code 1`, `signal SIGKILL` */
  readonly ended: (reason: Because) => void;
}

/** Starts a job process and returns the handle by which its owner controls it. */
export type JobProcessLauncher = (events: JobProcessEvents) => JobProcessHandle;

/** A job process that Node.js forks. */
export function forkedJobProcess(entry: URL = new URL("./main.ts", import.meta.url)): JobProcessLauncher {
  return ({ message, ended }) => {
    // Without execArgv the child would inherit flags such as --inspect. Structured clone keeps typed arrays and undefined.
    const child = fork(fileURLToPath(entry), [], {
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.on("message", (said: FromJobProcess) => message(said));
    child.on("error", (error) => ended(reason("process-says", { message: error.message })));
    child.on("exit", (code, killedBy) =>
      ended(
        killedBy ? reason("process-signal", { signal: killedBy }) : reason("process-exit-code", { code: code ?? "?" }),
      ),
    );
    return {
      get pid() {
        return child.pid;
      },
      get alive() {
        return child.connected;
      },
      tell: (said) => void (child.connected && child.send(said)),
      hold(busy) {
        if (busy) child.ref();
        else child.unref();
        if (busy) child.channel?.ref();
        else child.channel?.unref();
      },
      leave: () => child.connected && child.disconnect(),
      kill: () => void child.kill("SIGKILL"),
    };
  };
}
