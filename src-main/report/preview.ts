/** Writes the made-up run of `sample-spec.ts` as a report, to look at the layout: `node preview.ts report.html`. */
import { resolve } from "node:path";
import { writeReport } from "./index.ts";
import { sampleSpec } from "./sample-spec.ts";

const path = resolve(process.argv[2] ?? "report.html");
await writeReport(sampleSpec(path), { signal: new AbortController().signal, phase: () => {} });
console.log(path);
