import { type Graph, modelOf, removeDeadNodes, type Tensors } from "../graph/index.ts";
import { GraphSession, type SessionOptions } from "./graph-session.ts";

/** Runs a graph once and lets it go: for tests and small computations. */
export async function runOnce(graph: Graph, inputs: Tensors, options: SessionOptions = {}): Promise<Tensors> {
  const session = await GraphSession.load(removeDeadNodes(modelOf(graph, "once")), options);
  try {
    return await session.run(inputs);
  } finally {
    await session.release();
  }
}
