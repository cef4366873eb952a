import { type Graph, type Operation, type Operator, type Shape, sameShape, type Value } from "../graph/index.ts";
import { expand, reduceSum, reshape } from "../ops/index.ts";

/** Computes one input's gradient on demand; unused gradients are never computed. */
export type Thunk = () => Value;

export interface Backward<O extends Operator> extends Operation<O> {
  readonly x: Value;
  readonly output: Value;
  /** The gradient of every output; undefined where none arrived. `dy` is the first, with zeros if it is missing. */
  readonly dys: readonly (Value | undefined)[];
}

/** The gradients of an operation's inputs, in their order. No entry: no gradient flows there. */
export type Rule<O extends Operator> = (g: Graph, dy: Value, operation: Backward<O>) => readonly (Thunk | undefined)[];

/** What autodiff knows of an operator. A rule alone is the usual case. */
export interface Derivative<O extends Operator> {
  readonly rule: Rule<O>;
  /**
   * The rule reads the gradients of all results, from `dys`. Without it only the first may have one: statistics that a
   * normalisation returns besides are for reading, not for losses.
   */
  readonly ofEveryResult?: boolean;
  /** Its result counts as fixed, and so does what depends on nothing else. */
  readonly stops?: boolean;
}

export type RulesFor<O extends Operator> = { readonly [K in O]: Rule<K> | Derivative<K> };

/** A rule that reads the gradients of all of its operator's results. */
export const ofEveryResult = <O extends Operator>(rule: Rule<O>): Derivative<O> => ({ rule, ofEveryResult: true });

/** Steps and choices: nothing to differentiate. */
export const flat = (): readonly undefined[] => [];

/** Computed at the first call only: for what several thunks share. */
export function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

export function zeros(g: Graph, shape: Shape): Value {
  return expand(g, g.constant(0, { shape: shape.map(() => 1) }), shape);
}

/** Undoes broadcasting: sums over the axes along which `shape` was repeated. */
export function sumTo(g: Graph, dy: Value, shape: Shape): Value {
  if (sameShape(dy.shape, shape)) return dy;
  const lead = dy.shape.length - shape.length;
  const repeated = dy.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && dy.shape[axis] !== 1));
  return reshape(g, reduceSum(g, dy, repeated), shape);
}
