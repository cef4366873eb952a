import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromReader, ReaderLauncher } from "./messages.ts";

let entry = new URL("./main.ts", import.meta.url);

/** Starts reading processes with a file that knows more kinds of work: it calls `serveForked` with them. */
export function forkReadersFrom(file: URL): void {
  entry = file;
}

/** A reading process of Node.js. Its output is discarded: V8 prints pages when memory runs out. */
export const forkedReader: ReaderLauncher = ({ heap, env }, { message, ended }) => {
  const child = fork(fileURLToPath(entry), [], {
    execArgv: [`--max-old-space-size=${heap}`],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env,
  });
  child.on("message", (said: FromReader) => message(said));
  child.on("error", () => ended({}));
  child.on("exit", (code, killedBy) => ended({ code, signal: killedBy }));
  return {
    get pid() {
      return child.pid;
    },
    tell: (said) => void (child.connected && child.send(said, () => {})),
    hold(busy) {
      if (busy) child.ref();
      else child.unref();
      if (busy) child.channel?.ref();
      else child.channel?.unref();
    },
    kill: () => void child.kill("SIGKILL"),
  };
};
