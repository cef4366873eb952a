/** The network. In learning order: what it is made of, what it takes, what it gives, how it is trained. */
export {
  checkConfig,
  configFromJson,
  configToJson,
  type Dropout,
  type ImageModality,
  imageDefaults,
  type ModalityChoice,
  type ModalityConfig,
  type ModelChoice,
  newConfig,
  noDropout,
  type OmniSatConfig,
  officialDropout,
  patchCount,
  type SeriesModality,
  seriesDefaults,
  subset,
} from "./config.ts";
export { type Encoded, encode, type ModalityTokens, type Projected, project } from "./encoder.ts";
export { type DenseHead, denseAccuracy, denseLogits, denseLoss, type TileHead, tileLogits, tileLoss } from "./heads.ts";
export {
  type BatchShape,
  declareInputs,
  graphInputs,
  type InputSpec,
  type Inputs,
  imageSize,
  inputSpecs,
} from "./inputs.ts";
export { type MultilabelF1, multilabelF1 } from "./multilabel-f1.ts";
export {
  countParameters,
  type Parameter,
  type ParameterCount,
  parametersOf,
} from "./parameters.ts";
export { formatLine, type ParityLine, type ParityOptions, type ParityReport, parity } from "./parity/index.ts";
export { type Pretraining, pretraining, type Reconstruction } from "./pretraining.ts";
export type { Trace } from "./trace.ts";
export { belongsTo, encoderWeights, fromFineTuning, fromLightning, toFineTuning } from "./weight-names.ts";
