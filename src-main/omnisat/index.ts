/** The network. In learning order: what it is made of, what it takes, what it gives, how it is trained. */
export {
  configFromJson,
  configToJson,
  type ModalityConfig,
  newConfig,
  type OmniSatConfig,
  officialDropout,
  seriesDefaults,
  subset,
} from "./config.ts";
export { encode } from "./encoder.ts";
export {
  denseAccuracy,
  denseLogits,
  denseLoss,
  numberLoss,
  patchFeatures,
  type TileHead,
  tileLogits,
  tileLoss,
} from "./heads.ts";
export {
  type BatchShape,
  graphInputs,
  type InputSpec,
  inputSpecs,
} from "./inputs.ts";
export { multilabelF1 } from "./multilabel-f1.ts";
export { pretraining } from "./pretraining.ts";
export type { Trace } from "./trace.ts";
