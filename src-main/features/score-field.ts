import { noScoreByte, type ScoresRequest, scoreByte } from "../../src-shared/ipc/pixels.ts";
import { type ComparedPatches, noScore, scoreSteps } from "./similar.ts";

/** A place that is like what was clicked. */
export interface AlikePlace {
  /** the middle of its best patch, counted in compared patches from the CRS origin, rows southwards */
  readonly col: number;
  readonly row: number;
  /** from −1 to 1 */
  readonly score: number;
  /** patches that hang together with it above the threshold */
  readonly patches: number;
}

/** Which patches are wanted, and how many of them. */
export type ScoreWindow = Omit<ScoresRequest, "epoch">;

/** The byte of every stored score, from the lowest number of 16 bits on. */
const noScoreOffset = -noScore;
const byteOf = Uint8Array.from({ length: 2 ** 16 }, (_, at) => {
  const score = at - noScoreOffset;
  return score === noScore ? noScoreByte : Math.min(201, Math.max(1, scoreByte(score / scoreSteps)));
});

const keyOf = (col: number, row: number): number => row * 2 ** 26 + col;

/** Scores of the patches of a layer, block by block, in one memory that threads share. Columns and rows are counted in compared patches. */
export class ScoreField {
  readonly compared: ComparedPatches;
  /** [blocks, side, side] */
  readonly scores: Int16Array;
  readonly #blocks: ReadonlyMap<number, number>;

  constructor(compared: ComparedPatches, scores: Int16Array) {
    this.compared = compared;
    this.scores = scores;
    this.#blocks = new Map(compared.blocks.map(([col, row], i) => [keyOf(col, row), i]));
  }

