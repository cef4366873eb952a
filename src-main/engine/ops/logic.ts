/** @see ONNX operators Equal, Greater, Less, And, Or, Not, Where and Cast */

import { broadcast, type DataType, type Graph, int, type Operand, onnxType, type Value } from "../graph/index.ts";
import { pair } from "./elementwise.ts";

const comparison =
  (operator: "Equal" | "Less" | "Greater" | "GreaterOrEqual") =>
  (g: Graph, a: Operand, b: Operand): Value => {
    const [left, right] = pair(g, operator, a, b);
    const shape = broadcast(operator, left.shape, right.shape);
    return g.record(operator, [left, right], {}, () => g.emit(operator, [left, right], [{ type: "bool", shape }]))[0]!;
  };

const connective =
  (operator: "And" | "Or") =>
  (g: Graph, a: Value, b: Value): Value => {
    if (a.type !== "bool" || b.type !== "bool") throw new Error(`${operator}: ${a.type} x ${b.type}`);
    const shape = broadcast(operator, a.shape, b.shape);
    return g.record(operator, [a, b], {}, () => g.emit(operator, [a, b], [{ type: "bool", shape }]))[0]!;
  };

export const equal = comparison("Equal");
export const less = comparison("Less");
export const greater = comparison("Greater");
export const greaterOrEqual = comparison("GreaterOrEqual");
export const and = connective("And");
export const or = connective("Or");

/** Element by element: true where `x` (bool) is false. The result has the shape of x. */
export function not(g: Graph, x: Value): Value {
  if (x.type !== "bool") throw new Error(`Not: ${x.type}`);
  return g.record("Not", [x], {}, () => g.emit("Not", [x], [x]))[0]!;
}

/** `a` where the condition holds, else `b`. The three shapes broadcast. */
export function where(g: Graph, condition: Value, a: Operand, b: Operand): Value {
  if (condition.type !== "bool") throw new Error(`Where: the condition is ${condition.type}`);
  const [left, right] = pair(g, "Where", a, b);
  const shape = broadcast("Where", condition.shape, broadcast("Where", left.shape, right.shape));
  const inputs = [condition, left, right];
  return g.record("Where", inputs, {}, () => g.emit("Where", inputs, [{ type: left.type, shape }]))[0]!;
}

/** The same numbers in another type. Gradients pass between floats only. The result has the shape of x. */
export function cast(g: Graph, x: Value, type: DataType): Value {
  if (x.type === type) return x;
  return g.record("Cast", [x], { type }, () =>
    g.emit("Cast", [x], [{ type, shape: x.shape }], { to: int(onnxType[type]) }),
  )[0]!;
}
