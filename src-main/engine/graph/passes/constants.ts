import type { Node } from "../node.ts";
import type { OnnxModel } from "../onnx-model.ts";
import { allocate, sizeOf, type Tensor } from "../tensor.ts";

/** Results larger than this are left to run time: they would make the model file larger than what they save. */
const largest = 1 << 16;

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
};

const unary: Readonly<Record<string, (x: number) => number>> = {
  Neg: (x) => -x,
  Sqrt: Math.sqrt,
  Exp: Math.exp,
  Log: Math.log,
  Abs: Math.abs,
  Floor: Math.floor,
};

/** Computes now what depends on constants only: simple arithmetic on float32, and changes of shape of any type. */
export function foldConstants(model: OnnxModel): OnnxModel {
  const constants = new Map(model.constants);
  const results = new Set(model.outputs.map((output) => output.name));
  const nodes = model.nodes.filter((node) => {
    const output = node.outputs[0]!;
    if (node.outputs.length !== 1 || results.has(output.name) || sizeOf(output.shape) > largest) return true;
    const inputs = node.inputs.map((input) => input && constants.get(input.name));
    if (!inputs.every((input) => input !== undefined)) return true;
    const folded = fold(node, inputs);
    if (folded) constants.set(output.name, folded);
    return !folded;
  });
  return { ...model, constants, nodes };
}

function fold(node: Node, [a, b]: readonly Tensor[]): Tensor | undefined {
  const { type, shape } = node.outputs[0]!;
  if (!a) return undefined;
  if (node.opType === "Reshape") return { type, shape, data: a.data };
  const two = binary[node.opType];
  const one = unary[node.opType];
  if (type !== "float32" || a.type !== "float32") return undefined;
  const data = allocate(type, sizeOf(shape));
  if (two && b?.type === "float32") {
    const left = reader(a, shape);
    const right = reader(b, shape);
    for (let i = 0; i < data.length; i++) data[i] = two(left(i), right(i));
    return { type, shape, data };
  }
  if (one) {
    for (let i = 0; i < data.length; i++) data[i] = one(Number(a.data[i]));
    return { type, shape, data };
  }
  return undefined;
}

/** Reads `tensor`, broadcast to `shape`, at a flat index of `shape`. */
function reader(tensor: Tensor, shape: readonly number[]): (index: number) => number {
  const lead = shape.length - tensor.shape.length;
  return (index) => {
    let rest = index;
    let position = 0;
    let stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const at = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
      const length = axis < lead ? 1 : tensor.shape[axis - lead]!;
      if (length > 1) position += at * stride;
      stride *= length;
    }
    return Number(tensor.data[position]);
  };
}
