// npm run bench:similar: how long it takes from a click to the heat map of the whole view, on a made-up project of a million patches of 256 values.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { argv, cpuUsage, stdout } from "node:process";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { type ComparedPatches, ScoreField } from "../features/index.ts";
import { seededRandom } from "../files/index.ts";
import { TaskThread, threadLimits } from "../services/instant/thread.ts";
import type { SimilarTasks } from "../services/similar/messages.ts";
import { patchesAlongEdge, writeMadeUpLayer } from "./made-up-layer.ts";

const { values: options } = parseArgs({
  args: argv.slice(2),
  options: {
    columns: { type: "string", default: "256" },
    clicks: { type: "string", default: "60" },
    threads: { type: "string", default: String(Math.min(4, availableParallelism())) },
  },
});
const [columns, clicks, parts] = [Number(options.columns), Number(options.clicks), Number(options.threads)];
const random = seededRandom("bench-similar");

const room = mkdtempSync(join(tmpdir(), "omnisat-similar-"));
try {
  await run();
} finally {
  rmSync(room, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const folder = join(room, "values");
  await writeMadeUpLayer(folder, { key: "bench", modality: "s2", columns });

  const worker = new URL("../services/similar/worker.ts", import.meta.url);
  const threads = Array.from(
    { length: parts },
    () => new TaskThread<SimilarTasks>("a bench", () => new Worker(worker, threadLimits)),
  );
  const opening = performance.now();
  const opened = await Promise.all(
    threads.map((thread, part) => thread.ask("open", { folders: [folder], part, parts, most: 2 ** 30 })),
  );
  const compared: ComparedPatches = opened[0]!;
  stdout.write(
    `${cpus()[0]?.model ?? "?"}, ${parts} threads; ${patchesAlongEdge ** 2} patches, ${columns} columns; into memory in ${((performance.now() - opening) / 1000).toFixed(1)} s\n`,
  );
  // A view of 1,440 × 900 pixels that shows the whole project: a pixel is a little more than a patch.
  const window = { col: 0, row: 0, width: patchesAlongEdge, height: patchesAlongEdge, step: 1 };
  const [scoring, whole, work]: [number[], number[], number[]] = [[], [], []];
  for (let click = 0; click < clicks; click++) {
    const place = () => [Math.floor(random() * patchesAlongEdge), Math.floor(random() * patchesAlongEdge)] as const;
    const like = Array.from({ length: 1 + (click % 4) }, place);
    const unlike = Array.from({ length: click % 3 }, place);
    const began = performance.now();
    const processor = cpuUsage();
    const scores = new Int16Array(new SharedArrayBuffer(2 * patchesAlongEdge ** 2));
    await Promise.all(threads.map((thread) => thread.ask("score", { like, unlike, scores })));
    scoring.push(performance.now() - began);
    const field = new ScoreField(compared, scores);
    field.window(window);
    whole.push(performance.now() - began);
    const { user, system } = cpuUsage(processor);
    work.push((user + system) / 1000);
  }
  const told = (name: string, times: readonly number[]) => {
    const sorted = times.toSorted((p, q) => p - q);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1);
    stdout.write(`${name}: median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, of ${sorted.length} clicks\n`);
  };
  told("scores of all patches", scoring);
  told("and their bytes for a view of all", whole);
  told("work of the processor in it, all threads together", work);
  for (const thread of threads) thread.close();
}
