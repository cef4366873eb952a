import type { FromJobProcess, ToJobProcess } from "./messages.ts";

/** The job process's end of the connection to its app. */
export interface JobProcessPort {
  readonly connected: boolean;
  say(message: FromJobProcess): void;
  hear(listener: (message: ToJobProcess) => void): void;
  /** the app ended, or asks this process to end */
  gone(listener: () => void): void;
}

/** The connection of a process that Node.js forked. */
export const forkPort: JobProcessPort = {
  get connected() {
    return process.connected;
  },
  say: (message) => void (process.connected && process.send?.(message)),
  hear: (listener) => void process.on("message", listener),
  gone: (listener) => void process.on("disconnect", listener),
};
