import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FinetuneSpec, LabelInput, SubsetScore } from "../../src-shared/domain/job.ts";
import { remove } from "../files/index.ts";
import { addConfusions, type ConfusionMatrix, scoresOf } from "../learning/index.ts";
import type { JobContext } from "./context.ts";
import { evaluate } from "./evaluate.ts";
import { finetune } from "./finetune.ts";

export interface LeaveOneOutSpec {
  /** how each fold is trained; its labels' parts are set per fold, its folder holds one folder per fold */
  readonly finetune: FinetuneSpec;
  /** polygons that train unless a fold leaves them out */
  readonly training: readonly number[];
  /** polygons that are left out together and then scored */
  readonly folds: readonly (readonly number[])[];
  readonly subsets: readonly (readonly string[])[];
  readonly classSets: readonly (readonly number[])[];
  readonly overlapPatches: number;
}

/** Scores over all folds together: every left-out patch counts once. */
export interface PooledScore {
  readonly modalities: readonly string[];
  readonly classSet: readonly number[];
  readonly samples: number;
  /** `null` where no patch was scored */
  readonly overallAccuracy: number | null;
  readonly macroF1: number | null;
  /** folds whose left-out patches were mostly given their own class, of those with a patch of the class set */
  readonly foldsRight: number;
  readonly folds: number;
}

/** Leaves polygons out in turn, trains on the others, and scores what was left out: what a choice of settings may look at. */
export async function leaveOneOut(spec: LeaveOneOutSpec, context: JobContext): Promise<PooledScore[]> {
  const pooled = new Map<string, { score: PooledScore; matrix: ConfusionMatrix }>();
  for (const [index, left] of spec.folds.entries()) {
    const folder = join(spec.finetune.folder, `fold-${index + 1}`);
    await mkdir(folder, { recursive: true });
    const labels = withParts(spec.finetune.labels, spec.training, left);
    const quiet: JobContext = {
      signal: context.signal,
      phase: (_, fraction) => context.phase("Leaving parcels out", (index + 0.9 * fraction) / spec.folds.length),
      metric: () => {},
      review: () => {},
      log: context.log,
    };
    const { modelFolder } = await finetune({ ...spec.finetune, previews: false, folder, labels, resume: false }, quiet);
    const { subsets } = await evaluate(
      {
        ...spec.finetune,
        kind: "evaluate",
        folder,
        labels,
        modelFolder,
        part: "test",
        subsets: spec.subsets,
        classSets: spec.classSets,
        overlapPatches: spec.overlapPatches,
        batchSize: spec.finetune.recipe.batchSize,
      },
      { ...quiet, phase: () => {} },
    );
    for (const score of subsets) add(pooled, score);
    await remove(folder);
  }
  return [...pooled.values()].map(({ score, matrix }) => {
    const { samples, overallAccuracy, macroF1 } = scoresOf(matrix);
    return { ...score, samples, overallAccuracy, macroF1 };
  });
}

function withParts(labels: LabelInput, training: readonly number[], left: readonly number[]): LabelInput {
  const polygons = labels.polygons.map((polygon) => ({
    ...polygon,
    part: left.includes(polygon.id)
      ? ("test" as const)
      : training.includes(polygon.id)
        ? ("train" as const)
        : ("unused" as const),
  }));
  return { ...labels, polygons };
}

function add(pooled: Map<string, { score: PooledScore; matrix: ConfusionMatrix }>, score: SubsetScore): void {
  const key = `${score.modalities.join()} ${score.classSet.join()}`;
  const matrix: ConfusionMatrix = {
    axes: { rows: "map", columns: "reference" },
    codes: score.classSet,
    counts: score.confusion,
  };
  const before = pooled.get(key);
  const right = (score.overallAccuracy ?? 0) > 0.5 ? 1 : 0;
  pooled.set(key, {
    matrix: before ? addConfusions(before.matrix, matrix) : matrix,
    score: {
      modalities: score.modalities,
      classSet: score.classSet,
      samples: 0,
      overallAccuracy: 0,
      macroF1: 0,
      foldsRight: (before?.score.foldsRight ?? 0) + right,
      folds: (before?.score.folds ?? 0) + (score.samples > 0 ? 1 : 0),
    },
  });
}
