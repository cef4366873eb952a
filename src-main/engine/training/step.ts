import { gradientsIfAny } from "../autodiff/index.ts";
import { Graph, modelOf, type OnnxModel, type Shape, simplify, type Value } from "../graph/index.ts";
import { type Declarations, type Init, type RandomInput, Scope } from "../nn/index.ts";
import { add, mul } from "../ops/index.ts";
import { clipByNorm } from "./clip.ts";
import type { Optimizer } from "./optimizer.ts";

/** Parameters that are treated alike; the first group whose `match` fits a name takes it. */
export interface ParameterGroup {
  readonly match: RegExp;
  readonly learningRateScale?: number;
  readonly weightDecay?: number;
  /** No gradient, no moments, no update: nothing is computed for it. */
  readonly frozen?: boolean;
}

export interface StepDefinition {
  readonly name: string;
  readonly define: (scope: Scope) => { readonly loss: Value; readonly outputs?: Readonly<Record<string, Value>> };
  readonly optimizer: Optimizer;
  readonly groups?: readonly ParameterGroup[];
  /** The gradients' common norm is held below this. */
  readonly clipNorm?: number;
  /** Parameters move on every n-th call, by the mean of n gradients. */
  readonly accumulate?: number;
}

/** One tensor of the state: a parameter, a buffer, or what the optimizer remembers. */
export interface StateEntry {
  readonly name: string;
  readonly value: Value;
  readonly init: Init;
}

/** A training step: the graphs that compute it and the list of what they carry from step to step. */
export interface TrainingStep {
  readonly name: string;
  /** Forward, backward and, unless gradients are accumulated, the update. */
  readonly model: OnnxModel;
  /** The update alone, when gradients are accumulated. */
  readonly apply: OnnxModel | undefined;
  readonly optimizer: Optimizer;
  readonly accumulate: number;
  /** What the caller gives on every step. */
  readonly inputs: readonly Value[];
  readonly randoms: readonly RandomInput[];
  readonly parameters: readonly StateEntry[];
  readonly buffers: readonly StateEntry[];
  readonly moments: readonly StateEntry[];
  /** Names of the state that `model` returns anew, under `next/<name>`. */
  readonly updated: readonly string[];
  readonly outputs: readonly string[];
}

const zero: Init = { kind: "constant", value: 0 };
export const nextName = (name: string): string => `next/${name}`;
/** The name of an optimizer's moment of a parameter, in the state of a training step. */
export const momentName = (moment: string, parameter: string): string => `optimizer.${moment}.${parameter}`;
export const accumulatedName = (parameter: string): string => `optimizer.accumulated.${parameter}`;
export const scalarName = (scalar: string): string => `optimizer/${scalar}`;
/** Counts finished updates. */
export const stepCounter = "optimizer.step";
/** Counts gradients gathered since the last update. */
export const microCounter = "optimizer.gathered";

/** Draws the whole training step as a graph. */
export function buildStep(definition: StepDefinition): TrainingStep {
  const { name, define, optimizer, groups = [], clipNorm, accumulate = 1 } = definition;
  const g = new Graph();
  const scope = new Scope(g, true);
  const { loss, outputs = {} } = define(scope);
  const { declarations } = scope;
  const groupOf = (parameter: string): ParameterGroup | undefined => groups.find(({ match }) => match.test(parameter));
  const wanted = [...declarations.parameters.keys()].filter((parameter) => !groupOf(parameter)?.frozen);
  const wrt = wanted.map((parameter) => declarations.parameters.get(parameter)!.value);
  const found = gradientsIfAny(g, loss, wrt);
  // A parameter that the loss does not see stays where it is, as with PyTorch, where its gradient is None.
  const trained = wanted.filter((_, i) => found[i]);
  const gradients = found.filter((gradient) => gradient !== undefined);

  g.output("loss", loss);
  for (const [output, value] of Object.entries(outputs)) g.output(output, value);
  for (const [buffer, value] of declarations.bufferUpdates) g.output(nextName(buffer), value);

  const moments = trained.flatMap((parameter) =>
    optimizer.moments.map((moment) => entry(momentName(moment, parameter), shapeOf(declarations, parameter))),
  );
  const sums =
    accumulate > 1
      ? trained.map((parameter) => entry(accumulatedName(parameter), shapeOf(declarations, parameter)))
      : [];
  const inputs = dataInputs(g, declarations);

  const update = (graph: Graph, parameters: readonly Value[], dps: readonly Value[]) => {
    const limited = clipNorm === undefined || dps.length === 0 ? dps : clipByNorm(graph, dps, clipNorm).clipped;
    const scalars = Object.fromEntries(
      Object.keys(optimizer.scalars(1, 1)).map((scalar) => [scalar, graph.input(scalarName(scalar), [])]),
    );
    for (const [i, parameter] of trained.entries()) {
      const group = groupOf(parameter);
      const shape = shapeOf(declarations, parameter);
      const next = optimizer.update(graph, {
        parameter: parameters[i]!,
        gradient: limited[i]!,
        moments: optimizer.moments.map((moment) => graph.input(momentName(moment, parameter), shape)),
        scalars,
        learningRateScale: group?.learningRateScale ?? 1,
        weightDecay: group?.weightDecay ?? optimizer.weightDecay,
      });
      graph.output(nextName(parameter), next.parameter);
      for (const [m, moment] of optimizer.moments.entries())
        graph.output(nextName(momentName(moment, parameter)), next.moments[m]!);
    }
  };

  let apply: OnnxModel | undefined;
  if (accumulate > 1) {
    for (const [i, parameter] of trained.entries()) {
      const before = g.input(accumulatedName(parameter), shapeOf(declarations, parameter));
      g.output(nextName(accumulatedName(parameter)), add(g, before, mul(g, gradients[i]!, 1 / accumulate)));
    }
    const second = new Graph();
    const shapes = trained.map((parameter) => shapeOf(declarations, parameter));
    update(
      second,
      trained.map((parameter, i) => second.input(parameter, shapes[i]!)),
      trained.map((parameter, i) => second.input(accumulatedName(parameter), shapes[i]!)),
    );
    apply = simplify(modelOf(second, `${name}.apply`));
  } else {
    const parameters = trained.map((parameter) => declarations.parameters.get(parameter)!.value);
    update(g, parameters, gradients);
  }

  const model = simplify(modelOf(g, name));
  return {
    name,
    model,
    apply,
    optimizer,
    accumulate,
    inputs,
    randoms: [...declarations.randoms.values()],
    parameters: entriesOf(declarations.parameters),
    buffers: entriesOf(declarations.buffers),
    moments: [...moments, ...sums],
    updated: model.outputs
      .filter((output) => output.name.startsWith(nextName("")))
      .map(({ name }) => name.slice(nextName("").length)),
    outputs: Object.keys(outputs),
  };
}

const entry = (name: string, shape: Shape): StateEntry => ({
  name,
  value: { name, type: "float32", shape },
  init: zero,
});

const shapeOf = (declarations: Declarations, parameter: string): Shape =>
  declarations.parameters.get(parameter)!.value.shape;

/** Declared state as a list. */
export function entriesOf(declared: Declarations["parameters"]): StateEntry[] {
  return [...declared].map(([name, { value, init }]) => ({ name, value, init }));
}

/** The inputs that are neither state nor random numbers. */
export function dataInputs(g: Graph, { parameters, buffers, randoms }: Declarations): Value[] {
  const drawn = new Set([...randoms.values()].map(({ value }) => value.name));
  return [...g.inputs.values()].filter(({ name }) => !parameters.has(name) && !buffers.has(name) && !drawn.has(name));
}
