import type { Shape, Tensors } from "../../engine/index.ts";
import {
  checkConfig,
  imageDefaults,
  type ModalityConfig,
  noDropout,
  type OmniSatConfig,
  type SeriesModality,
} from "../config.ts";
import type { Manifest } from "./manifest.ts";

/** Shapes of parameters by their names in the pre-training model, as far as the folder names them. */
export type KnownShapes = Readonly<Record<string, Shape>>;

/**
 * The network a folder was made with: what its manifest says, then what the shapes of its tensors say, then the published
 * configurations. Everything random is off: the references are without dropout.
 */
export function architectureOf(manifest: Manifest, inputs: Tensors, shapes: KnownShapes): OmniSatConfig {
  const { transformer = {} } = manifest;
  const patches = manifest.patches ?? (shapes["encoder.pos_embed"] ? shapes["encoder.pos_embed"][1]! - 1 : undefined);
  if (!patches) throw new Error("nothing says how many patches a tile has");
  const width = transformer.embed_dim ?? shapes["encoder.cls_token"]?.[2] ?? 256;
  const table = shapes["encoder.blocks.0.attn.rpe_k.lookup_table_weight"];
  const blocks = Object.keys(shapes).flatMap((key) => /^encoder\.blocks\.(\d+)\./.exec(key)?.[1] ?? []);
  const depth = transformer.depth ?? (blocks.length ? Math.max(...blocks.map(Number)) : 6);
  const hidden = shapes["encoder.blocks.0.mlp.fc1.weight"]?.[0];
  const modalities = manifest.modalities.map((name) => modalityOf(name, { manifest, inputs, shapes, width, patches }));
  const config: OmniSatConfig = {
    modalities,
    grid: gridOf(patches, modalities, inputs),
    width,
    depth,
    heads: transformer.num_heads ?? (table ? width / table[1]! : 16),
    mlpRatio: transformer.mlp_ratio ?? (hidden ? hidden / width : 4),
    dropout: noDropout,
    relativePositions: "official",
    maskRatio: 0.75,
    dateQuantile: keepsEveryDate(manifest) ? null : 0.75,
    temperature: 0.1,
  };
  checkConfig(config);
  return config;
}

const knownDecoders = [
  "DecoderSentinel",
  "DecoderAllSentinel",
  "DecoderSentinelMono",
  "DecoderDeconvAerial",
  "DecoderDeconvAerialPastis",
];

/** One published ablation reconstructs every candidate date. Decoders that are not drawn here are refused. */
function keepsEveryDate(manifest: Manifest): boolean {
  const decoders = Object.entries(manifest.decoders ?? {});
  for (const [name, { class: kind, inter_dim: hidden }] of decoders) {
    if (kind && !knownDecoders.includes(kind)) throw new Error(`“${name}” has the unknown decoder ${kind}`);
    if (Array.isArray(hidden) && hidden.length > 0) throw new Error(`the decoder of “${name}” has hidden layers`);
  }
  return decoders.some(([, { class: kind }]) => kind === "DecoderAllSentinel");
}

/** Rows and columns of patches, from an input's size; a square where there is no input. */
function gridOf(patches: number, modalities: readonly ModalityConfig[], inputs: Tensors): OmniSatConfig["grid"] {
  for (const { name, patchPixels } of modalities) {
    const shape = inputs[name]?.shape;
    if (!shape) continue;
    const [rows, columns] = [Math.floor(shape.at(-2)! / patchPixels), Math.floor(shape.at(-1)! / patchPixels)];
    if (rows * columns === patches) return { rows, columns };
    throw new Error(
      `${name}: [${shape}] cut into ${patchPixels} px is ${rows * columns} patches, the manifest says ${patches}`,
    );
  }
  const side = Math.sqrt(patches);
  if (!Number.isInteger(side)) throw new Error(`no input tells how ${patches} patches lie`);
  return { rows: side, columns: side };
}

interface ConfigFacts {
  readonly manifest: Manifest;
  readonly inputs: Tensors;
  readonly shapes: KnownShapes;
  readonly width: number;
  readonly patches: number;
}

