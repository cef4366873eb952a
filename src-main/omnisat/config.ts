/** @see SPEC.md, §14 and §17 */

import { z } from "zod";

/** One image per sample, cut into square patches; each patch goes through a small residual convolutional network. */
export interface ImageModality {
  readonly kind: "image";
  /** becomes part of the weights' names: `projector_<name>` */
  readonly name: string;
  readonly channels: number;
  /** side of a patch in this modality's own pixels */
  readonly patchPixels: number;
  /** groups of the normalisation inside residual blocks */
  readonly groups: number;
}

/**
 * A series of dates (`series`), or one date that goes through the same encoder (`single`, the code's `-mono`).
 * A patch is one pixel, or a block of `patchPixels` × `patchPixels` whose values are flattened into channels.
 */
export interface SeriesModality {
  readonly kind: "series" | "single";
  readonly name: string;
  readonly channels: number;
  readonly patchPixels: number;
  /** heads of the temporal attention; also the groups of its normalisations */
  readonly heads: number;
  readonly keyWidth: number;
  /** widths of the layers before the attention; the last is the attention's */
  readonly inputWidths: readonly number[];
  /** widths of the layers after the attention; the last is the model's width */
  readonly outputWidths: readonly number[];
  /** period T0 of the date encoding; days must lie in [0, period) */
  readonly period: number;
  /** a group normalisation over each sequence before the attention (the code has it for Sentinel-2 only) */
  readonly normalizesSequence: boolean;
}

export type ModalityConfig = ImageModality | SeriesModality;

export interface Dropout {
  /** in the transformer: projections and perceptrons */
  readonly tokens: number;
  /** in the transformer: attention weights */
  readonly attention: number;
  /** stochastic depth of the last block; earlier blocks have less */
  readonly path: number;
  /** in the series encoder */
  readonly series: number;
  /** on the temporal attention weights */
  readonly dates: number;
}

/** Everything that decides the network's shape and mathematics. Plain data: `model.json` holds it. */
export interface OmniSatConfig {
  readonly modalities: readonly ModalityConfig[];
  /** patches of a tile */
  readonly grid: { readonly rows: number; readonly columns: number };
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly mlpRatio: number;
  readonly dropout: Dropout;
  /**
   * `official`: the published code's square grid over the concatenated sequence, whatever the patches are (SPEC 7.2).
   * `grid`: the patches' true places, for every modality; an untrained combiner then begins by looking at its own patch.
   */
  readonly relativePositions: "official" | "grid";
  /** share of the tokens hidden in pre-training */
  readonly maskRatio: number;
  /** dates above this quantile of attention are reconstructed; `null` reconstructs every candidate date */
  readonly dateQuantile: number | null;
  /** temperature of the contrastive loss; `null` leaves that loss out */
  readonly temperature: number | null;
}

export const noDropout: Dropout = { tokens: 0, attention: 0, path: 0, series: 0, dates: 0 };
export const officialDropout: Dropout = { tokens: 0.2, attention: 0.2, path: 0.2, series: 0.2, dates: 0.1 };

/** Ours: half of the published dropout inside attention and over depth, which suits data sets of a few thousand patches. */
const usualDropout: Dropout = { tokens: 0.2, attention: 0.1, path: 0.1, series: 0.2, dates: 0.1 };

/** The default share of hidden tokens: the published one. */
const officialMaskRatio = 0.75;

/** The image encoder's settings that do not follow from the data. */
export const imageDefaults = { groups: 4 } as const;

/**
 * The series encoder's widths: the published ones from width 256 on, narrower ones below, with as many heads as the
 * transformer has.
 */
export function seriesDefaults(
  width: number,
  heads = 16,
): Pick<SeriesModality, "heads" | "keyWidth" | "inputWidths" | "outputWidths"> {
  if (width < 256) return { heads, keyWidth: 8, inputWidths: [32, width], outputWidths: [width] };
  return {
    heads: 16,
    keyWidth: 8,
    inputWidths: [width / 8, width / 2, width],
    outputWidths: [width, 2 * width, width],
  };
}

/** What must be said about a modality; the rest follows from the model's width. */
export interface ModalityChoice {
  readonly name: string;
  readonly kind: ModalityConfig["kind"];
  readonly channels: number;
  readonly patchPixels: number;
  /** Its levels are themselves informative: its sequences are not normalised (SPEC 4.2.2: the code does so for Sentinel-1). */
  readonly radar?: boolean;
}

/** What must be said about a model of our own. */
export interface ModelChoice {
  readonly modalities: readonly ModalityChoice[];
  readonly grid: OmniSatConfig["grid"];
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  readonly mlpRatio: number;
  /** days lie in [0, period); one year unless said otherwise */
  readonly period?: number | undefined;
  readonly dropout?: Dropout | undefined;
  readonly maskRatio?: number | undefined;
}

