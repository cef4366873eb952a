import { formatShape, type Graph, ints, sizeOf, type Value } from "../graph/index.ts";
import { both, convLength } from "./conv.ts";
import { gatherElements, scatterElements } from "./gather.ts";
import { expand, reshape } from "./layout.ts";

export interface PoolOptions {
  readonly kernel: number | readonly [number, number];
  readonly stride: number | readonly [number, number];
}

/**
 * The largest element of every window, and where it was: `indices` are int64, row · width + column inside each plane.
 * The first element, row by row, wins a tie.  x: [N, C, H, W]
 */
export function maxPool2d(g: Graph, x: Value, options: PoolOptions): { output: Value; indices: Value } {
  const kernel = both(options.kernel);
  const stride = both(options.stride);
  if (x.shape.length !== 4) throw new Error(`MaxPool: ${formatShape(x.shape)}`);
  const [n, c, height, width] = x.shape as [number, number, number, number];
  const shape = [n, c, convLength(height, kernel[0], stride[0], 0), convLength(width, kernel[1], stride[1], 0)];
  if (shape[2]! < 1 || shape[3]! < 1) throw new Error(`MaxPool: ${formatShape(x.shape)} by ${formatShape(kernel)}`);
  const [output, indices] = g.record("MaxPool", [x], { kernel, stride }, () => {
    const [largest, flat] = g.emit(
      "MaxPool",
      [x],
      [
        { type: x.type, shape },
        { type: "int64", shape },
      ],
      {
        kernel_shape: ints(kernel),
        strides: ints(stride),
      },
    );
    // ONNX counts through the whole tensor, PyTorch through one plane.
    const plane = g.constant(height * width, { type: "int64" });
    return [largest!, g.emit("Mod", [flat!, plane], [{ type: "int64", shape }])[0]!];
  });
  return { output: output!, indices: indices! };
}

/** Puts every element back where max-pooling found it, zeros elsewhere.  x: [N, C, h, w] → [N, C, height, width] */
export function maxUnpool2d(
  g: Graph,
  x: Value,
  indices: Value,
  { height, width }: { height: number; width: number },
): Value {
  if (x.shape.length !== 4 || formatShape(x.shape) !== formatShape(indices.shape))
    throw new Error(`MaxUnpool: ${formatShape(x.shape)} by ${formatShape(indices.shape)}`);
  return g.record("MaxUnpool", [x, indices], {}, () => [scatterToPlanes(g, x, indices, height, width, "none")])[0]!;
}

/** Writes (or adds) x at `indices` of otherwise empty planes. */
export function scatterToPlanes(
  g: Graph,
  x: Value,
  indices: Value,
  height: number,
  width: number,
  reduction: "none" | "add",
): Value {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const planes = n * c;
  const empty = expand(g, g.constant(0, { shape: [1, 1] }), [planes, height * width]);
  const flat = (value: Value) => reshape(g, value, [planes, h * w]);
  return reshape(g, scatterElements(g, empty, flat(indices), flat(x), 1, reduction), [n, c, height, width]);
}

/** Reads planes at `indices`.  x: [N, C, H, W], indices: [N, C, h, w] → [N, C, h, w] */
export function gatherFromPlanes(g: Graph, x: Value, indices: Value): Value {
  const planes = x.shape[0]! * x.shape[1]!;
  const flat = (value: Value) => reshape(g, value, [planes, sizeOf(value.shape) / planes]);
  return reshape(g, gatherElements(g, flat(x), flat(indices), 1), indices.shape);
}
