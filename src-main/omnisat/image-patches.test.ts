import { join } from "node:path";
import { expect, test } from "vitest";
import {
  add,
  buildForward,
  ForwardSession,
  gradientsOf,
  mul,
  readSafetensors,
  reduceSum,
  type Scope,
  type StateEntry,
  type Tensor,
  type Value,
} from "../engine/index.ts";
import type { ImageModality } from "./config.ts";
import { imageDecoder } from "./decoders.ts";
import { featureSizes, imageEncoder, pieces } from "./image-encoder.ts";
import { relativeDifference } from "./parity/compare.ts";

const width = 8;
const { tensors: expected } = await readSafetensors(join(import.meta.dirname, "fixtures/patches.safetensors"));
const sizes = [...new Set(Object.keys(expected).map((name) => Number(name.split(".")[0])))];

/** The formula of `make-patches.py`. */
function weightOf({ name, value: { shape } }: StateEntry): Tensor {
  let seed = 0;
  for (let i = 0; i < name.length; i++) seed += name.charCodeAt(i) * (i + 1);
  const count = shape.reduce((product, length) => product * length, 1);
  const scale = shape.length > 1 ? 1 / Math.sqrt(shape.slice(1).reduce((product, length) => product * length, 1)) : 0.3;
  const offset = shape.length === 1 && name.endsWith("weight") ? 1 : 0;
  const data = Float32Array.from({ length: count }, (_, i) => offset + scale * Math.sin(seed * 0.7 + i * 1.9));
  return { type: "float32", shape, data };
}

function stateOf(entries: readonly StateEntry[]): Record<string, Tensor> {
  return Object.fromEntries(entries.map((entry) => [entry.name, weightOf(entry)]));
}

const squares = (scope: Scope, value: Value): Value => reduceSum(scope.graph, mul(scope.graph, value, value));

test.each(sizes)("patches of %d pixels: tokens, reconstruction and gradients are PyTorch's", async (size) => {
  const image = expected[`${size}.image`]!;
  const modality: ImageModality = { kind: "image", name: "aerial", channels: 2, patchPixels: size, groups: 4 };
  const forward = gradientsOf({
    define: (scope) => {
      const { graph: g } = scope;
      const { tokens, pools } = imageEncoder(scope, modality, width, g.input("image", image.shape));
      const reconstruction = imageDecoder(scope, modality, mul(g, tokens, 2), pools);
      const loss = add(g, squares(scope, tokens), squares(scope, reconstruction));
      return { loss, outputs: { tokens, reconstruction } };
    },
  });
  const buffers = Object.fromEntries(
    forward.buffers.map(({ name, value: { type, shape } }): [string, Tensor] => [
      name,
      type === "int64"
        ? { type, shape, data: new BigInt64Array(1) }
        : { type, shape, data: new Float32Array(width).fill(1) },
    ]),
  );
  const session = await ForwardSession.create(forward, { state: { ...stateOf(forward.parameters), ...buffers } });
  try {
    const results = await session.run({ image });
    expect(relativeDifference(results.tokens!.data, expected[`${size}.tokens`]!.data)).toBeLessThan(1e-4);
    expect(relativeDifference(results.reconstruction!.data, expected[`${size}.reconstruction`]!.data)).toBeLessThan(
      1e-4,
    );
    const gradients = Object.keys(expected).filter((name) => name.startsWith(`${size}.gradient.`));
    expect(gradients.length).toBe(forward.parameters.length);
    for (const name of gradients) {
      const parameter = name.slice(`${size}.gradient.`.length);
      // A bias before batch normalisation has no true gradient.
      if (parameter === "proj.0.bias") continue;
      const found = results[`gradient/${parameter}`];
      expect(found, parameter).toBeDefined();
      expect(relativeDifference(found!.data, expected[name]!.data), parameter).toBeLessThan(1e-3);
    }
  } finally {
    await session.release();
  }
});

test("a batch is worked through in pieces: small tiles together, large ones alone, and never too many", () => {
  expect(pieces(8, 23e6)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  expect(pieces(5, 10e6)).toEqual([2, 2, 1]);
  expect(pieces(7, 1e3)).toEqual([7]);
  expect(pieces(64, 400e6)).toEqual(new Array(16).fill(4));
});

test("a patch of one pixel needs no pooling", () => {
  expect(featureSizes(1)).toEqual([1]);
  expect(featureSizes(2)).toEqual([1]);
  expect(featureSizes(50)).toEqual([25, 12, 6, 3, 1]);
  const modality: ImageModality = { kind: "image", name: "aerial", channels: 2, patchPixels: 1, groups: 4 };
  const { parameters } = buildForward({
    define: (scope) => {
      const { tokens, pools } = imageEncoder(scope, modality, width, scope.graph.input("image", [1, 2, 3, 3]));
      expect(tokens.shape).toEqual([1, 9, width]);
      return { reconstruction: imageDecoder(scope, modality, tokens, pools) };
    },
  });
  expect(parameters.map(({ name }) => name)).toContain("decode.0.weight");
});
