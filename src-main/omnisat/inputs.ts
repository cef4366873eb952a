/** @see SPEC.md, §1 and §15 */

import type { DataType, Graph, Shape, Value } from "../engine/index.ts";
import { type ModalityConfig, type OmniSatConfig, patchCount } from "./config.ts";

/** What a batch looks like: shapes are part of a graph. */
export interface BatchShape {
  readonly size: number;
  /** dates of each series after padding */
  readonly dates: Readonly<Record<string, number>>;
  /**
   * Which observations are real: `dates` gives every series a `<name>_mask` [B, T], `patches` one of [B, T, P]
   * (1 = real and clear). `none`, the published behaviour, treats padding like data.
   */
  readonly masks?: "none" | "dates" | "patches";
  /** adds `<name>_mask` [B, P] of every image: 0 where a patch of it is not there */
  readonly imageMasks?: boolean;
  /** inputs that get `<name>_bands` [B, C]: 0 for a band that a sample's images have not */
  readonly bandMasks?: readonly string[];
  /** adds `modality_mask` [B, M]: 0 removes a modality's tokens from a sample */
  readonly modalityMask?: boolean;
  /** adds `mask_noise` [B, M·P]: pre-training hides the tokens with the largest numbers instead of drawing its own */
  readonly maskNoise?: boolean;
}

export interface InputSpec {
  readonly shape: Shape;
  readonly type: DataType;
}

export type Inputs = Readonly<Record<string, Value>>;

/** Height and width of a modality's image for a grid of patches. */
function imageSize(modality: ModalityConfig, config: Pick<OmniSatConfig, "grid">): readonly [number, number] {
  return [config.grid.rows * modality.patchPixels, config.grid.columns * modality.patchPixels];
}

/** Names, shapes and types of the network's inputs. */
export function inputSpecs(config: OmniSatConfig, batch: BatchShape): Record<string, InputSpec> {
  const specs: Record<string, InputSpec> = {};
  const patches = patchCount(config);
  for (const modality of config.modalities) {
    const { name, channels } = modality;
    const [height, width] = imageSize(modality, config);
    if (batch.bandMasks?.includes(name)) specs[`${name}_bands`] = { shape: [batch.size, channels], type: "float32" };
    if (modality.kind !== "series") {
      specs[name] = { shape: [batch.size, channels, height, width], type: "float32" };
      if (batch.imageMasks && modality.kind === "image")
        specs[`${name}_mask`] = { shape: [batch.size, patches], type: "float32" };
      continue;
    }
    const dates = batch.dates[name];
    if (!dates) throw new Error(`inputSpecs: no number of dates for “${name}”`);
    specs[name] = { shape: [batch.size, dates, channels, height, width], type: "float32" };
    specs[`${name}_dates`] = { shape: [batch.size, dates], type: "int64" };
    if (batch.masks === "dates") specs[`${name}_mask`] = { shape: [batch.size, dates], type: "float32" };
    if (batch.masks === "patches") specs[`${name}_mask`] = { shape: [batch.size, dates, patches], type: "float32" };
  }
  if (batch.modalityMask) specs.modality_mask = { shape: [batch.size, config.modalities.length], type: "float32" };
  if (batch.maskNoise) {
    specs.mask_noise = { shape: [batch.size, config.modalities.length * patches], type: "float32" };
  }
  return specs;
}

/** Declares the inputs on a graph, with the shapes that `inputSpecs` gives them. */
export function graphInputs(graph: Graph, config: OmniSatConfig, batch: BatchShape): Record<string, Value> {
  return declareInputs(graph, inputSpecs(config, batch));
}

/** The graph's inputs by name, in the shapes and types of `specs`. */
export function declareInputs(graph: Graph, specs: Readonly<Record<string, InputSpec>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, type }]) => [name, graph.input(name, shape, type)]),
  );
}

/** An input that must be there. */
export function required(inputs: Inputs, name: string): Value {
  const value = inputs[name];
  if (!value) throw new Error(`OmniSat: the input “${name}” is missing; given: ${Object.keys(inputs).join(", ")}`);
  return value;
}
