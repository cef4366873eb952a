import { reason } from "../../../src-shared/errors/reasons/index.ts";
import type { JobProcessLauncher } from "../job-process/forked-job-process.ts";
import type { FromJobProcess } from "../job-process/messages.ts";
import type { ElectronApi } from "./electron-api.ts";

/** A job process in Electron's utility process: Node.js without windows; it ends with its app. */
export function utilityJobProcess(
  utilityProcess: ElectronApi["utilityProcess"],
  entry: string,
  environment: () => NodeJS.ProcessEnv = () => process.env,
): JobProcessLauncher {
  return ({ message, ended }) => {
    let alive = true;
    const child = utilityProcess.fork(entry, [], {
      serviceName: "OmniSat jobs",
      stdio: "inherit",
      env: environment(),
    });
    child.on("message", (said: FromJobProcess) => message(said));
    child.once("exit", (code) => {
      alive = false;
      ended(reason("process-exit-code", { code }));
    });
    return {
      get pid() {
        return child.pid;
      },
      get alive() {
        return alive;
      },
      tell: (said) => void (alive && child.postMessage(said)),
      // Electron keeps the program alive by its windows, not by its processes.
      hold: () => {},
      leave: () => void (alive && child.postMessage({ type: "leave" })),
      // Electron's kill() sends SIGTERM, which a process inside native code does not handle.
      kill: () => {
        if (child.pid !== undefined) process.kill(child.pid, "SIGKILL");
        else child.kill();
      },
    };
  };
}
