import { type Method, methodNames, methods, usesEncoder } from "../../src-shared/domain/method.ts";
import type { FinetuneRecipe } from "../../src-shared/domain/recipe.ts";
import { type LabelledTable, teachMethod } from "../classifiers/index.ts";
import type { Cube } from "../cube/index.ts";
import type { Tensors } from "../engine/index.ts";
import type { ModelDescription } from "../learning/index.ts";
import type { JobContext } from "./context.ts";
import type { LabelPatches } from "./label-patches.ts";
import { type DescribedMethod, fitsMethod, methodOf, tensorsOfMethod, type WorkingMethod } from "./method-model.ts";
import type { MethodEncoder } from "./method-predictor.ts";
import { rowReader } from "./method-rows.ts";
import { monthsOfSeries, readLabelledRows } from "./method-table.ts";
import { type ColumnLimits, columnsOf, limitsOf, type Months, type RowModality, withLimits } from "./monthly-values.ts";
import type { TrainingInputs } from "./teaching.ts";

// Methods that answer beside a network: what they say and what it says are averaged (see README, “Ensemble”).

type Described = NonNullable<ModelDescription["ensemble"]>;

/** One method beside a network, for one set of inputs. */
export interface EnsembleMember {
  /** its inputs: it answers where the network is asked with exactly these */
  readonly modalities: readonly string[];
  /** its share of the answer; the members of one set of inputs leave the rest to the network */
  readonly weight: number;
  /** with `features: "encoder"` it reads what the frozen encoder makes of the inputs */
  readonly method: WorkingMethod;
}

/** An encoder that learns nothing more, for any set of its inputs. */
export interface FrozenEncoder {
  /** named as a network's: `encoder.*` */
  readonly tensors: Tensors;
  /** released by who opened it */
  open(modalities: readonly string[]): Promise<MethodEncoder>;
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

/** How much each method counts beside the network's 1, and a regression on a frozen encoder; 0 or absent: it is not taught. */
export type MemberWeights = Readonly<Partial<Record<Method | "encoder", number>>>;

/** As a recipe says; specs of earlier releases say nothing, and their network is alone. */
export const memberWeights = (recipe: Partial<FinetuneRecipe>): MemberWeights => ({
  "logistic-regression": recipe.regressionWeight ?? 0,
  "random-forest": recipe.forestWeight ?? 0,
  "boosted-trees": recipe.boostedWeight ?? 0,
  encoder: recipe.encoderWeight ?? 0,
});

/** What the names of a frozen encoder's tensors begin with in a model that has one beside its network. */
const frozenPrefix = "frozen.";

/** Tensors of a model's frozen encoder, named as a network's. */
export const frozenTensors = (weights: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(weights).flatMap(([name, tensor]) =>
      name.startsWith(frozenPrefix) ? [[name.slice(frozenPrefix.length), tensor] as const] : [],
    ),
  );

/** Names of a network's tensors as those of a frozen encoder. */
export const asFrozen = (name: string): string => frozenPrefix + name;

/** More rows make forests of hundreds of megabytes that say the same. */
const mostRowsOfMembers = 20_000;
/** Tiles that an encoder reads for each set of inputs: as much work as a third of a usual training, however many labels there are. */
const mostTilesOfEncoder = 1200;
/** A member is one of several voices: fewer trees than a forest alone. */
const treesOfMembers = 150;

/** What all members of an ensemble are taught with. */
interface Lesson {
  readonly cube: Cube;
  readonly labels: LabelPatches;
  readonly modalities: TrainingInputs["modalities"];
  readonly months: Months;
  readonly seed: number;
}

/**
 * Teaches methods beside a network, each once for every set of the inputs: on monthly values, and a regression on what an encoder that learned
 * without labels makes of the images. What a method on monthly values leaves open is chosen with all inputs. `undefined` where there is nothing to tell apart, or
 * nothing has a weight.
 * @param options.encoder the one that the network starts from; without it nothing learns from embeddings
 */
export async function teachEnsemble(
  cube: Cube,
  labels: LabelPatches,
  modalities: TrainingInputs["modalities"],
  {
    seed,
    weights,
    encoder,
  }: { readonly seed: number; readonly weights: MemberWeights; readonly encoder?: FrozenEncoder | undefined },
  context: JobContext,
): Promise<Ensemble | undefined> {
  const taught = methods.filter((method) => (weights[method] ?? 0) > 0);
  const encoderWeight = encoder ? (weights.encoder ?? 0) : 0;
  const lesson = { cube, labels, modalities, months: monthsOfSeries(cube, modalities), seed };
  const found = [
    ...(taught.length > 0 ? await taughtMonths(lesson, taught, context) : []),
    ...(encoder && encoderWeight > 0 ? await taughtEmbeddings(lesson, encoder, context) : []),
  ];
  if (found.length === 0) return undefined;
  const whole = 1 + encoderWeight + taught.reduce((sum, method) => sum + weights[method]!, 0);
  const members = found.map(({ names, method }): EnsembleMember => {
    const own = usesEncoder(method.features) ? encoderWeight : weights[method.classifier.method]!;
    return { modalities: names, weight: own / whole, method };
  });
  const encodes = members.some(({ method }) => usesEncoder(method.features));
  return {
    members,
    description: {
      months: { ...lesson.months },
      members: members.map(({ modalities: inputs, weight, method: { classifier, features } }) => ({
        method: classifier.method,
        modalities: [...inputs],
        weight,
        ...(usesEncoder(features) ? { features: "encoder" as const } : {}),
      })),
    },
    tensors: Object.assign(
      Object.fromEntries(
        encoder && encodes ? Object.entries(encoder.tensors).map(([name, own]) => [asFrozen(name), own]) : [],
      ),
      ...members.map(({ method }, index) => tensorsOfMethod(method, prefixOf(index))),
    ),
  };
}

interface TaughtMember {
  readonly names: readonly string[];
  readonly method: WorkingMethod;
}

/** Methods on monthly values: one table for all sets of inputs. */
async function taughtMonths(
  { cube, labels, modalities, months, seed }: Lesson,
  taught: readonly Method[],
  context: JobContext,
): Promise<TaughtMember[]> {
  const reader = rowReader({ cube, modalities, months });
  const { table, groups } = await readLabelledRows(reader, labels, seed, context, { most: mostRowsOfMembers });
  if (new Set(table.classes).size < 2) return [];
  const limits = limitsOf(table.values, table.columns);
  withLimits(table.values, limits);
  const subsets = subsetsOf(modalities);
  const members: TaughtMember[] = [];
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
      const names = subset.map(({ name }) => name);
      members.push({ names, method: { classifier, limits: limitsAt(limits, columns), months } });
    }
  }
  const names = taught.map((method) => methodNames[method]).join(" and ");
  context.log(`Taught ${names} beside the network, from ${table.rows} patches.`);
  return members;
}

