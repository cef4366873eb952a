import { availableParallelism, freemem } from "node:os";
import type { FinetuneSpec } from "../../src-shared/domain/job.ts";
import type { Method } from "../../src-shared/domain/method.ts";
import type { TrainingEstimate } from "../../src-shared/domain/training.ts";
import { type LabelledTable, timeMethod } from "../classifiers/index.ts";
import type { Cube, PatchSet, PatchWindow } from "../cube/index.ts";
import { seededRandom } from "../files/index.ts";
import type { JobContext } from "./context.ts";
import { coverageIn } from "./coverage-words.ts";
import { bytesOfPixels, processBytes } from "./estimate-memory.ts";
import { frozenEncoder, inputsOfMethod } from "./finetune-method.ts";
import { cacheBytes, projectArea, requirePixels, statisticsTiles } from "./imagery.ts";
import { type RowReader, rowReader } from "./method-rows.ts";
import { monthsOfSeries, mostRowsOf, readLabelledRows, tilesOfRows } from "./method-table.ts";
import { limitsOf, withLimits } from "./monthly-values.ts";
import { PatchTargets } from "./patch-targets.ts";
import { statisticsFor, type TrainingInputs, withCube } from "./teaching.ts";

/** Places are read for about so long, in milliseconds, and at least one is. */
const readingTrial = 1500;
/** Rows that learning is tried with. */
const trialRows = 1500;
/** Side of a place of the cube's cache, in patches: what is read at a time. */
const placePatches = 64;

/** What teaching a method will take: a few labelled places are read, and a small table of their values is learned from. */
export async function estimateMethod(
  training: FinetuneSpec,
  method: Method,
  context: JobContext,
): Promise<TrainingEstimate> {
  const inputs = await inputsOfMethod(training);
  return withCube(training, inputs, (cube) => tryOn(training, method, context, inputs, cube));
}

async function tryOn(
  training: FinetuneSpec,
  method: Method,
  context: JobContext,
  inputs: TrainingInputs,
  cube: Cube,
): Promise<TrainingEstimate> {
  const { modalities, names, base } = inputs;
  const { grid, seed, features } = training;
  const { signal } = context;
  const area = projectArea(grid);
  await requirePixels(cube, area, seed, context);
  const { all } = coverageIn((await cube.footprints())!, area, names);
  const { train, validation, codes } = new PatchTargets(training, all);
  const months = monthsOfSeries(cube, modalities);
  const normalizations = base && (await statisticsFor(training, context, inputs, cube));
  const frozen = base && (await frozenEncoder(training, context, inputs, cube, base, normalizations!));
  try {
    const reader = rowReader({
      cube,
      modalities,
      months,
      changes: frozen?.changes,
      features,
      encoder: frozen?.encoder,
    });
    const { columns } = reader;
    const labelled = train.usable().reduce((sum, { patches }) => sum + patches, 0);
    const rows = Math.min(labelled, mostRowsOf(columns));
    const tiles = train.tilesAround(tilesOfRows(area, reader));
    const checked = validation.tilesAround(tilesOfRows(area, reader));
    const read = await tryReading(reader, train, tiles, seed, context);
    const table = trialTable(read.tables, codes.length, Math.min(rows, trialRows), seed);
    const learning = await timeMethod(method, table, rows, { seed, signal });
    const places = placesOf([...tiles, ...checked]);
    const surveyed = Math.min(statisticsTiles.count, placesIn(all));
    // Statistics read their tiles first; what they have read need not be read again.
    const reading = (places + Math.max(0, surveyed - places / 2)) * read.place;
    const rest = (tiles.length + checked.length) * read.tile + surveyed * read.tile;
    const bytes = 4 * rows * columns + (base?.description.weights.bytes ?? 0);
    const idle = processBytes(Math.max(1, Math.min(8, availableParallelism())));
    const pixels = Math.min(cacheBytes(), await bytesOfPixels(cube, all));
    return {
      provider: frozen?.computing.provider ?? "cpu",
      parameters: 0,
      flopsPerStep: 0,
      stepSeconds: null,
      totalSeconds: {
        low: 0.6 * (reading + rest) + learning.low,
        high: 1.6 * (reading + rest) + learning.high + 2,
      },
      trialSteps: 0,
      memoryBytes: {
        low: idle.low + 0.5 * pixels + 2 * bytes,
        high: idle.high + pixels + 4 * bytes + learnedBytes(method, rows, codes.length),
      },
      availableBytes: freemem(),
      fittingBatchSize: null,
      table: { rows, columns },
    };
  } finally {
    await frozen?.encoder.predictor.release();
  }
}

