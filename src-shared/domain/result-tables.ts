/** Tables of results that are written as CSV: of a map, of an evaluation, of a comparison, of a training, of a model of numbers. */
export const resultTables = ["areas", "accuracy", "confusion", "changes", "curve", "numbers", "number-scores"] as const;
export type ResultTable = (typeof resultTables)[number];
