import { type Graph, type Value, withLength } from "../graph/index.ts";
import { concat, pad, reshape, slice, split, transpose } from "../ops/index.ts";
import { ofEveryResult, once, type RulesFor, sumTo, zeros } from "./rule.ts";

/** Zeros around one axis, so that `dy` starts at `start` of `length`. */
function placeAlong(g: Graph, dy: Value, axis: number, start: number, length: number): Value {
  const before = dy.shape.map((_, other) => (other === axis ? start : 0));
  const after = dy.shape.map((size, other) => (other === axis ? length - start - size : 0));
  return pad(g, dy, before, after);
}

/** `step - 1` zeros between neighbours along one axis. */
function spread(g: Graph, dy: Value, axis: number, step: number): Value {
  const split = [...dy.shape.slice(0, axis + 1), 1, ...dy.shape.slice(axis + 1)];
  const padded = placeAlong(g, reshape(g, dy, split), axis + 1, 0, step);
  const count = dy.shape[axis]!;
  const whole = reshape(g, padded, withLength(dy.shape, axis, count * step));
  return slice(g, whole, { axis, start: 0, end: (count - 1) * step + 1 });
}

export const layoutRules: RulesFor<"Reshape" | "Transpose" | "Expand" | "Concat" | "Slice" | "Split" | "Pad"> = {
  Reshape: (g, dy, { x }) => [() => reshape(g, dy, x.shape)],
  Transpose: (g, dy, { attributes: { permutation } }) => [
    () =>
      transpose(
        g,
        dy,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
  ],
  Expand: (g, dy, { x }) => [() => sumTo(g, dy, x.shape)],
  Concat: (g, dy, { inputs, attributes: { axis } }) => {
    const pieces = once(() =>
      split(
        g,
        dy,
        axis,
        inputs.map((input) => input.shape[axis]!),
      ),
    );
    return inputs.map((_, i) => () => pieces()[i]!);
  },
  Slice: (g, dy, { x, attributes: { axis, start, step } }) => [
    () => {
      const count = dy.shape[axis]!;
      const forward = step < 0 ? slice(g, dy, { axis, start: count - 1, end: Number.NEGATIVE_INFINITY, step: -1 }) : dy;
      const first = step < 0 ? start + (count - 1) * step : start;
      const apart = Math.abs(step) === 1 ? forward : spread(g, forward, axis, Math.abs(step));
      return placeAlong(g, apart, axis, first, x.shape[axis]!);
    },
  ],
  Split: ofEveryResult((g, _, { outputs, dys, attributes: { axis } }) => [
    () =>
      concat(
        g,
        outputs.map((output, i) => dys[i] ?? zeros(g, output.shape)),
        axis,
      ),
  ]),
  Pad: (g, dy, { x, attributes: { before } }) => [
    () => before.reduce((inner, start, axis) => slice(g, inner, { axis, start, end: start + x.shape[axis]! }), dy),
  ],
};
