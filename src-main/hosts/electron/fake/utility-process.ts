import { fork } from "node:child_process";
import { EventEmitter } from "node:events";
import type { Electron } from "../electron-api.ts";

const shim = new URL("./parent-port.ts", import.meta.url).href;

/** A utility process of the fake is a real process, which finds `process.parentPort` as it would in Electron. */
export function fakeUtilityProcess(
  forks: { readonly entry: string; readonly words: readonly string[]; readonly options: Electron.ForkOptions }[],
) {
  return {
    fork(entry: string, words: string[] = [], options: Electron.ForkOptions = {}) {
      forks.push({ entry, words, options });
      const child = fork(entry, words, {
        execArgv: ["--import", shim],
        serialization: "advanced",
        stdio: ["ignore", "inherit", "inherit", "ipc"],
        ...(options.env ? { env: options.env as NodeJS.ProcessEnv } : {}),
      });
      const events = new EventEmitter();
      let pid: number | undefined = child.pid;
      child.on("message", (what) => events.emit("message", what));
      child.on("exit", (code, signal) => {
        pid = undefined;
        events.emit("exit", code ?? (signal === "SIGKILL" ? 9 : 1));
      });
      return Object.defineProperty(
        Object.assign(events, {
          postMessage: (what: unknown) => void (child.connected && child.send(what as object)),
          kill: () => child.kill("SIGTERM"),
        }),
        "pid",
        { get: () => pid },
      );
    },
  };
}
