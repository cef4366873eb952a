/** Which labels train, validate and test. */
export { partOfFold } from "./assign.ts";
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
  defaultShares,
  optimisticReason,
  splitAtRandom,
  splitByField,
  splitByPolygons,
} from "./make-split.ts";
export {
  describeSplit,
  type SplitCount,
  type SplitFolds,
  type SplitItem,
  type SplitResult,
  type SplitShares,
  sharesOfFolds,
} from "./split.ts";
export { stratifiedGroups } from "./stratify.ts";
export { type SplitTile, tileBlocks } from "./tiles.ts";
export { looksLikeSplitField, splitWords, wordKey } from "./words.ts";
