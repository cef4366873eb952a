import { boundsOfTile, resolutionOfLevel, type TileAddress, tileSize } from "../../src-shared/geo/tile-grid.ts";
import type { Answerer } from "./instant-model.ts";
import type { FeatureBlock, FeatureLayer } from "./layer.ts";

/** What can be drawn of an instant map. */
export const instantLayers = ["class", "confidence", "margin", "similarity"] as const;
export type InstantLayer = (typeof instantLayers)[number];

/** What stored numbers of a layer mean: codes of classes, per cent, and likeness from −100 to 100. */
export const instantScale = (what: InstantLayer): { readonly scale: number; readonly offset: number } =>
  what === "class"
    ? { scale: 1, offset: 0 }
    : what === "similarity"
      ? { scale: 1, offset: -100 }
      : { scale: 0.5, offset: 0 };

/** Half per cents: 200 is certain. Similarity from −1 (0) to 1 (200). */
const certain = 200;
/** No class has this code, and nothing is this likely: not asked yet. */
const unasked = 255;

/** The answers for a block, one byte per patch. */
interface Answers {
  readonly col: number;
  readonly row: number;
  readonly seen: Uint8Array;
  /** the position of the class, or how alike */
  readonly first: Uint8Array;
  readonly confidence: Uint8Array;
  readonly margin: Uint8Array;
}

/** A tile of the map of which every pixel is a byte; `undefined` where no input sees anything of it. */
export interface InstantTile {
  readonly samples: Uint8Array;
  /** one bit per pixel, the lowest first */
  readonly mask: Uint8Array;
}

/** Answers for patches as they are asked for, kept until something else is learned. What is looked at first is computed first. */
export class InstantMap {
  readonly #layer: FeatureLayer;
  readonly #patchMeters: number;
  #answerer: Answerer | undefined;
  readonly #answers = new Map<string, Answers | undefined>();
  /** the block that was asked last: pixels come side by side */
  #last: { readonly col: number; readonly row: number; readonly answers: Answers | undefined } | undefined;

  constructor(layer: FeatureLayer, patchMeters: number) {
    this.#layer = layer;
    this.#patchMeters = patchMeters;
  }

  get answerer(): Answerer | undefined {
    return this.#answerer;
  }

  /** From now on this answers. */
  learn(answerer: Answerer | undefined): void {
    this.#answerer = answerer;
    this.#answers.clear();
    this.#last = undefined;
  }

  /** A tile of the pyramid of a project's map; each pixel is the patch that holds its centre. */
  tile(address: TileAddress, what: InstantLayer): InstantTile | undefined {
    const answerer = this.#answerer;
    if (!answerer || (what === "similarity") !== (answerer.kind === "similarity")) return undefined;
    const { minX, maxY } = boundsOfTile(address);
    const resolution = resolutionOfLevel(address.z);
    const patch = (start: number, at: number) => Math.floor((start + (at + 0.5) * resolution) / this.#patchMeters);
    const samples = new Uint8Array(tileSize * tileSize);
    const mask = new Uint8Array(samples.length / 8);
    const cols = Int32Array.from({ length: tileSize }, (_, x) => patch(minX, x));
    let any = false;
    for (let y = 0; y < tileSize; y++) {
      const row = patch(-maxY, y);
      for (let x = 0; x < tileSize; x++) {
        const value = this.#value(answerer, cols[x]!, row, what);
        if (value === undefined) continue;
        any = true;
        const at = y * tileSize + x;
        samples[at] = value;
        mask[at >> 3]! |= 1 << (at & 7);
      }
    }
    return any ? { samples, mask } : undefined;
  }

  /** [n] the likeliest classes of patches, how likely each is and how far ahead, from 0 to 1; 0 where no input sees the patch. */
  classesOf(cols: Int32Array, rows: Int32Array) {
    const answerer = this.#answerer;
    const codes = new Uint8Array(cols.length);
    const confidence = new Float32Array(cols.length);
    const margins = new Float32Array(cols.length);
    if (answerer?.kind === "classes")
      for (let i = 0; i < cols.length; i++) {
        codes[i] = this.#value(answerer, cols[i]!, rows[i]!, "class") ?? 0;
        confidence[i] = (this.#value(answerer, cols[i]!, rows[i]!, "confidence") ?? 0) / certain;
        margins[i] = (this.#value(answerer, cols[i]!, rows[i]!, "margin") ?? 0) / certain;
      }
    return { codes, confidence, margins };
  }

  #value(answerer: Answerer, col: number, row: number, what: InstantLayer): number | undefined {
    const { side } = this.#layer;
    const [blockCol, blockRow] = [Math.floor(col / side), Math.floor(row / side)];
    const answers = this.#answersAt(blockCol, blockRow);
    const p = (row - blockRow * side) * side + col - blockCol * side;
    if (answers?.seen[p] !== 1) return undefined;
    if (answers.first[p] === unasked) answer(answerer, this.#layer.block(blockCol, blockRow)!, p, answers);
    if (what === "confidence") return answers.confidence[p]!;
    if (what === "margin") return answers.margin[p]!;
    const first = answers.first[p]!;
    return answerer.kind === "classes" ? answerer.codes[first]! : first;
  }

  #answersAt(col: number, row: number): Answers | undefined {
    if (this.#last?.col === col && this.#last.row === row) return this.#last.answers;
    const key = `${col} ${row}`;
    let answers = this.#answers.get(key);
    if (!answers && !this.#answers.has(key)) {
      const seen = this.#layer.block(col, row)?.seen;
      const bytes = () => new Uint8Array(seen!.length);
      answers = seen && { col, row, seen, first: bytes().fill(unasked), confidence: bytes(), margin: bytes() };
      this.#answers.set(key, answers);
    }
    this.#last = { col, row, answers };
    return answers;
  }
}

/** Scores of the classes of the patch that is asked. */
let scores = new Float64Array(16);

function answer(answerer: Answerer, { values }: FeatureBlock, p: number, into: Answers): void {
  if (answerer.kind === "similarity") {
    const { direction, lengths } = answerer;
    const columns = direction.length;
    let [sum, square] = [0, 0];
    for (let j = 0, at = p * columns; j < columns; j++, at++) {
      const value = values[at]!;
      sum += direction[j]! * value;
      square += lengths[j]! * value * value;
    }
    const cosine = square > 0 ? sum / Math.sqrt(square) : 0;
    into.first[p] = Math.round((certain / 2) * (1 + Math.min(1, Math.max(-1, cosine))));
    return;
  }
  const { weights, intercepts } = answerer;
  const count = intercepts.length;
  const columns = weights.length / count;
  if (scores.length < count) scores = new Float64Array(count);
  let [best, second] = [0, -1];
  for (let k = 0, w = 0; k < count; k++) {
    let score = intercepts[k]!;
    for (let j = 0, at = p * columns; j < columns; j++) score += weights[w++]! * values[at++]!;
    scores[k] = score;
    if (k === 0) continue;
    if (score > scores[best]!) [second, best] = [best, k];
    else if (second < 0 || score > scores[second]!) second = k;
  }
  let sum = 0;
  for (let k = 0; k < count; k++) sum += Math.exp(scores[k]! - scores[best]!);
  into.first[p] = best;
  into.confidence[p] = Math.round(certain / sum);
  into.margin[p] = second < 0 ? certain : Math.round((certain * (1 - Math.exp(scores[second]! - scores[best]!))) / sum);
}
