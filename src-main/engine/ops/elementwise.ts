/** @see ONNX operators Add, Sub, Mul, Div, Pow, Exp, Log, Sqrt, Clip and others of one element each */

import { broadcast, type Graph, type Operand, type Value } from "../graph/index.ts";

type NumberOperator = "Add" | "Sub" | "Mul" | "Div" | "Max" | "Min";
type MapOperator =
  | "Neg"
  | "Sqrt"
  | "Exp"
  | "Log"
  | "Abs"
  | "Sin"
  | "Cos"
  | "Erf"
  | "Tanh"
  | "Sigmoid"
  | "Relu"
  | "Floor";

/** Both operands as values of one type. */
export function pair(g: Graph, operator: string, a: Operand, b: Operand): [Value, Value] {
  const left = g.operand(a, b);
  const right = g.operand(b, a);
  if (left.type !== right.type) throw new Error(`${operator}: ${left.type} x ${right.type}`);
  return [left, right];
}

const binary =
  (operator: NumberOperator) =>
  (g: Graph, a: Operand, b: Operand): Value => {
    const [left, right] = pair(g, operator, a, b);
    const shape = broadcast(operator, left.shape, right.shape);
    return g.record(operator, [left, right], {}, () =>
      g.emit(operator, [left, right], [{ type: left.type, shape }]),
    )[0]!;
  };

const unary =
  (operator: MapOperator) =>
  (g: Graph, x: Value): Value =>
    g.record(operator, [x], {}, () => g.emit(operator, [x], [x]))[0]!;

export const add = binary("Add");
export const sub = binary("Sub");
export const mul = binary("Mul");
export const div = binary("Div");
/** The larger of two, element by element. On a tie the gradient is shared equally. */
export const maximum = binary("Max");
/** The smaller of two, element by element. On a tie the gradient is shared equally. */
export const minimum = binary("Min");

export const neg = unary("Neg");
export const sqrt = unary("Sqrt");
export const exp = unary("Exp");
export const log = unary("Log");
export const abs = unary("Abs");
export const sin = unary("Sin");
export const cos = unary("Cos");
export const erf = unary("Erf");
export const tanh = unary("Tanh");
export const sigmoid = unary("Sigmoid");
/** max(x, 0); its slope at 0 is 0. */
export const relu = unary("Relu");
/** Its gradient is zero everywhere. */
export const floor = unary("Floor");

/** x raised to a fixed power. The result has the shape of x. */
export function pow(g: Graph, x: Value, exponent: number): Value {
  return g.record("Pow", [x], { exponent }, () => {
    if (exponent === 2) return g.emit("Mul", [x, x], [x]);
    return g.emit("Pow", [x, g.constant(exponent, { type: x.type })], [x]);
  })[0]!;
}

/** x held between two numbers; outside them its slope is 0. The result has the shape of x. */
export function clip(g: Graph, x: Value, min: number, max: number): Value {
  return g.record("Clip", [x], { min, max }, () =>
    g.emit("Clip", [x, g.constant(min, { type: x.type }), g.constant(max, { type: x.type })], [x]),
  )[0]!;
}

/** A value through which no gradient flows. The result has the shape of x. */
export function stopGradient(g: Graph, x: Value): Value {
  return g.record("StopGradient", [x], {}, () => g.emit("Identity", [x], [x]))[0]!;
}
