import { type Graph, type Value, withLength } from "../graph/index.ts";
import { concat, expand, gather, gatherElements, reshape, scatterElements } from "../ops/index.ts";
import { type RulesFor, zeros } from "./rule.ts";

/** Adds rows of `dy` to the rows of x that they were copied from. */
function scatterRows(g: Graph, dy: Value, x: Value, indices: Value, axis: number): Value {
  const count = indices.shape.reduce((product, length) => product * length, 1);
  const rows = withLength(x.shape, axis, count);
  const flat = reshape(g, dy, rows);
  const known = g.constants.get(indices.name);
  const inverse = known && inverseOf(Array.from(known.data, Number), x.shape[axis]!);
  // Known indices, none of them twice: a row of the gradient is one row of dy, or the row of zeros put behind them.
  if (inverse) {
    const source = inverse.includes(count) ? concat(g, [flat, zeros(g, withLength(x.shape, axis, 1))], axis) : flat;
    return gather(g, source, g.constant(inverse, { type: "int64" }), axis);
  }
  const perRow = reshape(
    g,
    indices,
    x.shape.map((_, other) => (other === axis ? count : 1)),
  );
  return scatterElements(g, zeros(g, x.shape), expand(g, perRow, rows), flat, axis, "add");
}

/** For every target the one source that goes there, or `sources.length`; undefined if two sources share a target. */
function inverseOf(sources: readonly number[], length: number): number[] | undefined {
  const inverse = Array<number>(length).fill(sources.length);
  for (const [position, source] of sources.entries()) {
    const target = source < 0 ? source + length : source;
    if (inverse[target] !== sources.length) return undefined;
    inverse[target] = position;
  }
  return inverse;
}

export const gatherRules: RulesFor<"Gather" | "GatherElements" | "ScatterElements" | "TopK"> = {
  Gather: (g, dy, { inputs: [x, indices], attributes: { axis } }) => [() => scatterRows(g, dy, x!, indices!, axis)],
  GatherElements: (g, dy, { inputs: [x, indices], attributes: { axis } }) => [
    () => scatterElements(g, zeros(g, x!.shape), indices!, dy, axis, "add"),
  ],
  ScatterElements: (g, dy, { inputs: [, indices, updates], attributes: { axis, reduction } }) => [
    () => (reduction === "add" ? dy : scatterElements(g, dy, indices!, zeros(g, updates!.shape), axis)),
    undefined,
    () => gatherElements(g, dy, indices!, axis),
  ],
  TopK: (g, dy, { x, outputs: [, indices], attributes: { axis } }) => [
    () => scatterElements(g, zeros(g, x.shape), indices!, dy, axis),
  ],
};
