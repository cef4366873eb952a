import { mostSmallMapTiles } from "../../src-shared/domain/small-maps.ts";
import { Blender, type PatchWindow, planBlend } from "../cube/index.ts";
import type { ModelDescription } from "../learning/index.ts";
import { argmax } from "./argmax.ts";
import type { LabelPatches } from "./label-patches.ts";
import type { PatchPredictor } from "./predict.ts";

/** Where small maps are drawn, and by which tiles. */
export interface SmallMapPlan {
  readonly window: PatchWindow;
  readonly overlap: number;
}

/**
 * A window of at most `mostSmallMapTiles` tiles: all of the area where it is small enough, else where most labelled tiles are. Tiles share as
 * many patches as that allows, never more than those of a map.
 * @param area of the project, in patches
 * @param size of a tile, in patches
 * @param overlap patches that tiles of a map share
 */
export function planSmallMaps(
  area: PatchWindow,
  size: number,
  overlap: number,
  labels: Pick<LabelPatches, "tilesAround">,
): SmallMapPlan {
  for (let shared = overlap; shared >= 0; shared--)
    if (planBlend(area, size, shared).tiles.length <= mostSmallMapTiles) return { window: area, overlap: shared };
  // Tiles lie on multiples of their size, so that one more than fits may touch a window on each axis.
  const side = (Math.floor(Math.sqrt(mostSmallMapTiles)) - 1) * size;
  const near = labels.tilesAround(planBlend(area, size, 0).tiles);
  const squares = Map.groupBy(near, ({ col, row }) => `${Math.floor(col / side)}:${Math.floor(row / side)}`);
  const most = [...squares.values()].reduce<readonly PatchWindow[]>((p, q) => (q.length > p.length ? q : p), []);
  const [col, row] = most[0]
    ? [Math.floor(most[0].col / side) * side, Math.floor(most[0].row / side) * side]
    : [area.col, area.row];
  const [left, top] = [Math.max(col, area.col), Math.max(row, area.row)];
  const right = Math.min(col + side, area.col + area.width);
  const bottom = Math.min(row + side, area.row + area.height);
  return { window: { col: left, row: top, width: right - left, height: bottom - top }, overlap: 0 };
}

/** The classes of a small map, a byte per patch row by row: codes of the model's legend, 0 where no input sees anything; base64. */
export async function drawSmallMap(
  { window, overlap }: SmallMapPlan,
  predictor: Pick<PatchPredictor, "run">,
  { legend, grid: { tilePatches } }: ModelDescription,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (fraction: number) => void },
): Promise<string> {
  const codes = legend!.map(({ code }) => code);
  const plan = planBlend(window, tilePatches, overlap);
  const blender = new Blender(plan, codes.length);
  const classes = new Uint8Array(window.width * window.height);
  const seen = new Uint8Array(classes.length);
  let done = 0;
  for await (const { window: tile, logits, seen: seenThere } of predictor.run(plan.tiles, signal)) {
    for (let p = 0; p < seenThere.length; p++) {
      const [col, row] = [tile.col + (p % tile.width) - window.col, tile.row + Math.floor(p / tile.width) - window.row];
      if (seenThere[p] === 1 && col >= 0 && row >= 0 && col < window.width && row < window.height)
        seen[row * window.width + col] = 1;
    }
    const rows = blender.add(tile, logits);
    if (rows) {
      const patches = rows.height * rows.width;
      const from = (rows.row - window.row) * window.width;
      for (let p = 0; p < patches; p++)
        if (seen[from + p] === 1)
          classes[from + p] = codes[argmax(codes.length, (k) => rows.logits[k * patches + p]!)]!;
    }
    onProgress(++done / plan.tiles.length);
  }
  return Buffer.from(classes).toString("base64");
}
