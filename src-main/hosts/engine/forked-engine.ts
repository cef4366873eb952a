import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromEngine, ToEngine } from "./messages.ts";

/** A process that runs jobs, as its owner sees it: what it says, how it ends, and how to make it end. */
export interface EngineChild {
  readonly pid: number | undefined;
  /** can still be talked to */
  readonly alive: boolean;
  tell(message: ToEngine): void;
  /** Work is there, or not: a warm engine without work keeps no program alive. */
  hold(busy: boolean): void;
  /** Asks it to end: jobs stop at their next step. */
  leave(): void;
  kill(): void;
}

export interface EngineEvents {
  readonly message: (message: FromEngine) => void;
  /** with what is known of the reason: `exit code 1`, `signal SIGKILL` */
  readonly ended: (reason: string) => void;
}

/** Starts an engine process. */
export type EngineLauncher = (events: EngineEvents) => EngineChild;

/** An engine in a process of Node.js. */
export function forkedEngine(entry: URL = new URL("./main.ts", import.meta.url)): EngineLauncher {
  return ({ message, ended }) => {
    // Flags of this process (a debugger, an --eval) are not meant for the other; structured clone carries what JSON loses.
    const child = fork(fileURLToPath(entry), [], {
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.on("message", (said: FromEngine) => message(said));
    child.on("error", (error) => ended(error.message));
    child.on("exit", (code, killedBy) => ended(killedBy ? `signal ${killedBy}` : `exit code ${code}`));
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
