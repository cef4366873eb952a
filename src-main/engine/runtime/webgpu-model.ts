import { Graph, type Model, type Node, simplify, type Tensor, type Value } from "../graph/index.ts";
import { cast, equal, slice, where } from "../ops/index.ts";

/**
 * The model as the WebGPU provider can run it: its MaxPool gives no indices (onnxruntime 1.30), so they are found by comparing
 * each position of the window with the maximum.
 */
export function forWebGpu(model: Model): Model {
  const constants = new Map(model.constants);
  const nodes = model.nodes.flatMap((node) => {
    if (node.opType !== "MaxPool" || node.outputs.length < 2) return [node];
    const drawn = poolIndices(node);
    for (const [name, tensor] of drawn.constants) constants.set(name, tensor);
    return [{ ...node, outputs: node.outputs.slice(0, 1) }, ...drawn.nodes];
  });
  return simplify({ ...model, constants, nodes });
}

/** Nodes that make the second result of a max-pooling, counted inside each plane, from its first. */
function poolIndices(pool: Node): { nodes: readonly Node[]; constants: ReadonlyMap<string, Tensor> } {
  const [x] = pool.inputs;
  const [largest, indices] = pool.outputs;
  const [kernelHeight, kernelWidth] = numbersOf(pool, "kernel_shape");
  const [strideY, strideX] = numbersOf(pool, "strides");
  const [, , height, width] = largest!.shape as [number, number, number, number];
  const rowLength = x!.shape[3]!;

  const g = new Graph();
  const source = g.input(x!.name, x!.shape);
  const maximum = g.input(largest!.name, largest!.shape);
  const corner = Float32Array.from(
    { length: height * width },
    (_, i) => Math.floor(i / width) * strideY * rowLength + (i % width) * strideX,
  );
  // Positions are computed as floats, which WebGPU handles well and which are exact up to 2²⁴.
  let found: Value | undefined;
  for (let i = kernelHeight - 1; i >= 0; i--)
    for (let j = kernelWidth - 1; j >= 0; j--) {
      const rows = slice(g, source, { axis: 2, start: i, end: i + (height - 1) * strideY + 1, step: strideY });
      const view = slice(g, rows, { axis: 3, start: j, end: j + (width - 1) * strideX + 1, step: strideX });
      const here = g.constant(
        corner.map((at) => at + i * rowLength + j),
        { shape: [1, 1, height, width] },
      );
      // Later positions first, so that the first of equals has the last word.
      found = where(g, equal(g, view, maximum), here, found ?? here);
    }
  const result = cast(g, found!, "int64");

  const rename = (value: Value): Value => {
    if (g.inputs.has(value.name)) return value;
    return { ...value, name: value.name === result.name ? indices!.name : `${indices!.name}/${value.name}` };
  };
  return {
    nodes: g.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => input && rename(input)),
      outputs: node.outputs.map(rename),
    })),
    constants: new Map([...g.constants].map(([name, tensor]) => [`${indices!.name}/${name}`, tensor])),
  };
}

function numbersOf(node: Node, attribute: string): readonly [number, number] {
  const found = node.attributes[attribute];
  if (found?.kind !== "ints") throw new Error(`${node.opType}: no ${attribute}`);
  return found.value as readonly [number, number];
}
