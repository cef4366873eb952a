import type { Attributes, Node } from "./node.ts";
import type { Operation, Operator, OperatorAttributes } from "./operators.ts";
import { allocate, type DataType, formatShape, type Shape, sizeOf, type Tensor, type TensorData } from "./tensor.ts";
import type { Operand, Value } from "./value.ts";

interface Typed {
  readonly type: DataType;
  readonly shape: Shape;
}

const typeOfArray = (data: unknown): DataType =>
  data instanceof BigInt64Array
    ? "int64"
    : data instanceof Int32Array
      ? "int32"
      : data instanceof Uint8Array
        ? "uint8"
        : "float32";

/**
 * A graph under construction. It keeps two records of the same work: the ONNX nodes that will run,
 * and the operations that gradients are taken of (one operation may be several nodes).
 */
export class Graph {
  readonly inputs = new Map<string, Value>();
  readonly outputs = new Map<string, Value>();
  readonly constants = new Map<string, Tensor>();
  readonly nodes: Node[] = [];
  readonly operations: Operation[] = [];
  readonly #names = new Set<string>();
  readonly #counts = new Map<string, number>();
  readonly #scalars = new Map<string, Value>();
  #depth = 0;

  /** A value given from outside on every run. */
  input(name: string, shape: Shape, type: DataType = "float32"): Value {
    this.#claim(name);
    const value: Value = { name, type, shape: [...shape] };
    this.inputs.set(name, value);
    return value;
  }

  /** A value known now. A plain number is a float32 scalar; numbers are converted to `type`. */
  constant(
    data: number | readonly number[] | TensorData,
    options: { readonly shape?: Shape; readonly type?: DataType } = {},
  ): Value {
    const numbers = typeof data === "number" ? [data] : data;
    const shape = options.shape ?? (typeof data === "number" ? [] : [numbers.length]);
    const type = options.type ?? typeOfArray(data);
    if (numbers.length !== sizeOf(shape))
      throw new Error(`constant: ${numbers.length} values for ${formatShape(shape)}`);
    const key =
      numbers.length <= 16 ? `${type}${formatShape(shape)}:${Array.from(numbers, formatNumber).join(",")}` : "";
    const known = this.#scalars.get(key);
    if (known) return known;
    const value: Value = { name: this.#fresh("constant"), type, shape: [...shape] };
    this.constants.set(value.name, { type, shape: value.shape, data: storageOf(numbers, type) });
    if (key) this.#scalars.set(key, value);
    return value;
  }

  /** Names a value as a result of the graph. */
  output(name: string, value: Value): void {
    this.#claim(name);
    this.outputs.set(name, value);
  }

  /** The operand itself, or a scalar constant of `like`'s type. */
  operand(operand: Operand, like: Operand): Value {
    if (typeof operand !== "number") return operand;
    return this.constant(operand, { shape: [], type: typeof like === "number" ? "float32" : like.type });
  }

  /** Appends one ONNX node. Only the functions of `ops/` and the gradient rules call this. */
  emit(
    opType: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly Typed[],
    attributes: Attributes = {},
  ): Value[] {
    const made = outputs.map(({ type, shape }) => ({ name: this.#fresh(opType), type, shape: [...shape] }));
    this.nodes.push({ opType, inputs: [...inputs], outputs: made, attributes });
    return made;
  }

  /** Runs `lower`, which emits nodes, and remembers the whole as one operation for autodiff. */
  record<O extends Operator>(
    operator: O,
    inputs: readonly Value[],
    attributes: OperatorAttributes[O],
    lower: () => readonly Value[],
  ): readonly Value[] {
    this.#depth++;
    try {
      const outputs = lower();
      // Lowered to nothing at all (a reduction of single elements, say): the value is its own gradient.
      const same = outputs.length === 1 && outputs[0] === inputs[0];
      if (this.#depth === 1 && !same) this.operations.push({ operator, inputs, attributes, outputs });
      return outputs;
    } finally {
      this.#depth--;
    }
  }

  #claim(name: string): void {
    if (this.#names.has(name)) throw new Error(`Graph: the name “${name}” is taken`);
    this.#names.add(name);
  }

  #fresh(kind: string): string {
    const stem = kind.toLowerCase();
    for (;;) {
      const count = (this.#counts.get(stem) ?? 0) + 1;
      this.#counts.set(stem, count);
      const name = `${stem}_${count}`;
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      return name;
    }
  }
}

/** -0 and 0 differ as constants (1/x distinguishes them). */
function formatNumber(value: number | bigint): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function storageOf(numbers: readonly number[] | TensorData, type: DataType): TensorData {
  const storage = allocate(type, numbers.length);
  if (storage instanceof BigInt64Array) for (let i = 0; i < numbers.length; i++) storage[i] = BigInt(numbers[i]!);
  else for (let i = 0; i < numbers.length; i++) storage[i] = Number(numbers[i]);
  return storage;
}
