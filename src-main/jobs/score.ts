import type { SubsetScore } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { type PatchWindow, raisedCosine, type TileRows } from "../cube/index.ts";
import { type Cluster, ConfusionCounter, clusterInterval, scoresOf } from "../learning/index.ts";
import { argmax } from "./argmax.ts";
import type { LabelPatches } from "./label-patches.ts";
import type { Predictor, TileLogits } from "./predict.ts";

export interface ScoreOptions {
  /** the model's classes */
  readonly legend: readonly LegendClass[];
  /** codes to choose between, one table each; an empty list stands for the whole legend */
  readonly classSets: readonly (readonly number[])[];
  readonly modalities: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
  /** every tile as it is computed, before it is blended with its neighbours; `expected` of them will come */
  readonly onTile?: (answer: TileLogits, expected: number) => void;
}

/** A labelled patch and what the tiles read so far say of it together. */
interface Vote {
  readonly reference: number;
  readonly polygon: number;
  readonly sums: Float64Array;
  weight: number;
  seen: boolean;
}

/**
 * Scores of the map on labelled patches: the same tiles, weights, order and choice as the map's, of which only the tiles
 * around labels are computed. A patch that no modality saw has no class on the map: it is not scored, but told (`unseen`).
 */
export async function scoreMap(
  labels: LabelPatches,
  predictor: Predictor,
  tiles: TileRows,
  { legend, classSets, modalities, signal, onProgress, onTile }: ScoreOptions,
): Promise<SubsetScore[]> {
  const sets = (classSets.length ? classSets : [[]]).map((set) => (set.length ? set : labels.codes));
  const counters = sets.map((codes) => ({
    codes,
    counter: new ConfusionCounter(codes),
    polygons: new Map<number, PolygonScore>(),
    unseen: 0,
  }));
  const count = ({ reference, polygon, sums, weight, seen }: Vote) => {
    if (!seen) {
      for (const own of counters) if (own.codes.includes(reference)) own.unseen++;
      return;
    }
    // As the map stores it: ties are decided alike.
    const logits = Float32Array.from(sums, (sum) => sum / weight);
    for (const { codes, counter, polygons } of counters) {
      if (!codes.includes(reference)) continue;
      const positions = codes.map((code) => labels.codes.indexOf(code));
      const best = argmax(codes.length, (k) => logits[positions[k]!]!);
      counter.add([codes[best]!], [reference]);
      const { hits, samples } = polygons.get(polygon) ?? { hits: 0, samples: 0 };
      const hit = codes[best] === reference ? 1 : 0;
      polygons.set(polygon, { hits: hits + hit, samples: samples + 1, reference });
    }
  };
  const ballot = new Ballot(labels, tiles.size, count);
  const near = labels.tilesAround(tiles);
  let done = 0;
  for await (const answer of predictor.run(near, signal)) {
    ballot.add(answer);
    onTile?.(answer, near.length);
    onProgress?.(++done / near.length);
  }
  ballot.close();
  return counters.map((own) => subsetScore(own, legend, modalities));
}

interface PolygonScore extends Cluster {
  readonly reference: number;
}

/** Votes of the patches that a later tile may still touch; finished patches are counted and released. */
class Ballot {
  readonly #labels: LabelPatches;
  readonly #window: Float64Array;
  readonly #count: (vote: Vote) => void;
  readonly #rows = new Map<number, Map<number, Vote>>();

  constructor(labels: LabelPatches, size: number, count: (vote: Vote) => void) {
    this.#labels = labels;
    this.#window = raisedCosine(size);
    this.#count = count;
  }

  add({ window: tile, logits, seen }: TileLogits): void {
    this.#finish(tile.row);
    const { codes } = this.#labels;
    const { classes, polygons } = this.#labels.labels(tile);
    for (let p = 0; p < classes.length; p++) {
      if (classes[p]! < 0) continue;
      const row = Math.floor(p / tile.width);
      const col = p % tile.width;
      const vote = this.#vote(tile, row, col, codes[classes[p]!]!, polygons[p]!);
      const weight = this.#window[row]! * this.#window[col]!;
      vote.weight += weight;
      vote.seen ||= seen[p] === 1;
      for (let k = 0; k < codes.length; k++) vote.sums[k]! += weight * logits[p * codes.length + k]!;
    }
  }

  close(): void {
    this.#finish(Number.POSITIVE_INFINITY);
  }

  #vote(tile: PatchWindow, row: number, col: number, reference: number, polygon: number): Vote {
    const line = this.#rows.get(tile.row + row) ?? new Map<number, Vote>();
    this.#rows.set(tile.row + row, line);
    const known = line.get(tile.col + col);
    if (known) return known;
    const vote = { reference, polygon, sums: new Float64Array(this.#labels.codes.length), weight: 0, seen: false };
    line.set(tile.col + col, vote);
    return vote;
  }

  #finish(before: number): void {
    for (const [row, line] of this.#rows) {
      if (row >= before) continue;
      for (const vote of line.values()) this.#count(vote);
      this.#rows.delete(row);
    }
  }
}

function subsetScore(
  {
    codes,
    counter,
    polygons,
    unseen,
  }: {
    readonly codes: readonly number[];
    readonly counter: ConfusionCounter;
    readonly polygons: ReadonlyMap<number, PolygonScore>;
    readonly unseen: number;
  },
  legend: readonly LegendClass[],
  modalities: readonly string[],
): SubsetScore {
  const matrix = counter.matrix();
  const scores = scoresOf(matrix);
  const nameOf = (code: number) => legend.find((entry) => entry.code === code)?.name ?? String(code);
  const sourceOf = (code: number) => {
    const source = legend.find((entry) => entry.code === code)?.source;
    return source === undefined ? {} : { source };
  };
  return {
    modalities,
    classSet: codes,
    samples: scores.samples,
    overallAccuracy: scores.overallAccuracy,
    overallAccuracyInterval: clusterInterval([...polygons.values()]),
    macroF1: scores.macroF1,
    weightedF1: scores.weightedF1,
    microF1: scores.microF1,
    classes: scores.classes.map(({ code, precision, recall, f1, support }) => ({
      code,
      name: nameOf(code),
      ...sourceOf(code),
      precision,
      recall,
      f1,
      support,
      polygons: [...polygons.values()].filter(({ reference }) => reference === code).length,
    })),
    confusion: matrix.counts,
    macroClasses: scores.macroClasses,
    commonest: scores.commonest && { ...scores.commonest, name: nameOf(scores.commonest.code) },
    polygons: polygons.size,
    unseen,
  };
}
