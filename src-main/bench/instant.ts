// npm run bench:instant [-- --classes 10]: how long the instant map takes to learn and to draw, on a made-up layer of a million patches.
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { argv, cpuUsage, stdout } from "node:process";
import { parseArgs } from "node:util";
import type { LabelledTable } from "../classifiers/index.ts";
import {
  answererOf,
  FeatureLayer,
  featureVersion,
  fitInstant,
  GroupWriter,
  InstantMap,
  instantTemperature,
  mostInstantRows,
  scalesOf,
  similarityTo,
} from "../features/index.ts";
import { seededRandom } from "../files/index.ts";

const { values: options } = parseArgs({
  args: argv.slice(2),
  options: { columns: { type: "string", default: "304" }, classes: { type: "string", default: "10" } },
});
const [columns, classCount] = [Number(options.columns), Number(options.classes)];
const side = 32;
/** Blocks along each edge: 32 · 32 patches each, a million in all. */
const edge = 31;
const random = seededRandom("bench-instant");
/** A bell around 0, from four random numbers. */
const bell = (): number => random() + random() + random() + random() - 2;
const curves = Array.from({ length: classCount }, () => Float32Array.from({ length: columns }, bell));

const room = mkdtempSync(join(tmpdir(), "omnisat-instant-"));
try {
  await run();
} finally {
  rmSync(room, { recursive: true, force: true });
}

/** A block of patches of all classes. */
function madeUp(): Float32Array {
  const values = new Float32Array(side * side * columns);
  for (let p = 0; p < side * side; p++)
    for (let j = 0; j < columns; j++) values[p * columns + j] = curves[p % classCount]![j]! + 1.5 * bell();
  return values;
}

async function run(): Promise<void> {
  const blocks = Array.from({ length: edge * edge }, (_, i) => [i % edge, Math.floor(i / edge)] as const);
  const kinds = Array.from({ length: 8 }, madeUp);
  const seen = new Uint8Array(side * side).fill(1);
  const group = {
    version: featureVersion,
    key: "bench",
    modality: "s2",
    columns: Array.from({ length: columns }, (_, j) => `column ${j}`),
    side,
    blocks,
    ...scalesOf(kinds[0]!, columns),
    made: { at: "", appVersion: "bench", dates: [] },
  };
  const writer = await GroupWriter.begin(room, group);
  for (const i of blocks.keys()) await writer.append(kinds[i % kinds.length]!, seen);
  await writer.close();
  const layer = FeatureLayer.open([room])!;
  const patches = blocks.length * side * side;
  stdout.write(
    `${cpus()[0]?.model ?? "?"}, one thread, milliseconds of the processor; ${patches} patches, ${columns} columns, ${classCount} classes\n`,
  );

  // 10,000 labelled patches: the regression learns from as many of them as `mostInstantRows` says.
  const rows = Math.min(10_000, mostInstantRows({ classes: classCount, columns }));
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const { values: stored } = layer.block(i % edge, Math.floor(i / edge) % edge)!;
    const p = i % (side * side);
    for (let j = 0; j < columns; j++) values[i * columns + j] = stored[p * columns + j]! * layer.factors[j]!;
  }
  const classes = Int32Array.from({ length: rows }, (_, i) => (i % (side * side)) % classCount);
  const table: LabelledTable = { values, rows, columns, classes, classCount };
  const groups = Int32Array.from({ length: rows }, (_, i) => (i % classCount) + classCount * Math.floor(i / 200));
  const timed = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
    const began = cpuUsage();
    const result = await work();
    const { user, system } = cpuUsage(began);
    stdout.write(`${name}: ${((user + system) / 1000).toFixed(0)} ms\n`);
    return result;
  };
  const first = await timed("first fit of 10,000 labelled patches", () => fitInstant(table));
  const edited = classes.slice();
  edited[17] = (edited[17]! + 1) % classCount;
  const second = await timed("fit again after one edit", () =>
    fitInstant({ ...table, classes: edited }, { from: first }),
  );
  const temperature = await timed("how sharp it is", () => instantTemperature(table, { groups, from: second }));
  const map = new InstantMap(layer, 10);
  map.learn(
    answererOf(
      layer,
      second,
      [...Array(classCount).keys()].map((k) => k + 1),
      temperature,
    ),
  );
  await timed("a tile of 65,536 patches", () => map.tile({ z: 13, x: 0, y: 0 }, "class"));
  await timed("its confidence, known by then", () => map.tile({ z: 13, x: 0, y: 0 }, "confidence"));
  await timed("a tile of all patches, every fourth asked", () => map.tile({ z: 11, x: 0, y: 0 }, "class"));
  map.learn(similarityTo(layer, values.subarray(0, columns)));
  await timed("likeness of 65,536 patches", () => map.tile({ z: 13, x: 1, y: 1 }, "similarity"));
  layer.close();
}