function modalityOf(name: string, told: ConfigFacts): ModalityConfig {
  const { manifest, inputs } = told;
  const projector = (manifest.projectors?.[name] ?? {}) as Record<string, unknown>;
  const input = inputs[name]?.shape;
  const channels =
    number(projector.in_chans) ?? number(projector.in_channels) ?? manifest.data?.[name]?.channels ?? input?.at(-3);
  if (!channels) throw new Error(`nothing says how many channels “${name}” has`);
  const kind = kindOf(name, projector, input);
  const patchPixels = number(projector.patch_size) ?? patchSize(name, kind, projector, told);
  if (kind === "image") {
    return { kind, name, channels, patchPixels, groups: number(projector.gp_norm) ?? imageDefaults.groups };
  }
  return { kind, name, channels, patchPixels, ...seriesLayers(name, projector, told, patchPixels) };
}

const number = (value: unknown): number | undefined => (typeof value === "number" && value > 0 ? value : undefined);
const numbers = (value: unknown): number[] | undefined =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number") ? value : undefined;

function kindOf(name: string, projector: Record<string, unknown>, input: Shape | undefined): ModalityConfig["kind"] {
  const known = typeof projector.class === "string" ? projector.class : "";
  const series = known.startsWith("LTAE") || name.endsWith("-mono") || input?.length === 5;
  if (known && !series && !known.startsWith("PatchEmbed"))
    throw new Error(`“${name}” has the unknown encoder ${known}`);
  if (!series) return known || input?.length === 4 || /^(aerial|spot|rgb)/.test(name) ? "image" : "series";
  return name.endsWith("-mono") || input?.length === 4 ? "single" : "series";
}

function patchSize(
  name: string,
  kind: ModalityConfig["kind"],
  projector: Record<string, unknown>,
  { manifest, inputs, patches }: ConfigFacts,
): number {
  if (kind !== "image" && projector.class === "LTAE2d") return 1;
  const shape = inputs[name]?.shape;
  const [height, width] = shape
    ? shape.slice(-2)
    : [number(manifest.data?.[name]?.size), number(manifest.data?.[name]?.size)];
  const pixels = Math.sqrt(((height ?? 0) * (width ?? 0)) / patches);
  if (pixels < 1 || !Number.isInteger(pixels)) throw new Error(`nothing says how large the patches of “${name}” are`);
  return pixels;
}

function seriesLayers(
  name: string,
  projector: Record<string, unknown>,
  { manifest, shapes, width }: ConfigFacts,
  patchPixels: number,
): Omit<SeriesModality, "kind" | "name" | "channels" | "patchPixels"> {
  const shape = (rest: string): Shape | undefined => shapes[`encoder.projector_${name}.${rest}`];
  const layers = (prefix: string, step: number): number[] | undefined => {
    const widths: number[] = [];
    for (let found = shape(`${prefix}.0.weight`); found; found = shape(`${prefix}.${step * widths.length}.weight`)) {
      widths.push(found[0]!);
    }
    return widths.length ? widths : undefined;
  };
  if (projector.positional_encoding === false) throw new Error(`the encoder of “${name}” does without dates`);
  const query = shape("attention_heads.Q");
  const known = shape("out_norm.weight") !== undefined;
  return {
    heads: number(projector.n_head) ?? query?.[0] ?? 16,
    keyWidth: number(projector.d_k) ?? query?.[1] ?? 8,
    inputWidths: numbers(projector.mlp_in) ?? layers("inconv", 4) ?? [32, 128, width],
    outputWidths: numbers(projector.mlp) ?? layers("mlp", 3) ?? [width, 2 * width, width],
    period: periodOf(name, projector, manifest, shapes, patchPixels),
    normalizesSequence:
      typeof projector.in_norm === "boolean"
        ? projector.in_norm
        : known
          ? shape("in_norm.weight") !== undefined
          : name.startsWith("s2"),
  };
}

/** 367 days, or 734 for the two years of PASTIS, whose series come in blocks of pixels. */
function periodOf(
  name: string,
  projector: Record<string, unknown>,
  manifest: Manifest,
  shapes: KnownShapes,
  patchPixels: number,
): number {
  const decoder = (manifest.decoders?.[name] ?? {}) as Record<string, unknown>;
  const told =
    number(projector.T) ?? number(decoder.T) ?? shapes[`decoder.projector_${name}.temp_encoding.weight`]?.[0];
  if (told) return told;
  return (manifest.data?.[name]?.max_day ?? 0) > 366 || patchPixels > 1 ? 734 : 367;
}
