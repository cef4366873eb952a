import { AppError } from "../../src-shared/errors/index.ts";
import {
  type Batch,
  type Cube,
  type Normalization,
  noAugmentation,
  type PatchWindow,
  readBatches,
} from "../cube/index.ts";
import type { Scope, Value } from "../engine/index.ts";
import { buildForward, ForwardSession, type Provider, type Tensors } from "../engine/index.ts";
import type { ModelDescription } from "../learning/index.ts";
import {
  type BatchShape,
  denseLogits,
  encode,
  graphInputs,
  type OmniSatConfig,
  patchFeatures,
  subset,
  type TileHead,
  type Trace,
  tileLogits,
} from "../omnisat/index.ts";
import { feedsOf } from "./feeds.ts";
import { leastClear } from "./imagery.ts";
import { InputWatch } from "./input-watch.ts";
import { normalizationsOf } from "./training-parts.ts";

/** More dates than this are thinned to the clearest of each part of the year. */
const mostDates = 96;

/** What the encoder of a series calls its weights of dates on the way: `<modality>.heads.attention`, [heads, B·P, T]. */
const attentionName = ".heads.attention";

/**
 * The network's answer for patches: [B, P, classes]. Weights: `encoder.*`, `head.*`.
 * The head also sees the patch's own tokens: chosen by leaving training parcels out (macro F1 0.54 → 0.67), for the mixed
 * embedding alone blurs narrow places.
 */
export function classify(
  scope: Scope,
  config: OmniSatConfig,
  inputs: Readonly<Record<string, Value>>,
  classes: number,
  trace?: Trace,
): Value {
  return denseLogits(scope.child("head"), encode(scope.child("encoder"), config, inputs, trace), {
    classes,
    withTokens: true,
  });
}

/**
 * What the head for patches would be given of the network: [B, P, `embeddingColumns`], the mixed embedding of a patch and the mean of its own
 * tokens. Weights: `encoder.*`.
 */
export function embed(
  scope: Scope,
  config: OmniSatConfig,
  inputs: Readonly<Record<string, Value>>,
  trace?: Trace,
): Value {
  return patchFeatures(scope.graph, encode(scope.child("encoder"), config, inputs, trace), true);
}

/** Numbers of an embedding of `embed`. */
export const embeddingColumns = ({ width }: Pick<OmniSatConfig, "width">): number => 2 * width;

/** The network's answer for whole tiles: [B, classes], from row 0 of the encoder (SPEC §12). Weights: `encoder.*`, `head.*`. */
export function classifyTile(
  scope: Scope,
  config: OmniSatConfig,
  inputs: Readonly<Record<string, Value>>,
  classes: number,
  head: TileHead,
): Value {
  return tileLogits(scope.child("head"), encode(scope.child("encoder"), config, inputs), classes, head);
}

export interface PredictorOptions {
  readonly cube: Cube;
  readonly model: ModelDescription;
  readonly weights: Tensors;
  /** the modalities to use: any subset of the model's */
  readonly modalities: readonly string[];
  readonly batchSize: number;
  readonly provider: Provider;
  /** instead of those of the model's training */
  readonly normalizations?: readonly Normalization[] | undefined;
  /** whether `replaceWeights` will be called */
  readonly replaceable?: boolean;
  /** also returns the attention weights of each series' dates */
  readonly attention?: boolean;
  /** gives embeddings in the place of logits: the network needs no head then */
  readonly embeddings?: boolean;
}

/** What a series' attention did with its dates, in one tile. */
export interface SeriesAttention {
  /** [T] day numbers, 0 for padding */
  readonly days: readonly number[];
  /** [T, P] 1 where a patch was seen clearly */
  readonly mask: Float32Array;
  /** [heads, P, T] */
  readonly weights: Float32Array;
}

/** One tile's answer. */
export interface TileLogits {
  readonly window: PatchWindow;
  /** [P, classes], or [classes] of a model for whole tiles, or [P, columns] embeddings */
  readonly logits: Float32Array;
  /** [P] 1 where any modality sees the patch */
  readonly seen: Uint8Array;
  /** by modality, when it was asked for; images have none */
  readonly attention?: Readonly<Record<string, SeriesAttention>>;
}

/** What answers for patches, tile by tile: a network or a method. */
export interface PatchPredictor {
  readonly watch: Pick<InputWatch, "findings">;
  run(tiles: Iterable<PatchWindow>, signal: AbortSignal): AsyncGenerator<TileLogits, void>;
  release(): Promise<void>;
}

/** Batches whose tiles are listed at once: a large area has more tiles than one wants to hold. */
const batchesPerGroup = 1000;

/** Items in lists of `size`; the last may be shorter. */
export function* inGroups<T>(items: Iterable<T>, size: number): Generator<T[], void> {
  let group: T[] = [];
  for (const item of items) {
    if (group.push(item) < size) continue;
    yield group;
    group = [];
  }
  if (group.length) yield group;
}

/** A trained network over the tiles of a cube, with some of its modalities. */
export class Predictor implements PatchPredictor {
  /** looks at what the network is given */
  readonly watch: InputWatch;
  readonly #options: PredictorOptions;
  readonly #session: ForwardSession;
  readonly #dates: Readonly<Record<string, number>>;
  /** numbers of a patch's answer: classes, or columns of its embedding */
  readonly #columns: number;

