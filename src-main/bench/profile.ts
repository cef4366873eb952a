import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export interface Share {
  readonly operator: string;
  /** of the time inside operators, 0 to 1 */
  readonly share: number;
  readonly count: number;
}

interface TraceEvent {
  readonly cat?: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

/** Where the time goes, largest first: time per operator over all runs of a profile. */
export function shares(events: readonly TraceEvent[]): Share[] {
  const runs = Math.max(1, events.filter(({ name }) => name === "model_run").length);
  const spent = new Map<string, { time: number; count: number }>();
  let total = 0;
  for (const { cat, name, dur, args } of events) {
    if (cat !== "Node" || !name.endsWith("_kernel_time") || !args?.op_name) continue;
    const before = spent.get(args.op_name) ?? { time: 0, count: 0 };
    spent.set(args.op_name, { time: before.time + dur, count: before.count + 1 });
    total += dur;
  }
  return [...spent]
    .map(([operator, { time, count }]) => ({ operator, share: time / total, count: Math.round(count / runs) }))
    .sort((a, b) => b.share - a.share);
}

/** Reads and removes the profile that a session wrote under this beginning of a name. */
export function takeProfile(prefix: string): Share[] {
  const folder = dirname(prefix);
  const file = readdirSync(folder).find((name) => name.startsWith(basename(prefix)));
  if (!file) throw new Error(`no profile ${prefix}*`);
  const path = join(folder, file);
  const found = shares(JSON.parse(readFileSync(path, "utf8")) as TraceEvent[]);
  rmSync(path);
  return found;
}
