import type { FeaturesGroupResult } from "../../src-shared/domain/job.ts";
import type { PatchWindow } from "../cube/index.ts";
import {
  blockBytes,
  EarlierGroup,
  type FeatureGroup,
  featureVersion,
  GroupWriter,
  scalesOf,
  shareCut,
  storedError,
} from "../features/index.ts";
import { seededRandom, shuffled } from "../files/index.ts";
import type { JobContext } from "./context.ts";

// How the values of a group come onto the disk, whatever computes them: resumed where a killed job stopped, and blocks whose images did not change
// taken from the group of before.

/** Means and spreads come from so many patches, in blocks drawn at random, where there are as many. */
const looked = { patches: 16_384, blocks: 256 } as const;

/** New values may be cut by so much more than before: beyond, the steps of before do not fit them and all blocks are computed again. */
const mostCutMore = 0.005;
/** Of more changed blocks than this share all are computed again, so that means and spreads are those of the images as they are. */
const mostChanged = 0.5;

/** Patches along the side of a stored block of an embedding. */
export const blockSide = 32;

/** Blocks band by band, each from the west: what is read for one block serves those of its band that lie beside it. */
export function inBands(blocks: readonly PatchWindow[], high: number): PatchWindow[] {
  const bandAt = ({ row }: PatchWindow) => Math.floor(row / blockSide / high);
  return [...blocks].sort((p, q) => bandAt(p) - bandAt(q) || p.col - q.col || p.row - q.row);
}

/** The numbers of a block, as they are computed. */
export interface BlockValues {
  /** [patches, columns]; NaN where nothing was seen */
  readonly values: Float32Array;
  /** [patches] 1 where the input sees the patch */
  readonly seen: Uint8Array;
}

/** A group to be written. */
export interface GroupWork {
  /** of the input or the embedding */
  readonly name: string;
  readonly key: string;
  /** to write into */
  readonly folder: string;
  readonly columns: readonly string[];
  /** in the order of the file */
  readonly blocks: readonly PatchWindow[];
  readonly base: string;
  /** names the images that a block follows from */
  readonly blockKey: (block: PatchWindow) => string;
  /** the folder of this group as it was before; `null`: there was none */
  readonly earlierFolder: string | null;
  /** gives blocks in the order in which they are asked for */
  readonly read: (blocks: readonly PatchWindow[], signal: AbortSignal) => AsyncGenerator<BlockValues, void>;
  /** patches that any image reaches */
  readonly patches: number;
  readonly made: Omit<FeatureGroup["made"], "at">;
  readonly statistics?: unknown;
  readonly seed: number;
  /** why nothing was seen of any patch */
  readonly nothingSeen: () => Promise<void>;
}

/**
 * Writes a group block by block. One block is in memory at a time, and those that means and spreads come from.
 * @param told blocks that are done
 * @throws AppError "no-disk-space", and what reading throws
 */
export async function writeGroup(
  work: GroupWork,
  told: (done: number) => void,
  context: Pick<JobContext, "signal" | "log">,
): Promise<FeaturesGroupResult> {
  const earlier = work.earlierFolder === null ? undefined : EarlierGroup.open(work.earlierFolder);
  try {
    return await write(work, earlier, told, context);
  } finally {
    earlier?.close();
  }
}

