import { join } from "node:path";
import { findingSentence, inOrderOfSeverity } from "../../src-shared/domain/finding.ts";
import type { EmbedResult, EmbedSpec } from "../../src-shared/domain/job.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Cube, commonPatches, type Normalization, type PatchSet, type PatchWindow } from "../cube/index.ts";
import { type FeatureGroup, readGroup } from "../features/index.ts";
import type { TrainedModel } from "../learning/index.ts";
import { type AppliedModel, applyModel, logUse, normalizationsFor } from "./applied-model.ts";
import type { JobContext } from "./context.ts";
import { coverageFindings, coverageIn } from "./coverage-words.ts";
import { type BlockValues, blockSide, inBands, writeGroup } from "./feature-group.ts";
import { blockNames, embeddingBase, groupFolderName, statesOfImagery } from "./feature-keys.ts";
import { leaveOutside } from "./features.ts";
import { requireGolden } from "./golden.ts";
import { openCube, projectArea } from "./imagery.ts";
import type { EncoderOfRows } from "./method-rows.ts";
import { readWorkingModel } from "./model-tensors.ts";
import type { TileLogits } from "./predict.ts";
import { encoderFor } from "./predictor-for.ts";
import { providerFor } from "./provider.ts";
import { requirePixels, tilesTouching } from "./statistics.ts";

/**
 * Computes what the encoder of a model makes of every patch that one of its inputs sees, and stores it standardised, a byte per number. Blocks whose
 * images did not change are those of before; a killed job goes on with the next block. In memory are the tiles of one block, and of the one beside it.
 * @throws AppError "model-without-network", "map-without-imagery", "no-disk-space", and what the model does not fit
 */
export async function embed(spec: EmbedSpec, context: JobContext): Promise<EmbedResult> {
  const started = performance.now();
  const { grid, imagery, modelFolder, title, key, earlierFolder, batchSize, seed, appVersion } = spec;
  const model = await readWorkingModel(modelFolder);
  const { description, weights } = model;
  const { sha256 } = description.weights;
  if (description.method) throw new AppError("model-without-network", { name: title });
  const modalities = imagery.modalities.map(({ name }) => name);
  const applied = applyModel(description, grid, imagery, modalities);
  logUse(applied, undefined, context);
  const { provider, reason } = await providerFor(spec.provider);
  await requireGolden(spec, model, provider);
  context.log(`Computing on ${provider} (${reason}).`);
  const fileState = await statesOfImagery(imagery);
  const folder = join(spec.folder, groupFolderName(title, key));
  const cube = openCube(grid, imagery, applied.modalities, applied.days);
  try {
    const footprints = (await cube.footprints())!;
    const area = projectArea(grid);
    const coverage = coverageIn(footprints, area, modalities);
    const { all: covered } = coverage;
    if (covered.size === 0) throw new AppError("map-without-imagery", { modalities });
    const base = embeddingBase(grid, applied.modalities, sha256, [applied.days, applied.masked]);
    const before = [readGroup(folder), earlierFolder === null ? undefined : readGroup(earlierFolder)];
    const normalizations = await statisticsFor(model, applied, cube, spec, before.filter((own) => own?.base === base), context); // biome-ignore format: one call
    const encoder = await encoderFor({ cube, model: description, weights, modalities, batchSize, provider, normalizations }); // biome-ignore format: one call
    const nameOf = blockNames(imagery, applied.modalities, footprints, covered, fileState);
    const dates = new Set(modalities.flatMap((name) => cube.dates(name).map(({ date }) => date)));
    try {
      const group = await writeGroup(
        {
          name: title,
          key,
          folder,
          columns: Array.from({ length: encoder.columns }, (_, at) => `${title} ${at + 1}`),
          blocks: inBands(tilesTouching(covered, blockSide), bandOf(encoder.side)),
          base,
          blockKey: (block) => nameOf(block, widened(block, encoder.side)),
          earlierFolder,
          read: (blocks, signal) => embeddedBlocks(encoder, covered, blocks, signal),
          patches: covered.size,
          made: {
            appVersion,
            dates: [...dates].sort(),
            by: { kind: "model", model: title, sha256, inputs: modalities, taught: description.legend !== null },
          },
          ...(applied.statistics === "place" ? { statistics: normalizations } : {}),
          seed,
          nothingSeen: () => requirePixels(cube, area, seed, context),
        },
        told(covered, context),
        context,
      );
      const findings = inOrderOfSeverity([
        ...coverageFindings(coverage),
        ...applied.findings,
        ...encoder.predictor.watch.findings(),
      ]);
      for (const finding of findings) context.log(findingSentence(finding));
      return { group, provider: `${provider}: ${reason}`, findings, seconds: (performance.now() - started) / 1000 };
    } finally {
      await encoder.predictor.release();
    }
  } finally {
    await cube.close();
  }
}

const told = (covered: PatchSet, { phase }: JobContext) => {
  const blocks = tilesTouching(covered, blockSide).length;
  return (done: number) => phase("Embedding", done / blocks);
};

