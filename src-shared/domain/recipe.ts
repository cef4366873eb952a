/** The numbers of a training. Plain data with defaults: presets differ in a few of them, `--set name=value` changes any. */

interface CommonRecipe {
  /** updates of the weights in all */
  readonly steps: number;
  /** tiles per update */
  readonly batchSize: number;
  readonly learningRate: number;
  /** the learning rate rises over these first steps, then falls along half a cosine */
  readonly warmupSteps: number;
  readonly weightDecay: number;
  /** the gradients' common norm is held below this */
  readonly clipNorm: number;
  /** at most so many dates of each series per tile, drawn anew each time */
  readonly datesPerTile: number;
  /** turn and flip tiles */
  readonly orientations: boolean;
  /** chance of a date to be left out */
  readonly dateDropout: number;
  /** whole series earlier or later by up to so many days */
  readonly dateJitter: number;
  /** spread of random changes of brightness per tile and band, in standard deviations of the band */
  readonly radiometricJitter: number;
  readonly checkpointEverySteps: number;
}

export interface PretrainRecipe extends CommonRecipe {
  /** share of tokens hidden */
  readonly maskRatio: number;
}

export interface FinetuneRecipe extends CommonRecipe {
  /** the kept weights are a running mean over about 1 / (1 − decay) steps; 0 keeps the last ones */
  readonly averageDecay: number;
  /** learning rate of the encoder relative to the head's; 0 freezes it (linear probe) */
  readonly encoderLearningRateScale: number;
  /** chance that a tile loses some of its modalities, so that one set of weights serves every subset */
  readonly modalityDropout: number;
  readonly labelSmoothing: number;
  /** which tiles are drawn: every class equally often and within it every polygon, every polygon, every labelled patch, or classes by the square root of their patches */
  readonly balance: "classes" | "polygons" | "patches" | "square-root";
  /** a polygon's weight in a tile grows with its patches to this power: 1 counts patches, 0 counts polygons */
  readonly patchWeightPower: number;
  /** how much a penalised logistic regression on monthly values counts in the answer, beside the network's 1; 0: not taught */
  readonly regressionWeight: number;
  /** the same of a random forest */
  readonly forestWeight: number;
  /** the same of boosted trees */
  readonly boostedWeight: number;
  /** of a regression on what the encoder made of a patch before it was taught classes; counts only where the training starts from one */
  readonly encoderWeight: number;
  /** `balanced`: a class weighs the more in the loss the fewer labelled patches it has, besides how often it is drawn */
  readonly classWeights: "none" | "balanced";
  /** steps between two reviews on the validation part, when there is one */
  readonly validateEverySteps: number;
  /** reviews without a better macro F1 before it stops; `null` runs all steps */
  readonly patience: number | null;
}

/** The numbers of a training on labels of whole tiles. */
export interface TilesRecipe extends CommonRecipe {
  readonly averageDecay: number;
  /** learning rate of the encoder relative to the head's; 0 freezes it (linear probe) */
  readonly encoderLearningRateScale: number;
  readonly modalityDropout: number;
  /** a class counts as present when its share of the tile is above this; TreeSatAI: 0.07 */
  readonly shareThreshold: number;
  /** what is learned: whether a class is present, or its share of the tile */
  readonly target: "presence" | "share";
  /** one linear layer, or one after a normalisation; `auto`: linear after pre-training, normalised from scratch (paper) */
  readonly head: "auto" | "linear" | "normalised";
  /** how dates are counted: within their year, running on, or what fits the imagery */
  readonly days: "auto" | "of-year" | "running";
  /** tiles in which no class reaches the share: left out (paper), or taught as tiles without any class */
  readonly emptyTiles: "drop" | "keep";
  readonly validateEverySteps: number;
  /** reviews without a better score before it stops; `null` runs all steps */
  readonly patience: number | null;
  /** the validation score that decides which weights are kept */
  readonly select: "micro" | "macro" | "weighted";
}

const commonDefaults: CommonRecipe = {
  steps: 300,
  batchSize: 8,
  learningRate: 1e-3,
  warmupSteps: 30,
  weightDecay: 0.05,
  clipNorm: 1,
  datesPerTile: 24,
  orientations: true,
  dateDropout: 0,
  dateJitter: 5,
  radiometricJitter: 0.1,
  checkpointEverySteps: 50,
};

export const pretrainDefaults: PretrainRecipe = { ...commonDefaults, maskRatio: 0.75 };

/** Weights of the methods beside the network and the number of steps: chosen by the survey of methods (`e2e/README.md`). */
export const finetuneDefaults: FinetuneRecipe = {
  ...commonDefaults,
  averageDecay: 0.99,
  encoderLearningRateScale: 1,
  modalityDropout: 0.5,
  labelSmoothing: 0.1,
  balance: "polygons",
  patchWeightPower: 0.5,
  classWeights: "none",
  regressionWeight: 0.5,
  forestWeight: 0.5,
  boostedWeight: 0.5,
  encoderWeight: 2,
  validateEverySteps: 50,
  patience: null,
};

export const tilesDefaults: TilesRecipe = {
  ...commonDefaults,
  steps: 300,
  averageDecay: 0.99,
  encoderLearningRateScale: 1,
  modalityDropout: 0.5,
  shareThreshold: 0.07,
  target: "presence",
  head: "auto",
  days: "auto",
  emptyTiles: "drop",
  validateEverySteps: 50,
  patience: null,
  select: "micro",
};
