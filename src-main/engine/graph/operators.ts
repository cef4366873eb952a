import type { DataType } from "./tensor.ts";
import type { Value } from "./value.ts";

type None = Readonly<Record<never, never>>;

export interface ConvAttributes {
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
}

/** One side of the planes that a Winograd convolution works on, as its two matrices. */
export interface WinogradSide {
  readonly size: number;
  readonly count: number;
  readonly input: readonly (readonly number[])[];
  readonly output: readonly (readonly number[])[];
}

/**
 * The closed list of operators that have a gradient rule, with their attributes.
 * A new row here is a compile error until `autodiff/rules.ts` has its rule and the gradient test has its case.
 * An operator is what autodiff sees; it may be lowered to several ONNX nodes.
 */
export interface OperatorAttributes {
  Add: None;
  Sub: None;
  Mul: None;
  Div: None;
  Max: None;
  Min: None;
  Neg: None;
  Pow: { readonly exponent: number };
  Sqrt: None;
  Exp: None;
  Log: None;
  Abs: None;
  Sin: None;
  Cos: None;
  Erf: None;
  Tanh: None;
  Sigmoid: None;
  Relu: None;
  Gelu: None;
  Floor: None;
  Clip: { readonly min: number; readonly max: number };
  Equal: None;
  Less: None;
  Greater: None;
  GreaterOrEqual: None;
  And: None;
  Or: None;
  Not: None;
  Where: None;
  Cast: { readonly type: DataType };
  MatMul: { readonly transposeA: boolean; readonly transposeB: boolean };
  Gemm: { readonly transposeA: boolean; readonly transposeB: boolean };
  Reshape: None;
  Transpose: { readonly permutation: readonly number[] };
  Expand: None;
  Concat: { readonly axis: number };
  Slice: { readonly axis: number; readonly start: number; readonly end: number; readonly step: number };
  Split: { readonly axis: number; readonly sizes: readonly number[] };
  Pad: { readonly before: readonly number[]; readonly after: readonly number[] };
  Gather: { readonly axis: number };
  GatherElements: { readonly axis: number };
  ScatterElements: { readonly axis: number; readonly reduction: "none" | "add" };
  ReduceSum: { readonly axes: readonly number[] };
  ReduceMean: { readonly axes: readonly number[] };
  ReduceMax: { readonly axes: readonly number[] };
  ReduceMin: { readonly axes: readonly number[] };
  ArgMax: { readonly axis: number };
  Softmax: { readonly axis: number };
  LogSoftmax: { readonly axis: number };
  LogSumExp: { readonly axes: readonly number[] };
  Conv: ConvAttributes;
  ConvTranspose: ConvAttributes & { readonly outputPadding: readonly [number, number] };
  MaxPool: { readonly kernel: readonly [number, number]; readonly stride: readonly [number, number] };
  MaxUnpool: None;
  TopK: { readonly axis: number };
  LayerNorm: { readonly epsilon: number };
  GroupNorm: { readonly groups: number; readonly epsilon: number };
  BatchNorm: { readonly axis: number; readonly epsilon: number };
  PixelGroupNorm: { readonly groups: number; readonly epsilon: number };
  Phases: None;
  Interleave: None;
  GeluMax: None;
  AtChosen: None;
  ChosenProduct: None;
  WinogradConv: { readonly transposed: boolean; readonly vertical: WinogradSide; readonly horizontal: WinogradSide };
  StopGradient: None;
  Recompute: { readonly use: string };
}

export type Operator = keyof OperatorAttributes;

/** One call of an operator, as autodiff reads it back. */
export interface Operation<O extends Operator = Operator> {
  readonly operator: O;
  readonly attributes: OperatorAttributes[O];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}
