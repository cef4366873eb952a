import type { Graph, Value } from "../graph/index.ts";
import { add, div, minimum, mul, sqrt } from "../ops/index.ts";

/**
 * Scales all gradients together so that their common norm is at most `limit`.
 * @see Pascanu, Mikolov and Bengio 2013; the 1e-6 as in PyTorch, clip_grad_norm_
 */
export function clipByNorm(g: Graph, gradients: readonly Value[], limit: number): { clipped: Value[]; norm: Value } {
  const squares = gradients.map(
    (gradient) => g.emit("ReduceSumSquare", [gradient], [{ type: "float32", shape: [] }], noKeep)[0]!,
  );
  const norm = sqrt(
    g,
    squares.reduce((sum, square) => add(g, sum, square)),
  );
  const factor = minimum(g, div(g, limit, add(g, norm, 1e-6)), 1);
  return { clipped: gradients.map((gradient) => mul(g, gradient, factor)), norm };
}

const noKeep = { keepdims: { kind: "int", value: 0 } } as const;
