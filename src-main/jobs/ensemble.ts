import { type Method, methodNames, methods } from "../../src-shared/domain/method.ts";
import type { FinetuneRecipe } from "../../src-shared/domain/recipe.ts";
import { type LabelledTable, teachMethod } from "../classifiers/index.ts";
import type { Cube } from "../cube/index.ts";
import type { Tensors } from "../engine/index.ts";
import type { ModelDescription } from "../learning/index.ts";
import type { JobContext } from "./context.ts";
import type { LabelPatches } from "./label-patches.ts";
import { type DescribedMethod, fitsMethod, methodOf, tensorsOfMethod, type WorkingMethod } from "./method-model.ts";
import { rowReader } from "./method-rows.ts";
import { monthsOfSeries, readLabelledRows } from "./method-table.ts";
import { type ColumnLimits, columnsOf, limitsOf, type RowModality, withLimits } from "./monthly-values.ts";
import type { TrainingInputs } from "./teaching.ts";

// Methods that answer beside a network: what they say and what it says are averaged (see README, “Ensemble”).

type Described = NonNullable<ModelDescription["ensemble"]>;

/** One method beside a network, for one set of inputs. */
export interface EnsembleMember {
  /** its inputs: it answers where the network is asked with exactly these */
  readonly modalities: readonly string[];
  /** its share of the answer; the members of one set of inputs leave the rest to the network */
  readonly weight: number;
  readonly method: WorkingMethod;
}

/** What is taught beside a network. */
export interface Ensemble {
  readonly members: readonly EnsembleMember[];
  /** for `model.json` */
  readonly description: Described;
  /** for the model's weights */
  readonly tensors: Tensors;
}

/** With more inputs than this not every set of them has a member: all together, and each alone. */
const mostInputs = 3;

/** How much each method counts beside the network's 1; 0 or absent: it is not taught. */
export type MemberWeights = Readonly<Partial<Record<Method, number>>>;

/** As a recipe says; specs of earlier releases say nothing, and their network is alone. */
export const memberWeights = (recipe: Partial<FinetuneRecipe>): MemberWeights => ({
  "logistic-regression": recipe.regressionWeight ?? 0,
  "random-forest": recipe.forestWeight ?? 0,
  "boosted-trees": recipe.boostedWeight ?? 0,
});

/** More rows make forests of hundreds of megabytes that say the same. */
const mostRowsOfMembers = 20_000;
/** A member is one of several voices: fewer trees than a forest alone. */
const treesOfMembers = 150;

/**
 * Teaches methods on monthly values beside a network, each once for every set of the inputs. What a method leaves open is chosen
 * with all inputs. `undefined` where there is nothing to tell apart, or no method has a weight.
 */
export async function teachEnsemble(
  cube: Cube,
  labels: LabelPatches,
  modalities: TrainingInputs["modalities"],
  { seed, weights }: { readonly seed: number; readonly weights: MemberWeights },
  context: JobContext,
): Promise<Ensemble | undefined> {
  const taught = methods.filter((method) => (weights[method] ?? 0) > 0);
  if (taught.length === 0) return undefined;
  const months = monthsOfSeries(cube, modalities);
  const reader = rowReader({ cube, modalities, months });
  const { table, groups } = await readLabelledRows(reader, labels, seed, context, { most: mostRowsOfMembers });
  if (new Set(table.classes).size < 2) return undefined;
  const limits = limitsOf(table.values, table.columns);
  withLimits(table.values, limits);
  const whole = 1 + taught.reduce((sum, method) => sum + weights[method]!, 0);
  const subsets = subsetsOf(modalities);
  const members: EnsembleMember[] = [];
  let penalty: number | undefined;
  for (const subset of subsets) {
    const columns = positionsOf(subset, modalities, (some) => columnsOf(some, months));
    const own = withColumns(table, columns);
    for (const method of taught) {
      const done = members.length;
      const { classifier } = await teachMethod(method, own, {
        seed,
        groups,
        penalty,
        trees: treesOfMembers,
        signal: context.signal,
        onProgress: (fraction) => context.phase("Methods", (done + fraction) / (subsets.length * taught.length)),
      });
      if (classifier.method === "logistic-regression") penalty ??= classifier.c;
      members.push({
        modalities: subset.map(({ name }) => name),
        weight: weights[method]! / whole,
        method: { classifier, limits: limitsAt(limits, columns), months },
      });
    }
  }
  const names = taught.map((method) => methodNames[method]).join(" and ");
  context.log(`Taught ${names} beside the network, from ${table.rows} patches.`);
  return {
    members,
    description: {
      months: { ...months },
      members: members.map(({ modalities: inputs, weight, method }) => ({
        method: method.classifier.method,
        modalities: [...inputs],
        weight,
      })),
    },
    tensors: Object.assign({}, ...members.map(({ method }, index) => tensorsOfMethod(method, prefixOf(index)))),
  };
}

