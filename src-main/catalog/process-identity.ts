import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { ProcessIdentity } from "../../src-shared/domain/job-row.ts";

/** This process: its number, its computer and when it began. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, host: hostname(), started: startOf(process.pid) };
}

/** `unknown` is a process of another computer. */
export function livenessOf(identity: ProcessIdentity): "alive" | "dead" | "unknown" {
  if (identity.host !== hostname()) return "unknown";
  if (!exists(identity.pid)) return "dead";
  const started = startOf(identity.pid);
  if (started === null || identity.started === null) return "alive";
  return sameStart(started, identity.started) ? "alive" : "dead";
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function startOf(pid: number): string | null {
  try {
    if (process.platform === "linux") return linuxStart(pid);
    if (pid === process.pid) return new Date(performance.timeOrigin).toISOString();
    const text =
      process.platform === "win32"
        ? execFileSync("powershell", ["-NoProfile", "-Command", `(Get-Process -Id ${pid}).StartTime.ToString("o")`], {
            encoding: "utf8",
            timeout: 10_000,
          })
        : execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", timeout: 10_000 });
    const time = Date.parse(text.trim());
    return Number.isFinite(time) ? new Date(time).toISOString() : null;
  } catch {
    return null;
  }
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and brackets, so count from its last bracket. */
function linuxStart(pid: number): string | null {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const [state, ticks] = [fields[0], fields[19]];
  // A zombie has ended, but its parent has not read its exit code yet: count it as dead.
  return `${boot}:${state === "Z" ? "ended" : ticks}`;
}

/** Linux counts exactly; the others round to whole seconds. */
function sameStart(p: string, q: string): boolean {
  return p === q || (process.platform !== "linux" && Math.abs(Date.parse(p) - Date.parse(q)) <= 3000);
}
