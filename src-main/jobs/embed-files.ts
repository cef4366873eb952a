import { join } from "node:path";
import type { EmbedFilesResult, EmbedFilesSpec } from "../../src-shared/domain/job.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { PatchSet, type PatchWindow } from "../cube/index.ts";
import type { JobContext } from "./context.ts";
import { type EmbeddingTile, openEmbeddingTile, PatchMeans, patchesOfTile } from "./embedding-tiles.ts";
import { type BlockValues, blockSide, inBands, writeGroup } from "./feature-group.ts";
import { fileStates, filesBase, groupFolderName, shortName, statedFiles } from "./feature-keys.ts";
import { leaveOutside } from "./features.ts";
import { limitOf, patchGrid, projectArea } from "./imagery.ts";
import { tilesTouching } from "./statistics.ts";

/** Blocks in a band: stored blocks of large tiles are decoded once for all patches of a band. */
const bandBlocks = 16;

/**
 * Reads embeddings that others made and stores the mean of each patch, standardised, a byte per number. What the files do not know of a patch is
 * left out. Blocks whose files did not change are those of before; a killed job goes on with the next block.
 * @throws AppError "embeddings-outside", "embeddings-empty", "crs-unknown", "crs-unusable", "no-disk-space", and what opening the files throws
 */
export async function embedFiles(spec: EmbedFilesSpec, context: JobContext): Promise<EmbedFilesResult> {
  const started = performance.now();
  const { grid, files, product, year, title, key, earlierFolder, seed, appVersion } = spec;
  const patches = patchGrid(grid);
  const area = projectArea(grid);
  const tiles: EmbeddingTile[] = [];
  try {
    for (const file of files) {
      context.signal.throwIfAborted();
      const tile = await openEmbeddingTile(file);
      tiles.push(tile);
    }
    const limit = limitOf(grid);
    const reached = tiles.map((tile) => {
      const window = patchesOfTile(tile, patches);
      return window ? PatchSet.ofWindow(window).inside(area) : PatchSet.empty;
    });
    const all = PatchSet.union(reached);
    const covered = limit ? all.within(limit) : all;
    if (covered.size === 0) throw new AppError("embeddings-outside", { paths: files.map(({ path }) => path) });
    const fileState = await fileStates(statedFiles(files));
    const names = files.map((file) => shortName(statedFiles([file]).map(fileState)));
    const near = (block: PatchWindow) =>
      tiles.flatMap((tile, i) => (reached[i]!.touches(block) ? [{ tile, name: names[i]! }] : []));
    const columns = tiles[0]!.columns;
    async function* read(blocks: readonly PatchWindow[], signal: AbortSignal): AsyncGenerator<BlockValues, void> {
      for (const block of blocks) {
        const means = new PatchMeans(block, patches, columns);
        for (const { tile } of near(block)) await means.add(tile, signal);
        const found = means.means();
        leaveOutside(found.seen, covered, block);
        yield found;
      }
    }
    const blocks = inBands(tilesTouching(covered, blockSide), bandBlocks);
    const group = await writeGroup(
      {
        name: title,
        key,
        folder: join(spec.folder, groupFolderName(title, key)),
        columns: Array.from({ length: columns }, (_, at) => `${title} ${at + 1}`),
        blocks,
        base: filesBase(grid, product),
        blockKey: (block) => shortName([covered.inside(block).bands, near(block).map(({ name }) => name)]),
        earlierFolder,
        read,
        patches: covered.size,
        made: {
          appVersion,
          dates: [],
          by: {
            kind: "files",
            product,
            year,
            files: statedFiles(files).map((path) => ({ path, state: fileState(path) })),
          },
        },
        seed,
        nothingSeen: async () => {
          throw new AppError("embeddings-empty", { paths: files.map(({ path }) => path) });
        },
      },
      (done) => context.phase("Preparing", done / blocks.length),
      context,
    );
    return { group, seconds: (performance.now() - started) / 1000 };
  } finally {
    for (const tile of tiles) await tile.close();
  }
}