  private constructor(options: PredictorOptions, session: ForwardSession, dates: Readonly<Record<string, number>>) {
    this.#options = options;
    this.#session = session;
    this.#dates = dates;
    const { cube, modalities, model, embeddings } = options;
    this.#columns = embeddings ? embeddingColumns(model.config) : model.legend!.length;
    const used = modalities.map((name) => cube.modality(name));
    this.watch = new InputWatch(used, options.normalizations ?? normalizationsOf(model));
  }

  static async create(options: PredictorOptions): Promise<Predictor> {
    const { cube, model, modalities, batchSize, provider, weights, replaceable = false, embeddings } = options;
    const { legend } = model;
    if (!legend && !embeddings) throw new AppError("model-has-no-head", { name: model.name });
    const config = subset(model.config, modalities);
    const most = modalities.map((name) => cube.mostDates(name, model.grid.tilePatches));
    const counts = await Promise.all(most);
    const dates = Object.fromEntries(modalities.map((name, m) => [name, Math.max(1, Math.min(mostDates, counts[m]!))]));
    const batch: BatchShape = { size: batchSize, dates, masks: "patches" };
    const forward = buildForward({
      name: "predict",
      define: (scope) => {
        const weights: Record<string, Value> = {};
        const trace = options.attention
          ? (name: string, value: Value) => {
              if (name.endsWith(attentionName)) weights[name] = value;
            }
          : undefined;
        const inputs = graphInputs(scope.graph, config, batch);
        if (embeddings || !legend) return { logits: embed(scope, config, inputs, trace), ...weights };
        if (model.tiles) return { logits: classifyTile(scope, config, inputs, legend.length, model.tiles.head) };
        return { logits: classify(scope, config, inputs, legend.length, trace), ...weights };
      },
    });
    const session = await ForwardSession.create(forward, { provider, state: weights, replaceable });
    return new Predictor(options, session, dates);
  }

  /** Answers with other weights from now on. */
  replaceWeights(weights: Tensors): void {
    this.#session.replace(weights);
  }

  /** Answers tile after tile, in the order given; the next tiles are read meanwhile. */
  async *run(tiles: Iterable<PatchWindow>, signal: AbortSignal): AsyncGenerator<TileLogits, void> {
    for (const windows of inGroups(tiles, batchesPerGroup * this.#options.batchSize))
      yield* this.#answers(windows, signal);
  }

  async *#answers(tiles: readonly PatchWindow[], signal: AbortSignal): AsyncGenerator<TileLogits, void> {
    const { cube, model, modalities, batchSize, normalizations } = this.#options;
    const side = model.grid.tilePatches;
    const patches = side * side;
    const used = modalities.map((name) => cube.modality(name));
    const batches = readBatches(
      cube,
      {
        windows: tiles,
        shape: {
          batchSize,
          patchesHigh: side,
          patchesWide: side,
          modalities: used,
          dates: this.#dates,
          normalizations: normalizations ?? normalizationsOf(model),
        },
        sample: { modalities, dates: this.#dates, choice: "spread", augmentation: noAugmentation, leastClear },
        seed: 0,
        epoch: 0,
        shuffle: false,
        lastBatch: "keep",
      },
      signal,
    );
    for await (const batch of batches) {
      signal.throwIfAborted();
      this.watch.add(batch);
      const answers = await this.#session.run(feedsOf(batch, modalities));
      const values = answers.logits!.data as Float32Array;
      const ofTiles = model.tiles !== undefined && !this.#options.embeddings;
      const size = (ofTiles ? 1 : patches) * this.#columns;
      for (const [b, window] of batch.windows.entries()) {
        const seen = new Uint8Array(patches);
        for (const name of modalities) {
          const { data, shape } = batch.inputs[name]!.mask;
          const dates = shape.length === 3 ? shape[1]! : 1;
          for (let t = 0; t < dates; t++)
            for (let p = 0; p < patches; p++) if (data[(b * dates + t) * patches + p] === 1) seen[p] = 1;
        }
        const logits = values.slice(b * size, (b + 1) * size);
        if (!this.#options.attention) yield { window, logits, seen };
        else yield { window, logits, seen, attention: attentionOf(answers, batch, modalities, b, patches) };
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** One sample's weights of dates, cut from those of a batch. */
function attentionOf(
  answers: Tensors,
  batch: Batch,
  modalities: readonly string[],
  b: number,
  patches: number,
): Record<string, SeriesAttention> {
  const found: Record<string, SeriesAttention> = {};
  for (const name of modalities) {
    const weights = answers[`${name}${attentionName}`];
    const { dates, mask } = batch.inputs[name]!;
    if (!weights || !dates) continue;
    const [heads, sequences, length] = weights.shape as readonly [number, number, number];
    const all = weights.data as Float32Array;
    const own = new Float32Array(heads * patches * length);
    for (let head = 0; head < heads; head++) {
      const start = (head * sequences + b * patches) * length;
      own.set(all.subarray(start, start + patches * length), head * patches * length);
    }
    const days = [...dates.data.subarray(b * length, (b + 1) * length)].map(Number);
    found[name] = { days, weights: own, mask: mask.data.slice(b * length * patches, (b + 1) * length * patches) };
  }
  return found;
}
