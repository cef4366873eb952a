/** @see ONNX operators GatherElements and ScatterElements */

import { axisOf, formatShape, type Graph, int, text, type Value } from "../graph/index.ts";

const checkIndices = (operator: string, indices: Value): void => {
  if (indices.type !== "int64" && indices.type !== "int32") throw new Error(`${operator}: indices are ${indices.type}`);
};

/** Rows picked by number: the axis is replaced by the shape of `indices`. */
export function gather(g: Graph, x: Value, indices: Value, axis: number): Value {
  checkIndices("Gather", indices);
  const along = axisOf("Gather", x.shape, axis);
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)];
  return g.record("Gather", [x, indices], { axis: along }, () =>
    g.emit("Gather", [x, indices], [{ type: x.type, shape }], { axis: int(along) }),
  )[0]!;
}

/**
 * One element of x per index, taken along `axis`; all other positions are the index's own.
 * The result has the shape of the indices.
 */
export function gatherElements(g: Graph, x: Value, indices: Value, axis: number): Value {
  checkIndices("GatherElements", indices);
  const along = axisOf("GatherElements", x.shape, axis);
  const fits =
    indices.shape.length === x.shape.length && indices.shape.every((n, i) => i === along || n <= x.shape[i]!);
  if (!fits) throw new Error(`GatherElements: ${formatShape(x.shape)} by ${formatShape(indices.shape)}`);
  return g.record("GatherElements", [x, indices], { axis: along }, () =>
    g.emit("GatherElements", [x, indices], [{ type: x.type, shape: indices.shape }], { axis: int(along) }),
  )[0]!;
}

/**
 * x with `updates` written (or added) at the positions that gatherElements would read.
 * Indices and updates have one shape; the result has that of x.
 */
export function scatterElements(
  g: Graph,
  x: Value,
  indices: Value,
  updates: Value,
  axis: number,
  reduction: "none" | "add" = "none",
): Value {
  checkIndices("ScatterElements", indices);
  const along = axisOf("ScatterElements", x.shape, axis);
  const fits =
    indices.shape.length === x.shape.length &&
    formatShape(indices.shape) === formatShape(updates.shape) &&
    indices.shape.every((n, i) => i === along || n <= x.shape[i]!);
  if (!fits)
    throw new Error(
      `ScatterElements: ${formatShape(x.shape)} by ${formatShape(indices.shape)} from ${formatShape(updates.shape)}`,
    );
  const inputs = [x, indices, updates];
  return g.record("ScatterElements", inputs, { axis: along, reduction }, () =>
    g.emit("ScatterElements", inputs, [x], { axis: int(along), reduction: text(reduction) }),
  )[0]!;
}
