/** Runs of training and what comes of them. In learning order; README.md explains the room. */

export { type Golden, type GoldenOutput, largestGolden, newGolden, readGolden } from "./golden.ts";
export * from "./metrics/index.ts";
export * from "./split/index.ts";
export { type Review, type TrainingResult, train } from "./train.ts";
export {
  type ModelDescription,
  type ModelModality,
  type NewModel,
  type NumberTask,
  readModel,
  readModelDescription,
  type TileTask,
  type TrainedModel,
  writeModel,
} from "./trained-model.ts";
