import {
  bceWithLogits,
  cast,
  type Scope,
  type Shape,
  type Tensor,
  type Tensors,
  type Value,
} from "../../engine/index.ts";
import { type OmniSatConfig, subset } from "../config.ts";
import { encode } from "../encoder.ts";
import { tileLogits } from "../heads.ts";
import { poolIndices } from "../image-encoder.ts";
import type { Inputs } from "../inputs.ts";
import { type Pretraining, pretraining } from "../pretraining.ts";

export type Outputs = Record<string, Value>;

/** Everything `eval.safetensors` holds for all modalities together, under its names. */
export function evaluation(scope: Scope, config: OmniSatConfig, inputs: Inputs, classes: number | null): Outputs {
  const encoder = scope.child("encoder");
  const outputs: Outputs = {};
  const encoded = encode(encoder, config, inputs, (name, value) => {
    outputs[`internal.${name}`] = value;
  });
  for (const { config: modality, tokens, attention } of encoded.modalities) {
    outputs[`tokens_${modality.name}`] = tokens;
    if (attention) outputs[`attention_${modality.name}`] = attention;
  }
  outputs.tokens_with_pos = encoded.tokens;
  outputs.transformer_out = encoded.output;
  const names = config.modalities.map((modality) => modality.name).join("+");
  if (classes) outputs[`logits.${names}`] = tileLogits(scope.child("head"), encoded, classes);
  if (inputs.mask_noise) {
    const { loss, terms } = pretraining(scope, config, inputs, encoded);
    outputs["loss_eval.total"] = loss;
    for (const [name, term] of Object.entries(terms)) outputs[`loss_eval.${name}`] = term;
  }
  return outputs;
}

/** Logits and output of a few modalities, with the weights of the whole model. */
export function subsetEvaluation(
  scope: Scope,
  config: OmniSatConfig,
  inputs: Inputs,
  names: readonly string[],
  classes: number | null,
): Outputs {
  const encoded = encode(scope.child("encoder"), subset(config, names), inputs);
  const suffix = names.join("+");
  return {
    [`transformer_out.${suffix}`]: encoded.output,
    ...(classes && { [`logits.${suffix}`]: tileLogits(scope.child("head"), encoded, classes) }),
  };
}

/** Everything `pretrain.safetensors` holds, under its names; reconstructions of series still have room for more dates. */
export function pretrainOutputs(scope: Scope, result: Pretraining): Outputs {
  const outputs: Outputs = { mask: result.mask, mm_tokens: result.output, "loss.total": result.loss };
  for (const { config: modality, tokens, attention, pools } of result.projected.modalities) {
    outputs[`tokens_${modality.name}`] = tokens;
    if (attention) outputs[`attention_${modality.name}`] = attention;
    for (const [index, pool] of (pools ?? []).entries()) {
      const indices = poolIndices(scope.graph, pool);
      outputs[`pool${index + 1}_indices`] = indices;
      outputs[`${modality.name}.pool${index + 1}_indices`] = indices;
    }
  }
  for (const [name, { values, dates }] of Object.entries(result.reconstructions)) {
    outputs[`reconstruct_${name}`] = values;
    if (!dates) continue;
    outputs[`positions_${name}`] = dates.positions;
    outputs[`counted_${name}`] = dates.counted;
  }
  for (const [name, term] of Object.entries(result.terms)) outputs[`loss.${name}`] = term;
  if (result.contrast) outputs.cosine_logits = result.contrast.similarity;
  return outputs;
}

/** The fine-tuning module: names `model.*` and `head.0.*`. */
export function finetuning(scope: Scope, config: OmniSatConfig, inputs: Inputs, classes: number) {
  const encoded = encode(scope.child("model"), config, inputs);
  const logits = tileLogits(scope.child("head"), encoded, classes);
  const loss = bceWithLogits(scope.graph, logits, cast(scope.graph, inputs.label!, "float32"));
  return { logits, loss };
}

/** Reconstructions of chosen dates as the reference lists them: (K, C, P) and the (K, 2) pairs of tile and date. */
export function listChosen(
  values: Tensor,
  positions: Tensor,
  counted: Tensor,
): { reconstruct: Tensor; selected: Tensor } {
  const [batch, room, patches, channels] = values.shape as readonly [number, number, number, number];
  const pairs: bigint[] = [];
  const rows: number[] = [];
  for (let place = 0; place < batch * room; place++) {
    if (!counted.data[place]) continue;
    pairs.push(BigInt(Math.floor(place / room)), BigInt(positions.data[place]!));
    rows.push(place);
  }
  const reconstruct = new Float32Array(rows.length * channels * patches);
  for (const [k, place] of rows.entries()) {
    for (let p = 0; p < patches; p++) {
      for (let c = 0; c < channels; c++) {
        reconstruct[(k * channels + c) * patches + p] = Number(values.data[(place * patches + p) * channels + c]);
      }
    }
  }
  return {
    reconstruct: { type: "float32", shape: [rows.length, channels, patches], data: reconstruct },
    selected: { type: "int64", shape: [rows.length, 2], data: BigInt64Array.from(pairs) },
  };
}

/** Some patches of one tile of a reconstruction [B, P, …]. */
export function somePatches(values: Tensor, tile: number, first: number, last: number): Tensor {
  const [, patches, ...rest] = values.shape as readonly number[] as readonly [number, number, ...number[]];
  const width = rest.reduce((product, length) => product * length, 1);
  const start = (tile * patches + first) * width;
  const shape: Shape = [last - first + 1, ...rest];
  return { type: values.type, shape, data: values.data.slice(start, start + (last - first + 1) * width) };
}

/** The inputs of some modalities, dates and masks included. */
export function inputsOf(inputs: Tensors, names: readonly string[]): Tensors {
  const wanted = new Set(names.flatMap((name) => [name, `${name}_dates`]));
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => wanted.has(name)));
}
