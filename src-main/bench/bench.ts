// npm run bench [-- --json] [-- --seconds N]: how fast the full network runs here, and where the time goes.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { argv, execPath, stdout } from "node:process";
import { parseArgs } from "node:util";
import { cases, referencePeak } from "./cases.ts";
import type { Measurement } from "./measure.ts";
import { type Share, takeProfile } from "./profile.ts";

interface Row extends Measurement {
  readonly case: string;
  readonly title: string;
  readonly tiles: number;
  readonly tilesPerSecond: number;
  readonly gigaflopsPerSecond: number;
  /** GFLOP/s counted from the graph over the matrix product's, measured before and after */
  readonly shareOfPeak: number;
  /** matrix product measured just before and after, GFLOP/s */
  readonly peak: number;
  /** how much faster than PyTorch 2.13 and 1.13 on the reference machine: as measured, and per unit of matrix product */
  readonly faster?: { readonly absolute: number; readonly perPeak: number; readonly perPeak113: number };
  readonly where: readonly Share[];
}

const { values } = parseArgs({
  args: argv.slice(2),
  options: { json: { type: "boolean", default: false }, seconds: { type: "string", default: "6" } },
});
const seconds = Number(values.seconds);

/** Every measurement has a process of its own, so that its peak memory is its own. */
function measure(name: string, time: number, profile?: string): Measurement {
  const threads = String(cpus().length);
  const args = [join(import.meta.dirname, "measure.ts"), name, String(time), threads, ...(profile ? [profile] : [])];
  return JSON.parse(
    execFileSync(execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
  ) as Measurement;
}

const folder = mkdtempSync(join(tmpdir(), "omnisat-bench-"));
const rows: Row[] = [];
try {
  const product = (): number => {
    const { flops, best } = measure("peak", 1.5);
    return flops / best / 1e9;
  };
  let before = product();
  for (const [name, { title, batch, reference }] of Object.entries(cases)) {
    if (!values.json) stdout.write(`measuring ${title} …\n`);
    const measured = measure(name, seconds);
    const after = product();
    const peak = Math.max(before, after);
    before = after;
    const prefix = join(folder, name);
    measure(name, 0, prefix);
    const gigaflopsPerSecond = measured.flops / measured.best / 1e9;
    rows.push({
      ...measured,
      case: name,
      title,
      tiles: batch.size,
      tilesPerSecond: batch.size / measured.best,
      gigaflopsPerSecond,
      shareOfPeak: gigaflopsPerSecond / peak,
      peak,
      ...(reference && {
        faster: {
          absolute: reference.seconds / measured.best,
          perPeak: (reference.seconds * referencePeak) / (measured.best * peak),
          perPeak113: (reference.seconds113 * referencePeak) / (measured.best * peak),
        },
      }),
      where: takeProfile(prefix).slice(0, 8),
    });
  }
} finally {
  rmSync(folder, { recursive: true });
}

if (values.json) stdout.write(`${JSON.stringify({ referencePeak, rows })}\n`);
else print();

function print(): void {
  const table = (lines: readonly (readonly string[])[]) => {
    const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
    const text = lines.map((line) =>
      line.map((cell, i) => (i ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join("  "),
    );
    stdout.write(`\n${text.join("\n")}\n`);
  };
  const milliseconds = (time: number) => `${(1000 * time).toFixed(time < 0.1 ? 1 : 0)} ms`;
  table([
    ["batch 8", "best", "median", "processor", "tiles/s", "GFLOP", "GFLOP/s", "peak", "share", "memory"],
    ...rows.map((row) => [
      row.title,
      milliseconds(row.best),
      milliseconds(row.median),
      milliseconds(row.processor),
      row.tilesPerSecond.toFixed(1),
      (row.flops / 1e9).toFixed(1),
      row.gigaflopsPerSecond.toFixed(0),
      row.peak.toFixed(0),
      `${(100 * row.shareOfPeak).toFixed(0)} %`,
      `${row.mebibytes.toFixed(0)} MiB`,
    ]),
  ]);
  stdout.write(
    "\nGFLOP: products and convolutions of the graph, per batch (Winograd needs a quarter of a direct convolution's).\n" +
      "peak: a 2048² matrix product in the same runtime, GFLOP/s, the better of just before and just after.\n" +
      "processor: processor time of all threads, which other programs disturb least.\n",
  );
  table([
    [
      "against the official code",
      "PyTorch 2.13",
      "its memory",
      "1.13",
      "absolute",
      "per peak",
      "per peak, 1.13",
      "target",
    ],
    ...rows.flatMap(({ case: name, title, faster }) => {
      const { reference, target } = cases[name]!;
      if (!reference || !faster) return [];
      return [
        [
          title,
          milliseconds(reference.seconds),
          `${reference.mebibytes} MiB`,
          milliseconds(reference.seconds113),
          `${faster.absolute.toFixed(2)} ×`,
          `${faster.perPeak.toFixed(2)} ×`,
          `${faster.perPeak113.toFixed(2)} ×`,
          target ? `${target} ×` : "",
        ],
      ];
    }),
  ]);
  stdout.write(
    `\nPyTorch's times are from another machine (2 cores, ${referencePeak} GFLOP/s). absolute: its time over ours, machines as they are;\n` +
      "per peak: the same with both times multiplied by their machine's matrix product, which is the fair comparison.\n\nwhere the time goes\n",
  );
  for (const { title, random, processor } of rows)
    if (random)
      stdout.write(
        `  ${title}: ${random.megabytes.toFixed(1)} MB of random numbers per step, drawn beside it in ${milliseconds(random.seconds)}, ${((100 * random.seconds) / processor).toFixed(0)} % of its processor time\n`,
      );
  for (const { title, where } of rows)
    stdout.write(
      `  ${title}: ${where.map(({ operator, share, count }) => `${operator} ${(100 * share).toFixed(0)} % (${count})`).join(", ")}\n`,
    );
}
