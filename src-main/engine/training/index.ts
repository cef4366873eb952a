export { withAverage } from "./average.ts";
export {
  buildForward,
  type Forward,
  type ForwardDefinition,
  type GradientsDefinition,
  gradientsOf,
} from "./forward.ts";
export { type ForwardOptions, ForwardSession } from "./forward-session.ts";
export { type AdamOptions, adam, adamW, type Optimizer, sgd } from "./optimizer.ts";
export {
  type CosineOptions,
  type CosineState,
  cosine,
  type PlateauOptions,
  type PlateauState,
  plateau,
  type Schedule,
} from "./schedule.ts";
export { initialState } from "./state.ts";
export {
  buildStep,
  momentName,
  type ParameterGroup,
  type StateEntry,
  type StepDefinition,
  type TrainingStep,
} from "./step.ts";
export { type StepOptions, type TrainingOptions, TrainingSession } from "./training-session.ts";
