/** Feature layers on disk, and the instant map that is learned from them and drawn from them. In learning order; README.md explains the room. */

export { Stopping } from "./agreement.ts";
export {
  blockBytes,
  type EmbeddingMaker,
  type EmbeddingProduct,
  type FeatureGroup,
  featureVersion,
  mostStored,
  readGroup,
  storedError,
} from "./group.ts";
export { GroupWriter, scalesOf, shareCut } from "./group-writer.ts";
export { type GrownRegion, growRegion, proposedSize } from "./grown-region.ts";
export { type InstantLayer, InstantMap, instantLayers, instantScale } from "./instant-map.ts";
export {
  answererOf,
  fitInstant,
  instantPenalty,
  instantTemperature,
  mostInstantRows,
  similarityTo,
} from "./instant-model.ts";
export { EarlierGroup, type FeatureBlock, FeatureLayer } from "./layer.ts";
export { firstOfBest, heldOutScore } from "./layer-choice.ts";
export { sampleOfLayer } from "./layer-sample.ts";
export { nextPlaces } from "./next-places.ts";
export { ScoreField } from "./score-field.ts";
export { ComparedPart, type ComparedPatches, comparedPatches, directionOf, noScore, scoreSteps } from "./similar.ts";
export { type SuspiciousGroups, suspiciousGroups } from "./suspicious.ts";
