import type { EngineLauncher } from "../engine/forked-engine.ts";
import type { FromEngine } from "../engine/messages.ts";
import type { ElectronApi } from "./electron-api.ts";

/** An engine in Electron's utility process: a process of Node.js without windows, which ends with its app. */
export function utilityEngine(
  utilityProcess: ElectronApi["utilityProcess"],
  entry: string,
  environment: () => NodeJS.ProcessEnv = () => process.env,
): EngineLauncher {
  return ({ message, ended }) => {
    let alive = true;
    const child = utilityProcess.fork(entry, [], {
      serviceName: "OmniSat engine",
      stdio: "inherit",
      env: environment(),
    });
    child.on("message", (said: FromEngine) => message(said));
    child.once("exit", (code) => {
      alive = false;
      ended(`exit code ${code}`);
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
      // kill() asks politely; an engine in native code does not hear that.
      kill: () => {
        if (child.pid !== undefined) process.kill(child.pid, "SIGKILL");
        else child.kill();
      },
    };
  };
}
