/** Which labels train, validate and test. */
export {
  type BlockLabel,
  type BlockSplit,
  blockKey,
  blocksOfLabel,
  dividedByBlocks,
  splitByBestBlocks,
  splitLabelsByBlocks,
} from "./blocks.ts";
export {
  optimisticReason,
  splitAtRandom,
  splitByField,
  splitByPolygons,
  usualShares,
} from "./make-split.ts";
export {
  describeSplit,
  type SplitCount,
  type SplitItem,
  type SplitResult,
  type SplitShares,
} from "./split.ts";
export { type SplitTile, stratifiedGroups, tileBlocks } from "./tiles.ts";
export { soundsLikeSplit, splitWords, wordKey } from "./words.ts";
