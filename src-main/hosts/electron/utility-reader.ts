import type { FromReader, ReaderLauncher } from "../../services/reading/reading.ts";
import type { ElectronApi } from "./electron-api.ts";

/** Reads files of others in Electron's utility processes: a signed program starts no Node.js of its own. */
export function utilityReader(utilityProcess: ElectronApi["utilityProcess"], entry: string): ReaderLauncher {
  return ({ heap, env }, { message, ended }) => {
    let alive = true;
    const child = utilityProcess.fork(entry, [], {
      serviceName: "OmniSat reader",
      stdio: "ignore",
      execArgv: [`--max-old-space-size=${heap}`],
      env,
    });
    child.on("message", (said: FromReader) => message(said));
    child.once("exit", (code) => {
      alive = false;
      ended({ code });
    });
    return {
      get pid() {
        return child.pid;
      },
      tell: (said) => void (alive && child.postMessage(said)),
      // Electron keeps the program alive by its windows, not by its processes.
      hold: () => {},
      // Electron's kill() sends SIGTERM, which a process inside a database query does not handle.
      kill: () => {
        if (!alive) return;
        if (child.pid !== undefined) process.kill(child.pid, "SIGKILL");
        else child.kill();
      },
    };
  };
}
