import {
  axesOf,
  axisOf,
  broadcast,
  formatShape,
  type Graph,
  int,
  ints,
  type Shape,
  sameShape,
  sizeOf,
  type Value,
  withLength,
} from "../graph/index.ts";

/** A list of whole numbers as the int64 constant that ONNX operators take. */
export function shapeConstant(g: Graph, numbers: readonly number[]): Value {
  return g.constant(numbers, { type: "int64", shape: [numbers.length] });
}

/** `shape` in the order of `permutation`. */
export function permuted(shape: Shape, permutation: readonly number[]): number[] {
  return permutation.map((axis) => shape[axis]!);
}

/** The same elements, row-major, in another shape. One length may be -1: what is left. */
export function reshape(g: Graph, x: Value, shape: Shape): Value {
  const known = shape.filter((length) => length !== -1);
  const rest = sizeOf(x.shape) / sizeOf(known);
  const target = shape.map((length) => (length === -1 ? rest : length));
  if (shape.length - known.length > 1 || sizeOf(target) !== sizeOf(x.shape) || !target.every(Number.isInteger))
    throw new Error(`Reshape: ${formatShape(x.shape)} to ${formatShape(shape)}`);
  if (sameShape(target, x.shape)) return x;
  return g.record("Reshape", [x], {}, () =>
    g.emit("Reshape", [x, shapeConstant(g, target)], [{ type: x.type, shape: target }]),
  )[0]!;
}

/**
 * The axes in another order; without a permutation they are reversed.
 * The result's axis i has the length of axis `permutation[i]`: its shape is that of x in the new order.
 */
export function transpose(g: Graph, x: Value, permutation?: readonly number[]): Value {
  const axes = permutation ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
  if (
    axes.length !== x.shape.length ||
    new Set(axes).size !== axes.length ||
    axes.some((axis) => x.shape[axis] === undefined)
  )
    throw new Error(`Transpose: ${formatShape(x.shape)} by ${formatShape(axes)}`);
  if (axes.every((axis, position) => axis === position)) return x;
  const shape = permuted(x.shape, axes);
  return g.record("Transpose", [x], { permutation: axes }, () => {
    // Moving axes of length 1 moves no data.
    const moved = axes.filter((axis) => x.shape[axis] !== 1);
    if (moved.every((axis, i) => i === 0 || axis > moved[i - 1]!)) return [reshape(g, x, shape)];
    return g.emit("Transpose", [x], [{ type: x.type, shape }], { perm: ints(axes) });
  })[0]!;
}

/** Drops axes of length 1. */
export function squeeze(g: Graph, x: Value, axes: readonly number[]): Value {
  const dropped = axesOf("Squeeze", x.shape, axes);
  if (dropped.some((axis) => x.shape[axis] !== 1)) throw new Error(`Squeeze: axes ${axes} of ${formatShape(x.shape)}`);
  const shape = x.shape.filter((_, axis) => !dropped.includes(axis));
  return reshape(g, x, shape);
}

/** Adds axes of length 1, counted in the result. */
export function unsqueeze(g: Graph, x: Value, axes: readonly number[]): Value {
  const rank = x.shape.length + axes.length;
  const added = axesOf("Unsqueeze", Array<number>(rank).fill(1), axes);
  const lengths = [...x.shape];
  const shape = Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : lengths.shift()!));
  return reshape(g, x, shape);
}

/** Repeats axes of length 1 until the value has `shape`. */
export function expand(g: Graph, x: Value, shape: Shape): Value {
  const target = broadcast("Expand", x.shape, shape);
  if (!sameShape(target, shape)) throw new Error(`Expand: ${formatShape(x.shape)} to ${formatShape(shape)}`);
  if (sameShape(target, x.shape)) return x;
  return g.record("Expand", [x], {}, () =>
    g.emit("Expand", [x, shapeConstant(g, target)], [{ type: x.type, shape: target }]),
  )[0]!;
}