/**
 * A regression on embeddings. The encoder says something else of every set of inputs: each has a table of its own. How sure it is, is measured on
 * polygons that it held out: it is the loudest member.
 */
async function taughtEmbeddings(
  { cube, labels, modalities, months, seed }: Lesson,
  frozen: FrozenEncoder,
  context: JobContext,
): Promise<TaughtMember[]> {
  const subsets = subsetsOf(modalities);
  const members: TaughtMember[] = [];
  for (const subset of subsets) {
    const names = subset.map(({ name }) => name);
    const encoder = await frozen.open(names);
    try {
      const reader = rowReader({ cube, modalities: subset, months, features: "encoder", encoder });
      const { table, groups } = await readLabelledRows(reader, labels, seed, context, {
        most: mostRowsOfMembers,
        mostTiles: mostTilesOfEncoder,
      });
      if (new Set(table.classes).size < 2) continue;
      const limits = limitsOf(table.values, table.columns);
      withLimits(table.values, limits);
      const { classifier } = await teachMethod("logistic-regression", table, {
        seed,
        groups,
        tempered: true,
        signal: context.signal,
        onProgress: (fraction) => context.phase("Methods", (members.length + fraction) / subsets.length),
      });
      if (members.length === 0)
        context.log(
          `Taught a regression on the encoder as it was before this training, from ${table.rows} patches, beside the network.`,
        );
      members.push({ names, method: { classifier, limits, months, features: "encoder" } });
    } finally {
      await encoder.predictor.release();
    }
  }
  return members;
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
  { modalities, legend, ensemble, config }: Pick<ModelDescription, "modalities" | "legend" | "ensemble" | "config">,
  { method, modalities: own, features }: Described["members"][number],
): DescribedMethod {
  return {
    legend,
    config,
    modalities: modalities.filter(({ name }) => own.includes(name)),
    method: { name: method, months: ensemble!.months, ...(features ? { features } : {}) },
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
    const first = members.find(
      (one) => one.method.features === method.features && String(one.modalities) === String(member.modalities),
    );
    if (first && !sameLimits(first.method.limits, method.limits)) return undefined;
    members.push({ modalities: member.modalities, weight: member.weight, method });
  }
  return members;
}

/** True when names, shapes and shares can be those of the members that the description names: what is known before numbers are read. */
export function fitsEnsemble(
  description: Pick<ModelDescription, "modalities" | "legend" | "ensemble" | "config">,
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
