/**
 * What a random forest reaches on the same pixels: scikit-learn 1.2, 300–500 trees, monthly medians of clear Sentinel-2
 * pixels and monthly means of Sentinel-1, January to October 2019; three crops trained on three crops, four on four.
 * From the sample's data sheet, not computed here.
 */
export interface ReferenceFigures {
  readonly name: string;
  /** overall accuracy and macro F1, three crops */
  readonly crops: readonly [number, number];
  /** the same with “not a crop” */
  readonly all: readonly [number, number];
}

export const randomForest: readonly ReferenceFigures[] = [
  { name: "Random forest, S2 + S1", crops: [0.871, 0.75], all: [0.767, 0.65] },
  { name: "Random forest, S2 (10 bands)", crops: [0.868, 0.74], all: [0.742, 0.63] },
  { name: "Random forest, S2 (10 m bands)", crops: [0.886, 0.79], all: [0.781, 0.67] },
  { name: "Random forest, S1", crops: [0.774, 0.7], all: [0.675, 0.56] },
];

/** The figure that the demo has to reach: the random forest on the same two sensors. */
export const bar = randomForest[0]!;

/** Leave one parcel out over all 13 parcels of the three crops: overall accuracy, macro F1, parcels right. */
export const leaveOneOutForest: readonly {
  readonly name: string;
  readonly crops: readonly [number, number, number];
}[] = [
  { name: "Random forest, S2 + S1", crops: [0.729, 0.56, 10] },
  { name: "Random forest, S2", crops: [0.728, 0.57, 10] },
  { name: "Random forest, S1", crops: [0.711, 0.59, 9] },
];
