import { reportUncaught, runCommandLine } from "./command-line.ts";
import { commands } from "./commands/index.ts";
import { stopSignals } from "./stop-signals.ts";

// The first Ctrl+C stops the work at its next step; the second one does not wait.
const stop = new AbortController();
process.on("SIGINT", () => {
  if (stop.signal.aborted) process.exit(130);
  stop.abort(new DOMException("Interrupted", "AbortError"));
  process.stderr.write("\nStopping at the next step. Press Ctrl+C again to quit at once.\n");
});
// The same for a service manager's request: the first one lets a job write its checkpoint.
for (const [signal, exitCode] of stopSignals())
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(exitCode);
    stop.abort(new DOMException("Terminated", "AbortError"));
  });
// `omnisat … | head` closes the output early, which is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
// What no command caught, in a callback or a forgotten promise, is one sentence too.
process.on("uncaughtException", (error) => {
  process.exit(reportUncaught(error, process.argv.slice(2), process.stderr));
});

const code = await runCommandLine(process.argv.slice(2), {
  commands,
  out: process.stdout,
  err: process.stderr,
  signal: stop.signal,
});
// The work is done: do not wait for idle worker threads and native sessions.
process.stdout.write("", () => process.exit(code));
