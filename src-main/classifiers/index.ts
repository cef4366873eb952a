/** Methods that learn from tables in seconds. In learning order; README.md explains the room. */

export { type Classifier, classify, teachMethod } from "./classifier.ts";
export { groupedFolds } from "./folds.ts";
export { fitLogisticRegression, type LogisticRegression, predictLogisticRegression } from "./logistic-regression.ts";
export type { NumberTable } from "./number-table.ts";
export { macroF1ByGroup } from "./penalty.ts";
export {
  arraysOfRegressor,
  foldsOfGroups,
  predictHeldOut,
  predictNumbers,
  type Regressor,
  type RegressorMethod,
  regressorOf,
  teachNumbers,
} from "./regressor.ts";
export { arraysOf, classifierOf } from "./stored.ts";
export { type LabelledTable, rowsOf, sortedColumn, type Table } from "./table.ts";
export { fitTemperature, withTemperature } from "./temperature.ts";
export { timeMethod } from "./time.ts";
