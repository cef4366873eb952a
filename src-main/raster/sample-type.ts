/** The number types a raster can hold, and the arrays that hold them. */
export type SampleType = "uint8" | "int8" | "uint16" | "int16" | "uint32" | "int32" | "float32" | "float64";

export type TypedArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

interface SampleTypeRow {
  readonly bytes: number;
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
  /** TIFF's SampleFormat: 1 unsigned, 2 signed, 3 floating point */
  readonly format: 1 | 2 | 3;
  readonly create: (length: number) => TypedArray;
  readonly view: (buffer: ArrayBufferLike, byteOffset: number, length: number) => TypedArray;
}

const float32Max = 3.4028234663852886e38;

/** One row per type. */
export const sampleTypes: Readonly<Record<SampleType, SampleTypeRow>> = {
  uint8: {
    bytes: 1,
    min: 0,
    max: 255,
    integer: true,
    format: 1,
    create: (n) => new Uint8Array(n),
    view: (b, o, n) => new Uint8Array(b, o, n),
  },
  int8: {
    bytes: 1,
    min: -128,
    max: 127,
    integer: true,
    format: 2,
    create: (n) => new Int8Array(n),
    view: (b, o, n) => new Int8Array(b, o, n),
  },
  uint16: {
    bytes: 2,
    min: 0,
    max: 65535,
    integer: true,
    format: 1,
    create: (n) => new Uint16Array(n),
    view: (b, o, n) => new Uint16Array(b, o, n),
  },
  int16: {
    bytes: 2,
    min: -32768,
    max: 32767,
    integer: true,
    format: 2,
    create: (n) => new Int16Array(n),
    view: (b, o, n) => new Int16Array(b, o, n),
  },
  uint32: {
    bytes: 4,
    min: 0,
    max: 4294967295,
    integer: true,
    format: 1,
    create: (n) => new Uint32Array(n),
    view: (b, o, n) => new Uint32Array(b, o, n),
  },
  int32: {
    bytes: 4,
    min: -2147483648,
    max: 2147483647,
    integer: true,
    format: 2,
    create: (n) => new Int32Array(n),
    view: (b, o, n) => new Int32Array(b, o, n),
  },
  float32: {
    bytes: 4,
    min: -float32Max,
    max: float32Max,
    integer: false,
    format: 3,
    create: (n) => new Float32Array(n),
    view: (b, o, n) => new Float32Array(b, o, n),
  },
  float64: {
    bytes: 8,
    min: -Number.MAX_VALUE,
    max: Number.MAX_VALUE,
    integer: false,
    format: 3,
    create: (n) => new Float64Array(n),
    view: (b, o, n) => new Float64Array(b, o, n),
  },
};

/** `length` zeros of that type. */
export function allocate(type: SampleType, length: number): TypedArray {
  return sampleTypes[type].create(length);
}

/** The sample type of an array's numbers. */
export function sampleTypeOf(array: TypedArray): SampleType {
  return array.constructor.name.replace("Array", "").toLowerCase() as SampleType;
}

/** The bytes of `array`, without copying. */
export function bytesOf(array: TypedArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/**
 * `value` as this type stores it, or `undefined` when it cannot hold it.
 * Files in the wild declare nodata −9999 for bytes: no pixel can have it, so there is no nodata.
 */
export function storable(type: SampleType, value: number): number | undefined {
  const { integer, min, max } = sampleTypes[type];
  if (integer) return Number.isInteger(value) && value >= min && value <= max ? value : undefined;
  return type === "float32" ? Math.fround(value) : value;
}
