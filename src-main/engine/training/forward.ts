import { gradientsIfAny } from "../autodiff/index.ts";
import { Graph, modelOf, type OnnxModel, simplify, type Value } from "../graph/index.ts";
import { type RandomInput, Scope } from "../nn/index.ts";
import { dataInputs, entriesOf, type StateEntry, type StepDefinition } from "./step.ts";

/** A network without training: the graph, and the state that it reads. */
export interface Forward {
  readonly name: string;
  readonly model: OnnxModel;
  readonly inputs: readonly Value[];
  readonly randoms: readonly RandomInput[];
  readonly parameters: readonly StateEntry[];
  readonly buffers: readonly StateEntry[];
  readonly moments: readonly StateEntry[];
}

export interface ForwardDefinition {
  readonly name?: string;
  readonly define: (scope: Scope) => Readonly<Record<string, Value>>;
  /** Batch statistics, dropout and the like as in training; off by default. */
  readonly training?: boolean;
}

/** Draws what `define` computes as a graph: its outputs by name, and the parameters that it asked for. */
export function buildForward({ name = "forward", define, training = false }: ForwardDefinition): Forward {
  const g = new Graph();
  const scope = new Scope(g, training);
  for (const [output, value] of Object.entries(define(scope))) g.output(output, value);
  return finish(g, scope, name);
}

export interface GradientsDefinition extends Pick<StepDefinition, "define"> {
  readonly name?: string;
  readonly training?: boolean;
}

/**
 * The loss and every gradient as results, for comparing with another implementation: `loss`, the named outputs,
 * `gradient/<parameter>` for every parameter the loss depends on, `buffer/<name>` for every buffer that moves.
 */
export function gradientsOf({ name = "gradients", define, training = true }: GradientsDefinition): Forward {
  const g = new Graph();
  const scope = new Scope(g, training);
  const { loss, outputs = {} } = define(scope);
  g.output("loss", loss);
  for (const [output, value] of Object.entries(outputs)) g.output(output, value);
  const parameters = [...scope.declarations.parameters];
  const found = gradientsIfAny(
    g,
    loss,
    parameters.map(([, { value }]) => value),
  );
  for (const [i, [parameter]] of parameters.entries()) if (found[i]) g.output(`gradient/${parameter}`, found[i]);
  for (const [buffer, value] of scope.declarations.bufferUpdates) g.output(`buffer/${buffer}`, value);
  return finish(g, scope, name);
}

function finish(g: Graph, { declarations }: Scope, name: string): Forward {
  return {
    name,
    model: simplify(modelOf(g, name)),
    inputs: dataInputs(g, declarations),
    randoms: [...declarations.randoms.values()],
    parameters: entriesOf(declarations.parameters),
    buffers: entriesOf(declarations.buffers),
    moments: [],
  };
}
