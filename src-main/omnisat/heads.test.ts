import { join } from "node:path";
import { expect, test } from "vitest";
import { readSafetensors } from "../engine/index.ts";
import { encode } from "./encoder.ts";
import { tileLogits } from "./heads.ts";
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
