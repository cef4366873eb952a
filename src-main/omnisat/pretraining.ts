/** @see SPEC.md, §9 to §11 */

import {
  add,
  type Graph,
  greater,
  not,
  reduceMax,
  reshape,
  type Scope,
  slice,
  stopGradient,
  type Value,
  where,
} from "../engine/index.ts";
import { type OmniSatConfig, patchCount } from "./config.ts";
import { type Contrast, contrast } from "./contrastive.ts";
import { type ChosenDates, chooseDates, maskedCandidates, officialCandidates, takeDates } from "./date-filter.ts";
import { imageDecoder, seriesDecoder, singleDecoder } from "./decoders.ts";
import { type ModalityTokens, type Projected, project } from "./encoder.ts";
import { fuse } from "./fusion.ts";
import { imagePatches } from "./image-encoder.ts";
import type { Inputs } from "./inputs.ts";
import { drawMask, hideTokens } from "./masking.ts";
import { imageLoss, seriesLoss, singleLoss } from "./reconstruction.ts";

export interface Reconstruction {
  /** image [B, P, C, s, s]; series [B, K, P, C·p·p] for K places of chosen dates; single date [B, P, C·p·p] */
  readonly values: Value;
  /** series only */
  readonly dates?: ChosenDates;
  readonly loss: Value;
}

export interface Pretraining {
  readonly loss: Value;
  /** every term of the loss: `<modality>_reconstruction_loss`, `contrastive_loss` */
  readonly terms: Readonly<Record<string, Value>>;
  readonly projected: Projected;
  /** 1 = hidden: [B, M·P] */
  readonly mask: Value;
  /** combiner output of the masked pass: [B, 1 + P, D] */
  readonly output: Value;
  readonly reconstructions: Readonly<Record<string, Reconstruction>>;
  readonly contrast?: Contrast;
}

/**
 * Hides most tokens, reconstructs the inputs from what is left, and pulls together the tokens that modalities give to one
 * patch.  Names: `encoder.*`, `decoder.*`, `masked_token`.
 * @see SPEC.md, §9 to §11
 */
export function pretraining(scope: Scope, config: OmniSatConfig, inputs: Inputs, known?: Projected): Pretraining {
  const { graph: g } = scope;
  const encoder = scope.child("encoder");
  const projected = known ?? project(encoder, config, inputs);
  const mask = drawMask(scope, config, inputs, projected.tokens);
  const output = fuse(encoder, config, hideTokens(scope, projected.tokens, mask), projected.valid);
  const patches = patchCount(config);
  const embeddings = slice(g, output, { axis: 1, start: 1, end: 1 + patches });

  const terms: Record<string, Value> = {};
  const reconstructions: Record<string, Reconstruction> = {};
  for (const [index, modality] of projected.modalities.entries()) {
    const { name } = modality.config;
    const hidden = slice(g, mask, { axis: 1, start: index * patches, end: (index + 1) * patches });
    const decoder = scope.child("decoder").child(`projector_${name}`);
    const reconstruction = reconstruct(decoder, config, modality, embeddings, hidden);
    if (!reconstruction) continue;
    reconstructions[name] = reconstruction;
    terms[`${name}_reconstruction_loss`] = reconstruction.loss;
  }
  const tokens = projected.modalities.map((modality) => modality.tokens);
  const contrasted =
    config.temperature !== null && tokens.length > 1
      ? contrast(g, tokens, config.temperature, validities(projected, patches, g))
      : undefined;
  if (contrasted) terms.contrastive_loss = contrasted.loss;
  const loss = Object.values(terms).reduce((sum, term) => add(g, sum, term));
  return { loss, terms, projected, mask, output, reconstructions, ...(contrasted && { contrast: contrasted }) };
}

function validities({ valid, modalities }: Projected, patches: number, g: Graph): Value[] | undefined {
  if (!valid) return undefined;
  return modalities.map((_, m) => slice(g, valid, { axis: 1, start: m * patches, end: (m + 1) * patches }));
}

/** Nothing for a series that is too short for any of its dates to be chosen. */
function reconstruct(
  scope: Scope,
  config: OmniSatConfig,
  modality: ModalityTokens,
  embeddings: Value,
  hidden: Value,
): Reconstruction | null {
  const { graph: g } = scope;
  const { config: kind, valid, bands } = modality;
  if (kind.kind === "image") {
    const values = imageDecoder(scope, kind, embeddings, modality.pools!);
    let target = reshape(g, imagePatches(g, modality.input, kind.patchPixels), values.shape);
    // A patch that is not there may hold anything.
    if (valid) target = where(g, greater(g, reshape(g, valid, [...valid.shape, 1, 1, 1]), 0), target, 0);
    return { values, loss: imageLoss(g, target, values, valid, bands) };
  }
  if (kind.kind === "single") {
    const values = singleDecoder(scope, kind, embeddings);
    return { values, loss: singleLoss(g, reshape(g, modality.rows!, values.shape), values, valid) };
  }
  const { mask } = modality;
  const candidates = mask ? maskedCandidates(g, reduceMax(g, mask, [2])) : officialCandidates(g, modality.dates!);
  const dates = chooseDates(g, stopGradient(g, modality.attention!), candidates, config.dateQuantile);
  if (!dates) return null;
  const values = seriesDecoder(scope, kind, embeddings, modality.dates!, dates);
  const real = mask && takeDates(g, mask, dates.positions);
  let target = takeDates(g, modality.rows!, dates.positions);
  // Hidden observations may hold anything, NaN too.
  if (real) target = where(g, not(g, greater(g, reshape(g, real, [...real.shape, 1]), 0)), 0, target);
  return {
    values,
    dates,
    loss: seriesLoss(g, target, values, { hidden, counted: dates.counted, mask: real, valid, bands }),
  };
}
