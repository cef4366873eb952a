import type { Finding } from "../../src-shared/domain/finding.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Classifier, classify, type Table } from "../classifiers/index.ts";
import type { Cube, Normalization, PatchWindow } from "../cube/index.ts";
import type { ModelDescription } from "../learning/index.ts";
import type { WorkingMethod } from "./method-model.ts";
import { type EncoderOfRows, type RowReader, rowReader } from "./method-rows.ts";
import { type BandChange, calendarOf, columnsOf, withLimits } from "./monthly-values.ts";
import type { PatchPredictor, Predictor, TileLogits } from "./predict.ts";

/** A share is given as its logarithm; one of 0 has none. */
const leastShare = 1e-6;

/** [rows, classes] logarithms of the shares that a classifier gives the rows of a table. */
export const logarithmsOf = (classifier: Classifier, table: Table): Float32Array =>
  classify(classifier, table).map((share) => Math.log(Math.max(leastShare, share)));

/** What answers for rows: one method, or several together. */
export interface RowAnswerer extends Pick<WorkingMethod, "limits" | "months" | "features"> {
  /** [rows, classes] logarithms of shares */
  readonly answer: (table: Table) => Float32Array;
}

/** A method alone. */
export const answererOf = ({ classifier, limits, months, features }: WorkingMethod): RowAnswerer => ({
  limits,
  months,
  ...(features === undefined ? {} : { features }),
  answer: (table) => logarithmsOf(classifier, table),
});
/** Above this share of cut values the images are not what was taught. */
const mostCut = 0.5;

interface Told {
  patches: number;
  seen: number;
  readonly cut: Uint32Array;
}

/** The encoder of a method, and what it makes of the images. */
export interface MethodEncoder extends EncoderOfRows {
  readonly predictor: Predictor;
}

/**
 * A method over the tiles of a cube: the answer to a patch depends on that patch alone, and with an encoder on the tile around it.
 */
export class MethodPredictor implements PatchPredictor {
  readonly watch = { findings: () => this.#findings() };
  readonly #method: RowAnswerer;
  readonly #modalities: readonly Modality[];
  readonly #reader: RowReader;
  readonly #encoder: MethodEncoder | undefined;
  readonly #told: Told;

  /**
   * @param normalizations what takes the place of the model's means and spreads; bands that are cut to one value are not there
   * @param encoder for a method that learned from what an encoder makes of the images; released with the method
   * @throws AppError "method-needs-inputs" when one of the model's inputs is left out: a row has columns for all of them
   */
  constructor(
    cube: Cube,
    model: Pick<ModelDescription, "name" | "modalities" | "days">,
    method: RowAnswerer,
    used: readonly string[],
    normalizations?: readonly Normalization[],
    encoder?: MethodEncoder,
  ) {
    requireInputs(model, used);
    const { modalities, days } = model;
    this.#modalities = modalities.map((own) => cube.modality(own.name));
    this.#method = method;
    this.#encoder = encoder;
    this.#reader = rowReader({
      cube,
      modalities: this.#modalities,
      months: method.months,
      monthIn: calendarOf(method.months, days, cube.spec.days),
      changes: normalizations && changesOf(modalities, normalizations),
      features: method.features,
      encoder,
    });
    this.#told = { patches: 0, seen: 0, cut: new Uint32Array(method.limits.missing.length) };
  }

  /** Answers tile after tile, in the order given. A class that was not taught, or that no tree speaks of, has a share of a millionth. */
  async *run(tiles: Iterable<PatchWindow>, signal: AbortSignal): AsyncGenerator<TileLogits, void> {
    const { answer, limits } = this.#method;
    const asked = (function* () {
      for (const window of tiles) yield { window };
    })();
    for await (const { values, ...tile } of this.#reader.run(asked, signal)) {
      signal.throwIfAborted();
      this.#told.patches += tile.seen.length;
      this.#told.seen += tile.seen.reduce((sum, one) => sum + one, 0);
      withLimits(values, limits, this.#told.cut);
      const table = { values, rows: tile.seen.length, columns: limits.missing.length };
      yield { ...tile, logits: answer(table) };
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Nothing before the first tile. */
  #findings(): Finding[] {
    // Without monthly values the encoder alone has looked at the images.
    if (this.#encoder && this.#method.features === "encoder") return this.#encoder.predictor.watch.findings();
    const { patches, seen, cut } = this.#told;
    if (patches === 0) return [];
    let offset = 0;
    return this.#modalities.flatMap((modality): Finding[] => {
      const columns = columnsOf([modality], this.#method.months);
      const own = cut.subarray(offset, offset + columns);
      offset += columns;
      if (seen === 0) return [{ code: "modality-without-pixels", details: { modality: modality.name } }];
      const perBand = columns / modality.bands.length;
      const shares = modality.bands.map(
        (_, b) =>
          own.subarray(b * perBand, (b + 1) * perBand).reduce((sum, count) => sum + count, 0) / (perBand * seen),
      );
      const bands = modality.bands.filter((_, b) => shares[b]! > mostCut);
      if (bands.length === 0) return [];
      const share = shares.filter((one) => one > mostCut).reduce((sum, one) => sum + one, 0) / bands.length;
      return [{ code: "values-clipped", details: { modality: modality.name, bands, share } }];
    });
  }

  async release(): Promise<void> {
    await this.#encoder?.predictor.release();
  }
}

/** @throws AppError "method-needs-inputs" when one of the model's inputs is not among those that are used */
export function requireInputs(
  { name, modalities }: Pick<ModelDescription, "name" | "modalities">,
  used: readonly string[],
): void {
  const missing = modalities.flatMap((own) => (used.includes(own.name) ? [] : [own.name]));
  if (missing.length > 0) throw new AppError("method-needs-inputs", { name, missing });
}

/** From the figures of other images to the model's: the same number of spreads from the mean. */
export const changesOf = (
  modalities: ModelDescription["modalities"],
  normalizations: readonly Normalization[],
): (BandChange | undefined)[][] =>
  modalities.map(({ name, normalization }) => {
    const here = normalizations.find(({ modality }) => modality === name)!;
    return normalization.bands.map((own, b) => {
      const { mean, std, clip } = here.bands[b]!;
      if (clip && clip.low === clip.high) return undefined;
      const scale = own.std / std;
      return { scale, shift: own.mean - mean * scale };
    });
  });
