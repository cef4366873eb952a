// Runs the probe on one provider and on the CPU, and prints the comparison as JSON. A native crash ends this process only.

import type { Provider } from "./graph-session.ts";
import { probeInProcess } from "./probe.ts";

process.stdout.write(JSON.stringify(await probeInProcess(process.argv[2] as Provider)));
// Some GPU drivers hang or crash while unloading, and the result has been printed.
process.exitCode = 0;
