// What a model says of single patches, exactly as a map of them would: the same tiles, the same blending of their overlaps.
// Beside it the weights that each series' attention gave to its dates.
import type { SetRule } from "../../src-shared/domain/calibration.ts";
import type { InspectResult, InspectSpec } from "../../src-shared/domain/job.ts";
import type { DateAttention, PatchClasses } from "../../src-shared/domain/patch-classes.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import {
  Blender,
  boundsOfPatches,
  type Cube,
  dayOf,
  type PatchWindow,
  patchesCovering,
  raisedCosine,
} from "../cube/index.ts";
import { isPossible } from "../learning/index.ts";
import { applyModel, blendFor, normalizationsFor } from "./applied-model.ts";
import { softmax } from "./argmax.ts";
import type { JobContext } from "./context.ts";
import { requireGolden } from "./golden.ts";
import { openCube, patchGrid } from "./imagery.ts";
import { storedShares } from "./map-values.ts";
import { readWorkingModel } from "./model-tensors.ts";
import { isUncertain, ruleFor } from "./possible-classes.ts";
import type { SeriesAttention, TileLogits } from "./predict.ts";
import { predictorFor } from "./predictor-for.ts";
import { providerFor } from "./provider.ts";

/** Looks at each point's patch. */
export async function inspect(spec: InspectSpec, context: JobContext): Promise<InspectResult> {
  const model = await readWorkingModel(spec.modelFolder);
  const { description, weights } = model;
  const { signal, phase } = context;
  const { legend } = description;
  if (!legend) throw new AppError("model-has-no-head", { name: description.name });
  const { grid, imagery, modalities, points } = spec;
  const applied = applyModel(description, grid, imagery, modalities, spec.use);
  const { rule } = ruleFor(description, spec, applied);
  const { provider, reason } = await providerFor(spec.provider);
  await requireGolden(spec, model, provider);
  const cube = openCube(grid, imagery, applied.modalities, applied.days);
  try {
    const normalizations = await normalizationsFor(description, applied, cube, spec, context);
    const predictor = await predictorFor({
      cube,
      model: description,
      weights,
      modalities,
      batchSize: spec.batchSize,
      provider,
      normalizations,
      attention: true,
    });
    try {
      const patches: PatchClasses[] = [];
      for (const [index, { x, y }] of points.entries()) {
        phase("Inspecting", index / points.length);
        const { col, row } = patchesCovering(patchGrid(grid), { minX: x, maxX: x, minY: y, maxY: y });
        const patch: PatchWindow = { col, row, width: 1, height: 1 };
        const plan = blendFor(description, patch, spec.overlapPatches);
        const blender = new Blender(plan, legend.length + 1);
        const shares = raisedCosine(plan.size);
        let blended: Float32Array | undefined;
        let nearest: { readonly tile: TileLogits; readonly share: number } | undefined;
        for await (const tile of predictor.run(plan.tiles, signal)) {
          const side = plan.size;
          const values = new Float32Array(side * side * (legend.length + 1));
          for (let p = 0; p < side * side; p++) {
            values.set(tile.logits.subarray(p * legend.length, (p + 1) * legend.length), p * (legend.length + 1));
            values[p * (legend.length + 1) + legend.length] = tile.seen[p]!;
          }
          blended = blender.add(tile.window, values)?.logits ?? blended;
          const share = shares[row - tile.window.row]! * shares[col - tile.window.col]!;
          if (!nearest || share > nearest.share) nearest = { tile, share };
        }
        const seen = blended![legend.length]! > 0;
        patches.push({
          bounds: boundsOfPatches(patchGrid(grid), patch),
          seen,
          probabilities: softmax(blended!.subarray(0, legend.length)),
          attention: attentionAt(nearest!.tile, patch, plan.size, cube),
          ...(rule && seen ? { certainty: certaintyOf(blended!, rule) } : {}),
        });
      }
      phase("Inspecting", 1);
      return { provider: `${provider} (${reason})`, legend, patches };
    } finally {
      await predictor.release();
    }
  } finally {
    await cube.close();
  }
}

/** Which classes are possible, of shares as a map stores them. */
function certaintyOf(logits: Float32Array, rule: SetRule): NonNullable<PatchClasses["certainty"]> {
  const { margins, level } = rule;
  const stored = new Float64Array(margins.length);
  const largest = stored[storedShares(margins.length, (k) => logits[k]!, stored)] ?? 0;
  return {
    possible: margins.map((margin, k) => isPossible(stored[k]!, largest, margin)),
    uncertain: isUncertain(largest, rule),
    level,
  };
}

/** The weights of the tile in which the patch lies most central: tiles differ only in the dates that were clear enough to be read. */
function attentionAt(
  { window, attention = {} }: TileLogits,
  patch: PatchWindow,
  side: number,
  cube: Cube,
): DateAttention[] {
  const at = (patch.row - window.row) * side + (patch.col - window.col);
  return Object.entries(attention).map(([modality, series]) => {
    const dateOf = new Map(cube.dates(modality).map(({ date }) => [dayOf(date, cube.spec.days, modality), date]));
    return { modality, dates: datesAt(series, at, side * side, dateOf) };
  });
}

function datesAt(
  { days, mask, weights }: SeriesAttention,
  patch: number,
  patches: number,
  dateOf: ReadonlyMap<number, string>,
): DateAttention["dates"] {
  const length = days.length;
  const heads = weights.length / (patches * length);
  return days.flatMap((day, t) => {
    const date = dateOf.get(day);
    if (day === 0 || date === undefined) return [];
    const own = Array.from({ length: heads }, (_, head) => weights[(head * patches + patch) * length + t]!);
    const weight = own.reduce((p, q) => p + q, 0) / heads;
    return [{ date, clear: mask[t * patches + patch] === 1, heads: own, weight }];
  });
}
