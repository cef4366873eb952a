import type { SubsetScore } from "../../src-shared/domain/job.ts";
import type { LegendClass } from "../../src-shared/domain/legend.ts";
import { type PatchWindow, raisedCosine, type TileRows } from "../cube/index.ts";
import {
  CalibrationCounter,
  type Cluster,
  ConfusionCounter,
  clusterInterval,
  macroF1Interval,
  PolygonVote,
  scoresOf,
} from "../learning/index.ts";
import { argmax, softmax } from "./argmax.ts";
import type { LabelPatches } from "./label-patches.ts";
import { storedShares } from "./map-values.ts";
import type { ScoredPatch } from "./possible-classes.ts";
import type { PatchPredictor, TileLogits } from "./predict.ts";

export interface ScoreOptions {
  /** the model's classes */
  readonly legend: readonly LegendClass[];
  /** codes to choose between, one table each; an empty list stands for the whole legend */
  readonly classSets: readonly (readonly number[])[];
  readonly modalities: readonly string[];
  /** also score whole polygons by the votes of their patches: sensible where labels are polygons */
  readonly votes?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
  /** every tile as it is computed, before it is blended with its neighbours; `expected` of them will come */
  readonly onTile?: (answer: TileLogits, expected: number) => void;
  /** every labelled patch that is seen, with the shares of all classes */
  readonly onPatch?: ((patch: ScoredPatch) => void) | undefined;
}

/** A labelled patch and what the tiles read so far say of it together. */
interface Vote {
  readonly reference: number;
  readonly polygon: number;
  readonly col: number;
  readonly row: number;
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
  predictor: Pick<PatchPredictor, "run">,
  tiles: TileRows,
  { legend, classSets, modalities, votes = false, signal, onProgress, onTile, onPatch }: ScoreOptions,
): Promise<SubsetScore[]> {
  const sets = (classSets.length ? classSets : [[]]).map((set) => (set.length ? set : labels.codes));
  const counters = sets.map(
    (codes): Counters => ({
      codes,
      counter: new ConfusionCounter(codes),
      calibration: new CalibrationCounter(),
      polygons: new Map(),
      votes: new Map(),
      unseen: 0,
    }),
  );
  const shares = new Float64Array(labels.codes.length);
  const count = ({ reference, polygon, col, row, sums, weight, seen }: Vote) => {
    if (!seen) {
      for (const own of counters) if (own.codes.includes(reference)) own.unseen++;
      return;
    }
    // As the map stores it: ties are decided alike.
    const logits = Float32Array.from(sums, (sum) => sum / weight);
    if (onPatch) {
      const best = storedShares(logits.length, (k) => logits[k]!, shares);
      onPatch({ truth: labels.codes.indexOf(reference), best, shares, polygon, col, row });
    }
    for (const own of counters) {
      const { codes, counter, polygons } = own;
      if (!codes.includes(reference)) continue;
      const scores = codes.map((code) => logits[labels.codes.indexOf(code)]!);
      const best = argmax(codes.length, (k) => scores[k]!);
      const probabilities = softmax(scores);
      const right = codes[best] === reference;
      counter.add([codes[best]!], [reference]);
      own.calibration.add(probabilities[best]!, right);
      const known = polygons.get(polygon) ?? { hits: 0, samples: 0, mapped: new Map<number, number>() };
      known.mapped.set(best, (known.mapped.get(best) ?? 0) + 1);
      polygons.set(polygon, {
        hits: known.hits + (right ? 1 : 0),
        samples: known.samples + 1,
        mapped: known.mapped,
        reference,
      });
      if (!votes) continue;
      const vote = own.votes.get(polygon) ?? new PolygonVote(codes.length);
      own.votes.set(polygon, vote);
      vote.add(best, probabilities);
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
  /** patches by the index of their class on the map */
  readonly mapped: Map<number, number>;
}

/** With more labels a result would grow by megabytes, and their intervals are narrow anyway. */
const mostLabelCounts = 20_000;

/** What is counted for one set of classes. */
interface Counters {
  readonly codes: readonly number[];
  readonly counter: ConfusionCounter;
  readonly calibration: CalibrationCounter;
  readonly polygons: Map<number, PolygonScore>;
  readonly votes: Map<number, PolygonVote>;
  unseen: number;
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
    const sums = new Float64Array(this.#labels.codes.length);
    const vote = { reference, polygon, col: tile.col + col, row: tile.row + row, sums, weight: 0, seen: false };
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
  { codes, counter, calibration, polygons, votes, unseen }: Counters,
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
  const scored = [...polygons.values()];
  const labelIds = [...polygons.keys()];
  const labelCounts = scored.map(({ reference, mapped }) => [codes.indexOf(reference), ...[...mapped].flat()]);
  const rightOf = (k: number, own: PolygonScore) => (codes[k] === own.reference ? (own.mapped.get(k) ?? 0) : 0);
  return {
    modalities,
    classSet: codes,
    samples: scores.samples,
    overallAccuracy: scores.overallAccuracy,
    overallAccuracyInterval: clusterInterval(scored),
    macroF1: scores.macroF1,
    weightedF1: scores.weightedF1,
    microF1: scores.microF1,
    classes: scores.classes.map(({ code, precision, recall, f1, support }, k) => ({
      code,
      name: nameOf(code),
      ...sourceOf(code),
      precision,
      recall,
      f1,
      support,
      polygons: scored.filter(({ reference }) => reference === code).length,
      precisionInterval: clusterInterval(
        scored.map((own) => ({ hits: rightOf(k, own), samples: own.mapped.get(k) ?? 0 })),
      ),
      recallInterval: clusterInterval(
        scored.map((own) => ({ hits: rightOf(k, own), samples: own.reference === code ? own.samples : 0 })),
      ),
    })),
    confusion: matrix.counts,
    macroClasses: scores.macroClasses,
    commonest: scores.commonest && { ...scores.commonest, name: nameOf(scores.commonest.code) },
    polygons: polygons.size,
    macroF1Interval: macroF1Interval(labelCounts, codes.length),
    ...(labelCounts.length <= mostLabelCounts
      ? {
          labelCounts,
          labelIds,
          ...(votes.size > 0 ? { labelVotes: labelIds.map((id) => votes.get(id)!.winner()) } : {}),
        }
      : {}),
    ...(votes.size > 0 ? { perPolygon: polygonScores(codes, polygons, votes) } : {}),
    calibrationError: calibration.error(),
    unseen,
  };
}

function polygonScores(
  codes: readonly number[],
  polygons: ReadonlyMap<number, PolygonScore>,
  votes: ReadonlyMap<number, PolygonVote>,
): NonNullable<SubsetScore["perPolygon"]> {
  const counter = new ConfusionCounter(codes);
  for (const [id, vote] of votes) counter.add([codes[vote.winner()]!], [polygons.get(id)!.reference]);
  const matrix = counter.matrix();
  const { samples, overallAccuracy, overallAccuracyInterval, macroF1, macroClasses } = scoresOf(matrix);
  return { samples, overallAccuracy, overallAccuracyInterval, macroF1, macroClasses, confusion: matrix.counts };
}
