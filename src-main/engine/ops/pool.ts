import { formatShape, type Graph, ints, type Shape, sizeOf, type Value } from "../graph/index.ts";
import { both, convLength } from "./conv.ts";
import { add } from "./elementwise.ts";
import { scatterElements } from "./gather.ts";
import { expand, reshape, shapeConstant } from "./layout.ts";

export interface PoolOptions {
  readonly kernel: number | readonly [number, number];
  readonly stride: number | readonly [number, number];
}

/** Where pooled elements lie in the whole tensor [N, C, height, width]: ONNX counts so, PyTorch inside each plane. */
interface Places {
  readonly flat: Value;
  readonly height: number;
  readonly width: number;
}

const placesOf = new WeakMap<Value, Places>();

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
      { kernel_shape: ints(kernel), strides: ints(stride) },
    );
    const plane = g.constant(height * width, { type: "int64" });
    const inPlane = g.emit("Mod", [flat!, plane], [{ type: "int64", shape }])[0]!;
    placesOf.set(inPlane, { flat: flat!, height, width });
    return [largest!, inPlane, flat!];
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
  const flat = flatIndices(g, indices, height, width);
  return g.record("MaxUnpool", [x, flat], {}, () => [unpool(g, x, flat, height, width)])[0]!;
}

/** Positions in the whole tensor: those that max-pooling gave, or the planes' own plus where each plane begins. */
function flatIndices(g: Graph, indices: Value, height: number, width: number): Value {
  const places = placesOf.get(indices);
  if (places?.height === height && places.width === width) return places.flat;
  const [n, c] = indices.shape as [number, number];
  const begins = Array.from({ length: n * c }, (_, plane) => plane * height * width);
  return add(g, indices, g.constant(begins, { type: "int64", shape: [n, c, 1, 1] }));
}

/** Writes x at `flat` of an otherwise empty tensor; no place may be named twice. */
export function unpool(g: Graph, x: Value, flat: Value, height: number, width: number): Value {
  const shape = [x.shape[0]!, x.shape[1]!, height, width];
  const inputs = [x, flat, shapeConstant(g, shape)];
  return g.emit("MaxUnpool", inputs, [{ type: x.type, shape }], { kernel_shape: ints([1, 1]) })[0]!;
}

/** Adds x at `flat` of an otherwise empty tensor, for windows that overlap. */
export function scatterAdd(g: Graph, x: Value, flat: Value, shape: Shape): Value {
  const empty = expand(g, g.constant(0, { shape: [1] }), [sizeOf(shape)]);
  return reshape(g, scatterElements(g, empty, reshape(g, flat, [-1]), reshape(g, x, [-1]), 0, "add"), shape);
}
