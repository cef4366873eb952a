// npm run fuzz -- [--seconds N] [--seed S] [--kind tiff,gpkg] [--count N] [--first I] [--processes N] [--save DIR]
import { parseArgs } from "node:util";
import { type FuzzReport, fuzz } from "./harness.ts";
import { kinds } from "./kinds/index.ts";
import { failureLines, tableOf } from "./table.ts";

function given() {
  try {
    return parseArgs({
      options: {
        seconds: { type: "string", default: "60" },
        seed: { type: "string", default: "1" },
        kind: { type: "string" },
        count: { type: "string" },
        first: { type: "string", default: "0" },
        processes: { type: "string", default: "2" },
        save: { type: "string" },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message} The options stand in src-main/fuzz/README.md.\n`);
    process.exit(2);
  }
}

const values = given();

const wanted = values.kind ? values.kind.split(",") : Object.keys(kinds);
const unknown = wanted.find((kind) => !Object.hasOwn(kinds, kind));
if (unknown !== undefined) {
  process.stderr.write(`There is no kind “${unknown}”. Known: ${Object.keys(kinds).join(", ")}.\n`);
  process.exit(2);
}
// The first Ctrl+C ends the run with its table so far.
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

const count = values.count === undefined ? Number.MAX_SAFE_INTEGER : Number(values.count);
// With a number of cases alone, the time is not limited.
const seconds =
  values.count !== undefined && !process.argv.some((a) => a.startsWith("--seconds")) ? 1e9 : Number(values.seconds);
const reports: FuzzReport[] = [];
for (const kind of wanted) {
  reports.push(
    await fuzz({
      kind,
      seed: values.seed,
      count,
      seconds: seconds / wanted.length,
      first: Number(values.first),
      processes: Number(values.processes),
      save: values.save,
      signal: stop.signal,
    }),
  );
  const report = reports.at(-1)!;
  for (const line of failureLines(report, 20)) process.stdout.write(`${line}\n`);
}
process.stdout.write(`\nseed ${values.seed}\n${tableOf(reports)}\n`);
process.exit(reports.some(({ failures }) => failures.length > 0) ? 1 : 0);
