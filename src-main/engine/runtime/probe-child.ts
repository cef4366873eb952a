// Runs the probe on one provider and on the CPU, and prints the comparison as JSON. A native crash ends this process only.
import { largestDifference, runProbe } from "./probe.ts";
import type { Provider } from "./session.ts";

const provider = process.argv[2] as Provider;
try {
  const ours = await runProbe(provider);
  const reference = await runProbe("cpu");
  const difference = largestDifference(reference.scores, ours.scores);
  process.stdout.write(
    JSON.stringify({ difference, milliseconds: ours.milliseconds, cpuMilliseconds: reference.milliseconds }),
  );
} catch (error) {
  process.stdout.write(JSON.stringify({ error: (error as Error).message }));
}
// Some GPU drivers hang or crash while unloading: what matters has been said.
process.exitCode = 0;
