import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { afterAll, expect, test } from "vitest";
import { Graph, modelOf, printModel, simplify, tensor, type Value } from "../graph/index.ts";
import { encodeModel } from "../onnx/index.ts";
import { ModelProto } from "../onnx/schema.ts";
import { add, cast, equal, mul, recompute } from "../ops/index.ts";
import { runOnce } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "recompute-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same mask three times: read plainly, and for two uses, the second of which asks twice. */
function masks(mark: (g: Graph, x: Value, use: string) => Value): Graph {
  const g = new Graph();
  const x = g.input("x", [2, 3]);
  const weight = g.input("weight", [2, 3]);
  const mask = (from: Value) => cast(g, equal(g, from, 1), "float32");
  const first = mul(g, weight, mask(x));
  const second = mul(g, first, mask(mark(g, x, "first use")));
  const third = mul(g, second, mask(mark(g, x, "second use")));
  g.output("y", add(g, third, mask(mark(g, x, "second use"))));
  return g;
}

/** How often each operator is left after onnxruntime's own passes, at the level that sessions are loaded with. */
async function countedByRuntime(g: Graph): Promise<Record<string, number>> {
  const path = join(folder, `${crypto.randomUUID()}.onnx`);
  const bytes = encodeModel(simplify(modelOf(g, "masks")));
  const session = await ort.InferenceSession.create(bytes, {
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    optimizedModelFilePath: path,
  });
  await session.release();
  const model = ModelProto.decode(readFileSync(path)) as unknown as { graph: { node: { opType: string }[] } };
  const counts: Record<string, number> = {};
  for (const { opType } of model.graph.node) counts[opType] = (counts[opType] ?? 0) + 1;
  return counts;
}

test("marked work is done once per use, by our own pass and by the runtime's; unmarked work once", async () => {
  const count = (g: Graph) => simplify(modelOf(g, "masks")).nodes.filter(({ opType }) => opType === "Equal").length;
  const [plain, marked] = [() => masks((_, x) => x), () => masks(recompute)];
  expect([count(plain()), count(marked())]).toEqual([1, 3]);
  expect((await countedByRuntime(plain())).Equal).toBe(1);
  expect(await countedByRuntime(marked())).toMatchObject({ Equal: 3, Max: 2 });
});

test("the mark stands in the graph and changes no value", async () => {
  const text = printModel(simplify(modelOf(masks(recompute), "masks")));
  expect(text.match(/= Recompute <use = ".*"> \(x\)/g)).toEqual([
    '= Recompute <use = "first use"> (x)',
    '= Recompute <use = "second use"> (x)',
  ]);
  const numbers = [0, -0, 1.5e-45, -3.2e38, 3.4e38, Number.POSITIVE_INFINITY];
  const g = new Graph();
  const x = g.input("x", [6]);
  for (const use of ["a", "b", "c"]) g.output(use, recompute(g, x, use));
  const given = tensor(numbers, [6]);
  const result = await runOnce(g, { x: given });
  for (const use of ["a", "b", "c"]) expect(result[use]!.data).toEqual(given.data);
});