/**
 * What values are centred and scaled by. Where that is taken from these images, blocks of before were computed with what the images were then: it
 * stays, so that old and new blocks are of one kind.
 */
async function statisticsFor(
  { description }: TrainedModel,
  applied: AppliedModel,
  cube: Cube,
  spec: EmbedSpec,
  before: readonly (FeatureGroup | undefined)[],
  context: JobContext,
): Promise<readonly Normalization[]> {
  if (applied.statistics === "place")
    for (const group of before)
      if (group && areStatistics(group.statistics, applied)) return group.statistics as readonly Normalization[];
  return normalizationsFor(description, applied, cube, spec, context);
}

/** A file of the project may come from a stranger: figures of all bands of these inputs, or none. */
function areStatistics(value: unknown, { modalities }: AppliedModel): value is readonly Normalization[] {
  const all = Array.isArray(value) ? (value as readonly Partial<Normalization>[]) : [];
  return (
    all.length === modalities.length &&
    modalities.every(({ name, bands }) => {
      const own = all.find((one) => one?.modality === name)?.bands;
      return (
        Array.isArray(own) &&
        own.length === bands.length &&
        own.every((band, b) => band?.name === bands[b] && Number.isFinite(band.mean) && band.std > 0)
      );
    })
  );
}

/** Blocks in a band: tiles of the network that reach over its edge are computed for both, so it is some tiles high. */
const bandOf = (tileSide: number): number => Math.max(1, Math.ceil((4 * tileSide) / blockSide));

/** A block with the tiles of the network that reach over its edges. */
const widened = ({ col, row, width, height }: PatchWindow, by: number): PatchWindow => ({
  col: col - by,
  row: row - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

const nameOfTile = ({ col, row }: PatchWindow): string => `${col} ${row}`;

/** Blocks that lie one below the other, with the tiles of the network that they need, and those of them that the ones before did not. */
interface Unit {
  readonly blocks: readonly PatchWindow[];
  readonly tiles: ReadonlySet<string>;
  readonly fresh: readonly PatchWindow[];
}

function* unitsOf(blocks: readonly PatchWindow[], covered: PatchSet, tileSide: number): Generator<Unit, void> {
  let before: ReadonlySet<string> = new Set();
  for (let at = 0; at < blocks.length; ) {
    const { col } = blocks[at]!;
    let end = at + 1;
    while (blocks[end]?.col === col && blocks[end]!.row > blocks[end - 1]!.row) end++;
    const own = blocks.slice(at, end);
    const needed = own.flatMap((block) => tilesTouching(covered.inside(block), tileSide));
    const tiles = new Map(needed.map((tile) => [nameOfTile(tile), tile]));
    yield {
      blocks: own,
      tiles: new Set(tiles.keys()),
      fresh: [...tiles].flatMap(([name, tile]) => (before.has(name) ? [] : [tile])),
    };
    before = new Set(tiles.keys());
    at = end;
  }
}

/** What an encoder makes of the patches of blocks, in their order. Its tiles lie on multiples of their side from the CRS origin, as in a map. */
async function* embeddedBlocks(
  { predictor, side, columns }: EncoderOfRows,
  covered: PatchSet,
  blocks: readonly PatchWindow[],
  signal: AbortSignal,
): AsyncGenerator<BlockValues, void> {
  if (blocks.length === 0) return;
  const tiles = (function* () {
    for (const { fresh } of unitsOf(blocks, covered, side)) yield* fresh;
  })();
  const answers = predictor.run(tiles, signal);
  const kept = new Map<string, TileLogits>();
  try {
    for (const unit of unitsOf(blocks, covered, side)) {
      for (const name of kept.keys()) if (!unit.tiles.has(name)) kept.delete(name);
      for (const _ of unit.fresh) {
        const { value } = await answers.next();
        if (!value) throw new Error("An encoder that gives fewer tiles than it was asked for");
        kept.set(nameOfTile(value.window), value);
      }
      for (const block of unit.blocks) yield valuesOf(block, kept.values(), columns, covered);
    }
  } finally {
    await answers.return();
  }
}

function valuesOf(block: PatchWindow, tiles: Iterable<TileLogits>, columns: number, covered: PatchSet): BlockValues {
  const patches = block.width * block.height;
  const values = new Float32Array(patches * columns).fill(Number.NaN);
  const seen = new Uint8Array(patches);
  for (const { window, logits, seen: seenThere } of tiles) {
    const common = commonPatches(window, block);
    if (!common) continue;
    for (let row = common.row; row < common.row + common.height; row++)
      for (let col = common.col; col < common.col + common.width; col++) {
        const from = (row - window.row) * window.width + col - window.col;
        if (seenThere[from] !== 1) continue;
        const to = (row - block.row) * block.width + col - block.col;
        seen[to] = 1;
        values.set(logits.subarray(from * columns, (from + 1) * columns), to * columns);
      }
  }
  leaveOutside(seen, covered, block);
  return { values, seen };
}
