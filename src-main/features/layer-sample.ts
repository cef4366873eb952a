import { seededRandom, shuffled } from "../files/index.ts";
import type { FeatureLayer } from "./layer.ts";

/** Blocks that a sample is read from at most: each is a place on the disk. */
const mostBlocks = 160;

/** Patches that are drawn at random, blocks first. */
export interface LayerSample {
  /** [n] from the CRS origin */
  readonly cols: Int32Array;
  readonly rows: Int32Array;
  /** [n, columns] standardised */
  readonly values: Float32Array;
}

/**
 * Up to `count` patches that an input sees, spread over the layer: a function of the seed and of the layer's blocks.
 * @param allowed says which patches may be drawn, by column and row from the CRS origin
 */
export function sampleOfLayer(
  layer: FeatureLayer,
  count: number,
  seed: string,
  allowed: (col: number, row: number) => boolean = () => true,
): LayerSample {
  const { side, columns, factors } = layer;
  const corners = layer.corners();
  const blocks = shuffled(corners, seededRandom(seed, "blocks")).slice(0, mostBlocks);
  const each = Math.ceil(count / Math.max(1, blocks.length));
  const cols: number[] = [];
  const rows: number[] = [];
  const values = new Float32Array(Math.min(count, blocks.length * side * side) * columns);
  for (const [blockCol, blockRow] of blocks) {
    const block = layer.block(blockCol, blockRow)!;
    let taken = 0;
    for (const p of shuffled([...block.seen.keys()], seededRandom(seed, blockCol, blockRow))) {
      if (taken >= each || cols.length >= count) break;
      if (block.seen[p] !== 1) continue;
      const [col, row] = [blockCol * side + (p % side), blockRow * side + Math.floor(p / side)];
      if (!allowed(col, row)) continue;
      for (let j = 0, to = cols.length * columns, from = p * columns; j < columns; j++)
        values[to++] = block.values[from++]! * factors[j]!;
      cols.push(col);
      rows.push(row);
      taken++;
    }
  }
  return { cols: Int32Array.from(cols), rows: Int32Array.from(rows), values: values.slice(0, cols.length * columns) };
}
