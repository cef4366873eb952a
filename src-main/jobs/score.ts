import type { SubsetScore } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { type BlendPlan, type PatchWindow, raisedCosine } from "../cube/index.ts";
import { ConfusionCounter, scoresOf } from "../learning/metrics/index.ts";
import type { LabelPatches } from "./label-patches.ts";
import type { Predictor } from "./predict.ts";

/** A labelled patch and what the overlapping tiles say of it together. */
interface Vote {
  readonly reference: number;
  readonly sums: Float64Array;
  weight: number;
}

/**
 * The blended logits of every labelled patch, by the same tiles, weights and order as the map: a score of the map, not of
 * something like it.
 */
export class Votes {
  readonly #votes = new Map<string, Vote>();
  readonly codes: readonly number[];

  private constructor(codes: readonly number[]) {
    this.codes = codes;
  }

  static async collect(
    labels: LabelPatches,
    predictor: Predictor,
    plan: Pick<BlendPlan, "tiles" | "size">,
    signal: AbortSignal,
    onProgress: (fraction: number) => void = () => {},
  ): Promise<Votes> {
    const votes = new Votes(labels.codes);
    const useful = plan.tiles.filter((tile) => labels.labels(tile).classes.some((index) => index >= 0));
    const window = raisedCosine(plan.size);
    let done = 0;
    for await (const { window: tile, logits } of predictor.run(useful, signal)) {
      const { classes } = labels.labels(tile);
      for (let p = 0; p < classes.length; p++) {
        if (classes[p]! < 0) continue;
        votes.#add(tile, p, labels.codes[classes[p]!]!, logits, window);
      }
      onProgress(++done / useful.length);
    }
    return votes;
  }

  #add(tile: PatchWindow, patch: number, reference: number, logits: Float32Array, window: Float64Array): void {
    const row = Math.floor(patch / tile.width);
    const col = patch % tile.width;
    const key = `${tile.col + col} ${tile.row + row}`;
    const count = this.codes.length;
    let vote = this.#votes.get(key);
    if (!vote) {
      vote = { reference, sums: new Float64Array(count), weight: 0 };
      this.#votes.set(key, vote);
    }
    const weight = window[row]! * window[col]!;
    vote.weight += weight;
    for (let k = 0; k < count; k++) vote.sums[k]! += weight * logits[patch * count + k]!;
  }

  get size(): number {
    return this.#votes.size;
  }

  /** Scores of the choice between some classes, on the patches that have one of them. */
  scores(legend: readonly LegendClass[], classSet: readonly number[], modalities: readonly string[]): SubsetScore {
    const codes = classSet.length ? classSet : this.codes;
    const positions = codes.map((code) => this.codes.indexOf(code));
    const counter = new ConfusionCounter(codes);
    for (const { reference, sums } of this.#votes.values()) {
      if (!codes.includes(reference)) continue;
      const best = positions.reduce((p, q) => (sums[q]! > sums[p]! ? q : p));
      counter.add([this.codes[best]!], [reference]);
    }
    const matrix = counter.matrix();
    const scores = scoresOf(matrix);
    const nameOf = (code: number) => legend.find((entry) => entry.code === code)?.name ?? String(code);
    return {
      modalities,
      classSet: codes,
      samples: scores.samples,
      overallAccuracy: scores.overallAccuracy,
      overallAccuracyInterval: scores.overallAccuracyInterval,
      macroF1: scores.macroF1,
      weightedF1: scores.weightedF1,
      microF1: scores.microF1,
      classes: scores.classes.map(({ code, precision, recall, f1, support }) => ({
        code,
        name: nameOf(code),
        precision,
        recall,
        f1,
        support,
      })),
      confusion: matrix.counts,
    };
  }
}