/** Values end to end along one axis. […, n₁, …], […, n₂, …] → […, n₁ + n₂, …] */
export function concat(g: Graph, values: readonly Value[], axis: number): Value {
  const first = values[0];
  if (!first) throw new Error("Concat: nothing to concatenate");
  if (values.length === 1) return first;
  const along = axisOf("Concat", first.shape, axis);
  for (const value of values)
    if (value.type !== first.type || !sameShape(withLength(value.shape, along, 0), withLength(first.shape, along, 0)))
      throw new Error(`Concat: ${values.map(({ shape }) => formatShape(shape)).join(" x ")} along ${axis}`);
  const length = values.reduce((sum, { shape }) => sum + shape[along]!, 0);
  return g.record("Concat", values, { axis: along }, () =>
    g.emit("Concat", values, [{ type: first.type, shape: withLength(first.shape, along, length) }], {
      axis: int(along),
    }),
  )[0]!;
}

export interface SliceOptions {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step?: number;
}

/**
 * Part of one axis: from `start` up to, not including, `end`; negative numbers count from the back.
 * With a negative step the axis is walked backwards from `start` down to, not including, `end`; -Infinity reaches the front.
 * Other axes keep their length.
 */
export function slice(g: Graph, x: Value, { axis, start, end, step = 1 }: SliceOptions): Value {
  const along = axisOf("Slice", x.shape, axis);
  const length = x.shape[along]!;
  const resolve = (index: number) => (index < 0 ? Math.max(index + length, -1) : index);
  const first = step > 0 ? Math.max(0, resolve(start)) : Math.min(length - 1, resolve(start));
  const last = step > 0 ? Math.min(length, resolve(end)) : resolve(end);
  const count = Math.max(0, Math.ceil((last - first) / step));
  if (count === 0 || !Number.isInteger(count))
    throw new Error(`Slice: ${start}:${end}:${step} of axis ${axis} of ${formatShape(x.shape)}`);
  if (step === 1 && count === length) return x;
  return g.record("Slice", [x], { axis: along, start: first, end: last, step }, () => {
    const stop = last < 0 ? -length - 1 : last;
    const parameters = [[first], [stop], [along], [step]].map((numbers) => shapeConstant(g, numbers));
    return g.emit("Slice", [x, ...parameters], [{ type: x.type, shape: withLength(x.shape, along, count) }]);
  })[0]!;
}

/** One axis cut into pieces. […, n₁ + n₂, …] → […, n₁, …], […, n₂, …] */
export function split(g: Graph, x: Value, axis: number, sizes: readonly number[]): Value[] {
  const along = axisOf("Split", x.shape, axis);
  if (sizes.reduce((sum, size) => sum + size, 0) !== x.shape[along])
    throw new Error(`Split: axis ${axis} of ${formatShape(x.shape)} into ${formatShape(sizes)}`);
  if (sizes.length === 1) return [x];
  const pieces = sizes.map((size) => ({ type: x.type, shape: withLength(x.shape, along, size) }));
  return [
    ...g.record("Split", [x], { axis: along, sizes }, () =>
      g.emit("Split", [x, shapeConstant(g, sizes)], pieces, { axis: int(along) }),
    ),
  ];
}

/** A border of `value` around x: how many before and after, per axis. Each axis has the length before + n + after. */
export function pad(g: Graph, x: Value, before: readonly number[], after: readonly number[], value = 0): Value {
  if (before.length !== x.shape.length || after.length !== x.shape.length || [...before, ...after].some((n) => n < 0))
    throw new Error(`Pad: ${formatShape(x.shape)} by ${formatShape(before)}, ${formatShape(after)}`);
  if ([...before, ...after].every((count) => count === 0)) return x;
  const shape = x.shape.map((length, axis) => length + before[axis]! + after[axis]!);
  return g.record("Pad", [x], { before, after }, () =>
    g.emit(
      "Pad",
      [x, shapeConstant(g, [...before, ...after]), g.constant(value, { type: x.type })],
      [{ type: x.type, shape }],
    ),
  )[0]!;
}
