/** @see ONNX operators MatMul and Gemm */

import { broadcast, formatShape, type Graph, int, type Value } from "../graph/index.ts";
import { permuted, transpose } from "./layout.ts";

export interface MatMulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

const swapLast = (x: Value): number[] => {
  const axes = x.shape.map((_, axis) => axis);
  const rank = axes.length;
  [axes[rank - 2], axes[rank - 1]] = [rank - 1, rank - 2];
  return axes;
};

/**
 * The matrix product of the last two axes; the axes before broadcast.
 * Either operand may be given transposed, which costs nothing: the runtime reads it in that order.
 * a: [..., M, K], b: [..., K, N] → [..., M, N]
 */
export function matMul(
  g: Graph,
  a: Value,
  b: Value,
  { transposeA = false, transposeB = false }: MatMulOptions = {},
): Value {
  if (a.shape.length < 2 || b.shape.length < 2)
    throw new Error(`MatMul: ${formatShape(a.shape)} x ${formatShape(b.shape)}`);
  const left = transposeA ? permuted(a.shape, swapLast(a)) : a.shape;
  const right = transposeB ? permuted(b.shape, swapLast(b)) : b.shape;
  const fail = () => new Error(`MatMul: ${formatShape(left)} x ${formatShape(right)}`);
  if (left.at(-1) !== right.at(-2) || a.type !== b.type) throw fail();
  const batch = broadcast("MatMul", left.slice(0, -2), right.slice(0, -2));
  const shape = [...batch, left.at(-2)!, right.at(-1)!];
  return g.record("MatMul", [a, b], { transposeA, transposeB }, () => {
    if (a.shape.length === 2 && b.shape.length === 2 && (transposeA || transposeB))
      return g.emit("Gemm", [a, b], [{ type: a.type, shape }], { transA: int(+transposeA), transB: int(+transposeB) });
    const x = transposeA ? transpose(g, a, swapLast(a)) : a;
    const y = transposeB ? transpose(g, b, swapLast(b)) : b;
    return g.emit("MatMul", [x, y], [{ type: a.type, shape }]);
  })[0]!;
}

/**
 * a b + c for matrices, c broadcast over rows: the bias is added inside the product.
 * a: [M, K], b: [K, N], c: [N] → [M, N]
 */
export function gemm(
  g: Graph,
  a: Value,
  b: Value,
  c: Value,
  { transposeA = false, transposeB = false }: MatMulOptions = {},
): Value {
  const rows = a.shape[transposeA ? 1 : 0];
  const inner = a.shape[transposeA ? 0 : 1];
  const columns = b.shape[transposeB ? 0 : 1];
  if (a.shape.length !== 2 || b.shape.length !== 2 || inner !== b.shape[transposeB ? 1 : 0])
    throw new Error(`Gemm: ${formatShape(a.shape)} x ${formatShape(b.shape)}`);
  const shape = [rows!, columns!];
  if (formatShape(broadcast("Gemm", shape, c.shape)) !== formatShape(shape))
    throw new Error(`Gemm: ${formatShape(shape)} + ${formatShape(c.shape)}`);
  return g.record("Gemm", [a, b, c], { transposeA, transposeB }, () =>
    g.emit("Gemm", [a, b, c], [{ type: a.type, shape }], { transA: int(+transposeA), transB: int(+transposeB) }),
  )[0]!;
}
