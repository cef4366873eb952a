/**
 * Signals that ask the program to end in order, with the exit code of each: a service manager's SIGTERM; on Windows also the
 * closing of the console (which it allows some seconds) and Ctrl+Break. Elsewhere SIGHUP keeps the meaning that `nohup` gives it.
 */
export function stopSignals(platform: NodeJS.Platform = process.platform): ReadonlyMap<NodeJS.Signals, number> {
  const everywhere = [["SIGTERM", 143]] as const;
  const windows = [["SIGHUP", 129], ["SIGBREAK", 149]] as const; // biome-ignore format: pairs
  return new Map<NodeJS.Signals, number>(platform === "win32" ? [...everywhere, ...windows] : everywhere);
}
