/** How good a map is, and how much of what it shows. */
export { areasOf, type ClassArea } from "./areas.ts";
export { type Cluster, clusterInterval } from "./cluster-interval.ts";
export {
  addConfusions,
  type ConfusionAxes,
  ConfusionCounter,
  type ConfusionMatrix,
  emptyConfusion,
} from "./confusion.ts";
export { type ClassScores, type Commonest, commonestOf, type Scores, scoresOf } from "./scores.ts";
export {
  averagePrecision,
  bestThresholds,
  commonestClasses,
  microF1Interval,
  type TileClassNumbers,
  type TileNumbers,
  tileScores,
} from "./tile-scores.ts";
export { type Interval, wilson95 } from "./wilson.ts";