/**
 * A model of our own: the published design with the patches' true places. Trainings of projects, tests and benchmarks all get
 * their networks here. Inputs come normalised (`cube/normalize.ts`).
 * @throws Error with the first misfit of widths, heads and names
 */
export function newConfig(choice: ModelChoice): OmniSatConfig {
  const { modalities, grid, width, depth, heads, mlpRatio, period = 367 } = choice;
  const config: OmniSatConfig = {
    modalities: modalities.map(({ name, kind, channels, patchPixels, radar = false }) =>
      kind === "image"
        ? { kind, name, channels, patchPixels, ...imageDefaults }
        : { kind, name, channels, patchPixels, ...seriesDefaults(width, heads), period, normalizesSequence: !radar },
    ),
    grid,
    width,
    depth,
    heads,
    mlpRatio,
    dropout: choice.dropout ?? usualDropout,
    relativePositions: "grid",
    maskRatio: choice.maskRatio ?? officialMaskRatio,
    dateQuantile: 0.75,
    // One modality has nothing to be compared with.
    temperature: modalities.length > 1 ? 0.1 : null,
  };
  checkConfig(config);
  return config;
}

/** Patches of one tile. */
export const patchCount = (config: Pick<OmniSatConfig, "grid">): number => config.grid.rows * config.grid.columns;

/** The same network with some of its modalities: one set of weights serves every subset. */
export function subset(config: OmniSatConfig, names: readonly string[]): OmniSatConfig {
  const modalities = names.map((name) => {
    const modality = config.modalities.find((candidate) => candidate.name === name);
    if (!modality)
      throw new Error(`subset: no modality “${name}” among ${config.modalities.map((m) => m.name).join(", ")}`);
    return modality;
  });
  return { ...config, modalities };
}

// Ten times what the published models have: a description that asks for more is damaged, and is refused before anything is made.
const positive = z.int().positive().max(100_000);
const width = z.int().positive().max(8192);
const few = z.int().positive().max(512);
const probability = z.number().min(0).lt(1);
const common = { name: z.string().min(1).max(200), channels: width, patchPixels: few };
const schema = z.strictObject({
  modalities: z
    .array(
      z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("image"), ...common, groups: few }),
        z.strictObject({
          kind: z.enum(["series", "single"]),
          ...common,
          heads: few,
          keyWidth: few,
          inputWidths: z.array(width).min(1).max(16),
          outputWidths: z.array(width).min(1).max(16),
          period: positive,
          normalizesSequence: z.boolean(),
        }),
      ]),
    )
    .min(1)
    .max(64),
  grid: z.strictObject({ rows: few, columns: few }),
  width,
  depth: few,
  heads: few,
  mlpRatio: z.number().positive().max(64),
  dropout: z.strictObject({
    tokens: probability,
    attention: probability,
    path: probability,
    series: probability,
    dates: probability,
  }),
  relativePositions: z.enum(["official", "grid"]),
  // In model.json files of earlier versions, which all said no: inputs come normalised.
  inputNormalization: z.literal(false).optional(),
  maskRatio: probability,
  dateQuantile: z.number().min(0).max(1).nullable(),
  temperature: z.number().positive().nullable(),
});

/** Reads a configuration from JSON and checks that its widths fit together; throws with the first misfit. */
export function configFromJson(json: unknown): OmniSatConfig {
  const { inputNormalization: _, ...config } = schema.parse(json);
  checkConfig(config);
  return config;
}

/** The configuration as plain JSON data. */
export function configToJson(config: OmniSatConfig): unknown {
  return JSON.parse(JSON.stringify(config));
}

/** Throws when widths, heads and groups do not divide one another. */
export function checkConfig(config: OmniSatConfig): void {
  const names = config.modalities.map((modality) => modality.name);
  if (new Set(names).size !== names.length)
    throw new Error(`OmniSatConfig: two modalities share a name: ${names.join(", ")}`);
  if (config.width % config.heads)
    throw new Error(`OmniSatConfig: ${config.heads} heads do not divide width ${config.width}`);
  for (const modality of config.modalities) {
    if (modality.kind === "image") {
      if (config.width % modality.groups) {
        throw new Error(`${modality.name}: ${modality.groups} groups do not divide width ${config.width}`);
      }
      continue;
    }
    const last = modality.outputWidths.at(-1);
    if (last !== config.width)
      throw new Error(`${modality.name}: the last output width is ${last}, the model's is ${config.width}`);
    for (const [what, width] of [
      ["input", modality.inputWidths.at(-1)!],
      ["output", last],
    ] as const) {
      if (width % modality.heads)
        throw new Error(`${modality.name}: ${modality.heads} heads do not divide ${what} width ${width}`);
    }
  }
}
