import { Graph, type Node, type OnnxModel, simplify, type Tensor, type Value } from "../graph/index.ts";
import { add, cast, equal, slice, where } from "../ops/index.ts";
import { scatterAdd } from "../ops/pool.ts";

/**
 * The model as the WebGPU provider can run it: its MaxPool gives no indices and it has no MaxUnpool (onnxruntime 1.30).
 * Positions are found by comparing each place of the window with the maximum; un-pooling becomes a scatter.
 */
export function forWebGpu(model: OnnxModel): OnnxModel {
  const constants = new Map(model.constants);
  const nodes = model.nodes.flatMap((node) => {
    if (node.opType === "MaxPool" && node.outputs.length > 1) {
      const [largest, indices] = node.outputs;
      const drawn = draw([node.inputs[0]!, largest!], indices!, (g, [x, maximum]) =>
        poolIndices(g, x!, maximum!, node),
      );
      for (const [name, tensor] of drawn.constants) constants.set(name, tensor);
      return [{ ...node, outputs: [largest!] }, ...drawn.nodes];
    }
    if (node.opType === "MaxUnpool") {
      const [x, indices] = node.inputs;
      const [output] = node.outputs;
      const drawn = draw([x!, indices!], output!, (g, [x, indices]) => scatterAdd(g, x!, indices!, output!.shape));
      for (const [name, tensor] of drawn.constants) constants.set(name, tensor);
      return drawn.nodes;
    }
    return [node];
  });
  return simplify({ ...model, constants, nodes });
}

/** Nodes that compute `result` from `inputs`; what lies between is named after the result. */
function draw(
  inputs: readonly Value[],
  result: Value,
  build: (g: Graph, inputs: readonly Value[]) => Value,
): { nodes: readonly Node[]; constants: ReadonlyMap<string, Tensor> } {
  const g = new Graph();
  const made = build(
    g,
    inputs.map(({ name, shape, type }) => g.input(name, shape, type)),
  );
  const rename = (value: Value): Value => {
    if (g.inputs.has(value.name)) return value;
    return { ...value, name: value.name === made.name ? result.name : `${result.name}/${value.name}` };
  };
  return {
    nodes: g.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => input && rename(input)),
      outputs: node.outputs.map(rename),
    })),
    constants: new Map([...g.constants].map(([name, tensor]) => [`${result.name}/${name}`, tensor])),
  };
}

/** The second result of a max-pooling, counted through the whole tensor, from its first. */
function poolIndices(g: Graph, x: Value, maximum: Value, pool: Node): Value {
  const [kernelHeight, kernelWidth] = numbersOf(pool, "kernel_shape");
  const [strideY, strideX] = numbersOf(pool, "strides");
  const [n, c, height, width] = maximum.shape as [number, number, number, number];
  const [, , sourceHeight, rowLength] = x.shape as [number, number, number, number];
  const corner = Float32Array.from(
    { length: height * width },
    (_, i) => Math.floor(i / width) * strideY * rowLength + (i % width) * strideX,
  );
  // Inside a plane positions are floats, which WebGPU handles well and which are exact up to 2²⁴.
  let found: Value | undefined;
  for (let i = kernelHeight - 1; i >= 0; i--)
    for (let j = kernelWidth - 1; j >= 0; j--) {
      const rows = slice(g, x, { axis: 2, start: i, end: i + (height - 1) * strideY + 1, step: strideY });
      const view = slice(g, rows, { axis: 3, start: j, end: j + (width - 1) * strideX + 1, step: strideX });
      const here = g.constant(
        corner.map((at) => at + i * rowLength + j),
        { shape: [1, 1, height, width] },
      );
      // Later positions first, so that of equal values the first is written last and wins.
      found = where(g, equal(g, view, maximum), here, found ?? here);
    }
  const begins = Array.from({ length: n * c }, (_, plane) => plane * sourceHeight * rowLength);
  return add(g, cast(g, found!, "int64"), g.constant(begins, { type: "int64", shape: [n, c, 1, 1] }));
}

function numbersOf(node: Node, attribute: string): readonly [number, number] {
  const found = node.attributes[attribute];
  if (found?.kind !== "ints") throw new Error(`${node.opType}: no ${attribute}`);
  return found.value as readonly [number, number];
}
