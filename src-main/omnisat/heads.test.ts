import { join } from "node:path";
import { expect, test } from "vitest";
import { gradientError } from "../engine/autodiff/check.ts";
import { Graph, readSafetensors, type Tensor } from "../engine/index.ts";
import { runOnce } from "../engine/runtime/index.ts";
import { encode } from "./encoder.ts";
import { numberLoss, tileLogits } from "./heads.ts";
import { architectureOf } from "./parity/architecture.ts";
import { relativeDifference } from "./parity/compare.ts";
import { manifestOf, openFolder } from "./parity/folder.ts";
import { inputsOf } from "./parity/forwards.ts";
import { runNetwork, storedWeights } from "./parity/network.ts";
import { fromLightning } from "./weight-names.ts";

const fixtures = join(import.meta.dirname, "fixtures");

test("the head of a model trained from scratch gives the official logits", async () => {
  const folder = await openFolder(join(fixtures, "treesat_small"));
  const inputs = await folder.tensors("inputs.safetensors");
  const weights = await folder.tensors("weights.safetensors");
  const { tensors: head } = await readSafetensors(join(fixtures, "scratch/head.safetensors"));
  const { tensors: expected } = await readSafetensors(join(fixtures, "scratch/logits.safetensors"));
  const shapes = Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, shape]));
  const config = architectureOf(manifestOf(folder), inputs, shapes);
  const named = Object.fromEntries(Object.entries(head).map(([name, value]) => [fromLightning(name), value]));
  const { outputs } = await runNetwork({
    training: false,
    inputs: inputsOf(inputs, ["aerial", "s2", "s1-asc"]),
    weights: storedWeights({ ...weights, ...named }),
    define: (scope, given) => {
      const encoded = encode(scope.child("encoder"), config, given);
      return { logits: tileLogits(scope.child("mlp").child("mlp"), encoded, 15, "normalised") };
    },
  });
  expect(relativeDifference(outputs.logits!.data, expected.logits!.data)).toBeLessThan(1e-4);
});

const numbers = (data: readonly number[]): Tensor => ({
  type: "float32",
  shape: [2, 3],
  data: Float32Array.from(data),
});

test("the loss of numbers is Huber's, and its slope that of central differences", async () => {
  // Below and beyond a difference of 1, without a corner inside the step; one patch has no number.
  const told = numbers([0.2, 2.5, -1.9, 0.6, 0.1, 7]);
  const known = numbers([0.5, 0.3, 0.4, 0.2, 0.9, 0]);
  const weights = numbers([1, 0.5, 2, 1, 0.25, 0]);
  const error = await gradientError({
    inputs: { told, known, weights },
    wrt: ["told"],
    build: (g, inputs) => numberLoss(g, inputs.told!, inputs.known!, inputs.weights!),
  });
  expect(error).toBeLessThan(1e-3);
  const g = new Graph();
  const values = [told, known, weights].map((tensor, i) => g.input(`x${i}`, tensor.shape));
  g.output("loss", numberLoss(g, values[0]!, values[1]!, values[2]!));
  const { loss } = await runOnce(g, { x0: told, x1: known, x2: weights });
  const huber = (away: number) => (away <= 1 ? away ** 2 / 2 : away - 0.5);
  const wanted =
    [0.3, 2.2, 2.3, 0.4, 0.8].reduce((sum, away, i) => sum + [1, 0.5, 2, 1, 0.25][i]! * huber(away), 0) / 4.75;
  expect((loss!.data as Float32Array)[0]).toBeCloseTo(wanted, 5);
});
