import type { ProbeReport, Prober } from "../../engine/index.ts";
import type { ElectronApi } from "./electron-api.ts";

/**
 * Tries a provider in a utility process, so that a native crash or a hanging driver cannot harm the app. The outcome is
 * kept for the job process, which cannot start processes of its own here.
 */
export function utilityProber(
  utilityProcess: ElectronApi["utilityProcess"],
  entry: string,
  known: Map<string, ProbeReport>,
  timeoutMilliseconds = 60_000,
): Prober {
  return async (provider) => {
    const child = utilityProcess.fork(entry, [provider], { serviceName: "OmniSat probe", stdio: "ignore" });
    const report = await new Promise<ProbeReport>((resolve) => {
      const timer = setTimeout(() => {
        resolve({ problem: { kind: "silent", detail: "" } });
        child.kill();
      }, timeoutMilliseconds);
      child.on("message", (said: ProbeReport) => resolve(said));
      child.once("exit", (code) => {
        clearTimeout(timer);
        resolve({ problem: { kind: "crashed", detail: String(code) } });
      });
    });
    child.kill();
    known.set(provider, report);
    return report;
  };
}
