import { type MethodFeatures, usesEncoder } from "../../src-shared/domain/method.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import { type Classifier, arraysOf as classifierArrays, classifierOf } from "../classifiers/index.ts";
import type { Tensors } from "../engine/index.ts";
import type { ModelDescription } from "../learning/index.ts";
import { type ColumnLimits, columnsOf, type Months } from "./monthly-values.ts";
import { embeddingColumns } from "./predict.ts";

// A method as a model of the project: its numbers among the weights of the model's folder.

/** What the names of a method's tensors begin with in a model that is nothing else. */
const alone = "method.";
const limitNames = ["missing", "low", "high"] as const;

/** A method that has learned, with what its rows are. */
export interface WorkingMethod {
  readonly classifier: Classifier;
  readonly limits: ColumnLimits;
  readonly months: Months;
  /** what a row holds: monthly values when left out */
  readonly features?: MethodFeatures;
}

/** What a method's model is made of; `prefix` is what the names begin with. */
export function tensorsOfMethod(
  { classifier, limits }: Pick<WorkingMethod, "classifier" | "limits">,
  prefix = alone,
): Tensors {
  const arrays = Object.entries(classifierArrays(classifier)).map(([name, array]) => [prefix + name, array] as const);
  const columns = limitNames.map(
    (name) => [prefix + name, { type: "float32", shape: [limits[name].length], data: limits[name] }] as const,
  );
  return Object.fromEntries([...arrays, ...columns]);
}

/** `config` is that of the encoder, where there is one among the features. */
export interface DescribedMethod extends Pick<ModelDescription, "modalities" | "legend" | "method"> {
  readonly config?: ModelDescription["config"];
}

/** Columns of a row, as a model's description says. */
function columnsOfModel({ modalities, method, config }: DescribedMethod): number {
  const { features, months } = method!;
  const own = modalities as readonly Pick<Modality, "name" | "kind" | "sensor" | "bands" | "patchPixels">[];
  const monthly = features === "encoder" ? 0 : columnsOf(own, months);
  return monthly + (usesEncoder(features) && config ? embeddingColumns(config) : 0);
}

/** The method of a model whose description names one; `undefined` when its numbers are not of that method. */
export function methodOf(description: DescribedMethod, weights: Tensors, prefix = alone): WorkingMethod | undefined {
  const { method, legend } = description;
  if (!method || !legend) return undefined;
  const columns = columnsOfModel(description);
  const own = Object.fromEntries(
    Object.entries(weights).flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
    ),
  );
  const facts = { method: method.name, columns, classCount: legend.length };
  const classifier = classifierOf(facts, own);
  const limits = limitNames.map((name) => own[name]?.data);
  if (!classifier || !limits.every((data) => data instanceof Float32Array && data.length === columns)) return undefined;
  const [missing, low, high] = limits as [Float32Array, Float32Array, Float32Array];
  const { months, features } = method;
  return { classifier, limits: { missing, low, high }, months, ...(features === undefined ? {} : { features }) };
}

/** True when tensors of these names and shapes can be those of the description's method: what is known before numbers are read. */
export function fitsMethod(
  description: DescribedMethod,
  weights: Readonly<Record<string, { readonly type: string; readonly shape: readonly number[] }>>,
  prefix = alone,
): boolean {
  const { method, legend } = description;
  if (!method || !legend || legend.length === 0) return false;
  const columns = columnsOfModel(description);
  const shapeOf = (name: string) => (Object.hasOwn(weights, prefix + name) ? weights[prefix + name]!.shape : undefined);
  const needed =
    method.name === "logistic-regression" ? ["taught", "weights", "intercepts"] : ["taught", "begins", "leaves"];
  const ofColumns = method.name === "logistic-regression" ? [...limitNames, "means", "spreads"] : limitNames;
  return (
    columns > 0 &&
    needed.every((name) => shapeOf(name) !== undefined) &&
    ofColumns.every((name) => String(shapeOf(name)) === String([columns]))
  );
}