/** Of what a method is made of, and of what it counts in, at most. */
const learnedBytes = (method: Method, rows: number, classes: number): number =>
  method === "random-forest" ? Math.min(2 ** 24, 300 * rows) * (12 + 2 * classes) : 64e6;

interface Reading {
  /** seconds of one place that nobody has read yet */
  readonly place: number;
  /** seconds of one tile whose pixels are in memory */
  readonly tile: number;
  readonly tables: readonly LabelledTable[];
}

/** Reads some tiles spread over all labels, each a second time from memory. */
async function tryReading(
  reader: RowReader,
  labels: PatchTargets["train"],
  tiles: readonly PatchWindow[],
  seed: number,
  context: JobContext,
): Promise<Reading> {
  const quiet: JobContext = { ...context, phase: () => {} };
  const tables: LabelledTable[] = [];
  const once = async (tile: PatchWindow): Promise<number> => {
    const began = performance.now();
    const { table } = await readLabelledRows(reader, labels, seed, quiet, { tiles: [tile] });
    if (table.rows > 0) tables.push(table);
    return (performance.now() - began) / 1000;
  };
  const began = performance.now();
  const places = new Map<string, number>();
  let warm = 0;
  // Neighbours lie behind one another in the list: steps over it are steps over the area.
  const stride = Math.max(1, Math.floor(tiles.length / 5));
  for (let at = 0; at < tiles.length; at += stride) {
    const tile = tiles[at]!;
    const seconds = await once(tile);
    if (!places.has(placeOf(tile))) places.set(placeOf(tile), seconds);
    if (places.size === 1 && at === 0) warm = await once(tile);
    if (performance.now() - began > readingTrial) break;
  }
  const cold = [...places.values()].reduce((sum, seconds) => sum + seconds, 0) / Math.max(1, places.size);
  return { place: Math.max(0, cold - warm), tile: warm, tables };
}

const placeOf = ({ col, row }: PatchWindow): string =>
  `${Math.floor(col / placePatches)} ${Math.floor(row / placePatches)}`;
const placesOf = (tiles: readonly PatchWindow[]): number => new Set(tiles.map(placeOf)).size;
const placesIn = (all: PatchSet): number =>
  all
    .windows()
    .reduce((sum, { width, height }) => sum + Math.ceil(width / placePatches) * Math.ceil(height / placePatches), 0);

/** A table like those that were read, of so many rows and all classes: rows of theirs with some noise, and some under another class. */
function trialTable(tables: readonly LabelledTable[], classCount: number, rows: number, seed: number): LabelledTable {
  const random = seededRandom("estimate", seed);
  const [first] = tables;
  const columns = first?.columns ?? 1;
  const sources = tables.flatMap((table) => Array.from({ length: table.rows }, (_, row) => ({ table, row })));
  const values = new Float32Array(rows * columns);
  const classes = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const { table, row } = sources[Math.floor(random() * sources.length)] ?? { table: undefined, row: 0 };
    classes[i] = table && random() < 0.7 ? table.classes[row]! : Math.floor(random() * classCount);
    for (let j = 0; j < columns; j++) {
      const value = table?.values[row * columns + j] ?? 0;
      values[i * columns + j] = value + (random() - 0.5) * 0.1 * (Math.abs(value) + 1e-3);
    }
  }
  withLimits(values, limitsOf(values, columns));
  return { values, rows, columns, classes, classCount };
}
