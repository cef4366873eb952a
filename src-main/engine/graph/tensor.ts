/** The element types a graph may hold. */
export type DataType = "float32" | "int64" | "int32" | "uint8" | "bool";

export type Shape = readonly number[];

export type TensorData = Float32Array | BigInt64Array | Int32Array | Uint8Array;

/** Numbers with a shape, row-major. */
export interface Tensor {
  readonly type: DataType;
  readonly shape: Shape;
  readonly data: TensorData;
}

export type Tensors = Readonly<Record<string, Tensor>>;

/** How many elements a shape holds; a scalar holds one. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, length) => size * length, 1);
}

export const bytesPerElement: Readonly<Record<DataType, number>> = {
  float32: 4,
  int64: 8,
  int32: 4,
  uint8: 1,
  bool: 1,
};

/** Zeroed storage of length `size`: a number of elements, each of as many bytes as `type` has. */
export function allocate(type: DataType, size: number): TensorData {
  switch (type) {
    case "float32":
      return new Float32Array(size);
    case "int64":
      return new BigInt64Array(size);
    case "int32":
      return new Int32Array(size);
    case "uint8":
    case "bool":
      return new Uint8Array(size);
  }
}

/** A tensor from plain numbers, converted to `type`. As many numbers as `shape` has elements, in row-major order. */
export function tensor(data: ArrayLike<number>, shape: Shape = [data.length], type: DataType = "float32"): Tensor {
  if (data.length !== sizeOf(shape)) throw new Error(`tensor: ${data.length} values for ${formatShape(shape)}`);
  const storage = allocate(type, data.length);
  if (storage instanceof BigInt64Array) for (let i = 0; i < data.length; i++) storage[i] = BigInt(data[i]!);
  else storage.set(data);
  return { type, shape, data: storage };
}

/** `[2,3]` */
export function formatShape(shape: Shape): string {
  return `[${shape.join(",")}]`;
}

/** Have both the same number of axes, with the same lengths? */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** The numbers ONNX gives these types (TensorProto.DataType). */
export const onnxType: Readonly<Record<DataType, number>> = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 };
