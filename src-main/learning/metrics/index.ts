/** How good a map is, and how much of what it shows. */
export { areasOf } from "./areas.ts";
export { CalibrationCounter } from "./calibration.ts";
export { type Cluster, clusterInterval } from "./cluster-interval.ts";
export { macroF1Interval } from "./clustered.ts";
export { groupsNeeded, isPossible, setRule } from "./conformal.ts";
export {
  addConfusions,
  ConfusionCounter,
  type ConfusionMatrix,
  emptyConfusion,
} from "./confusion.ts";
export { numberErrors, numberInterval } from "./number-scores.ts";
export { CalibrationGroups, type ObservedPatch, UncertaintyCounter } from "./patch-groups.ts";
export { PolygonVote } from "./polygon-vote.ts";
export { estimateSample, type SampledStratum } from "./sample-estimates.ts";
export { planSample, predictedError } from "./sample-plan.ts";
export { scoresOf } from "./scores.ts";
export {
  bestThresholds,
  commonestClasses,
  microF1Interval,
  type TileNumbers,
  tileScores,
} from "./tile-scores.ts";
export { wilson95 } from "./wilson.ts";
