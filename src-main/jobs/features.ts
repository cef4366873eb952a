import { join } from "node:path";
import type { FeaturesGroupResult, FeaturesResult, FeaturesSpec } from "../../src-shared/domain/job.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import type { Cube, PatchSet, PatchWindow } from "../cube/index.ts";
import type { JobContext } from "./context.ts";
import { type BlockValues, writeGroup } from "./feature-group.ts";
import { blockNames, type FileState, groupFolderName, statesOfImagery, valuesBase } from "./feature-keys.ts";
import { dayCountOf, openCube, projectArea } from "./imagery.ts";
import { methodTileSide, monthOf, namesOfColumns, readPatchRows } from "./monthly-values.ts";
import { requirePixels, tilesTouching } from "./statistics.ts";

/**
 * Computes the monthly values of every patch that an input sees, input by input, and stores them standardised, a byte each. Blocks whose images
 * did not change are those of before. One block of patches is in memory at a time; a killed job goes on with the next block.
 * @throws AppError "map-without-imagery", "modality-without-pixels", "no-disk-space"
 */
export async function features(spec: FeaturesSpec, context: JobContext): Promise<FeaturesResult> {
  const started = performance.now();
  const { grid, imagery } = spec;
  const fileState = await statesOfImagery(imagery);
  const cube = openCube(grid, imagery, imagery.modalities, dayCountOf(imagery));
  try {
    const footprints = (await cube.footprints())!;
    const area = projectArea(grid);
    const work = spec.groups.map(({ modality, key, earlierFolder }): ValuesWork => {
      const covered = footprints.modality(modality).inside(area);
      return {
        modality: cube.modality(modality),
        key,
        earlierFolder: earlierFolder ?? null,
        covered,
        blocks: tilesTouching(covered, methodTileSide(imagery.modalities)),
      };
    });
    const unseen = work.find(({ covered }) => covered.size === 0);
    if (unseen) throw new AppError("map-without-imagery", { modalities: [unseen.modality.name] });
    const total = work.reduce((sum, { blocks }) => sum + blocks.length, 0);
    let finished = 0;
    const groups: FeaturesGroupResult[] = [];
    for (const one of work) {
      const told = (done: number) => context.phase("Preparing", (finished + done) / total);
      groups.push(await writeValues(spec, cube, one, fileState, told, context));
      finished += one.blocks.length;
    }
    return { groups, seconds: (performance.now() - started) / 1000 };
  } finally {
    await cube.close();
  }
}

interface ValuesWork {
  readonly modality: Modality;
  readonly key: string;
  readonly earlierFolder: string | null;
  readonly covered: PatchSet;
  readonly blocks: readonly PatchWindow[];
}

async function writeValues(
  { folder, grid, imagery, months, seed, appVersion }: FeaturesSpec,
  cube: Cube,
  { modality, key, earlierFolder, covered, blocks }: ValuesWork,
  fileState: FileState,
  told: (blocks: number) => void,
  context: JobContext,
): Promise<FeaturesGroupResult> {
  const monthIn = (date: string) => monthOf(months, date);
  const nameOf = blockNames(imagery, [modality], (await cube.footprints())!, covered, fileState);
  async function* read(some: readonly PatchWindow[], signal: AbortSignal): AsyncGenerator<BlockValues, void> {
    for (const window of some) {
      const rows = await readPatchRows(cube, window, [modality], months, monthIn, signal);
      leaveOutside(rows.seen, covered, window);
      yield rows;
    }
  }
  return writeGroup(
    {
      name: modality.name,
      key,
      folder: join(folder, groupFolderName(modality.name, key)),
      columns: namesOfColumns([modality], months),
      blocks,
      base: valuesBase(grid, imagery, modality, months),
      blockKey: (block) => nameOf(block, block),
      earlierFolder,
      read,
      patches: covered.size,
      made: { appVersion, dates: cube.dates(modality.name).map(({ date }) => date) },
      seed,
      nothingSeen: () => requirePixels(cube, projectArea(grid), seed, context),
    },
    told,
    context,
  );
}

/** What an image shows beyond the project's border is no part of it. */
export function leaveOutside(seen: Uint8Array, covered: PatchSet, window: PatchWindow): void {
  const inside = covered.inside(window);
  for (let p = 0; p < seen.length; p++)
    if (!inside.has(window.col + (p % window.width), window.row + Math.floor(p / window.width))) seen[p] = 0;
}