  /** Where the scores of a block begin; −1 where there is none. */
  #at(blockCol: number, blockRow: number): number {
    const block = this.#blocks.get(keyOf(blockCol, blockRow));
    return block === undefined ? -1 : block * this.compared.side ** 2;
  }

  /** `noScore` where nothing is seen */
  at(col: number, row: number): number {
    const { side } = this.compared;
    const [blockCol, blockRow] = [Math.floor(col / side), Math.floor(row / side)];
    const start = this.#at(blockCol, blockRow);
    return start < 0 ? noScore : this.scores[start + (row - blockRow * side) * side + col - blockCol * side]!;
  }

  /** The scores of a row of patches, from `col` on. */
  row(col: number, row: number, into: Int16Array): Int16Array {
    const { side } = this.compared;
    const blockRow = Math.floor(row / side);
    const inBlock = (row - blockRow * side) * side;
    for (let x = 0; x < into.length; ) {
      const blockCol = Math.floor((col + x) / side);
      const start = this.#at(blockCol, blockRow);
      const from = col + x - blockCol * side;
      const count = Math.min(side - from, into.length - x);
      if (start < 0) into.fill(noScore, x, x + count);
      else into.set(this.scores.subarray(start + inBlock + from, start + inBlock + from + count), x);
      x += count;
    }
    return into;
  }

  /** All of it: [first column, first row, columns, rows]. */
  extent(): readonly [col: number, row: number, width: number, height: number] {
    const { blocks, side } = this.compared;
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const [col, row] of blocks) {
      left = Math.min(left, col);
      right = Math.max(right, col + 1);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row + 1);
    }
    return [left * side, top * side, (right - left) * side, (bottom - top) * side];
  }

  /**
   * Scores of every `step`th patch as bytes, rows from the top; a step of several patches shows the one in its middle.
   * @returns [height, width] as `scoreByte` writes them
   */
  window({ col, row, width, height, step }: ScoreWindow): Uint8Array {
    const { side } = this.compared;
    const bytes = new Uint8Array(width * height);
    const middle = step >> 1;
    for (let y = 0, at = 0; y < height; y++) {
      const own = row + y * step + middle;
      const blockRow = Math.floor(own / side);
      const inBlock = (own - blockRow * side) * side;
      let [block, start] = [Number.NaN, -1];
      for (let x = 0, patch = col + middle; x < width; x++, at++, patch += step) {
        const blockCol = Math.floor(patch / side);
        if (blockCol !== block) {
          block = blockCol;
          start = this.#at(blockCol, blockRow);
        }
        if (start >= 0) bytes[at] = byteOf[this.scores[start + inBlock + patch - blockCol * side]! + noScoreOffset]!;
      }
    }
    return bytes;
  }

  /**
   * The best places above a threshold, best first: of each area that hangs together (patches that share an edge) the patch with the highest mean score
   * of itself and its eight neighbours; none nearer than `apart` patches to a better one.
   * @param beside places that are known: none is told within `apart` patches of them
   */
  places(
    threshold: number,
    {
      most,
      apart,
      beside = [],
    }: {
      readonly most: number;
      readonly apart: number;
      readonly beside?: readonly { readonly col: number; readonly row: number }[];
    },
  ): AlikePlace[] {
    const { blocks, side } = this.compared;
    const limit = Math.round(threshold * scoreSteps);
    const areas = new Areas(this.scores, limit, side, (block, byCol, byRow) => {
      const [col, row] = blocks[block]!;
      return this.#at(col + byCol, row + byRow);
    });
    /** by area: its best patch */
    const best = new Map<number, { col: number; row: number; score: number; around: number }>();
    const near = Array.from({ length: 3 }, () => new Int16Array(side + 2));
    for (const [b, [blockCol, blockRow]] of blocks.entries())
      for (let y = 0; y < side; y++) {
        const row = blockRow * side + y;
        for (const [i, into] of near.entries()) this.row(blockCol * side - 1, row + i - 1, into);
        for (let x = 0; x < side; x++) {
          const at = (b * side + y) * side + x;
          if (this.scores[at]! < limit) continue;
          let [sum, count] = [0, 0];
          for (const one of near)
            for (let i = x; i < x + 3; i++)
              if (one[i] !== noScore) {
                sum += one[i]!;
                count++;
              }
          const around = sum / count;
          const area = areas.root(at);
          const known = best.get(area);
          if (!known || around > known.around)
            best.set(area, { col: blockCol * side + x, row, score: this.scores[at]!, around });
        }
      }
    const chosen: AlikePlace[] = [];
    const free = (col: number, row: number, list: readonly { readonly col: number; readonly row: number }[]) =>
      list.every((one) => Math.max(Math.abs(one.col - col), Math.abs(one.row - row)) >= apart);
    for (const [area, { col, row, score }] of [...best].sort(([, p], [, q]) => q.around - p.around)) {
      if (chosen.length >= most) break;
      if (!free(col, row, beside) || !free(col, row, chosen)) continue;
      chosen.push({ col, row, score: score / scoreSteps, patches: areas.size(area) });
    }
    return chosen;
  }

  /** Patches with at least this score. */
  count(threshold: number): number {
    const limit = Math.round(threshold * scoreSteps);
    let count = 0;
    const { scores } = this;
    for (let i = 0; i < scores.length; i++) if (scores[i]! >= limit && scores[i] !== noScore) count++;
    return count;
  }
}

/** Areas of patches above a limit that share edges: union–find over all blocks. */
class Areas {
  readonly #parents: Int32Array;
  readonly #sizes: Int32Array;

  constructor(
    scores: Int16Array,
    limit: number,
    side: number,
    blockBeside: (block: number, byCol: number, byRow: number) => number,
  ) {
    this.#parents = Int32Array.from(scores.keys());
    this.#sizes = new Int32Array(scores.length).fill(1);
    const patches = side * side;
    const join = (p: number, q: number) => {
      if (scores[q]! < limit || q < 0) return;
      const [a, b] = [this.root(p), this.root(q)];
      if (a === b) return;
      this.#parents[b] = a;
      this.#sizes[a]! += this.#sizes[b]!;
    };
    for (let block = 0; block < scores.length / patches; block++) {
      const right = blockBeside(block, 1, 0);
      const below = blockBeside(block, 0, 1);
      for (let p = 0, at = block * patches; p < patches; p++, at++) {
        if (scores[at]! < limit) continue;
        const [x, y] = [p % side, Math.floor(p / side)];
        if (x + 1 < side) join(at, at + 1);
        else if (right >= 0) join(at, right + y * side);
        if (y + 1 < side) join(at, at + side);
        else if (below >= 0) join(at, below + x);
      }
    }
  }

  root(at: number): number {
    const parents = this.#parents;
    let root = at;
    while (parents[root] !== root) {
      parents[root] = parents[parents[root]!]!;
      root = parents[root]!;
    }
    return root;
  }

  size(root: number): number {
    return this.#sizes[root]!;
  }
}
