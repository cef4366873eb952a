/** @see SPEC.md, §6 to §8 */

import {
  add,
  concat,
  expand,
  type Graph,
  greater,
  mul,
  reshape,
  type Scope,
  slice,
  split,
  type Value,
  where,
} from "../engine/index.ts";
import { type ModalityConfig, type OmniSatConfig, patchCount } from "./config.ts";
import { fuse, positions } from "./fusion.ts";
import { imageEncoder, type Pool } from "./image-encoder.ts";
import { type Inputs, required } from "./inputs.ts";
import { seriesEncoder } from "./series-encoder.ts";
import type { Trace } from "./trace.ts";

/** One modality's tokens, before any position is added. */
export interface ModalityTokens {
  readonly config: ModalityConfig;
  /** the image or series as the encoder saw it */
  readonly input: Value;
  /** [B, P, D] */
  readonly tokens: Value;
  /** 1 where the token stands for something: [B, P]; absent when every token does */
  readonly valid?: Value;
  /** attention per date, series only: [B, T] */
  readonly attention?: Value;
  /** sequences before any layer, series only: [B, T, P, C·p·p] */
  readonly rows?: Value;
  /** 1 where an observation is real, masked series only: [B, T, P] */
  readonly mask?: Value;
  /** 1 where a sample's images have a band: [B, C]; absent when all have all */
  readonly bands?: Value;
  /** day of each date, series only: [B, T] */
  readonly dates?: Value;
  /** winners of the poolings, images only */
  readonly pools?: readonly Pool[];
}

export interface Projected {
  readonly modalities: readonly ModalityTokens[];
  /** all modalities' tokens with positions: [B, M·P, D] */
  readonly tokens: Value;
  /** [B, M·P]; absent when every token exists */
  readonly valid?: Value;
}

export interface Encoded extends Projected {
  /** row 0 the tile, rows 1..P the patches: [B, 1 + P, D] */
  readonly output: Value;
}

/**
 * The whole encoder: inputs → one embedding for the tile and one per patch. Names are those of the official `encoder.*`.
 * @see SPEC.md, §2 and §6 to §8
 */
export function encode(scope: Scope, config: OmniSatConfig, inputs: Inputs, trace?: Trace): Encoded {
  const projected = project(scope, config, inputs, trace);
  return { ...projected, output: fuse(scope, config, projected.tokens, projected.valid, trace) };
}

/**
 * Each modality through its own encoder, then positions added.
 * @see SPEC.md, §3 to §6
 */
export function project(scope: Scope, config: OmniSatConfig, inputs: Inputs, trace?: Trace): Projected {
  const { graph: g } = scope;
  const patches = patchCount(config);
  const modalities = config.modalities.map((modality, index) => {
    const tokens = projectOne(scope, config, modality, inputs, trace);
    if (tokens.tokens.shape[1] !== patches) {
      throw new Error(`${modality.name}: ${tokens.tokens.shape[1]} patches, the grid has ${patches}`);
    }
    return withPresence(g, tokens, inputs.modality_mask, index, patches);
  });
  const places = slice(g, positions(scope, config), { axis: 1, start: 1, end: 1 + patches });
  const placed = modalities.map(({ tokens }) => add(g, tokens, places));
  const valid = modalities.some((modality) => modality.valid)
    ? concat(
        g,
        modalities.map((modality) => modality.valid ?? ones(g, modality.tokens)),
        1,
      )
    : undefined;
  return { modalities, tokens: concat(g, placed, 1), ...(valid && { valid }) };
}

function projectOne(
  scope: Scope,
  config: OmniSatConfig,
  modality: ModalityConfig,
  inputs: Inputs,
  trace?: Trace,
): ModalityTokens {
  const { name } = modality;
  const projector = scope.child(`projector_${name}`);
  const bands = inputs[`${name}_bands`];
  const input = withoutBands(scope.graph, required(inputs, name), bands);
  const mask = inputs[`${name}_mask`];
  const common = { config: modality, input, ...(bands && { bands }) };
  if (modality.kind === "image") {
    const image = imageEncoder(projector, modality, config.width, input, trace, mask);
    return { ...common, ...image, ...(mask && { valid: mask }) };
  }
  const dates = modality.kind === "series" ? required(inputs, `${name}_dates`) : undefined;
  const encoded = seriesEncoder(projector, modality, input, {
    ...(dates && { dates }),
    ...(mask && { mask }),
    dropout: config.dropout,
    trace,
  });
  const { tokens, attention, rows, observed } = encoded;
  return {
    ...common,
    tokens,
    attention,
    rows,
    ...(dates && { dates }),
    ...(encoded.mask && { mask: encoded.mask }),
    ...(observed && { valid: observed }),
  };
}

/** Bands that are not there are 0, whatever they hold. input: [B, …, C, h, w], bands: [B, C] */
function withoutBands(g: Graph, input: Value, bands: Value | undefined): Value {
  if (!bands) return input;
  const [batch, channels] = bands.shape as readonly [number, number];
  const ones = input.shape.slice(1, -3).map(() => 1);
  return where(g, greater(g, reshape(g, bands, [batch, ...ones, channels, 1, 1]), 0), input, 0);
}

const ones = (g: Graph, tokens: Value): Value => {
  const [batch, patches] = tokens.shape as readonly [number, number, number];
  return g.constant(new Float32Array(batch * patches).fill(1), { shape: [batch, patches] });
};

/** A modality that a sample lacks has no valid token there. presence: [B, M] */
function withPresence(
  g: Graph,
  tokens: ModalityTokens,
  presence: Value | undefined,
  index: number,
  patches: number,
): ModalityTokens {
  if (!presence) return tokens;
  const [batch, modalities] = presence.shape as readonly [number, number];
  const column = split(g, presence, 1, Array<number>(modalities).fill(1))[index]!;
  const everywhere = expand(g, column, [batch, patches]);
  return { ...tokens, valid: tokens.valid ? mul(g, tokens.valid, everywhere) : everywhere };
}
