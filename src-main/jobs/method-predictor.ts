import type { Finding } from "../../src-shared/domain/finding.ts";
import type { Modality } from "../../src-shared/eo/index.ts";
import { AppError } from "../../src-shared/errors/index.ts";
import { type Classifier, classify, type Table } from "../classifiers/index.ts";
import type { Cube, Normalization, PatchWindow } from "../cube/index.ts";
import type { ModelDescription } from "../learning/index.ts";
import type { WorkingMethod } from "./method-model.ts";
import { type BandChange, calendarOf, changeBands, columnsOf, readPatchRows, withLimits } from "./monthly-values.ts";
import type { PatchPredictor, TileLogits } from "./predict.ts";

/** A share is given as its logarithm; one of 0 has none. */
const leastShare = 1e-6;

/** [rows, classes] logarithms of the shares that a classifier gives the rows of a table. */
export const logarithmsOf = (classifier: Classifier, table: Table): Float32Array =>
  classify(classifier, table).map((share) => Math.log(Math.max(leastShare, share)));

/** What answers for rows of monthly values: one method, or several together. */
export interface RowAnswerer extends Pick<WorkingMethod, "limits" | "months"> {
  /** [rows, classes] logarithms of shares */
  readonly answer: (table: Table) => Float32Array;
}

/** A method alone. */
export const answererOf = ({ classifier, limits, months }: WorkingMethod): RowAnswerer => ({
  limits,
  months,
  answer: (table) => logarithmsOf(classifier, table),
});
/** Above this share of cut values the images are not what was taught. */
const mostCut = 0.5;

interface Told {
  patches: number;
  seen: number;
  readonly cut: Uint32Array;
}

/** A method over the tiles of a cube: the answer to a patch depends on that patch alone. */
export class MethodPredictor implements PatchPredictor {
  readonly watch = { findings: () => this.#findings() };
  readonly #cube: Cube;
  readonly #method: RowAnswerer;
  readonly #modalities: readonly Modality[];
  readonly #monthIn: (date: string) => number;
  readonly #changes: readonly (readonly (BandChange | undefined)[])[] | undefined;
  readonly #told: Told;

  /**
   * @param normalizations what takes the place of the model's means and spreads; bands that are cut to one value are not there
   * @throws AppError "method-needs-inputs" when one of the model's inputs is left out: a row has columns for all of them
   */
  constructor(
    cube: Cube,
    model: Pick<ModelDescription, "name" | "modalities" | "days">,
    method: RowAnswerer,
    used: readonly string[],
    normalizations?: readonly Normalization[],
  ) {
    const { name, modalities, days } = model;
    const missing = modalities.flatMap((own) => (used.includes(own.name) ? [] : [own.name]));
    if (missing.length > 0) throw new AppError("method-needs-inputs", { name, missing });
    this.#cube = cube;
    this.#modalities = modalities.map((own) => cube.modality(own.name));
    this.#method = method;
    this.#monthIn = calendarOf(method.months, days, cube.spec.days);
    this.#changes = normalizations && changesOf(modalities, normalizations);
    this.#told = { patches: 0, seen: 0, cut: new Uint32Array(method.limits.missing.length) };
  }

  /** Answers tile after tile, in the order given. A class that was not taught, or that no tree speaks of, has a share of a millionth. */
  async *run(tiles: Iterable<PatchWindow>, signal: AbortSignal): AsyncGenerator<TileLogits, void> {
    const { answer, limits, months } = this.#method;
    for (const window of tiles) {
      signal.throwIfAborted();
      const { values, seen } = await readPatchRows(this.#cube, window, this.#modalities, months, this.#monthIn, signal);
      if (this.#changes) changeBands(values, this.#modalities, months, this.#changes);
      const patches = window.width * window.height;
      this.#told.patches += patches;
      this.#told.seen += seen.reduce((sum, one) => sum + one, 0);
      withLimits(values, limits, this.#told.cut);
      const table = { values, rows: patches, columns: limits.missing.length };
      yield { window, logits: answer(table), seen };
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Nothing before the first tile. */
  #findings(): Finding[] {
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

  async release(): Promise<void> {}
}

/** From the figures of other images to the model's: the same number of spreads from the mean. */
const changesOf = (
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
