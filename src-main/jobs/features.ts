import { join } from "node:path";
import type { FeaturesGroupResult, FeaturesResult, FeaturesSpec } from "../../src-shared/domain/job.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { Cube, PatchSet, PatchWindow } from "../cube/index.ts";
import {
  blockBytes,
  type FeatureGroup,
  featureVersion,
  GroupWriter,
  scalesOf,
  storedError,
} from "../features/index.ts";
import { seededRandom, shuffled } from "../files/index.ts";
import type { JobContext } from "./context.ts";
import { groupFolderName } from "./feature-keys.ts";
import { dayCountOf, openCube, projectArea } from "./imagery.ts";
import { columnsOf, methodTileSide, monthOf, namesOfColumns, readPatchRows } from "./monthly-values.ts";
import { requirePixels, tilesTouching } from "./statistics.ts";

/** Means and spreads come from so many patches, in blocks drawn at random, where there are as many. */
const looked = { patches: 16_384, blocks: 256 } as const;

/**
 * Computes the monthly values of every patch that an input sees, input by input, and stores them standardised, a byte each. One block of
 * patches is in memory at a time; a killed job goes on with the next block.
 * @throws AppError "map-without-imagery", "modality-without-pixels", "no-disk-space"
 */
export async function features(spec: FeaturesSpec, context: JobContext): Promise<FeaturesResult> {
  const started = performance.now();
  const { grid, imagery } = spec;
  const cube = openCube(grid, imagery, imagery.modalities, dayCountOf(imagery));
  try {
    const footprints = (await cube.footprints())!;
    const area = projectArea(grid);
    const work = spec.groups.map(({ modality, key }) => {
      const covered = footprints.modality(modality).inside(area);
      return {
        modality: cube.modality(modality),
        key,
        covered,
        blocks: tilesTouching(covered, methodTileSide(imagery.modalities)),
      };
    });
    const seen = work.find(({ covered }) => covered.size === 0);
    if (seen) throw new AppError("map-without-imagery", { modalities: [seen.modality.name] });
    const total = work.reduce((sum, { blocks }) => sum + blocks.length, 0);
    let finished = 0;
    const groups: FeaturesGroupResult[] = [];
    for (const one of work) {
      const told = (done: number) => context.phase("Preparing", (finished + done) / total);
      groups.push(await writeGroup(spec, cube, one, told, context));
      finished += one.blocks.length;
    }
    return { groups, seconds: (performance.now() - started) / 1000 };
  } finally {
    await cube.close();
  }
}

interface GroupWork {
  readonly modality: Modality;
  readonly key: string;
  readonly covered: PatchSet;
  readonly blocks: readonly PatchWindow[];
}

async function writeGroup(
  { folder, grid, months, seed, appVersion }: FeaturesSpec,
  cube: Cube,
  { modality, key, covered, blocks }: GroupWork,
  told: (blocks: number) => void,
  context: JobContext,
): Promise<FeaturesGroupResult> {
  const { signal, log } = context;
  const own = join(folder, groupFolderName(modality.name, key));
  const monthIn = (date: string) => monthOf(months, date);
  const columns = columnsOf([modality], months);
  const read = async (window: PatchWindow) => {
    const rows = await readPatchRows(cube, window, [modality], months, monthIn, signal);
    // What an image shows beyond the project's border is no part of it.
    const inside = covered.inside(window);
    for (let p = 0; p < rows.seen.length; p++)
      if (!inside.has(window.col + (p % window.width), window.row + Math.floor(p / window.width))) rows.seen[p] = 0;
    return rows;
  };
  let writer = await GroupWriter.resume(own, key);
  if (!writer) {
    const scales = await lookAround(blocks, read, columns, seed, signal);
    // Says why where there is a reason.
    if (scales.looked === 0) await requirePixels(cube, projectArea(grid), seed, context);
    const side = blocks[0]!.width;
    const group: FeatureGroup = {
      version: featureVersion,
      key,
      modality: modality.name,
      columns: namesOfColumns([modality], months),
      side,
      blocks: blocks.map(({ col, row }) => [col / side, row / side] as const),
      ...scales,
      made: {
        at: new Date().toISOString(),
        appVersion,
        dates: cube.dates(modality.name).map(({ date }) => date),
      },
    };
    writer = await GroupWriter.begin(own, group);
    log(
      `${modality.name}: ${columns} columns of ${covered.size} patches; stored to ${storedError(group).toFixed(3)} of a spread, ${(100 * group.cut).toFixed(2)} % of values cut.`,
    );
  }
  try {
    for (let at = writer.done; at < blocks.length; at++) {
      signal.throwIfAborted();
      told(at);
      const { values, seen } = await read(blocks[at]!);
      await writer.append(values, seen);
    }
    told(blocks.length);
    const { group } = writer;
    return {
      modality: modality.name,
      key,
      folder: own,
      columns,
      patches: covered.size,
      bytes: blocks.length * blockBytes(group),
      error: storedError(group),
      cut: group.cut,
    };
  } finally {
    await writer.close();
  }
}

/** Means, spreads and steps from blocks drawn at random. */
async function lookAround(
  blocks: readonly PatchWindow[],
  read: (window: PatchWindow) => Promise<{ readonly values: Float32Array; readonly seen: Uint8Array }>,
  columns: number,
  seed: number,
  signal: AbortSignal,
) {
  const rows: Float32Array[] = [];
  for (const window of shuffled(blocks, seededRandom("features", seed)).slice(0, looked.blocks)) {
    if (rows.length >= looked.patches) break;
    signal.throwIfAborted();
    const { values, seen } = await read(window);
    for (let p = 0; p < seen.length; p++) if (seen[p] === 1) rows.push(values.slice(p * columns, (p + 1) * columns));
  }
  const values = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) values.set(row, i * columns);
  return scalesOf(values, columns);
}
