/** Who learns and who tests. */
export type { TooFew } from "./assign.ts";
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
  type Fold,
  itemsOf,
  leaveOneGroupOut,
  optimisticReason,
  splitAtRandom,
  splitByField,
  splitByPolygons,
  usualShares,
} from "./make-split.ts";
export {
  describeSplit,
  type Split,
  type SplitClass,
  type SplitCount,
  type SplitItem,
  type SplitMethod,
  type SplitShares,
} from "./split.ts";
export { type SplitTile, stratifiedGroups, tileBlocks } from "./tiles.ts";
export { type SplitWord, type SplitWords, soundsLikeSplit, splitWords, wordKey } from "./words.ts";