async function write(
  work: GroupWork,
  earlier: EarlierGroup | undefined,
  told: (done: number) => void,
  { signal, log }: Pick<JobContext, "signal" | "log">,
): Promise<FeaturesGroupResult> {
  const { name, key, folder, columns, blocks, base } = work;
  const side = blocks[0]!.width;
  const corner = ({ col, row }: PatchWindow) => [col / side, row / side] as const;
  const keys = blocks.map(work.blockKey);
  // Blocks of before whose images are the same.
  const stays =
    earlier && isAlike(earlier.group, work, side)
      ? blocks.map((block, at) => earlier.has(...corner(block), keys[at]!))
      : blocks.map(() => false);
  const known = new Map<string, BlockValues>();
  let writer = await GroupWriter.resume(folder, key);
  if (!writer) {
    const changed = blocks.filter((_, at) => !stays[at]);
    let scales: Pick<FeatureGroup, "means" | "spreads" | "steps" | "looked" | "cut"> | undefined;
    if (earlier && changed.length <= mostChanged * blocks.length) {
      const rows = await lookAround(work, changed, known, signal);
      const { means, spreads, steps, looked: before, cut } = earlier.group;
      if (shareCut(rows, earlier.group) <= cut + mostCutMore) scales = { means, spreads, steps, looked: before, cut };
    }
    if (!scales) {
      known.clear();
      const rows = await lookAround(work, blocks, known, signal);
      scales = scalesOf(rows, columns.length);
      // Says why where there is a reason.
      if (scales.looked === 0) await work.nothingSeen();
    }
    const group: FeatureGroup = {
      version: featureVersion,
      key,
      modality: name,
      columns,
      side,
      blocks: blocks.map(corner),
      ...scales,
      base,
      blockKeys: keys,
      ...(work.statistics === undefined ? {} : { statistics: work.statistics }),
      made: { at: new Date().toISOString(), ...work.made },
    };
    writer = await GroupWriter.begin(folder, group);
    log(
      `${name}: ${columns.length} columns of ${work.patches} patches; stored to ${storedError(group).toFixed(3)} of a spread, ${(100 * group.cut).toFixed(2)} % of values cut.`,
    );
  }
  try {
    const { group } = writer;
    // Another scale, other bytes: nothing of before fits.
    const reused = earlier && sameScales(earlier.group, group) ? stays : blocks.map(() => false);
    const first = writer.done;
    const nameOf = ({ col, row }: PatchWindow) => `${col} ${row}`;
    const missing = blocks.filter((block, at) => at >= first && !reused[at] && !known.has(nameOf(block)));
    const answers = work.read(missing, signal);
    try {
      for (let at = first; at < blocks.length; at++) {
        signal.throwIfAborted();
        told(at);
        const block = blocks[at]!;
        if (reused[at]) {
          await writer.appendStored(earlier!.bytes(...corner(block)));
          continue;
        }
        const { values, seen } = known.get(nameOf(block)) ?? (await nextOf(answers));
        known.delete(nameOf(block));
        await writer.append(values, seen);
      }
    } finally {
      await answers.return();
    }
    told(blocks.length);
    return {
      modality: name,
      key,
      folder,
      columns: columns.length,
      patches: work.patches,
      bytes: blocks.length * blockBytes(group),
      error: storedError(group),
      cut: group.cut,
      blocks: blocks.length,
      kept: reused.filter(Boolean).length,
    };
  } finally {
    await writer.close();
  }
}

async function nextOf(answers: AsyncGenerator<BlockValues, void>): Promise<BlockValues> {
  const { value } = await answers.next();
  if (!value) throw new Error("A group of fewer blocks than were asked for");
  return value;
}

/** Whether blocks of a group of before can be blocks of this one. */
const isAlike = (before: FeatureGroup, { base, columns }: GroupWork, side: number): boolean =>
  before.base === base && before.side === side && String(before.columns) === String(columns);

const sameScales = (one: FeatureGroup, other: FeatureGroup): boolean =>
  JSON.stringify([one.means, one.steps]) === JSON.stringify([other.means, other.steps]);

/**
 * [rows × columns] values of some patches, in blocks drawn at random.
 * @param known takes the blocks that were read, so that they are not computed again
 */
async function lookAround(
  { read, columns, seed }: GroupWork,
  blocks: readonly PatchWindow[],
  known: Map<string, BlockValues>,
  signal: AbortSignal,
): Promise<Float32Array> {
  const some = shuffled(blocks, seededRandom("features", seed)).slice(0, looked.blocks);
  const width = columns.length;
  const rows: Float32Array[] = [];
  for (const block of some) {
    if (rows.length >= looked.patches) break;
    signal.throwIfAborted();
    const answers = read([block], signal);
    const one = await nextOf(answers);
    await answers.return();
    known.set(`${block.col} ${block.row}`, one);
    for (let p = 0; p < one.seen.length; p++)
      if (one.seen[p] === 1) rows.push(one.values.subarray(p * width, (p + 1) * width));
  }
  const values = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) values.set(row, i * width);
  return values;
}
