import type { OnnxModel } from "./onnx-model.ts";
import { sizeOf } from "./tensor.ts";
import type { Value } from "./value.ts";

/**
 * Multiplications and additions of a model's products and convolutions, per run. What depends on constants only is
 * computed when the model is loaded and does not count, nor does anything elementwise.
 */
export function floatingPointOperations(model: OnnxModel, constants: ReadonlySet<string> = new Set()): number {
  const fixed = new Set([...model.constants.keys(), ...constants]);
  let total = 0;
  for (const { opType, inputs, outputs, attributes } of model.nodes) {
    const given = inputs.filter((input) => input !== undefined);
    if (given.every(({ name }) => fixed.has(name))) {
      for (const output of outputs) fixed.add(output.name);
      continue;
    }
    const [a, b] = given;
    const transposed = attributes.transA?.kind === "int" && attributes.transA.value === 1;
    total += 2 * products(opType, a!, b, outputs[0]!, transposed);
  }
  return total;
}

function products(opType: string, a: Value, b: Value | undefined, output: Value, transposed: boolean): number {
  switch (opType) {
    case "MatMul":
      return sizeOf(output.shape) * a.shape.at(-1)!;
    case "Gemm":
      return sizeOf(output.shape) * a.shape[transposed ? 0 : 1]!;
    case "Conv":
      return sizeOf(output.shape) * sizeOf(b!.shape.slice(1));
    case "ConvTranspose":
      return sizeOf(a.shape) * sizeOf(b!.shape.slice(1));
    default:
      return 0;
  }
}
