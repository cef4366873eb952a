/** Runs of training and what comes of them. In learning order; README.md explains the room. */

export { type Checkpoint, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
export {
  afterValidation,
  type EarlyStoppingRule,
  type EarlyStoppingState,
  type EarlyStoppingVerdict,
  notStoppedYet,
} from "./early-stopping.ts";
export * from "./metrics/index.ts";
export * from "./split/index.ts";
export { type Review, type TrainingPlan, type TrainingResult, type TrainOptions, train } from "./train.ts";
export {
  type ModelDescription,
  type ModelModality,
  type NewModel,
  readModel,
  readModelDescription,
  type TileTask,
  type TrainedModel,
  writeModel,
} from "./trained-model.ts";
