import { allocate, type DataType, type Shape, sizeOf, type Tensor } from "../graph/index.ts";
import { Random } from "./random.ts";

/** How a parameter starts. */
export type Init =
  | { readonly kind: "uniform"; readonly bound: number }
  /** U(±1/√fanIn), what PyTorch gives linear and convolution layers. */
  | { readonly kind: "fanIn"; readonly fanIn: number }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "normal"; readonly std: number }
  | { readonly kind: "values"; readonly data: ArrayLike<number> };

/**
 * The first values of a parameter: the same for the same seed and name.
 * @see PyTorch, Linear and Conv2d (`fanIn`)
 */
export function initialize(init: Init, shape: Shape, type: DataType, seed: number, name: string): Tensor {
  const size = sizeOf(shape);
  const random = new Random(seed, 0, `init/${name}`);
  const draw = (): number => {
    switch (init.kind) {
      case "uniform":
        return (2 * random.uniform() - 1) * init.bound;
      case "fanIn":
        return (2 * random.uniform() - 1) / Math.sqrt(init.fanIn);
      case "normal":
        return random.normal() * init.std;
      case "constant":
      case "values":
        return 0;
    }
  };
  const data = allocate(type, size);
  if (init.kind === "values" && init.data.length !== size)
    throw new Error(`initialize: ${init.data.length} values for “${name}” [${shape}]`);
  for (let i = 0; i < size; i++) {
    const value = init.kind === "constant" ? init.value : init.kind === "values" ? init.data[i]! : draw();
    if (data instanceof BigInt64Array) data[i] = BigInt(value);
    else data[i] = value;
  }
  return { type, shape, data };
}
