import type { Graph } from "./graph.ts";
import type { Node } from "./node.ts";
import type { Tensor } from "./tensor.ts";
import type { Value } from "./value.ts";

/** A finished graph, ready to be improved, printed or written: plain values, every output under its own name. */
export interface OnnxModel {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly Node[];
}

/** Freezes a graph. A result is renamed to its output name; one that already has a name gets a copy. */
export function modelOf(graph: Graph, name: string): OnnxModel {
  const renamed = new Map<string, string>();
  const made = new Set(graph.nodes.flatMap((node) => node.outputs.map((output) => output.name)));
  const copies: Node[] = [];
  for (const [outputName, value] of graph.outputs) {
    if (made.has(value.name) && !renamed.has(value.name)) renamed.set(value.name, outputName);
    else {
      const source = renamed.get(value.name) ?? value.name;
      copies.push({
        opType: "Identity",
        inputs: [{ ...value, name: source }],
        outputs: [{ ...value, name: outputName }],
        attributes: {},
      });
    }
  }
  const rename = (value: Value): Value => {
    const to = renamed.get(value.name);
    return to ? { ...value, name: to } : value;
  };
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((input) => input && rename(input)),
    outputs: node.outputs.map(rename),
  }));
  return {
    name,
    inputs: [...graph.inputs.values()],
    outputs: [...graph.outputs].map(([outputName, value]) => ({ ...value, name: outputName })),
    constants: graph.constants,
    nodes: [...nodes, ...copies],
  };
}
