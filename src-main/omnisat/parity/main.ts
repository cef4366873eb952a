import { formatLine } from "./compare.ts";
import { parity } from "./parity.ts";

// A thin way in until the command line has `omnisat parity`.
const [directory = ""] = process.argv.slice(2);
const json = process.argv.includes("--json");
try {
  const { ok, verdict } = await parity(directory, {
    report: (line) => console.log(json ? JSON.stringify(line) : formatLine(line)),
  });
  console.log(json ? JSON.stringify({ ok, verdict }) : verdict);
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (process.env.DEBUG) console.error(error);
  process.exitCode = 1;
}
