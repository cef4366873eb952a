import type { Method } from "../../src-shared/domain/method.ts";
import type { Classifier } from "./classifier.ts";
import { areTrees, countOf, type Trees } from "./trees.ts";

/** Numbers of a classifier under a name, as files of weights keep them. */
export type StoredArray =
  | { readonly type: "float32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly type: "int32"; readonly shape: readonly number[]; readonly data: Int32Array };

/** A classifier's numbers; the rest is its method, columns and classes. */
export function arraysOf(classifier: Classifier): Record<string, StoredArray> {
  const { taught } = classifier;
  if (classifier.method === "logistic-regression") {
    const { scaling, weights, intercepts, c } = classifier;
    return {
      taught: integers(taught),
      means: floats(scaling.means),
      spreads: floats(scaling.spreads),
      weights: { type: "float32", shape: [taught.length, classifier.columns], data: weights },
      intercepts: floats(intercepts),
      c: floats(Float32Array.of(c)),
    };
  }
  const { begins, features, thresholds, rights, leaves, width } = classifier.trees;
  const trees = {
    taught: integers(taught),
    begins: integers(begins),
    features: integers(features),
    thresholds: floats(thresholds),
    rights: integers(rights),
    leaves: { type: "float32", shape: [leaves.length / width, width], data: leaves },
  } as const;
  return classifier.method === "boosted-trees" ? { ...trees, baseline: floats(classifier.baseline) } : trees;
}

const integers = (data: Int32Array): StoredArray => ({ type: "int32", shape: [data.length], data });
const floats = (data: Float32Array): StoredArray => ({ type: "float32", shape: [data.length], data });

/** An array of a file, of any type. */
export interface FoundArray {
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number> | ArrayLike<bigint>;
}

/**
 * The classifier that a file's arrays are; `undefined` when they are none: an array is missing or of another size, a number is none, a tree
 * leads nowhere or asks for a column that there is not. The file may come from a stranger.
 */
export function classifierOf(
  { method, columns, classCount }: { readonly method: Method; readonly columns: number; readonly classCount: number },
  arrays: Readonly<Record<string, FoundArray>>,
): Classifier | undefined {
  const find = (name: string): FoundArray | undefined => (Object.hasOwn(arrays, name) ? arrays[name] : undefined);
  const integersOf = (name: string, size?: number): Int32Array | undefined => {
    const found = find(name)?.data;
    return found instanceof Int32Array && (size === undefined || found.length === size) ? found : undefined;
  };
  const floatsOf = (name: string, size?: number): Float32Array | undefined => {
    const found = find(name)?.data;
    const fits = found instanceof Float32Array && (size === undefined || found.length === size);
    return fits && found.every(Number.isFinite) ? found : undefined;
  };
  const taught = integersOf("taught");
  if (!taught || taught.length === 0) return undefined;
  if (taught.some((own, k) => own < 0 || own >= classCount || (k > 0 && own <= taught[k - 1]!))) return undefined;
  const common = { columns, classCount, taught };
  if (method === "logistic-regression") {
    const means = floatsOf("means", columns);
    const spreads = floatsOf("spreads", columns);
    const weights = floatsOf("weights", taught.length * columns);
    const intercepts = floatsOf("intercepts", taught.length);
    const c = floatsOf("c", 1);
    if (!means || !spreads || !weights || !intercepts || !c || !spreads.every((spread) => spread > 0)) return undefined;
    return { method, ...common, scaling: { means, spreads }, weights, intercepts, c: c[0]! };
  }
  const width = method === "boosted-trees" ? 1 : taught.length;
  const trees: Partial<Trees> = {
    begins: integersOf("begins")!,
    features: integersOf("features")!,
    thresholds: floatsOf("thresholds")!,
    rights: integersOf("rights")!,
    leaves: floatsOf("leaves")!,
    width,
  };
  if (Object.values(trees).some((own) => own === undefined) || find("leaves")!.shape.at(-1) !== width) return undefined;
  const whole = trees as Trees;
  if (method === "random-forest")
    return areTrees(whole, columns) ? { method, ...common, trees: whole, outOfBag: null } : undefined;
  const baseline = floatsOf("baseline", taught.length);
  // One class is known without a tree.
  const fits =
    whole.begins.length === 1 ? whole.begins[0] === 0 && whole.features.length === 0 : areTrees(whole, columns);
  if (!baseline || !fits || countOf(whole) % taught.length !== 0) return undefined;
  return { method, ...common, baseline, trees: whole };
}
