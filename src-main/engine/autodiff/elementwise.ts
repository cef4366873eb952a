import type { Value } from "../graph/index.ts";
import {
  and,
  cast,
  cos,
  div,
  equal,
  exp,
  greater,
  greaterOrEqual,
  less,
  mul,
  neg,
  pow,
  sin,
  sub,
  where,
} from "../ops/index.ts";
import { flat, type Rule, type RulesFor, sumTo } from "./rule.ts";

/** The chosen side takes the gradient; a tie shares it. */
const choice =
  <O extends "Max" | "Min">(better: typeof greater): Rule<O> =>
  (g, dy, { inputs }) => {
    const [a, b] = inputs as [Value, Value];
    const side = (mine: Value, other: Value) => () => {
      const tie = where(g, equal(g, mine, other), 0.5, 0);
      return sumTo(g, mul(g, dy, where(g, better(g, mine, other), 1, tie)), mine.shape);
    };
    return [side(a, b), side(b, a)];
  };

export const elementwiseRules: RulesFor<
  | "Add"
  | "Sub"
  | "Mul"
  | "Div"
  | "Max"
  | "Min"
  | "Neg"
  | "Pow"
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
  | "Floor"
  | "Clip"
  | "Equal"
  | "Less"
  | "Greater"
  | "GreaterOrEqual"
  | "And"
  | "Or"
  | "Not"
  | "Where"
  | "Cast"
  | "StopGradient"
  | "Recompute"
> = {
  Add: (g, dy, { inputs: [a, b] }) => [() => sumTo(g, dy, a!.shape), () => sumTo(g, dy, b!.shape)],
  Sub: (g, dy, { inputs: [a, b] }) => [() => sumTo(g, dy, a!.shape), () => neg(g, sumTo(g, dy, b!.shape))],
  Mul: (g, dy, { inputs: [a, b] }) => [
    () => sumTo(g, mul(g, dy, b!), a!.shape),
    () => sumTo(g, mul(g, dy, a!), b!.shape),
  ],
  Div: (g, dy, { inputs: [a, b], output }) => [
    () => sumTo(g, div(g, dy, b!), a!.shape),
    () => neg(g, sumTo(g, div(g, mul(g, dy, output), b!), b!.shape)),
  ],
  Max: choice(greater),
  Min: choice(less),
  Neg: (g, dy) => [() => neg(g, dy)],
  Pow: (g, dy, { x, attributes: { exponent } }) => [
    () => mul(g, dy, mul(g, exponent === 2 ? x : pow(g, x, exponent - 1), exponent)),
  ],
  Sqrt: (g, dy, { output }) => [() => div(g, dy, mul(g, output, 2))],
  Exp: (g, dy, { output }) => [() => mul(g, dy, output)],
  Log: (g, dy, { x }) => [() => div(g, dy, x)],
  Abs: (g, dy, { x }) => [() => mul(g, dy, g.emit("Sign", [x], [x])[0]!)],
  Sin: (g, dy, { x }) => [() => mul(g, dy, cos(g, x))],
  Cos: (g, dy, { x }) => [() => neg(g, mul(g, dy, sin(g, x)))],
  Erf: (g, dy, { x }) => [() => mul(g, dy, mul(g, exp(g, neg(g, mul(g, x, x))), 2 / Math.sqrt(Math.PI)))],
  Tanh: (g, dy, { output }) => [() => mul(g, dy, sub(g, 1, mul(g, output, output)))],
  Sigmoid: (g, dy, { output }) => [() => mul(g, dy, mul(g, output, sub(g, 1, output)))],
  // Slope 0 at 0, as PyTorch has it.
  Relu: (g, dy, { output }) => [() => where(g, greater(g, output, 0), dy, 0)],
  Floor: flat,
  // The bounds themselves still let the gradient through, as in PyTorch.
  Clip: (g, dy, { x, attributes: { min, max } }) => [
    () => where(g, and(g, greaterOrEqual(g, x, min), greaterOrEqual(g, g.operand(max, x), x)), dy, 0),
  ],
  Equal: flat,
  Less: flat,
  Greater: flat,
  GreaterOrEqual: flat,
  And: flat,
  Or: flat,
  Not: flat,
  Where: (g, dy, { inputs: [condition, a, b] }) => [
    undefined,
    () => sumTo(g, where(g, condition!, dy, 0), a!.shape),
    () => sumTo(g, where(g, condition!, 0, dy), b!.shape),
  ],
  Cast: (g, dy, { x }) => [() => cast(g, dy, x.type)],
  StopGradient: { rule: flat, stops: true },
  Recompute: (_, dy) => [() => dy],
};
