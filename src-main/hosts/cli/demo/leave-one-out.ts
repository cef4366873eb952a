import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { architectures, type LabelInput } from "../../../../src-shared/domain/job.ts";
import { type Method, methodNames, methods } from "../../../../src-shared/domain/method.ts";
import { type FinetuneRecipe, finetuneDefaults } from "../../../../src-shared/domain/recipe.ts";
import type { JobContext } from "../../../jobs/context.ts";
import type { LeaveOneOutSpec, PooledScore } from "../../../jobs/leave-one-out.ts";
import type { Services } from "../../../services/services.ts";
import { appVersion } from "../../app-version.ts";

/** `train`: over the training parcels only, what settings were chosen by. `all`: over all 13 parcels of three crops. */
export type ParcelSet = "train" | "all";

export interface FoldPlan {
  readonly training: readonly number[];
  readonly folds: readonly (readonly number[])[];
}

/**
 * One fold per crop parcel. On the training parcels a fold also leaves out one block of “not a crop”, so that this class is
 * scored too; the parcels of rare crops always train.
 */
function foldsOf(
  { polygons }: LabelInput,
  codes: { crops: readonly number[]; all: readonly number[] },
  set: ParcelSet,
): FoldPlan {
  const used = polygons.filter(({ part }) => part === "train" || (set === "all" && part === "test"));
  const crops = used.filter(({ classCode }) => codes.crops.includes(classCode)).map(({ id }) => id);
  const others = used
    .filter(({ classCode }) => codes.all.includes(classCode) && !codes.crops.includes(classCode))
    .map(({ id }) => id);
  return {
    training: used.map(({ id }) => id),
    folds: crops.map((id, i) => (set === "train" && others[i] !== undefined ? [id, others[i]] : [id])),
  };
}

export interface LeaveOneOutRequest {
  readonly services: Services;
  readonly folder: string;
  readonly modelFolder: string | null;
  readonly codes: { readonly crops: readonly number[]; readonly all: readonly number[] };
  readonly set: ParcelSet;
  readonly subsets: readonly (readonly string[])[];
  readonly seed: number;
  readonly recipe?: Partial<FinetuneRecipe>;
  /** taught instead of a network */
  readonly method?: Method;
  readonly overlapPatches: number;
  /** leave out several parcels at once, in so many turns, so that each class stays in every training */
  readonly turns?: number;
}

/** Trains and scores every fold with one seed. */
export async function runFolds(request: LeaveOneOutRequest, context: JobContext): Promise<PooledScore[]> {
  const { services, codes, set, seed, subsets, overlapPatches, method, turns } = request;
  const { leaveOneOut } = await import("../../../jobs/leave-one-out.ts");
  const labels = await services["labels.input"]({});
  const { grid } = await services["project.describe"]({});
  const folder = join(request.folder, "runs", `leave-one-out-${seed}`);
  await mkdir(folder, { recursive: true });
  const spec: LeaveOneOutSpec = {
    finetune: {
      kind: "finetune",
      folder,
      seed,
      provider: "cpu",
      resume: false,
      appVersion,
      grid,
      imagery: await services["project.imagery"]({}),
      labels,
      modelFolder: request.modelFolder,
      architecture: architectures.small,
      recipe: { ...finetuneDefaults, ...request.recipe },
      modelName: "left-out",
      ...(method ? { method } : {}),
    },
    ...inTurns(foldsOf(labels, codes, set), labels, turns),
    subsets,
    classSets: set === "train" ? [codes.crops, codes.all] : [codes.crops],
    overlapPatches,
  };
  return leaveOneOut(spec, context);
}

/** The folds in so many turns: those of one class lie in different ones. */
export function inTurns({ training, folds }: FoldPlan, { polygons }: LabelInput, turns = folds.length): FoldPlan {
  const classOf = new Map(polygons.map(({ id, classCode }) => [id, classCode]));
  const byClass = folds.toSorted((p, q) => classOf.get(p[0]!)! - classOf.get(q[0]!)!);
  const together = Array.from({ length: turns }, (_, turn) => byClass.filter((_, i) => i % turns === turn).flat());
  return { training, folds: turns >= folds.length ? folds : together };
}

/** What could draw the demo's map, with its score on training parcels that it was not taught. */
interface Candidate {
  readonly title: string;
  /** `null`: the network */
  readonly method: Method | null;
  readonly pooled: PooledScore;
}

/**
 * The network and the simple methods, each taught and scored on the training parcels in three turns; the one that wins comes first. The
 * sample has no validation part, and the test parcels choose nothing.
 */
export async function chooseOnTraining(
  request: Omit<LeaveOneOutRequest, "method" | "set" | "turns">,
  context: JobContext,
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const method of [null, ...methods]) {
    const pooled = await runFolds(
      { ...request, set: "train", turns: 3, ...(method ? { method, modelFolder: null } : {}) },
      context,
    );
    const widest = pooled.reduce((p, q) => (q.classSet.length > p.classSet.length ? q : p));
    found.push({ title: method ? methodNames[method] : "the network", method, pooled: widest });
  }
  return found.toSorted((p, q) => (q.pooled.macroF1 ?? 0) - (p.pooled.macroF1 ?? 0));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The pooled scores of every seed as one table: mean over the seeds, beside simple methods on the same folds. */
export function parcelTable(
  set: ParcelSet,
  seeds: readonly (readonly PooledScore[])[],
  simple: readonly { readonly method: Method; readonly pooled: readonly PooledScore[] }[],
) {
  const first = seeds[0] ?? [];
  const own = first.map(({ modalities, classSet, folds }, i) => {
    const of = (pick: (score: PooledScore) => number) => seeds.map((scores) => pick(scores[i]!));
    const f1 = of(({ macroF1 }) => macroF1 ?? 0);
    return [
      `OmniSat, ${modalities.map((name) => (name === "s2" ? "S2" : "S1")).join(" + ")}`,
      classSet.length,
      mean(of(({ overallAccuracy }) => overallAccuracy ?? 0)).toFixed(3),
      `${mean(f1).toFixed(3)} (${Math.min(...f1).toFixed(2)}–${Math.max(...f1).toFixed(2)})`,
      `${mean(of(({ foldsRight }) => foldsRight)).toFixed(1)} of ${folds}`,
    ];
  });
  const others = simple.flatMap(({ method, pooled }) =>
    pooled.map(({ modalities, classSet, overallAccuracy, macroF1, foldsRight, folds }) => [
      `${methodNames[method]}, ${modalities.map((name) => (name === "s2" ? "S2" : "S1")).join(" + ")}`,
      classSet.length,
      (overallAccuracy ?? 0).toFixed(3),
      (macroF1 ?? 0).toFixed(3),
      `${foldsRight} of ${folds}`,
    ]),
  );
  return {
    title:
      set === "train"
        ? "Leave one parcel out, training parcels only (what settings were chosen by)"
        : "Leave one parcel out, all 13 parcels of three crops",
    columns: ["method", "classes", "overall accuracy", "macro F1", "folds mostly right"],
    rows: [...own, ...others],
    note: `Mean of ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"} (lowest–highest); simple methods with one seed. Few parcels: a difference under about 0.05 means nothing.`,
  };
}
