import type { DataType, Shape } from "./tensor.ts";

/** An edge of the graph: what a node makes and others take. */
export interface Value {
  readonly name: string;
  readonly type: DataType;
  readonly shape: Shape;
}

/** A number stands for a scalar constant of the other operand's type. */
export type Operand = Value | number;
