/** Who learns and who tests. */
export type { TooFew } from "./assign.ts";
export {
  type Fold,
  itemsOf,
  leaveOneGroupOut,
  optimisticReason,
  splitAtRandom,
  splitByBlocks,
  splitByField,
  splitByPolygons,
  usualShares,
  usualWords,
} from "./make-split.ts";
export type { Split, SplitClass, SplitCount, SplitItem, SplitMethod, SplitShares } from "./split.ts";
