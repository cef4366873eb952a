// npm run steady -- [--times N] [-- COMMAND…]: runs the whole test command again and again while another process keeps one core busy.
import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism, cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  options: { times: { type: "string", default: "5" }, idle: { type: "boolean", default: false } },
  allowPositionals: true,
});
const times = Number(values.times);
const command = positionals.length > 0 ? positionals : ["npm", "test"];
if (!Number.isInteger(times) || times < 1) {
  process.stderr.write("--times takes a whole number of runs, 1 or more.\n");
  process.exit(2);
}

/** A program beside the tests that never rests. It ends with this one, however this one ends. */
const restless = `const of = ${process.pid}; for (;;) { for (let i = 0; i < 1e8; i++); if (process.ppid !== of) process.exit(); }`;
const beside: ChildProcess | undefined = values.idle
  ? undefined
  : spawn(process.execPath, ["-e", restless], { stdio: "ignore" });
process.on("exit", () => beside?.kill("SIGKILL"));

let running: ChildProcess | undefined;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    running?.kill("SIGTERM");
    process.exit(130);
  });

/** Runs the command, shows what it prints, and keeps it. */
function once(): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((done, fail) => {
    const [program = "npm", ...words] = command;
    const child = spawn(program, words, {
      cwd: resolve(import.meta.dirname, ".."),
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    running = child;
    let text = "";
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const)
      from.on("data", (chunk: Buffer) => {
        text += chunk;
        to.write(chunk);
      });
    child.once("error", fail);
    child.once("close", (code) => done({ code: code ?? 1, text }));
  });
}

const esc = String.fromCharCode(27);
const plain = (text: string): string => text.replaceAll(new RegExp(`${esc}\\[[0-9;]*m`, "g"), "");

/** `n passed`, `n failed` … as a line of vitest or the last lines of Playwright tell it. */
const count = (text: string, word: string): number => Number(new RegExp(`(\\d+) ${word}\\b`).exec(text)?.[1] ?? 0);

function figures(printed: string): readonly (string | number)[] {
  const text = plain(printed);
  const unit = text.split("\n").findLast((line) => /^\s*Tests\s+\d/.test(line)) ?? "";
  // Playwright's totals stand after the last journey, one to a line.
  const totals = text
    .split("\n")
    .filter((line) => /^\s+\d+ (passed|failed|flaky|skipped|did not run)\b/.test(line))
    .join("\n");
  const journeys = ["passed", "failed", "flaky", "skipped", "did not run"].map((word) => count(totals, word));
  return [...["passed", "failed", "skipped"].map((word) => count(unit, word)), ...journeys];
}

const rows: (readonly (string | number)[])[] = [];
for (let run = 1; run <= times; run++) {
  const began = performance.now();
  const { code, text } = await once();
  const minutes = (performance.now() - began) / 60_000;
  const [average = 0] = loadavg();
  rows.push([run, code, minutes.toFixed(1), average.toFixed(1), ...figures(text)]);
}

const [model = "unknown processor"] = [...new Set(cpus().map((core) => core.model.trim()))];
const heads = "run, exit, minutes, load, unit tests, failed, skipped, journeys, failed, flaky, skipped, not run".split(
  ", ",
);
const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
process.stdout.write(
  [
    "",
    `\`${command.join(" ")}\`, ${times} times, ${beside ? "one core kept busy" : "nothing else"}, ${availableParallelism()} cores (${model}), Node ${process.version}`,
    "",
    line(heads),
    line(heads.map(() => "---")),
    ...rows.map(line),
    "",
  ].join("\n"),
);
process.exit(rows.every(([, code]) => code === 0) ? 0 : 1);
