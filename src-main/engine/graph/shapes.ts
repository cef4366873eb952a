import { formatShape, type Shape } from "./tensor.ts";

/** The shape two shapes broadcast to, by the rules of NumPy. */
export function broadcast(operator: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw new Error(`${operator}: ${formatShape(a)} x ${formatShape(b)}`);
    return left === 1 ? right : left;
  });
}

/** An axis counted from the front; negative ones count from the back. */
export function axisOf(operator: string, shape: Shape, axis: number): number {
  const positive = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= shape.length)
    throw new Error(`${operator}: axis ${axis} of ${formatShape(shape)}`);
  return positive;
}

/** Several axes, counted from the front, in order. */
export function axesOf(operator: string, shape: Shape, axes: readonly number[]): number[] {
  const positive = axes.map((axis) => axisOf(operator, shape, axis)).sort((a, b) => a - b);
  if (new Set(positive).size !== positive.length)
    throw new Error(`${operator}: axes ${axes} of ${formatShape(shape)} repeat`);
  return positive;
}

/** The shape after reducing `axes`. */
export function reduced(shape: Shape, axes: readonly number[], keepDims: boolean): number[] {
  return keepDims
    ? shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
    : shape.filter((_, axis) => !axes.includes(axis));
}

/** `shape` with one length replaced. */
export function withLength(shape: Shape, axis: number, length: number): number[] {
  return shape.map((old, other) => (other === axis ? length : old));
}