/** All together first. */
function subsetsOf<T>(items: readonly T[]): T[][] {
  const all = items.length <= mostInputs ? Array.from({ length: 2 ** items.length - 1 }, (_, at) => at + 1) : [];
  const some = all.map((bits) => items.filter((_, at) => (bits >> at) & 1));
  return all.length > 0 ? some.reverse() : [[...items], ...items.map((item) => [item])];
}

/** The columns of some modalities among those of all. */
function positionsOf(
  subset: readonly RowModality[],
  all: readonly RowModality[],
  countOf: (some: readonly RowModality[]) => number,
): Int32Array {
  const positions: number[] = [];
  let offset = 0;
  for (const modality of all) {
    const count = countOf([modality]);
    if (subset.includes(modality)) for (let at = 0; at < count; at++) positions.push(offset + at);
    offset += count;
  }
  return Int32Array.from(positions);
}

function withColumns(table: LabelledTable, columns: Int32Array): LabelledTable {
  if (columns.length === table.columns) return table;
  const values = new Float32Array(table.rows * columns.length);
  for (let i = 0, at = 0; i < table.rows; i++)
    for (let j = 0; j < columns.length; j++) values[at++] = table.values[i * table.columns + columns[j]!]!;
  return { ...table, values, columns: columns.length };
}

const limitsAt = ({ missing, low, high }: ColumnLimits, columns: Int32Array): ColumnLimits => ({
  missing: Float32Array.from(columns, (at) => missing[at]!),
  low: Float32Array.from(columns, (at) => low[at]!),
  high: Float32Array.from(columns, (at) => high[at]!),
});

const sameLimits = (p: ColumnLimits, q: ColumnLimits): boolean =>
  (["missing", "low", "high"] as const).every((name) => p[name].every((value, j) => value === q[name][j]));

const prefixOf = (member: number): string => `ensemble.${member}.`;

/** A member as a method's own model would be described. */
function describedMember(
  { modalities, legend, ensemble }: Pick<ModelDescription, "modalities" | "legend" | "ensemble">,
  member: Described["members"][number],
): DescribedMethod {
  return {
    legend,
    modalities: modalities.filter(({ name }) => member.modalities.includes(name)),
    method: { name: member.method, months: ensemble!.months },
  };
}

/**
 * The members of a model whose description names some; `undefined` when their numbers are not of their methods. The file may
 * come from a stranger.
 */
export function membersOf(description: ModelDescription, weights: Tensors): readonly EnsembleMember[] | undefined {
  const { ensemble } = description;
  if (!ensemble) return [];
  const members: EnsembleMember[] = [];
  for (const [index, member] of ensemble.members.entries()) {
    const method = methodOf(describedMember(description, member), weights, prefixOf(index));
    if (!method) return undefined;
    // Members of the same inputs read the same rows.
    const first = members.find((one) => String(one.modalities) === String(member.modalities));
    if (first && !sameLimits(first.method.limits, method.limits)) return undefined;
    members.push({ modalities: member.modalities, weight: member.weight, method });
  }
  return members;
}

/** True when names, shapes and shares can be those of the members that the description names: what is known before numbers are read. */
export function fitsEnsemble(
  description: Pick<ModelDescription, "modalities" | "legend" | "ensemble">,
  weights: Parameters<typeof fitsMethod>[1],
): boolean {
  const { ensemble, modalities } = description;
  if (!ensemble) return true;
  const known = new Set(modalities.map(({ name }) => name));
  const shares = new Map<string, number>();
  for (const member of ensemble.members) {
    const own = new Set(member.modalities);
    if (own.size !== member.modalities.length || member.modalities.some((name) => !known.has(name))) return false;
    const key = [...own].toSorted().join("\n");
    shares.set(key, (shares.get(key) ?? 0) + member.weight);
  }
  return (
    [...shares.values()].every((sum) => sum <= 1 + 1e-9) &&
    ensemble.members.every((member, index) =>
      fitsMethod(describedMember(description, member), weights, prefixOf(index)),
    )
  );
}
