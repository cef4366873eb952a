// npm run bench:similar: how long it takes from a click to the heat map of the whole view, on a made-up project of a million patches of 256 values.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { argv, cpuUsage, stdout } from "node:process";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { tilesCovering } from "../../src-shared/geo/tile-grid.ts";
import { type ComparedPatches, featureVersion, GroupWriter, ScoreField, scalesOf } from "../features/index.ts";
import { seededRandom } from "../files/index.ts";
import { TaskThread, threadLimits } from "../services/instant/thread.ts";
import type { SimilarTasks } from "../services/similar/messages.ts";

const { values: options } = parseArgs({
  args: argv.slice(2),
  options: {
    columns: { type: "string", default: "256" },
    clicks: { type: "string", default: "60" },
    threads: { type: "string", default: String(Math.min(4, availableParallelism())) },
  },
});
const [columns, clicks, parts] = [Number(options.columns), Number(options.clicks), Number(options.threads)];
const side = 32;
/** Blocks along each edge: 32 · 32 patches each, a million in all. */
const edge = 32;
const patchMeters = 10;
const random = seededRandom("bench-similar");
const bell = (): number => random() + random() + random() + random() - 2;

const room = mkdtempSync(join(tmpdir(), "omnisat-similar-"));
try {
  await run();
} finally {
  rmSync(room, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const folder = join(room, "values");
  mkdirSync(folder);
  const curves = Array.from({ length: 10 }, () => Float32Array.from({ length: columns }, bell));
  const kinds = Array.from({ length: 4 }, () =>
    Float32Array.from(
      { length: side * side * columns },
      (_, at) => curves[Math.floor(at / columns) % 10]![at % columns]! + 1.5 * bell(),
    ),
  );
  const blocks = Array.from({ length: edge * edge }, (_, i) => [i % edge, Math.floor(i / edge)] as const);
  const names = Array.from({ length: columns }, (_, j) => String(j));
  const writer = await GroupWriter.begin(folder, { version: featureVersion, key: "bench", modality: "s2", columns: names, side, blocks, ...scalesOf(kinds[0]!, columns), made: { at: "", appVersion: "bench", dates: [] } }); // biome-ignore format: one group
  for (const i of blocks.keys()) await writer.append(kinds[i % kinds.length]!, new Uint8Array(side * side).fill(1));
  await writer.close();

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
    `${cpus()[0]?.model ?? "?"}, ${parts} threads; ${blocks.length * side * side} patches, ${columns} columns; into memory in ${((performance.now() - opening) / 1000).toFixed(1)} s\n`,
  );
  // A view of 1,440 × 900 pixels that shows the whole project: a pixel is a little more than a patch.
  const edgeMeters = edge * side * patchMeters;
  const view = tilesCovering({ minX: 0, minY: -edgeMeters, maxX: edgeMeters, maxY: 0 }, 13);
  const [scoring, whole, work]: [number[], number[], number[]] = [[], [], []];
  for (let click = 0; click < clicks; click++) {
    const place = () => [Math.floor(random() * edge * side), Math.floor(random() * edge * side)] as const;
    const like = Array.from({ length: 1 + (click % 4) }, place);
    const unlike = Array.from({ length: click % 3 }, place);
    const began = performance.now();
    const processor = cpuUsage();
    const scores = new Int16Array(new SharedArrayBuffer(2 * blocks.length * side * side));
    await Promise.all(threads.map((thread) => thread.ask("score", { like, unlike, scores })));
    scoring.push(performance.now() - began);
    const field = new ScoreField(compared, scores);
    for (const tile of view) field.tile(tile, patchMeters);
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
  told(`and the heat map of the whole view (${view.length} tiles)`, whole);
  told("work of the processor in it, all threads together", work);
  for (const thread of threads) thread.close();
}
